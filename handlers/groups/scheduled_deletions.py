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

from handlers.groups.speaking import MINUTE
from runtime.tasks import Tasks


class Deletions:
    """Messages that wait for their end."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._waiting: WeakValueDictionary[tuple[int, int], asyncio.Task[None]] = WeakValueDictionary()

    def after(self, minutes: int, bot: Bot, chat_id: int, message_id: int) -> None:
        """Delete a message in so many minutes; one that is gone by then, or can't be deleted, is left.

        A message that waits already begins to wait anew.
        """
        self.cancel(chat_id, message_id)
        later = _delete_later(minutes * MINUTE, bot, chat_id, message_id)
        self._waiting[chat_id, message_id] = self._tasks.start("deleting an answer", later)

    def cancel(self, chat_id: int, message_id: int) -> None:
        """Leave a message that has been removed already."""
        task = self._waiting.get((chat_id, message_id))
        if task is not None:
            task.cancel()


async def _delete_later(seconds: float, bot: Bot, chat_id: int, message_id: int) -> None:
    await asyncio.sleep(seconds)
    with contextlib.suppress(TelegramError):
        await bot.delete_message(chat_id, message_id)
