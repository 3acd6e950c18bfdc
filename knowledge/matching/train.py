"""Everything that is fitted: the ranking of entries, the model of scope, and the confidence in both.

The ranking and the scope are learnt from messages that are labelled with a class; confidence from other messages, which
the ranking has not seen. `make train` fits all of it.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import ClassVar, NamedTuple

from knowledge.language.lexicon import Lexicon
from knowledge.language.reader import Reader
from knowledge.matching.classifier import fit
from knowledge.matching.features import extract_features
from knowledge.matching.trained import OUT_OF_SCOPE, Message, TrainedModel

Tell = Callable[[float], None]
"""Told how much is done (0 to 1)."""

_WORTH_SHARING = 2_000
"""Messages from which on reading them on two cores is faster than on one."""

_PIECE = 250


class Example(NamedTuple):
    """A message, read: the stems of its terms in a row, what they ask for, and the features that they show."""

    message: Message
    stems: str
    concepts: frozenset[str]
    features: Mapping[str, float]


def read_examples(
    messages: Sequence[Message],
    lexicon: Lexicon,
    tell: Tell = lambda _share: None,
    meanwhile: Callable[[], None] = lambda: None,
) -> list[Example]:
    """Every message that has a word, in order; read on all cores where there are many.

    `meanwhile` is called once while others read.
    """
    found: list[Example] = []
    pieces = [messages[start : start + _PIECE] for start in range(0, len(messages), _PIECE)]
    for number, piece in enumerate(_map_on_cores(pieces, lexicon, len(messages), meanwhile)):
        found += piece
        tell((number + 1) / len(pieces))
    return found


def _map_on_cores(
    pieces: Sequence[Sequence[Message]], lexicon: Lexicon, count: int, meanwhile: Callable[[], None]
) -> Iterator[list[Example]]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    if cores < 2 or count < _WORTH_SHARING or not sys.platform.startswith("linux"):
        meanwhile()
        reader = Reader(lexicon)
        yield from (_read_piece(reader, piece) for piece in pieces)
        return
    context = multiprocessing.get_context("fork")
    with context.Pool(cores, _Worker.begin, (lexicon,)) as pool:
        found = pool.imap(_Worker.read, pieces)
        meanwhile()
        yield from found


class _Worker:
    """What a process of the pool has: a reader, made once. A forked process is handed the lexicon for nothing."""

    reader: ClassVar[Reader]

    @classmethod
    def begin(cls, lexicon: Lexicon) -> None:
        gc.disable()
        cls.reader = Reader(lexicon)

    @classmethod
    def read(cls, messages: Sequence[Message]) -> list[Example]:
        return _read_piece(cls.reader, messages)


def _read_piece(reader: Reader, messages: Sequence[Message]) -> list[Example]:
    found = []
    for message in messages:
        utterance = reader.read(message.text)
        if utterance.terms:
            stems = " ".join(term.stem for term in utterance.terms)
            concepts = frozenset(concept for term in utterance.terms for concept in term.concepts)
            features = extract_features(utterance.terms)
            found.append(Example(message, stems, concepts, features))
    return found


def fit_model(examples: Sequence[Example], names: Sequence[str], tell: Tell = lambda _share: None) -> TrainedModel:
    """What the examples teach of the classes `names`: our entries first, then the subjects out of scope."""
    number = {name: place for place, name in enumerate(names)}
    labels = [number[each.message.label] for each in examples]
    weights = fit([each.features for each in examples], labels, len(names), tell)
    by_class: dict[str, list[Example]] = {name: [] for name in names}
    for each in examples:
        by_class[each.message.label].append(each)
    ours = {name: found for name, found in by_class.items() if not name.startswith(OUT_OF_SCOPE)}
    return TrainedModel(
        weights=weights,
        names=list(names),
        messages={name: list(dict.fromkeys(each.stems for each in found)) for name, found in by_class.items()},
        stems={name: _count_stems(found) for name, found in ours.items()},
        stems_of_ours=_count_stems([each for found in ours.values() for each in found]),
        stems_out_of_scope=_count_stems([each for each in examples if each.message.label not in ours]),
        concepts={name: frozenset[str]().union(*(each.concepts for each in found)) for name, found in ours.items()},
    )


def _count_stems(examples: Sequence[Example]) -> dict[str, int]:
    return dict(Counter(stem for each in examples for stem in each.stems.split()))
