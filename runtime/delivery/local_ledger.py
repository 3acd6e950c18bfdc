"""The ledger of one process: a small SQLite file beside the database, which needs no waiting for the disk.

It is written in the event loop: one row takes some ten microseconds, less than handing it to a thread. A process that
is killed loses nothing of it; a machine that loses its power may lose the last moments, and then somebody may get an
answer twice.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from runtime.delivery.ledger import KEPT_SECONDS, Standing

log = logging.getLogger(__name__)

_TABLE = "CREATE TABLE IF NOT EXISTS updates (id INTEGER PRIMARY KEY, at REAL NOT NULL, sealed BLOB) WITHOUT ROWID"
"""A row with nothing `sealed` is of an update that has been handled; one with is still to be."""
_INDEX = "CREATE INDEX IF NOT EXISTS updates_by_time ON updates (at)"
_HANDLED = "INSERT OR REPLACE INTO updates VALUES (?, ?, NULL)"
_SWEEP_EVERY = 600.0
_PATIENCE = 0.1
"""Seconds; the event loop stands still meanwhile."""
_MOST_UNWRITTEN = 100_000


class LocalLedger:
    """See `Ledger`; for one process at a time, whose updates are nobody else's."""

    is_shared = False

    def __init__(self, path: Path) -> None:
        """Open the file `path`, or make it. A file that can't be used is said, and replaced by memory."""
        self._path = path
        self._swept = 0.0
        self._says = True
        self._unwritten: dict[int, float] = {}
        """When those were handled that could not be noted in the file yet."""
        try:
            self._connection = _open(path)
        except (OSError, sqlite3.Error) as fault:
            log.error(
                "%s can't be used (%s): if the bot is killed, some people may get no answer, or two. To mend it, stop "
                "the bot and make the file readable; or delete it, and what still waits in it is lost",
                path,
                fault,
            )
            self._connection = _open(":memory:")

    async def claim(self, update_ids: Collection[int]) -> Mapping[int, Standing]:
        marks = ",".join("?" * len(update_ids))
        done: set[int] = set()
        with self._guarded():
            # Only question marks are put into the statement.
            query = f"SELECT id FROM updates WHERE sealed IS NULL AND id IN ({marks})"  # noqa: S608
            done = {row[0] for row in self._connection.execute(query, tuple(update_ids))}
        done.update(self._unwritten)
        return {each: Standing.DONE if each in done else Standing.OURS for each in update_ids}

    async def finish(self, update_id: int) -> None:
        now = time.time()
        self._unwritten[update_id] = now
        if len(self._unwritten) > _MOST_UNWRITTEN:
            del self._unwritten[next(iter(self._unwritten))]
        with self._guarded():
            if len(self._unwritten) == 1:
                self._connection.execute(_HANDLED, (update_id, now))
            else:
                self._connection.execute("BEGIN")
                self._connection.executemany(_HANDLED, self._unwritten.items())
                self._connection.execute("COMMIT")
            self._unwritten.clear()
            if now - self._swept > _SWEEP_EVERY:
                self._swept = now
                self._connection.execute("DELETE FROM updates WHERE at < ?", (now - KEPT_SECONDS,))

    async def give_back(self, update_ids: Collection[int]) -> None:
        """Nothing was claimed from anybody."""

    async def keep(self, sealed: Mapping[int, bytes]) -> bool:
        rows = [(update_id, time.time(), blob) for update_id, blob in sealed.items()]
        with self._guarded():
            self._look_after_file()
            self._connection.execute("BEGIN")
            self._connection.executemany("INSERT OR IGNORE INTO updates VALUES (?, ?, ?)", rows)
            self._connection.execute("COMMIT")
            return True
        return False

    async def take_kept(self) -> Mapping[int, bytes]:
        query = "SELECT id, sealed FROM updates WHERE sealed IS NOT NULL AND at > ? ORDER BY id"
        with self._guarded():
            found = self._connection.execute(query, (time.time() - KEPT_SECONDS,))
            return {update_id: sealed for update_id, sealed in found if update_id not in self._unwritten}
        return {}

    def replicas(self) -> int:
        return 1

    async def close(self) -> None:
        with self._guarded():
            self._connection.executemany(_HANDLED, self._unwritten.items())
        with self._guarded():
            self._connection.close()

    def _look_after_file(self) -> None:
        """Make a deleted file again, with all that was in it: what is kept in one that nobody can open is lost."""
        if self._path.exists():
            return
        log.error("%s was deleted under the running bot; it was written anew", self._path)
        old = self._connection
        for suffix in ("-wal", "-shm"):  # or they would be taken for a part of the new one
            Path(f"{self._path}{suffix}").unlink(missing_ok=True)
        new = _open(self._path)
        new.execute("PRAGMA journal_mode = DELETE")  # as a backup wants it
        old.backup(new)
        new.close()
        self._connection = _open(self._path)
        old.close()

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        """Let a fault of the file be said once, and stop nothing."""
        try:
            yield
        except (sqlite3.Error, OSError) as fault:
            if self._connection.in_transaction:
                with contextlib.suppress(sqlite3.Error):
                    self._connection.rollback()
            if self._says:
                log.error(
                    "%s can't be written (%s): if the bot is killed now, some may get two answers", self._path, fault
                )
            self._says = False


def _open(path: Path | str) -> sqlite3.Connection:
    if isinstance(path, Path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.chmod(0o600)
    connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute(_TABLE)
        connection.execute(_INDEX)
    except sqlite3.Error:
        connection.close()
        raise
    return connection
