"""Case `kill`: SIGKILL at random moments. Nothing may be lost; at most one answer twice for each kill and chat."""

# ruff: noqa: S311 - chance here has no secret to keep
from __future__ import annotations

import asyncio
import itertools
import random
import tempfile
import time
from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from evaluation.load.nginx import PROGRAM, Nginx
from evaluation.load.postgresql import Postgresql
from evaluation.load.processes import Bot, Kind, Mode, free_port, running
from evaluation.load.questions import ROOT, one_after_another
from evaluation.load.row import Options, Row
from evaluation.load.server import Sent, TelegramServer

RATE = 20.0
"""Questions a second, each in a chat of its own."""

_FIRST_CHAT = 10_000_001
_QUIET = 8.0
_CATCHING_UP = 15.0
"""Answers a second that a bot is given time for, when the killing is over."""


@dataclass(frozen=True, slots=True)
class Killed:
    """`twice`: answers that came again; `most_twice`: those of one kill in one chat; `a_kill`: those of one kill."""

    kills: int
    asked: int
    lost: int
    twice: int
    most_twice: int
    a_kill: int


async def kill_at_random(
    mode: Mode,
    kills: int,
    *,
    kind: Kind = "ours",
    root: Path = ROOT,
    rate: float = RATE,
    longest: float = 3.0,
    seed: int = 1,
) -> Killed:
    """Questions arrive all the time; the bot is killed after up to `longest` seconds of serving and started again."""
    async with running(kind, mode, root=root) as (server, bot):
        return await _kill([bot], server, kills, rate, longest, seed)


async def kill_replicas(
    kills: int, *, nginx: bool = False, root: Path = ROOT, rate: float = RATE, longest: float = 3.0, seed: int = 1
) -> Killed:
    """The same with two of them on one PostgreSQL; updates go to each in turn, or through nginx, and one is killed."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(Postgresql())
        server = await stack.enter_async_context(TelegramServer())
        ports = free_port(), free_port()
        doors = [(await stack.enter_async_context(Nginx(ports))).port] if nginx else ports
        server.webhook_addresses = [f"http://127.0.0.1:{door}/updates" for door in doors]
        settings = {"DATABASE_URL": await database.new_database(), "WEBHOOK_URL": server.webhook_addresses[0]}
        bots = []
        for port in ports:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-load-", ignore_cleanup_errors=True))
            bot = Bot(server, Path(folder), "ours", "webhook", root, settings=settings, port=port)
            stack.push_async_callback(bot.kill)
            await bot.start()
            bots.append(bot)
        return await _kill(bots, server, kills, rate, longest, seed)


async def _kill(
    bots: Sequence[Bot], server: TelegramServer, kills: int, rate: float, longest: float, seed: int
) -> Killed:
    chance, moments = random.Random(seed), list[float]()
    asking = asyncio.create_task(_keep_asking(server, rate))
    try:
        for _ in range(kills):
            await asyncio.sleep(chance.uniform(0.3, longest))
            bot = chance.choice(bots)
            await bot.kill()
            moments.append(time.monotonic())
            await bot.start()
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    await server.until_quiet(_QUIET, 60 + len(server.asked) / _CATCHING_UP)
    return _count(server, moments)


async def _keep_asking(server: TelegramServer, rate: float) -> None:
    begun, texts = time.monotonic(), one_after_another()
    for number in itertools.count():
        await asyncio.sleep(max(0.0, begun + number / rate - time.monotonic()))
        server.ask(_FIRST_CHAT + number, next(texts))


async def kill_in_bursts(
    mode: Mode, rounds: int, *, kind: Kind = "ours", root: Path = ROOT, burst: int = 200, seed: int = 1
) -> Killed:
    """`burst` questions at once, the bot killed at a random moment of it, and the next burst when it is quiet again."""
    chance, moments, texts = random.Random(seed), list[float](), one_after_another()
    async with running(kind, mode, root=root) as (server, bot):
        for _ in range(rounds):
            first = _FIRST_CHAT + len(server.asked)
            for chat in range(first, first + burst):
                server.ask(chat, next(texts))
            await asyncio.sleep(chance.uniform(0.1, 0.8 if kind == "echo" else 6.0))
            await bot.kill()
            moments.append(time.monotonic())
            await bot.start()
            await server.until_quiet(_QUIET, 60 + burst / _CATCHING_UP)
        return _count(server, moments)


def _count(server: TelegramServer, moments: Sequence[float]) -> Killed:
    again = Counter((bisect(moments, answer.moment), chat) for chat, answer in come_again(server.sent))
    a_kill: Counter[int] = Counter()
    for (kill, _), number in again.items():
        a_kill[kill] += number
    lost = len(server.unanswered(server.asked))
    most, together = max(again.values(), default=0), max(a_kill.values(), default=0)
    return Killed(len(moments), len(server.asked), lost, again.total(), most, together)


def come_again(sent: Mapping[int, Sequence[Sent]]) -> Iterator[tuple[int, Sent]]:
    """Each message that its chat had got before, word for word, where each chat has asked once."""
    for chat, messages in sent.items():
        seen = set[tuple[str, str]]()
        for message in messages:
            if (message.method, message.text) in seen:
                yield chat, message
            seen.add((message.method, message.text))


def _rows(name: str, ours: Killed, echo: Killed | None, before: str) -> list[Row]:
    head = f"{name}, {ours.kills} kills, {ours.asked:,} questions"
    beside = f", echo {echo.kills} kills, {echo.asked:,} questions" if echo else ""
    return [
        Row(f"{head}{beside}: never answered", ours.lost, echo.lost if echo else None, most=0, before=before),
        Row(f"{head}: answered twice, in all", ours.twice, echo.twice if echo else None),
        Row(f"{head}: answered twice, most between one kill and the next", ours.a_kill),
        Row(f"{head}: twice, at most for a kill and chat", ours.most_twice, most=1),
    ]


async def kill(options: Options) -> list[Row]:
    """SIGKILL: by polling, by webhook, with two replicas on PostgreSQL, and in bursts of 200."""
    third, few = max(1, options.rounds // 3), max(1, options.rounds // 10)
    before: dict[Mode, str] = {"polling": "1,121 of 2,000 in ten bursts", "webhook": "1,292 of 2,000 in ten bursts"}
    rows = []
    for mode in before:
        ours = await kill_at_random(mode, third, root=options.root)
        echo = await kill_at_random(mode, few, kind="echo", longest=1.5)
        rows += _rows(f"{mode}, 20 a second", ours, echo, "")
    nginx = PROGRAM is not None
    replicas = await kill_replicas(options.rounds - 2 * third or 1, nginx=nginx, root=options.root)
    rows += _rows(f"webhook, two replicas{' behind nginx' if nginx else ''}, 20 a second", replicas, None, "")
    for mode, seen in before.items():
        ours = await kill_in_bursts(mode, few, root=options.root)
        echo = await kill_in_bursts(mode, few, kind="echo")
        rows += _rows(f"{mode}, bursts of 200", ours, echo, seen)
    return rows
