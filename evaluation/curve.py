"""How the replies get better with the number of people in whose words the entries are asked for.

    python -m evaluation.curve        # some minutes; writes evaluation/results/curve.json

The words' model learns anew from 5, 10, 20 and 32 of the voices of training, drawn by lot, each number with those of
the one before it; what editors and the house wrote stays. How sure the bot may be is fitted anew each time, to voices
that it never learns from. The language model can't be taught anew in minutes: it is left out, and with it the second
opinion of triage. Judged on dev and held_out, to which nothing is fitted.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from evaluation.comparing import Row, keep, measure, read_sets, tabulate
from evaluation.relearning import Source, assemble
from knowledge.answering import Answerer
from knowledge.loading.build import HERE
from knowledge.loading.training import read_labelled
from knowledge.matching.confidence import WORDS_ALONE, Logistic
from knowledge.matching.fitting import fit_weights, observe
from knowledge.matching.trained import Labelled

SIZES = (5, 10, 20, 32)
_SEED = 1


def draw(source: Source, size: int) -> Source:
    """The same with the messages of so many voices, and all of the editors' and the house's."""
    voices = sorted({message.voice for message in source.messages if not _is_house(message.voice)})
    random.Random(_SEED).shuffle(voices)  # noqa: S311 (for sameness, not for secrets)
    left_out = set(voices[size:])
    return replace(source, messages=[message for message in source.messages if message.voice not in left_out])


def _is_house(voice: str) -> bool:
    return not voice or voice.startswith("house")


def learn(source: Source, labelled: Sequence[Labelled]) -> Answerer:
    """The bot that learns from `source`, and from `labelled` how sure to be."""
    compiled = source.learn()
    bot = assemble(source.knowledge, compiled)
    weights = fit_weights(observe(labelled, bot.reader, bot.scorer))
    return assemble(source.knowledge, compiled, {WORDS_ALONE: Logistic(weights)})


def table(result: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Head and rows."""
    shown = ("right_first", "wrong_with_confidence", "near_answered", "far_answered")
    return tabulate(result["rows"], ("voices", "messages"), shown)


def _measure_sizes() -> Iterator[Row]:
    source = Source.read()
    sets, labelled = read_sets(source.knowledge), read_labelled(HERE, source.knowledge.entries).messages
    for size in SIZES:
        fewer = draw(source, size)
        yield {"voices": size, "messages": len(fewer.messages)} | measure(learn(fewer, labelled), sets)


if __name__ == "__main__":
    keep(_measure_sizes(), "curve")
