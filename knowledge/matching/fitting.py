"""Fitting the functions of confidence: which signals each uses, and the weights that messages teach.

Logistic regression with a ridge of 1 on signals brought to unit spread (le Cessie and van Houwelingen 1992, "Ridge
estimators in logistic regression", https://doi.org/10.2307/2347628), by scikit-learn, which only this needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from knowledge.matching.confidence import Logistic, PostIntentSignals, PostScopeSignals, Signals
from knowledge.matching.train import Observation

FOLDS = 10

_DIGITS = 3
_C = 1.0
"""The inverse of the ridge."""


@dataclass(frozen=True)
class Uses:
    """The signals, some of the fields of `type`, that a function uses. Raises ValueError for one that is no field."""

    type: type[Signals | PostScopeSignals | PostIntentSignals]
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        unknown = [name for name in self.names if name not in self.type._fields]
        if unknown:
            raise ValueError(f"{self.type.__name__} has no {', '.join(unknown)}")

    def without(self, *names: str) -> Uses:
        """The same but for the signals `names`."""
        return Uses(self.type, tuple(name for name in self.names if name not in names))


USES: Mapping[str, Uses] = {
    "in_scope": Uses(
        Signals,
        (
            "ahead_of_out_of_scope", "ours", "unexplained", "similarity", "unlike_english_by_word", "like_entry",
            "off_topic", "similarity_out_of_scope", "length", "ahead",
        ),
    ),
    "intent": Uses(
        Signals, ("ahead", "score", "similarity", "like_entry", "unlike_english", "unlike_english_by_word")
    ),
    "post_in_scope": Uses(
        PostScopeSignals,
        (
            "unlike_out_of_scope_by_word", "names_treatment", "similarity_out_of_scope", "sentences", "off_topic",
            "like_entry_by_word", "unlike_english_by_word", "botox",
        ),
    ),
    "post_intent": Uses(
        PostIntentSignals,
        (
            "first_of_whole", "in_other_sentence", "intent", "in_whole", "intent_of_whole", "length", "asks",
            "behind_best",
        ),
    ),
}  # fmt: skip
"""The signals of each of the functions of `confidence.Fitted`.

Chosen by forward selection on training/: of all signals the one that lowers the log-loss of ten folds most came next,
until none lowered it further.
"""


def fit_weights(observations: Sequence[Observation], uses: Uses) -> dict[str, float]:
    """The weights, rounded as they are kept, that make what was observed likeliest; the bias is not shrunk."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression  # slow to import, and not there where the bot runs

    places = [uses.type._fields.index(name) for name in uses.names]
    table = np.array([[each.signals[place] for place in places] for each in observations])
    spread = table.std(axis=0)
    spread[spread == 0] = 1.0
    fitted: Any = LogisticRegression(C=_C, max_iter=1000, tol=1e-6).fit(
        table / spread, [each.holds for each in observations]
    )
    weights = np.append(fitted.coef_[0] / spread, fitted.intercept_)
    return dict(zip((*uses.names, "bias"), np.round(weights, _DIGITS).tolist(), strict=True))


def predict_by_folds(observations: Sequence[Observation], uses: Uses) -> list[float]:
    """The chance of each observation, by weights fitted without the messages of its fold."""
    chances = [0.0] * len(observations)
    for fold in range(FOLDS):
        inside = [place for place, each in enumerate(observations) if each.message % FOLDS == fold]
        if not inside:
            continue
        others = (each for each in observations if each.message % FOLDS != fold)
        function: Logistic[Any] = Logistic(uses.type, fit_weights(list(others), uses))
        for place in inside:
            chances[place] = function.chance(observations[place].signals)
    return chances


def compute_log_loss(chances: Iterable[float], holds: Iterable[bool]) -> float:
    """The mean of what each outcome costs, in nats, for the chance that was given to it."""
    import numpy as np

    given, held = np.array(list(chances)), np.array(list(holds))
    return float(-np.log(np.where(held, given, 1 - given)).mean())
