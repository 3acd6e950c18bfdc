"""Fit anew how sure the bot may be, and the words of triage's second opinion, from knowledge/training.

    make train              # what this prints: of what was said to be so likely, how much came true
    python -m tools.train --dry    # print it and write nothing

It writes knowledge/matching/confidence.json and, where the messages of triage have changed,
knowledge/triage/word_model.bin. Its language model has a trainer of its own: tools/train_language_model.py.

The ranking learns from the FAQ's own messages at the next start by itself; what is fitted here are the four functions
that turn its signals into chances. `fitted_on` in the file names the messages and the model that they belong to: after
a change of either, a test asks for `make train`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.language.reader import Reader
from knowledge.loading.build import HERE
from knowledge.loading.cache import Cache, combine, digest_files
from knowledge.loading.compiled import Compiled
from knowledge.loading.load import CACHE, Prepared, prepare
from knowledge.loading.training import (
    LabelledSets,
    labelled_files,
    read_labelled,
    read_triage_messages,
)
from knowledge.matching.confidence import FITTED, Fitted, Scorer
from knowledge.matching.fitting import (
    USES,
    Observation,
    Observations,
    Uses,
    fit_weights,
    observe_posts,
    observe_questions,
    predict_by_folds,
)
from knowledge.triage.learning import Taught, fit_word_model
from knowledge.triage.word_model import WORD_MODEL, WordModel

_BANDS = 10
_QUESTIONS, _POSTS = ("in_scope", "intent"), ("post_in_scope", "post_intent")

Weights = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Trained:
    """What was fitted, and what it was fitted on."""

    weights: Weights
    observations: Observations


def train(compiled: Compiled, sets: LabelledSets, uses: Mapping[str, Uses] = USES) -> Trained:
    """Fit the functions of single messages, and by the chances that these give to sentences those of posts."""
    reader = Reader(compiled.lexicon)
    weights: dict[str, Mapping[str, float]] = {name: {"bias": 0.0} for name in USES}
    observations: dict[str, Sequence[Observation]] = {}
    for names, observe, messages in (
        (_QUESTIONS, observe_questions, sets.questions),
        (_POSTS, observe_posts, sets.posts),
    ):
        observations.update(observe(messages, reader, Scorer(compiled.model, Fitted.from_data(weights))))
        weights |= {name: fit_weights(observations[name], uses[name]) for name in names}
    return Trained(weights, observations)


def digest_basis(prepared: Prepared, folder: Path = HERE) -> str:
    """What the functions rest on: the messages that they are fitted on, and all that the ranking is learnt from."""
    return combine(digest_files(labelled_files(folder)), prepared.learnt_from)


def train_word_model(reader: Reader, folder: Path = HERE) -> WordModel:
    """The words of triage's second opinion, fitted to all voices but those that choose the limits; two minutes."""
    messages, digest = read_triage_messages(folder)
    taught = [Taught(reader.read(each.text), each.label) for each in messages if not each.chooses]
    return fit_word_model(taught, digest)


def has_word_model(folder: Path = HERE) -> bool:
    """Whether the word model that is there was fitted to the messages that are there."""
    if not WORD_MODEL.exists():
        return False
    return WordModel.from_bytes(WORD_MODEL.read_bytes()).fitted_on == read_triage_messages(folder)[1]


def tabulate_reliability(trained: Trained) -> str:
    """How often what was said to be so likely came true; no message is judged by weights that it helped to fit."""
    judged: dict[str, dict[int, tuple[float, bool]]] = {}
    tables = {}
    for name, seen in trained.observations.items():
        chances = predict_by_folds(seen, USES[name])
        first = [(each, chance) for each, chance in zip(seen, chances, strict=True) if each.first]
        judged[name] = {each.message: (chance, each.holds) for each, chance in first}
        tables[name] = _table(_TITLES[name], [(chance, each.holds) for each, chance in first])
    joint = [
        (chance * judged["intent"].get(message, (1.0, False))[0], judged["intent"].get(message, (1.0, False))[1])
        for message, (chance, _) in judged["in_scope"].items()
    ]
    tables["joint"] = _table(_TITLES["joint"], joint)
    return "\n\n".join(tables[name] for name in _TITLES if name in tables)


_TITLES = {
    "in_scope": "A message is in scope",
    "intent": "The first candidate is meant, where the message is in scope",
    "joint": "Both (a message out of scope counts as wrong)",
    "post_in_scope": "A post is in scope",
    "post_intent": "A candidate of a post helps",
}


def _table(title: str, pairs: Sequence[tuple[float, bool]]) -> str:
    lines = [f"{title}:", "said         number  true"]
    for band in range(_BANDS):
        low, high = band / _BANDS, (band + 1) / _BANDS
        inside = [holds for chance, holds in pairs if band == min(int(chance * _BANDS), _BANDS - 1)]
        share = f"{sum(inside) / len(inside):5.0%}" if inside else "    –"
        lines.append(f"{low:.1f} to {high:.1f}  {len(inside):7} {share}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tools.train", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dry", action="store_true", help="write nothing")
    options = parser.parse_args()
    prepared = prepare(HERE, Cache(CACHE), lambda _what, _share: None)
    compiled = Compiled.from_bytes(prepared.compiled)
    trained = train(compiled, read_labelled(HERE, compiled.model.concepts))
    print(tabulate_reliability(trained))
    if not options.dry:
        fitted = {"fitted_on": digest_basis(prepared), "weights": trained.weights}
        FITTED.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
        if not has_word_model():
            print("\nFitting the words of triage …", flush=True)
            WORD_MODEL.write_bytes(train_word_model(Reader(compiled.lexicon)).to_bytes())


if __name__ == "__main__":
    main()
