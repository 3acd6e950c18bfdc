"""The ledger of one process, when its file is held by another process or deleted under it."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from runtime.delivery.ledger import Standing
from runtime.delivery.local_ledger import LocalLedger


async def test_what_could_not_be_noted_while_the_file_was_held_is_noted_later(tmp_path: Path) -> None:
    path = tmp_path / "updates.db"
    ledger = LocalLedger(path)
    assert await ledger.keep({1: b"one", 2: b"two", 3: b"three"})
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    begun = time.monotonic()
    await ledger.finish(1)
    await ledger.finish(2)
    assert time.monotonic() - begun < 2  # the event loop stands still meanwhile
    assert await ledger.claim([1, 2, 3]) == {1: Standing.DONE, 2: Standing.DONE, 3: Standing.OURS}
    assert list(await ledger.take_kept()) == [3]
    other.execute("ROLLBACK")
    other.close()
    await ledger.finish(4)
    await ledger.close()
    again = LocalLedger(path)
    assert list(await again.take_kept()) == [3]
    assert set((await again.claim([1, 2, 4])).values()) == {Standing.DONE}
    await again.close()


async def test_a_file_deleted_under_it_is_made_again_before_anything_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "updates.db"
    ledger = LocalLedger(path)
    await ledger.finish(1)
    assert await ledger.keep({2: b"two"})
    for each in list(tmp_path.iterdir()):  # noqa: ASYNC240 - there is nothing to hold up
        each.unlink()
    assert await ledger.keep({3: b"three"})
    after_a_kill = LocalLedger(path)
    assert list(await after_a_kill.take_kept()) == [2, 3]
    assert (await after_a_kill.claim([1]))[1] is Standing.DONE
    await after_a_kill.close()
    await ledger.close()


async def test_what_telegram_would_have_forgotten_by_itself_is_not_taken_any_more(tmp_path: Path) -> None:
    ledger = LocalLedger(tmp_path / "updates.db")
    await ledger.keep({1: b"one", 2: b"two"})
    ledger._connection.execute("UPDATE updates SET at = at - 90000 WHERE id = 1")
    assert list(await ledger.take_kept()) == [2]
    await ledger.close()
