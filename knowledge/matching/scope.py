"""How much likelier a text is as talk about our subject than as English at large.

Unigram language models with Dirichlet smoothing (Zhai and Lafferty 2004), compared by their log-likelihood ratio. The
model of an entry is smoothed by that of all entries, and that one by the commonness of words in English.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from knowledge.language.lexicon import Word

_BACKGROUND = 0.3
"""Weight of general English in the models of whole corpora, as a part of their size."""

_BACKGROUND_OF_ENTRY = 100.0
"""Weight of all entries in the model of one, in words."""

_REMEMBERED_WORDS = 20_000


class WordRatios(NamedTuple):
    """How likely a word is in talk about our subject, and the log ratios of that to English and to talk elsewhere."""

    ours: float
    to_english: float
    to_elsewhere: float


class Likelihoods:
    """Log-likelihood ratios of words. `ours` counts the stems of each entry's phrasings, `elsewhere` all others'."""

    def __init__(self, ours: Mapping[str, Mapping[str, int]], elsewhere: Mapping[str, int]) -> None:
        self._by_entry = ours
        self._sizes = {name: sum(counts.values()) for name, counts in ours.items()}
        total: Counter[str] = Counter()
        for counts in ours.values():
            total.update(counts)
        self._ours: Mapping[str, int] = total
        self._ours_size = total.total()
        self._elsewhere = elsewhere
        self._elsewhere_size = sum(elsewhere.values())
        self.ratios = lru_cache(maxsize=_REMEMBERED_WORDS)(self._ratios)

    def of_entry(self, words: Sequence[Word], name: str) -> float:
        """The log-likelihood ratio of the words as talk about the entry `name` against English at large."""
        counts, size = self._by_entry[name], self._sizes[name]
        total = len(words) * math.log(_BACKGROUND_OF_ENTRY / (size + _BACKGROUND_OF_ENTRY))
        for word in words:
            ratios = self.ratios(word.stem, word.commonness)
            total += ratios.to_english
            inside = counts.get(word.stem)
            if inside:
                total += math.log1p(inside / (ratios.ours * _BACKGROUND_OF_ENTRY))
        return total

    def _ratios(self, stem: str, commonness: int) -> WordRatios:
        english = _english(commonness)
        ours = _smoothed(self._ours.get(stem, 0), self._ours_size, english)
        elsewhere = _smoothed(self._elsewhere.get(stem, 0), self._elsewhere_size, english)
        return WordRatios(ours, math.log(ours / english), math.log(ours / elsewhere))


def _english(commonness: int) -> float:
    """How often a word of this Zipf step stands in English, as a part of all words (van Heuven and others 2014)."""
    return 10 ** (commonness + 0.4 - 9)


def _smoothed(count: int, size: int, english: float) -> float:
    weight = _BACKGROUND * size
    return (count + weight * english) / (size + weight) if size else english
