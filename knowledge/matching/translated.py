"""Which entries a message in another language asks for: its likeness to the questions that translators wrote there.

The n-grams of a message's words are weighed by how rare they are among the questions (TF-IDF, Spärck Jones 1972) and
compared by the cosine. RapidFuzz beside it made matters worse: a message shares words with a question, not its shape.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from knowledge.language.languages import split_words, without_accents
from knowledge.matching.confidence import Likely
from knowledge.model import Translation

_SHORTEST, _LONGEST = 3, 5
_WHOLE_WORD = 2.0
"""What a whole word weighs beside an n-gram."""
_BY_OTHERS = 0.5
"""What the second likest wording of an entry adds."""


class _Wording(NamedTuple):
    entry: str
    text: str


class TranslatedQuestions:
    """The questions of one language, ready to be compared; making them ready takes a tenth of a second."""

    def __init__(self, translation: Translation) -> None:
        self._entries: list[str] = []
        counted: list[Mapping[str, float]] = []
        for entry, question in translation.questions.items():
            for text in dict.fromkeys((question.ask, *question.asked)):
                self._entries.append(entry)
                counted.append(_count_grams(text))
        seen = Counter(gram for counts in counted for gram in counts)
        self._rarest = math.log(len(counted)) if counted else 0.0
        self._rarity = {gram: math.log(len(counted) / count) for gram, count in seen.items()}
        self._holding: dict[str, list[tuple[int, float]]] = {}
        for number, counts in enumerate(counted):
            for gram, weight in self._weigh(counts).items():
                self._holding.setdefault(gram, []).append((number, weight))

    def find(self, text: str) -> list[Likely]:
        """The entries that `text` is like, the likest first; `chance` is how alike they are (0 to 1), no chance."""
        cosines: dict[int, float] = {}
        for gram, weight in self._weigh(_count_grams(text)).items():
            for number, other in self._holding.get(gram, ()):
                cosines[number] = cosines.get(number, 0.0) + weight * other
        by_entry: dict[str, list[float]] = {}
        for number, cosine in cosines.items():
            by_entry.setdefault(self._entries[number], []).append(cosine)
        found = []
        for entry, each in by_entry.items():
            best, second = (*sorted(each, reverse=True), 0.0)[:2]
            found.append(Likely(entry, (best + _BY_OTHERS * second) / (1 + _BY_OTHERS)))
        return sorted(found, key=lambda each: -each.chance)

    def _weigh(self, counts: Mapping[str, float]) -> dict[str, float]:
        """Weights by rarity, of length 1 in all."""
        weighed = {gram: count * self._rarity.get(gram, self._rarest) for gram, count in counts.items()}
        length = math.sqrt(sum(weight * weight for weight in weighed.values())) or 1.0
        return {gram: weight / length for gram, weight in weighed.items()}


def _count_grams(text: str) -> Mapping[str, float]:
    """The words and their n-grams, without the accents that people leave away."""
    counts: dict[str, float] = {}
    for word in map(without_accents, split_words(text)):
        counts[f"={word}"] = _WHOLE_WORD
        counts.update(dict.fromkeys(_split_grams(f"^{word}$"), 1.0))
    return counts


def _split_grams(edged: str) -> Iterator[str]:
    for length in range(_SHORTEST, _LONGEST + 1):
        for start in range(len(edged) - length + 1):
            yield edged[start : start + length]
