"""How much each feature speaks for each entry, learnt from the editor's phrasings alone.

One linear model, fitted by ridge regression against the targets 1 (this entry) and 0 (any other): small, the same on
every machine, and open to explanation, since a score is a sum over features. Weights start from inverse document
frequency, so that rare words count for more (Spärck Jones 1972), and rows are brought to length 1, so that long
phrasings don't outweigh short ones. The normal equations of all classes are solved side by side by conjugate gradients
(Hestenes and Stiefel 1952) on the sparse rows, in time that grows with the number of words.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

RIDGE = 0.4
"""How strongly weights are pulled to zero; chosen by leaving phrasings out."""

_STEPS = 14
"""More change no ranking: stopping early shrinks the weights a little more, as the ridge does."""

_TOGETHER = 128
"""Classes that are solved for at once, so that memory does not grow with their number."""

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
        return {**vars(self), "weights": vars(self.weights)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Learnt:
        return cls(**{**data, "weights": Weights(**data["weights"])})


NOTHING_LEARNT = Learnt(Weights({}, [], 0.0, [], []), {}, {}, {}, {}, {})


def fit(rows: Sequence[Mapping[str, float]], labels: Sequence[int], classes: int, ridge: float = RIDGE) -> Weights:
    """Fit the model to `rows` of features, each with the number of its class (0 to `classes` - 1)."""
    import numpy as np  # slow to import, as is scipy, and needed only when the knowledge has changed
    from scipy.sparse import csr_array

    column: dict[str, int] = {}
    indices = np.array([column.setdefault(name, len(column)) for row in rows for name in row])
    values = np.array([value for row in rows for value in row.values()])
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    scale = np.log(1 + len(rows) / np.bincount(indices, minlength=len(column)))
    values *= scale[indices]
    values /= np.repeat(np.sqrt(np.add.reduceat(values**2, starts[:-1])), np.diff(starts))
    matrix = csr_array((values.astype(np.float32), indices, starts), shape=(len(rows), len(column)))
    transposed = csr_array(matrix.T)

    spoken_for: list[list[int]] = [[] for _ in column]
    strengths: list[list[float]] = [[] for _ in column]
    for first in range(0, classes, _TOGETHER):
        wanted = np.arange(first, min(first + _TOGETHER, classes))
        targets = (np.array(labels)[:, None] == wanted).astype(np.float32)
        weights = _solved(matrix, transposed, targets, ridge)
        for feature, place in zip(*np.nonzero(np.abs(weights) >= _SMALLEST), strict=True):
            spoken_for[feature].append(first + int(place))
            strengths[feature].append(round(float(weights[feature, place]), 3))
    scales = [round(float(each), 3) for each in scale]
    return Weights(column, scales, round(math.log(1 + len(rows)), 3), spoken_for, strengths)


def _solved(matrix: Any, transposed: Any, targets: Any, ridge: float) -> Any:
    """The weights, features by classes, that bring `matrix` @ weights close to `targets`."""
    import numpy as np

    residual = transposed @ targets
    weights = np.zeros_like(residual)
    direction = residual.copy()
    size = (residual**2).sum(axis=0)
    for _ in range(_STEPS):
        image = transposed @ (matrix @ direction) + ridge * direction
        step = size / np.maximum((direction * image).sum(axis=0), 1e-12)
        weights += step * direction
        residual -= step * image
        shrunk = (residual**2).sum(axis=0)
        direction = residual + (shrunk / np.maximum(size, 1e-12)) * direction
        size = shrunk
    return weights
