"""Writes that nobody waits for: in order, again until they succeed, and none holds up those behind it for ever."""

from __future__ import annotations

import asyncio

from runtime.storage.later import Later


async def test_a_write_that_can_never_succeed_holds_up_none_behind_it() -> None:
    later, written = Later(), []

    async def impossible() -> None:
        raise ValueError("no such thing")

    async def write() -> None:
        written.append(1)

    first = later.do(impossible)
    await asyncio.wait_for(asyncio.wait({first, later.do(write)}), 2)
    await asyncio.wait_for(later.do(write), 2)
    assert written == [1, 1]
