"""Cases `faults`, `outage`, `urgent`: what one chat's trouble, failing calls and a long queue do to all others."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from evaluation.load.kills import come_again
from evaluation.load.processes import Kind, Mode, running
from evaluation.load.questions import ROOT, URGENT, one_after_another
from evaluation.load.row import Options, Row, p50_and_p99
from evaluation.load.server import PUTS_MESSAGE, Failure, Rule, TelegramServer

RATE = 10.0
_FIRST_OTHER, _TROUBLED, _GROUP, _IN_DANGER = 20_000_001, 30_000_001, -1_001_000_001, 40_000_001
_IDLE = 20.0
"""Seconds without a call after which no answer is expected any more."""

_AWAITED = 100
"""Updates that Telegram has not been told to forget, at most, when the bot has taken all of them in."""

_ASK = {"entities": [{"type": "bot_command", "offset": 0, "length": 4}]}


@dataclass(frozen=True, slots=True)
class Others:
    """How long those waited who had nothing to do with it; `urgent`: how long who was in danger did."""

    asked: int
    p50: float
    p99: float
    lost: int
    twice: int
    urgent: float | None = None


Trouble = Callable[[TelegramServer], None]
"""Begins some seconds after the first questions."""


def nothing(_: TelegramServer) -> None:
    """No trouble, to compare with."""


def one_chat(failure: Failure) -> Trouble:
    """One chat fails whenever something is sent to it, and asks five times."""

    def begin(server: TelegramServer) -> None:
        server.rules.append(Rule(failure, chats={_TROUBLED}, methods=PUTS_MESSAGE, retry_after=10, seconds=30))
        for text in itertools.islice(one_after_another(), 5):
            server.ask(_TROUBLED, text)

    return begin


def some_chats(failure: Failure) -> Trouble:
    """Twenty chats fail, and each asks once."""

    def begin(server: TelegramServer) -> None:
        chats = range(_TROUBLED, _TROUBLED + 20)
        server.rules.append(Rule(failure, chats=chats, methods=PUTS_MESSAGE))
        for chat, text in zip(chats, one_after_another(), strict=False):
            server.ask(chat, text)

    return begin


def some_calls(failure: Failure, share: float = 0.2, *, all_methods: bool = False) -> Trouble:
    """A share of all calls fails, whoever they are for."""

    def begin(server: TelegramServer) -> None:
        server.rules.append(Rule(failure, methods=None if all_methods else PUTS_MESSAGE, share=share, retry_after=1))

    return begin


def busy_group(server: TelegramServer) -> None:
    """A group asks thirty times at once."""
    for number, text in zip(range(30), one_after_another(), strict=False):
        server.ask(_GROUP, f"/ask {text}", person=6_000_001 + number, **_ASK)


async def among_others(
    trouble: Trouble,
    *,
    kind: Kind = "ours",
    mode: Mode = "polling",
    root: Path = ROOT,
    seconds: float = 20.0,
    urgent: bool = False,
    limits: bool = True,
    patience: float = 120.0,
) -> Others:
    """Ten questions a second in chats of their own, among which the trouble begins; how long *their* answers took."""
    async with running(kind, mode, root=root, limits=limits) as (server, _):
        server.ask(_FIRST_OTHER - 1, "does it hurt")
        await server.until(lambda: server.answers(_FIRST_OTHER - 1), 30)
        server.limits.enforced = limits and kind == "ours"
        chats = range(_FIRST_OTHER, _FIRST_OTHER + round(RATE * seconds))
        begun, texts = time.monotonic(), one_after_another()
        for number, chat in enumerate(chats):
            await asyncio.sleep(max(0.0, begun + number / RATE - time.monotonic()))
            server.ask(chat, next(texts))
            if number == round(RATE):
                trouble(server)
            if number == round(1.5 * RATE) and urgent:
                server.ask(_IN_DANGER, URGENT)
        await until_answered(server, chats, patience)
        if urgent:
            await server.until(lambda: server.answers(_IN_DANGER), patience)
        return _others(server, chats)


async def until_answered(server: TelegramServer, chats: Collection[int], patience: float) -> bool:
    """Wait for all the answers, but not longer than the bot still does anything."""
    calls, since, end = -1, time.monotonic(), time.monotonic() + patience
    while server.unanswered(chats):
        now = server.count() - server.count("getUpdates")
        if now != calls or server.pending:
            calls, since = now, time.monotonic()
        if time.monotonic() > min(end, since + _IDLE):
            return False
        await asyncio.sleep(0.05)
    return True


def _others(server: TelegramServer, chats: range) -> Others:
    now, answered = time.monotonic(), [server.seconds(chat) for chat in chats]
    # Who got nothing has waited as long as this, and longer.
    waited = [now - server.asked[chat] if taken is None else taken for chat, taken in zip(chats, answered, strict=True)]
    p50, p99 = p50_and_p99(waited)
    twice = sum(1 for chat, _ in come_again(server.sent) if chat in chats)
    urgent = server.seconds(_IN_DANGER) if _IN_DANGER in server.asked else None
    return Others(len(chats), p50, p99, answered.count(None), twice, urgent)


_PRIVATE: Mapping[str, tuple[Trouble, str]] = {
    "one chat always gets 429, retry after 10 s": (one_chat("429"), "54 / 61"),
    "one chat hangs for 30 s": (one_chat("hang"), "2.2 / 5.0"),
    "twenty users have blocked the bot": (some_chats("403"), "0.05 / 0.42"),
    "twenty chats are not found": (some_chats("400"), "0.008 / 0.02"),
}
_SHARED: Mapping[str, tuple[Trouble, str]] = {
    "20% of sends get 429, retry after 1 s": (some_calls("429"), "0 (p50 34 s)"),
    "20% of sends get 500": (some_calls("500"), "31 of 200"),
    "20% of all calls get 502 with HTML": (some_calls("502", all_methods=True), "32 of 200"),
    "20% of all connections are reset": (some_calls("reset", all_methods=True), "52 of 200"),
    "20% of sends get a broken body": (some_calls("broken body"), ""),
    "20% of sends are carried out, then reset": (some_calls("reset after"), ""),
}
_ADDED = 0.1
"""Seconds that one chat's trouble may add to the 99th percentile of the others."""


async def faults(options: Options) -> list[Row]:
    """One chat in trouble, a busy group, and calls that fail now and then."""
    root, seconds = options.root, max(5.0, 20.0 * options.scale)
    calm = await among_others(nothing, root=root, seconds=seconds)
    calm_echo = await among_others(nothing, kind="echo", seconds=seconds)
    rows = _times("no trouble", calm, calm_echo, "0.009 / 0.018")
    for name, (trouble, before) in _PRIVATE.items():
        ours = await among_others(trouble, root=root, seconds=seconds)
        echo = await among_others(trouble, kind="echo", seconds=seconds)
        rows += _times(name, ours, echo, before, most=calm.p99 + _ADDED)
    ours = await among_others(busy_group, root=root, seconds=seconds, urgent=True)
    rows += _times("a group asks 30 times at once", ours, None, "27.8 / 30.1", most=calm.p99 + _ADDED)
    rows.append(Row("“I can't breathe” in private meanwhile", _rounded(ours.urgent), unit="s", most=0.5, before="29.1"))
    for name, (trouble, before) in _SHARED.items():
        ours = await among_others(trouble, root=root, seconds=seconds)
        echo = await among_others(trouble, kind="echo", seconds=seconds)
        rows.append(Row(f"{name}: never answered, of {ours.asked}", ours.lost, echo.lost, most=0, before=before))
        rows.append(Row(f"{name}: median answer", round(ours.p50, 3), round(echo.p50, 3), "s"))
        if ours.twice or echo.twice:
            rows.append(Row(f"{name}: answered twice", ours.twice, echo.twice))
    return rows


def _times(name: str, ours: Others, echo: Others | None, before: str, most: float | None = None) -> list[Row]:
    p50, p99 = (round(echo.p50, 3), round(echo.p99, 3)) if echo else (None, None)
    return [
        Row(f"{name}: the others' answers, median", round(ours.p50, 3), p50, "s"),
        Row(f"{name}: the others' answers, 99th percentile", round(ours.p99, 3), p99, "s", most=most, before=before),
        Row(f"{name}: others not answered within two minutes", ours.lost, echo.lost if echo else None, most=0),
    ]


@dataclass(frozen=True, slots=True)
class Outage:
    """`first`: seconds from its end to the first answer after it."""

    asked: int
    lost: int
    twice: int
    first: float | None


async def go_through_outage(
    seconds: float, *, kind: Kind = "ours", mode: Mode = "polling", failure: Failure = "502", root: Path = ROOT
) -> Outage:
    """Fifty questions are in hand when Telegram goes away; twenty more are asked just before it comes back."""
    async with running(kind, mode, root=root) as (server, _):
        texts, chats = one_after_another(), range(_FIRST_OTHER, _FIRST_OTHER + 70)
        away = Rule(failure)
        for chat in chats[:50]:
            server.ask(chat, next(texts))
        await server.until(lambda: server.sent, 30)
        server.rules.append(away)
        await asyncio.sleep(max(0.0, seconds - 1.0))
        for chat in chats[50:]:
            server.ask(chat, next(texts))
        await asyncio.sleep(min(seconds, 1.0))
        server.rules.remove(away)
        end = time.monotonic()
        await until_answered(server, chats, 120)
        after = [answer.moment - end for answers in server.sent.values() for answer in answers if answer.moment > end]
        twice = sum(1 for _ in come_again(server.sent))
        return Outage(len(chats), len(server.unanswered(chats)), twice, min(after, default=None))


async def outage(options: Options) -> list[Row]:
    """Telegram is away for a minute."""
    seconds, rows = max(5.0, 60.0 * options.scale), []
    kinds: tuple[tuple[Mode, Failure, str], ...] = (
        ("polling", "502", "50 of 50 in hand"),
        ("polling", "reset", ""),
        ("webhook", "502", ""),
    )
    for mode, failure, before in kinds:
        ours = await go_through_outage(seconds, mode=mode, failure=failure, root=options.root)
        echo = await go_through_outage(seconds, kind="echo", mode=mode, failure=failure)
        name = f"{mode}, all calls {'get 502' if failure == '502' else 'reset'} for {seconds:.0f} s"
        late = "15.1" if failure == "reset" else ""
        rows += [
            Row(f"{name}: never answered, of {ours.asked}", ours.lost, echo.lost, most=0, before=before),
            Row(f"{name}: first answer after it", _rounded(ours.first), _rounded(echo.first), "s", 5, before=late),
            Row(f"{name}: answered twice", ours.twice, echo.twice, most=0),
        ]
    return rows


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 2)


@dataclass(frozen=True, slots=True)
class Cried:
    """`seconds`: until the answer, None if that took too long; `before`: answers of others that left meanwhile."""

    seconds: float | None
    before: int


async def cry_behind_queue(
    queue: int, *, mode: Mode = "polling", taken: bool = True, root: Path = ROOT, patience: float = 90.0
) -> Cried:
    """“I can't breathe” behind so many questions of others.

    `taken`: the bot has taken them in by then and answers them as fast as it may. Else they still come from Telegram.
    """
    async with running("ours", mode, root=root) as (server, _):
        server.limits.enforced = True
        for number, text in zip(range(queue), one_after_another(), strict=False):
            server.ask(_FIRST_OTHER + number, text)
        await server.until(lambda: len(server.sent) >= 20, 30)
        if taken:
            await server.until(lambda: len(server.pending) <= _AWAITED, 60)
        before = len(server.sent)
        server.ask(_IN_DANGER, URGENT)
        await server.until(lambda: server.answers(_IN_DANGER), patience)
        left = list(server.sent)
        overtaken = left.index(_IN_DANGER) if _IN_DANGER in left else len(left)
        return Cried(server.seconds(_IN_DANGER), overtaken - before)


async def cry_in_busy_group(asked: int, *, root: Path = ROOT, patience: float = 90.0) -> float | None:
    """The same in a group that has asked so many times itself."""
    async with running("ours", root=root) as (server, _):
        server.limits.enforced = True
        for number, text in zip(range(asked), one_after_another(), strict=False):
            server.ask(_GROUP, f"/ask {text}", person=6_000_001 + number, **_ASK)
        await server.until(lambda: server.answers(_GROUP), 30)
        begun = time.monotonic()
        server.ask(_GROUP, f"/ask {URGENT}", person=_IN_DANGER, **_ASK)
        await server.until(lambda: _is_told(server), patience)
        return next((sent.moment - begun for sent in server.answers(_GROUP) if _is_urgent(sent.text)), None)


def _is_told(server: TelegramServer) -> bool:
    return any(_is_urgent(sent.text) for sent in server.answers(_GROUP))


def _is_urgent(text: str) -> bool:
    return "🚨" in text[:20]


async def urgent(options: Options) -> list[Row]:
    """Somebody is in danger behind a long queue; Telegram's limits are enforced."""
    queue, rows = options.some(1000), []
    modes: tuple[Mode, ...] = ("polling", "webhook")
    for mode in modes:
        for taken, where in ((True, "that the bot has taken in"), (False, "that still come from Telegram")):
            found = await cry_behind_queue(queue, mode=mode, taken=taken, root=options.root)
            name = f"{mode}: “I can't breathe” behind {queue:,} questions {where}"
            rows.append(Row(name, _rounded(found.seconds), unit="s", most=0.5))
            rows.append(Row(f"{name}: others answered meanwhile", found.before))
    told = _rounded(await cry_in_busy_group(30, root=options.root))
    rows.append(Row("in the very group that has asked 30 times", told, unit="s", before="27.8"))
    return rows
