"""Fit the probability of `knowledge/deciding.py` to messages that are not part of the FAQ.

    python -m benchmarks.calibrate            # show the reliability table of the calibration in force
    python -m benchmarks.calibrate --write    # fit anew and write knowledge/calibration.json

Each message of tests/data gives one example a candidate: its signals, and whether the candidate is right. The logistic
function is fitted by Newton's method with a small ridge; the reliability table comes from ten folds, so that no message
is judged by weights that it helped to fit.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.answering import Answerer
from knowledge.deciding import calibration, signals
from knowledge.loading import HERE, load
from knowledge.text import fold
from knowledge.training import ELSEWHERE

DATA = HERE.parent / "tests" / "data"
RIDGE = 1.0
FOLDS = 10
_CANDIDATES = 3

Matrix = NDArray[np.float64]


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def examples(answerer: Answerer) -> tuple[list[dict[str, float]], list[bool], list[int], list[bool]]:
    """Signals of each candidate, whether it is right, the number of its message, whether it is the first candidate."""
    messages = [(str(row["q"]), row["accept"]) for row in rows(DATA / "questions.jsonl")]
    messages += [(str(row["q"]), row.get("ok", [])) for row in rows(DATA / "outside.jsonl")]
    found: list[dict[str, float]] = []
    right: list[bool] = []
    message: list[int] = []
    first: list[bool] = []
    for number, (text, accepted) in enumerate(messages):
        if not isinstance(accepted, list):
            raise TypeError(f"the accepted ids must be a list, not {accepted!r}")
        ranking = answerer.matcher.rank(answerer.matcher.lexicon.read(fold(text)))
        named = answerer.matcher.lexicon.names_treatment(ranking.words)
        ours = [each for each in ranking.candidates if not each.name.startswith(ELSEWHERE)]
        for place, candidate in enumerate(ours[:_CANDIDATES]):
            found.append(signals(ranking, candidate, answerer.familiar[candidate.name], named))
            right.append(candidate.name in accepted)
            message.append(number)
            first.append(place == 0)
    return found, right, message, first


def fitted(features: Matrix, targets: Matrix, ridge: float = RIDGE) -> Matrix:
    """Weights of a logistic regression; the last column of `features` is the constant and is not shrunk."""
    weights = np.zeros(features.shape[1])
    shrink = np.full(features.shape[1], ridge)
    shrink[-1] = 0
    for _ in range(50):
        chance = 1 / (1 + np.exp(-features @ weights))
        gradient = features.T @ (targets - chance) - shrink * weights
        curvature = (features.T * (chance * (1 - chance))) @ features + np.diag(shrink + 1e-9)
        step = np.linalg.solve(curvature, gradient)
        weights += step
        if np.abs(step).max() < 1e-6:
            break
    return weights


def reliability(chances: Sequence[float], right: Sequence[bool]) -> str:
    """A table: for each band of probability how many candidates it holds and how many of them are right."""
    lines = ["said       messages  right"]
    pairs = list(zip(chances, right, strict=True))
    for low in np.arange(0, 1, 0.1):
        inside = [was_right for chance, was_right in pairs if low <= chance < low + 0.1 or (low >= 0.9 and chance == 1)]
        share = f"{100 * sum(inside) / len(inside):4.0f}%" if inside else "   –"
        lines.append(f"{low:.1f}–{low + 0.1:.1f}   {len(inside):8}  {share}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write knowledge/calibration.json")
    options = parser.parse_args()
    found, right, message, first = examples(Answerer(load()))
    names = sorted(found[0])
    features = np.array([[each[name] for name in names] + [1.0] for each in found])
    targets = np.array(right, dtype=np.float64)
    if options.write:
        weights = dict(zip([*names, "bias"], np.round(fitted(features, targets), 3).tolist(), strict=True))
        (HERE / "calibration.json").write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")
        numbers = np.array(message)
        chances = np.zeros(len(targets))
        for fold_number in range(FOLDS):
            held = numbers % FOLDS == fold_number
            chances[held] = 1 / (1 + np.exp(-features[held] @ fitted(features[~held], targets[~held])))
    else:
        weights = dict(calibration())
        chances = 1 / (1 + np.exp(-features @ np.array([weights[name] for name in names] + [weights["bias"]])))
    for name, weight in weights.items():
        print(f"{name:20} {weight:7.3f}")
    best = [place for place, is_first in enumerate(first) if is_first]
    print(reliability([float(chances[place]) for place in best], [right[place] for place in best]))


if __name__ == "__main__":
    main()
