"""Counting what became of messages: gathered in memory, written together every few seconds."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from runtime.storage import Count, StorageError, What

if TYPE_CHECKING:
    from runtime.storage.storage import Storage

log = logging.getLogger(__name__)


class Tally:
    """Counts by chat, entry and day. A process that is killed loses those of the last few seconds."""

    def __init__(self, storage: Storage | None) -> None:
        self._storage = storage
        self._waiting: Counter[tuple[int, str | None, What, date]] = Counter()

    def add(self, chat_id: int, what: What, entry_ids: tuple[str, ...] = ()) -> None:
        """Count one message, under each of the entries that it was answered with."""
        if self._storage is None:
            return
        today = datetime.now(UTC).date()
        for entry_id in entry_ids or (None,):
            self._waiting[chat_id, entry_id, what, today] += 1

    async def write(self) -> None:
        """Write what has gathered; where the database fails, keep it for the next time."""
        if self._storage is None or not self._waiting:
            return
        taken, self._waiting = self._waiting, Counter()
        counts = [
            Count(chat_id=chat_id, entry_id=entry_id, what=what, day=day, number=number)
            for (chat_id, entry_id, what, day), number in taken.items()
        ]
        try:
            await self._storage.count_many(counts)
        except StorageError as error:
            self._waiting.update(taken)
            log.warning("counts can't be written now, and are kept for later: %s", error)

    def forget(self, chat_id: int) -> None:
        """Drop what is not yet written about a chat."""
        for key in [key for key in self._waiting if key[0] == chat_id]:
            del self._waiting[key]
