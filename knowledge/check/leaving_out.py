"""How well the matcher does on phrasings that it has not seen: each of the FAQ's own, left out in turn.

The matrices have a row and a column for each phrasing and are of single precision, which moves the scores of the FAQ
by less than 0.0001 and halves time and memory: 11,000 phrasings take some ten seconds and about a gigabyte.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from knowledge.check.findings import LeaveOneOut
from knowledge.language.lexicon import Lexicon
from knowledge.language.text import fold
from knowledge.matching.classifier import RIDGE, Weights
from knowledge.matching.ranking import COMPARED, TIE_BREAK
from knowledge.matching.train import class_phrasings, examples
from knowledge.model import Knowledge

Row = Mapping[str, float]
Matrix = NDArray[np.float32]
Places = NDArray[np.intp]
Share = Callable[[float], None]
"""Told how much is done (0 to 1)."""


_FREQUENT = 100
"""A feature that more than one row in so many has is multiplied as a dense column."""

_SMALL = 512
"""Rows of a matrix that LAPACK inverts at once."""


def leave_one_out(knowledge: Knowledge, lexicon: Lexicon, tell: Share) -> LeaveOneOut:
    """Which entry wins each phrasing when the model has not seen it; what lies elsewhere orders no entries.

    Scores are ranked as the matcher ranks them, with the tie-break for likeness to the nearest phrasing but itself. How
    telling features are (inverse document frequency) stays as learnt.
    """
    names = list(class_phrasings(knowledge))
    ours = len(knowledge.entries)
    labels, texts, readings, rows = zip(*examples(knowledge, lexicon), strict=True)
    classes = np.array(labels)
    mine = np.flatnonzero(classes < ours)
    own = classes[mine]
    ranked = left_out_scores(rows, labels, len(names), knowledge.learnt.weights, mine, lambda part: tell(0.9 * part))
    stemmed = [" ".join(word.stem for word in read) for read in readings]
    ranked += TIE_BREAK * _nearest(stemmed, classes, mine, _compared(ranked, ours))
    best = np.argmax(ranked[:, :ours], axis=1)
    better = (ranked[:, :ours] > ranked[np.arange(len(mine)), own][:, None]).sum(axis=1)
    winners = {(labels[place], texts[place]): int(won) for place, won in zip(mine.tolist(), best, strict=True)}
    lost: dict[str, dict[str, str]] = {}
    by_entry = {}
    for number, entry in enumerate(knowledge.entries.values()):
        won = {text: winners[number, fold(text)] for text in entry.asked}
        lost[entry.id] = {text: names[winner] for text, winner in won.items() if winner != number}
        by_entry[entry.id] = 1 - len(lost[entry.id]) / len(won)
    tell(1.0)
    total = sum(len(entry.asked) for entry in knowledge.entries.values())
    accuracy = 1 - sum(map(len, lost.values())) / total
    return LeaveOneOut(accuracy, int((better < 3).sum()) / total, by_entry, lost)


def _compared(scores: Matrix, ours: int) -> NDArray[np.bool_]:
    """For each row the classes that are compared letter by letter: the best of our entries, and the best elsewhere."""
    chosen = np.zeros(scores.shape, dtype=np.bool_)
    rows = np.arange(len(scores))
    chosen[rows[:, None], np.argsort(-scores[:, :ours], axis=1)[:, :COMPARED]] = True
    if scores.shape[1] > ours:
        chosen[rows, ours + np.argmax(scores[:, ours:], axis=1)] = True
    return chosen


def _nearest(texts: Sequence[str], classes: Places, mine: Places, compared: NDArray[np.bool_]) -> Matrix:
    """The likeness (0 to 1) of the texts `mine` to the nearest other text of each class that they are compared with.

    `classes` holds the class of every text, and `mine` the places of those that ask, one for each row of `compared`.
    """
    nearest = np.zeros(compared.shape, dtype=np.float32)
    for number in range(compared.shape[1]):
        askers = np.flatnonzero(compared[:, number])
        held = np.flatnonzero(classes == number)
        asked = [texts[place] for place in mine[askers].tolist()]
        listed = [texts[place] for place in held.tolist()]
        alike = process.cdist(asked, listed, scorer=fuzz.ratio, dtype=np.float32, workers=-1)
        alike[mine[askers][:, None] == held] = 0.0
        nearest[askers, number] = alike.max(axis=1, initial=0.0) / 100
    return nearest


def left_out_scores(
    rows: Sequence[Row], labels: Sequence[int], classes: int, weights: Weights, wanted: Places, tell: Share
) -> Matrix:
    """The score of every class for the rows `wanted`, from the ridge model that is fitted without that very row.

    With targets Y and fitted values H Y, the prediction without row i is (F_i - h_ii Y_i) / (1 - h_ii) (Allen 1974).
    H = K (K + ridge I)^-1 for the kernel K = X X'; with A = (K + ridge I)^-1 this comes to Y_i - (A Y)_i / A_ii.

    Rows that are not wanted come first and are eliminated: of A Y and of the diagonal of A only the rest is worked out.
    """
    others = np.setdiff1d(np.arange(len(rows)), wanted)
    order = np.concatenate([others, wanted])
    kernel = _kernel([rows[place] for place in order], weights)
    tell(0.3)
    kernel[np.diag_indices_from(kernel)] += RIDGE
    targets = np.zeros((len(rows), classes), dtype=np.float32)
    targets[np.arange(len(rows)), np.array(labels)[order]] = 1.0
    count = len(others)
    across = _inverse(kernel[:count, :count]) @ kernel[:count, count:]
    remaining = kernel[count:, count:]
    remaining -= kernel[count:, :count] @ across
    tell(0.5)
    remaining_targets = targets[count:].copy()
    remaining_targets -= across.T @ targets[:count]
    solved, diagonal = _solved(remaining, remaining_targets)
    tell(1.0)
    scores: Matrix = targets[count:] - solved / diagonal[:, None]
    return scores


def _kernel(rows: Sequence[Row], weights: Weights) -> Matrix:
    """The products of all pairs of rows, which are scaled and brought to length 1 as the model has them."""
    holders: dict[str, list[int]] = {}
    values: dict[str, list[float]] = {}
    for place, row in enumerate(rows):
        for name, value in weights.scaled(row).items():
            holders.setdefault(name, []).append(place)
            values.setdefault(name, []).append(value)
    frequent = [name for name, held in holders.items() if len(held) > len(rows) / _FREQUENT]
    dense = np.zeros((len(rows), len(frequent)), dtype=np.float32)
    for column, name in enumerate(frequent):
        dense[holders.pop(name), column] = values[name]
    kernel: Matrix = dense @ dense.T
    for name, held in holders.items():
        where, what = np.array(held), np.array(values[name], dtype=np.float32)
        kernel[where[:, None], where] += np.outer(what, what)
    return kernel


def _solved(matrix: Matrix, targets: Matrix) -> tuple[Matrix, Matrix]:
    """The inverse of a symmetric positive definite matrix times the targets, and the diagonal of that inverse."""
    half = len(matrix) // 2
    first = _inverse(matrix[:half, :half])
    across = first @ matrix[:half, half:]
    last = _inverse(matrix[half:, half:] - matrix[half:, :half] @ across)
    lower = last @ (targets[half:] - across.T @ targets[:half])
    upper = first @ targets[:half] - across @ lower
    diagonal = np.diag(first) + np.einsum("ij,ij->i", across @ last, across)
    return np.concatenate([upper, lower]), np.concatenate([diagonal, np.diag(last)])


def _inverse(matrix: Matrix) -> Matrix:
    """The inverse of a symmetric positive definite matrix, by halves over the Schur complement (Banachiewicz 1937).

    Nearly all of the work is matrix products, so that it takes a fraction of the time of a general inversion.
    """
    size = len(matrix)
    if size <= _SMALL:
        return np.linalg.inv(matrix)
    half = size // 2
    first = _inverse(matrix[:half, :half])
    across = first @ matrix[:half, half:]
    last = _inverse(matrix[half:, half:] - matrix[half:, :half] @ across)
    corner = across @ last
    inverse = np.empty_like(matrix)
    inverse[:half, :half] = first + corner @ across.T
    inverse[:half, half:] = -corner
    inverse[half:, :half] = -corner.T
    inverse[half:, half:] = last
    return inverse
