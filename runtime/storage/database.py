"""A database of either kind: transactions that read or write, and faults told in the operator's terms."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from runtime.storage.errors import StorageError
from runtime.tasks import Tasks

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

PATIENCE = 10.0
"""Seconds: how long to wait for another writer, a connection or a connection's turn."""

WRITES = "writes"
"""Execution option of a connection: whether its transaction will write."""

Result = TypeVar("Result")
Work = Callable[[AsyncConnection], Awaitable[Result]]


class Database:
    """An engine, used one transaction at a time.

    `driver_faults` are exceptions of the driver that SQLAlchemy lets through while connecting.

    A transaction runs to its end even when the task that waits for it is cancelled: SQLite's driver would otherwise
    leave a connection behind that holds the write lock.
    """

    def __init__(self, engine: AsyncEngine, driver_faults: tuple[type[Exception], ...]) -> None:
        self._engine = engine
        self._faults: tuple[type[Exception], ...] = (DBAPIError, PoolTimeout, *driver_faults)
        self._transactions = Tasks()

    async def read(self, work: Work[Result]) -> Result:
        """What `work` returns, in a transaction that only reads. Raises StorageError and what `work` raises."""
        return await self._complete(work, writes=False)

    async def write(self, work: Work[Result]) -> Result:
        """What `work` returns, in a transaction that writes: durable on return, undone when `work` raises."""
        return await self._complete(work, writes=True)

    async def close(self) -> None:
        """Wait for the transactions under way and close all connections."""
        await self._transactions.finish()
        await self._engine.dispose()

    async def _complete(self, work: Work[Result], *, writes: bool) -> Result:
        transaction = self._transaction(work, writes=writes)
        return await asyncio.shield(self._transactions.start("a transaction", transaction, awaited=True))

    async def _transaction(self, work: Work[Result], *, writes: bool) -> Result:
        try:
            async with self._engine.connect() as connection:
                await connection.execution_options(**{WRITES: writes})
                async with connection.begin():
                    return await work(connection)
        except self._faults as fault:
            raise StorageError(f"the database can't be used now: {reason(fault)}") from fault


def reason(fault: BaseException) -> str:
    """What the driver said, without SQLAlchemy's wrapping and without the details, which may quote a row."""
    if isinstance(fault, DBAPIError) and fault.orig is not None:
        fault = fault.orig.__cause__ or fault.orig
    return str(fault).strip().partition("\n")[0] or type(fault).__name__


def insert(connection: AsyncConnection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that knows ON CONFLICT, which is the same in both databases but spelt by dialect in SQLAlchemy."""
    if connection.dialect.name == "postgresql":  # only this database's dialect is in memory
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)
