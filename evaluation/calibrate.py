"""Fit the chances of `knowledge/matching/confidence.py` to the training messages, which are not part of the FAQ.

    python -m evaluation.calibrate            # show the reliability tables of the calibration in force
    python -m evaluation.calibrate --write    # fit anew and write knowledge/matching/confidence.json

Whether a message is ours is learnt from one example a message, the signals of its best candidate; whether a candidate
is right, from the best candidates of the messages that are ours; what helps in a longer post, from the candidates of
its sentences. The logistic functions are fitted by Newton's method
with a small ridge; the tables come from ten folds, so that no message is judged by weights that it helped to fit.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.score import bot
from evaluation.sets import Ids, MessageSet, OutOfScope, Post, Question, read_set
from knowledge.answering import Answerer
from knowledge.language.text import fold, sentences
from knowledge.matching.confidence import CALIBRATION, Signals, calibration
from knowledge.matching.posts import OF_WHOLE, about_post, candidates

RIDGE = 1.0
FOLDS = 10
_CANDIDATES = 3

SIGNALS: Mapping[str, Sequence[str]] = {
    "ours": (
        "ours", "ahead", "ahead_of_elsewhere", "similarity", "similarity_elsewhere", "explained", "strange", "foreign",
        "like_entry", "like_entry_by_word", "unlike_english", "unlike_english_by_word", "unlike_elsewhere",
        "unlike_elsewhere_by_word", "botox", "migraine", "length", "unnamed",
    ),
    "right": (
        "score", "ahead", "similarity", "known_share", "like_entry", "like_entry_by_word", "unlike_english",
        "unlike_english_by_word", "unnamed",
    ),
    "post_ours": ("best_sentence", "sentences", *OF_WHOLE),
    "in_post": (
        "right", "asks", "right_in_whole", "first_in_whole", "in_whole", "in_other_sentence", "behind_best", "length",
    ),
}  # fmt: skip
"""The signals that each chance rests on: those whose absence makes messages of other folds less likely."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """A candidate of a message: its signals, and whether the chance that it is an example for came true."""

    message: int
    first: bool
    signals: Signals
    holds: bool


Examples = Mapping[str, Sequence[Example]]
"""The examples for each chance."""


def question_examples(answerer: Answerer, messages: MessageSet) -> Examples:
    """Whether each message is ours, and which of its best candidates is right."""
    rows: tuple[Question | OutOfScope, ...] = (*messages.questions, *messages.out_of_scope)
    ours, right = [], []
    for number, row in enumerate(rows):
        ranking = answerer.matcher.rank(answerer.matcher.lexicon.read(fold(row.text)))
        if not ranking.words:
            continue
        about = answerer.judge.about_message(ranking)
        best = ranking.entries[:_CANDIDATES]
        is_ours = isinstance(row, Question) or best[0].name in row.accept
        for place, candidate in enumerate(best):
            signals = about | answerer.judge.about_candidate(ranking, candidate)
            if place == 0:
                ours.append(Example(number, True, signals, is_ours))
            if is_ours:
                right.append(Example(number, place == 0, signals, candidate.name in row.accept))
    return {"ours": ours, "right": right}


def post_examples(answerer: Answerer, messages: MessageSet) -> Examples:
    """Whether a post is ours, and whether showing each of its candidates would help."""
    rows: tuple[Post | OutOfScope, ...] = (*messages.posts, *messages.out_of_scope_posts)
    ours, found = [], []
    for number, row in enumerate(rows):
        whole, pieces = answerer.pieces(sentences(fold(row.text)))
        is_ours = isinstance(row, Post)
        ours.append(Example(number, True, about_post(whole, pieces, answerer.judge), is_ours))
        if isinstance(row, Post):
            helpful = {*row.helps, *row.asks}
            for name, signals in candidates(whole, pieces):
                found.append(Example(number, True, signals, name in helpful))
    return {"post_ours": ours, "in_post": found}


def fitted(features: Matrix, targets: Matrix) -> Matrix:
    """Weights of a logistic regression; the last column of `features` is the constant and is not shrunk.

    All other columns are brought to one spread first, so that the ridge treats them alike.
    """
    spread = features.std(axis=0)
    spread[spread == 0] = 1.0
    scaled = features / spread
    weights = np.zeros(features.shape[1])
    shrink = np.full(features.shape[1], RIDGE)
    shrink[-1] = 0
    for _ in range(50):
        chance = _chances(scaled, weights)
        gradient = scaled.T @ (targets - chance) - shrink * weights
        curvature = (scaled.T * (chance * (1 - chance))) @ scaled + np.diag(shrink + 1e-9)
        step = np.linalg.solve(curvature, gradient)
        weights += step
        if np.abs(step).max() < 1e-6:
            break
    scaled_back: Matrix = weights / spread
    return scaled_back


def _chances(features: Matrix, weights: Matrix) -> Matrix:
    chances: Matrix = 1 / (1 + np.exp(-np.clip(features @ weights, -30, 30)))
    return chances


def _matrix(chosen: Sequence[Example], names: Sequence[str]) -> Matrix:
    return np.array([[example.signals.get(name, 0.0) for name in names] + [1.0] for example in chosen])


def _fit(chosen: Sequence[Example], names: Sequence[str]) -> Matrix:
    return np.round(fitted(_matrix(chosen, names), np.array([float(example.holds) for example in chosen])), 3)


def calibration_from(found: Examples) -> dict[str, dict[str, float]]:
    """The weights that `found` teaches."""
    return {
        chance: dict(zip([*SIGNALS[chance], "bias"], _fit(chosen, SIGNALS[chance]).tolist(), strict=True))
        for chance, chosen in found.items()
    }


def cross_validated(chosen: Sequence[Example], names: Sequence[str]) -> list[float]:
    """The chance of each example, from weights fitted without the messages of its fold."""
    chances = np.zeros(len(chosen))
    fold_of = np.array([example.message % FOLDS for example in chosen])
    features = _matrix(chosen, names)
    for number in range(FOLDS):
        weights = _fit([each for each, other in zip(chosen, fold_of, strict=True) if other != number], names)
        chances[fold_of == number] = _chances(features[fold_of == number], weights)
    return [float(chance) for chance in chances]


def reliability(pairs: Sequence[tuple[float, bool]]) -> str:
    """A table of chances and whether they came true: for each band how many there are, and how many of them did."""
    lines = ["said       messages  true"]
    for low in np.arange(0, 1, 0.1):
        inside = [held for chance, held in pairs if low <= chance < low + 0.1 or (low >= 0.9 and chance == 1)]
        share = f"{100 * sum(inside) / len(inside):3.0f}%" if inside else "  –"
        lines.append(f"{low:.1f}–{low + 0.1:.1f}   {len(inside):8}  {share}")
    return "\n".join(lines)


def report(found: Examples) -> str:
    """The reliability tables of the three chances, and of the score of a reply to one question."""
    chances = {chance: cross_validated(chosen, SIGNALS[chance]) for chance, chosen in found.items()}
    first = {
        chance: {
            each.message: (said, each.holds) for each, said in zip(chosen, chances[chance], strict=True) if each.first
        }
        for chance, chosen in found.items()
        if chance in ("ours", "right")
    }
    right = first["right"]
    both = [
        (ours * right[message][0], right[message][1]) if message in right else (ours, False)
        for message, (ours, _) in first["ours"].items()
    ]
    posts = {
        chance: [(said, each.holds) for each, said in zip(found[chance], chances[chance], strict=True)]
        for chance in ("post_ours", "in_post")
    }
    tables = {
        "The message is ours": list(first["ours"].values()),
        "The first candidate is right, where the message is ours": list(right.values()),
        "Both, which is the score of a reply (a message that is not ours counts as wrong)": both,
        "A longer post is ours": posts["post_ours"],
        "A candidate of a longer post helps": posts["in_post"],
    }
    return "\n\n".join(f"{title}:\n{reliability(pairs)}" for title, pairs in tables.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write knowledge/matching/confidence.json")
    options = parser.parse_args()
    answerer = bot()
    messages = read_set("training", Ids.of(answerer.knowledge))
    found = dict(question_examples(answerer, messages))
    if options.write:
        # What is said of posts rests on the two chances of their sentences, which must be the new ones by then.
        _write(dict(calibration()) | calibration_from(found))
    found |= post_examples(answerer, messages)
    weights = calibration_from(found)
    if options.write:
        _write(weights)
    elif weights != calibration():
        print("knowledge/matching/confidence.json is not what these messages teach now: run with --write\n")
    print(report(found))


def _write(weights: Mapping[str, Mapping[str, float]]) -> None:
    CALIBRATION.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")
    calibration.cache_clear()


if __name__ == "__main__":
    main()
