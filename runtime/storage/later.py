"""Writes that nobody waits for: done soon, one after the other, and tried again until they succeed."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from runtime.storage.errors import StorageError
from runtime.tasks import Tasks

log = logging.getLogger(__name__)

_AGAIN = 1.0
_CLOSING = 0.5
"""Seconds."""


class Later:
    """Such writes, in the order given; what is still waiting when the process ends is lost."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Callable[[], Awaitable[None]], asyncio.Future[None]]] = deque()
        self._tasks = Tasks()
        self._is_writing = False

    def do(self, write: Callable[[], Awaitable[None]]) -> asyncio.Future[None]:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((write, done))
        if not self._is_writing:
            self._is_writing = True
            self._tasks.start("writing what could wait", self._write_all())
        return done

    async def close(self) -> None:
        """Finish, within half a second."""
        try:
            async with asyncio.timeout(_CLOSING):
                await self._tasks.finish()
        except TimeoutError:
            await self._tasks.stop()

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                write, done = self._waiting[0]
                try:
                    await write()
                except StorageError:
                    await asyncio.sleep(_AGAIN)
                    continue
                except Exception as fault:  # it would fail for ever, and all behind it wait for as long
                    log.error("a write was given up: %s", type(fault).__name__)
                self._waiting.popleft()
                if not done.done():
                    done.set_result(None)
        finally:
            self._is_writing = False
