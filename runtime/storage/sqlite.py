"""A SQLite file as the database: made where there is none, for nobody else to read, and durable.

That is, whatever befalls the process; and a file that is deleted under the running bot is made again.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from runtime.storage.database import PATIENCE, POOL, WRITES, Database, reason
from runtime.storage.errors import StorageError

log = logging.getLogger(__name__)

_BUSY_TIMEOUT = 0.5
"""Seconds that SQLite itself waits for another writer, deaf to everything else; `Database` then tries again."""

_OPENING = 10.0
"""Seconds for a file that several processes open for the first time."""

_BESIDE = ("-wal", "-shm")
"""What SQLite keeps beside the file."""

_PRIVATE = 0o600


async def open_sqlite(name: str) -> Database:
    """The database in the file `name`, which is made with its folder where it is missing. Raises StorageError."""
    if name == ":memory:":
        raise StorageError("settings have to outlast the process; expected sqlite:///path of a file")
    file = _File(Path(name))
    try:
        await asyncio.to_thread(file.prepare)
    except (OSError, sqlite3.Error) as fault:
        raise StorageError(f"can't open the SQLite file {name}: {reason(fault)}") from fault
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=name),
        connect_args={"timeout": _BUSY_TIMEOUT},
        pool_size=POOL,
        max_overflow=POOL,
        pool_timeout=PATIENCE,
        hide_parameters=True,
    )
    _make_durable(engine.sync_engine)
    return Database(engine, file)


class _File:
    """What is particular to SQLite: a file, and what happens to files.

    One connection is held open: should the file be deleted, it still reaches all that was in it.
    """

    faults: tuple[type[Exception], ...] = (sqlite3.Error, OSError)
    watch_every = 2.0

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened: tuple[int, int] | None = None
        self._beside: dict[str, tuple[int, int] | None] = {}
        self._held: sqlite3.Connection | None = None

    def prepare(self) -> None:
        """Create the folder and the file, for nobody else to read, and switch the file to WAL, which it stays in."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._path.is_dir():  # SQLite says better than we could what is wrong with a folder
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, _PRIVATE))
        _switch_to_wal(self._path)
        self._narrow()
        self._hold()

    async def probe(self) -> None:
        await asyncio.to_thread(self._look_inside)

    async def mend(self) -> bool:
        if _identity(self._path) == self._opened:
            self._beside |= {each: _identity(path) for each, path in self._neighbours()}
            return False
        await asyncio.to_thread(self._make_again)
        return True

    def is_busy(self, fault: BaseException) -> bool:
        if isinstance(fault, DBAPIError):
            fault = fault.orig or fault
        code: int = getattr(fault, "sqlite_errorcode", 0)
        return code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)

    def cut(self, connection: Any) -> None:
        """Nothing hangs here but for the disk, and that lets nobody go."""

    def cut_all(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None

    def _hold(self) -> None:
        self.cut_all()
        held = sqlite3.connect(self._path, timeout=_BUSY_TIMEOUT, check_same_thread=False)
        held.execute("SELECT count(*) FROM sqlite_master").fetchone()  # not before this are all the files open
        self._held = held
        self._opened = _identity(self._path)
        self._beside = {each: _identity(path) for each, path in self._neighbours()}

    def _look_inside(self) -> None:
        uri = f"{self._path.absolute().as_uri()}?mode=rw"
        with closing(sqlite3.connect(uri, uri=True, timeout=_BUSY_TIMEOUT)) as connection:
            connection.execute("SELECT version_num FROM alembic_version").fetchall()

    def _neighbours(self) -> Iterator[tuple[str, Path]]:
        for suffix in _BESIDE:
            yield suffix, Path(f"{self._path}{suffix}")

    def _narrow(self) -> None:
        for path in (self._path, *(path for _, path in self._neighbours())):
            try:
                mode = stat.S_IMODE(path.stat().st_mode)
                if mode & ~_PRIVATE:
                    path.chmod(_PRIVATE)
            except FileNotFoundError:
                continue
            except OSError as fault:
                log.warning("others can read %s, and that can't be changed: %s", path, fault.strerror)

    def _make_again(self) -> None:
        """Write a deleted file anew, with what was in it; use one that was put in its place as it is.

        What SQLite kept beside the old file has to go first, or it would be taken for a part of the new one.
        """
        from runtime.storage.migrating import make_or_upgrade

        is_deleted = not self._path.exists()
        for suffix, path in self._neighbours():
            if self._beside.get(suffix) is not None and _identity(path) == self._beside[suffix]:
                path.unlink(missing_ok=True)
        old, self._held = self._held, None
        is_saved = is_deleted and old is not None and self._save(old)
        self.prepare()
        if old is not None:
            old.close()
        engine = create_engine(URL.create("sqlite", database=str(self._path)), hide_parameters=True)
        _make_durable(engine)
        with engine.execution_options(**{WRITES: True}).begin() as connection:
            make_or_upgrade(connection)
        engine.dispose()
        if is_saved:
            log.error(
                "the database file %s was deleted under the running bot; it was written anew with all that was in it. "
                "Stop the bot before you move or delete the file",
                self._path,
            )
        else:
            log.error(
                "the database file %s was %s under the running bot; what was in the old file is gone, and from now on "
                "%s is used. Stop the bot before you restore a backup, or some of it may be lost",
                self._path,
                "deleted" if is_deleted else "replaced",
                "a new, empty one" if is_deleted else "the file that is there",
            )

    def _save(self, old: sqlite3.Connection) -> bool:
        try:
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, _PRIVATE))
            with closing(sqlite3.connect(self._path)) as new:
                old.backup(new)
        except (OSError, sqlite3.Error) as fault:
            log.error("what was in the deleted database file could not be saved: %s", reason(fault))
            self._path.unlink(missing_ok=True)
            return False
        return True


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _switch_to_wal(path: Path) -> None:
    """Have the file keep what is written in a log beside it, so that readers never wait for a writer.

    SQLite does not wait for its turn here as it does elsewhere: while another process opens the file for the first
    time, the switch fails at once, so it is tried again.
    """
    deadline = time.monotonic() + _OPENING
    with closing(sqlite3.connect(path, timeout=_OPENING)) as connection:
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as fault:
                if fault.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return


def _make_durable(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late to lock what was read before a write
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes the lock at once and so waits its turn; one that has read first could only fail.
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
