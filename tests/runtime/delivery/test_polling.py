"""Nothing is confirmed before it is done, and what takes long holds up nobody: the poller beside a real ledger."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import pytest
from telegram.error import Conflict, InvalidToken, NetworkError

from runtime.delivery import polling
from runtime.delivery.delivery import Delivery
from runtime.delivery.incoming import Incoming
from runtime.delivery.lanes import RefusedError
from runtime.delivery.ledger import Standing
from runtime.delivery.local_ledger import LocalLedger
from runtime.delivery.polling import Poller
from runtime.delivery.seal import Seal

TOKEN = "123456:a-token-for-tests-only"


class Telegram:
    """Telegram's queue: offsets confirm, a hundred at once, and a long poll that waits."""

    def __init__(self) -> None:
        self.pending: list[dict[str, Any]] = []
        self.calls = 0
        self.trouble: list[Exception] = []
        self._news = asyncio.Event()

    def put(self, number: int, chat: int, text: str = "") -> None:
        self.pending.append({"update_id": number, "message": {"chat": {"id": chat}, "text": text}})
        self._news.set()

    async def get_updates(self, parameters: dict[str, Any]) -> Any:
        self.calls += 1
        await asyncio.sleep(0.002)
        if self.trouble:
            raise self.trouble.pop(0)
        offset = parameters.get("offset", 0)
        self.pending = [each for each in self.pending if each["update_id"] >= offset]
        if not self.pending and parameters["timeout"]:
            self._news.clear()
            await asyncio.wait_for(self._news.wait(), parameters["timeout"])
            self.pending = [each for each in self.pending if each["update_id"] >= offset]
        return self.pending[: parameters["limit"]]

    @property
    def held(self) -> list[int]:
        return [each["update_id"] for each in self.pending]


class Bot:
    """A process of the bot on `telegram` and the ledger in `folder`; `kill` ends it as signal 9 does: with no word."""

    def __init__(self, telegram: Telegram, folder: Path, process: Callable[[Incoming], Awaitable[None]]) -> None:
        self.ledger = LocalLedger(folder / "updates.db")
        urgent = lambda incoming: incoming.raw["message"]["text"] == "help"  # noqa: E731
        self.delivery = Delivery(process, urgent, self.ledger, lambda: Seal(TOKEN), lambda: None)
        self.lanes = self.delivery.lanes
        self.poller = Poller(telegram.get_updates, self.delivery, ["message"], lambda: None)
        self.task: asyncio.Task[None] | None = None

    async def start(self) -> Bot:
        self.lanes.start()
        await self.delivery.take_kept()
        self.task = asyncio.create_task(self.poller.poll())
        return self

    async def kill(self) -> None:
        assert self.task is not None
        self.task.cancel()
        self.ledger._connection.close()  # what comes after is not written
        await self.lanes._tasks.stop()


async def until(condition: Callable[[], Any], seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for is no event of this process
            await asyncio.sleep(0.005)


async def test_handled_in_order_and_confirmed(tmp_path: Path) -> None:
    telegram, seen = Telegram(), []

    async def process(incoming: Incoming) -> None:
        seen.append(incoming.update_id)

    bot = await Bot(telegram, tmp_path, process).start()
    for number in range(10, 15):
        telegram.put(number, 1)
    await until(lambda: len(seen) == 5 and not telegram.held)
    assert seen == [10, 11, 12, 13, 14]
    calls = telegram.calls
    await asyncio.sleep(0.2)
    assert telegram.calls == calls  # one long poll, and no asking over and over
    await bot.kill()


async def test_a_full_window_with_nothing_behind_it_is_answered_at_once(tmp_path: Path) -> None:
    telegram, seen = Telegram(), []

    async def process(incoming: Incoming) -> None:
        seen.append(incoming.update_id)

    for number in range(1, 201):
        telegram.put(number, number)
    bot = await Bot(telegram, tmp_path, process).start()
    await until(lambda: len(seen) == 200, 1)
    await bot.kill()


async def test_what_hangs_is_not_confirmed_and_holds_up_nobody(tmp_path: Path) -> None:
    telegram, hang, seen = Telegram(), asyncio.Event(), {}

    async def process(incoming: Incoming) -> None:
        if incoming.chat_id == 1:
            await hang.wait()
        seen[incoming.update_id] = time.monotonic()

    bot = await Bot(telegram, tmp_path, process).start()
    telegram.put(1, 1)
    await asyncio.sleep(0.2)
    assert telegram.held == [1]
    put = {}
    for number in range(2, 150):
        put[number] = time.monotonic()
        telegram.put(number, number)
        await asyncio.sleep(0.01)
    await until(lambda: len(seen) == 148)
    assert max(seen[number] - put[number] for number in put) < 0.9
    await until(lambda: not telegram.held)  # after a second it is kept here instead
    assert list((await bot.ledger.take_kept()).keys()) == [1]
    hang.set()
    await until(lambda: 1 in seen)
    await until(lambda: bot.delivery.lanes.backlog == 0)
    await asyncio.sleep(0.05)
    assert not await bot.ledger.take_kept()
    await bot.kill()


async def test_danger_behind_a_thousand_is_seen_at_once(tmp_path: Path) -> None:
    telegram, hang, urgent = Telegram(), asyncio.Event(), asyncio.Event()

    async def process(incoming: Incoming) -> None:
        if incoming.raw["message"]["text"] == "help":
            urgent.set()
        else:
            await hang.wait()

    for number in range(1, 1_001):
        telegram.put(number, number)
    telegram.put(1_001, 7, "help")
    begun = time.monotonic()
    bot = await Bot(telegram, tmp_path, process).start()
    await asyncio.wait_for(urgent.wait(), 3)
    assert time.monotonic() - begun < 2
    await bot.kill()


async def test_killed_at_any_moment_nothing_is_lost_and_one_in_each_chat_is_twice_at_most(tmp_path: Path) -> None:
    telegram, seen = Telegram(), []

    async def process(incoming: Incoming) -> None:
        await asyncio.sleep(0.003)
        seen.append(incoming.update_id)
        await asyncio.sleep(0.003)

    number, kills = 0, 12
    for _ in range(kills):
        bot = await Bot(telegram, tmp_path, process).start()
        for _ in range(130):
            number += 1
            telegram.put(number, number % 20)
        await asyncio.sleep(0.02 * (number % 7))
        await bot.kill()
    bot = await Bot(telegram, tmp_path, process).start()
    await until(lambda: len(set(seen)) == number, 20)
    await until(lambda: bot.lanes.backlog == 0)
    assert set(seen) == set(range(1, number + 1))
    assert len(seen) - len(set(seen)) <= kills * 20
    await bot.kill()


async def test_a_redelivered_update_is_not_handled_again(tmp_path: Path) -> None:
    telegram, seen = Telegram(), []

    async def process(incoming: Incoming) -> None:
        seen.append(incoming.update_id)

    bot = await Bot(telegram, tmp_path, process).start()
    telegram.put(4, 1)
    await until(lambda: seen == [4] and not telegram.held)
    await bot.kill()
    telegram.put(4, 1)
    telegram.put(5, 1)
    bot = await Bot(telegram, tmp_path, process).start()
    await until(lambda: not telegram.held)
    assert seen == [4, 5]
    await bot.kill()


async def test_what_was_sealed_with_another_token_is_let_go(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    ledger = LocalLedger(tmp_path / "updates.db")
    await ledger.keep({3: Seal("1:other").close({"update_id": 3, "message": {}})})
    await ledger.close()

    async def process(incoming: Incoming) -> None: ...

    bot = await Bot(Telegram(), tmp_path, process).start()
    assert "update 3 waited here and can't be read any more" in caplog.text
    assert not await bot.ledger.take_kept()
    await bot.kill()


async def test_no_words_in_the_file(tmp_path: Path) -> None:
    ledger = LocalLedger(tmp_path / "updates.db")
    await ledger.keep({3: Seal(TOKEN).close({"update_id": 3, "message": {"text": "MARK"}})})
    for path in list(tmp_path.iterdir()):  # noqa: ASYNC240 - there is nothing to hold up
        assert b"MARK" not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0, path
    await ledger.close()


@pytest.mark.parametrize("fault", [NetworkError("x"), ValueError("no list")])
async def test_trouble_is_said_once_and_passes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, fault: Exception
) -> None:
    telegram, seen = Telegram(), []

    async def process(incoming: Incoming) -> None:
        seen.append(incoming.update_id)

    telegram.trouble = [fault, fault, fault]
    telegram.put(1, 1)
    caplog.set_level(logging.INFO)
    bot = await Bot(telegram, tmp_path, process).start()
    await until(lambda: seen == [1])
    lines = [record.getMessage() for record in caplog.records]
    assert [line for line in lines if "can be collected" in line or "again" in line] == lines
    assert len(lines) == 2
    await bot.kill()


async def test_a_second_poller_is_said_in_one_sentence(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    telegram = Telegram()
    telegram.trouble = [Conflict("terminated by other getUpdates request")]

    async def process(incoming: Incoming) -> None: ...

    bot = await Bot(telegram, tmp_path, process).start()
    await until(lambda: telegram.calls == 1)
    await asyncio.sleep(0.05)
    [record] = caplog.records
    assert "another process" in record.getMessage()
    assert record.exc_info is None
    await bot.kill()


async def test_a_refused_token_ends_it(tmp_path: Path) -> None:
    telegram = Telegram()
    telegram.trouble = [InvalidToken()]

    async def process(incoming: Incoming) -> None: ...

    bot = await Bot(telegram, tmp_path, process).start()
    assert bot.task is not None
    with pytest.raises(InvalidToken):
        await asyncio.wait_for(bot.task, 2)


async def test_a_file_that_cannot_be_used_is_said_and_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "updates.db").write_bytes(b"noise" * 1_000)
    telegram, seen = Telegram(), []

    async def process(incoming: Incoming) -> None:
        seen.append(incoming.update_id)

    bot = await Bot(telegram, tmp_path, process).start()
    telegram.put(1, 1)
    await until(lambda: seen == [1] and not telegram.held)
    assert "updates.db can't be used" in caplog.text
    await bot.kill()


async def test_numbers_that_begin_anew_and_lower_after_a_quiet_week(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    telegram, seen = Telegram(), []

    async def process(incoming: Incoming) -> None:
        seen.append(incoming.update_id)

    bot = await Bot(telegram, tmp_path, process).start()
    telegram.put(1_000, 1)
    await until(lambda: seen == [1_000] and not telegram.held)
    await bot.kill()
    monkeypatch.setattr(polling, "_QUIET", 0.0)
    bot.task = asyncio.create_task(bot.poller.poll())
    bot.ledger = bot.delivery._ledger = LocalLedger(tmp_path / "updates.db")
    bot.lanes.start()
    telegram.put(10, 1)
    await until(lambda: seen == [1_000, 10])
    monkeypatch.setattr(polling, "_QUIET", 3600.0)
    for number in range(11, 15):
        await asyncio.sleep(0.1)
        telegram.put(number, 1)
    await until(lambda: seen == [1_000, 10, 11, 12, 13, 14] and not telegram.held)
    await bot.kill()


async def test_what_is_given_back_is_asked_for_again_though_later_ones_are_in_hand_or_done(tmp_path: Path) -> None:
    telegram, seen, hang = Telegram(), [], asyncio.Event()
    refuses = True

    async def process(incoming: Incoming) -> None:
        if incoming.chat_id == 1 and refuses:
            raise RefusedError
        if incoming.chat_id == 3:
            await hang.wait()
        seen.append(incoming.update_id)

    bot = await Bot(telegram, tmp_path, process).start()
    for number in (1, 2, 3):
        telegram.put(number, number)
    await until(lambda: seen == [2])
    await asyncio.sleep(0.3)
    assert 1 in telegram.held
    refuses = False
    await until(lambda: seen == [2, 1])
    hang.set()
    await until(lambda: seen == [2, 1, 3] and not telegram.held)
    calls = telegram.calls
    await asyncio.sleep(0.2)
    assert telegram.calls <= calls + 1
    await bot.kill()


async def test_what_was_being_claimed_when_collecting_was_broken_off_comes_again(tmp_path: Path) -> None:
    telegram, seen = Telegram(), []

    async def process(incoming: Incoming) -> None:
        seen.append(incoming.update_id)

    bot = await Bot(telegram, tmp_path, process).start()
    claim = bot.ledger.claim

    async def never(update_ids: Collection[int]) -> Mapping[int, Standing]:
        await asyncio.sleep(3600)
        return {}

    bot.ledger.claim = never  # type: ignore[method-assign]
    telegram.put(1, 1)
    await asyncio.sleep(0.1)
    assert bot.task is not None
    bot.task.cancel()
    await asyncio.sleep(0)
    bot.ledger.claim = claim  # type: ignore[method-assign]
    bot.task = asyncio.create_task(bot.poller.poll())
    await until(lambda: seen == [1] and not telegram.held)
    await bot.kill()
