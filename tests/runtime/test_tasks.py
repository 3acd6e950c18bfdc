"""The keeper of tasks: nothing is lost, nothing fails unheard, and a failure's words stay out of the log."""

from __future__ import annotations

import asyncio
import gc

import pytest

from runtime.tasks import Tasks


async def _fail(words: str) -> None:
    await asyncio.sleep(0)
    raise ValueError(words)


async def test_a_task_nobody_holds_is_kept_until_it_is_done() -> None:
    tasks, done = Tasks(), asyncio.Event()

    async def work() -> None:
        # A future that only this task knows is collected together with it, unless somebody holds the task.
        waiting = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(0.01, waiting.set_result, None)
        await waiting
        done.set()

    tasks.start("work", work())
    await asyncio.sleep(0)
    gc.collect()
    await asyncio.wait_for(done.wait(), 5)


async def test_the_result_is_there_for_who_asks() -> None:
    async def work() -> int:
        return 7

    assert await Tasks().start("work", work()) == 7


async def test_a_failure_is_logged_by_name_and_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    tasks = Tasks()
    tasks.start("counting", _fail("what somebody wrote"))
    await tasks.finish()
    gc.collect()
    assert [record.getMessage() for record in caplog.records] == ["counting failed: ValueError"]
    assert caplog.records[0].exc_info is None


async def test_who_awaits_a_task_is_told_instead_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ValueError, match="what went wrong"):
        await Tasks().start("reading", _fail("what went wrong"), awaited=True)
    assert not caplog.records


async def test_stopping_cancels_all_and_waits_for_their_end(caplog: pytest.LogCaptureFixture) -> None:
    tasks, ended = Tasks(), []

    async def work(number: int) -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(0.01)
            ended.append(number)

    for number in range(3):
        tasks.start("work", work(number))
    await asyncio.sleep(0)
    await tasks.stop()
    assert sorted(ended) == [0, 1, 2]
    assert not caplog.records


async def test_finishing_waits_for_what_was_begun_meanwhile() -> None:
    tasks, ended = Tasks(), []

    async def work(left: int) -> None:
        await asyncio.sleep(0)
        if left:
            tasks.start("work", work(left - 1))
        ended.append(left)

    tasks.start("work", work(2))
    await tasks.finish()
    assert ended == [2, 1, 0]
