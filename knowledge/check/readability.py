"""How hard a text is to read: the Flesch-Kincaid grade, with names that a writer can't avoid counted as easy words.

J. P. Kincaid and others, "Derivation of New Readability Formulas for Navy Enlisted Personnel", 1975
(https://stars.library.ucf.edu/istlibrary/56/). Words, sentences and syllables are counted as the library textstat (0.7)
does, and the grades are the same; the syllables are those that pyphen would hyphenate.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyphen import Pyphen

_DECIMAL_POINT = re.compile(r"(?<=\d)\.(?=\d)")
_SENTENCE = re.compile(r"\b[^.!?]+[.!?]*")
_PUNCTUATION = re.compile(r"[^\w\s]")
_SHORTEST_SENTENCE = 3
"""Words; what is shorter ("Yes.") counts as a part of its neighbour."""
_TWO_SYLLABLES = "doctor"


class MissingLibraryError(Exception):
    """The library that only `check` needs is not installed."""


def names_in(names: Iterable[str]) -> re.Pattern[str]:
    """Finds the names, the longest first, in any case and with the endings of plural and possession."""
    listed = sorted(map(re.escape, names), key=len, reverse=True) or ["(?!)"]
    return re.compile(rf"(?<!\w)(?:{'|'.join(listed)})(?:['’]?s|['’])?(?!\w)", re.IGNORECASE)


def grade(text: str, names: re.Pattern[str]) -> float:
    """The grade of a text, each name a word of two syllables; a decimal point ends no sentence.

    About the years of school that a reader needs, to one decimal place; 0 for a text without words. Raises
    MissingLibraryError where pyphen is not installed.
    """
    prepared = _DECIMAL_POINT.sub(",", names.sub(_TWO_SYLLABLES, text))
    words, syllables_of = _words(prepared), hyphenation().positions
    if not words:
        return 0.0
    sentences = sum(len(_words(sentence)) >= _SHORTEST_SENTENCE for sentence in _SENTENCE.findall(prepared))
    syllables = sum(len(syllables_of(word.lower())) + 1 for word in words)
    length, weight = _tenths(len(words) / max(1, sentences)), _tenths(syllables / len(words))
    return _tenths(0.39 * length + 11.8 * weight - 15.59)


def _tenths(number: float) -> float:
    """Rounded to one decimal place, halves away from zero."""
    return math.floor(number * 10 + math.copysign(0.5, number)) / 10


def _words(text: str) -> list[str]:
    return _PUNCTUATION.sub("", text).split()


@cache
def hyphenation() -> Pyphen:
    """Where American English words may be hyphenated; raises MissingLibraryError."""
    try:
        from pyphen import Pyphen
    except ImportError:
        raise MissingLibraryError("pyphen") from None
    return Pyphen(lang="en_US")
