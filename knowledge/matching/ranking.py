"""Which entries a message asks for, the likeliest first.

The message's features are weighed by the model learnt from the phrasings; order-aware similarity to the nearest
phrasing (RapidFuzz) settles what the words alone leave open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest

from rapidfuzz import fuzz, process

from knowledge.language.lexicon import Lexicon, Word
from knowledge.matching.classifier import Weights
from knowledge.matching.features import features

TIE_BREAK = 0.12
"""What full similarity to a phrasing adds to a score, whose useful range is about -1 to 0."""

COMPARED = 4
"""How many of the best candidates are compared letter by letter."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A class that a message may belong to: an entry's id, or "elsewhere:" and a subject's id.

    `score` orders candidates; `similarity` (0 to 1) is the likeness to the nearest phrasing.
    """

    name: str
    score: float
    similarity: float = 0.0


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a text may ask for: our best `entries`, the likeliest first, and the likeliest subject `elsewhere`.

    `words` and `features` are what the text was read as; `known_share` (0 to 1) is how much of its features the
    phrasings know; `ours` sums the scores of all our entries.
    """

    entries: Sequence[Candidate]
    elsewhere: Candidate | None
    words: Sequence[Word]
    features: Mapping[str, float]
    known_share: float
    ours: float


class Matcher:
    """Ranks the classes of a model.

    `names` are the classes in the order of the model, our own `ours` first and then those elsewhere; `phrasings` holds
    the stems of the phrasings of each.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        weights: Weights,
        names: Sequence[str],
        ours: int,
        phrasings: Mapping[str, Sequence[str]],
    ) -> None:
        self.lexicon = lexicon
        self._weights = weights
        self._names = names
        self._ours = ours
        self._phrasings = phrasings

    def rank(self, read: Sequence[Word]) -> Ranking:
        """The best of our own classes and the best elsewhere, for the words of a text."""
        found = features(read, self.lexicon)
        weights = self._weights
        known = 0.0
        scores = [0.0] * len(self._names)
        for name, value in weights.scaled(found).items():
            feature = weights.number.get(name)
            if feature is None:
                continue
            known += value * value
            for number, strength in zip(weights.classes[feature], weights.strengths[feature], strict=False):
                scores[number] += strength * value
        text = " ".join(word.stem for word in read)
        best = nlargest(COMPARED, range(self._ours), key=scores.__getitem__)
        entries = [self._compared(text, number, scores[number]) for number in best]
        entries.sort(key=lambda candidate: -candidate.score)
        other = max(range(self._ours, len(scores)), key=scores.__getitem__, default=None)
        elsewhere = None if other is None else self._compared(text, other, scores[other])
        return Ranking(entries, elsewhere, read, found, known, sum(scores[: self._ours]))

    def contributions(self, ranking: Ranking, name: str) -> list[tuple[str, float]]:
        """What each feature adds to the score of the class `name`, the strongest first."""
        wanted = self._names.index(name)
        weights = self._weights
        parts = []
        for key, value in weights.scaled(ranking.features).items():
            feature = weights.number.get(key)
            if feature is not None:
                strength = dict(zip(weights.classes[feature], weights.strengths[feature], strict=True))
                parts.append((key, strength.get(wanted, 0.0) * value))
        return sorted(parts, key=lambda part: -abs(part[1]))

    def _compared(self, text: str, number: int, score: float) -> Candidate:
        name = self._names[number]
        nearest = process.extractOne(text, self._phrasings[name], scorer=fuzz.ratio)
        similarity = nearest[1] / 100 if nearest else 0.0
        return Candidate(name, score + TIE_BREAK * similarity, similarity)
