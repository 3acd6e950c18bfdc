"""Bots compared by the figures of `evaluation.score` on what nothing is fitted to: as data, and as a table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from evaluation.score import describe, judge, shares
from evaluation.sets import ROOT, Ids, MessageSet, SetName, read_set
from knowledge.answering import Answerer
from knowledge.model import Knowledge

SETS: tuple[SetName, ...] = ("dev", "held_out")

Row = dict[str, Any]
"""What a bot is called, and its figures under the name of each set."""


def read_sets(knowledge: Knowledge) -> list[MessageSet]:
    return [read_set(name, Ids.of(knowledge)) for name in SETS]


def measure(bot: Answerer, sets: Iterable[MessageSet]) -> Row:
    """All figures of each set, by its name."""
    return {each.name: describe(shares(judge(bot, each))) for each in sets}


def keep(rows: Iterable[Row], name: str) -> None:
    """Print each row as soon as it is there, and write all of them into the file of results `name`."""
    begun, kept = datetime.now(UTC).isoformat(timespec="seconds"), []
    for row in rows:
        print(json.dumps(row), flush=True)
        kept.append(row)
    path = ROOT / "evaluation" / "results" / f"{name}.json"
    path.write_text(json.dumps({"begun": begun, "rows": kept}, indent=1) + "\n", encoding="utf-8")


def tabulate(
    rows: Iterable[Mapping[str, Any]], names: Sequence[str], figures: Sequence[str]
) -> tuple[list[str], list[list[str]]]:
    """Head and rows of a table: what a row has under `names`, and its shares; a dash for what a set has nothing of."""
    columns = [(name, figure) for name in SETS for figure in figures]
    head = [*names, *(f"{figure.replace('_', ' ')}, {name}" for name, figure in columns)]
    return head, [
        [*(str(row[name]) for name in names), *(_show(row[name].get(figure)) for name, figure in columns)]
        for row in rows
    ]


def _show(share: Mapping[str, float] | None) -> str:
    return f"{100 * share['share']:.1f} %" if share else "–"
