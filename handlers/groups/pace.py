"""How often the bot may speak in a group without being asked; kept in memory, and so anew after each start."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from cachetools import TTLCache

from runtime.storage import LONGEST_COOLDOWN

MINUTE = 60.0
"""Seconds."""

_REMEMBERED = 50_000
_URGENT_AGAIN = 10
"""Minutes before the same person gets the same urgent reply again."""


def _memory(minutes: float) -> TTLCache[Any, float]:
    return TTLCache(maxsize=_REMEMBERED, ttl=minutes * MINUTE, timer=time.monotonic)


@dataclass
class Pace:
    """When the bot last did what it should not do too often, on the clock of `time.monotonic`."""

    _entries: TTLCache[tuple[int, str], float] = field(default_factory=lambda: _memory(LONGEST_COOLDOWN))
    _unasked: TTLCache[int, float] = field(default_factory=lambda: _memory(1))
    _urgent: TTLCache[tuple[int, int, str], float] = field(default_factory=lambda: _memory(_URGENT_AGAIN))

    def showed(self, chat_id: int, entry_id: str) -> None:
        """Note that a group has just seen an entry."""
        self._entries[chat_id, entry_id] = time.monotonic()

    def may_speak_up(self, chat_id: int, entry_id: str, cooldown_minutes: int) -> bool:
        """Whether a group may get this entry without having asked the bot; at most one such answer a minute."""
        if chat_id in self._unasked:
            return False
        shown = self._entries.get((chat_id, entry_id))
        return shown is None or time.monotonic() - shown >= cooldown_minutes * MINUTE

    def spoke_up(self, chat_id: int, entry_id: str) -> None:
        """Note that a group has got an answer without having asked the bot."""
        self._unasked[chat_id] = time.monotonic()
        self.showed(chat_id, entry_id)

    def is_first_urgent(self, chat_id: int, person_id: int, flag: str) -> bool:
        """Whether this person has not had this urgent reply in this group for some minutes; notes that they have."""
        key = (chat_id, person_id, flag)
        first = key not in self._urgent
        self._urgent[key] = time.monotonic()
        return first

    def forget(self, chat_id: int) -> None:
        """Forget all of one group."""
        self._unasked.pop(chat_id, None)
        memories: tuple[TTLCache[Any, float], ...] = (self._entries, self._urgent)
        for memory in memories:
            for key in [key for key in memory if key[0] == chat_id]:
                del memory[key]
