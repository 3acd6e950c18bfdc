"""Which entries a message in another language asks for: its likeness to the questions that translators wrote there.

The n-grams of a message's words are weighed by how rare they are among the questions (TF-IDF, Spärck Jones 1972) and
compared by the cosine; the nearest wordings are compared by RapidFuzz as well, which forgives slips.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from heapq import nlargest
from typing import NamedTuple

from rapidfuzz import fuzz

from knowledge.language.languages import split_words, without_accents
from knowledge.matching.confidence import Likely
from knowledge.model import Translation

_SHORTEST, _LONGEST = 3, 5
_WHOLE_WORD = 2.0
"""What a whole word weighs beside an n-gram."""
_COMPARED = 12
"""Entries whose nearest wording is compared by RapidFuzz as well."""
_BY_COSINE = 0.7


class _Wording(NamedTuple):
    entry: str
    text: str


class TranslatedQuestions:
    """The questions of one language, ready to be compared."""

    def __init__(self, translation: Translation) -> None:
        self._wordings = [
            _Wording(entry, " ".join(_read(text)))
            for entry, question in translation.questions.items()
            for text in dict.fromkeys((question.ask, *question.asked))
        ]
        counted = [_count_grams(wording.text.split()) for wording in self._wordings]
        seen = Counter(gram for counts in counted for gram in counts)
        self._rarity = {gram: math.log(len(counted) / count) for gram, count in seen.items()}
        self._holding: dict[str, list[tuple[int, float]]] = {}
        for number, counts in enumerate(counted):
            for gram, weight in self._weigh(counts).items():
                self._holding.setdefault(gram, []).append((number, weight))

    def find(self, text: str) -> list[Likely]:
        """The entries that are likest to `text`, the best first; `chance` is how alike they are (0 to 1)."""
        words = _read(text)
        cosines: dict[int, float] = {}
        for gram, weight in self._weigh(_count_grams(words)).items():
            for number, other in self._holding.get(gram, ()):
                cosines[number] = cosines.get(number, 0.0) + weight * other
        nearest: dict[str, int] = {}
        for number in sorted(cosines, key=lambda each: -cosines[each]):
            nearest.setdefault(self._wordings[number].entry, number)
        plain = " ".join(words)
        found = [
            Likely(
                entry,
                _BY_COSINE * cosines[number]
                + (1 - _BY_COSINE) * fuzz.token_sort_ratio(plain, self._wordings[number].text) / 100,
            )
            for entry, number in list(nearest.items())[:_COMPARED]
        ]
        return nlargest(_COMPARED, found, key=lambda each: each.chance)

    def _weigh(self, counts: Mapping[str, float]) -> dict[str, float]:
        rarest = math.log(len(self._wordings))
        weighed = {gram: count * self._rarity.get(gram, rarest) for gram, count in counts.items()}
        length = math.sqrt(sum(weight * weight for weight in weighed.values())) or 1.0
        return {gram: weight / length for gram, weight in weighed.items()}


def _read(text: str) -> list[str]:
    """The words, without the accents that people leave away."""
    return [without_accents(word) for word in split_words(text)]


def _count_grams(words: Iterable[str]) -> dict[str, float]:
    counts: dict[str, float] = {}
    for word in words:
        counts[f"={word}"] = _WHOLE_WORD
        for gram in _split_grams(f"^{word}$"):
            counts[gram] = 1.0
    return counts


def _split_grams(edged: str) -> Iterator[str]:
    for length in range(_SHORTEST, _LONGEST + 1):
        for start in range(len(edged) - length + 1):
            yield edged[start : start + length]
