"""A webhook in a process of its own, for what is measured from outside: `python -m tests.runtime.webhook_process`.

Prints its port, then handles each update at once, until it is killed.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import Any

from runtime.delivery.webhook import WebhookServer

PATH = "/hook"
SECRET = "a-secret-for-tests-only"


async def main() -> None:
    async def deliver(update: dict[str, Any]) -> bool:
        return bool(update)

    server = WebhookServer("127.0.0.1", 0, PATH, SECRET, deliver)
    await server.start()
    sys.stdout.write(f"{server.port}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    logging.basicConfig(level="DEBUG")
    asyncio.run(main())
