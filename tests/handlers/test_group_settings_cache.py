"""The settings of groups in memory, where nobody else changes those in the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from handlers.group_settings.cache import GroupSettings
from runtime.storage import ChatSettings, StorageError, open_storage

GROUP, SUPERGROUP = -100, -1001


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


@pytest.mark.parametrize("known_before", [True, False])
async def test_what_was_read_of_a_supergroup_before_it_got_its_settings_does_not_stay(
    tmp_path: Path, known_before: bool
) -> None:
    """Telegram may tell of the bot in the supergroup first, and then that a group has become it."""
    storage = await open_storage(f"sqlite:///{tmp_path / 'bot.db'}")
    await storage.change_settings(GROUP, lambda before: replace(before, statistics=False))
    settings = GroupSettings(storage, 10)
    if known_before:
        assert not (await settings.of(GROUP)).statistics
    assert (await settings.of(SUPERGROUP)).statistics
    assert settings.known(SUPERGROUP) == ChatSettings()
    settings.move(GROUP, SUPERGROUP)
    await storage.migrate_chat(GROUP, SUPERGROUP)
    for _ in range(2):
        assert not (await settings.of(SUPERGROUP)).statistics
        assert not settings.known(SUPERGROUP).statistics
        settings.move(GROUP, SUPERGROUP)  # Telegram tells of it twice
    await storage.close()
