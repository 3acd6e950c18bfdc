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
_LAST_COUNTS = 1.0
"""Seconds."""


def start(data: BotData) -> None:
    """Begin; to be called when the application is set up."""
    if data.storage is None:
        return
    data.tasks.start("writing counts", _again_and_again(data.tally.write, _COUNTS_EVERY))
    data.tasks.start("forgetting what is old", _again_and_again(lambda: _forget_old(data), _RETENTION_EVERY))


async def stop(application: BotApplication) -> None:
    """End all tasks, whoever started them, and write what has been counted."""
    await application.bot_data.tasks.stop()
    try:
        async with asyncio.timeout(_LAST_COUNTS):
            await application.bot_data.tally.write()
    except TimeoutError:
        log.warning("the last counts could not be written in time")


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
    log.info(
        "removed %s groups long left, %s old counts, %s votes' keys, %s old questions to the editors",
        removed.chats,
        removed.counts,
        removed.votes,
        removed.questions,
    )
