"""A database of either kind: transactions that read or write, and faults told in the operator's terms.

Nobody waits for long: each transaction has a limit of time, and while the database is known to be away all fail at
once. That is found out by a probe, which follows each fault and is repeated until it succeeds.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from sqlalchemy import Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from runtime import metrics
from runtime.storage.errors import StorageError
from runtime.storage.outages import Outage
from runtime.tasks import Tasks

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

log = logging.getLogger(__name__)

PATIENCE = 2.0
"""Seconds: how long somebody who has pressed a button waits for the database before being told that it failed."""

BACKGROUND_PATIENCE = 30.0
"""Seconds: how long a write waits that nobody waits for."""

PROBE_PATIENCE = 2.0
_PROBE_AGAIN = 0.5
_SAY_AGAIN = 60.0
_CLOSING = 0.5
_BUSY_AGAIN = 0.05
"""Seconds."""

_STEPS = 25
"""Of a limit of time."""

POOL = 5
"""Connections that are kept; half as many again for a crowd. Writers leave some of them to readers."""

_WRITERS = 5

WRITES = "writes"
"""Execution option of a connection: whether its transaction will write."""

Result = TypeVar("Result")
Work = Callable[[AsyncConnection], Awaitable[Result]]


class Kind(Protocol):
    """What is particular to SQLite or PostgreSQL."""

    faults: tuple[type[Exception], ...]
    """Exceptions of the driver that SQLAlchemy lets through while connecting."""

    watch_every: float
    """Seconds between two looks at a database that nobody uses."""

    async def probe(self) -> None:
        """Find out over a new connection whether the database can be used: raises one of the faults if not."""

    async def mend(self) -> bool:
        """Look whether the database is still the one that was opened; False if it was, True once it is mended."""

    def is_busy(self, fault: BaseException) -> bool:
        """Whether `fault` says no more than that it is somebody else's turn."""

    def cut(self, connection: Any) -> None:
        """Give up a connection of the driver at once: what runs on it fails and is undone."""

    def cut_all(self) -> None:
        """Give up all connections at once."""


class Database:
    """An engine, used one transaction at a time.

    A transaction runs to its end even when the task that waits for it is cancelled: SQLite's driver would otherwise
    leave a connection behind that holds the write lock.

    `fault` says why the database can't be used now; empty: it can, as far as is known.
    """

    def __init__(self, engine: AsyncEngine, kind: Kind) -> None:
        self.fault = ""
        self._engine = engine
        self._kind = kind
        self._faults: tuple[type[Exception], ...] = (DBAPIError, PoolTimeout, TimeoutError, *kind.faults)
        self._faults_of_a_probe: tuple[type[Exception], ...] = (StorageError, *self._faults)
        self._transactions = Tasks()
        self._background = Tasks()
        self._writers = asyncio.Semaphore(_WRITERS)
        self._mending = asyncio.Lock()
        self._is_watched = False
        self._is_probing = False
        self._is_closing = False
        self._outage = Outage(
            log,
            "the database can't be used: %s; settings last known are used and counts are kept until it can",
            "the database can be used again, after %s s",
            _SAY_AGAIN,
        )

    async def read(self, work: Work[Result], *, within: float = PATIENCE, slow_after: float | None = None) -> Result:
        """What `work` returns, in a transaction that only reads. Raises StorageError and what `work` raises.

        It is given up after `within` seconds; already after `slow_after` the database is suspected to be away.
        """
        return await self._complete(work, writes=False, within=within, slow_after=slow_after or within)

    async def write(self, work: Work[Result], *, within: float = PATIENCE) -> Result:
        """What `work` returns, in a transaction that writes: durable on return, undone when `work` raises.

        It is given up, and undone, after `within` seconds. While others write it may be tried several times.
        """
        return await self._complete(work, writes=True, within=within, slow_after=within)

    def watch(self) -> None:
        """From now on find out after each fault, and every few seconds, whether the database is there."""
        self._is_watched = True
        self._background.start("watching the database", self._watch())

    async def close(self) -> None:
        """Wait for the transactions under way, for a second at most, and close all connections."""
        self._is_closing = True
        await self._background.stop()
        try:
            async with asyncio.timeout(0.0 if self.fault else _CLOSING):
                await self._transactions.finish()
        except TimeoutError:
            self._kind.cut_all()
        with contextlib.suppress(TimeoutError, *self._faults):
            async with asyncio.timeout(_CLOSING):
                await self._engine.dispose()
        self._kind.cut_all()

    async def _complete(self, work: Work[Result], *, writes: bool, within: float, slow_after: float) -> Result:
        if self.fault:
            raise StorageError(self.fault)
        task = self._transactions.start("a transaction", self._try(work, writes=writes, within=within), awaited=True)
        task.add_done_callback(_retrieve)
        with limit(slow_after, self._suspect):
            done, _ = await asyncio.wait({task}, timeout=within + 2 * _CLOSING)
        if done:
            return task.result()
        metrics.STORAGE_ERRORS.inc()
        self._suspect()
        raise StorageError(f"the database did not answer for {within:.0f} s")

    async def _try(self, work: Work[Result], *, writes: bool, within: float) -> Result:
        deadline = asyncio.get_running_loop().time() + within
        while True:
            try:
                if not writes:
                    return await self._transaction(work, writes, deadline)
                await self._mend()
                await self._turn_to_write(deadline)
                try:
                    return await self._transaction(work, writes, deadline)
                finally:
                    self._writers.release()
            except StorageError:
                metrics.STORAGE_ERRORS.inc()
                self._suspect()
                raise
            except self._faults as fault:
                is_busy = self._kind.is_busy(fault)
                if is_busy and not self._is_closing and asyncio.get_running_loop().time() < deadline:
                    await asyncio.sleep(_BUSY_AGAIN)
                    continue
                metrics.STORAGE_ERRORS.inc()
                if not is_busy:
                    self._suspect()
                raise StorageError(f"the database can't be used now: {reason(fault)}") from fault

    async def _turn_to_write(self, deadline: float) -> None:
        async with asyncio.timeout_at(deadline):
            await self._writers.acquire()

    async def _transaction(self, work: Work[Result], writes: bool, deadline: float) -> Result:
        async with self._engine.connect() as connection:
            if writes:
                await connection.execution_options(**{WRITES: True})
            drivers = connection.sync_connection and connection.sync_connection.connection.driver_connection
            left = deadline - asyncio.get_running_loop().time()
            with limit(left, lambda: self._kind.cut(drivers)):
                async with connection.begin():
                    return await work(connection)

    async def _mend(self) -> None:
        async with self._mending:
            if await self._kind.mend():
                await self._engine.dispose()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._kind.watch_every)
            self._suspect()

    def _suspect(self) -> None:
        """Find out whether the database is away, unless that is being done."""
        if self._is_watched and not self._is_probing and not self._is_closing:
            self._is_probing = True
            self._background.start("probing the database", self._probe())

    async def _probe(self) -> None:
        try:
            while not self._is_closing and (why := await self._what_is_wrong()):
                if not self.fault:
                    self.fault = why
                    self._kind.cut_all()
                self._outage.note(why)
                await asyncio.sleep(_PROBE_AGAIN)
            if self.fault:  # connections that were left behind are of no use
                await self._engine.dispose()
                self.fault = ""
                self._outage.end()
        finally:
            self._is_probing = False

    async def _what_is_wrong(self) -> str:
        try:
            await self._mend()
            async with asyncio.timeout(PROBE_PATIENCE):
                await self._kind.probe()
        except TimeoutError:
            metrics.STORAGE_ERRORS.inc()
            return f"no answer for {PROBE_PATIENCE:.0f} s"
        except self._faults_of_a_probe as fault:
            metrics.STORAGE_ERRORS.inc()
            return "" if self._kind.is_busy(fault) else reason(fault)
        return ""


@contextlib.contextmanager
def limit(seconds: float, act: Callable[[], None]) -> Iterator[None]:
    """Call `act` if what is done within takes longer than `seconds`.

    Cheaper than asyncio's timeouts, and kinder to the driver: what is cancelled asks the server to cancel, too, which
    is just what hangs. A busy event loop is not taken for a slow server: the time runs in steps, of which each turn of
    the loop counts one at most, for a statement needs some turns to be sent and its rows to be read.
    """
    loop = asyncio.get_running_loop()
    left = _STEPS
    handle: asyncio.Handle

    def step() -> None:
        nonlocal left, handle
        left -= 1
        handle = loop.call_later(seconds / _STEPS, step) if left else loop.call_soon(act)

    handle = loop.call_later(seconds / _STEPS, step)
    try:
        yield
    finally:
        handle.cancel()


def reason(fault: BaseException) -> str:
    """What the driver said, without SQLAlchemy's wrapping and without the details, which may quote a row."""
    if isinstance(fault, StorageError):
        return fault.what
    if isinstance(fault, DBAPIError) and fault.orig is not None:
        fault = fault.orig.__cause__ or fault.orig
    return str(fault).strip().partition("\n")[0] or type(fault).__name__


def _retrieve(task: asyncio.Task[Any]) -> None:
    """Nobody may be waiting any more for what a transaction raises."""
    if not task.cancelled():
        task.exception()


def insert(connection: AsyncConnection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that knows ON CONFLICT, which is the same in both databases but spelt by dialect in SQLAlchemy."""
    if connection.dialect.name == "postgresql":  # only this database's dialect is in memory
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)
