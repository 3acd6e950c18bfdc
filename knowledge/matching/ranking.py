"""Which entries a message asks for, the likeliest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest

from rapidfuzz import fuzz, process

from knowledge.language.utterance import Term
from knowledge.matching.features import extract_features
from knowledge.matching.trained import OUT_OF_SCOPE, TrainedModel

RANKED = 4
"""How many of the best candidates are looked at closely."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A class that a message may belong to: an entry's id, or the prefixed id of a subject out of scope.

    `score` orders candidates; `similarity` (0 to 1) is the likeness to the nearest message of the class.
    """

    name: str
    score: float
    similarity: float = 0.0


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a text may ask for: our best `entries`, the likeliest first, and the likeliest subject `out_of_scope`.

    `terms` and `features` are what the text was read as; `known_share` (0 to 1) is how much of its features the
    model knows; `ours` sums the scores of all our entries.
    """

    entries: Sequence[Candidate]
    out_of_scope: Candidate | None
    terms: Sequence[Term]
    features: Mapping[str, float]
    known_share: float
    ours: float


class Ranker:
    """Ranks the classes of a model."""

    def __init__(self, model: TrainedModel) -> None:
        self._model = model
        self._ours = sum(not name.startswith(OUT_OF_SCOPE) for name in model.names)

    def rank(self, terms: Sequence[Term]) -> Ranking:
        """The best of our own classes and the best out of scope, for the terms of a text."""
        features = extract_features(terms)
        scores, known = self._model.weights.score(features, len(self._model.names))
        text = " ".join(term.stem for term in terms)
        best = nlargest(RANKED, range(self._ours), key=scores.__getitem__)
        entries = [self._compare(text, number, scores[number]) for number in best]
        other = max(range(self._ours, len(scores)), key=scores.__getitem__, default=None)
        out_of_scope = None if other is None else self._compare(text, other, scores[other])
        return Ranking(entries, out_of_scope, terms, features, known, sum(scores[: self._ours]))

    def explain(self, ranking: Ranking, name: str) -> list[tuple[str, float]]:
        """What each feature adds to the score of the class `name`, the strongest first."""
        return self._model.weights.explain(ranking.features, self._model.names.index(name))

    def _compare(self, text: str, number: int, score: float) -> Candidate:
        name = self._model.names[number]
        nearest = process.extractOne(text, self._model.messages[name], scorer=fuzz.ratio)
        return Candidate(name, score, nearest[1] / 100 if nearest else 0.0)
