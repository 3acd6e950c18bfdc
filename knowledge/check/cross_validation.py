"""How well the matcher does on messages that it has not seen: five-fold cross-validation with its own fit.

M. Stone, "Cross-validatory choice and assessment of statistical predictions", 1974
(https://doi.org/10.1111/j.2517-6161.1974.tb00994.x). A message's fold comes from the voice that wrote it, or else from
its own text: so one voice is never learnt and asked at once, and a line more moves no other line to another fold.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from scipy.sparse import csr_array

from knowledge.check.findings import CrossValidation
from knowledge.matching.classifier import Weights, fit
from knowledge.matching.train import Example
from knowledge.matching.trained import OUT_OF_SCOPE, Message

FOLDS = 5

UNRECORDED = "house"
"""What the voices begin with that nobody wrote down apart: many people, so each message counts as one."""

Share = Callable[[float], None]
"""Told how much is done (0 to 1)."""


def fold_of(message: Message) -> int:
    """The fold (0 to 4) of a message, whatever else there is."""
    voice = "" if message.voice.startswith(UNRECORDED) else message.voice
    return zlib.crc32((voice or message.text).encode()) % FOLDS


def cross_validate(examples: Sequence[Example], names: Sequence[str], tell: Share) -> CrossValidation:
    """Which of our entries wins each of their messages, when the model has not seen that message's fold.

    `names` are those of the classes, the entries first: what else is learnt orders no entries.
    """
    ours = [name for name in names if not name.startswith(OUT_OF_SCOPE)]
    number = {name: place for place, name in enumerate(names)}
    folds = [fold_of(each.message) for each in examples]
    kept: dict[str, list[bool]] = {name: [] for name in ours}
    lost: dict[str, dict[str, str]] = {name: {} for name in ours}
    first_three = count = 0
    for fold in range(FOLDS):
        tell(fold / FOLDS)
        seen = [each for each, other in zip(examples, folds, strict=True) if other != fold]
        asked = [
            each for each, other in zip(examples, folds, strict=True) if other == fold and each.message.label in kept
        ]
        if not asked or not seen:
            continue
        weights = fit([each.features for each in seen], [number[each.message.label] for each in seen], len(names))
        orders = find_best([each.features for each in asked], weights, len(names), len(ours))
        for each, order in zip(asked, orders, strict=True):
            label, winners = each.message.label, [names[place] for place in order]
            kept[label].append(winners[0] == label)
            if winners[0] != label:
                lost[label][each.message.text] = winners[0]
            first_three += label in winners
            count += 1
    tell(1.0)
    return CrossValidation(
        folds=FOLDS,
        accuracy=sum(map(sum, kept.values())) / max(1, count),
        first_three=first_three / max(1, count),
        by_entry={name: sum(each) / max(1, len(each)) for name, each in kept.items()},
        lost=lost,
    )


def find_best(rows: Sequence[Mapping[str, float]], weights: Weights, classes: int, ours: int) -> list[list[int]]:
    """For each row of features the numbers of the three likeliest of our entries, the likeliest first."""
    cells = [
        (row, number, value * weights.scale[number])
        for row, features in enumerate(rows)
        for name, value in features.items()
        if (number := weights.number.get(name)) is not None
    ]
    size = (len(weights.scale), classes)
    strengths, places = np.asarray(weights.strengths, dtype=np.float32), np.asarray(weights.classes, dtype=np.int32)
    model = csr_array((strengths, places, np.asarray(weights.starts, dtype=np.int64)), shape=size)
    row_numbers, columns, values = zip(*cells, strict=True) if cells else ((), (), ())
    asked = csr_array((values, (row_numbers, columns)), shape=(len(rows), size[0]))
    scores = (asked @ model).toarray()[:, :ours]
    order: list[list[int]] = np.argsort(-scores, axis=1, kind="stable")[:, :3].tolist()
    return order
