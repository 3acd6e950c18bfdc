"""Waiting for something to become true, woken by whoever changes the state."""

# ruff: noqa: ASYNC109 - a test says how long it waits
from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from tests.bot_api_server.errors import Silence

T = TypeVar("T")


class Bell:
    """Rung after every change; whoever waits looks again each time."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake everybody who waits."""
        self._rung.set()
        self._rung = asyncio.Event()

    async def wait_for(self, look: Callable[[], T | None], timeout: float | None, what: str = "a change") -> T:
        """What `look` returns as soon as that is true; raises Silence after `timeout` seconds (None: never)."""
        loop = asyncio.get_running_loop()
        deadline = None if timeout is None else loop.time() + timeout
        while not (found := look()):
            rung = self._rung
            left = None if deadline is None else deadline - loop.time()
            try:
                await asyncio.wait_for(rung.wait(), left)
            except TimeoutError:
                raise Silence(f"waited {timeout} s in vain for {what}") from None
        return found
