"""From DATABASE_URL to a database that is there, durable and up to date."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import URL, Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from runtime.storage.database import WRITES, Database, reason
from runtime.storage.errors import StorageError
from runtime.storage.migrating import migrate

_SQLITE, _POSTGRESQL = "sqlite:///", "postgresql://"
_PATIENCE = 10.0
"""Seconds: how long to wait for another writer, a connection or a connection's turn."""
_LONGEST_STATEMENT = 60.0


async def open_database(url: str) -> Database:
    """Open, create and migrate. Raises StorageError without the password that `url` may hold."""
    if url.startswith(_SQLITE) and len(url) > len(_SQLITE):
        database = await _sqlite(url.removeprefix(_SQLITE))
    elif url.startswith(_POSTGRESQL) and len(url) > len(_POSTGRESQL):
        database = _postgresql(url)
    else:
        raise StorageError("expected sqlite:///path or postgresql://user@host/name")
    try:
        await migrate(database)
    except BaseException:
        await database.close()
        raise
    return database


async def _sqlite(name: str) -> Database:
    if name == ":memory:":
        raise StorageError("settings have to outlast the process; expected sqlite:///path of a file")
    path = Path(name)
    try:
        await asyncio.to_thread(_prepare, path)
    except (OSError, sqlite3.Error) as fault:
        raise StorageError(f"can't open the SQLite file {name}: {reason(fault)}") from fault
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)),
        connect_args={"timeout": _PATIENCE},
        pool_timeout=_PATIENCE,
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
    deadline = time.monotonic() + _PATIENCE
    with closing(sqlite3.connect(path, timeout=_PATIENCE)) as connection:
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


def _postgresql(url: str) -> Database:
    async def connect() -> Any:
        try:
            return await asyncpg.connect(url, timeout=_PATIENCE, command_timeout=_LONGEST_STATEMENT)
        except (ValueError, asyncpg.ClientConfigurationError):
            # What it says may quote a piece of the password.
            raise StorageError(
                "can't be read as postgresql://user:password@host:port/name; write special characters of the password "
                "as %40 for @, %2F for / and so on, and check the options behind the question mark"
            ) from None
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as fault:
            raise StorageError(f"can't connect to PostgreSQL: {_without_password(reason(fault), url)}") from None

    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=connect, pool_pre_ping=True, pool_timeout=_PATIENCE, hide_parameters=True
    )
    return Database(engine, (OSError, asyncpg.PostgresError, asyncpg.InterfaceError))


def _without_password(text: str, url: str) -> str:
    password = urlsplit(url).password
    for spelling in {password, unquote(password)} if password else ():
        text = text.replace(spelling, "…")
    return text
