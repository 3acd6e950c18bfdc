"""Logging: one line an event, as text or JSON, with no token and no message text in it."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Literal

_TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{20,}")
_CHATTY = ("httpx", "httpcore", "apscheduler", "tornado.access", "asyncio")
"""Libraries that log every request: httpx with the address, and so with the token."""


class _Discreet(logging.Formatter):
    """Formats as `inner` does, then blots out `secret` and anything else that looks like a bot token."""

    def __init__(self, inner: logging.Formatter, secret: str) -> None:
        super().__init__()
        self._inner = inner
        self._secret = secret

    def format(self, record: logging.LogRecord) -> str:
        line = self._inner.format(record)
        return _TOKEN.sub("<token>", line.replace(self._secret, "<token>") if self._secret else line)


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def set_up(level: str, style: Literal["text", "json"], token: str = "") -> None:
    """Log to standard error from now on; `token` never appears in a line, whoever logs it."""
    handler = logging.StreamHandler(sys.stderr)
    inner = _Json() if style == "json" else logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(_Discreet(inner, token))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
