"""Fitting the word model to messages of many voices; used by `make train` and by what measures it, never at a start.

Multinomial logistic regression with a ridge, solved by L-BFGS (Byrd, Lu, Nocedal and Zhu 1995, "A limited memory
algorithm for bound constrained optimization", https://doi.org/10.1137/0916069).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_array

from knowledge.language.utterance import Utterance
from knowledge.triage.word_model import BUCKETS, WordModel, hash_features

if TYPE_CHECKING:
    from numpy.typing import NDArray

RIDGE = 0.1
"""How strongly weights are pulled to zero, for each of the messages; chosen by leaving voices out."""

_STEPS = 60
_HALF_RANGE = 127


class Taught(NamedTuple):
    """A message to learn from: read, with its class (`WordModel.classes`)."""

    utterance: Utterance
    label: str


def fit_word_model(taught: Sequence[Taught], fitted_on: str = "", ridge: float = RIDGE) -> WordModel:
    """The model that makes the labels likeliest."""
    classes = sorted({each.label for each in taught})
    number = {name: place for place, name in enumerate(classes)}
    rows = _matrix([each.utterance.words for each in taught])
    labels = np.array([number[each.label] for each in taught])
    weights, bias = _solve(rows, labels, len(classes), ridge)
    step = np.maximum(np.abs(weights).max(axis=0), 1e-6) / _HALF_RANGE
    return WordModel(classes, np.rint(weights / step).astype(np.int8), step.astype(np.float32), bias, fitted_on)


def _matrix(messages: Sequence[Sequence[str]]) -> csr_array:
    hashed = [hash_features(words) for words in messages]
    starts = np.cumsum([0, *(len(buckets) for buckets, _ in hashed)])
    buckets = np.concatenate([each for each, _ in hashed])
    values = np.concatenate([each for _, each in hashed])
    return csr_array((values, buckets, starts), shape=(len(messages), BUCKETS))


def _solve(
    rows: csr_array, labels: NDArray[np.int64], classes: int, ridge: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weights and bias; only buckets that some message falls into are solved for."""
    used = np.unique(rows.indices)
    dense = np.zeros(BUCKETS, dtype=np.int64)
    dense[used] = np.arange(len(used))
    rows = csr_array((rows.data, dense[rows.indices], rows.indptr), shape=(rows.shape[0], len(used)))
    transposed = csr_array(rows.T)
    targets = np.eye(classes, dtype=np.float32)[labels]

    def cost(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(len(used) + 1, classes).astype(np.float32)
        logits = rows @ weights[:-1] + weights[-1]
        logits -= logits.max(axis=1, keepdims=True)
        spread = np.log(np.exp(logits).sum(axis=1))
        lost = (spread - (logits * targets).sum(axis=1)).sum() + ridge / 2 * (weights[:-1] ** 2).sum()
        surplus = np.exp(logits - spread[:, None]) - targets
        slope = np.concatenate([transposed @ surplus + ridge * weights[:-1], surplus.sum(axis=0, keepdims=True)])
        return float(lost), slope.ravel().astype(np.float64)

    start = np.zeros((len(used) + 1) * classes)
    solved = minimize(cost, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS, "maxcor": 6}).x
    found = solved.reshape(len(used) + 1, classes).astype(np.float32)
    weights = np.zeros((BUCKETS, classes), dtype=np.float32)
    weights[used] = found[:-1]
    return weights, found[-1]
