"""The matching room on any labelled messages: it knows English, and learns the subject from the rows alone.

    python -m evaluation.intents TRAIN.jsonl TEST.jsonl

A row is `{"text": "…", "label": "…"}`; the label of one out of scope is null. No word of our vocabulary takes part, and
no language model. How sure to be is learnt from TRAIN in folds, each ranked by what the others teach.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import yaml

from evaluation.metrics import percentile
from evaluation.score import Share
from evaluation.sets import SetError
from knowledge.language.compile import compile_lexicon
from knowledge.language.lexicon import Lexicon
from knowledge.language.reader import Reader
from knowledge.loading.build import HERE, build_rules_of_english
from knowledge.matching.confidence import WORDS_ALONE, Logistic, Scorer
from knowledge.matching.fitting import FOLDS, Observation, fit_weights, observe, predict_by_folds
from knowledge.matching.train import Example, fit_model, read_examples
from knowledge.matching.trained import OUT_OF_SCOPE, Labelled, Message
from knowledge.model import Vocabulary

ELSEWHERE = OUT_OF_SCOPE + "all"
"""The one class of all rows out of scope."""

_EVEN = 0.5
"""The chance to answer from where there are no rows out of scope to choose it by."""

_EXPECTED = '{"text": "…", "label": "…"}, null being the label of a row out of scope'


class Row(NamedTuple):
    """A message and its label; None: it is out of scope."""

    text: str
    label: str | None


class Learnt(NamedTuple):
    """What reads and what scores messages, and the chance (0 to 1) to answer from."""

    reader: Reader
    scorer: Scorer
    threshold: float


class Judged(NamedTuple):
    """A message with the chance of its likeliest candidate. `right`: that is its label; never, where not `ours`."""

    ours: bool
    right: bool
    chance: float


def read_rows(path: Path, labels: Collection[str] | None = None) -> list[Row]:
    """The rows of a file; `labels` are those that they may have (None: any).

    Raises SetError for a file that can't be read and, with its line, for a row that can't be used.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SetError(f"{path}: can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SetError(f"{path}: is not in UTF-8 (expected rows in that encoding)") from None
    # Not splitlines: a message may hold what Python, unlike JSON Lines, takes for the end of a line.
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    return [_read_row(line, f"{path}:{number}", labels) for number, line in lines]


def _read_row(line: str, place: str, labels: Collection[str] | None) -> Row:
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError):
        raise SetError(f"{place}: is no JSON (expected {_EXPECTED})") from None
    if not isinstance(row, dict) or not {"text", "label"} <= row.keys():
        raise SetError(f"{place}: has no text and label (expected {_EXPECTED})")
    text, label = row["text"], row["label"]
    if not isinstance(text, str) or not text.strip():
        raise SetError(f"{place}: the text is {text!r} (expected a message)")
    if label is None:
        return Row(text, None)
    if not isinstance(label, str) or not label.strip() or label.startswith(OUT_OF_SCOPE):
        raise SetError(f"{place}: the label is {label!r} (expected null, or a name that is not “{OUT_OF_SCOPE}…”)")
    if labels is not None and label not in labels:
        raise SetError(f"{place}: the label is {label!r} (expected null, or one that is learnt)")
    return Row(text, label)


def read_both(train: Path, test: Path) -> tuple[list[Row], list[Row]]:
    """The rows to learn from and those to measure on. Raises SetError as `read_rows` does, and for too few of them."""
    taught = read_rows(train)
    labels = {row.label for row in taught if row.label is not None}
    if len(labels) < 2:
        raise SetError(f"{train}: labels to tell apart: {len(labels)} (expected two or more)")
    asked = read_rows(test, labels)
    if not asked:
        raise SetError(f"{test}: is empty (expected rows to measure on)")
    return taught, asked


def compile_neutral_lexicon(texts: Iterable[str]) -> Lexicon:
    """A lexicon of English alone, by which typing errors are mended to the words of `texts`."""
    english = yaml.safe_load((HERE / "english.yaml").read_text(encoding="utf-8"))
    vocabulary = Vocabulary(
        spellings={},
        synonyms={},
        concepts={},
        off_topic={},
        treatment_words=frozenset(),
        generic_concepts=frozenset(),
        articles=frozenset(),
        weightless=frozenset(),
        skippable=frozenset(),
    )
    return compile_lexicon(vocabulary, build_rules_of_english(english), texts, {})


def learn(rows: Sequence[Row]) -> Learnt:
    """Learn to rank, how sure to be, and when to answer. Raises SetError where the rows of no label are alike."""
    lexicon = compile_neutral_lexicon(row.text for row in rows if row.label is not None)
    reader = Reader(lexicon)
    examples = read_examples([Message(row.text, row.label or ELSEWHERE) for row in rows], lexicon)
    names = sorted({each.message.label for each in examples}, key=lambda name: (name == ELSEWHERE, name))
    observed = list(observe_by_folds(examples, names, reader)) if len(names) > 1 else []
    if any(len({each.holds for each in observed if each.fold != fold}) < 2 for fold in range(FOLDS)):
        raise SetError("the rows to learn from have too few words in common (expected several alike for each label)")
    scorer = Scorer(fit_model(examples, names), {WORDS_ALONE: Logistic(fit_weights(observed))})
    return Learnt(reader, scorer, choose_threshold(judge_by_folds(observed, examples)))


def observe_by_folds(examples: Sequence[Example], names: Sequence[str], reader: Reader) -> Iterator[Observation]:
    """What each example shows to a ranking that the other folds teach; `message` is its place among the examples."""
    by_label = sorted(range(len(examples)), key=lambda place: examples[place].message.label)
    for fold in range(FOLDS):
        places = by_label[fold::FOLDS]
        others = [examples[place] for other in range(FOLDS) if other != fold for place in by_label[other::FOLDS]]
        scorer = Scorer(fit_model(others, names), {WORDS_ALONE: Logistic({"bias": 0.0})})
        messages = (examples[place].message for place in places)
        asked = [Labelled(each.text, frozenset({each.label})) for each in messages]
        for each in observe(asked, reader, scorer):
            yield each._replace(message=places[each.message], fold=fold)


def judge_by_folds(observed: Sequence[Observation], examples: Sequence[Example]) -> list[Judged]:
    """Each example, by a chance that neither it nor its fold helped to fit."""
    best: dict[int, Judged] = {}
    for each, chance in zip(observed, predict_by_folds(observed), strict=True):
        if each.message not in best or chance > best[each.message].chance:
            ours = examples[each.message].message.label != ELSEWHERE
            best[each.message] = Judged(ours, each.holds, chance)
    return list(best.values())


def choose_threshold(judged: Sequence[Judged]) -> float:
    """The chance to answer from: where the share of our messages that are answered rightly and the share of the others
    that are turned away add up to most. It lies midway between two chances that were seen; 1 answers nothing.
    """
    ours = sum(each.ours for each in judged)
    others = len(judged) - ours
    if not others:
        return _EVEN
    threshold, most, value = 1.0, 0.0, 0.0
    ordered = sorted(judged, key=lambda each: -each.chance)
    for each, following in pairwise([*ordered, Judged(ours=False, right=False, chance=0.0)]):
        value += each.right / ours if each.ours else -1 / others
        if following.chance < each.chance and value > most:
            threshold, most = (each.chance + following.chance) / 2, value
    return threshold


def judge(learnt: Learnt, row: Row) -> Judged:
    utterance = learnt.reader.read(row.text)
    scored = learnt.scorer.score(utterance.terms, utterance.text)
    right = bool(scored.candidates) and scored.candidates[0].name == row.label
    return Judged(row.label is not None, right, scored.chance)


def tabulate(judged: Sequence[Judged], threshold: float) -> Iterator[str]:
    """A line for each figure, with its 95 % interval where any message counts for it."""
    ours = [each for each in judged if each.ours]
    answered = [each for each in ours if each.chance >= threshold]
    others = [each.chance >= threshold for each in judged if not each.ours]
    figures = {
        "accuracy": [each.right for each in ours],
        "answered": [each.chance >= threshold for each in ours],
        "accuracy among answered": [each.right for each in answered],
        "out-of-scope recall": [not each for each in others],
        "false answers": others,
    }
    yield f"{'':<24} {'share':>7}  {'95 % interval':<15} {'n':>13}"
    for name, hits in figures.items():
        if hits:
            share = Share(sum(hits), len(hits))
            low, high = share.interval
            yield f"{name:<24} {share.value:7.1%}  {low:6.1%}–{high:<6.1%}  {f'{share.hits} of {share.of}':>14}"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m evaluation.intents", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("train", type=Path, metavar="TRAIN.jsonl", help="rows to learn from")
    parser.add_argument("test", type=Path, metavar="TEST.jsonl", help="rows to measure on")
    options = parser.parse_args(arguments)
    try:
        taught, asked = read_both(options.train, options.test)
        begun = perf_counter()
        learnt = learn(taught)
        seconds = perf_counter() - begun
    except SetError as error:
        parser.exit(2, f"{error}\n")
    judged, took = [], []
    for row in asked:
        begun = perf_counter()
        judged.append(judge(learnt, row))
        took.append(1000 * (perf_counter() - begun))
    labels = {row.label for row in taught} - {None}
    others = sum(row.label is None for row in taught)
    print(f"Learnt in {seconds:.1f} s: {len(taught) - others} rows of {len(labels)} labels, {others} out of scope.")
    print(f"Answers from a chance of {learnt.threshold:.2f} on.", *tabulate(judged, learnt.threshold), sep="\n")
    print(
        f"A message takes {percentile(took, 0.5):.1f} ms (median), {percentile(took, 0.99):.1f} ms (99th percentile)."
    )


if __name__ == "__main__":
    main()
