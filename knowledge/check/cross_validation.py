"""How well the matcher does on phrasings that it has not seen: five-fold cross-validation with its own fit.

M. Stone, "Cross-validatory choice and assessment of statistical predictions", 1974
(https://doi.org/10.1111/j.2517-6161.1974.tb00994.x). A phrasing's fold comes from the voice that wrote it, or else from
its own text: so one voice is never learnt and asked at once, and a line more moves no other line to another fold.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from knowledge.check.findings import CrossValidation
from knowledge.matching.classifier import Weights, fit

FOLDS = 5

Share = Callable[[float], None]
"""Told how much is done (0 to 1)."""


class Phrasing(NamedTuple):
    """A text to learn from and to ask: the number of its class, its features, and whose voice it is, where known."""

    number: int
    text: str
    features: Mapping[str, float]
    voice: str = ""


def fold_of(phrasing: Phrasing) -> int:
    """The fold (0 to 4) of a phrasing, whatever else there is."""
    return zlib.crc32((phrasing.voice or phrasing.text).encode()) % FOLDS


def cross_validate(phrasings: Sequence[Phrasing], names: Sequence[str], ours: int, tell: Share) -> CrossValidation:
    """Which of our entries wins each of their phrasings, when the model has not seen that phrasing's fold.

    `names` are those of the classes, the entries, `ours` in number, first: what else is learnt orders no entries.
    """
    places: dict[int, list[int]] = {}
    for number in range(FOLDS):
        seen = [phrasing for phrasing in phrasings if fold_of(phrasing) != number]
        asked = [place for place, one in enumerate(phrasings) if fold_of(one) == number and one.number < ours]
        tell(number / FOLDS)
        if asked and seen:
            weights = fit([one.features for one in seen], [one.number for one in seen], len(names))
            places.update(
                zip(asked, best_places(weights, [phrasings[place].features for place in asked], ours), strict=True)
            )
    tell(1.0)
    kept: dict[str, list[bool]] = {name: [] for name in names[:ours]}
    lost: dict[str, dict[str, str]] = {name: {} for name in names[:ours]}
    for place, order in places.items():
        own = phrasings[place].number
        kept[names[own]].append(order[0] == own)
        if order[0] != own:
            lost[names[own]][phrasings[place].text] = names[order[0]]
    first_three = sum(phrasings[place].number in order for place, order in places.items())
    count = max(1, len(places))
    return CrossValidation(
        folds=FOLDS,
        accuracy=sum(map(sum, kept.values())) / count,
        first_three=first_three / count,
        by_entry={name: sum(each) / max(1, len(each)) for name, each in kept.items()},
        lost=lost,
    )


def best_places(weights: Weights, rows: Sequence[Mapping[str, float]], ours: int) -> list[list[int]]:
    """For each row of features the numbers of the three likeliest of our entries, the likeliest first."""
    cells = [
        (row, number, value * weights.scale[number])
        for row, features in enumerate(rows)
        for name, value in features.items()
        if (number := weights.number.get(name)) is not None
    ]
    lengths = [len(classes) for classes in weights.classes]
    model = csr_array(
        (
            np.concatenate([np.asarray(each, dtype=np.float32) for each in weights.strengths]),
            np.concatenate([np.asarray(each, dtype=np.int32) for each in weights.classes]),
            np.concatenate([[0], np.cumsum(lengths)]),
        ),
        shape=(len(lengths), max((max(each) for each in weights.classes if len(each)), default=0) + 1),
    )
    row_numbers, columns, values = zip(*cells, strict=True) if cells else ((), (), ())
    asked = csr_array((values, (row_numbers, columns)), shape=(len(rows), len(lengths)))
    scores = np.zeros((len(rows), max(ours, model.shape[1])))
    scores[:, : model.shape[1]] = (asked @ model).toarray()
    order: list[list[int]] = np.argsort(-scores[:, :ours], axis=1, kind="stable")[:, :3].tolist()
    return order
