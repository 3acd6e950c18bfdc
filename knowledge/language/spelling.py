"""Words as they are spelled: one table of short forms and slips, and one corrector of typing errors.

A typing error is mended to the nearest word that means something here by optimal string alignment distance (Damerau
1964, "A technique for computer detection and correction of spelling errors", https://doi.org/10.1145/363958.363994, in
its restricted form), which RapidFuzz computes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.language.normalize import fold

_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)*|[0-9]+(?:[.,:][0-9]+)*|[.!?\n]+|[,;:()\[\]\"“”–—*]|-+(?=\s)|(?<=\s)-+")
_REPEATED = re.compile(r"(.)\1+")
_NUMBER_BREAK = re.compile(r"[.,:]")
_LONGEST_NUMBER = 9
_SHORTEST_TARGET = 4
_REMEMBERED_WORDS = 20_000
_NEAREST_LOOKED_AT = 5


class Limits(NamedTuple):
    """How far a correction may go: from how many letters on a word is mended at all, from how many by two slips, and
    from how many on the first letter may be the slip.
    """

    shortest: int
    shortest_twice: int
    shortest_first: int


BROAD = Limits(shortest=4, shortest_twice=7, shortest_first=4)
"""For matching, where a wrong guess costs little: the rest of the message speaks as well."""

STRICT = Limits(shortest=5, shortest_twice=9, shortest_first=6)
"""For triage, where "site" must not become "bite"."""

Reason = Literal["", "listed", "doubled letters", "slip"]


class Spelled(NamedTuple):
    """The words that a typed word stands for, and why they differ from it (empty: they don't).

    `strict` are the words where only STRICT corrections count, as many as `words`.
    """

    words: tuple[str, ...]
    strict: tuple[str, ...]
    reason: Reason = ""


@cache
def common_words() -> Mapping[str, int]:
    """How common English words are: word to step of the Zipf scale, 3 to 7."""
    found: dict[str, int] = {}
    for line in (Path(__file__).parent.parent / "english.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            step, *listed = line.split(" ")
            found.update(dict.fromkeys(listed, int(step)))
    return found


def tokenize(text: str) -> list[str]:
    """The words, numbers and clause edges of a text, folded, in order; "don't" is one word, "2nd" is "2" and "nd"."""
    return _TOKEN.findall(fold(text).replace("&", " and "))


class Speller:
    """Spells typed words out. `table` maps short forms and slips to what they stand for.

    `targets` are the words that typing errors are mended to, each with how often it is used: of equally near ones the
    most used wins. A word among them, or a common one, is right as it is. `urgent` are those of the red flags, to which
    alone strict spelling mends.
    """

    def __init__(self, table: Mapping[str, str], targets: Mapping[str, int], urgent: Mapping[str, int]) -> None:
        self._table = {short: tuple(words.split(" ")) for short, words in table.items()}
        self._targets = targets
        self._broad = _Corrector({**dict.fromkeys(table, 0), **targets}, BROAD)
        self._strict = _Corrector({**dict.fromkeys(table, 0), **urgent}, STRICT)
        self._common = common_words()
        self.spell = lru_cache(maxsize=_REMEMBERED_WORDS)(self._spell)

    def write_out(self, word: str) -> tuple[str, ...]:
        """The words that the table has for `word`, which holds no typing error."""
        return self._table.get(word) or self._table.get(word.replace("'", ""), (word.replace("'", ""),))

    def _spell(self, typed: str) -> Spelled:
        if typed[0].isdigit():
            number = str(int(_NUMBER_BREAK.split(typed)[0][:_LONGEST_NUMBER]))
            return Spelled((number,), (number,))
        if typed in self._table:
            return Spelled(self._table[typed], self._table[typed], "listed")
        plain = typed.replace("'", "")
        if plain not in self._table and typed.endswith("'s"):
            owner = self._spell_plain(typed[:-2].replace("'", ""))
            return Spelled((*owner.words, "s"), (*owner.strict, "s"), owner.reason)
        return self._spell_plain(plain)

    def _spell_plain(self, word: str) -> Spelled:
        if word in self._table:
            return Spelled(self._table[word], self._table[word], "listed")
        if not word or word in self._targets:
            return Spelled((word,), (word,))
        if len(word) > 1 and word == word[0] * len(word):  # even a common "aa", once "aaaa"
            return Spelled((word[0],), (word[0],), "doubled letters")
        if word in self._common:
            return Spelled((word,), (word,))
        broad, reason = self._broad.correct(word)
        words = self._table.get(broad, (broad,))
        mended, _ = self._strict.correct(word)
        strict = self._table.get(mended, (mended,))
        return Spelled(words if len(words) == len(strict) else strict, strict, reason)


class Standardiser:
    """Puts terms instead of the words and phrases that come to the same, the longest first."""

    def __init__(self, synonyms: Mapping[str, str]) -> None:
        self._terms = {tuple(variant.split(" ")): tuple(standard.split(" ")) for variant, standard in synonyms.items()}
        self._longest: dict[str, int] = {}
        for variant in self._terms:
            self._longest[variant[0]] = max(self._longest.get(variant[0], 0), len(variant))

    def replace(self, words: Sequence[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
        """For each piece of `words` of how many of them it stands instead, and its terms."""
        place = 0
        while place < len(words):
            length = 1
            terms: tuple[str, ...] = (words[place],)
            for size in range(min(self._longest.get(words[place], 0), len(words) - place), 0, -1):
                found = self._terms.get(tuple(words[place : place + size]))
                if found:
                    length, terms = size, found
                    break
            yield length, terms
            place += length


class _Corrector:
    """Mends typing errors to the nearest of some words, each with how often it is used, as far as limits allow."""

    def __init__(self, words: Mapping[str, int], limits: Limits) -> None:
        self._words = words
        self._limits = limits
        self._by_length: dict[int, list[str]] = {}
        self._undoubled: dict[str, str] | None = None
        for word in words:
            if len(word) >= _SHORTEST_TARGET and word.isalpha():
                self._by_length.setdefault(len(word), []).append(word)

    def correct(self, word: str) -> tuple[str, Reason]:
        """The word that is meant, and what was wrong; `word` itself, and nothing, where no word is near enough."""
        undoubled = self._undouble(word)
        if undoubled:
            return undoubled, "doubled letters"
        best, least = word, (len(word), 1, 0)
        most = 1 if len(word) < self._limits.shortest_twice else 2
        lengths = range(len(word) - most, len(word) + most + 1) if len(word) >= self._limits.shortest else ()
        for length in lengths:
            listed = self._by_length.get(length, ())
            near = process.extract(word, listed, scorer=OSA.distance, score_cutoff=most, limit=_NEAREST_LOOKED_AT)
            for candidate, distance, _ in near:
                begins = candidate[0] == word[0]
                rank = (int(distance), int(not begins), -self._words[candidate])
                if rank < least and (begins or (distance == 1 and len(word) >= self._limits.shortest_first)):
                    best, least = candidate, rank
        return best, "slip" if best != word else ""

    def _undouble(self, word: str) -> str | None:
        """The word that differs from `word` in doubled letters alone."""
        if self._undoubled is None:  # few messages need it, and making it takes longer than all else at a start
            self._undoubled = {}
            for target in self._words:
                self._undoubled.setdefault(_REPEATED.sub(r"\1", target), target)
        return self._undoubled.get(_REPEATED.sub(r"\1", word))
