"""A connection to PostgreSQL of its own, for the small statements that each update and each reply needs.

They cost a tenth of what they would through SQLAlchemy's pool (0.2 instead of 2.4 milliseconds of processor for a claim
and its end), and nobody ever waits for them: a quarter of a second, then the line is given up, everything fails at
once, and a new one is made in the background.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from runtime import metrics
from runtime.storage.database import PROBE_PATIENCE, limit, reason
from runtime.storage.errors import StorageError
from runtime.storage.outages import Outage
from runtime.storage.postgresql import FAULTS, connect
from runtime.tasks import Tasks

log = logging.getLogger(__name__)

QUICK = 0.25
_AGAIN = 0.5
_CLOSING = 0.5
_SAY_AGAIN = 60.0
"""Seconds."""

Greeting = Callable[[Any], Awaitable[None]]


class QuickLine:
    """One connection of asyncpg's, used by one statement at a time; `open` makes one."""

    def __init__(self, url: str, purpose: str, greet: Greeting | None = None) -> None:
        self._url = url
        self._greet = greet
        self._connection: Any = None
        self._turn = asyncio.Lock()
        self._tasks = Tasks()
        self._is_closed = False
        self._outage = Outage(
            log,
            f"{purpose} is not shared with other replicas now: %s",
            f"{purpose} is shared again, after %s s",
            _SAY_AGAIN,
        )

    async def open(self) -> None:
        """Connect. Raises StorageError."""
        self._connection = await self._connect()

    async def fetch(self, statement: str, *arguments: Any, within: float = QUICK) -> list[Any]:
        """The rows that `statement` returns. Raises StorageError, at once while there is no connection.

        `within` is in seconds, from when the statement is sent. It is not cut short when the caller is cancelled.
        """
        work = self._tasks.start("a statement", self._fetch(statement, arguments, within), awaited=True)
        return await asyncio.shield(work)

    async def close(self) -> None:
        """Hang up, within half a second."""
        self._is_closed = True
        await self._tasks.stop()
        connection, self._connection = self._connection, None
        if connection is not None:
            with limit(_CLOSING, connection.terminate), contextlib.suppress(*FAULTS):
                await connection.close()

    async def _fetch(self, statement: str, arguments: tuple[Any, ...], within: float) -> list[Any]:
        async with self._turn:
            connection = self._connection
            if connection is None:
                raise StorageError("no connection to PostgreSQL now")
            try:
                with limit(within, connection.terminate):
                    rows: list[Any] = await connection.fetch(statement, *arguments)
                    return rows
            except FAULTS as fault:
                metrics.STORAGE_ERRORS.inc()
                if connection.is_closed():
                    self._lose(connection, reason(fault))
                raise StorageError(f"PostgreSQL can't be asked now: {reason(fault)}") from None

    def _lose(self, connection: Any, why: str) -> None:
        if connection is self._connection and not self._is_closed:
            self._connection = None
            self._tasks.start("connecting to PostgreSQL again", self._reconnect(why))

    async def _reconnect(self, why: str) -> None:
        while not self._is_closed:
            self._outage.note(why)
            try:
                self._connection = await self._connect()
            except StorageError as fault:
                metrics.STORAGE_ERRORS.inc()
                why = fault.what
                await asyncio.sleep(_AGAIN)
            else:
                self._outage.end()
                return

    async def _connect(self) -> Any:
        # What a crash of the server's machine could lose, of the last half second, is worth less than its waiting.
        connection = await connect(self._url, PROBE_PATIENCE, synchronous_commit="off")
        try:
            if self._greet is not None:
                with limit(PROBE_PATIENCE, connection.terminate):
                    await self._greet(connection)
        except FAULTS as fault:
            connection.terminate()
            raise StorageError(reason(fault)) from None
        except BaseException:
            connection.terminate()
            raise
        connection.add_termination_listener(lambda it: self._lose(it, "the connection ended"))
        return connection
