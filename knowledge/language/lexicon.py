"""Reading a message: spelling, typing errors, and which of its words mean something here.

A message becomes a list of `Word`s. Each knows its standard form, the concepts that it (or the phrase that begins with
it) stands for, and whether it is foreign: a word that carries meaning but none of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.language.text import stem, words
from knowledge.model import Vocabulary

_RARE = 2
"""The Zipf step of a word that the list of common words lacks."""

_REMEMBERED_WORDS = 20_000


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a message: as typed, its stem after spelling, and what it stands for.

    `commonness` is its step on the Zipf scale (2: rare … 7: "the"); `corrected` says that a typing error was mended.
    """

    typed: str
    stem: str
    concepts: tuple[str, ...] = ()
    foreign: str = ""
    filler: bool = False
    known: bool = False
    commonness: int = _RARE
    corrected: bool = False


class _Traits(NamedTuple):
    """What holds for a word in standard spelling wherever it stands."""

    stem: str
    filler: bool
    known: bool
    commonness: int


@cache
def common_words() -> Mapping[str, int]:
    """How common English words are: word to step of the Zipf scale, 3 to 7."""
    found: dict[str, int] = {}
    for line in (Path(__file__).parent.parent / "english.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            step, *listed = line.split(" ")
            found.update(dict.fromkeys(listed, int(step)))
    return found


class _Phrases:
    """Finds the longest listed phrase that begins at a word; phrases are compared by the stems of their spelling."""

    def __init__(self, listed: Mapping[str, Iterable[str]], spelled: Callable[[Sequence[str]], list[str]]) -> None:
        self._meaning: dict[tuple[str, ...], tuple[str, ...]] = {}
        for name, terms in listed.items():
            for term in terms:
                key = tuple(stem(word) for word in spelled(words(term)))
                if key and name not in self._meaning.get(key, ()):
                    self._meaning[key] = (*self._meaning.get(key, ()), name)
        self._longest: dict[str, int] = {}
        for key in self._meaning:
            self._longest[key[0]] = max(self._longest.get(key[0], 0), len(key))

    def begins(self, stem: str) -> bool:
        """Whether any phrase begins with `stem`; most words begin none."""
        return stem in self._longest

    def at(self, stems: Sequence[str], start: int) -> Iterator[tuple[tuple[str, ...], int]]:
        """The meanings of the phrases that begin at `start`, the longest first, each with its length in words."""
        for length in range(min(self._longest.get(stems[start], 0), len(stems) - start), 0, -1):
            meaning = self._meaning.get(tuple(stems[start : start + length]))
            if meaning:
                yield meaning, length


class Lexicon:
    """The vocabulary, ready for reading. `known` counts the words of the FAQ's own phrasings in standard spelling."""

    def __init__(self, vocabulary: Vocabulary, known: Mapping[str, int]) -> None:
        self._spelling: dict[tuple[str, ...], tuple[str, ...]] = {}
        for standard, variants in vocabulary.spellings.items():
            for variant in variants:
                self._spelling[tuple(words(variant))] = tuple(words(standard))
        self._variants_from = {key[0]: 0 for key in self._spelling}
        for key in self._spelling:
            self._variants_from[key[0]] = max(self._variants_from[key[0]], len(key))
        self._concepts = _Phrases(vocabulary.concepts, self._spelled)
        self._forms = _Phrases(vocabulary.question_forms, self._spelled)
        self._foreign = _Phrases(vocabulary.foreign, self._spelled)
        self._fillers = {stem(word) for filler in vocabulary.fillers if " " not in filler for word in words(filler)}
        self._general = vocabulary.general
        self._treatment = {stem(word) for word in vocabulary.treatment}
        self.known = known
        self._known_stems = {stem(word) for word in self.known}
        listed = [term for terms in (*vocabulary.concepts.values(), *vocabulary.foreign.values()) for term in terms]
        targets = dict.fromkeys(self.known)
        targets.update(dict.fromkeys(word for term in listed for word in words(term)))
        targets.update(dict.fromkeys(word for key in self._spelling for word in key))
        self._correct = {word for word in targets if not word[0].isdigit()}
        self._targets: dict[int, list[str]] = {}
        for word in targets:  # in their own order: a set's differs from run to run, and with it which of two wins
            if len(word) >= 4 and word in self._correct:
                self._targets.setdefault(len(word), []).append(word)
        common_words()  # read now, so that the first message need not wait for it
        self._mended = lru_cache(maxsize=_REMEMBERED_WORDS)(self._mend)
        self._traits_of = lru_cache(maxsize=_REMEMBERED_WORDS)(self._traits)

    def in_standard_spelling(self, folded: str) -> list[str]:
        """The words of a text that is taken to hold no typing errors."""
        return self._spelled(words(folded))

    def read(self, folded: str) -> list[Word]:
        """The words of a folded text, fillers included, in order."""
        typed = words(folded)
        mended = [self._mended(word) for word in typed]
        origin: list[str] = []
        standard = self._spelled(mended, typed, origin)
        traits = [self._traits_of(word) for word in standard]
        stems = [each.stem for each in traits]
        concepts = self._marked(self._concepts, stems)
        foreign = self._marked(self._foreign, stems)
        return [
            Word(
                origin[place],
                each.stem,
                concepts[place],
                foreign[place][0] if foreign[place] else "",
                each.filler,
                each.known,
                each.commonness,
                corrected=origin[place] != word and origin[place] not in self._correct,
            )
            for place, (word, each) in enumerate(zip(standard, traits, strict=True))
        ]

    def _traits(self, word: str) -> _Traits:
        root = stem(word)
        return _Traits(root, root in self._fillers, root in self._known_stems, common_words().get(word, _RARE))

    def names_treatment(self, read: Sequence[Word]) -> bool:
        """Whether the text names the injections, by whatever word."""
        return any(word.stem in self._treatment for word in read)

    def names_subject(self, read: Sequence[Word]) -> bool:
        """Whether the text says what it asks about, and not only what it wants to know of it ("how long?")."""
        return any(not self._general.issuperset(word.concepts) for word in read)

    def question_forms(self, read: Sequence[Word]) -> tuple[str, ...]:
        """How the text asks (how long, can I, who …): the forms found, in order, each once."""
        stems = [word.stem for word in read]
        found: dict[str, None] = {}
        place = 0
        while place < len(stems):
            meaning, length = next(self._forms.at(stems, place), ((), 1))
            found.update(dict.fromkeys(meaning))
            place += length
        return tuple(found)

    def _spelled(
        self, given: Sequence[str], typed: Sequence[str] | None = None, origin: list[str] | None = None
    ) -> list[str]:
        """`given` in standard spelling, the longest listed variant first; `origin` takes what was typed for each."""
        spelled: list[str] = []
        place = 0
        while place < len(given):
            length = 1
            instead: tuple[str, ...] = (given[place],)
            for size in range(min(self._variants_from.get(given[place], 0), len(given) - place), 0, -1):
                found = self._spelling.get(tuple(given[place : place + size]))
                if found:
                    length, instead = size, found
                    break
            spelled.extend(instead)
            if origin is not None and typed is not None:
                origin.extend([" ".join(typed[place : place + length])] * len(instead))
            place += length
        return spelled

    @staticmethod
    def _marked(phrases: _Phrases, stems: Sequence[str]) -> list[tuple[str, ...]]:
        """For each word the meanings of the listed phrases that begin with it."""
        marks: list[tuple[str, ...]] = [()] * len(stems)
        for start, first in enumerate(stems):
            if phrases.begins(first):
                marks[start] = tuple(dict.fromkeys(name for meaning, _ in phrases.at(stems, start) for name in meaning))
        return marks

    def _mend(self, word: str) -> str:
        """The word that a typing error was meant to be; the word itself where it is known, common or too short.

        Optimal string alignment distance (Damerau 1964, restricted): one slip in words of 4 to 6 letters, two in
        longer ones, and the first letter right unless the rest is.
        """
        if len(word) < 4 or word[0].isdigit() or word in self._correct or word in common_words():
            return word
        most = 1 if len(word) < 7 else 2
        best, least = word, (most + 1, 1, 0)
        for length in range(len(word) - most, len(word) + most + 1):
            near = process.extract(word, self._targets.get(length, ()), scorer=OSA.distance, score_cutoff=most, limit=5)
            for candidate, distance, _ in near:
                first = candidate[0] != word[0]
                if first and distance > 1:
                    continue
                rank = (int(distance), int(first), -self.known.get(candidate, 0))
                if rank < least:
                    best, least = candidate, rank
        return best
