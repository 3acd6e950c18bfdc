"""The bot as a process of its own, on a Bot API server of the tests."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.telegram import BotApiServer

ROOT = Path(__file__).parent.parent.parent
TOKEN = "123456:a-token-for-tests-only-0123456789"


@asynccontextmanager
async def bot_process(server: BotApiServer, folder: Path, **settings: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`bot.py run` on `server`, in `folder`; stopped by SIGTERM at the end, which it has to obey at once."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("TELEGRAM", "WEBHOOK"))}
    environment = inherited | {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": server.url} | settings
    with (folder / "log.txt").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(ROOT / "bot.py"), "run", cwd=folder, env=environment, stdout=log, stderr=log
        )
        try:
            await server.wait_for_bot()
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 15) == 0, (folder / "log.txt").read_text()


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    """A Bot API server that nothing wrong was sent to."""
    async with BotApiServer(TOKEN) as running:
        yield running
        # Pressing a button twice is no mistake of the bot's; Telegram refuses the second edit, and that is handled.
        assert [each for each in running.violations if "not modified" not in str(each)] == []


@pytest.fixture
async def bot(server: BotApiServer, tmp_path: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """The bot, polling."""
    async with bot_process(server, tmp_path) as process:
        yield process
