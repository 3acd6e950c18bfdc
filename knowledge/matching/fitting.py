"""Fitting the functions of confidence: which signals each uses, and the weights that messages teach.

Logistic regression with a ridge of 1 on signals brought to unit spread (le Cessie and van Houwelingen 1992, "Ridge
estimators in logistic regression", https://doi.org/10.2307/2347628), by scikit-learn, which only this needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from knowledge.language.reader import Reader
from knowledge.matching.confidence import (
    Logistic,
    PostIntentSignals,
    PostScopeSignals,
    Scorer,
    Signals,
    measure_candidates,
)
from knowledge.matching.trained import Labelled

FOLDS = 10

_CANDIDATES = 3
"""Candidates of a message from which the confidence in an entry is learnt."""

_DIGITS = 3
_C = 1.0
"""The inverse of the ridge."""


class Observation(NamedTuple):
    """Signals of one candidate of one message, and whether what they speak for was true."""

    message: int
    first: bool
    signals: Signals | PostScopeSignals | PostIntentSignals
    holds: bool


Observations = Mapping[str, Sequence[Observation]]
"""The observations for each of the functions of `confidence.Fitted`, by its name."""


def observe_questions(messages: Iterable[Labelled], reader: Reader, scorer: Scorer) -> Observations:
    """Whether each message is in scope, and which of its best candidates is meant."""
    in_scope, intent = [], []
    for number, message in enumerate(messages):
        terms = reader.read(message.text).terms
        if not terms:
            continue
        ranking = scorer.ranker.rank(terms)
        best = ranking.entries[:_CANDIDATES]
        ours = message.ours or best[0].name in message.accept
        for place, candidate in enumerate(best):
            signals = scorer.measure(ranking, candidate)
            if place == 0:
                in_scope.append(Observation(number, True, signals, ours))
            if ours:
                intent.append(Observation(number, place == 0, signals, candidate.name in message.accept))
    return {"in_scope": in_scope, "intent": intent}


def observe_posts(posts: Iterable[Labelled], reader: Reader, scorer: Scorer) -> Observations:
    """Whether a post is in scope, and whether showing each of its candidates would help."""
    in_scope, intent = [], []
    for number, post in enumerate(posts):
        whole, sentences = scorer.score_post(list(reader.read(post.text).in_parts()))
        in_scope.append(Observation(number, True, scorer.measure_post(whole, sentences), post.ours))
        if post.ours:
            intent += [
                Observation(number, True, signals, name in post.accept)
                for name, signals in measure_candidates(whole, sentences)
            ]
    return {"post_in_scope": in_scope, "post_intent": intent}


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
            "ahead_of_out_of_scope",
            "ours",
            "unexplained",
            "similarity",
            "unlike_english_by_word",
            "like_entry",
            "off_topic",
            "similarity_out_of_scope",
            "length",
            "ahead",
        ),
    ),
    "intent": Uses(Signals, ("ahead", "score", "similarity", "like_entry", "unlike_english", "unlike_english_by_word")),
    "post_in_scope": Uses(
        PostScopeSignals,
        (
            "unlike_out_of_scope_by_word",
            "names_treatment",
            "similarity_out_of_scope",
            "sentences",
            "off_topic",
            "like_entry_by_word",
            "unlike_english_by_word",
            "botox",
        ),
    ),
    "post_intent": Uses(
        PostIntentSignals,
        (
            "first_of_whole",
            "in_other_sentence",
            "intent",
            "in_whole",
            "intent_of_whole",
            "length",
            "asks",
            "behind_best",
        ),
    ),
}
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
