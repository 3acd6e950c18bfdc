"""What each part of the bot's judgement earns: all figures without it.

    python -m evaluation.ablation     # half an hour; writes evaluation/results/ablation.json

Without some of its signals, the chance is fitted anew to training. Judged on dev and held_out, to which nothing is
fitted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any

from evaluation.comparing import Row, keep, measure, read_sets, tabulate
from knowledge.answering import Answerer
from knowledge.language.language_model import LanguageModel, find_language_model
from knowledge.loading.build import HERE
from knowledge.loading.cache import Cache
from knowledge.loading.compiled import Compiled
from knowledge.loading.load import CACHE, assemble, prepare
from knowledge.loading.training import read_labelled
from knowledge.matching.confidence import WITH_MODEL, Logistic, Scorer, load_fitted
from knowledge.matching.fitting import Observation, fit_weights, observe
from knowledge.matching.trained import TrainedModel

SIGNALS: Mapping[str, Sequence[str]] = {
    "score, and how far it is ahead": ("score", "ahead", "ahead_of_out_of_scope"),
    "likeness to the nearest message (RapidFuzz)": ("similarity", "similarity_out_of_scope"),
    "words that the entry lacks": ("unexplained",),
    "the model of scope": ("like_entry", "unlike_english", "unlike_english_by_word"),
    "what the language model reads": ("read", "read_ours", "read_out_of_scope", "read_elsewhere"),
}
"""All signals, in groups that tell of the same."""


def leave_out(observed: Sequence[Observation], signals: Sequence[str]) -> list[Observation]:
    """The same with nothing to be learnt of these signals."""
    nothing = dict.fromkeys(signals, 0.0)
    return [each._replace(signals=each.signals._replace(**nothing)) for each in observed]


def ways_of(
    bot: Answerer, model: TrainedModel, language_model: LanguageModel, observed: Sequence[Observation]
) -> Iterator[tuple[str, Answerer]]:
    """The bot, and what is left of it without each of its parts; `observed` is what its chance is fitted to."""
    yield "(nothing left out)", bot
    yield "the language model, in matching", _change(bot, scorer=Scorer(model, load_fitted()))
    for name, signals in SIGNALS.items():
        fitted = {WITH_MODEL: Logistic(fit_weights(leave_out(observed, signals)))}
        yield f"signals: {name}", _change(bot, scorer=Scorer(model, fitted, language_model))
    policy = replace(bot.policy, closest=bot.policy.answer, closest_of_post=bot.policy.of_post)
    yield "the step “closest”", _change(bot, policy=policy)
    yield "the second opinion of triage", _change(bot, triage=bot.triage.with_opinion(None))


def _change(bot: Answerer, **parts: object) -> Answerer:
    changed = copy(bot)
    vars(changed).update(parts)
    return changed


def table(result: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Head and rows."""
    shown = ("right_first", "wrong_with_confidence", "near_answered", "far_answered", "CRISIS_caught")
    return tabulate(result["rows"], ("without",), shown)


def _measure_ways() -> Iterator[Row]:
    language_model = find_language_model()
    if not isinstance(language_model, LanguageModel):
        raise SystemExit(f"The language model is needed here: {language_model}.")
    prepared = prepare(HERE, Cache(CACHE), lambda _what, _share: None)
    bot, model = assemble(prepared, HERE), Compiled.from_bytes(prepared.compiled).model
    sets, labelled = read_sets(bot.knowledge), read_labelled(HERE, bot.knowledge.entries).messages
    observed = list(observe(labelled, bot.reader, bot.scorer))
    for name, way in ways_of(bot, model, language_model, observed):
        yield {"without": name} | measure(way, sets)


if __name__ == "__main__":
    keep(_measure_ways(), "ablation")
