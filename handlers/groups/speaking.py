"""Whether the bot may speak in a group: in which forum topics, at what hours, and how often unasked."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cachetools import TTLCache
from telegram import Message

from runtime.storage import LONGEST_COOLDOWN, ChatSettings

GENERAL_TOPIC = 1
"""The thread of a forum's messages that carry no thread id."""

MINUTE = 60.0
"""Seconds."""

_REMEMBERED = 50_000
_URGENT_AGAIN = 10
"""Minutes before the same person gets the same urgent reply again."""


def may_write(message: Message, settings: ChatSettings) -> bool:
    """Whether the bot may write beside `message`, now."""
    return is_in_topics(message, settings) and not is_quiet(settings)


def is_in_topics(message: Message, settings: ChatSettings) -> bool:
    """Whether `message` is in a topic that the bot may write in; outside forums, always."""
    thread = message.message_thread_id if message.is_topic_message else None
    return not settings.topics or not message.chat.is_forum or (thread or GENERAL_TOPIC) in settings.topics


def is_quiet(settings: ChatSettings) -> bool:
    """Whether it is within the quiet hours."""
    return settings.quiet_hours is not None and settings.quiet_hours.holds(datetime.now(UTC))


def _memory(minutes: float) -> TTLCache[Any, float]:
    return TTLCache(maxsize=_REMEMBERED, ttl=minutes * MINUTE, timer=time.monotonic)


@dataclass
class Pace:
    """When the bot last did what it should not do too often, on the clock of `time.monotonic`.

    It is kept in memory, and so begins anew with each start.
    """

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
