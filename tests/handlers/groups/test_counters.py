"""Counts that wait for the database."""

from __future__ import annotations

import logging
from unittest.mock import AsyncMock

import pytest

from handlers.groups.counters import Tally
from runtime.storage import StorageError
from runtime.storage.storage import Storage


async def test_the_outage_ends_only_when_all_is_written(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    storage = AsyncMock(spec=Storage)
    storage.count_many.side_effect = StorageError("away")
    tally = Tally(storage)
    tally.add_follow_up("cost", "how-often")
    for _ in range(3):
        await tally.write()
    assert [record.getMessage().partition(" (")[0] for record in caplog.records] == ["counts can't be written"]
    storage.count_many.side_effect = None
    await tally.write()
    await tally.write()
    assert "again" in caplog.records[-1].getMessage()
    assert storage.count_many.await_count == 4
    (went_on,) = storage.count_many.await_args.args[1].values()
    assert [(each.after_entry, each.entry_id, each.number) for each in went_on] == [("cost", "how-often", 1)]
