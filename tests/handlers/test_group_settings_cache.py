"""The settings of groups in memory, where nobody else changes those in the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from handlers.group_settings.cache import GroupSettings
from runtime.storage import ChatSettings, StorageError, open_storage

GROUP = -100


async def test_a_change_that_came_into_force_after_it_was_given_up_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = await open_storage(f"sqlite:///{tmp_path / 'bot.db'}")
    settings = GroupSettings(storage, 10)
    assert (await settings.of(GROUP)).statistics
    change_settings = storage.change_settings

    async def too_late(chat_id: int, change: Callable[[ChatSettings], ChatSettings]) -> ChatSettings:
        await change_settings(chat_id, change)
        raise StorageError("the database did not answer for 2 s")

    with monkeypatch.context() as patch:
        patch.setattr(storage, "change_settings", too_late)
        with pytest.raises(StorageError):
            await settings.change(GROUP, lambda before: replace(before, statistics=False))
    assert not (await settings.of(GROUP)).statistics
    await storage.close()
