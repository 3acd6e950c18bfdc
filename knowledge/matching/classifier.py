"""How much each feature speaks for each class: one linear model, open to explanation, since a score is a sum.

Fitted by ridge regression against the targets 1 (this class) and 0 (any other), which is small and the same on every
machine. Weights start from inverse document frequency, so that rare words count for more (Spärck Jones 1972, "A
statistical interpretation of term specificity", https://doi.org/10.1108/eb026526), and rows are brought to length 1, so
that long messages don't outweigh short ones. The normal equations of all classes are solved side by side by conjugate
gradients (Hestenes and Stiefel 1952, "Methods of conjugate gradients for solving linear systems",
https://doi.org/10.6028/jres.049.044) on the sparse rows, in time that grows with the number of words.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

RIDGE = 0.4
"""How strongly weights are pulled to zero; chosen by cross-validation."""

STEPS = 14
"""More change no ranking: stopping early shrinks the weights a little more, as the ridge does."""

_TOGETHER = 48
"""Classes that are solved for at once, so that memory does not grow with their number."""

_SMALLEST = 0.02
"""Weights below this are dropped: they change no decision and make up two thirds of the model."""

_UNIT = 0.001
"""What one step of a kept weight is worth."""


@dataclass(frozen=True)
class Weights:
    """The model, feature by feature, in the order of `number`, in flat arrays.

    `scale`: how telling each feature is (inverse document frequency), and `unseen` the same for one never seen. From
    `starts[n]` to `starts[n + 1]` stand the classes that feature n speaks for or against, and how strongly, in
    thousandths.
    """

    number: Mapping[str, int]
    scale: array[float]
    unseen: float
    starts: array[int]
    classes: array[int]
    strengths: array[int]

    def scale_features(self, features: Mapping[str, float]) -> dict[str, float]:
        """`features` weighted by how telling they are, as a vector of length 1."""
        weighted = {
            name: value * (self.unseen if (number := self.number.get(name)) is None else self.scale[number])
            for name, value in features.items()
        }
        length = math.sqrt(sum(value * value for value in weighted.values())) or 1.0
        return {name: value / length for name, value in weighted.items()}

    def spoken_for(self, number: int) -> zip[tuple[int, int]]:
        """The classes that a feature speaks for or against, each with its weight in thousandths."""
        start, end = self.starts[number], self.starts[number + 1]
        return zip(self.classes[start:end], self.strengths[start:end], strict=True)

    def score(self, features: Mapping[str, float], classes: int) -> tuple[list[float], float]:
        """The score of each class, and how much of the features (0 to 1) the model knows."""
        import numpy as np  # slow to import, and of no use to whoever only checks the files

        known = {
            number: value
            for name, value in self.scale_features(features).items()
            if (number := self.number.get(name)) is not None
        }
        numbers, values = np.array(list(known), dtype=np.intp), np.array(list(known.values()))
        starts = np.frombuffer(self.starts, np.uint32)
        firsts = starts[numbers].astype(np.intp)
        lengths = starts[numbers + 1] - firsts
        # Where the classes of all these features stand, one feature behind the other.
        places = np.arange(lengths.sum()) + np.repeat(firsts - np.cumsum(lengths) + lengths, lengths)
        speaks = np.frombuffer(self.strengths, np.int16)[places] * np.repeat(values * _UNIT, lengths)
        scores = np.bincount(np.frombuffer(self.classes, np.uint16)[places], speaks, classes)
        return scores.tolist(), sum(value * value for value in values.tolist())

    def explain(self, features: Mapping[str, float], wanted: int) -> list[tuple[str, float]]:
        """What each feature adds to the score of the class `wanted`, the strongest first."""
        parts = []
        for name, value in self.scale_features(features).items():
            number = self.number.get(name)
            if number is not None:
                parts.append((name, dict(self.spoken_for(number)).get(wanted, 0) * _UNIT * value))
        return sorted(parts, key=lambda part: -abs(part[1]))


def fit(
    rows: Sequence[Mapping[str, float]],
    labels: Sequence[int],
    classes: int,
    tell: Callable[[float], None] = lambda _share: None,
) -> Weights:
    """Fit the model to `rows` of features, each with the number of its class (0 to `classes` - 1).

    Pairs ("with:…+…") that stand in one row alone teach nothing but that row, and are left out: half of the features.
    `tell` is told how much is done (0 to 1).
    """
    import numpy as np  # slow to import, as is scipy, and needed only when the messages have changed
    from scipy.sparse import csr_array

    seen = Counter(name for row in rows for name in row)
    rows = [{name: value for name, value in row.items() if "+" not in name or seen[name] > 1} for row in rows]
    column: dict[str, int] = {}
    indices = np.array([column.setdefault(name, len(column)) for row in rows for name in row])
    values = np.array([value for row in rows for value in row.values()])
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    scale = np.log(1 + len(rows) / np.bincount(indices, minlength=len(column)))
    values *= scale[indices]
    values /= np.repeat(np.sqrt(np.add.reduceat(values**2, starts[:-1])), np.diff(starts))
    matrix = csr_array((values.astype(np.float32), indices, starts), shape=(len(rows), len(column)))
    transposed = csr_array(matrix.T)

    weights = np.zeros((len(column), classes), dtype=np.int16)
    for first in range(0, classes, _TOGETHER):
        wanted = np.arange(first, min(first + _TOGETHER, classes))
        targets = (np.array(labels)[:, None] == wanted).astype(np.float32)
        solved = _solve(matrix, transposed, targets)
        solved[np.abs(solved) < _SMALLEST] = 0.0
        weights[:, wanted] = np.clip(np.rint(solved / _UNIT), -32767, 32767)
        tell(min(first + _TOGETHER, classes) / classes)
    features, spoken_for = np.nonzero(weights)
    counts = np.bincount(features, minlength=len(column))
    return Weights(
        number=column,
        scale=array("f", scale.astype(np.float32).tobytes()),
        unseen=math.log(1 + len(rows)),
        starts=array("I", np.concatenate([[0], np.cumsum(counts)]).astype(np.uint32).tobytes()),
        classes=array("H", spoken_for.astype(np.uint16).tobytes()),
        strengths=array("h", weights[features, spoken_for].tobytes()),
    )


def _solve(matrix: Any, transposed: Any, targets: Any) -> Any:
    """The weights, features by classes, that bring `matrix` @ weights close to `targets`."""
    import numpy as np

    residual = transposed @ targets
    weights = np.zeros_like(residual)
    direction = residual.copy()
    size = (residual**2).sum(axis=0)
    for _ in range(STEPS):
        image = transposed @ (matrix @ direction) + RIDGE * direction
        step = size / np.maximum((direction * image).sum(axis=0), 1e-12)
        weights += step * direction
        residual -= step * image
        shrunk = (residual**2).sum(axis=0)
        direction = residual + (shrunk / np.maximum(size, 1e-12)) * direction
        size = shrunk
    return weights
