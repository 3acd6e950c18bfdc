"""When calls go and what becomes of them, as a server sees it."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from typing import Any

import pytest
from aiohttp import web
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.ext import ExtBot

from runtime import sending
from runtime.handling import Handling, begin
from runtime.metrics import REGISTRY
from runtime.sending import UNHURRIED, Limit, Sender
from runtime.transport import Transport
from tests.runtime.loopback import Arrival, Telegram, bot_on, flood, refused, reset, telegram

PRIVATE = "what somebody wrote"
FLOODED, GROUP = 13, -100

AT_ONCE = 0.8
"""Seconds, on a machine that runs other tests; what is not at once waits longer here. How fast it is, the load harness
measures."""


@pytest.fixture
async def server() -> AsyncIterator[Telegram]:
    async with telegram() as running:
        yield running


def most_within(times: Iterable[float], seconds: float) -> int:
    """The most that fall into any so many seconds."""
    ordered = sorted(times)
    return max((sum(start <= each < start + seconds for each in ordered) for start in ordered), default=0)


async def say(bot: ExtBot[int], chat_id: int, *, haste: int | None = None) -> float:
    """Send a message; how long that took."""
    begun = time.monotonic()
    await bot.send_message(chat_id, PRIVATE, rate_limit_args=haste)
    return time.monotonic() - begun


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not happened():  # noqa: ASYNC110 - the server's state is plain
            await asyncio.sleep(0.01)


def handled(handling: Handling, *calls: Any) -> asyncio.Task[Any]:
    """Await the calls as the handling of one update."""

    async def handle() -> Any:
        begin(handling)
        return [await call for call in calls]

    return asyncio.create_task(handle())


def retries(reason: str) -> float:
    return REGISTRY.get_sample_value("bot_retries_total", {"reason": reason}) or 0.0


class TestLimits:
    async def test_they_hold_as_telegram_sees_them(self, server: Telegram) -> None:
        server.on_the_way = lambda: random.uniform(0, 0.4)
        async with bot_on(server, Sender(per_group=Limit(5, 4.0))) as bot:
            await asyncio.gather(
                *(say(bot, chat_id) for chat_id in range(1, 91)),
                *(say(bot, 1000) for _ in range(7)),
                *(say(bot, GROUP) for _ in range(11)),
            )
        assert len(server.came()) == 90 + 7 + 11
        assert most_within((each.at for each in server.came()), 1.0) <= 30
        assert most_within((each.at for each in server.came(chat_id=1000)), 3.0) <= 3
        assert most_within((each.at for each in server.came(chat_id=GROUP)), 3.0) <= 3
        assert most_within((each.at for each in server.came(chat_id=GROUP)), 4.0) <= 5

    async def test_an_answer_and_its_picture_go_together_and_what_is_no_message_goes_at_once(
        self, server: Telegram
    ) -> None:
        async with bot_on(server, Sender()) as bot:
            assert await say(bot, 5) + await say(bot, 5) + await say(bot, 5) < AT_ONCE
            begun = time.monotonic()
            for _ in range(10):
                await bot.edit_message_text("x", chat_id=5, message_id=1)
                await bot.send_chat_action(5, "typing")
            assert time.monotonic() - begun < AT_ONCE
            assert await say(bot, 5) > 2.5

    async def test_the_whole_rate_is_used(self, server: Telegram) -> None:
        async with bot_on(server, Sender()) as bot:
            begun = time.monotonic()
            await asyncio.gather(*(say(bot, chat_id) for chat_id in range(1, 29 * 3 + 1)))
            assert time.monotonic() - begun < 3.0

    async def test_one_chat_is_served_in_order(self, server: Telegram) -> None:
        async with bot_on(server, Sender(per_chat=Limit(1, 0.05))) as bot:

            async def numbered(number: int) -> None:
                await bot.send_message(5, str(number))

            await asyncio.gather(*(numbered(number) for number in range(20)))
        assert [each.values["text"] for each in server.came()] == [str(number) for number in range(20)]

    async def test_an_album_counts_its_items(self, server: Telegram) -> None:
        sender = Sender(per_chat=Limit(3, 0.6))

        async def taken() -> bool:
            return True

        data = {"chat_id": 5, "media": ["a", "b", "c"]}
        begun = time.monotonic()
        await sender.process_request(taken, (), {}, "sendMediaGroup", data, None)
        await sender.process_request(taken, (), {}, "sendMessage", {"chat_id": 5}, None)
        assert 0.5 < time.monotonic() - begun < 3

    async def test_they_can_be_switched_off(self, server: Telegram) -> None:
        async with bot_on(server, Sender(limits=False)) as bot:
            begun = time.monotonic()
            await asyncio.gather(*(say(bot, GROUP) for _ in range(60)))
            assert time.monotonic() - begun < 10  # with limits it is minutes

    async def test_a_share_of_the_overall_rate(self, server: Telegram) -> None:
        async with bot_on(server, Sender(share=lambda: 0.5)) as bot:
            await asyncio.gather(*(say(bot, chat_id) for chat_id in range(1, 36)))
        assert most_within((each.at for each in server.came()), 1.0) <= 14

    async def test_idle_chats_are_forgotten(self, server: Telegram) -> None:
        sender = Sender(per_chat=Limit(3, 0.2), per_group=Limit(20, 0.2))
        async with bot_on(server, sender) as bot:
            await asyncio.gather(*(say(bot, chat_id) for chat_id in range(-10, 11) if chat_id))
            await asyncio.sleep(0.3)
            sender._swept -= sending._SWEEP_EVERY
            await say(bot, 999)
        assert set(sender._chats) == {999}


class TestHaste:
    async def test_a_hurried_call_overtakes_a_thousand(self, server: Telegram) -> None:
        async with bot_on(server, Sender()) as bot:
            waiting = [asyncio.create_task(say(bot, chat_id)) for chat_id in range(1, 1001)]
            waiting += [asyncio.create_task(say(bot, 5)) for _ in range(5)]
            await asyncio.sleep(0.3)
            for chat_id in (5, 2000):
                begun = time.monotonic()
                await handled(Handling(1, "message", chat_id, hurried=True), say(bot, chat_id))
                assert time.monotonic() - begun < AT_ONCE
            await asyncio.sleep(1)
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        assert most_within((each.at for each in server.came()), 1.0) <= 31  # the two went past the limit, and counted

    async def test_a_hurried_call_waits_once_telegram_asks_it_to(self, server: Telegram) -> None:
        async def decide(arrival: Arrival, request: web.Request) -> web.Response | None:
            return flood(1) if len(server.arrivals) == 1 else None

        server.decide = decide
        async with bot_on(server, Sender()) as bot:
            (took,) = await handled(Handling(1, "message", 5, hurried=True), say(bot, 5))
        assert 1.0 <= took < 5
        assert len(server.arrivals) == 2

    async def test_one_chat_that_cries_for_help_without_end_costs_the_others_nothing(self, server: Telegram) -> None:
        opens = 0.0

        async def decide(arrival: Arrival, request: web.Request) -> web.StreamResponse | None:
            nonlocal opens
            if arrival.chat_id != FLOODED:
                return None
            if time.monotonic() < opens:
                return flood(1)
            opens = time.monotonic() + 0.9
            return None

        server.decide = decide
        async with bot_on(server, Sender()) as bot:
            crying = [
                handled(Handling(number, "message", FLOODED, hurried=True), say(bot, FLOODED)) for number in range(60)
            ]
            await asyncio.sleep(0.1)
            assert await say(bot, 5) < AT_ONCE
            assert len([each for each in server.arrivals if each.chat_id == FLOODED]) <= 3
            await asyncio.sleep(4)
            assert len([each for each in server.arrivals if each.chat_id == FLOODED]) <= 12
            assert len(server.came(chat_id=FLOODED)) >= 3
            for each in crying:
                each.cancel()
            await asyncio.gather(*crying, return_exceptions=True)

    async def test_unhurried_calls_go_behind_all_and_hold_up_nobody(self, server: Telegram) -> None:
        async with bot_on(server, Sender()) as bot:
            waiting = [asyncio.create_task(say(bot, chat_id)) for chat_id in range(1, 41)]
            last = [asyncio.create_task(say(bot, 100 + number, haste=UNHURRIED)) for number in range(3)]
            await asyncio.gather(*waiting)
            assert not any(100 <= each.chat_id < 103 for each in server.came())
            await asyncio.gather(*last)
            # Many of them leave room for others.
            many = [asyncio.create_task(say(bot, 200 + number, haste=UNHURRIED)) for number in range(30)]
            await asyncio.sleep(0.1)
            assert await say(bot, 300) < AT_ONCE
            for task in many:
                task.cancel()
            await asyncio.gather(*many, return_exceptions=True)
        assert most_within((each.at for each in server.came() if 200 <= each.chat_id < 230), 1.0) <= 5


class TestTrouble:
    async def test_a_flooded_or_hanging_chat_holds_up_nobody(self, server: Telegram) -> None:
        async def decide(arrival: Arrival, request: web.Request) -> web.Response | None:
            if arrival.chat_id == FLOODED:
                return flood(20)
            if 20 <= arrival.chat_id < 25:
                await asyncio.sleep(20)
            return None

        server.decide = decide
        sender = Sender()
        async with bot_on(server, sender) as bot:
            stuck = [asyncio.create_task(say(bot, chat_id)) for chat_id in (FLOODED, FLOODED, *range(20, 25))]
            await until(lambda: sender.is_limited(FLOODED) and len(server.arrivals) == len(stuck))
            assert not sender.is_limited(20)
            assert sender.limited() == 1 == REGISTRY.get_sample_value("bot_limited_chats")
            took = []
            for chat_id in range(100, 140):
                took.append(await say(bot, chat_id))
                await asyncio.sleep(0.05)
            assert max(took) < AT_ONCE
            # Nothing goes into the flooded chat: neither what is counted nor what is not.
            edit = asyncio.create_task(bot.edit_message_text("x", chat_id=FLOODED, message_id=1))
            await asyncio.sleep(0.1)
            assert len([each for each in server.arrivals if each.chat_id == FLOODED]) == 2
            for task in (*stuck, edit):
                task.cancel()
            await asyncio.gather(*stuck, edit, return_exceptions=True)

    async def test_a_flooded_chat_is_served_when_its_time_has_come(self, server: Telegram) -> None:
        async def decide(arrival: Arrival, request: web.Request) -> web.Response | None:
            return flood(1) if len(server.arrivals) == 1 else None

        server.decide = decide
        before, sender = retries("flood"), Sender()
        async with bot_on(server, sender) as bot:
            first = asyncio.create_task(bot.send_message(5, "first"))
            await until(lambda: sender.is_limited(5))
            second = asyncio.create_task(bot.send_message(5, "second"))
            await asyncio.gather(first, second)
        assert [each.values["text"] for each in server.arrivals] == ["first", "first", "second"]
        assert 1.0 <= server.arrivals[1].at - server.arrivals[0].at < 5
        assert retries("flood") == before + 1

    async def test_a_flood_without_a_chat_stops_that_method_alone(self, server: Telegram) -> None:
        async def decide(arrival: Arrival, request: web.Request) -> web.Response | None:
            return flood(1) if arrival.method == "answerCallbackQuery" and not server.came("sendMessage") else None

        server.decide = decide
        async with bot_on(server, Sender()) as bot:
            answering = [asyncio.create_task(bot.answer_callback_query(str(number))) for number in range(2)]
            await until(lambda: bool(server.arrivals))
            assert await say(bot, 5) < AT_ONCE
            await bot.delete_message(5, 1)
            assert not any(task.done() for task in answering)
            assert await asyncio.gather(*answering) == [True, True]

    async def test_two_floods_slow_the_whole_for_a_while(self, server: Telegram) -> None:
        flooded: set[int] = set()

        async def decide(arrival: Arrival, request: web.Request) -> web.Response | None:
            if arrival.chat_id in {1, 2} and arrival.chat_id not in flooded:
                flooded.add(arrival.chat_id)
                return flood(1)
            return None

        server.decide = decide
        sender = Sender()
        async with bot_on(server, sender) as bot:
            first = [asyncio.create_task(say(bot, chat_id)) for chat_id in (1, 2)]
            await until(lambda: sender.limited() == 2)
            begun = time.monotonic()
            await asyncio.gather(*(say(bot, chat_id) for chat_id in range(100, 130)), *first)
            assert most_within((each.at for each in server.came() if each.at > begun), 1.0) <= 14
            now = time.monotonic()
            rates = [sender._most(now + seconds) for seconds in range(26, 60)]
            assert rates[0] == 14
            assert rates == sorted(rates)
            assert rates[-1] == 29

    async def test_one_chats_floods_slow_nobody(self, server: Telegram) -> None:
        async def decide(arrival: Arrival, request: web.Request) -> web.Response | None:
            return flood(1) if len(server.arrivals) <= 2 else None

        server.decide = decide
        sender = Sender()
        async with bot_on(server, sender) as bot:
            await asyncio.gather(say(bot, 1), say(bot, 1))
        assert sender._most(time.monotonic()) == 29

    @pytest.mark.parametrize("kind", ["flood", "500", "502", "reset", "reset after", "broken", "half"])
    async def test_all_arrive_where_every_fifth_call_fails(self, server: Telegram, kind: str) -> None:
        chance = random.Random(5)
        failed = 0

        async def decide(arrival: Arrival, request: web.Request) -> web.StreamResponse | None:
            nonlocal failed
            if chance.random() > 0.2:
                return None
            failed += 1
            return await fault(kind, arrival, request)

        server.decide = decide
        async with bot_on(server, Sender()) as bot:
            took = await asyncio.gather(*(say(bot, chat_id) for chat_id in range(1, 51)))
        assert failed
        assert {each.chat_id for each in server.came()} >= set(range(1, 51))
        assert max(took) < 12

    @pytest.mark.parametrize("kind", ["502", "reset"])
    async def test_an_outage_is_sat_out(self, server: Telegram, kind: str) -> None:
        ends = time.monotonic() + 5

        async def decide(arrival: Arrival, request: web.Request) -> web.StreamResponse | None:
            return await fault(kind, arrival, request) if time.monotonic() < ends else None

        server.decide = decide
        async with bot_on(server, Sender(per_group=Limit(5, 60.0))) as bot:
            server.decide = decide
            chats = [*range(1, 20), GROUP]
            await asyncio.gather(*(say(bot, chat_id) for chat_id in chats))
        assert {each.chat_id for each in server.came()} == set(chats)
        assert min(each.at for each in server.came()) - ends < 3.5
        assert max(each.at for each in server.came()) - ends < 5
        assert most_within((each.at for each in server.arrivals), 1.0) <= 30

    async def test_what_is_refused_is_not_tried_again(self, server: Telegram) -> None:
        answers = [
            (refused(403, "Forbidden: bot was blocked by the user"), Forbidden),
            (refused(400, "Bad Request: chat not found"), BadRequest),
            (refused(413, "Request Entity Too Large"), BadRequest),
        ]

        async def decide(arrival: Arrival, request: web.Request) -> web.Response:
            return answers[len(server.arrivals) - 1][0]

        async with bot_on(server, Sender()) as bot:
            server.decide = decide
            for _, kind in answers:
                with pytest.raises(kind):
                    await say(bot, 5)
        assert len(server.arrivals) == len(answers)

    async def test_an_edit_that_was_carried_out_though_no_answer_came(self, server: Telegram) -> None:
        async def decide(arrival: Arrival, request: web.Request) -> web.StreamResponse | None:
            if arrival.method == "editMessageText" and len(server.arrivals) > 1:
                return refused(400, "Bad Request: message is not modified: specified new message content …")
            if arrival.method == "deleteMessage" and len(server.arrivals) > 1:
                return refused(400, "Bad Request: message to delete not found")
            return reset(request)

        async with bot_on(server, Sender()) as bot:
            server.decide = decide
            assert await bot.edit_message_text("x", chat_id=5, message_id=1) is True
            server.arrivals.clear()
            assert await bot.delete_message(5, 1) is True

    async def test_what_is_not_worth_it_any_more_is_given_up_with_a_line(
        self, server: Telegram, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(sending, "_WORTH_OF_MESSAGE", 1.0)
        monkeypatch.setattr(sending, "_WORTH_OF_REST", 1.0)
        monkeypatch.setattr(sending, "_WORTH_OF_BRIEF", 0.5)

        async def decide(arrival: Arrival, request: web.Request) -> web.StreamResponse:
            return reset(request)

        caplog.set_level(logging.INFO)
        async with bot_on(server, Sender()) as bot:
            server.decide = decide
            handling = Handling(77, "message", 5)
            begun = time.monotonic()
            with pytest.raises(NetworkError):
                await handled(handling, say(bot, 5))
            assert 0.3 < time.monotonic() - begun < 5
            with pytest.raises(NetworkError):
                await handled(handling, bot.answer_callback_query("1"))
            with pytest.raises(NetworkError):
                await bot.get_chat_member(GROUP, 5)
        assert handling.sent == 0
        lines = [record.getMessage() for record in caplog.records if record.name == "runtime.sending"]
        assert len(lines) == 3
        assert lines[0].startswith("update 77: sendMessage is given up after 1 s")
        assert lines[0].endswith(": NetworkError")
        assert lines[1].startswith("update 77: answerCallbackQuery is given up")
        assert lines[2].startswith("update None: getChatMember is given up")
        assert PRIVATE not in caplog.text

    async def test_a_wait_longer_than_the_worth_is_not_begun(self, server: Telegram) -> None:
        async def decide(arrival: Arrival, request: web.Request) -> web.Response:
            return flood(700)

        sender = Sender()
        async with bot_on(server, sender) as bot:
            server.decide = decide
            with pytest.raises(RetryAfter):
                await say(bot, 5)
            with pytest.raises(RetryAfter):
                await bot.edit_message_text("x", chat_id=5, message_id=1)
            assert len(server.arrivals) == 1

    async def test_waiting_for_a_turn_ends_when_it_is_not_worth_it_any_more(
        self, server: Telegram, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sending, "_WORTH_OF_MESSAGE", 0.5)
        monkeypatch.setattr(sending, "_WORTH_OF_REST", 0.5)
        async with bot_on(server, Sender(per_chat=Limit(1, 2.0))) as bot:
            await say(bot, 5)
            with pytest.raises(TimedOut):
                await say(bot, 5)
            await asyncio.sleep(1.6)
            assert await say(bot, 5) < AT_ONCE

    async def test_nothing_is_tried_again_after_the_end(self, server: Telegram) -> None:
        async def decide(arrival: Arrival, request: web.Request) -> web.StreamResponse:
            return reset(request)

        sender = Sender()
        async with bot_on(server, sender) as bot:
            server.decide = decide
            await sender.shutdown()
            with pytest.raises(NetworkError):
                await say(bot, 5)
        assert len(server.arrivals) == 1

    async def test_a_group_that_has_moved_is_written_to_where_it_is(self, server: Telegram) -> None:
        async def decide(arrival: Arrival, request: web.Request) -> web.Response | None:
            if arrival.chat_id == GROUP:
                return refused(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1009)
            return None

        moves = []

        async def note(old: int, new: int) -> None:
            moves.append((old, new))

        sender = Sender()
        sender.on_migrated = note
        async with bot_on(server, sender) as bot:
            server.decide = decide
            message = await bot.send_message(GROUP, "x")
        assert message.chat_id == -1009
        assert moves == [(GROUP, -1009)]

    async def test_a_group_that_moves_twice_is_a_fault(self, server: Telegram) -> None:
        async def decide(arrival: Arrival, request: web.Request) -> web.Response:
            return refused(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1009)

        async with bot_on(server, Sender()) as bot:
            server.decide = decide
            with pytest.raises(ChatMigrated):
                await say(bot, GROUP)
        assert len(server.arrivals) == 2

    async def test_what_an_update_brought_is_counted(self, server: Telegram) -> None:
        async def decide(arrival: Arrival, request: web.Request) -> web.StreamResponse | None:
            return reset(request) if len(server.arrivals) == 1 else None

        handling = Handling(1, "message", 5)
        async with bot_on(server, Sender()) as bot:
            server.decide = decide
            await handled(
                handling,
                bot.send_message(5, "x"),
                bot.edit_message_text("x", chat_id=5, message_id=1),
                bot.answer_callback_query("1"),
                bot.get_me(),
                bot.delete_message(5, 1),
                bot.send_message(6, "x", rate_limit_args=UNHURRIED),
            )
        assert handling.sent == 3


class TestCancelling:
    async def test_who_leaves_the_queue_leaves_no_hole(self, server: Telegram) -> None:
        sender = Sender(overall=Limit(5, 0.5), per_chat=Limit(2, 0.3))
        async with bot_on(server, sender) as bot:
            chance = random.Random(3)
            tasks = [asyncio.create_task(say(bot, number % 20 + 1)) for number in range(100)]
            left = set()
            for _ in range(8):
                await asyncio.sleep(0.1)
                for task in chance.sample(tasks, 10):
                    if not task.done() and task.cancel():
                        left.add(task)
            await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 20)
            await asyncio.sleep(0.7)
            assert not sender._line
            assert not sender._later
            assert all(chat.is_idle(time.monotonic()) for chat in sender._chats.values())
            assert await say(bot, 1) < AT_ONCE
        done = [task for task in tasks if not task.cancelled()]
        assert all(task.exception() is None for task in done)
        assert len(done) < 100
        assert most_within((each.at for each in server.came()), 0.5) <= 5

    async def test_a_permit_given_in_the_moment_of_leaving_is_given_back(self) -> None:
        sender = Sender(overall=Limit(1, 0.2))

        async def taken() -> bool:
            return True

        def call(chat_id: int) -> asyncio.Task[Any]:
            data = {"chat_id": chat_id}
            return asyncio.create_task(sender.process_request(taken, (), {}, "sendMessage", data, None))

        await call(1)
        second, third = call(2), call(3)
        await asyncio.sleep(0.05)
        waiter = sender._chats[2].waiting[0]
        while not waiter.turn.done():
            await asyncio.sleep(0)
            if waiter.turn.done():
                break
        second.cancel()
        with suppress(asyncio.CancelledError):
            await second
        begun = time.monotonic()
        await asyncio.wait_for(third, 1)
        if second.cancelled():
            assert time.monotonic() - begun < AT_ONCE


class TestSharedTurns:
    async def test_a_group_waits_for_its_turn_and_keeps_its_order(self, server: Telegram) -> None:
        asked: list[int] = []
        answers = [0.5, 0.0, 0.0]

        async def turn(chat_id: int) -> float:
            asked.append(chat_id)
            return answers.pop(0)

        async with bot_on(server, Sender(turn=turn)) as bot:
            first = asyncio.create_task(bot.send_message(GROUP, "first"))
            await asyncio.sleep(0.1)
            second = asyncio.create_task(bot.send_message(GROUP, "second"))
            assert await say(bot, 5) < AT_ONCE
            begun = time.monotonic()
            await asyncio.gather(first, second)
            assert time.monotonic() - begun > 0.3
        assert asked == [GROUP] * 3
        assert [each.values["text"] for each in server.came(chat_id=GROUP)] == ["first", "second"]

    @pytest.mark.parametrize("breaks", [True, False])
    async def test_without_an_answer_the_local_count_decides(self, server: Telegram, breaks: bool) -> None:
        async def turn(chat_id: int) -> float:
            if breaks:
                raise OSError
            await asyncio.sleep(60)
            return 60.0

        async with bot_on(server, Sender(turn=turn)) as bot:
            assert await say(bot, GROUP) < AT_ONCE

    async def test_an_outage_does_not_use_up_the_turns(self, server: Telegram) -> None:
        asked = 0

        async def turn(chat_id: int) -> float:
            nonlocal asked
            asked += 1
            return 0.0

        async def decide(arrival: Arrival, request: web.Request) -> web.StreamResponse | None:
            return reset(request) if len(server.arrivals) < 4 else None

        async with bot_on(server, Sender(turn=turn)) as bot:
            server.decide = decide
            await say(bot, GROUP)
        assert asked == 1


async def fault(kind: str, arrival: Arrival, request: web.Request) -> web.StreamResponse:
    match kind:
        case "flood":
            return flood(1)
        case "500":
            return refused(500, "Internal Server Error")
        case "502":
            return web.Response(status=502, text="<html>")
        case "broken":
            arrival.taken = True
            return web.Response(text="<html>")
        case "half":
            response = web.StreamResponse(headers={"Content-Length": "1000"})
            await response.prepare(request)
            await response.write(b"{")
            assert request.transport is not None
            request.transport.close()
            return response
        case "reset after":
            arrival.taken = True
    return reset(request)


async def test_a_fault_of_ours_is_handed_on() -> None:
    async def broken() -> bool:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await Sender().process_request(broken, (), {}, "sendMessage", {"chat_id": 5}, None)


async def test_the_bot_starts_when_the_network_comes(server: Telegram) -> None:
    async def decide(arrival: Arrival, request: web.Request) -> web.StreamResponse | None:
        return reset(request) if len(server.arrivals) < 3 else None

    server.decide = decide
    bot = ExtBot(
        "1:x", f"{server.url}/bot", request=Transport(), get_updates_request=Transport(), rate_limiter=Sender()
    )
    with suppress(TelegramError):
        async with bot:
            assert bot.username == "a_bot"
    assert len(server.arrivals) == 3
