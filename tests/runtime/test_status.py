"""Health, and what /healthz, /readyz and /metrics say of it over real sockets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from runtime.health import OLDEST_SECONDS, SILENT_SECONDS, STUCK_SECONDS, Health, memory_bytes
from runtime.http_server import ListenError
from runtime.metrics import MATCHING, REPLIES
from runtime.status import StatusServer


@dataclass
class Bot:
    """What the parts of a bot know, which a test may change."""

    storage: str = ""
    call_age: float | None = 1.0
    oldest: float = 0.0
    backlog: int = 0
    limited: int = 0

    def health(self, *, polling: bool = True) -> Health:
        return Health(
            polling=polling,
            storage=lambda: self.storage,
            last_call=lambda: None if self.call_age is None else time.monotonic() - self.call_age,
            oldest_unfinished=lambda: self.oldest,
            backlog=lambda: self.backlog,
            limited_chats=lambda: self.limited,
            knowledge_loaded=True,
        )


@asynccontextmanager
async def running(health: Health) -> AsyncIterator[str]:
    server = StatusServer("127.0.0.1", 0, health)
    await server.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        await server.stop(1.0)


async def fetch(url: str, method: str = "GET") -> tuple[int, str, str]:
    async with aiohttp.ClientSession() as session, session.request(method, url) as response:
        return response.status, response.headers.get("Content-Type", ""), await response.text()


async def fetch_json(url: str) -> tuple[int, dict[str, Any]]:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.json()


async def test_a_bot_that_is_well_says_so() -> None:
    async with running(Bot(backlog=2, oldest=3.2).health()) as url:
        assert await fetch(f"{url}/healthz") == (200, "text/plain; charset=utf-8", "ok\n")
        assert await fetch_json(f"{url}/readyz") == (
            200,
            {
                "ready": True,
                "knowledge": "loaded",
                "storage": "works",
                "telegram": "the last good call was 1 s ago",
                "updates": "2 in hand, the oldest for 3 s",
            },
        )


@pytest.mark.parametrize(
    ("bot", "part", "words"),
    [
        (Bot(storage="no connection"), "storage", "no connection"),
        (Bot(call_age=None), "telegram", "no call has succeeded yet"),
        (Bot(call_age=200), "telegram", "the last good call was 200 s ago, more than 90 s ago"),
        (Bot(backlog=1, oldest=121), "updates", "1 in hand, the oldest for 121 s, more than 120 s"),
    ],
)
async def test_each_fault_is_named_and_does_not_end_the_life(bot: Bot, part: str, words: str) -> None:
    async with running(bot.health()) as url:
        status, said = await fetch_json(f"{url}/readyz")
        assert (status, said["ready"], said[part]) == (503, False, words)
        assert (await fetch(f"{url}/healthz"))[0] == 200


def test_without_knowledge_the_bot_is_not_ready() -> None:
    health = Bot().health()
    health.knowledge_loaded = False
    assert health.problems() == ["knowledge: not loaded yet"]
    health.knowledge_loaded = True
    assert health.is_ready()


def test_silence_is_a_fault_where_the_bot_asks_and_not_where_it_is_told() -> None:
    bot = Bot(call_age=SILENT_SECONDS + 1)
    assert not bot.health().is_ready()
    assert bot.health(polling=False).is_ready()
    bot.oldest = OLDEST_SECONDS + 1
    assert len(bot.health(polling=False).problems()) == 1


def test_a_bot_is_alive_as_long_as_something_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    bot, now = Bot(), time.monotonic()
    polling, told = bot.health(), bot.health(polling=False)
    monkeypatch.setattr(time, "monotonic", lambda: now + SILENT_SECONDS + 5)
    assert not polling.alive()
    assert told.alive()
    bot.oldest = STUCK_SECONDS + 1
    assert not told.alive()
    for health in (polling, told):
        health.beat()
        assert health.alive()


async def test_metrics_can_be_read_by_what_they_are_for() -> None:
    REPLIES.labels("answer").inc()
    with MATCHING.time():
        pass
    async with running(Bot().health()) as url:
        status, kind, text = await fetch(f"{url}/metrics")
    assert status == 200
    assert kind.startswith("text/plain; version=")
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert {"bot_updates", "bot_replies", "bot_matching_seconds", "bot_backlog"} <= families.keys()
    answers = [sample for sample in families["bot_replies"].samples if sample.name == "bot_replies_total"]
    assert {"kind": "answer"} in [sample.labels for sample in answers]
    assert {label for family in families.values() for sample in family.samples for label in sample.labels} <= {
        "kind",
        "outcome",
        "reason",
        "le",
    }


async def test_nothing_else_is_answered() -> None:
    async with running(Bot().health()) as url:
        assert [(await fetch(f"{url}{path}"))[0] for path in ("/", "/healthz/", "/status")] == [404] * 3
        assert [(await fetch(f"{url}/healthz", method))[0] for method in ("POST", "DELETE")] == [405] * 2
        assert await fetch(f"{url}/metrics", "HEAD") == (200, (await fetch(f"{url}/metrics"))[1], "")


async def test_who_holds_connections_keeps_no_tool_out() -> None:
    async with running(Bot().health()) as url:
        port = int(url.rpartition(":")[2])
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(100)]
        assert (await fetch(f"{url}/healthz"))[0] == 200
        for _, writer in held:
            writer.close()


async def test_a_port_that_is_taken_is_said_by_the_name_of_the_setting() -> None:
    async with running(Bot().health()) as url:
        with pytest.raises(ListenError, match=r"^STATUS_LISTEN: another program listens on 127\.0\.0\.1:"):
            await StatusServer("127.0.0.1", int(url.rpartition(":")[2]), Bot().health()).start()


def test_memory_is_that_of_this_process() -> None:
    before = memory_bytes()
    held = bytearray(b"x" * 50_000_000)
    assert 40_000_000 < memory_bytes() - before < 100_000_000
    assert held
