"""Answers that go by themselves: when, and what calls it off."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from telegram import Bot
from telegram.error import BadRequest

from handlers.groups import scheduled_deletions
from handlers.groups.scheduled_deletions import Deletions
from runtime.tasks import Tasks

GROUP = -100


class Chat:
    """Stands in for Telegram: notes what is deleted, and refuses what is gone."""

    def __init__(self, *gone: int) -> None:
        self.deleted: list[int] = []
        self._gone = gone

    async def delete_message(self, chat_id: int, message_id: int) -> bool:
        assert chat_id == GROUP
        if message_id in self._gone:
            raise BadRequest("Message to delete not found")
        self.deleted.append(message_id)
        return True


@pytest.fixture(autouse=True)
def short_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduled_deletions, "MINUTE", 0.05)


def of(chat: Chat) -> Bot:
    return cast("Bot", cast("Any", chat))


async def test_a_message_goes_after_its_time_and_not_before() -> None:
    tasks, chat = Tasks(), Chat(8)
    deletions = Deletions(tasks)
    for number in (7, 8, 9):  # 8 is gone already, which keeps nobody from deleting 9
        deletions.after(1, of(chat), GROUP, number)
    await asyncio.sleep(0.01)
    assert not chat.deleted
    await tasks.finish()
    assert chat.deleted == [7, 9]


async def test_what_was_removed_by_hand_is_left_alone() -> None:
    tasks, chat = Tasks(), Chat()
    deletions = Deletions(tasks)
    deletions.after(1, of(chat), GROUP, 7)
    deletions.after(1, of(chat), GROUP, 8)
    deletions.cancel(GROUP, 7)
    deletions.cancel(GROUP, 99)
    await tasks.finish()
    assert chat.deleted == [8]


async def test_a_message_that_changes_waits_anew() -> None:
    tasks, chat = Tasks(), Chat()
    deletions = Deletions(tasks)
    deletions.after(1, of(chat), GROUP, 7)
    deletions.after(4, of(chat), GROUP, 7)
    await asyncio.sleep(0.1)
    assert not chat.deleted
    await tasks.finish()
    assert chat.deleted == [7]


async def test_stopping_leaves_what_still_waits() -> None:
    tasks, chat = Tasks(), Chat()
    Deletions(tasks).after(1, of(chat), GROUP, 7)
    await tasks.stop()
    await asyncio.sleep(0.1)
    assert not chat.deleted
