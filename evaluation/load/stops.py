"""Cases `stop` and `operation`: SIGTERM in every condition, a token that is refused, a second poller, no network."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from evaluation.load.faults import until_answered
from evaluation.load.kills import come_again
from evaluation.load.postgresql import Postgresql
from evaluation.load.processes import FIRST_START, Bot, Kind, Mode, running
from evaluation.load.questions import ROOT, one_after_another
from evaluation.load.row import Options, Row
from evaluation.load.server import PUTS_MESSAGE, Rule, TelegramServer

_FIRST_CHAT, _TROUBLED, _GROUP = 60_000_001, 70_000_001, -1_001_000_002
_ASK = {"entities": [{"type": "bot_command", "offset": 0, "length": 4}]}
SOON = 8.0
"""Seconds within which SIGTERM must have ended the bot: Docker kills after ten."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """`lost`, `twice`: of what was asked before the signal, when the bot has been started again and is quiet."""

    seconds: float
    status: int | None
    asked: int
    lost: int
    twice: int


Condition = Callable[[TelegramServer], None]


def idle(_: TelegramServer) -> None:
    """Nothing to do."""


def queued(number: int) -> Condition:
    """So many questions wait."""

    def prepare(server: TelegramServer) -> None:
        for chat, text in zip(range(_FIRST_CHAT, _FIRST_CHAT + number), one_after_another(), strict=False):
            server.ask(chat, text)

    return prepare


def limited_chat(server: TelegramServer) -> None:
    """One chat gets 429 for 20 s, and twenty others ask behind it."""
    server.rules.append(Rule("429", chats={_TROUBLED}, methods=PUTS_MESSAGE, retry_after=20))
    server.ask(_TROUBLED, "does it hurt")
    queued(20)(server)


def hanging_chat(server: TelegramServer) -> None:
    """Calls for one chat hang, and twenty others ask behind it."""
    server.rules.append(Rule("hang", chats={_TROUBLED}, methods=PUTS_MESSAGE, seconds=30))
    server.ask(_TROUBLED, "does it hurt")
    queued(20)(server)


async def stop_in(
    condition: Condition,
    *,
    kind: Kind = "ours",
    mode: Mode = "polling",
    root: Path = ROOT,
    after: float = 1.5,
    patience: float = 60.0,
) -> Stopped:
    """SIGTERM some seconds after the condition has begun; then a new start without the trouble."""
    async with running(kind, mode, root=root) as (server, bot):
        server.limits.enforced = True
        condition(server)
        await asyncio.sleep(after)
        return await _stop_and_start(server, bot, patience)


async def stop_with_frozen_database(*, root: Path = ROOT, patience: float = 60.0) -> Stopped:
    """SIGTERM while PostgreSQL does not answer, and a group and twenty others have asked."""
    async with Postgresql() as database:
        url = await database.new_database()
        async with running("ours", "polling", root=root, settings={"DATABASE_URL": url}) as (server, bot):
            server.ask(_FIRST_CHAT - 1, "does it hurt")
            await server.until(lambda: server.sent, 30)
            database.freeze()
            server.ask(_GROUP, "/ask does it hurt", **_ASK)
            queued(20)(server)
            await asyncio.sleep(1.5)
            return await _stop_and_start(server, bot, patience, database.thaw)


async def _stop_and_start(
    server: TelegramServer, bot: Bot, patience: float, mend: Callable[[], None] = lambda: None
) -> Stopped:
    seconds, status = await bot.stop(patience)
    server.rules.clear()
    server.limits.enforced = False
    mend()
    bot.limits = False  # what was left is to be counted, not waited for
    await bot.start()
    await until_answered(server, list(server.asked), 60)
    twice = sum(1 for chat, _ in come_again(server.sent) if chat > 0)
    return Stopped(seconds, status, len(server.asked), len(server.unanswered(server.asked)), twice)


async def stop(options: Options) -> list[Row]:
    """SIGTERM."""
    conditions: Mapping[str, tuple[Condition, str]] = {
        "idle": (idle, ""),
        "600 questions queued": (queued(options.some(600)), "24.0"),
        "one chat gets 429, 20 questions behind it": (limited_chat, "> 60, 20 of 20 lost"),
        "one chat hangs, 20 questions behind it": (hanging_chat, ""),
    }
    rows = []
    for name, (condition, before) in conditions.items():
        ours = await stop_in(condition, root=options.root)
        echo = await stop_in(condition, kind="echo")
        rows += _stop_rows(f"polling, {name}", ours, echo, before)
    ours = await stop_in(queued(options.some(600)), mode="webhook", root=options.root)
    rows += _stop_rows("webhook, 600 questions queued", ours, None, "24.0")
    rows += _stop_rows("PostgreSQL frozen", await stop_with_frozen_database(root=options.root), None, "")
    return rows


def _stop_rows(name: str, ours: Stopped, echo: Stopped | None, before: str) -> list[Row]:
    taken = round(echo.seconds, 2) if echo else None
    status = "killed after 60 s" if ours.status is None else ours.status
    return [
        Row(f"{name}: gone after", round(ours.seconds, 2), taken, "s", most=SOON, before=before),
        Row(f"{name}: exit status", status, echo.status if echo else None, most=0),
        Row(f"{name}: never answered, of {ours.asked}", ours.lost, echo.lost if echo else None, most=0),
        Row(f"{name}: answered twice", ours.twice, echo.twice if echo else None, most=0),
    ]


@dataclass(frozen=True, slots=True)
class Ended:
    """`seconds`: until it was gone, or as long as was waited; `status`: None where it lives on."""

    seconds: float
    status: int | None
    lines: int
    tracebacks: int
    last_line: str


async def refuse_token(*, kind: Kind = "ours", root: Path = ROOT, patience: float = 20.0) -> Ended:
    """Telegram refuses the token of a bot that serves."""
    async with running(kind, root=root) as (server, bot):
        before = len(bot.said())
        server.rules.append(Rule("401"))
        server.ask(_FIRST_CHAT, "does it hurt")
        return await _end(bot, patience, before)


async def take_port(*, kind: Kind = "ours", root: Path = ROOT, patience: float = 60.0) -> Ended:
    """The webhook's port is another process's."""
    async with running(kind, "webhook", root=root, start=False) as (_, bot):
        with socket.socket() as door:
            door.bind(("127.0.0.1", bot.port))
            door.listen()
            await bot.launch()
            return await _end(bot, patience, 0)


async def _end(bot: Bot, patience: float, before: int) -> Ended:
    seconds, status = await bot.gone(patience)
    said = bot.said()[before:].splitlines()
    tracebacks = sum(line.startswith("Traceback") for line in said)
    return Ended(seconds, status, len(said), tracebacks, said[-1] if said else "")


@dataclass(frozen=True, slots=True)
class Contested:
    """Two pollers for some seconds; `alone`: seconds from the end of one to an answer of the other."""

    lines: int
    tracebacks: int
    asked: int
    lost: int
    twice: int
    alone: float | None


async def poll_twice(*, kind: Kind = "ours", root: Path = ROOT, seconds: float = 12.0) -> Contested:
    """A second process polls with the same token, then goes away."""
    async with running(kind, root=root) as (server, first):
        folder = first.folder / "second"
        folder.mkdir()
        second = Bot(server, folder, kind, root=root)
        await second.launch()
        try:
            await server.until(lambda: server.count("getUpdates", "conflict"), FIRST_START)
            end, texts, chats = time.monotonic() + seconds, one_after_another(), list[int]()
            while time.monotonic() < end:
                chats.append(_FIRST_CHAT + len(chats))
                server.ask(chats[-1], next(texts))
                await asyncio.sleep(0.25)
            said = first.said() + second.said()
        finally:
            await second.kill()
        begun = time.monotonic()
        server.ask(_TROUBLED, "does it hurt")
        await server.until(lambda: server.answers(_TROUBLED), 60)
        await server.until(lambda: not server.unanswered(chats), 30)
        answers = server.answers(_TROUBLED)
        return Contested(
            len(said.splitlines()),
            said.count("Traceback (most recent call last)"),
            len(chats),
            len(server.unanswered(chats)),
            sum(1 for _ in come_again(server.sent)),
            answers[0].moment - begun if answers else None,
        )


@dataclass(frozen=True, slots=True)
class Offline:
    """A start without network; `goes_on`: seconds from its coming to an answer, None where none came."""

    alive: bool
    lines: int
    tracebacks: int
    goes_on: float | None


async def start_offline(*, kind: Kind = "ours", root: Path = ROOT, seconds: float = 20.0) -> Offline:
    """Telegram can't be reached when the bot starts; some seconds later it can."""
    async with running(kind, root=root, start=False) as (server, bot):
        await server.close_door()
        await bot.launch()
        await asyncio.sleep(seconds)
        alive = bot.process is not None and bot.process.returncode is None
        said = bot.said()
        await server.open_door()
        begun = time.monotonic()
        server.ask(_FIRST_CHAT, "does it hurt")
        if alive:
            await server.until(lambda: server.sent, 60)
        answers = server.answers(_FIRST_CHAT)
        tracebacks = said.count("Traceback (most recent call last)")
        goes_on = answers[0].moment - begun if answers else None
        return Offline(alive, len(said.splitlines()), tracebacks, goes_on)


async def operation(options: Options) -> list[Row]:
    """What an operator meets: a refused token, a second poller, no network, a port that is taken."""
    root = options.root
    refused, refused_echo = await refuse_token(root=root), await refuse_token(kind="echo")
    rows = [
        Row("token refused while serving: gone after", _gone(refused), _gone(refused_echo), "s", 10, before="never"),
        Row("token refused while serving: exit status", _status(refused), _status(refused_echo), most=1, least=1),
        Row("token refused while serving: lines of log", refused.lines, refused_echo.lines, most=5, before="2,905"),
    ]
    two, two_echo = await poll_twice(root=root), await poll_twice(kind="echo")
    rows += [
        Row("a second poller for 12 s: tracebacks", two.tracebacks, two_echo.tracebacks, most=0, before="one in 2 s"),
        Row("a second poller for 12 s: lines of log of both", two.lines, two_echo.lines),
        Row(f"a second poller for 12 s: never answered, of {two.asked}", two.lost, two_echo.lost, most=0, before="0"),
        Row("a second poller for 12 s: answered twice", two.twice, two_echo.twice, before="2 of 100"),
        Row("alone again: answered after", _short(two.alone), _short(two_echo.alone), "s", most=35),
    ]
    off, off_echo = await start_offline(root=root), await start_offline(kind="echo")
    rows += [
        Row("no network at start: goes on after it comes", _short(off.goes_on), _short(off_echo.goes_on), "s", 15,
            before="never (exit 1)"),
        Row("no network at start, 20 s: lines of log", off.lines, off_echo.lines, most=10),
    ]  # fmt: skip
    port, port_echo = await take_port(root=root), await take_port(kind="echo")
    rows += [
        Row("webhook's port taken: exit status", _status(port), _status(port_echo), most=2, least=1),
        Row("webhook's port taken: tracebacks", port.tracebacks, port_echo.tracebacks, most=0, before="1"),
    ]
    return rows


def _gone(ended: Ended) -> float | str:
    return "never" if ended.status is None else round(ended.seconds, 2)


def _status(ended: Ended) -> int | str:
    return "lives on" if ended.status is None else ended.status


def _short(seconds: float | None) -> float | str:
    return "never" if seconds is None else round(seconds, 2)
