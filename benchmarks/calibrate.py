"""Fit the chances of `knowledge/deciding.py` to messages that are not part of the FAQ.

    python -m benchmarks.calibrate            # show the reliability tables of the calibration in force
    python -m benchmarks.calibrate --write    # fit anew and write knowledge/calibration.json

Whether a message is ours is learnt from one example a message, the signals of its best candidate; whether a candidate
is right, from the best candidates of the messages that are ours. The logistic functions are fitted by Newton's method
with a small ridge; the tables come from ten folds, so that no message is judged by weights that it helped to fit.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.answering import Answerer
from knowledge.deciding import Signals, calibration, ours_of
from knowledge.loading import HERE, load
from knowledge.text import fold

DATA = HERE.parent / "tests" / "data"
SETS = ("questions", "outside", "outside_more")
RIDGE = 1.0
FOLDS = 10
_CANDIDATES = 3

SIGNALS: Mapping[str, Sequence[str]] = {
    "ours": (
        "ours", "ahead", "ahead_of_elsewhere", "similarity", "explained", "strange", "foreign", "like_entry",
        "like_entry_by_word", "unlike_english", "unlike_english_by_word", "unlike_elsewhere", "unlike_elsewhere_by_word",
        "botox", "migraine", "length", "unnamed",
    ),
    "right": (
        "score", "ahead", "similarity", "known_share", "like_entry", "like_entry_by_word", "unlike_english",
        "unlike_english_by_word", "unnamed",
    ),
}  # fmt: skip
"""The signals that each chance rests on: those whose absence makes held-out messages less likely."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A candidate of a message: its signals, its place in the ranking, and what is known of it."""

    message: int
    place: int
    signals: Signals
    ours: bool
    right: bool


def rows(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def examples(answerer: Answerer) -> list[Example]:
    """The best candidates of every message of the sets."""
    messages = [row for name in SETS for row in rows(DATA / f"{name}.jsonl")]
    found = []
    for number, row in enumerate(messages):
        accepted = row.get("accept", row.get("ok", []))
        ranking = answerer.matcher.rank(answerer.matcher.lexicon.read(fold(row["q"])))
        if not ranking.words:
            continue
        about = answerer.judge.about_message(ranking)
        candidates = ours_of(ranking)[:_CANDIDATES]
        ours = "accept" in row or candidates[0].name in accepted
        for place, candidate in enumerate(candidates):
            signals = about | answerer.judge.about_candidate(ranking, candidate)
            found.append(Example(number, place, signals, ours, candidate.name in accepted))
    return found


def fitted(features: Matrix, targets: Matrix) -> Matrix:
    """Weights of a logistic regression; the last column of `features` is the constant and is not shrunk."""
    weights = np.zeros(features.shape[1])
    shrink = np.full(features.shape[1], RIDGE)
    shrink[-1] = 0
    for _ in range(50):
        chance = _chances(features, weights)
        gradient = features.T @ (targets - chance) - shrink * weights
        curvature = (features.T * (chance * (1 - chance))) @ features + np.diag(shrink + 1e-9)
        step = np.linalg.solve(curvature, gradient)
        weights += step
        if np.abs(step).max() < 1e-6:
            break
    return weights


def _chances(features: Matrix, weights: Matrix) -> Matrix:
    chances: Matrix = 1 / (1 + np.exp(-np.clip(features @ weights, -30, 30)))
    return chances


def _matrix(chosen: Sequence[Example], names: Sequence[str]) -> Matrix:
    return np.array([[example.signals[name] for name in names] + [1.0] for example in chosen])


def _training(found: Sequence[Example], chance: str) -> tuple[list[Example], Matrix]:
    """What `chance` is learnt from: the examples, and 1 where it holds."""
    if chance == "ours":
        chosen = [example for example in found if example.place == 0]
        return chosen, np.array([float(example.ours) for example in chosen])
    chosen = [example for example in found if example.ours]
    return chosen, np.array([float(example.right) for example in chosen])


def weights_from(found: Sequence[Example]) -> dict[str, dict[str, float]]:
    """The calibration that `found` teaches."""
    learnt = {}
    for chance, names in SIGNALS.items():
        chosen, targets = _training(found, chance)
        weights = np.round(fitted(_matrix(chosen, names), targets), 3)
        learnt[chance] = dict(zip([*names, "bias"], weights.tolist(), strict=True))
    return learnt


def held_out(found: Sequence[Example]) -> dict[int, tuple[float, float]]:
    """For each message the two chances of its best candidate, from weights fitted without its fold."""
    first = [example for example in found if example.place == 0]
    chances: dict[int, tuple[float, float]] = {}
    for fold_number in range(FOLDS):
        weights = weights_from([example for example in found if example.message % FOLDS != fold_number])
        judged = [example for example in first if example.message % FOLDS == fold_number]
        ours, right = (
            _chances(_matrix(judged, names), np.array([weights[chance][name] for name in (*names, "bias")]))
            for chance, names in SIGNALS.items()
        )
        chances |= {
            example.message: (float(one), float(two)) for example, one, two in zip(judged, ours, right, strict=True)
        }
    return chances


def reliability(chances: Sequence[float], right: Sequence[bool]) -> str:
    """A table: for each band of probability how many messages it holds, and for how many of them it came true."""
    lines = ["said       messages  true"]
    pairs = list(zip(chances, right, strict=True))
    for low in np.arange(0, 1, 0.1):
        inside = [was_right for chance, was_right in pairs if low <= chance < low + 0.1 or (low >= 0.9 and chance == 1)]
        share = f"{100 * sum(inside) / len(inside):3.0f}%" if inside else "  –"
        lines.append(f"{low:.1f}–{low + 0.1:.1f}   {len(inside):8}  {share}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write knowledge/calibration.json")
    options = parser.parse_args()
    found = examples(Answerer(load()))
    weights = weights_from(found)
    if options.write:
        (HERE / "calibration.json").write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")
    elif weights != calibration():
        print("knowledge/calibration.json is not what these messages teach now: run with --write")
    first = [example for example in found if example.place == 0]
    chances = held_out(found)
    print("\nThe message is ours:")
    print(reliability([chances[each.message][0] for each in first], [each.ours for each in first]))
    print("\nThe first candidate is right, where the message is ours:")
    ours = [example for example in first if example.ours]
    print(reliability([chances[each.message][1] for each in ours], [each.right for each in ours]))
    print("\nBoth, which is the score of a reply:")
    both = [chances[each.message][0] * chances[each.message][1] for each in first]
    print(reliability(both, [each.right for each in first]))


if __name__ == "__main__":
    main()
