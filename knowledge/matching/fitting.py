"""Fitting the function of confidence: the weights of its signals that messages teach.

Logistic regression with a ridge of 1 on signals brought to unit spread (le Cessie and van Houwelingen 1992, "Ridge
estimators in logistic regression", https://doi.org/10.2307/2347628), by scikit-learn, which only this needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from knowledge.language.reader import Reader
from knowledge.matching.confidence import Logistic, Scorer, Signals
from knowledge.matching.trained import Labelled

FOLDS = 8
"""Folds that voices are dealt to."""

_CANDIDATES = 3
"""Candidates of a message from which the confidence in an entry is learnt."""

_DIGITS = 3
_C = 1.0
"""The inverse of the ridge."""


class Observation(NamedTuple):
    """Signals of one candidate of one message, numbered, of a `fold`; and whether it is a right answer."""

    message: int
    fold: int
    signals: Signals
    holds: bool


def observe(messages: Sequence[Labelled], reader: Reader, scorer: Scorer) -> Iterator[Observation]:
    """Whether each of the best candidates of each message answers it.

    The messages of a voice are in one fold; those of the house, of whom nobody knows who they were, in all.
    """
    voices = sorted({message.voice for message in messages})
    for number, message in enumerate(messages):
        utterance = reader.read(message.text)
        house = message.voice.startswith("house")
        fold = (number if house else voices.index(message.voice)) % FOLDS
        if utterance.terms:
            ranking = scorer.ranker.rank(utterance.terms, *utterance.texts)
            for candidate, signals in scorer.measure(ranking)[:_CANDIDATES]:
                yield Observation(number, fold, signals, candidate.name in message.accept)


def fit_weights(observations: Iterable[Observation]) -> dict[str, float]:
    """The weights, rounded as they are kept, that make what was observed likeliest; the bias is not shrunk."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression  # slow to import, and not there where the bot runs

    observed = list(observations)
    table = np.array([each.signals for each in observed])
    spread = table.std(axis=0)
    used = spread > 0
    fitted = LogisticRegression(C=_C, max_iter=2000, tol=1e-6).fit(
        table[:, used] / spread[used], [each.holds for each in observed]
    )
    names = [name for name, is_used in zip(Signals._fields, used, strict=True) if is_used]
    weights = np.append(fitted.coef_[0] / spread[used], fitted.intercept_)
    return dict(zip((*names, "bias"), np.round(weights, _DIGITS).tolist(), strict=True))


def predict_by_folds(observations: Sequence[Observation]) -> list[float]:
    """The chance of each observation, by weights fitted without the voices of its fold."""
    functions = {
        fold: Logistic(fit_weights(each for each in observations if each.fold != fold))
        for fold in sorted({each.fold for each in observations})
    }
    return [functions[each.fold].chance(each.signals) for each in observations]


def expected_calibration_error(chances: Sequence[float], holds: Sequence[bool], bins: int = 10) -> float:
    """How far, on average, what was said to be so likely is from how often it held, in bins of equal width.

    Guo et al. 2017, "On calibration of modern neural networks", https://arxiv.org/abs/1706.04599.
    """
    binned: dict[int, list[tuple[float, bool]]] = {}
    for chance, held in zip(chances, holds, strict=True):
        binned.setdefault(min(int(chance * bins), bins - 1), []).append((chance, held))
    return sum(
        abs(sum(chance for chance, _ in each) - sum(held for _, held in each)) for each in binned.values()
    ) / max(1, len(chances))
