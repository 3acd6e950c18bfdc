"""Finding listed phrases in a sequence of stems: the one phrase matcher, of concepts and of red flags alike.

A phrase is compared by its stems. In a phrase of the red flags, "=" before a word wants that very form ("=feels" is not
"feel"), "|" is the edge of a clause, "{4..9}" is any number from 4 to 9, and "<list>" stands for each phrase of a list.
Articles ("my", "the") count for nothing inside a phrase, and fillers ("really") may stand between its words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.language.utterance import EDGES, Span

_RANGE = re.compile(r"\{(\d+)\.\.(\d+)\}")
_LIST = re.compile(r"<([a-z_]+)>")
_MOST_FILLERS = 3
"""Fillers in a row that may stand between two words of a phrase."""

Forms = Callable[[str], Sequence[tuple[str, str]]]
"""Gives the words that a piece of a phrase stands for, each with its stem."""

Index = Mapping[str, str]
"""Phrases by their first key, as JSON keeps them in one quick piece: a line for each phrase with its further keys, a
semicolon and the numbers of the lists that it stands in."""


@dataclass(frozen=True, slots=True)
class PhraseLists:
    """Lists of phrases, compiled: their names, and their index."""

    names: Sequence[str]
    index: Index


class _Step:
    """A step in the trie of phrases: where each next stem or exact word leads, and the lists whose phrases end here."""

    __slots__ = ("by_stem", "by_word", "lists")

    def __init__(self) -> None:
        self.by_stem: dict[str, _Step] = {}
        self.by_word: dict[str, _Step] = {}
        self.lists: list[int] = []

    def leading(self, key: str) -> list[_Step]:
        """The steps behind `key`, made where there are none; an edge may be a comma's or a sentence's."""
        if key == "|":
            return [self.by_stem.setdefault(edge, _Step()) for edge in EDGES]
        if key[0] == "=":
            return [self.by_word.setdefault(key[1:], _Step())]
        return [self.by_stem.setdefault(key, _Step())]


class PhraseMatcher:
    """Lists of phrases, found in one pass. What begins with a word is laid out when it is first met."""

    def __init__(self, lists: PhraseLists, fillers: Collection[str] = frozenset()) -> None:
        self._names = lists.names
        self._index = lists.index
        self._fillers = fillers
        self._firsts = frozenset(
            key for first in self._index for key in (EDGES if first == "|" else (first.removeprefix("="),))
        )
        self._steps = lru_cache(maxsize=None)(self._lay_out)

    def may_match(self, words: Sequence[str], stems: Sequence[str]) -> bool:
        """Whether any word may begin a phrase."""
        return not (self._firsts.isdisjoint(stems) and self._firsts.isdisjoint(words))

    def find(self, words: Sequence[str], stems: Sequence[str]) -> dict[str, list[Span]]:
        """For each list of which a phrase stands there, where; of phrases that begin together the longest."""
        found: dict[str, list[Span]] = {}
        for start in range(len(stems)):
            for number, end in self._ends(words, stems, start).items():
                found.setdefault(self._names[number], []).append(Span(start, end))
        return found

    def find_at(self, words: Sequence[str], stems: Sequence[str], start: int) -> list[tuple[str, int]]:
        """The lists of which a phrase begins at `start`, with the end of their longest; the longest first."""
        if stems[start] not in self._firsts and words[start] not in self._firsts:
            return []
        found = [(self._names[number], end) for number, end in self._ends(words, stems, start).items()]
        return sorted(found, key=lambda pair: -pair[1]) if len(found) > 1 else found

    def _ends(self, words: Sequence[str], stems: Sequence[str], start: int) -> dict[int, int]:
        longest: dict[int, int] = {}
        stem, word = stems[start], words[start]
        if stem in self._firsts or word in self._firsts:
            for step in self._steps(stem, word):
                self._walk(step, words, stems, start + 1, longest)
        return longest

    def _lay_out(self, stem: str, word: str) -> tuple[_Step, ...]:
        keys = ("|",) if stem in EDGES else (stem, "=" + word)
        return tuple(_trie(self._index[key]) for key in keys if key in self._index)

    def _walk(
        self, step: _Step, words: Sequence[str], stems: Sequence[str], place: int, longest: dict[int, int]
    ) -> None:
        for number in step.lists:
            if longest.get(number, 0) < place:
                longest[number] = place
        by_stem, by_word = step.by_stem, step.by_word
        if not by_stem and not by_word:
            return
        most = 0 if stems[place - 1] in EDGES else _MOST_FILLERS
        for following in range(place, min(place + most + 1, len(stems))):
            word = words[following]
            if following > place and word in EDGES:
                return
            for further in (by_stem.get(stems[following]), by_word.get(word)):
                if further is not None:
                    self._walk(further, words, stems, following + 1, longest)
            if word not in self._fillers:
                return


def _trie(lines: str) -> _Step:
    """The trie of the lines of an `Index`."""
    first = _Step()
    for line in lines.splitlines():
        keys, _, lists = line.partition(";")
        steps = [first]
        for key in keys.split():
            steps = [further for step in steps for further in step.leading(key)]
        for step in steps:
            step.lists.extend(int(number) for number in lists.split(","))
    return first


def index_phrases(lists: Iterable[Iterable[Sequence[str]]]) -> dict[str, str]:
    """The `Index` of lists of phrases, each phrase given by its keys."""
    standing: dict[tuple[str, ...], dict[int, None]] = {}
    for number, phrases in enumerate(lists):
        for keys in phrases:
            if keys:
                standing.setdefault(tuple(keys), {})[number] = None
    lines: dict[str, list[str]] = {}
    for keys, numbers in standing.items():
        lines.setdefault(keys[0], []).append(f"{' '.join(keys[1:])};{','.join(map(str, numbers))}")
    return {first: "\n".join(phrases) for first, phrases in lines.items()}


def expand_phrase(
    phrase: str, lists: Mapping[str, Sequence[str]], articles: Collection[str], forms: Forms
) -> Iterator[tuple[str, ...]]:
    """The keys that stand for a phrase of the red flags, in every form that it allows; articles inside are left out.

    Raises KeyError with the name of a list that doesn't exist, and ValueError for a phrase without a word.
    """
    for written in _write_out(phrase, lists):
        keys: list[str] = []
        for piece in written.split():
            if piece == "|":
                keys.append(piece)
            elif piece.startswith("="):
                keys.extend("=" + word for word, _ in forms(piece))
            else:
                keys.extend(stem for _, stem in forms(piece))
        if not keys:
            raise ValueError(phrase)
        yield (keys[0], *(key for key in keys[1:-1] if key not in articles), *keys[1:][-1:])


def _write_out(phrase: str, lists: Mapping[str, Sequence[str]]) -> Iterator[str]:
    named = _LIST.search(phrase)
    if named:
        for inside in lists[named.group(1)]:
            yield from _write_out(phrase[: named.start()] + inside + phrase[named.end() :], lists)
        return
    ranged = _RANGE.search(phrase)
    if ranged:
        for number in range(int(ranged.group(1)), int(ranged.group(2)) + 1):
            yield from _write_out(f"{phrase[: ranged.start()]}{number}{phrase[ranged.end() :]}", lists)
        return
    yield phrase


def lists_in(phrase: str) -> list[str]:
    """The names of the lists that a phrase names."""
    return _LIST.findall(phrase)


def words_in(phrases: Iterable[str]) -> Iterator[str]:
    """The plain words in phrases of the red flags, without marks, lists and numbers."""
    for phrase in phrases:
        yield from re.findall(r"[a-z]+", _LIST.sub(" ", _RANGE.sub(" ", phrase)).replace("'", ""))
