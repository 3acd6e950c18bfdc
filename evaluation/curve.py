"""How accuracy grows with the phrasings that an entry has: what an editor has to write, and what is more than enough.

    python -m evaluation.curve        # some minutes; writes evaluation/results/curve.json

The model is learnt anew from 15, 30 and 60 phrasings an entry, drawn by lot with three seeds, and from all of them. The
subjects out of scope keep theirs, and so do vocabulary and confidence. Measured on training and dev, never on held_out.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from evaluation.score import Share, judge, shares
from evaluation.sets import ROOT, Ids, MessageSet, SetName, read_set
from knowledge.answering import Answerer
from knowledge.language.text import fold
from knowledge.loading.load import load
from knowledge.matching.classifier import NOTHING_LEARNT
from knowledge.matching.train import learnt
from knowledge.model import Entry, Knowledge

SIZES: tuple[int | None, ...] = (15, 30, 60, None)
"""Phrasings an entry, its canonical question included; None: all that there are."""

SEEDS = (1, 2, 3)
SETS: tuple[SetName, ...] = ("training", "dev")
RESULT = ROOT / "evaluation" / "results" / "curve.json"
SHOWN = ("right_first", "offered", "wrong_with_confidence", "near_answered", "far_answered")


def drawn(entry: Entry, most: int, chance: random.Random) -> Entry:
    """The entry with its canonical question and others of its phrasings, `most` in all, in their old order."""
    if len(entry.asked) <= most:
        return entry
    places = sorted(chance.sample(range(len(entry.phrasings)), most - 1))
    return replace(entry, phrasings=tuple(entry.phrasings[place] for place in places))


def thinned(knowledge: Knowledge, most: int | None, seed: int) -> Knowledge:
    """`knowledge` with at most so many phrasings an entry, and nothing learnt yet."""
    chance = random.Random(seed)  # noqa: S311 (for sameness, not for secrets)
    entries = {name: entry if most is None else drawn(entry, most, chance) for name, entry in knowledge.entries.items()}
    return replace(knowledge, entries=entries, learnt=NOTHING_LEARNT)


def learn(knowledge: Knowledge) -> Answerer:
    """A bot that has learnt from the phrasings of `knowledge` and from no others."""
    return Answerer(replace(knowledge, learnt=learnt(knowledge)))


def ranked_first(answerer: Answerer, messages: MessageSet) -> Share:
    """How many short questions have a right entry at the head of their ranking, however sure the bot is of it."""
    found = [
        (answerer.judged(answerer.matcher.lexicon.read(fold(row.text))).ranking.entries, row.accept)
        for row in messages.questions
    ]
    return Share(sum(bool(entries) and entries[0].name in accept for entries, accept in found), len(found))


def measure(knowledge: Knowledge, sets: Iterable[MessageSet], most: int | None, seed: int) -> dict[str, Any]:
    """One point of the curve."""
    fewer = thinned(knowledge, most, seed)
    answerer = learn(fewer)
    row: dict[str, Any] = {"most": most, "seed": seed, "phrasings": sum(len(e.asked) for e in fewer.entries.values())}
    for messages in sets:
        asked = replace(messages, posts=(), out_of_scope_posts=(), chatter=(), urgent=(), calm=())
        found = shares(judge(answerer, asked))
        figures = {name: round(found[name].value, 4) for name in SHOWN}
        row[messages.name] = {"ranked_first": round(ranked_first(answerer, asked).value, 4)} | figures
    return row


def points(sizes: Sequence[int | None] = SIZES, seeds: Sequence[int] = SEEDS) -> Iterator[tuple[int | None, int]]:
    """Sizes with their seeds; all phrasings are drawn in one way only."""
    for most in sizes:
        for seed in seeds if most is not None else seeds[:1]:
            yield most, seed


def table(result: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Head and rows of a table: the mean over the seeds, and behind it the lowest and the highest where they differ."""
    columns = [(name, figure) for name in SETS for figure in ("ranked_first", "right_first", "wrong_with_confidence")]
    head = ["phrasings an entry", "in all", *(f"{figure.replace('_', ' ')}, {name}" for name, figure in columns)]
    rows = []
    for most in dict.fromkeys(row["most"] for row in result["rows"]):
        same = [row for row in result["rows"] if row["most"] == most]
        in_all = sum(row["phrasings"] for row in same) / len(same)
        cells = [_spread([row[name][figure] for row in same]) for name, figure in columns]
        rows.append(["all" if most is None else str(most), f"{in_all:,.0f}", *cells])
    return head, rows


def _spread(values: Sequence[float]) -> str:
    mean, low, high = sum(values) / len(values), min(values), max(values)
    return f"{100 * mean:.1f} %" if len(values) == 1 else f"{100 * mean:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def main() -> None:
    knowledge = load()
    sets = [read_set(name, Ids.of(knowledge)) for name in SETS]
    rows = []
    for most, seed in points():
        rows.append(measure(knowledge, sets, most, seed))
        print(json.dumps(rows[-1]), flush=True)
    result = {"begun": datetime.now(UTC).isoformat(timespec="seconds"), "rows": rows}
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
