"""The settings of a group as handlers ask for them: also while the database can't be reached."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from cachetools import LRUCache

from runtime.storage import ANSWER_PATIENCE, ChatSettings, StorageError
from runtime.storage.outages import Outage
from runtime.tasks import Tasks

if TYPE_CHECKING:
    from runtime.storage.storage import Storage

log = logging.getLogger(__name__)


class GroupSettings:
    """Reads and changes the settings of groups; without storage (in the terminal) all are the defaults for good."""

    def __init__(self, storage: Storage | None, remembered_chats: int) -> None:
        self._storage = storage
        self._known: LRUCache[int, ChatSettings] = LRUCache(remembered_chats)
        self._readings = Tasks()
        self._overdue: set[int] = set()
        self._unsure: set[int] = set()
        """Groups with a change that failed, as far as is known, and may yet come into force."""
        self._changes = 0
        self._outage = Outage(
            log,
            "the settings of groups can't be read (%s): the last known are used, the defaults where none are known",
            "the settings of groups can be read again, after %s s",
        )

    async def of(self, chat_id: int) -> ChatSettings:
        """The settings in force; those last known while the database fails, for an answer must not wait for it.

        Where nobody else can change them, what is known is not looked up again. A reading that takes longer than
        ANSWER_PATIENCE goes on, and its group is not waited for again until it ends.
        """
        if self._storage is None:
            return ChatSettings()
        if chat_id in self._known and not self._storage.is_shared and chat_id not in self._unsure:
            return self._known[chat_id]
        if chat_id not in self._overdue:
            reading = self._readings.start("reading settings", self._read(self._storage, chat_id))
            done, _ = await asyncio.wait({reading}, timeout=ANSWER_PATIENCE)
            if not done:
                self._overdue.add(chat_id)
                self._outage.note(f"it takes longer than {ANSWER_PATIENCE} s")
            elif reading.result():
                self._outage.end()
        return self._known.get(chat_id, ChatSettings())

    def known(self, chat_id: int) -> ChatSettings:
        """The settings as far as they are known, without looking them up."""
        return self._known.get(chat_id, ChatSettings())

    async def _read(self, storage: Storage, chat_id: int) -> bool:
        """Learn the settings of a group; False where they can't be read."""
        changes = self._changes
        try:
            settings = await storage.settings(chat_id)
        except StorageError as error:
            self._outage.note(error)
            return False
        finally:
            self._overdue.discard(chat_id)
        if changes == self._changes:  # or else it may have been read before the change
            self._known[chat_id] = settings
        return True

    async def change(self, chat_id: int, change: Callable[[ChatSettings], ChatSettings]) -> ChatSettings:
        """Change the settings for good. Raises StorageError, and ValueError for a value that is not allowed."""
        if self._storage is None:
            return ChatSettings()
        self._unsure.add(chat_id)
        changed = await self._storage.change_settings(chat_id, change)
        self._unsure.discard(chat_id)
        self._changes += 1
        self._known[chat_id] = changed
        return changed

    async def reset(self, chat_id: int) -> None:
        """Back to the defaults. Raises StorageError."""
        if self._storage is not None:
            self._unsure.add(chat_id)
            await self._storage.reset_settings(chat_id)
            self._unsure.discard(chat_id)
        self._changes += 1
        self._known.pop(chat_id, None)

    async def forget(self, chat_id: int) -> None:
        """Remove all that a group has, its counts included. Raises StorageError."""
        if self._storage is not None:
            await self._storage.forget_chat(chat_id)
        self._changes += 1
        self._known.pop(chat_id, None)

    def move(self, old_id: int, new_id: int) -> None:
        """Know under `new_id` what is known of `old_id`, while storage does the same."""
        self._changes += 1
        known = self._known.pop(old_id, None)
        if self._known.get(new_id) == ChatSettings():  # read before storage had moved them
            del self._known[new_id]
        if known is not None:
            self._known.setdefault(new_id, known)
