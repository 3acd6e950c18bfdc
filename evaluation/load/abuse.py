"""Cases `poison`, `fuzz` and `web`: updates that can't be parsed, random ones, and strangers at the webhook's port."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import multiprocessing
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.load.processes import Bot, Kind, Mode, running
from evaluation.load.questions import ROOT, one_after_another
from evaluation.load.row import Options, Row
from evaluation.load.server import TelegramServer
from evaluation.load.strange import MARK, POISONS, Stranger, good

_FIRST_CHAT = 50_000_001
_LET_GO = 30.0
"""Seconds within which an update that can't be parsed must have been confirmed, so that Telegram forgets it."""

_GATHERING = 2.0
"""Seconds that the crowd has to come before others ask."""

_SPAWN = multiprocessing.get_context("spawn")
_MEGABYTE = b"x" * 2**20


@dataclass(frozen=True, slots=True)
class Poisoned:
    """`stopped`: kinds after which others were not served; `slowest`: the longest that one of the others waited.

    `kept`: poisonous updates not confirmed at the end; `leaks`: files in which something stands that people wrote.
    """

    kinds: int
    stopped: tuple[str, ...]
    slowest: float
    kept: int
    log_lines: int
    leaks: tuple[str, ...]


async def poison_one_by_one(
    mode: Mode,
    *,
    kind: Kind = "ours",
    root: Path = ROOT,
    kinds: Sequence[str] = tuple(POISONS),
    patience: float = 5.0,
) -> Poisoned:
    """Each kind between good messages of ten others, at the most talkative log level."""
    settings = {"LOG_LEVEL": "DEBUG"} if kind == "ours" else {}
    async with running(kind, mode, root=root, settings=settings) as (server, bot):
        stopped, slowest, poisons = list[str](), 0.0, list[int]()
        numbers, texts = itertools.count(1), one_after_another()
        for name in kinds:
            chats = [_FIRST_CHAT + next(numbers) for _ in range(10)]
            for chat in chats[:5]:
                server.ask(chat, f"{next(texts)} {MARK}")
            number = next(numbers)
            poisons.append(server.put_whole(POISONS[name](good(_FIRST_CHAT + number, number, f"{MARK} poison"))))
            for chat in chats[5:]:
                server.ask(chat, f"{next(texts)} {MARK}")
            if not await server.until(lambda chats=chats: not server.unanswered(chats), patience):  # type: ignore[misc]
                stopped.append(name)
                server.withdraw(poisons[-1])
                await server.until(lambda chats=chats: not server.unanswered(chats), patience)  # type: ignore[misc]
            slowest = max([slowest, *(server.seconds(chat) or patience for chat in chats)])
        await server.until(lambda: not set(poisons) & server.pending.keys(), _LET_GO)
        kept = len(set(poisons) & server.pending.keys()) + len(stopped)
        await bot.kill()
        leaks = files_with(MARK, bot.folder)
        return Poisoned(len(kinds), tuple(stopped), slowest, kept, len(bot.said().splitlines()), leaks)


def files_with(text: str, folder: Path) -> tuple[str, ...]:
    """The files below `folder` in which `text` stands, whatever they are."""
    searched = text.encode()
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return tuple(str(path.relative_to(folder)) for path in files if searched in path.read_bytes())


async def poison(options: Options) -> list[Row]:
    """Updates that can't be parsed."""
    rows = []
    before: dict[Mode, str] = {"polling": "all, after 6 of 8 kinds", "webhook": "none"}
    for mode, seen in before.items():
        ours = await poison_one_by_one(mode, root=options.root)
        echo = await poison_one_by_one(mode, kind="echo")
        name = f"{mode}, {ours.kinds} kinds of updates that can't be parsed"
        rows += [
            Row(f"{name}: kinds that stop the others", len(ours.stopped), len(echo.stopped), most=0, before=seen),
            Row(f"{name}: longest wait of the others", round(ours.slowest, 2), round(echo.slowest, 2), "s", most=2),
            Row(f"{name}: not let go", ours.kept, echo.kept, most=0),
            Row(f"{name}: files with a text or name in them, at DEBUG", len(ours.leaks), most=0, before="the log"),
            Row(f"{name}: lines of log", ours.log_lines, echo.log_lines, before="33,000 in 90 s"),
        ]
    return rows


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """`errors`: lines of the log that tell of an unhandled error; `probes`: good questions asked in between."""

    updates: int
    probes: int
    unanswered: int
    errors: int
    leaks: tuple[str, ...]
    alive: bool


async def fuzz_at_random(
    updates: int, *, mode: Mode = "polling", root: Path = ROOT, seed: int = 1, every: int = 500, patience: float = 60.0
) -> Fuzzed:
    """Random updates of every kind, with a question of somebody else after each `every`."""
    stranger, texts = Stranger(seed), one_after_another()
    async with running("ours", mode, root=root, limits=False, settings={"LOG_LEVEL": "DEBUG"}) as (server, bot):
        probes = list[int]()
        for number in range(updates):
            server.put_whole(stranger.update())
            if (number + 1) % every == 0 or number + 1 == updates:
                probes.append(_FIRST_CHAT + number)
                server.ask(probes[-1], next(texts))
                await server.until(lambda: server.answers(probes[-1]), patience)
        await server.until(lambda: not server.pending, patience)
        await server.until_quiet(1.0, patience)
        alive = bot.process is not None and bot.process.returncode is None
        await bot.stop()
        return Fuzzed(
            updates,
            len(probes),
            len(server.unanswered(probes)),
            len(unhandled(bot.said())),
            files_with(MARK, bot.folder),
            alive,
        )


def unhandled(log: str) -> list[str]:
    """The lines that tell of an error that nobody handled."""
    return [line for line in log.splitlines() if "failed with" in line or line.startswith("Traceback")]


async def fuzz(options: Options) -> list[Row]:
    """Random updates."""
    rows = []
    modes: tuple[tuple[Mode, int, str], ...] = (("polling", 10_000, "4 in 10,000"), ("webhook", 2_000, ""))
    for mode, number, before in modes:
        found = await fuzz_at_random(options.some(number, 500), mode=mode, root=options.root)
        name = f"{mode}, {found.updates:,} random updates of every kind"
        rows += [
            Row(f"{name}: unhandled errors in the log", found.errors, most=0, before=before),
            Row(f"{name}: questions in between unanswered, of {found.probes}", found.unanswered, most=0, before="0"),
            Row(f"{name}: files with a text or name in them, at DEBUG", len(found.leaks), most=0, before="0"),
        ]
    return rows


@dataclass(frozen=True, slots=True)
class Stormed:
    """`added`: megabytes at most above what it held before; `slowest`: of the answers meanwhile."""

    added: float
    asked: int
    lost: int
    slowest: float
    log_bytes: int


async def storm_port(
    *, bodies: int = 0, megabytes: int = 95, slow: int = 0, seconds: float = 20.0, root: Path = ROOT
) -> Stormed:
    """Strangers at the webhook's port: bodies without the secret, and connections that never say what they want."""
    async with running("ours", "webhook", root=root, most_files=1024) as (server, bot):
        server.ask(_FIRST_CHAT - 1, "does it hurt")
        await server.until(lambda: server.answers(_FIRST_CHAT - 1), 30)
        before, bytes_before = bot.usage().megabytes, len(bot.said())
        bot.forget_most()
        strangers = [asyncio.create_task(_send_body(bot, megabytes)) for _ in range(bodies)]
        crowd = _SPAWN.Process(target=_crowd, args=(bot.port, slow, seconds), daemon=True)
        if slow:
            crowd.start()
            await asyncio.sleep(_GATHERING)
        chats = await _ask_meanwhile(server, seconds)
        await server.until(lambda: not server.unanswered(chats), 15)
        most = bot.most_megabytes()
        if slow:
            crowd.kill()
        for each in strangers:
            each.cancel()
        await asyncio.gather(*strangers, return_exceptions=True)
        times = [server.seconds(chat) or float("inf") for chat in chats]
        lost = len(server.unanswered(chats))
        return Stormed(most - before, len(chats), lost, max(times), len(bot.said()) - bytes_before)


def _slowest(found: Stormed) -> float | str:
    return "never" if found.lost else round(found.slowest, 2)


async def _ask_meanwhile(server: TelegramServer, seconds: float) -> list[int]:
    texts, chats, end = one_after_another(), list[int](), time.monotonic() + seconds
    while time.monotonic() < end:
        chats.append(_FIRST_CHAT + len(chats))
        server.ask(chats[-1], next(texts))
        await asyncio.sleep(0.2)
    return chats


async def _send_body(bot: Bot, megabytes: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", bot.port)
    head = f"POST /updates HTTP/1.1\r\nHost: localhost\r\nContent-Length: {megabytes << 20}\r\n\r\n"
    with contextlib.suppress(OSError):
        writer.write(head.encode())
        for _ in range(megabytes):
            writer.write(_MEGABYTE)
            await writer.drain()
        await reader.read()
    writer.close()


def _crowd(port: int, number: int, seconds: float) -> None:
    """In a process of its own, so that the server which counts the answers need not wait for it."""

    async def come() -> None:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(number):
                tasks.create_task(_dawdle(port, seconds + _GATHERING))

    _allow_files(number + 500)
    asyncio.run(come())


async def _dawdle(port: int, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"POST /updates HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
            await reader.read()  # until the bot has had enough of it
            writer.close()
        await asyncio.sleep(1.0)


def _allow_files(number: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < number:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(number, hard) if hard > 0 else number, hard))


async def web(options: Options) -> list[Row]:
    """Strangers at the webhook's port."""
    seconds = max(5.0, 20 * options.scale)
    large = await storm_port(bodies=8, seconds=seconds, root=options.root)
    slow = await storm_port(slow=2000, seconds=seconds, root=options.root)
    rows = []
    for name, found, before in (
        ("8 bodies of 95 MB without the secret", large, "933"),
        ("2,000 slow connections against 1,024 files", slow, ""),
    ):
        rows += [
            Row(f"{name}: memory added at most", round(found.added, 1), unit="MB", most=20, before=before),
            Row(f"{name}: never answered meanwhile, of {found.asked}", found.lost, most=0),
            Row(f"{name}: slowest answer meanwhile", _slowest(found), unit="s", most=1),
            Row(f"{name}: log", round(found.log_bytes / 1000, 1), unit="kB", most=100,
                before="79,000" if found is slow else ""),
        ]  # fmt: skip
    return rows
