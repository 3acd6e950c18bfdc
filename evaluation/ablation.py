"""What each part of matching earns: accuracy without it, learnt anew, and the log-loss without each signal.

    python -m evaluation.ablation     # some minutes; writes evaluation/results/ablation.json

Signals are judged by cross-validation on training, in ten folds, so that no message is judged by weights that it helped
to fit; parts of the ranking on training and dev, none of which the ranking is learnt from. Nothing reads held_out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import numpy as np

from evaluation.calibrate import FOLDS, SIGNALS, Example, Matrix, fitted, post_examples, question_examples
from evaluation.curve import SETS, learn, ranked_first
from evaluation.score import bot
from evaluation.sets import ROOT, Ids, MessageSet, read_set
from knowledge.answering import Answerer
from knowledge.matching import ranking, train
from knowledge.matching.features import features
from knowledge.model import Knowledge

RESULT = ROOT / "evaluation" / "results" / "ablation.json"

AS_GOOD = 0.001
"""Fewer signals are as good as all of them while the log-loss of a message grows by no more than this."""

Features = Mapping[str, float]

FAMILIES: Mapping[str, Callable[[str], bool]] = {
    "words": lambda name: name.startswith("word:"),
    "concepts": lambda name: name.startswith("means:"),
    "two words in a row": lambda name: name.startswith("then:"),
    "two meanings in one message": lambda name: name.startswith("with:"),
    "the way of asking": lambda name: name.startswith("asks:") and "+" not in name,
    "the way of asking, with a meaning": lambda name: name.startswith("asks:") and "+" in name,
}
"""The kinds of features that the ranking rests on."""


def log_loss(features: Matrix, holds: Matrix, folds: Matrix) -> float:
    """The mean log-loss of examples, each from weights fitted without its fold; `features` end with the constant."""
    total = 0.0
    for number in range(FOLDS):
        out = folds == number
        if not out.any():
            continue
        weights = fitted(features[~out], holds[~out])
        chances = 1 / (1 + np.exp(-np.clip(features[out] @ weights, -30, 30)))
        total -= float(np.log(np.where(holds[out] == 1, chances, 1 - chances)).sum())
    return total / len(holds)


def without_signals(examples: Sequence[Example], names: Sequence[str]) -> dict[str, Any]:
    """The log-loss with all signals, without each of them, and as they leave one by one, the least missed first."""
    table = np.array([[example.signals.get(name, 0.0) for name in names] + [1.0] for example in examples])
    holds = np.array([float(example.holds) for example in examples])
    folds = np.array([example.message % FOLDS for example in examples], dtype=float)

    def loss(left: Sequence[str]) -> float:
        columns = [names.index(name) for name in left]
        return log_loss(table[:, [*columns, len(names)]], holds, folds)

    left = list(names)
    everything = loss(left)
    leaving = []
    missed = {name: loss([other for other in left if other != name]) for name in left}
    without = dict(missed)
    while len(left) > 1:
        least = min(missed, key=lambda name: missed[name])
        left.remove(least)
        leaving.append([least, round(missed[least], 4)])
        missed = {name: loss([other for other in left if other != name]) for name in left}
    return {
        "examples": len(examples),
        "all": round(everything, 4),
        "without": {name: round(value, 4) for name, value in without.items()},
        "leaving": leaving,
    }


def needed(found: Mapping[str, Any], names: Sequence[str]) -> tuple[list[str], float]:
    """The fewest signals, of those tried, whose log-loss is as good as that of all, and their log-loss."""
    left, loss = list(names), float(found["all"])
    best = list(left), loss
    for name, after in found["leaving"]:
        left.remove(name)
        if after <= loss + AS_GOOD:
            best = list(left), float(after)
    return best


def without_parts(knowledge: Knowledge, sets: Sequence[MessageSet]) -> list[dict[str, Any]]:
    """How often the right entry is ranked first, with everything and without each part of the ranking."""

    def row(name: str, answerer: Answerer) -> dict[str, Any]:
        found = {messages.name: ranked_first(answerer, messages) for messages in sets}
        return {"without": name} | {name: {"hits": share.hits, "of": share.of} for name, share in found.items()}

    whole = learn(knowledge)
    rows = [row("", whole)]
    with patch.object(ranking, "TIE_BREAK", 0.0):
        rows.append(row("likeness to the nearest phrasing (RapidFuzz)", whole))
    for name, belongs in FAMILIES.items():

        def others(*given: Any, belongs: Callable[[str], bool] = belongs) -> dict[str, float]:
            return {feature: value for feature, value in features(*given).items() if not belongs(feature)}

        with patch.object(ranking, "features", others), patch.object(train, "features", others):
            rows.append(row(name, learn(knowledge)))
    return rows


def parts_table(result: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Head and rows: of the short questions of each set, those whose right entry is ranked first."""
    head = ["without", *(f"ranked first, {name}" for name in SETS)]
    rows = []
    for row in result["parts"]:
        cells = [f"{100 * row[name]['hits'] / row[name]['of']:.1f} % ({row[name]['hits']})" for name in SETS]
        rows.append([row["without"] or "(nothing left out)", *cells])
    return head, rows


def signals_table(result: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Head and rows: for each chance the log-loss of all its signals, and the fewest that are as good."""
    head = ["chance", "examples", "signals", "log-loss", "as good", "log-loss of these", "which"]
    rows = []
    for chance, found in result["signals"].items():
        names, loss = needed(found, list(found["without"]))
        counts = [str(found["examples"]), str(len(found["without"])), f"{found['all']:.4f}", str(len(names))]
        rows.append([f"`{chance}`", *counts, f"{loss:.4f}", ", ".join(f"`{name}`" for name in names)])
    return head, rows


def main() -> None:
    answerer = bot()
    knowledge = answerer.knowledge
    ids = Ids.of(knowledge)
    messages = read_set("training", ids)
    examples = {**question_examples(answerer, messages), **post_examples(answerer, messages)}
    signals = {}
    for chance, names in SIGNALS.items():
        signals[chance] = without_signals(examples[chance], names)
        print(chance, json.dumps(signals[chance]), flush=True)
    parts = without_parts(knowledge, [read_set(name, ids) for name in SETS])
    print(json.dumps(parts, indent=1))
    result = {"begun": datetime.now(UTC).isoformat(timespec="seconds"), "signals": signals, "parts": parts}
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
