"""An update as it comes in: raw, with the little that has to be known before anybody reads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from telegram import Update

_KINDS = frozenset(Update.ALL_TYPES)
_OTHER = "other"
_MOST = 2**63
"""One more than the largest number that a database takes; Telegram's are positive and far below."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One update. `chat_id` is the chat that it belongs to, or the person where it belongs to none; None: unknown."""

    update_id: int
    kind: str
    chat_id: int | None
    raw: dict[str, Any]

    @classmethod
    def of(cls, raw: Any) -> Incoming:
        """What `raw`, the JSON of an update, is. Nothing but its id has to be right. Raises ValueError without that."""
        update_id = raw.get("update_id") if isinstance(raw, dict) else None
        if type(update_id) is not int or not 0 <= update_id < _MOST:
            raise ValueError("no update: an object with a number update_id was expected")
        kind = next((each for each in raw if each in _KINDS), _OTHER)
        return cls(update_id, kind, _find_chat(raw.get(kind)), raw)


def _find_chat(content: Any) -> int | None:
    """The id of the chat, looked for where the kinds of updates have it; of the person, where there is no chat."""
    for holder in _places(content):
        found = holder.get("id")
        if type(found) is int:
            return found
    return None


def _places(content: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(content, dict):
        return
    message = content.get("message")
    inner = message.get("chat") if isinstance(message, dict) else None
    for holder in (content.get("chat"), inner, content.get("from"), content.get("user")):
        if isinstance(holder, dict):
            yield holder
