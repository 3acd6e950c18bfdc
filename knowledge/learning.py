"""How much each feature speaks for each entry, learnt from the editor's phrasings alone.

One linear model, fitted by ridge regression against the targets 1 (this entry) and 0 (any other): small, the same on
every machine, and open to explanation, since a score is a sum over features. Weights start from inverse document
frequency, so that rare words count for more (Spärck Jones 1972), and rows are brought to length 1, so that long
phrasings don't outweigh short ones. The normal equations are solved by conjugate gradients (Hestenes and Stiefel 1952)
on the sparse rows, in time that grows with the number of words.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

RIDGE = 0.4
"""How strongly weights are pulled to zero; chosen by leaving phrasings out."""

_MOST_STEPS = 14
"""More change no ranking: stopping early shrinks the weights a little more, as the ridge does."""

_CLOSE_ENOUGH = 1e-3
"""The part of the first residual at which the weights no longer change a ranking."""

_SMALLEST = 0.02
"""Weights below this are dropped: they change no decision and make up two thirds of the model."""


@dataclass(frozen=True)
class Weights:
    """The model, feature by feature, in the order of `number`.

    `scale`: how telling each is (inverse document frequency), and `unseen` the same for a feature never seen;
    `classes`: the numbers of the classes that it speaks for or against; `strengths`: how strongly, in the same order.
    """

    number: Mapping[str, int]
    scale: Sequence[float]
    unseen: float
    classes: Sequence[Sequence[int]]
    strengths: Sequence[Sequence[float]]

    def scaled(self, features: Mapping[str, float]) -> dict[str, float]:
        """`features` weighted by how telling they are, as a vector of length 1."""
        weighted = {
            name: value * (self.unseen if (number := self.number.get(name)) is None else self.scale[number])
            for name, value in features.items()
        }
        length = math.sqrt(sum(value * value for value in weighted.values())) or 1.0
        return {name: value / length for name, value in weighted.items()}


@dataclass(frozen=True)
class Learnt:
    """All that is worked out once from the phrasings and then kept.

    `known` counts the words of our own phrasings in standard spelling. For every class, those elsewhere included,
    `stemmed` holds the stems of its phrasings in order, and `stems` counts them. For our entries, `concepts` lists the
    distinct concepts of the phrasings, and `names_treatment` says what share of them (0 to 1) name the injections.
    """

    weights: Weights
    known: Mapping[str, int]
    stemmed: Mapping[str, Sequence[str]]
    concepts: Mapping[str, Sequence[str]]
    names_treatment: Mapping[str, float]
    stems: Mapping[str, Mapping[str, int]]

    def as_data(self) -> dict[str, Any]:
        """As values that JSON can hold."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Learnt:
        return cls(**{**data, "weights": Weights(**data["weights"])})


NOTHING_LEARNT = Learnt(Weights({}, [], 0.0, [], []), {}, {}, {}, {}, {})


def fit(rows: Sequence[Mapping[str, float]], labels: Sequence[int], classes: int, ridge: float = RIDGE) -> Weights:
    """Fit the model to `rows` of features, each with the number of its class (0 to `classes` - 1)."""
    import numpy as np  # slow to import, and needed only when the knowledge has changed

    column: dict[str, int] = {}
    indices = np.array([column.setdefault(name, len(column)) for row in rows for name in row], dtype=np.intp)
    values = np.array([value for row in rows for value in row.values()])
    lengths = np.array([len(row) for row in rows])
    row_starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    row_of = np.repeat(np.arange(len(rows)), lengths)

    frequency = np.bincount(indices, minlength=len(column))
    scale = np.log(1 + len(rows) / frequency)
    values = values * scale[indices]
    norm = np.sqrt(np.bincount(row_of, values**2, minlength=len(rows)))
    values = (values / norm[row_of])[:, None].astype(np.float32)

    by_column = np.argsort(indices, kind="stable")
    column_starts = np.concatenate([[0], np.cumsum(frequency)[:-1]])
    rows_by_column, values_by_column = row_of[by_column], values[by_column]

    def times(weights: Any) -> Any:
        return np.add.reduceat(weights[indices] * values, row_starts, axis=0)

    def transposed_times(residuals: Any) -> Any:
        return np.add.reduceat(residuals[rows_by_column] * values_by_column, column_starts, axis=0)

    targets = np.zeros((len(rows), classes), dtype=np.float32)
    targets[np.arange(len(rows)), labels] = 1.0
    weights = np.zeros((len(column), classes), dtype=np.float32)
    residual = transposed_times(targets)
    direction = residual.copy()
    size = (residual**2).sum(axis=0)
    enough = _CLOSE_ENOUGH**2 * size
    for _ in range(_MOST_STEPS):
        image = transposed_times(times(direction)) + ridge * direction
        step = size / np.maximum((direction * image).sum(axis=0), 1e-12)
        weights += step * direction
        residual -= step * image
        shrunk = (residual**2).sum(axis=0)
        if (shrunk <= enough).all():
            break
        direction = residual + (shrunk / np.maximum(size, 1e-12)) * direction
        size = shrunk

    spoken_for: list[list[int]] = []
    strengths: list[list[float]] = []
    for row in weights:
        kept = np.flatnonzero(np.abs(row) >= _SMALLEST)
        spoken_for.append(kept.tolist())
        strengths.append([round(float(strength), 3) for strength in row[kept]])
    scales = [round(float(each), 3) for each in scale]
    return Weights(column, scales, round(math.log(1 + len(rows)), 3), spoken_for, strengths)
