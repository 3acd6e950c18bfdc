"""A SQLite file as the database: made where there is none, and durable whatever befalls the process."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from runtime.storage.database import PATIENCE, WRITES, Database, reason
from runtime.storage.errors import StorageError


async def open_sqlite(name: str) -> Database:
    """The database in the file `name`, which is made with its folder where it is missing. Raises StorageError."""
    if name == ":memory:":
        raise StorageError("settings have to outlast the process; expected sqlite:///path of a file")
    path = Path(name)
    try:
        await asyncio.to_thread(_prepare, path)
    except (OSError, sqlite3.Error) as fault:
        raise StorageError(f"can't open the SQLite file {name}: {reason(fault)}") from fault
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)),
        connect_args={"timeout": PATIENCE},
        pool_timeout=PATIENCE,
        hide_parameters=True,
    )
    _make_durable(engine)
    return Database(engine, (sqlite3.Error,))


def _prepare(path: Path) -> None:
    """Create the folder and the file, and switch the file to WAL, which it stays in.

    SQLite does not wait for its turn here as it does elsewhere: while another process opens the file for the first
    time, the switch fails at once, so it is tried again.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + PATIENCE
    with closing(sqlite3.connect(path, timeout=PATIENCE)) as connection:
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as fault:
                if fault.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return


def _make_durable(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def set_up(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late to lock what was read before a write
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes the lock at once and so waits its turn; one that has read first could only fail.
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
