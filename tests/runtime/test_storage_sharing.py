"""What replicas decide together: how often something may happen, and turns to send."""

from __future__ import annotations

import asyncio

import pytest

from handlers.groups.speaking import Pace
from runtime.handling import Handling, begin
from runtime.storage.storage import Storage

GROUP, MIA, OLGA = -5, 11, 12

pytestmark = pytest.mark.usefixtures("replica")


@pytest.fixture
def is_shared(database_url: str) -> bool:
    return database_url.startswith("postgresql")


async def in_update(number: int, pace: Pace, entry: str = "cost") -> bool:
    async def handle() -> bool:
        begin(Handling(number, "message"))
        return await pace.speaks_up(GROUP, entry, 60)

    return await asyncio.create_task(handle())


async def test_a_group_gets_one_answer_unasked_from_all_replicas(
    storage: Storage, replica: Storage, is_shared: bool
) -> None:
    assert storage.is_shared is is_shared
    paces = Pace(storage), Pace(replica)
    given = [await pace.speaks_up(GROUP, "cost", 60) for pace in paces]
    assert given == [True, not is_shared]
    assert [await pace.speaks_up(GROUP - 1, "cost", 60) for pace in reversed(paces)] == given


async def test_many_at_once_are_given_one(storage: Storage, replica: Storage, is_shared: bool) -> None:
    given = await asyncio.gather(
        *(Pace(each).speaks_up(GROUP, f"entry {number}", 60) for number in range(10) for each in (storage, replica))
    )
    assert sum(given) == (1 if is_shared else 20)


async def test_the_same_update_is_let_through_again(storage: Storage, replica: Storage) -> None:
    one, other = Pace(storage), Pace(replica)
    assert await in_update(1, one)
    assert await in_update(1, one)
    assert not await in_update(2, one)
    assert await in_update(1, other)


async def test_what_another_replica_has_shown_waits_for_the_cooldown(
    storage: Storage, replica: Storage, is_shared: bool
) -> None:
    Pace(storage).showed(GROUP, "cost")
    await asyncio.sleep(0.3)
    assert await Pace(replica).speaks_up(GROUP, "cost", 60) is not is_shared
    if is_shared:
        assert await Pace(replica).speaks_up(GROUP, "cost", 0)  # what the admins choose holds at once
    await storage.forget_chat(GROUP)
    assert await Pace(replica).speaks_up(GROUP, "cost", 60)


async def test_an_urgent_reply_is_given_once_a_person(storage: Storage, replica: Storage, is_shared: bool) -> None:
    one, other = Pace(storage), Pace(replica)
    assert await one.is_first_urgent(GROUP, MIA, "swallowing")
    assert not await one.is_first_urgent(GROUP, MIA, "swallowing")
    assert await other.is_first_urgent(GROUP, MIA, "swallowing") is not is_shared
    assert await other.is_first_urgent(GROUP, OLGA, "swallowing")
    assert await other.is_first_urgent(GROUP, MIA, "crisis")
    if storage._sharing is not None:
        rows = await storage._sharing._line.fetch("SELECT key FROM moments")
        assert len(rows) == 3
        assert all(len(row["key"]) == 16 and str(MIA).encode() not in row["key"] for row in rows)


async def test_a_group_has_20_turns_in_60_seconds_for_all_replicas(
    storage: Storage, replica: Storage, is_shared: bool
) -> None:
    taken = [await each.turn(GROUP) for _ in range(12) for each in (storage, replica)]
    if not is_shared:
        assert taken == [None] * 24
        return
    assert taken[:20] == [0.0] * 20
    assert all(turn is not None and 55 < turn <= 60 for turn in taken[20:])
    for _ in range(16):
        await storage.turn(GROUP)
    last = await replica.turn(GROUP)
    assert last is not None
    assert 115 < last <= 120
    assert await replica.turn(GROUP - 1) == 0.0
