"""Case `storage`: a database that is locked, gone, noise, frozen or killed must not hold up an answer."""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.load.postgresql import Postgresql
from evaluation.load.processes import running
from evaluation.load.questions import ROOT, one_after_another
from evaluation.load.row import Options, Row, p50_and_p99
from evaluation.load.server import Sent, TelegramServer

_FIRST_CHAT, _VOTER, _GROUP = 80_000_001, 90_000_001, -1_001_000_003
_RATE = 10.0
_ASK = {"entities": [{"type": "bot_command", "offset": 0, "length": 4}]}
_VOTE = "vote:"

Break = Callable[[Path], Coroutine[Any, Any, None]]
"""Breaks the database, and mends it before it returns where it can be mended; given the file of SQLite's."""


@dataclass(frozen=True, slots=True)
class Weathered:
    """`group`, `vote`: seconds until a question in a group and a vote were answered, asked while it was broken.

    `after`: the same of a vote when it is well again. `warnings`: lines of log at WARNING or above.
    """

    asked: int
    p50: float
    p99: float
    lost: int
    group: float | None
    vote: float | None
    after: float | None
    warnings: int


async def lock(file: Path) -> None:
    """Another process writes for ten seconds."""

    def hold() -> None:
        connection = sqlite3.connect(file, isolation_level=None)
        try:
            connection.execute("BEGIN EXCLUSIVE")
            time.sleep(10)
            connection.execute("ROLLBACK")
        finally:
            connection.close()

    await asyncio.to_thread(hold)


async def delete(file: Path) -> None:
    """Somebody removes the file and what belongs to it."""
    for each in file.parent.glob(f"{file.name}*"):
        each.unlink()
    await asyncio.sleep(10)


async def overwrite(file: Path) -> None:
    """Somebody writes noise over the file, and over what SQLite has not put into it yet."""
    for each in (file, file.with_name(f"{file.name}-wal")):
        await asyncio.to_thread(each.write_bytes, secrets.token_bytes(100_000))
    await asyncio.sleep(10)


async def weather(begin: Break, *, database: str | None = None, root: Path = ROOT, seconds: float = 15.0) -> Weathered:
    """Ten questions a second in chats of their own; the database breaks after a second."""
    settings = {"DATABASE_URL": database} if database else {}
    async with running("ours", root=root, settings=settings) as (server, bot):
        answer = await _votable(server)
        chats = range(_FIRST_CHAT, _FIRST_CHAT + round(_RATE * seconds))
        breaking: asyncio.Task[None] | None = None
        begun, texts = time.monotonic(), one_after_another()
        waiting: list[asyncio.Task[float | None]] = []
        for number, chat in enumerate(chats):
            await asyncio.sleep(max(0.0, begun + number / _RATE - time.monotonic()))
            server.ask(chat, next(texts))
            if number == 10:
                breaking = asyncio.create_task(begin(bot.folder / "data" / "bot.db"))
            if number == 20:
                waiting = [asyncio.create_task(_ask_in_group(server)), asyncio.create_task(_vote(server, answer, 1))]
        if breaking:
            await breaking
        await server.until(lambda: not server.unanswered(chats), 90)
        in_group, voted = await asyncio.gather(*waiting)
        after = await _vote(server, answer, 2)
        times = [taken for chat in chats if (taken := server.seconds(chat)) is not None]
        warnings = sum(any(level in line for level in ("WARNING", "ERROR")) for line in bot.said().splitlines())
        return Weathered(len(chats), *p50_and_p99(times), len(chats) - len(times), in_group, voted, after, warnings)


async def _votable(server: TelegramServer) -> Sent:
    """An answer with thumbs below it."""
    for number, text in enumerate(one_after_another()):
        chat = _VOTER + 100 + number
        server.ask(chat, text)
        await server.until(lambda chat=chat: server.answers(chat), 30)  # type: ignore[misc]
        for answer in server.answers(chat):
            if any(data.startswith(_VOTE) for data in answer.buttons):
                return answer
        if number == 30:
            break
    raise RuntimeError("no answer can be voted on")


async def _vote(server: TelegramServer, answer: Sent, voter: int) -> float | None:
    before, begun = server.count("answerCallbackQuery"), time.monotonic()
    data = next(data for data in answer.buttons if data.startswith(_VOTE))
    server.press(_VOTER + voter, answer, data)
    answered = await server.until(lambda: server.count("answerCallbackQuery") > before, 60)
    return time.monotonic() - begun if answered else None


async def _ask_in_group(server: TelegramServer) -> float | None:
    server.ask(_GROUP, "/ask does it hurt", **_ASK)
    await server.until(lambda: server.answers(_GROUP), 60)
    return server.seconds(_GROUP)


async def storage(options: Options) -> list[Row]:
    """A database in trouble."""
    rows, root = [], options.root
    files: tuple[tuple[str, Break, str], ...] = (
        ("SQLite locked for 10 s", lock, "7.0 / 10.0"),
        ("SQLite's file deleted", delete, "fine; nothing said"),
        ("SQLite's file overwritten", overwrite, "0.01 / 0.05"),
    )
    for name, begin, before in files:
        rows += _rows(name, await weather(begin, root=root), before)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(Postgresql())

        async def freeze(_: Path) -> None:
            server.freeze()
            await asyncio.sleep(10)
            server.thaw()

        async def kill(_: Path) -> None:
            await server.kill_and_restart(7.0)

        for name, begin, before in (
            ("PostgreSQL frozen for 10 s", freeze, "58 / 62"),
            ("PostgreSQL killed, away for 7 s", kill, "0.01 / 0.03"),
        ):
            found = await weather(begin, database=await server.new_database(), root=root)
            rows += _rows(name, found, before)
    return rows


def _rows(name: str, found: Weathered, before: str) -> list[Row]:
    return [
        Row(f"{name}: answers, 99th percentile", round(found.p99, 3), unit="s", most=0.5, before=before),
        Row(f"{name}: never answered, of {found.asked}", found.lost, most=0),
        Row(f"{name}: question in a group answered after", _short(found.group), unit="s", most=1.0),
        Row(f"{name}: vote answered after", _short(found.vote), unit="s", most=2.5),
        Row(f"{name}: vote answered when it is over", _short(found.after), unit="s", most=1.0),
        Row(f"{name}: warnings in the log", found.warnings, least=1),
    ]


def _short(seconds: float | None) -> float | str:
    return "never" if seconds is None else round(seconds, 2)
