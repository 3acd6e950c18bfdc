"""Keeping asyncio tasks: the event loop itself holds a task only weakly, and tells nobody that it failed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")

log = logging.getLogger(__name__)


class Tasks:
    """Tasks that are held on to until they are done."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def start(self, name: str, work: Coroutine[Any, Any, Result], *, awaited: bool = False) -> asyncio.Task[Result]:
        """Run `work` as a task; a failure is logged under `name`, unless somebody has `awaited` it and is told so.

        The log names the exception's type and not what it says, which may be a piece of a message.
        """
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._forget if awaited else self._take_note)
        return task

    async def finish(self) -> None:
        """Wait until all are done."""
        while self._running:
            await asyncio.wait(self._running)

    async def stop(self) -> None:
        """Cancel all, and wait until they have ended."""
        for task in self._running:
            task.cancel()
        await self.finish()

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)

    def _take_note(self, task: asyncio.Task[Any]) -> None:
        self._forget(task)
        fault = None if task.cancelled() else task.exception()
        if fault is not None:
            log.error("%s failed: %s", task.get_name(), type(fault).__name__)
