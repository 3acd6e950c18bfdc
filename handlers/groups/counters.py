"""Counting what became of messages: gathered in memory, written together every few seconds."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from runtime.storage import Count, FollowUp, StorageError, What
from runtime.storage.outages import Outage

if TYPE_CHECKING:
    from runtime.storage.storage import Storage

log = logging.getLogger(__name__)


class Tally:
    """Counts by chat, entry and day. A process that is killed loses those of the last few seconds."""

    def __init__(self, storage: Storage | None) -> None:
        self._storage = storage
        self._waiting: Counter[tuple[int, str | None, What, date]] = Counter()
        self._follow_ups: Counter[tuple[str, str, date]] = Counter()
        self._outage = Outage(
            log, "counts can't be written (%s) and are kept for later", "counts can be written again, after %s s"
        )

    def add(self, chat_id: int, what: What, entry_ids: tuple[str, ...] = ()) -> None:
        """Count one message, under each of the entries that it was answered with."""
        if self._storage is None:
            return
        today = datetime.now(UTC).date()
        for entry_id in entry_ids or (None,):
            self._waiting[chat_id, entry_id, what, today] += 1

    def add_follow_up(self, after_entry: str, entry_id: str) -> None:
        """Count that somebody went on from one entry to another, in whatever chat."""
        if self._storage is not None:
            self._follow_ups[after_entry, entry_id, datetime.now(UTC).date()] += 1

    async def write(self) -> None:
        """Write what has gathered; where the database fails, keep it for the next time."""
        if self._storage is None or not (self._waiting or self._follow_ups):
            return
        taken, self._waiting = self._waiting, Counter()
        taken_on, self._follow_ups = self._follow_ups, Counter()
        counts = [
            Count(chat_id=chat_id, entry_id=entry_id, what=what, day=day, number=number)
            for (chat_id, entry_id, what, day), number in taken.items()
        ]
        went_on: dict[date, list[FollowUp]] = {}
        for (after, entry_id, day), number in taken_on.items():
            went_on.setdefault(day, []).append(FollowUp(after_entry=after, entry_id=entry_id, number=number))
        try:
            await self._storage.count_many(counts, went_on)
        except StorageError as error:
            self._waiting.update(taken)
            self._follow_ups.update(taken_on)
            self._outage.note(error)
        else:
            self._outage.end()

    def forget(self, chat_id: int) -> None:
        """Drop what is not yet written about a chat."""
        for key in [key for key in self._waiting if key[0] == chat_id]:
            del self._waiting[key]

    def move(self, old_id: int, new_id: int) -> None:
        """Put what is not yet written about `old_id` under `new_id`."""
        for key in [key for key in self._waiting if key[0] == old_id]:
            self._waiting[(new_id, *key[1:])] += self._waiting.pop(key)
