"""Answers that go away by themselves after some minutes.

They wait as plain tasks of the event loop: python-telegram-bot's own job queue would add a scheduling library for one
kind of timer. What is pending when the process ends is lost, and those answers stay until somebody removes them.
"""

from __future__ import annotations

import asyncio
import contextlib
from weakref import WeakValueDictionary

from telegram import Bot
from telegram.error import TelegramError

from handlers import ephemeral
from handlers.ephemeral import Spot
from handlers.groups.speaking import MINUTE
from runtime.tasks import Tasks


class Deletions:
    """Messages that wait for their end."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._waiting: WeakValueDictionary[Spot, asyncio.Task[None]] = WeakValueDictionary()

    def after(self, minutes: int, bot: Bot, chat_id: int, message_id: int, receiver_id: int | None = None) -> None:
        """Delete a message in so many minutes; one that is gone by then, or can't be deleted, is left.

        A message that waits already begins to wait anew. `receiver_id`: the user who alone sees it, where one does.
        """
        self.cancel(chat_id, message_id, receiver_id)
        spot = Spot(chat_id, message_id, receiver_id)
        later = _delete_later(minutes * MINUTE, bot, spot)
        self._waiting[spot] = self._tasks.start("deleting an answer", later)

    def cancel(self, chat_id: int, message_id: int, receiver_id: int | None = None) -> None:
        """Leave a message that has been removed already."""
        task = self._waiting.get(Spot(chat_id, message_id, receiver_id))
        if task is not None:
            task.cancel()


async def _delete_later(seconds: float, bot: Bot, spot: Spot) -> None:
    await asyncio.sleep(seconds)
    with contextlib.suppress(TelegramError):
        await ephemeral.delete(bot, spot)
