"""Logging: one line an event, as text or JSON, with no token and no message text in it."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Literal

_TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{20,}")
_QUIETER = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "tornado.access": logging.WARNING,
    "asyncio": logging.WARNING,
    "aiosqlite": logging.INFO,
    "alembic": logging.WARNING,
    "telegram": logging.INFO,
}
"""Libraries that say too much: httpx logs each address, and so the token; telegram's DEBUG holds whole messages, and
aiosqlite's the parameters of its statements."""


class _Discreet(logging.Formatter):
    """Formats as `inner` does, then blots out `secret` and anything else that looks like a bot token."""

    def __init__(self, inner: logging.Formatter, secret: str) -> None:
        super().__init__()
        self._inner = inner
        self._secret = secret

    def format(self, record: logging.LogRecord) -> str:
        if record.name.startswith("telegram"):  # what went wrong is in the message; its stack is the library's own
            record.exc_info = record.exc_text = None
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
    for name, least in _QUIETER.items():
        logging.getLogger(name).setLevel(max(least, logging.getLogger().level))
