"""How much likelier a text is as talk about our subject than as English at large, or as talk that is not ours.

Unigram language models with Dirichlet smoothing (Zhai and Lafferty 2004, "A study of smoothing methods for language
models applied to information retrieval", https://doi.org/10.1145/984321.984322), compared by their log-likelihood
ratio. The model of an entry is smoothed by that of all entries, and that one by the commonness of words in English.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from knowledge.language.utterance import Term

_BACKGROUND = 0.3
"""Weight of general English in the models of whole corpora, as a part of their size."""

_BACKGROUND_OF_ENTRY = 100.0
"""Weight of all entries in the model of one, in words."""

_REMEMBERED_WORDS = 5_000


class WordRatios(NamedTuple):
    """How likely a word is in talk about our subject, and the log ratios of that to English and to other talk."""

    ours: float
    to_english: float
    to_out_of_scope: float


class ScopeModel:
    """Log-likelihood ratios of words.

    `by_entry` counts the stems of each entry's messages, `ours` those of all entries, `out_of_scope` all others'.
    """

    def __init__(
        self, by_entry: Mapping[str, Mapping[str, int]], ours: Mapping[str, int], out_of_scope: Mapping[str, int]
    ) -> None:
        self._by_entry = by_entry
        self._sizes = {name: sum(counts.values()) for name, counts in by_entry.items()}
        self._ours = ours
        self._ours_size = sum(ours.values())
        self._out_of_scope = out_of_scope
        self._out_of_scope_size = sum(out_of_scope.values())
        self.ratios_of = lru_cache(maxsize=_REMEMBERED_WORDS)(self._compute_ratios)

    def has_word(self, stem: str, name: str) -> bool:
        """Whether a message of the entry `name` has the word."""
        return stem in self._by_entry[name]

    def compare_entry(self, terms: Sequence[Term], name: str) -> float:
        """The log-likelihood ratio of the terms as talk about the entry `name` against English at large."""
        counts, size = self._by_entry[name], self._sizes[name]
        total = len(terms) * math.log(_BACKGROUND_OF_ENTRY / (size + _BACKGROUND_OF_ENTRY))
        for term in terms:
            ratios = self.ratios_of(term.stem, term.commonness)
            total += ratios.to_english
            inside = counts.get(term.stem)
            if inside:
                total += math.log1p(inside / (ratios.ours * _BACKGROUND_OF_ENTRY))
        return total

    def _compute_ratios(self, stem: str, commonness: int) -> WordRatios:
        english = _english(commonness)
        ours = _smooth(self._ours.get(stem, 0), self._ours_size, english)
        out_of_scope = _smooth(self._out_of_scope.get(stem, 0), self._out_of_scope_size, english)
        return WordRatios(ours, math.log(ours / english), math.log(ours / out_of_scope))


def _english(commonness: int) -> float:
    """How often a word of this Zipf step stands in English, as a part of all words (van Heuven and others 2014,
    "SUBTLEX-UK", https://doi.org/10.1080/17470218.2013.850521).
    """
    return 10 ** (commonness + 0.4 - 9)


def _smooth(count: int, size: int, english: float) -> float:
    weight = _BACKGROUND * size
    return (count + weight * english) / (size + weight) if size else english
