"""The bot learnt anew, from other messages or without a part of it, and judged on messages that it did not see."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from evaluation.score import Share, Verdict, judge, shares
from evaluation.sets import MessageSet, SetName
from knowledge.answering import Answerer
from knowledge.language.normalize import fold
from knowledge.loading.build import HERE
from knowledge.loading.compiled import Compiled
from knowledge.loading.compiling import compile_all
from knowledge.loading.training import class_names
from knowledge.loading.validate import validate_all
from knowledge.matching.confidence import FITTED, Fitted, Logistic, Scorer
from knowledge.matching.fitting import (
    FOLDS,
    USES,
    Observations,
    Uses,
    compute_log_loss,
    fit_weights,
    observe_questions,
    predict_by_folds,
)
from knowledge.matching.trained import Labelled, Message
from knowledge.model import Knowledge

SETS: tuple[SetName, ...] = ("training", "dev")
"""What is judged on: the functions of confidence are fitted to the one, in folds, and nothing at all to the other."""

SHOWN = ("right_first", "offered", "wrong_with_confidence", "near_answered", "far_answered")

FUNCTIONS = ("in_scope", "intent")
"""The functions that are fitted anew; those for posts stay as they are in force, and no post is judged."""


@dataclass(frozen=True)
class Source:
    """The content, and all the messages that are learnt from."""

    knowledge: Knowledge
    messages: Sequence[Message]

    @classmethod
    def read(cls, folder: Path = HERE) -> Source:
        validated = validate_all(folder)
        return cls(validated.knowledge, validated.messages)

    def list_by_class(self) -> dict[str, list[str]]:
        """The folded messages of every class: our entries by their ids, then the subjects out of scope."""
        listed: dict[str, list[str]] = {name: [] for name in class_names(self.knowledge)}
        for message in self.messages:
            listed[message.label].append(fold(message.text))
        return listed

    def learn(self) -> Compiled:
        return compile_all(self.knowledge, self.messages, lambda _what, _share: None)


def read_weights() -> dict[str, dict[str, float]]:
    """The weights in force."""
    weights: dict[str, dict[str, float]] = json.loads(FITTED.read_text(encoding="utf-8"))["weights"]
    return weights


def assemble(knowledge: Knowledge, compiled: Compiled, fitted: Fitted | None = None) -> Answerer:
    """A bot of what was learnt, with the functions of confidence in force or others."""
    fitted = fitted or Fitted.from_data(read_weights())
    return Answerer(knowledge, compiled.lexicon, compiled.phrases, compiled.model, fitted)


def label_short(messages: MessageSet) -> list[Labelled]:
    """The short messages of a set, as functions are fitted to them."""
    ours = [Labelled(row.text, frozenset(row.accept), ours=True) for row in messages.questions]
    return ours + [Labelled(row.text, frozenset(row.accept), ours=False) for row in messages.out_of_scope]


def label_posts(messages: MessageSet) -> list[Labelled]:
    """The same for its posts."""
    ours = [Labelled(row.text, frozenset((*row.helps, *row.asks)), ours=True) for row in messages.posts]
    return ours + [Labelled(row.text, frozenset(row.accept), ours=False) for row in messages.out_of_scope_posts]


def measure(
    knowledge: Knowledge,
    compiled: Compiled,
    sets: Mapping[SetName, MessageSet],
    uses: Mapping[str, Uses] = USES,
    scorer: type[Scorer] = Scorer,
) -> dict[str, Any]:
    """Figures of the short questions of each of SETS and of its short messages out of scope.

    The functions of confidence are fitted to training anew. Training itself is judged in folds, so that no message is
    judged by functions that it helped to fit.
    """
    answerer = assemble(knowledge, compiled)
    seen = {name: observe_questions(label_short(sets[name]), answerer.reader, answerer.scorer) for name in SETS}
    verdicts: dict[SetName, list[Verdict]] = {name: [] for name in SETS}
    first: dict[SetName, list[bool]] = {name: [] for name in SETS}
    for fold_number in range(FOLDS):
        left_out = _fit(seen["training"], uses, without=fold_number)
        bot = _with_scorer(answerer, scorer(compiled.model, left_out))
        _judge(bot, _take_fold(sets["training"], fold_number), verdicts["training"], first["training"])
    bot = _with_scorer(answerer, scorer(compiled.model, _fit(seen["training"], uses)))
    _judge(bot, _take_short(sets["dev"]), verdicts["dev"], first["dev"])
    row: dict[str, Any] = {}
    for name in SETS:
        found = shares(verdicts[name])
        row[name] = {"ranked_first": _show(Share(sum(first[name]), len(first[name])))}
        row[name] |= {figure: _show(found[figure]) for figure in SHOWN if figure in found}
    for function in FUNCTIONS:
        losses = compute_losses(seen["training"], seen["dev"], function, uses[function])
        for name, loss in zip(SETS, losses, strict=True):
            row[name][f"{function}_loss"] = loss
    return row


def compute_losses(training: Observations, dev: Observations, name: str, uses: Uses) -> tuple[float, float | None]:
    """The log-loss of a function on training, in folds, and, fitted to all of that, on dev.

    None for dev where what the function speaks for was always true there, or never.
    """
    fitted_on, others = training[name], dev.get(name, ())
    by_folds = compute_log_loss(predict_by_folds(fitted_on, uses), [each.holds for each in fitted_on])
    if len({each.holds for each in others}) < 2:
        return round(by_folds, 4), None
    function: Logistic[Any] = Logistic(uses.type, fit_weights(fitted_on, uses))
    chances = [function.chance(each.signals) for each in others]
    return round(by_folds, 4), round(compute_log_loss(chances, [each.holds for each in others]), 4)


def _fit(seen: Observations, uses: Mapping[str, Uses], without: int = -1) -> Fitted:
    """The functions in force, those of single messages fitted anew without the messages of the fold `without`."""
    weights: dict[str, Mapping[str, float]] = dict(read_weights())
    for name in FUNCTIONS:
        weights[name] = fit_weights([each for each in seen[name] if each.message % FOLDS != without], uses[name])
    return Fitted.from_data(weights)


def _with_scorer(answerer: Answerer, scorer: Scorer) -> Answerer:
    changed = copy(answerer)
    changed.scorer = scorer
    return changed


def _judge(bot: Answerer, messages: MessageSet, verdicts: list[Verdict], first: list[bool]) -> None:
    verdicts += judge(bot, messages)
    for row in messages.questions:
        found = bot.scorer.score(bot.read(row.text).terms).candidates
        first.append(bool(found) and found[0].name in row.accept)


def _take_short(messages: MessageSet) -> MessageSet:
    return replace(messages, posts=(), out_of_scope_posts=(), chatter=(), urgent=(), calm=())


def _take_fold(messages: MessageSet, number: int) -> MessageSet:
    """The short messages of one fold, by the numbers that `observe_questions` gives to those of `label_short`."""
    count = len(messages.questions)
    return replace(
        _take_short(messages),
        questions=tuple(row for place, row in enumerate(messages.questions) if place % FOLDS == number),
        out_of_scope=tuple(row for place, row in enumerate(messages.out_of_scope, count) if place % FOLDS == number),
    )


def _show(share: Share) -> dict[str, int]:
    return {"hits": share.hits, "of": share.of}
