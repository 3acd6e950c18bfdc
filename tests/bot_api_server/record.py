"""What the bot called, in order, and what it should not have called."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.bot_api_server.errors import ApiError, Json


class Call(NamedTuple):
    """One call: its result is what the server returned, or the ApiError with which it refused."""

    method: str
    params: Json
    result: Any

    @property
    def ok(self) -> bool:
        """Whether the server did what the bot asked for."""
        return not isinstance(self.result, ApiError)


class Violation(NamedTuple):
    """A call that Telegram refuses with 400 or 404, or of which it silently drops something."""

    method: str
    params: Json
    what: str

    def __str__(self) -> str:
        """One line for a failing test."""
        return f"{self.method}: {self.what} ({self.params})"
