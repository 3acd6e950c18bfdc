"""Labels that are likely wrong: of messages that say the same and are labelled otherwise, and against the model.

    python -m evaluation.labels               # training and dev, the gravest first; of held_out it only counts
    python -m evaluation.labels --limit 20    # the first 20 of each kind

Only labels that name entries or subjects out of scope are looked at, not those of triage. The model has learnt from
most of these messages, so that it errs on the side of their labels. A person reads what is printed, and either mends
the label or notes in evaluation/data/labels_kept.jsonl why it is right; it is then printed no more.
"""

from __future__ import annotations

import argparse
import json
import os
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple, get_args

import numpy as np
from rapidfuzz import fuzz, process

from evaluation.sets import FOLDERS, ROOT, SetName, read_kept
from knowledge.answering import Answerer
from knowledge.language.reader import Reader
from knowledge.loading.load import load
from knowledge.matching.confidence import Likely
from knowledge.matching.trained import OUT_OF_SCOPE

KEPT = ROOT / "evaluation" / "data" / "labels_kept.jsonl"

ALIKE = 92
"""From which likeness of their stems on (0 to 100) two messages should have a label in common."""

FAR_BELOW = 0.25
"""The model disagrees with a label whose chance is below this share of that of what it finds likeliest."""

_LABELS: Mapping[str, tuple[str, ...]] = {
    "asked": ("label", "also"),
    "asked_out_of_scope": ("label", "also"),
    "stories": ("label", "also"),
    "questions": ("accept",),
    "posts": ("helps", "asks"),
    "out_of_scope": ("accept",),
    "out_of_scope_posts": ("accept",),
}
"""The files of a set whose labels are looked at, and the keys that hold these."""

_AT_ONCE = 500
"""Messages that are compared with all others of about their length in one go."""


class Row(NamedTuple):
    """A message, and where it stands. `labels`: OUT_OF_SCOPE alone among them is any subject out of scope."""

    text: str
    labels: tuple[str, ...]
    voice: str
    place: str
    held_out: bool = False

    @property
    def out_of_scope(self) -> bool:
        return any(label.startswith(OUT_OF_SCOPE) for label in self.labels)

    def agrees_with(self, other: Row) -> bool:
        """Whether their labels have something in common."""
        if not set(self.labels).isdisjoint(other.labels):
            return True
        return OUT_OF_SCOPE in (*self.labels, *other.labels) and self.out_of_scope and other.out_of_scope

    def __str__(self) -> str:
        return (
            f"{self.place} ({self.voice}) {' '.join(label.removesuffix(':') for label in self.labels)}: {self.text!r}"
        )


class Pair(NamedTuple):
    """Two messages that say the same, to a `likeness` (0 to 100), and whose labels have nothing in common."""

    one: Row
    other: Row
    likeness: float

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.one, self.other

    def __str__(self) -> str:
        return f"{self.likeness:.0f} % alike\n  {self.one}\n  {self.other}"


class Doubt(NamedTuple):
    """A message that the model takes for something else, and the chance that it gives to the label."""

    row: Row
    found: Likely
    chance: float

    @property
    def rows(self) -> tuple[Row, ...]:
        return (self.row,)

    def __str__(self) -> str:
        return f"{self.found.name} {self.found.chance:.0%}, the label {self.chance:.0%}\n  {self.row}"


def read_rows(name: SetName, folder: Path | None = None) -> list[Row]:
    """The messages of a set whose labels are looked at, from its own folder or another."""
    where = folder or FOLDERS[name]
    rows = []
    for kind, keys in _LABELS.items():
        path = where / f"{kind}.jsonl"
        beyond = (OUT_OF_SCOPE,) if kind.startswith("out_of_scope") else ()
        # Not splitlines: a message may hold what Python, unlike JSON Lines, takes for the end of a line.
        lines = path.read_text(encoding="utf-8").split("\n") if path.exists() else []
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            row = json.loads(line)
            named = (row.get(key, ()) for key in keys)
            labels = [label for value in named for label in ((value,) if isinstance(value, str) else value)]
            place = f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}:{number}"
            rows.append(
                Row(row["text"], tuple(dict.fromkeys((*beyond, *labels))), row["voice"], place, name == "held_out")
            )
    return rows


def find_pairs(rows: Sequence[Row], reader: Reader) -> list[Pair]:
    """The messages that are alike though their labels have nothing in common, the likest first."""
    read = ((" ".join(term.stem for term in reader.read(row.text).terms), row) for row in rows)
    ordered = sorted(((stems, row) for stems, row in read if stems), key=lambda each: len(each[0]))
    stems = [each for each, _ in ordered]
    pairs = []
    for start in range(0, len(stems), _AT_ONCE):
        block = stems[start : start + _AT_ONCE]
        # Of lengths a ≤ b the ratio is at most 2a / (a + b).
        longest = len(block[-1]) * (200 - ALIKE) / ALIKE
        others = stems[start : bisect_right(stems, longest, key=len)]
        found = process.cdist(block, others, scorer=fuzz.ratio, score_cutoff=ALIKE, workers=-1)
        for place, behind in np.argwhere(np.triu(found, 1)).tolist():
            one, other = ordered[start + place][1], ordered[start + behind][1]
            if not one.agrees_with(other):
                pairs.append(Pair(one, other, float(found[place, behind])))
    return sorted(pairs, key=lambda pair: -pair.likeness)


def find_doubts(rows: Sequence[Row], answerer: Answerer) -> list[Doubt]:
    """The messages that the model disagrees with the label of, those first where it is surest."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # the language model lets other threads run
        doubts = [doubt for doubt in pool.map(partial(_doubt, answerer), rows) if doubt is not None]
    return sorted(doubts, key=lambda doubt: doubt.chance - doubt.found.chance)


def _doubt(answerer: Answerer, row: Row) -> Doubt | None:
    found = _take(answerer, row.text)
    if not found or found[0].name in row.labels:
        return None
    best = found[0]
    chance = max((each.chance for each in found if each.name in row.labels), default=0.0)
    if row.out_of_scope:
        chance = max(chance, best.chance if best.name.startswith(OUT_OF_SCOPE) else 1 - best.chance)
    return Doubt(row, best, chance) if chance < FAR_BELOW * best.chance else None


def _take(answerer: Answerer, text: str) -> Sequence[Likely]:
    """What the model takes a message for: the four likeliest entries, the best first.

    The likeliest subject out of scope stands before them where none of them is likely enough to be offered.
    """
    utterance = answerer.read(text)
    scored = answerer.scorer.score(utterance.terms, *utterance.texts)
    likely = scored.candidates
    best = likely[0].chance if likely else 0.0
    rival = scored.ranking.out_of_scope
    first = [Likely(rival.name, 1 - best)] if rival is not None and best < answerer.policy.suggest else []
    return [*first, *likely]


def report(rows: Sequence[Row], answerer: Answerer, kept: Collection[str], most: int | None = None) -> Iterator[str]:
    """What a person should read, at most so many of each kind, and how many there are of it.

    A pair is kept where both its messages are. What concerns a message held out is only counted.
    """
    counts = []
    kinds: Sequence[tuple[str, Sequence[Pair | Doubt]]] = (
        (
            "pairs of messages that are alike, with labels that have nothing in common",
            find_pairs(rows, answerer.reader),
        ),
        ("labels that the model disagrees with", find_doubts(rows, answerer)),
    )
    for what, found in kinds:
        may_be_read = [each for each in found if not any(row.held_out for row in each.rows)]
        unread = [each for each in may_be_read if not all(row.text in kept for row in each.rows)]
        yield from map(str, unread[:most])
        read = len(may_be_read) - len(unread)
        held_out = len(found) - len(may_be_read)
        counts.append(f"  {len(unread):,} {what}; beside these {read:,} kept, {held_out:,} of messages held out")
    texts = {row.text for row in rows}
    yield from (f"kept, and no message any more: {text!r}" for text in sorted(set(kept) - texts))
    yield f"of {len(rows):,} messages:"
    yield from counts


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m evaluation.labels", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kept", type=Path, default=KEPT, metavar="FILE", help="messages that were read and are right")
    parser.add_argument("--limit", type=int, metavar="N", help="print the first N of each kind")
    options = parser.parse_args(arguments)
    rows = [row for name in get_args(SetName) for row in read_rows(name)]
    kept = {row.text for row in read_kept(options.kept)}
    print(*report(rows, load(), kept, options.limit), sep="\n")


if __name__ == "__main__":
    main()
