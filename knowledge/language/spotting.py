"""Spotting listed terms in a message: short forms, typing errors, and terms of several words with words between.

A term is a word or phrase compared by its stems. In a term, "=" before a word wants that very form ("=feels" is not
"feel"), "|" is the edge of a clause, "{4..9}" is any number from 4 to 9, and "<list>" stands for each term of a list.
Articles ("my", "the") count for nothing inside a term, and fillers ("really") may stand between its words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise, product
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.language.lexicon import common_words
from knowledge.language.text import fold, stem

_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)*|[0-9]+(?:[.,:][0-9]+)?|[.!?\n]+|[,;:()\[\]\"“”–—*]|-+(?=\s)|(?<=\s)-+")
_SENTENCE, _COMMA = ".", ","
EDGES = (_SENTENCE, _COMMA)
"""The tokens that stand for the edges of clauses."""

_SENTENCE_MARKS = ".!?\n"
_RANGE = re.compile(r"\{(\d+)\.\.(\d+)\}")
_LIST = re.compile(r"<([a-z_]+)>")
_REPEATED = re.compile(r"(.)\1+")
_NUMBER_BREAK = re.compile(r"[.,:]")
_NUMBERS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "eleven": "11", "twelve": "12", "fourteen": "14", "fifteen": "15", "twenty": "20", "thirty": "30",
    "forty": "40", "fifty": "50", "sixty": "60",
}  # fmt: skip
_LONGEST_NUMBER = 9
_SHORTEST_MENDED = 5
_SHORTEST_MENDED_TWICE = 9
_COMMA_GAP = 2
_SENTENCE_GAP = 8
"""How many words the edge of a sentence counts for, when it is asked how far apart two words stand."""

_MOST_FILLERS = 3
"""Fillers in a row that may stand between two words of a term."""

_LIKE_OTHER_WORDS = frozenset(
    {"bare", "bite", "care", "here", "hive", "made", "none", "note", "site", "tone", "were", "wine"}
)

Spelled = Callable[[str], Sequence[tuple[str, str]]]
"""Gives for a typed word the words that it stands for, each with its stem."""

Index = Mapping[str, str]
"""Terms by their first key, as JSON keeps them in one quick piece: a line for each term with its further keys, a
semicolon and the numbers of the lists that it stands in."""


def root(word: str) -> str:
    """The stem of a word, with short verbs brought together too: "take" with "taking", "lose" with "losing"."""
    stemmed = stem(word)
    if len(stemmed) == 4 and stemmed[-1] == "e" and word not in _LIKE_OTHER_WORDS:
        return stemmed[:-1]
    return stemmed


class Hit(NamedTuple):
    """A term found: the tokens from `start` up to, not with, `end`."""

    start: int
    end: int

    def inside(self, other: Hit) -> bool:
        return other.start <= self.start and self.end <= other.end


@dataclass(slots=True)
class Tokens:
    """A message as words and clause edges, with an edge at either end.

    `places` counts words without fillers, edges counting for several; `clauses` and `sentences` number the piece that
    each token is in.
    """

    words: list[str]
    stems: list[str]
    places: list[int]
    clauses: list[int]
    sentences: list[int]

    def gap(self, one: Hit, other: Hit) -> int:
        """How many words stand between two hits; below 0 where they overlap."""
        if one.start > other.start:
            one, other = other, one
        if other.start < one.end:
            return -1
        return max(0, self.places[other.start] - self.places[one.end - 1] - 1)

    def same_clause(self, one: Hit, other: Hit) -> bool:
        return self.clauses[one.start] == self.clauses[other.start]

    def same_sentence(self, one: Hit, other: Hit) -> bool:
        return self.sentences[one.start] == self.sentences[other.start]


class Spelling:
    """Words in the form that terms use: short forms written out, typing errors mended against `vocabulary`.

    A word that is in the vocabulary or common in English stays as it is. Otherwise letters typed twice are taken away,
    and then the nearest word of the vocabulary is taken, of equally near ones the one that it lists first: optimal
    string alignment distance 1, from nine letters on 2, with the right first letter.
    """

    def __init__(self, short_forms: Mapping[str, str], vocabulary: Sequence[str] = ()) -> None:
        self._short = {short: tuple(whole.split()) for short, whole in short_forms.items()}
        self._by_length: dict[int, list[str]] = {}
        self._undoubled: dict[str, str] = {}
        self._rank = {word: rank for rank, word in enumerate([*vocabulary, *self._short])}
        for word in self._rank:
            self._undoubled.setdefault(_REPEATED.sub(r"\1", word), word)
            if len(word) >= _SHORTEST_MENDED - 1:
                self._by_length.setdefault(len(word), []).append(word)
        self.of = lru_cache(maxsize=20_000)(self._of)

    def _of(self, typed: str) -> tuple[tuple[str, str], ...]:
        if typed[0].isdigit():
            number = str(int(_NUMBER_BREAK.split(typed)[0][:_LONGEST_NUMBER]))
            return ((number, number),)
        words: list[str] = []
        plain = typed if typed in self._short else typed.replace("'", "")
        if plain not in self._short and typed.endswith("'s"):
            words += self._written_out(typed[:-2].replace("'", ""))
            words.append("s")
        else:
            words += self._written_out(plain)
        return tuple((_NUMBERS.get(word, word), _NUMBERS.get(word) or root(word)) for word in words)

    def _written_out(self, word: str) -> tuple[str, ...]:
        mended = word if word in self._short else self._mended(word)
        return self._short.get(mended, (mended,))

    def _mended(self, word: str) -> str:
        if word == word[0] * len(word):
            return word[0]
        if word in self._rank or word in common_words() or word in _NUMBERS:
            return word
        undoubled = self._undoubled.get(_REPEATED.sub(r"\1", word))
        if undoubled:
            return undoubled
        if len(word) < _SHORTEST_MENDED:
            return word
        most = 1 if len(word) < _SHORTEST_MENDED_TWICE else 2
        near = [
            (distance, candidate[0] != word[0], self._rank[candidate], candidate)
            for length in range(len(word) - most, len(word) + most + 1)
            for candidate, distance, _ in process.extract(
                word, self._by_length.get(length, ()), scorer=OSA.distance, score_cutoff=most, limit=3
            )
            if candidate[0] == word[0] or (distance == 1 and len(word) > _SHORTEST_MENDED)
        ]
        return min(near)[-1] if near else word


class Reader:
    """Turns text into `Tokens`."""

    def __init__(self, spelled: Spelled, fillers: frozenset[str], turns: frozenset[str]) -> None:
        self._spelled = spelled
        self._fillers = fillers
        self._turns = turns

    def read(self, folded: str) -> Tokens:
        """The tokens of a folded text; a turn ("but") begins a clause as a comma does."""
        tokens = Tokens([_SENTENCE], [_SENTENCE], [0], [0], [0])
        place, clause, sentence = _SENTENCE_GAP, 0, 0

        def append(word: str, stemmed: str) -> None:
            tokens.words.append(word)
            tokens.stems.append(stemmed)
            tokens.places.append(place)
            tokens.clauses.append(clause)
            tokens.sentences.append(sentence)

        for typed in _TOKEN.findall(folded):
            if not typed[0].isalnum():
                ends = typed[0] in _SENTENCE_MARKS
                last = tokens.stems[-1]
                if last not in EDGES:
                    mark = _SENTENCE if ends else _COMMA
                    append(mark, mark)
                    place += _SENTENCE_GAP if ends else _COMMA_GAP
                    clause += 1
                    sentence += ends
                elif ends and last == _COMMA:
                    tokens.words[-1] = tokens.stems[-1] = _SENTENCE
                    place += _SENTENCE_GAP - _COMMA_GAP
                    sentence += 1
                continue
            for word, stemmed in self._spelled(typed):
                clause += word in self._turns
                append(word, stemmed)
                place += word not in self._fillers
        if tokens.stems[-1] != _SENTENCE:
            append(_SENTENCE, _SENTENCE)
        return tokens


class _Step:
    """A step in the trie of terms: where each next stem or exact word leads, and the lists whose terms end here."""

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


class Terms:
    """Lists of terms, found in one pass over a message. What begins with a word is laid out when it is first met."""

    def __init__(self, names: Sequence[str], index: Index, fillers: frozenset[str]) -> None:
        self._names = names
        self._index = index
        self._fillers = fillers
        self._firsts = frozenset(
            key for first in index for key in (EDGES if first == "|" else (first.removeprefix("="),))
        )
        self._steps = lru_cache(maxsize=None)(self._laid_out)

    def may_stand_in(self, tokens: Tokens) -> bool:
        """Whether any word of the message may begin a term."""
        return not (self._firsts.isdisjoint(tokens.stems) and self._firsts.isdisjoint(tokens.words))

    def hits(self, tokens: Tokens) -> dict[str, list[Hit]]:
        """For each list of which a term stands in the message, where; of terms that begin together the longest."""
        firsts, names = self._firsts, self._names
        found: dict[str, list[Hit]] = {}
        for start, (stemmed, word) in enumerate(zip(tokens.stems, tokens.words, strict=True)):
            if stemmed not in firsts and word not in firsts:
                continue
            longest: dict[int, int] = {}
            for step in self._steps(stemmed, word):
                self._walk(step, tokens, start + 1, longest)
            for number, end in longest.items():
                found.setdefault(names[number], []).append(Hit(start, end))
        return found

    def _laid_out(self, stemmed: str, word: str) -> tuple[_Step, ...]:
        keys = ("|",) if stemmed in EDGES else (stemmed, "=" + word)
        return tuple(_steps(self._index[key]) for key in keys if key in self._index)

    def _walk(self, step: _Step, tokens: Tokens, place: int, longest: dict[int, int]) -> None:
        for number in step.lists:
            if longest.get(number, 0) < place:
                longest[number] = place
        by_stem, by_word = step.by_stem, step.by_word
        if not by_stem and not by_word:
            return
        words, stems = tokens.words, tokens.stems
        most = 0 if stems[place - 1] in EDGES else _MOST_FILLERS
        for following in range(place, min(place + most + 1, len(stems))):
            word = words[following]
            if following > place and word in EDGES:
                return
            for further in (by_stem.get(stems[following]), by_word.get(word)):
                if further is not None:
                    self._walk(further, tokens, following + 1, longest)
            if word not in self._fillers:
                return


def _steps(terms: str) -> _Step:
    """The trie of the lines of an `Index`."""
    first = _Step()
    for line in terms.splitlines():
        keys, _, lists = line.partition(";")
        steps = [first]
        for key in keys.split():
            steps = [further for step in steps for further in step.leading(key)]
        for step in steps:
            step.lists.extend(int(number) for number in lists.split(","))
    return first


def index(
    lists: Iterable[Sequence[str]], every: Mapping[str, Sequence[str]], articles: frozenset[str], spelled: Spelled
) -> Index:
    """The index of the terms of `lists`; `every` holds the lists that terms may name in "<…>"."""
    standing: dict[tuple[str, ...], dict[int, None]] = {}
    for number, terms in enumerate(lists):
        for term in terms:
            for keys in expanded(term, every, articles, spelled):
                standing.setdefault(keys, {})[number] = None
    lines: dict[str, list[str]] = {}
    for keys, numbers in standing.items():
        lines.setdefault(keys[0], []).append(f"{' '.join(keys[1:])};{','.join(map(str, numbers))}")
    return {first: "\n".join(terms) for first, terms in lines.items()}


def expanded(
    term: str, lists: Mapping[str, Sequence[str]], articles: frozenset[str], spelled: Spelled
) -> Iterator[tuple[str, ...]]:
    """The keys that stand for a term, in every form that it allows; articles inside it are left out.

    Raises KeyError with the name of a list that doesn't exist, and ValueError for a term without a word.
    """
    for written in _written_out(term, lists):
        keys: list[str] = []
        for piece in written.split():
            if piece == "|":
                keys.append(piece)
            elif piece.startswith("="):
                keys.extend("=" + word for typed in _TOKEN.findall(piece) for word, _ in spelled(typed))
            else:
                keys.extend(
                    stemmed
                    for typed in _TOKEN.findall(piece)
                    for _, stemmed in (spelled(typed) if typed[0].isalnum() else ())
                )
        if not keys:
            raise ValueError(term)
        yield (keys[0], *(key for key in keys[1:-1] if key not in articles), *keys[1:][-1:])


def _written_out(term: str, lists: Mapping[str, Sequence[str]]) -> Iterator[str]:
    named = _LIST.search(term)
    if named:
        for inside in lists[named.group(1)]:
            yield from _written_out(term[: named.start()] + inside + term[named.end() :], lists)
        return
    ranged = _RANGE.search(term)
    if ranged:
        for number in range(int(ranged.group(1)), int(ranged.group(2)) + 1):
            yield from _written_out(f"{term[: ranged.start()]}{number}{term[ranged.end() :]}", lists)
        return
    yield term


def words_of(terms: Iterable[str]) -> Iterator[str]:
    """The plain words in terms, without marks, lists and numbers."""
    for term in terms:
        yield from re.findall(r"[a-z]+", fold(_LIST.sub(" ", _RANGE.sub(" ", term))).replace("'", ""))


def combinations(choices: Sequence[Sequence[Hit]], most: int = 48) -> Iterator[tuple[Hit, ...]]:
    """Ways of taking one hit of each slot, no two of them overlapping; no more than `most` are tried."""
    for chosen in islice(product(*choices), most):
        spans = sorted(chosen)
        if all(one.end <= other.start for one, other in pairwise(spans)):
            yield chosen
