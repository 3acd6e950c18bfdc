"""Cases `soak`, `start`, `throughput`: memory over a long time, seconds until it serves, the cost of an answer."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import signal
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from evaluation.load.processes import Kind, Mode, Usage, copy_checkout, free_port, running
from evaluation.load.questions import ROOT, one_after_another
from evaluation.load.row import Options, Row, p50_and_p99
from evaluation.load.strange import Stranger

_FIRST_CHAT = 100_000_001
_RELOADED = "took the knowledge files anew"
"""What the bot's log says after a reload."""

_BACKLOG = re.compile(r"^bot_backlog ([0-9.e+]+)$", re.MULTILINE)
_PORTION = 200
"""Updates put at once: more would fill the server, not the bot."""


@dataclass(frozen=True, slots=True)
class Soaked:
    """What the bot held after each portion; `slope`: by how much its memory grew from the warm-up to the end."""

    updates: int
    seconds: float
    held: Sequence[Usage]
    unanswered: int

    @property
    def slope(self) -> float:
        """In parts of what it held when it was warm: after a quarter of the updates."""
        warm = self.held[len(self.held) // 4].megabytes
        return max(usage.megabytes for usage in self.held[len(self.held) // 4 :]) / warm - 1


async def soak_in_updates(
    updates: int, *, root: Path = ROOT, every: int = 10_000, stranger_every: int = 5, people: int = 5000
) -> Soaked:
    """Questions of so many people, over and over, and every fifth update a random one, as fast as they are handled."""
    stranger, texts = Stranger(7), one_after_another()
    status = f"127.0.0.1:{free_port()}"
    settings = {"LOG_LEVEL": "WARNING", "STATUS_LISTEN": status}
    async with (
        running("ours", root=root, limits=False, settings=settings) as (server, bot),
        aiohttp.ClientSession() as session,
    ):
        server.record = False

        async def until_left(most: int) -> int:
            """Wait until so few are in hand or still to come; how many. Confirmed is not handled: it may be kept."""
            left, end = most + 1, time.monotonic() + 120
            while left > most and time.monotonic() < end:
                await asyncio.sleep(0.1)
                async with session.get(f"http://{status}/metrics") as response:
                    found = _BACKLOG.search(await response.text())
                left = len(server.pending) + round(float(found[1]) if found else most + 1)
            return left

        held, begun, asked = list[Usage](), time.monotonic(), 0
        server.remember = False
        while asked < updates:
            for _ in range(min(_PORTION, updates - asked)):
                asked += 1
                if asked % stranger_every == 0:
                    server.put_whole(stranger.update())
                else:
                    chat = _FIRST_CHAT + asked % people
                    server.put("message", server.message(chat, chat, next(texts)))
            await until_left(_PORTION)
            if asked % every < _PORTION:
                held.append(bot.usage())
        left = await until_left(0)
        held.append(bot.usage())
        return Soaked(asked, time.monotonic() - begun, held, left)


async def soak(options: Options) -> list[Row]:
    """Two hundred thousand updates."""
    number = options.some(200_000, 4_000)
    found = await soak_in_updates(number, root=options.root, every=max(200, number // 20))
    warm, last = found.held[len(found.held) // 4], found.held[-1]
    name = f"{number:,} updates in {found.seconds / 60:.0f} minutes"
    return [
        Row(f"{name}: memory when warm", round(warm.megabytes, 1), unit="MB"),
        Row(f"{name}: memory at the end", round(last.megabytes, 1), unit="MB"),
        Row(f"{name}: growth after the warm-up", round(100 * found.slope, 1), unit="%", most=5),
        Row(f"{name}: open files, more than when warm", last.files - warm.files, most=3),
        Row(f"{name}: threads, more than when warm", last.threads - warm.threads, most=2),
        Row(f"{name}: not handled", found.unanswered, most=0),
    ]


@dataclass(frozen=True, slots=True)
class Started:
    """`served`: seconds until it collects updates; `answered`: until the first answer left."""

    served: float
    answered: float
    megabytes: float


async def start_once(kind: Kind = "ours", root: Path = ROOT) -> Started:
    """One start, with a question already waiting."""
    async with running(kind, root=root, start=False) as (server, bot):
        server.ask(_FIRST_CHAT, "does it hurt")
        begun = time.monotonic()
        served = await bot.start()
        await server.until(lambda: server.sent, 60)
        await asyncio.sleep(1.0)
        return Started(served, server.answers(_FIRST_CHAT)[0].moment - begun, bot.usage().megabytes)


async def hold_memory(kind: Kind = "ours", *, root: Path = ROOT, answers: int = 1000) -> list[float]:
    """Megabytes when it serves, after so many answers, and (ours) after each of three reloads."""
    async with running(kind, root=root, limits=False) as (server, bot):
        await asyncio.sleep(1.0)
        held = [bot.usage().megabytes]
        for chat, text in zip(range(_FIRST_CHAT, _FIRST_CHAT + answers), one_after_another(), strict=False):
            server.ask(chat, text)
        await server.until(lambda: len(server.sent) >= answers, 300)
        await asyncio.sleep(2.0)
        held.append(bot.usage().megabytes)
        for number in range(3 if kind != "echo" else 0):
            before = bot.said().count(_RELOADED)
            os.kill(bot.pid, signal.SIGHUP)
            if not await server.until(lambda before=before: bot.said().count(_RELOADED) > before, 180):  # type: ignore[misc]
                raise RuntimeError(f"the bot does not say “{_RELOADED}” after SIGHUP")
            chat = _FIRST_CHAT - 1 - number
            server.ask(chat, "does it hurt")
            await server.until(lambda chat=chat: server.answers(chat), 60)  # type: ignore[misc]
            await asyncio.sleep(2.0)
            held.append(bot.usage().megabytes)
        return held


async def start(options: Options) -> list[Row]:
    """The first start, later ones, and memory."""
    with tempfile.TemporaryDirectory(prefix="bench-load-") as folder:
        first = await start_once(root=copy_checkout(options.root, Path(folder)))
    rounds = range(5 if options.scale >= 1 else 2)
    warm, bare, echo = [], [], []
    for _ in rounds:
        warm.append(await start_once(root=options.root))
        bare.append(await start_once("without encoder", options.root))
        echo.append(await start_once("echo"))
    answers = options.some(1000)
    ours, plain = (
        await hold_memory(root=options.root, answers=answers),
        await hold_memory("without encoder", root=options.root, answers=answers),
    )
    other = await hold_memory("echo", answers=answers)
    served, answered = _median([each.served for each in warm]), _median([each.answered for each in warm])
    return [
        Row("first start, without .cache: serves after", round(first.served, 2), unit="s", before="9.8 to 37"),
        Row("start from the cache: serves after", served, _median([each.served for each in echo]), "s", most=1.5),
        Row("start from the cache: first answer after", answered, _median([each.answered for each in echo]), "s",
            before="1.50"),
        Row("start from the cache without the encoder: serves after", _median([each.served for each in bare]),
            unit="s", most=1.5),
        Row("memory when it serves, with the encoder", round(ours[0], 1), round(other[0], 1), "MB", most=220),
        Row("memory when it serves, without the encoder", round(plain[0], 1), round(other[0], 1), "MB", most=110,
            before="174"),
        Row(f"memory after {answers:,} answers, with the encoder", round(ours[1], 1), round(other[1], 1), "MB",
            most=220),
        Row(f"memory after {answers:,} answers, without", round(plain[1], 1), round(other[1], 1), "MB", most=110),
        Row("memory after three reloads, with the encoder", round(ours[-1], 1), unit="MB", most=240, before="327"),
        Row("memory after three reloads, without", round(plain[-1], 1), unit="MB", most=130),
    ]  # fmt: skip


def _median(values: Sequence[float]) -> float:
    return round(statistics.median(values), 2)


@dataclass(frozen=True, slots=True)
class Throughput:
    """`calls`: calls of the bot a second, of which an answer may take more than one."""

    answers: float
    calls: float
    processor: float
    """Seconds of processor for 1,000 answers."""


async def answer_fast(kind: Kind, mode: Mode, *, number: int = 1000, root: Path = ROOT) -> Throughput:
    """So many questions are waiting, each in a chat of its own; without limits."""
    async with running(kind, mode, root=root, limits=False) as (server, bot):
        texts = one_after_another()
        for chat in range(_FIRST_CHAT, _FIRST_CHAT + 50):  # what is only done once is over then
            server.ask(chat, next(texts))
        await server.until(lambda: len(server.sent) >= 50, 60)
        await server.until_quiet(0.3, 10)
        server.sent.clear()
        before, calls, begun = bot.usage().processor, server.count(), time.monotonic()
        for chat in range(_FIRST_CHAT + 50, _FIRST_CHAT + 50 + number):
            server.ask(chat, next(texts))
        await server.until(lambda: len(server.sent) >= number, 600)
        seconds = max(answers[0].moment for answers in server.sent.values()) - begun
        await server.until_quiet(0.5, 10)
        spent = bot.usage().processor - before
        made = server.count() - calls - (server.count("getUpdates") if mode == "polling" else 0)
        return Throughput(len(server.sent) / seconds, made / seconds, 1000 * spent / len(server.sent))


async def answer_calmly(kind: Kind, *, seconds: float = 30.0, root: Path = ROOT) -> tuple[float, float]:
    """The median and the 99th percentile of the seconds that an answer takes, at ten questions a second."""
    async with running(kind, root=root, limits=False) as (server, _):
        begun, texts = time.monotonic(), one_after_another()
        chats = range(_FIRST_CHAT, _FIRST_CHAT + round(10 * seconds))
        for number, chat in enumerate(chats):
            await asyncio.sleep(max(0.0, begun + number / 10 - time.monotonic()))
            server.ask(chat, next(texts))
        await server.until(lambda: not server.unanswered(chats), 30)
        times = [taken for chat in itertools.islice(chats, 20, None) if (taken := server.seconds(chat)) is not None]
        return p50_and_p99(times)


async def throughput(options: Options) -> list[Row]:
    """Answers a second and what each costs; three interleaved rounds, medians."""
    number, rows = options.some(1000, 100), list[Row]()
    modes: tuple[tuple[Mode, str, str], ...] = (("polling", "0.39", "2.9"), ("webhook", "0.38", "2.8"))
    kinds: tuple[Kind, ...] = ("ours", "without encoder", "echo")
    for mode, slower, dearer in modes:
        rounds: dict[Kind, list[Throughput]] = {kind: [] for kind in kinds}
        for _ in range(3 if options.scale >= 1 else 1):
            for kind in kinds:
                root = ROOT if kind == "echo" else options.root
                rounds[kind].append(await answer_fast(kind, mode, number=number, root=root))
        ours, bare, echo = (_middle(rounds[kind]) for kind in kinds)
        name = f"{mode}, {number:,} questions waiting"
        rows += [
            Row(f"{name}: answers a second, with the encoder", round(ours.answers), round(echo.answers), least=50),
            Row(f"{name}: answers a second, without", round(bare.answers), round(echo.answers)),
            Row(f"{name}: answers, part of the echo bot's, without", round(bare.answers / echo.answers, 2), 1,
                least=0.8, before=slower),
            Row(f"{name}: calls, part of the echo bot's, without", round(bare.calls / echo.calls, 2), 1),
            Row(f"{name}: processor for 1,000 answers, with", round(ours.processor, 2), round(echo.processor, 2), "s"),
            Row(f"{name}: processor for 1,000 answers, without", round(bare.processor, 2), round(echo.processor, 2),
                "s"),
            Row(f"{name}: processor, times the echo bot's, without", round(bare.processor / echo.processor, 2), 1,
                most=1.5, before=dearer),
        ]  # fmt: skip
    seconds = max(5.0, 30 * options.scale)
    calm = {kind: await answer_calmly(kind, seconds=seconds, root=options.root) for kind in kinds}
    for index, part in enumerate(("median", "99th percentile")):
        for kind in kinds[:2]:
            name = f"10 questions a second, {kind}: {part}"
            rows.append(Row(name, round(1000 * calm[kind][index], 1), round(1000 * calm["echo"][index], 1), "ms"))
    return rows


def _middle(rounds: Sequence[Throughput]) -> Throughput:
    return sorted(rounds, key=lambda each: each.answers)[len(rounds) // 2]
