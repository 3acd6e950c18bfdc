"""What entries are called, and which of them somebody means who is still typing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from rapidfuzz import fuzz, process

from knowledge.language.normalize import fold
from knowledge.model import Entry

_ALIKE = 0.8
"""The likeness (0 to 1) from which on a title counts at all: nearly all short texts share as much with some title."""

_SIGNS = str.maketrans("?!.,;:–—-()“”\"'", " " * 15)


class Titles:
    """The questions and labels of `entries`, read when they are first asked for."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = tuple(entries)

    def compare(self, text: str) -> Mapping[str, float]:
        """For the ids of entries with a title of which `text` is nearly a piece, how nearly: above 0, up to 1.

        The piece begins with a word, and may end within one: "preg" is a piece of "Pregnancy", "art" none of "start".
        """
        asked = _words(text)
        found: dict[str, float] = {}
        if not asked.strip():
            return found
        owners, titles = self._titles
        cut = 100 * _ALIKE
        for _, alike, place in process.extract_iter(asked, titles, scorer=fuzz.partial_ratio, score_cutoff=cut):
            worth = (alike - cut) / (100 - cut)
            if worth > found.get(owners[place], 0.0):
                found[owners[place]] = worth
        return found

    @cached_property
    def _titles(self) -> tuple[list[str], list[str]]:
        pairs = [(entry.id, _words(title)) for entry in self._entries for title in (entry.question, entry.label)]
        return [owner for owner, _ in pairs], [words for _, words in pairs]


def _words(text: str) -> str:
    """The words alone, each behind a space, so that likeness at the beginning of words counts for more."""
    return "".join(f" {word}" for word in fold(text).translate(_SIGNS).split())
