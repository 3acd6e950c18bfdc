"""Chats side by side, one chat in order, danger before all, and three tries for what fails."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

import pytest

from runtime.delivery import lanes
from runtime.delivery.incoming import Incoming
from runtime.delivery.lanes import Lanes
from runtime.handling import current

Process = Callable[[Incoming], Awaitable[None]]


def of(number: int, chat: int, text: str = "") -> Incoming:
    return Incoming.of({"update_id": number, "message": {"chat": {"id": chat}, "text": text}})


def started(process: Process) -> Lanes:
    async def finish(incoming: Incoming) -> None: ...

    made = Lanes(process, lambda incoming: incoming.raw["message"]["text"] == "help", finish)
    made.start()
    return made


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "PAUSES", (0.01, 0.02))


async def test_one_chat_in_order_and_others_beside_it() -> None:
    ended = []

    async def process(incoming: Incoming) -> None:
        await asyncio.sleep(0.05 if incoming.update_id == 1 else 0)
        ended.append(incoming.update_id)

    made = started(process)
    items = [made.put(of(number, chat)) for number, chat in ((1, 1), (2, 1), (3, 2), (4, 1))]
    assert await asyncio.gather(*(item.done for item in items)) == [True] * 4
    assert ended == [3, 1, 2, 4]
    assert made.backlog == 0


async def test_danger_overtakes_the_queue_of_its_own_chat_and_all_others() -> None:
    hang = asyncio.Event()

    async def process(incoming: Incoming) -> None:
        if incoming.raw["message"]["text"] != "help":
            await hang.wait()
        else:
            handling = current()
            assert handling is not None
            assert handling.hurried

    made = started(process)
    for number in range(1_000):
        made.put(of(number, number % 400))
    urgent = made.put(of(5_000, 0, "help"))
    assert await asyncio.wait_for(urgent.done, 1)
    assert made.backlog == 1_000
    hang.set()


async def test_nothing_that_can_wait_holds_up_danger_by_its_thinking() -> None:
    """Each of many that think on the event loop, one after another; danger comes after one of them at most."""

    async def process(incoming: Incoming) -> None:
        if incoming.raw["message"]["text"] != "help":
            time.sleep(0.02)  # noqa: ASYNC251 - that is what thinking is
            await asyncio.sleep(5)

    made = started(process)
    for number in range(200):
        made.put(of(number, number))
    await asyncio.sleep(0.05)
    begun = time.monotonic()
    await made.put(of(5_000, 5_000, "help")).done
    assert time.monotonic() - begun < 1
    await made.stop(0)


async def test_what_fails_is_tried_three_times_and_let_go_without_a_word_of_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tries: list[bool] = []

    async def process(incoming: Incoming) -> None:
        handling = current()
        assert handling is not None
        tries.append(handling.is_last)
        raise RuntimeError("secret words")

    made = started(process)
    with caplog.at_level(logging.DEBUG):
        assert await made.put(of(1, 1, "secret words")).done
        assert await made.put(of(2, 2, "secret words")).done
    assert tries == [False, False, True] * 2
    assert "update 1 (message) was let go: RuntimeError" in caplog.text
    assert "secret" not in caplog.text


async def test_what_fails_after_an_answer_went_out_is_not_tried_again() -> None:
    tries = 0

    async def process(incoming: Incoming) -> None:
        nonlocal tries
        handling = current()
        assert handling is not None
        handling.sent, handling.fault = 1, RuntimeError()
        tries += 1

    assert await started(process).put(of(1, 1)).done
    assert tries == 1


async def test_a_stop_gives_back_what_has_not_ended() -> None:
    hang = asyncio.Event()

    async def process(incoming: Incoming) -> None:
        if incoming.chat_id == 1:
            await hang.wait()
        await asyncio.sleep(0.1)

    made = started(process)
    hangs, waits, ends = made.put(of(1, 1)), made.put(of(2, 1)), made.put(of(3, 2))
    await asyncio.sleep(0.05)
    begun = time.monotonic()
    await made.stop(0.4)
    assert time.monotonic() - begun < 3
    assert [item.done.result() for item in (hangs, waits, ends)] == [False, False, True]
    assert not made.put(of(4, 4)).done.result()


async def test_a_reply_is_logged_by_its_kind_and_entry(caplog: pytest.LogCaptureFixture) -> None:
    async def process(incoming: Incoming) -> None:
        handling = current()
        assert handling is not None
        handling.reply, handling.entries, handling.sent = "answer", ("how-often",), 1

    with caplog.at_level(logging.INFO):
        await started(process).put(of(7, 1, "secret words")).done
    [line] = [record.getMessage() for record in caplog.records]
    assert line.startswith("update 7 (message): answer how-often, ")
    assert line.endswith(" ms")


async def test_answers_wait_while_more_is_fetched_but_danger_does_not() -> None:
    ended = []

    async def process(incoming: Incoming) -> None:
        ended.append(incoming.update_id)

    made = started(process)
    made.catch_up(under_way=True)
    waits, urgent = made.put(of(1, 1)), made.put(of(2, 2, "help"))
    await urgent.done
    await asyncio.sleep(0.05)
    assert ended == [2]
    made.catch_up(under_way=False)
    await waits.done
    assert ended == [2, 1]


async def test_danger_comes_at_once_while_as_many_as_may_are_being_handled_and_none_waits() -> None:
    hang = asyncio.Event()

    async def process(incoming: Incoming) -> None:
        if incoming.raw["message"]["text"] != "help":
            await hang.wait()

    made = started(process)
    for number in range(lanes.MOST_AT_ONCE):
        made.put(of(number, number))
    await asyncio.sleep(0.2)
    assert await asyncio.wait_for(made.put(of(5_000, 5_000, "help")).done, 1)
    hang.set()


async def test_what_the_first_look_stumbles_over_is_handled_in_its_turn() -> None:
    ended = []

    async def process(incoming: Incoming) -> None:
        await asyncio.sleep(0.01)
        ended.append(incoming.update_id)

    async def finish(incoming: Incoming) -> None: ...

    def stumble(incoming: Incoming) -> bool:
        raise RecursionError

    made = Lanes(process, stumble, finish)
    made.start()
    items = [made.put(of(number, 1)) for number in range(3)]
    assert await asyncio.gather(*(item.done for item in items)) == [True] * 3
    assert ended == [0, 1, 2]


async def test_what_was_answered_before_a_stop_cut_it_off_is_not_given_back() -> None:
    finished = []

    async def process(incoming: Incoming) -> None:
        handling = current()
        assert handling is not None
        handling.sent = 1
        await asyncio.sleep(60)

    async def finish(incoming: Incoming) -> None:
        finished.append(incoming.update_id)

    made = Lanes(process, lambda _: False, finish)
    made.start()
    item = made.put(of(1, 1))
    await asyncio.sleep(0.05)
    await made.stop(0.1)
    assert item.done.result()
    assert finished == [1]
