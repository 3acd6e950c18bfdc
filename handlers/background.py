"""What the bot does beside handling updates: writing counts, and forgetting what is too old to be kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from handlers.context import BotApplication, BotData
from runtime.storage import StorageError

log = logging.getLogger(__name__)

_COUNTS_EVERY = 5.0
_RETENTION_EVERY = 24 * 3600.0
"""Seconds."""


class Background:
    """The tasks that run from the bot's start to its end."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, application: BotApplication) -> None:
        """Begin; to be called when the application is set up."""
        data = application.bot_data
        if data.storage is None:
            return
        self._tasks = [
            asyncio.create_task(_again_and_again(data.tally.write, _COUNTS_EVERY)),
            asyncio.create_task(_again_and_again(lambda: _forget_old(data), _RETENTION_EVERY)),
        ]

    async def stop(self, application: BotApplication) -> None:
        """End all tasks, and write what has been counted."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await application.bot_data.reloading.stop()
        await application.bot_data.deletions.stop()
        await application.bot_data.tally.write()


async def _again_and_again(work: Callable[[], Awaitable[None]], seconds: float) -> None:
    while True:
        await work()
        await asyncio.sleep(seconds)


async def _forget_old(data: BotData) -> None:
    if data.storage is None:
        return
    try:
        removed = await data.storage.delete_expired(datetime.now(UTC))
    except StorageError as error:
        log.warning("what is too old could not be removed: %s", error)
        return
    log.info("removed %s groups long left, %s old counts, %s votes' keys", removed.chats, removed.counts, removed.votes)
