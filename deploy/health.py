"""Asks a bot on this machine whether it is well: what HEALTHCHECK of the container runs, which has no curl.

    python -m deploy.health

Exit status 0: /healthz of STATUS_LISTEN answered with 200; 1: it did not, or STATUS_LISTEN is unset. Uses the standard
library alone, and so takes 50 ms.
"""

from __future__ import annotations

import os
import sys
from http.client import HTTPConnection, HTTPException

_PATIENCE = 4.0
"""Seconds; less than what the container gives to the whole check."""
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "[::]": "::1"}  # noqa: S104  (to be replaced)


def main() -> int:
    """Ask once, and say what came of it."""
    address = os.environ.get("STATUS_LISTEN", "")
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        print("STATUS_LISTEN is not set to host:port, so there is nobody to ask")
        return 1
    connection = HTTPConnection(_EVERYWHERE.get(host, host), int(port), timeout=_PATIENCE)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except (OSError, HTTPException) as fault:
        print(f"no answer from {address}: {fault}")
        return 1
    finally:
        connection.close()
    print(f"/healthz answered {status}")
    return 0 if status == 200 else 1


if __name__ == "__main__":
    sys.exit(main())
