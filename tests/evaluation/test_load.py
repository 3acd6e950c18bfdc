"""The load harness: its Bot API server does as Telegram does, and the bot does what issue 11 asks for, in short."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from telegram import Bot, Update

from evaluation.load import report
from evaluation.load.abuse import fuzz_at_random, poison_one_by_one
from evaluation.load.faults import among_others, cry_behind_queue, go_through_outage, one_chat
from evaluation.load.kills import come_again, kill_at_random
from evaluation.load.processes import Mode, running
from evaluation.load.questions import questions
from evaluation.load.row import Options, Row, p50_and_p99
from evaluation.load.server import SECRET_HEADER, TOKEN, Limits, Rule, Sent, TelegramServer
from evaluation.load.stops import queued, stop_in
from evaluation.load.strange import MARK, POISONS, Stranger, good

Json = dict[str, Any]


class Client:
    """A bot's side of the connection."""

    def __init__(self, server: TelegramServer, session: aiohttp.ClientSession) -> None:
        self._server, self._session = server, session

    async def call(self, method: str, **given: Any) -> tuple[int, Json]:
        """The status and the answer; an empty one where there is no JSON."""
        async with self._session.post(f"{self._server.url}/bot{TOKEN}/{method}", data=given) as response:
            text = await response.text()
            try:
                return response.status, json.loads(text)
            except ValueError:
                return response.status, {}

    async def poll(self, offset: int = 0, seconds: int = 0) -> list[int]:
        """The ids of the updates."""
        _, answer = await self.call("getUpdates", offset=offset, timeout=seconds)
        return [update["update_id"] for update in answer["result"]]


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as running_server:
        yield running_server


@pytest.fixture
async def client(server: TelegramServer) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as session:
        yield Client(server, session)


# Updates by polling


async def test_updates_stay_until_a_higher_offset_confirms_them(server: TelegramServer, client: Client) -> None:
    first, second = server.ask(1, "one"), server.ask(2, "two")
    assert await client.poll() == [first, second]
    assert await client.poll(first) == [first, second]
    assert await client.poll(second) == [second]
    assert server.confirmed == {first}
    assert await client.poll(second + 1) == []
    assert not server.pending


async def test_a_poll_brings_a_hundred_updates_at_most(server: TelegramServer, client: Client) -> None:
    numbers = [server.ask(1, "text") for _ in range(130)]
    assert await client.poll() == numbers[:100]
    assert await client.poll(numbers[99] + 1) == numbers[100:]


async def test_a_negative_offset_leaves_the_last_ones(server: TelegramServer, client: Client) -> None:
    numbers = [server.ask(1, "text") for _ in range(5)]
    assert await client.poll(-2) == numbers[3:]


async def test_a_long_poll_ends_when_something_comes(server: TelegramServer, client: Client) -> None:
    begun = time.monotonic()
    poll = asyncio.create_task(client.poll(seconds=10))
    await asyncio.sleep(0.2)
    number = server.ask(1, "text")
    assert await poll == [number]
    assert time.monotonic() - begun < 5


async def test_a_second_poller_ends_the_first(server: TelegramServer, client: Client) -> None:
    first = asyncio.create_task(client.call("getUpdates", timeout=10))
    await server.until(server.polled.is_set, 5)
    await asyncio.sleep(0.1)
    second = asyncio.create_task(client.call("getUpdates", timeout=10))
    assert (await first)[0] == 409
    number = server.ask(1, "text")
    assert [update["update_id"] for update in (await second)[1]["result"]] == [number]


async def test_an_outage_takes_the_poll_under_way_with_it(server: TelegramServer, client: Client) -> None:
    poll = asyncio.create_task(client.call("getUpdates", timeout=10))
    await server.until(server.polled.is_set, 5)
    server.rules.append(Rule("502"))
    number = server.ask(1, "text")
    assert (await poll)[0] == 502
    server.rules.clear()
    assert await client.poll() == [number]


# Updates by webhook


class Receiver:
    """Takes updates, and refuses the first `refusals` of each."""

    def __init__(self, refusals: int = 0, pause: float = 0.0) -> None:
        self.refusals, self.pause = refusals, pause
        self.tries: list[tuple[int, str]] = []
        self.at_once = self.most_at_once = 0
        self.port = 0

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        number = (await request.json())["update_id"]
        self.tries.append((number, request.headers.get(SECRET_HEADER, "")))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(self.pause)
        self.at_once -= 1
        refused = [each for each, _ in self.tries].count(number) <= self.refusals
        return web.Response(status=503 if refused else 200)

    async def __aenter__(self) -> Receiver:
        self._runner = web.ServerRunner(web.Server(self, access_log=None))
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()


async def test_an_update_is_delivered_until_it_is_taken(server: TelegramServer, client: Client) -> None:
    async with Receiver(refusals=2) as receiver:
        await client.call("setWebhook", url=f"http://127.0.0.1:{receiver.port}/", secret_token="secret")
        number = server.ask(1, "text")
        assert await server.until(lambda: not server.pending, 10)
        assert receiver.tries == [(number, "secret")] * 3
        assert server.webhook is not None
        assert server.webhook.failures == {"503": 2}


async def test_so_many_are_delivered_at_once(server: TelegramServer, client: Client) -> None:
    async with Receiver(pause=0.1) as receiver:
        await client.call("setWebhook", url=f"http://127.0.0.1:{receiver.port}/", max_connections=3)
        numbers = {server.ask(chat, "text") for chat in range(1, 13)}
        assert await server.until(lambda: not server.pending, 10)
        assert receiver.most_at_once == 3
        assert {number for number, _ in receiver.tries} == numbers


async def test_a_webhook_forbids_polling_until_it_is_deleted(server: TelegramServer, client: Client) -> None:
    await client.call("setWebhook", url="http://127.0.0.1:9/")
    assert (await client.call("getUpdates"))[0] == 409
    await client.call("deleteWebhook")
    assert (await client.call("getUpdates"))[0] == 200


async def test_addresses_take_turns(server: TelegramServer, client: Client) -> None:
    async with Receiver() as first, Receiver() as second:
        server.webhook_addresses = [f"http://127.0.0.1:{each.port}/" for each in (first, second)]
        await client.call("setWebhook", url="http://example.invalid/")
        for chat in range(1, 9):
            server.ask(chat, "text")
        assert await server.until(lambda: not server.pending, 10)
        assert (len(first.tries), len(second.tries)) == (4, 4)


# Faults


async def test_only_calls_for_the_chat_of_a_rule_fail(server: TelegramServer, client: Client) -> None:
    server.rules.append(Rule("429", chats={7}, methods={"sendMessage"}, retry_after=4))
    status, answer = await client.call("sendMessage", chat_id=7, text="text")
    assert (status, answer["parameters"]) == (429, {"retry_after": 4})
    assert (await client.call("sendMessage", chat_id=8, text="text"))[0] == 200
    assert (await client.call("sendChatAction", chat_id=7, action="typing"))[0] == 200
    assert not server.answers(7)


@pytest.mark.parametrize(("failure", "status"), [("500", 500), ("502", 502), ("401", 401), ("403", 403), ("400", 400)])
async def test_a_failure_has_its_status(server: TelegramServer, client: Client, failure: Any, status: int) -> None:
    server.rules.append(Rule(failure))
    assert (await client.call("sendMessage", chat_id=7, text="text"))[0] == status
    assert not server.answers(7)


@pytest.mark.parametrize(("failure", "carried_out"), [("reset", 0), ("reset after", 1)])
async def test_a_reset_comes_before_or_after(
    server: TelegramServer, client: Client, failure: Any, carried_out: int
) -> None:
    server.rules.append(Rule(failure))
    with pytest.raises(aiohttp.ClientError):
        await client.call("sendMessage", chat_id=7, text="text")
    assert len(server.answers(7)) == carried_out


async def test_a_broken_body_is_no_json(server: TelegramServer, client: Client) -> None:
    server.rules.append(Rule("broken body"))
    assert await client.call("sendMessage", chat_id=7, text="text") == (200, {})


async def test_a_share_of_the_calls_fails(server: TelegramServer, client: Client) -> None:
    server.rules.append(Rule("500", share=0.2))
    statuses = [(await client.call("sendMessage", chat_id=7, text="text"))[0] for _ in range(200)]
    assert 20 <= statuses.count(500) <= 60


async def test_a_closed_door_refuses_and_opens_again_at_the_same_address(
    server: TelegramServer, client: Client
) -> None:
    url = server.url
    await server.close_door()
    with pytest.raises(aiohttp.ClientError):
        await client.call("getMe")
    await server.open_door()
    assert server.url == url
    assert (await client.call("getMe"))[0] == 200


def test_the_limits_are_telegrams() -> None:
    limits = Limits(enforced=True)
    assert [limits.wait(5, now) for now in (0.0, 0.1, 0.2, 0.3)] == [0, 0, 0, 3]
    assert limits.wait(5, 3.1) == 0
    assert [limits.wait(-5, 10.0 + second) for second in range(20)] == [0] * 20
    assert limits.wait(-5, 30.0) == 40
    assert [limits.wait(100 + chat, 50.0) for chat in range(31)] == [0] * 30 + [1]


# What the library makes of it


async def test_the_library_can_read_the_answers(server: TelegramServer) -> None:
    async with Bot(TOKEN, base_url=f"{server.url}/bot") as bot:
        sent = await bot.send_message(5, "text")
        assert (sent.text, sent.chat.id) == ("text", 5)
        photo = await bot.send_photo(-1, b"picture", caption="caption")
        assert photo.photo
        await bot.edit_message_text("other", 5, sent.message_id)
        assert [each.text for each in server.edited[5]] == ["other"]
        server.admins.add(9)
        assert (await bot.get_chat_member(-1, 9)).status == "creator"
        assert [member.user.id for member in await bot.get_chat_administrators(-1)] == [9]
        assert (await bot.get_chat(-1)).title == "Friends"
        assert [each.method for each in server.answers(-1)] == ["sendPhoto"]


@pytest.mark.parametrize("kind", POISONS)
def test_the_library_cannot_parse_poison(kind: str) -> None:
    update = {"update_id": 1, **POISONS[kind](good(5, 1, MARK))}
    json.dumps(update)
    with pytest.raises((TypeError, ValueError, OverflowError, OSError, AttributeError, KeyError)):
        Update.de_json(update, None)


def test_the_library_parses_every_random_update() -> None:
    stranger, kinds = Stranger(3), set[str]()
    for number in range(2000):
        update = stranger.update()
        kinds |= update.keys()
        Update.de_json({"update_id": number, **update}, None)
    fields = {name for name in Update.__slots__ if not name.startswith("_")} - {"update_id"}
    assert fields <= kinds


def test_random_updates_are_the_same_for_the_same_seed() -> None:
    first, second = Stranger(5), Stranger(5)
    assert [first.update() for _ in range(50)] == [second.update() for _ in range(50)]


# Counting


def test_what_comes_again_word_for_word_is_counted() -> None:
    once, again = Sent(1.0, "sendMessage", "text", 1), Sent(2.0, "sendMessage", "text", 2)
    picture = Sent(3.0, "sendPhoto", "text", 3)
    assert list(come_again({1: [once, again, picture], 2: [once]})) == [(1, again)]


def test_percentiles_of_few_and_of_many() -> None:
    assert p50_and_p99([3.0]) == (3.0, 3.0)
    values = [float(value) for value in range(1, 201)]
    random.Random(1).shuffle(values)
    assert p50_and_p99(values) == (100.0, 199.0)


def test_the_page_says_what_is_missed(tmp_path: Any) -> None:
    rows = [Row("lost", 3, 0, most=0, before="1,121"), Row("first answer", 1.5, unit="s", most=5.0)]
    report.keep("kill", rows, Options(), tmp_path / "load.json")
    report.keep("stop", [Row("gone", None, unit="s", most=8.0)], Options(scale=0.5), tmp_path / "load.json")
    report.write(tmp_path / "load.json", tmp_path / "page.md")
    page = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert "1 of 3 figures are as asked for" in page
    assert "| lost | 0 | 1,121 | 3 | ✗ | 0 |" in page
    assert "| first answer | ≤ 5 s |  | 1.5 s | ✓ |  |" in page
    assert "scaled to 0.5" in page


def test_questions_are_those_of_the_faq() -> None:
    assert len(questions()) > 50
    assert all(question.endswith("?") for question in questions())


# What issue 11 asks for, in short: the bot as a process

MODES: tuple[Mode, ...] = ("polling", "webhook")


@pytest.mark.services
@pytest.mark.parametrize("mode", MODES)
async def test_a_kill_loses_nothing(mode: Mode) -> None:
    found = await kill_at_random(mode, 3, rate=10, longest=1.5)
    assert found.asked > 10
    assert (found.kills, found.lost) == (3, 0)
    assert found.most_twice <= 1


@pytest.mark.services
@pytest.mark.parametrize("mode", MODES)
async def test_an_urgent_message_overtakes_a_long_queue(mode: Mode) -> None:
    found = await cry_behind_queue(400, mode=mode, patience=30)
    assert found.seconds is not None
    assert found.before <= 15  # what leaves in half a second: the seconds themselves depend on who else is at work


@pytest.mark.services
@pytest.mark.parametrize("failure", ["429", "hang"])
async def test_one_chat_holds_up_nobody_else(failure: Any) -> None:
    found = await among_others(one_chat(failure), seconds=5, patience=20)
    assert found.lost == 0
    assert found.p50 <= 1
    assert found.p99 <= 4  # the chat itself waits for 10 s and more; see `make bench-load` for what it adds


@pytest.mark.services
@pytest.mark.parametrize("mode", MODES)
async def test_poison_stops_nobody_and_leaves_no_trace(mode: Mode) -> None:
    found = await poison_one_by_one(mode, patience=4)
    assert found.stopped == ()
    assert found.leaks == ()
    assert found.kept == 0


@pytest.mark.services
@pytest.mark.parametrize("mode", MODES)
async def test_sigterm_ends_it_in_time_and_loses_nothing(mode: Mode) -> None:
    found = await stop_in(queued(200), mode=mode, patience=15)
    assert found.seconds <= 8
    assert found.status == 0
    assert (found.lost, found.twice) == (0, 0)


@pytest.mark.services
async def test_an_outage_loses_nothing() -> None:
    found = await go_through_outage(5)
    assert (found.lost, found.twice) == (0, 0)
    assert found.first is not None
    assert found.first <= 5


@pytest.mark.services
async def test_random_updates_bring_no_unhandled_error() -> None:
    found = await fuzz_at_random(500, patience=30)
    assert found.alive
    assert (found.errors, found.unanswered, found.leaks) == (0, 0, ())


@pytest.mark.services
async def test_the_echo_bot_answers() -> None:
    async with running("echo") as (server, bot):
        server.ask(5, "text")
        assert await server.until(lambda: server.answers(5), 20)
        assert server.answers(5)[0].text == "text"
        assert (await bot.stop())[1] == 0
