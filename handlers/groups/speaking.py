"""Whether the bot may speak in a group: in which forum topics, at what hours, and how often unasked."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cachetools import TTLCache
from telegram import Message

from runtime.handling import current
from runtime.storage import LONGEST_COOLDOWN, ChatSettings

if TYPE_CHECKING:
    from runtime.storage.storage import Storage

GENERAL_TOPIC = 1
"""The thread of a forum's messages that carry no thread id."""

MINUTE = 60.0
"""Seconds."""

_UNASKED = b"unasked"
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


def _memory(minutes: float) -> TTLCache[Any, _Moment]:
    return TTLCache(maxsize=_REMEMBERED, ttl=minutes * MINUTE, timer=time.monotonic)


@dataclass(frozen=True, slots=True)
class _Moment:
    """When something last happened, on the clock of `time.monotonic`, and for the sake of which update."""

    at: float
    update_id: int | None

    def bars(self, pause: float, update_id: int | None) -> bool:
        """Whether it is less than `pause` seconds ago; not for an update that is tried once more."""
        return time.monotonic() - self.at < pause and (self.update_id is None or self.update_id != update_id)


class Pace:
    """When the bot last did what it should not do too often: known to all replicas that share a database, and to memory
    alone where there is no such database or it is away; memory begins anew with each start.

    What was noted for an update does not bar the same update: when it failed and is tried again, on whatever replica,
    somebody is still waiting for the answer.
    """

    def __init__(self, storage: Storage | None = None) -> None:
        self._storage = storage
        self._entries: TTLCache[tuple[int, str], _Moment] = _memory(LONGEST_COOLDOWN)
        self._unasked: TTLCache[int, _Moment] = _memory(1)
        self._urgent: TTLCache[tuple[int, int, str], _Moment] = _memory(_URGENT_AGAIN)

    def showed(self, chat_id: int, entry_id: str) -> None:
        """Note that a group has just seen an entry."""
        self._entries[chat_id, entry_id] = _now()
        if self._storage is not None:
            self._storage.note(chat_id, _shown(entry_id), LONGEST_COOLDOWN * MINUTE)

    async def speaks_up(self, chat_id: int, entry_id: str, cooldown_minutes: int) -> bool:
        """Whether a group may get this entry without having asked the bot; notes that it gets it.

        At most one such answer a minute.
        """
        now, cooldown = _now(), cooldown_minutes * MINUTE
        spoke, shown = self._unasked.get(chat_id), self._entries.get((chat_id, entry_id))
        if spoke is not None and spoke.bars(MINUTE, now.update_id):
            return False
        if shown is not None and shown.bars(cooldown, now.update_id):
            return False
        self._unasked[chat_id] = self._entries[chat_id, entry_id] = now
        if self._storage is None:
            return True
        pauses = {_UNASKED: MINUTE, _shown(entry_id): cooldown}
        return await self._storage.reserve(chat_id, pauses, LONGEST_COOLDOWN * MINUTE, now.update_id) is not False

    async def is_first_urgent(self, chat_id: int, person_id: int, flag: str) -> bool:
        """Whether this person has not had this urgent reply in this group for some minutes; notes that they have.

        If in doubt, they have not.
        """
        now, pause = _now(), _URGENT_AGAIN * MINUTE
        given = self._urgent.get((chat_id, person_id, flag))
        self._urgent[chat_id, person_id, flag] = now
        if given is not None and given.bars(pause, now.update_id):
            return False
        key = self._storage.key_of(f"urgent {chat_id} {person_id} {flag}") if self._storage is not None else None
        if self._storage is None or key is None:
            return True
        return await self._storage.reserve(chat_id, {key: pause}, pause, now.update_id) is not False

    def forget(self, chat_id: int) -> None:
        """Forget all of one group, as far as memory goes."""
        self._unasked.pop(chat_id, None)
        memories: tuple[TTLCache[Any, _Moment], ...] = (self._entries, self._urgent)
        for memory in memories:
            for key in [key for key in memory if key[0] == chat_id]:
                del memory[key]


def _now() -> _Moment:
    handling = current()
    return _Moment(time.monotonic(), handling.update_id if handling is not None else None)


def _shown(entry_id: str) -> bytes:
    return f"shown {entry_id}".encode()
