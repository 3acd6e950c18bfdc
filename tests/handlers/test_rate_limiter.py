"""What is unhurried waits by itself: nothing else is held up by it."""

from __future__ import annotations

import asyncio
from typing import Any

from telegram.error import RetryAfter

from handlers.rate_limiter import UNHURRIED, MessageLimiter

LONG = 30
"""Seconds that Telegram asks to wait; more than the test lasts."""


async def _refused() -> bool:
    raise RetryAfter(LONG)


async def _taken() -> bool:
    return True


async def test_others_go_on_while_an_unhurried_call_is_told_to_wait() -> None:
    limiter = MessageLimiter()

    async def call(callback: Any, haste: int | None) -> Any:
        return await limiter.process_request(callback, (), {}, "sendMessage", {"chat_id": 7}, haste)

    waiting = asyncio.create_task(call(_refused, UNHURRIED))
    await asyncio.sleep(0)
    assert await asyncio.wait_for(call(_taken, None), 5)
    others = asyncio.create_task(call(_taken, UNHURRIED))
    done, _ = await asyncio.wait({waiting, others}, timeout=0.2)
    assert not done
    for task in (waiting, others):
        task.cancel()


async def test_an_unhurried_call_goes_through() -> None:
    assert await MessageLimiter().process_request(_taken, (), {}, "sendMessage", {"chat_id": 7}, UNHURRIED)
