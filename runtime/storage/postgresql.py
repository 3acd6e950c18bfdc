"""A PostgreSQL server as the database."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit
from weakref import WeakSet

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy.ext.asyncio import create_async_engine

from runtime.storage.database import PATIENCE, POOL, PROBE_PATIENCE, Database, reason
from runtime.storage.errors import StorageError

FAULTS: tuple[type[Exception], ...] = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What the driver raises; TimeoutError is an OSError only since Python 3.11."""

_LONGEST_STATEMENT = 60.0
"""Seconds."""


def open_postgresql(url: str) -> Database:
    """The database at `url`, in libpq's form; nothing is sent before its first use."""
    server = _Server(url)
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=server.connect,
        pool_size=POOL,
        max_overflow=POOL,
        pool_pre_ping=True,
        pool_timeout=PATIENCE,
        hide_parameters=True,
    )
    return Database(engine, server)


async def connect(url: str, patience: float, **settings: str) -> Any:
    """A connection of the driver's, with the server's `settings` for it. Raises StorageError without the password."""
    try:
        return await asyncpg.connect(
            url, timeout=patience, command_timeout=_LONGEST_STATEMENT, server_settings=settings or None
        )
    except (ValueError, asyncpg.ClientConfigurationError):
        # What it says may quote a piece of the password.
        raise StorageError(
            "can't be read as postgresql://user:password@host:port/name; write special characters of the password "
            "as %40 for @, %2F for / and so on, and check the options behind the question mark"
        ) from None
    except FAULTS as fault:
        said = f"can't connect to PostgreSQL: {_without_password(reason(fault), url)}"
        raise (_FullError if isinstance(fault, asyncpg.TooManyConnectionsError) else StorageError)(said) from None


class _FullError(StorageError):
    """The server is there, but takes no more connections."""


class _Server:
    """What is particular to PostgreSQL."""

    faults = FAULTS
    watch_every = 5.0

    def __init__(self, url: str) -> None:
        self._url = url
        self._connections: WeakSet[Any] = WeakSet()

    async def connect(self) -> Any:
        connection = await connect(self._url, PATIENCE)
        self._connections.add(connection)
        return connection

    async def probe(self) -> None:
        connection = await connect(self._url, PROBE_PATIENCE)
        try:
            await connection.execute("SELECT 1")
        finally:
            connection.terminate()

    async def mend(self) -> bool:
        return False

    def is_busy(self, fault: BaseException) -> bool:
        return isinstance(fault, _FullError)

    def cut(self, connection: Any) -> None:
        connection.terminate()

    def cut_all(self) -> None:
        for connection in list(self._connections):
            connection.terminate()


def _without_password(text: str, url: str) -> str:
    password = urlsplit(url).password
    for spelling in {password, unquote(password)} if password else ():
        text = text.replace(spelling, "…")
    return text
