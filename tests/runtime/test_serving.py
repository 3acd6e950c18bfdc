"""Starting and stopping, with real processes and signals: no traceback, no waiting for ever, and nothing lost."""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.bot_api_server import BotApiServer
from tests.handlers.conftest import TOKEN, started_bot

Process = asyncio.subprocess.Process
URGENT = "I can't breathe"
ASKED = "how often is it repeated"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    async with BotApiServer(TOKEN) as running:
        yield running


@asynccontextmanager
async def bot(server: BotApiServer, folder: Path, **settings: str) -> AsyncIterator[Process]:
    """The bot on `server`, collecting; killed at the end if a test leaves it running."""
    async with started_bot(server.url, folder, **settings) as process:
        await server.wait_for_bot(60)
        yield process


async def log_of(folder: Path, words: str, seconds: float = 30) -> str:
    """The log, as soon as it holds `words`."""
    async with asyncio.timeout(seconds):
        while words not in (text := (folder / "log.txt").read_text()):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return text


async def seconds_to_end(process: Process) -> float:
    """Seconds from SIGTERM to the end, which has to be with status 0."""
    begun = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 20) == 0
    return time.monotonic() - begun


async def test_without_a_network_it_waits_and_says_so_once(tmp_path: Path) -> None:
    port = free_port()
    async with started_bot(f"http://127.0.0.1:{port}", tmp_path) as process:
        await log_of(tmp_path, "Telegram can't be reached")
        await asyncio.sleep(2)
        async with BotApiServer(TOKEN, port=port) as server:
            await server.wait_for_bot(20)
            ann = server.user("Ann")
            await ann.says(ASKED)
            assert "12 weeks" in (await ann.hears()).text
            assert await seconds_to_end(process) < 10
    text = (tmp_path / "log.txt").read_text()
    assert text.count("can't be reached") == 1
    assert "Traceback" not in text


async def test_a_reload_is_no_end_while_it_waits_for_the_network(tmp_path: Path) -> None:
    async with started_bot(f"http://127.0.0.1:{free_port()}", tmp_path) as process:
        await log_of(tmp_path, "Telegram can't be reached")
        process.send_signal(signal.SIGHUP)
        await asyncio.sleep(1)
        assert process.returncode is None
        assert await seconds_to_end(process) < 10


async def test_a_refused_token_ends_it_at_once(server: BotApiServer, tmp_path: Path) -> None:
    async with started_bot(server.url, tmp_path, TELEGRAM_BOT_TOKEN="1:wrong") as process:
        assert await asyncio.wait_for(process.wait(), 60) == 1
    text = (tmp_path / "log.txt").read_text()
    assert "TELEGRAM_BOT_TOKEN" in text
    assert "Traceback" not in text


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_a_token_that_is_revoked_ends_it(server: BotApiServer, tmp_path: Path, mode: str) -> None:
    port = free_port()
    hook = {"WEBHOOK_URL": f"http://127.0.0.1:{port}/hook", "WEBHOOK_LISTEN": f"127.0.0.1:{port}"}
    more = hook | {"WEBHOOK_SECRET": "a-secret-of-the-test"} if mode == "webhook" else {}
    async with bot(server, tmp_path, **more) as process:
        ann = server.user("Ann")
        await ann.says(ASKED)
        await ann.hears()
        server.fail_next("*", 401, "Unauthorized", times=10_000)
        if mode == "webhook":  # it learns of it when it next has something to say
            await ann.says(ASKED)
        assert await asyncio.wait_for(process.wait(), 30) == 1
    text = (tmp_path / "log.txt").read_text()
    assert "Telegram refuses the token" in text
    assert "Traceback" not in text


async def test_a_token_that_is_refused_for_a_moment_costs_nobody_an_answer(
    server: BotApiServer, tmp_path: Path
) -> None:
    people = [server.user(f"Person {number}") for number in range(150)]
    async with bot(server, tmp_path, SENDING_LIMITS="off") as process:
        for each in people:
            await each.says(ASKED)
        await people[0].hears()
        server.fail_next("sendMessage", 401, "Unauthorized", times=5)
        for each in people[1:]:
            await each.hears(60)
        await log_of(tmp_path, "took it again")
        assert await seconds_to_end(process) < 10


async def test_a_second_poller_is_said_in_a_sentence_and_passes(server: BotApiServer, tmp_path: Path) -> None:
    async with bot(server, tmp_path) as process:
        server.fail_next("getUpdates", 409, "Conflict: terminated by other getUpdates request", times=2)
        ann = server.user("Ann")
        await ann.says(ASKED)
        await log_of(tmp_path, "another process collects")
        assert "12 weeks" in (await ann.hears(20)).text
        assert await seconds_to_end(process) < 10
    text = (tmp_path / "log.txt").read_text()
    assert text.count("another process collects") == 1
    assert "Traceback" not in text


async def test_a_port_that_is_taken(server: BotApiServer, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        hook = {"WEBHOOK_URL": f"http://{address}/hook", "WEBHOOK_LISTEN": address}
        async with started_bot(server.url, tmp_path, WEBHOOK_SECRET="a-secret-of-the-test", **hook) as process:
            assert await asyncio.wait_for(process.wait(), 60) == 1
    last = (tmp_path / "log.txt").read_text().splitlines()[-1]
    assert "WEBHOOK_LISTEN" in last
    assert address in last
    assert "Traceback" not in (tmp_path / "log.txt").read_text()


async def test_a_webhook_that_telegram_refuses(server: BotApiServer, tmp_path: Path) -> None:
    hook = {"WEBHOOK_URL": "http://bot.example/hook", "WEBHOOK_LISTEN": f"127.0.0.1:{free_port()}"}
    async with started_bot(server.url, tmp_path, WEBHOOK_SECRET="a-secret-of-the-test", **hook) as process:
        assert await asyncio.wait_for(process.wait(), 60) == 1
    text = (tmp_path / "log.txt").read_text()
    assert "https" in text.splitlines()[-1]
    assert "Traceback" not in text


@pytest.mark.parametrize("trouble", ["none", "queue", "limited", "hangs"])
async def test_sigterm_ends_it_in_time_and_what_was_not_answered_comes_again(
    server: BotApiServer, tmp_path: Path, trouble: str
) -> None:
    people = [server.user(f"P{number}") for number in range(60)]
    limits = {"SENDING_LIMITS": "on"} if trouble == "queue" else {}
    async with bot(server, tmp_path, **limits) as process:
        if trouble == "limited":
            server.fail_next("sendMessage", 429, "Too Many Requests: retry after 30", retry_after=30, times=60)
        if trouble == "hangs":
            server.hang_next("sendMessage", seconds=60, times=60)
        if trouble != "none":
            for person in people:
                await person.says(ASKED)
        await asyncio.sleep(1)
        assert await seconds_to_end(process) < 10
    server.forget_faults()
    async with bot(server, tmp_path) as process:
        if trouble != "none":
            answers = await asyncio.gather(*(person.hears(60) for person in people))
            assert all("12 weeks" in answer.text for answer in answers)
        assert await seconds_to_end(process) < 10


async def test_a_hundred_things_at_once_are_confirmed_only_when_answered(server: BotApiServer, tmp_path: Path) -> None:
    people = [server.user(f"P{number}") for number in range(150)]
    async with bot(server, tmp_path) as process:
        for person in people:
            await person.says(ASKED)
        await asyncio.sleep(0.4)
        process.kill()
        await process.wait()
    async with bot(server, tmp_path) as process:
        answers = await asyncio.gather(*(person.hears(60) for person in people))
        assert all("12 weeks" in answer.text for answer in answers)
        assert await seconds_to_end(process) < 10


async def test_danger_behind_a_thousand_questions(server: BotApiServer, tmp_path: Path) -> None:
    async with bot(server, tmp_path, SENDING_LIMITS="on") as process:
        group, asker = server.group("Friends"), server.user("Greg")
        group.add(asker, "creator")
        await group.add_bot(by=asker)
        await group.hears()
        for number in range(1_000):
            await server.user(f"P{number}").says(ASKED) if number % 10 else await asker.says(f"/ask {ASKED}", group)
        ann = server.user("Ann")
        await ann.says(URGENT)
        answer = await ann.hears(60)
        before = [call.params["chat_id"] for call in server.calls_of("sendMessage")].index(ann.id)
        assert "ambulance" in answer.text.lower() or "emergency" in answer.text.lower()
        assert before < 200  # of a thousand, which take half a minute
        process.kill()
        await process.wait()
