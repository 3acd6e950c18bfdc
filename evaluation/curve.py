"""How accuracy grows with the messages that an entry has: what an editor has to write, and what is more than enough.

    python -m evaluation.curve        # some minutes; writes evaluation/results/curve.json

The bot learns anew from 15, 30 and 60 messages an entry, drawn by lot with three seeds, and from all of them; how sure
it may be is fitted anew each time. The subjects out of scope keep their messages. Judged on training, in folds, and on
dev, never on held_out.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from evaluation.relearning import SETS, Source, measure
from evaluation.sets import ROOT, Ids, MessageSet, SetName, read_set
from knowledge.matching.trained import Message

SIZES: tuple[int | None, ...] = (15, 30, 60, None)
"""Messages an entry, its canonical question included; None: all that there are."""

SEEDS = (1, 2, 3)
RESULT = ROOT / "evaluation" / "results" / "curve.json"


def draw(source: Source, most: int | None, seed: int) -> Source:
    """The same with at most so many messages an entry: its canonical question, and others by lot."""
    if most is None:
        return source
    chance = random.Random(seed)  # noqa: S311 (for sameness, not for secrets)
    by_entry: dict[str, list[Message]] = {name: [] for name in source.knowledge.entries}
    for message in source.messages:
        by_entry.get(message.label, []).append(message)
    left: set[Message] = set()
    for name, messages in by_entry.items():
        question = source.knowledge.entries[name].question
        first = next(message for message in messages if message.text == question)
        others = [message for message in messages if message is not first]
        left |= {first, *chance.sample(others, min(most - 1, len(others)))}
    kept = [message for message in source.messages if message.label not in by_entry or message in left]
    return replace(source, messages=kept)


def count_ours(source: Source) -> int:
    """The messages of our entries."""
    return sum(message.label in source.knowledge.entries for message in source.messages)


def points(sizes: Sequence[int | None] = SIZES, seeds: Sequence[int] = SEEDS) -> Iterator[tuple[int | None, int]]:
    """Sizes with their seeds; all messages are drawn in one way only."""
    for most in sizes:
        for seed in seeds if most is not None else seeds[:1]:
            yield most, seed


def measure_point(source: Source, sets: Mapping[SetName, MessageSet], most: int | None, seed: int) -> dict[str, Any]:
    fewer = draw(source, most, seed)
    row: dict[str, Any] = {"most": most, "seed": seed, "messages": count_ours(fewer)}
    return row | measure(fewer.knowledge, fewer.learn(), sets)


def table(result: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Head and rows of a table: the mean over the seeds, and behind it the lowest and the highest where they differ."""
    columns = [(name, figure) for name in SETS for figure in ("ranked_first", "right_first", "wrong_with_confidence")]
    head = ["messages an entry", "in all", *(f"{figure.replace('_', ' ')}, {name}" for name, figure in columns)]
    rows = []
    for most in dict.fromkeys(row["most"] for row in result["rows"]):
        same = [row for row in result["rows"] if row["most"] == most]
        in_all = sum(row["messages"] for row in same) / len(same)
        cells = [
            _spread([row[name][figure]["hits"] / row[name][figure]["of"] for row in same]) for name, figure in columns
        ]
        rows.append(["all" if most is None else str(most), f"{in_all:,.0f}", *cells])
    return head, rows


def _spread(values: Sequence[float]) -> str:
    mean, low, high = sum(values) / len(values), min(values), max(values)
    return f"{100 * mean:.1f} %" if len(values) == 1 else f"{100 * mean:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def main() -> None:
    source = Source.read()
    sets = {name: read_set(name, Ids.of(source.knowledge)) for name in SETS}
    rows = []
    for most, seed in points():
        rows.append(measure_point(source, sets, most, seed))
        print(json.dumps(rows[-1]), flush=True)
    result = {"begun": datetime.now(UTC).isoformat(timespec="seconds"), "rows": rows}
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
