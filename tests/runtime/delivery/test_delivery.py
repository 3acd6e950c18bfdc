"""Deliveries by webhook: each handled once, and a yes only when it is done."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pytest

from runtime.delivery.delivery import MOST_AWAITED, Delivery
from runtime.delivery.incoming import Incoming
from runtime.delivery.lanes import RefusedError
from runtime.delivery.ledger import Standing
from runtime.delivery.local_ledger import LocalLedger
from runtime.delivery.seal import Seal


def update(number: int) -> dict[str, Any]:
    return {"update_id": number, "message": {"chat": {"id": 1}, "text": "x"}}


class Bot:
    def __init__(self, ledger: LocalLedger, fault: Exception | None = None) -> None:
        self.seen: list[int] = []
        self.fault = fault
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.delivery = Delivery(self.process, lambda _: False, ledger, lambda: Seal("1:x"), lambda: None)
        self.delivery.lanes.start()

    async def process(self, incoming: Incoming) -> None:
        if self.fault:
            raise self.fault
        await self.go_on.wait()
        self.seen.append(incoming.update_id)


async def test_the_same_update_twice_at_once_and_later(tmp_path: Path) -> None:
    ledger = LocalLedger(tmp_path / "updates.db")
    bot = Bot(ledger)
    assert await asyncio.gather(*(bot.delivery.deliver(update(3)) for _ in range(5))) == [True] * 5
    assert await bot.delivery.deliver(update(3))
    assert await Bot(ledger).delivery.deliver(update(3))  # after a new start
    assert bot.seen == [3]


async def test_who_stops_waiting_stops_nothing(tmp_path: Path) -> None:
    bot = Bot(LocalLedger(tmp_path / "updates.db"))
    bot.go_on.clear()
    waits = asyncio.create_task(bot.delivery.deliver(update(3)))
    await asyncio.sleep(0.05)
    waits.cancel()
    again = asyncio.create_task(bot.delivery.deliver(update(3)))
    await asyncio.sleep(0.05)
    bot.go_on.set()
    assert await again
    assert bot.seen == [3]


async def test_what_was_not_handled_gets_no_yes_when_the_bot_stops(tmp_path: Path) -> None:
    ledger = LocalLedger(tmp_path / "updates.db")
    bot = Bot(ledger)
    bot.go_on.clear()
    waits = asyncio.create_task(bot.delivery.deliver(update(3)))
    await asyncio.sleep(0.05)
    await bot.delivery.stop(0.1)
    assert not await waits
    assert not await bot.delivery.deliver(update(4))
    assert await Bot(ledger).delivery.deliver(update(3))


async def test_a_refused_token_leaves_it_with_telegram(tmp_path: Path) -> None:
    assert not await Bot(LocalLedger(tmp_path / "updates.db"), RefusedError()).delivery.deliver(update(3))


class ElsewhereLedger(LocalLedger):
    """Another process has everything in hand, until it is done with it or dies."""

    standing = Standing.ELSEWHERE

    async def claim(self, update_ids: Collection[int]) -> Mapping[int, Standing]:
        return dict.fromkeys(update_ids, self.standing)


async def test_what_another_process_has_in_hand_is_waited_for(tmp_path: Path) -> None:
    ledger = ElsewhereLedger(tmp_path / "updates.db")
    bot = Bot(ledger)
    done, died = (asyncio.create_task(bot.delivery.deliver(update(number))) for number in (3, 4))
    await asyncio.sleep(0.4)
    assert not done.done()
    ledger.standing = Standing.DONE
    assert await asyncio.wait_for(done, 1)
    assert await asyncio.wait_for(died, 1)
    assert bot.seen == []
    ledger.standing = Standing.ELSEWHERE
    died = asyncio.create_task(bot.delivery.deliver(update(5)))
    await asyncio.sleep(0.1)
    ledger.standing = Standing.OURS
    assert await asyncio.wait_for(died, 1)
    assert bot.seen == [5]


async def test_what_piles_up_is_kept_and_confirmed_so_that_more_can_come(tmp_path: Path) -> None:
    ledger = LocalLedger(tmp_path / "updates.db")
    bot = Bot(ledger)
    bot.go_on.clear()
    waiting = [asyncio.create_task(bot.delivery.deliver(update(number))) for number in range(MOST_AWAITED)]
    await asyncio.sleep(0.1)
    assert not any(task.done() for task in waiting)
    assert await asyncio.wait_for(bot.delivery.deliver(update(100)), 1)
    assert await asyncio.wait_for(bot.delivery.deliver(update(100)), 1)
    assert list(await ledger.take_kept()) == [100]
    bot.go_on.set()
    assert await asyncio.gather(*waiting) == [True] * MOST_AWAITED
    await asyncio.sleep(0.1)
    assert bot.seen == [*range(MOST_AWAITED), 100]
    assert not await ledger.take_kept()


async def test_what_telegram_was_told_to_forget_is_taken_again_after_a_refusal_that_passed(tmp_path: Path) -> None:
    bot = Bot(LocalLedger(tmp_path / "updates.db"))
    bot.go_on.clear()
    for number in range(MOST_AWAITED):
        task = asyncio.create_task(bot.delivery.deliver(update(number)))
        task.add_done_callback(lambda _: None)
    await asyncio.sleep(0.1)
    assert await asyncio.wait_for(bot.delivery.deliver(update(100)), 1)
    bot.fault = RefusedError()
    bot.go_on.set()
    while bot.delivery.lanes.backlog:  # noqa: ASYNC110 - nothing tells of that
        await asyncio.sleep(0.01)
    assert 100 not in bot.seen
    bot.fault = None
    assert await bot.delivery.take_kept() == 1
    await asyncio.sleep(0.1)
    assert bot.seen[-1] == 100


async def test_what_pours_in_is_looked_at_before_answers_go_on(tmp_path: Path) -> None:
    seen: list[int] = []

    async def process(incoming: Incoming) -> None:
        time.sleep(0.005)  # noqa: ASYNC251 - deciding on an answer is work on the event loop
        seen.append(incoming.update_id)

    last = 4 * MOST_AWAITED
    delivery = Delivery(
        process, lambda each: each.update_id == last, LocalLedger(tmp_path / "a"), lambda: Seal("1:x"), lambda: None
    )
    delivery.lanes.start()

    async def deliver(number: int) -> bool:
        for _ in range(number // 20):  # as connections bring them: some in each turn of the loop
            await asyncio.sleep(0)
        return await delivery.deliver(update(number) | {"message": {"chat": {"id": number + 1}, "text": "x"}})

    assert all(await asyncio.gather(*(deliver(number) for number in range(last + 1))))
    assert seen.index(last) <= MOST_AWAITED
    async with asyncio.timeout(10):
        while delivery.lanes.backlog:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)
    assert sorted(seen) == [*range(last + 1)]


async def test_pouring_for_long_stops_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.delivery.delivery._LONGEST_POURING", 0.1)
    bot = Bot(LocalLedger(tmp_path / "a"))
    bot.go_on.clear()
    waiting = [asyncio.create_task(bot.delivery.deliver(update(number))) for number in range(MOST_AWAITED + 1)]
    end = time.monotonic() + 1.0
    number = 1000
    bot.go_on.set()
    while time.monotonic() < end:  # never silent for as long as the bot would wait for more
        number += 1
        waiting += [asyncio.create_task(bot.delivery.deliver(update(number)))]
        await asyncio.sleep(0.01)
    assert len(bot.seen) > MOST_AWAITED
    assert all(await asyncio.gather(*waiting))
