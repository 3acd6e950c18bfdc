"""Words as they are spelled: one table of short forms and slips, and one corrector of typing errors.

A typing error is mended to the nearest word that means something here by optimal string alignment distance (Damerau
1964, "A technique for computer detection and correction of spelling errors", https://doi.org/10.1145/363958.363994, in
its restricted form), which RapidFuzz computes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
_REMEMBERED_WORDS = 5_000


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
        self._urgent = urgent
        self._undoubled: dict[str, list[str]] | None = None
        self._by_length: dict[int, list[str]] = {}
        for word in dict.fromkeys((*table, *targets)):
            if len(word) >= _SHORTEST_TARGET and word.isalpha():
                self._by_length.setdefault(len(word), []).append(word)
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
        near = list(self._find_near(word))
        broad, reason = _choose(word, near, self._targets, BROAD)
        strict, _ = _choose(word, [each for each in near if self._is_urgent(each.word)], self._urgent, STRICT)
        words, strictly = self._table.get(broad, (broad,)), self._table.get(strict, (strict,))
        if len(words) != len(strictly):  # one word and two can't stand in one place
            words = strictly
        return Spelled(words, strictly, reason if words != (word,) else "")

    def _is_urgent(self, word: str) -> bool:
        return word in self._urgent or word in self._table

    def _find_near(self, word: str) -> Iterator[_Near]:
        """The targets and short forms that differ from `word` in doubled letters alone, or by a slip or two."""
        if self._undoubled is None:  # few messages need it, and making it takes longer than all else at a start
            self._undoubled = {}
            for target in (*self._table, *self._targets):
                self._undoubled.setdefault(_REPEATED.sub(r"\1", target), []).append(target)
        for target in self._undoubled.get(_REPEATED.sub(r"\1", word), ()):
            yield _Near(target, 0)
        if len(word) >= BROAD.shortest:
            most = 1 if len(word) < BROAD.shortest_twice else 2
            for length in range(len(word) - most, len(word) + most + 1):
                listed = self._by_length.get(length, ())
                found = process.extract(word, listed, scorer=OSA.distance, score_cutoff=most, limit=None)
                yield from (_Near(target, int(distance)) for target, distance, _ in found)


class _Near(NamedTuple):
    """A word that may have been meant, and the slips to it; none where letters are doubled, and nothing else."""

    word: str
    slips: int


def _choose(word: str, near: Iterable[_Near], uses: Mapping[str, int], limits: Limits) -> tuple[str, Reason]:
    """The word that was meant, as far as `limits` allow, and what was wrong; `word` itself, and nothing, where none is.

    Of equally near ones the right first letter wins, then the most used.
    """
    best, least = word, (len(word), True, 0)
    most = 0 if len(word) < limits.shortest else 1 if len(word) < limits.shortest_twice else 2
    for candidate, slips in near:
        if slips == 0:
            return candidate, "doubled letters"
        begins = candidate[0] == word[0]
        rank = (slips, not begins, -uses.get(candidate, 0))
        if slips <= most and rank < least and (begins or (slips == 1 and len(word) >= limits.shortest_first)):
            best, least = candidate, rank
    return best, "slip" if best != word else ""


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
