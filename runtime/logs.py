"""Logging: one line an event, as text or JSON, with no token and no message text in it."""

from __future__ import annotations

import copy
import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Literal

_TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{20,}")
_QUIETER = {
    "aiohttp": logging.WARNING,
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

_WITHOUT_VALUES = "telegram"
_WITHOUT_STACK = ("telegram", "aiohttp", "asyncio")
"""Libraries whose records may hold whole updates and answers: in what is filled into their sentences, and in errors."""

_WITHOUT_REPRESENTATIONS = "asyncio"
"""Tells of a failed task or callback in a sentence, then all that it knows of it, what the error says among that."""


class _Discreet(logging.Formatter):
    """Formats as `inner` does, then blots out `secret` and anything else that looks like a bot token."""

    def __init__(self, inner: logging.Formatter, secret: str) -> None:
        super().__init__()
        self._inner = inner
        self._secret = secret

    def format(self, record: logging.LogRecord) -> str:
        line = self._inner.format(_discreet(record))
        return _TOKEN.sub("<token>", line.replace(self._secret, "<token>") if self._secret else line)


def _discreet(record: logging.LogRecord) -> logging.LogRecord:
    """The record without what may be people's: of some libraries' the sentence alone, its gaps left open."""
    library = record.name.partition(".")[0]
    if library not in _WITHOUT_STACK:
        return record
    kind = record.exc_info[0] if isinstance(record.exc_info, tuple) else None
    record = copy.copy(record)
    record.exc_info = record.exc_text = record.stack_info = None
    if library == _WITHOUT_VALUES:
        record.args = None
        record.msg = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
    if library == _WITHOUT_REPRESENTATIONS:
        said = record.getMessage().partition("\n")[0].partition("(")[0]
        record.msg, record.args = said + (f": {kind.__name__}" if kind else ""), None
    return record


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
