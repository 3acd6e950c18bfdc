"""Which updates overtake all others: those in which somebody may be in danger, told at a first look.

It is a first look at the raw update, for those alone that would have to wait; what it misses is found in its turn.
"""

from __future__ import annotations

from typing import Any

from handlers.keyboards import Action
from knowledge.answering import Answerer

_URGENT_ACTIONS = (Action.HAPPENING, Action.NOT_SAFE, Action.COUNTRY, Action.CARD_COUNTRY)
_URGENT_PRESSES = tuple(f"{each.value}:" for each in _URGENT_ACTIONS)
_LOOKED_AT = 1_000
"""Characters of a message: a look at a longer one would hold up others."""

_LINKS = ("/start urgent_", "/start check_")


def hurries(kind: str, raw: dict[str, Any], answerer: Answerer) -> bool:
    """Whether the update `raw` may come from somebody in danger."""
    content = raw.get(kind)
    if not isinstance(content, dict):
        return False
    data = content.get("data")
    if isinstance(data, str):
        return data.startswith(_URGENT_PRESSES)
    text = content.get("text") or content.get("caption") or content.get("query")
    if not isinstance(text, str):
        return False
    return text.startswith(_LINKS) or answerer.is_plainly_urgent(text[:_LOOKED_AT])
