"""The settings of a group as handlers ask for them: also while the database can't be reached."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from cachetools import LRUCache

from runtime.storage import ChatSettings, StorageError

if TYPE_CHECKING:
    from runtime.storage.storage import Storage

log = logging.getLogger(__name__)


class GroupSettings:
    """Reads and changes the settings of groups; without storage (in the terminal) all are the defaults for good."""

    def __init__(self, storage: Storage | None, remembered_chats: int) -> None:
        self._storage = storage
        self._known: LRUCache[int, ChatSettings] = LRUCache(remembered_chats)

    async def of(self, chat_id: int) -> ChatSettings:
        """The settings in force; those last known while the database fails, for an answer must not wait for it."""
        if self._storage is None:
            return ChatSettings()
        try:
            self._known[chat_id] = await self._storage.settings(chat_id)
        except StorageError as error:
            log.warning("the settings of a group can't be read, so the last known are used: %s", error)
        return self._known.get(chat_id, ChatSettings())

    async def change(self, chat_id: int, change: Callable[[ChatSettings], ChatSettings]) -> ChatSettings:
        """Change the settings for good. Raises StorageError, and ValueError for a value that is not allowed."""
        if self._storage is None:
            return ChatSettings()
        self._known[chat_id] = await self._storage.change_settings(chat_id, change)
        return self._known[chat_id]

    async def reset(self, chat_id: int) -> None:
        """Back to the defaults. Raises StorageError."""
        if self._storage is not None:
            await self._storage.reset_settings(chat_id)
        self._known.pop(chat_id, None)

    async def forget(self, chat_id: int) -> None:
        """Remove all that a group has, its counts included. Raises StorageError."""
        if self._storage is not None:
            await self._storage.forget_chat(chat_id)
        self._known.pop(chat_id, None)
