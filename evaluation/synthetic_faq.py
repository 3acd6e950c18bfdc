"""A FAQ of any size, made from ours: what the matchers search as the number of phrasings grows.

Real phrasings give the shapes of questions and most of their words; each new entry adds two invented words of its own,
as a new drug or a new place would, and borrows telling words from two real entries, so that entries differ and yet
overlap as real ones do. The same seed always makes the same FAQ.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PER_ENTRY = 70
"""Phrasings of an entry, on average: as many as ours has."""

_FEWEST_ENTRIES = 10

_COMMON_SHARE = 0.02
"""A word in more than this share of the real phrasings belongs to the shape of a question, not to its subject."""

_ONSETS = (
    "b",
    "br",
    "c",
    "ch",
    "cl",
    "d",
    "dr",
    "f",
    "fl",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "l",
    "m",
    "n",
    "p",
    "pl",
    "pr",
    "qu",
    "r",
    "s",
    "sh",
    "sl",
    "st",
    "t",
    "th",
    "tr",
    "v",
    "w",
    "z",
)
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ea", "ee", "oo", "ou")
_CODAS = ("", "", "", "l", "m", "n", "nd", "r", "rt", "s", "st", "t", "x")
_TRIES = 200


@dataclass(frozen=True, slots=True)
class Grown:
    """A made-up FAQ: phrasings of each entry, and questions that are not among them with the entry each asks for."""

    phrasings: Mapping[str, Sequence[str]]
    questions: Sequence[tuple[str, str]]


def grown(
    phrasings: Mapping[str, Sequence[str]],
    concepts: Mapping[str, Sequence[str]],
    size: int,
    asked: int = 200,
    seed: int = 1,
) -> Grown:
    """A FAQ of exactly `size` phrasings made from real `phrasings`, and `asked` questions to it.

    `concepts` are the vocabulary's groups of terms that mean the same; one is put in for another now and then.
    """
    maker = _Maker(phrasings, concepts, random.Random(seed))  # noqa: S311 (for sameness, not for secrets)
    count = max(_FEWEST_ENTRIES, round(size / PER_ENTRY))
    made: dict[str, list[str]] = {}
    questions: list[tuple[str, str]] = []
    for number in range(count):
        name = f"grown-{number + 1}"
        known = size // count + (number < size % count)
        # the entries that are asked for lie evenly among all of them
        more = asked * (number + 1) // count - asked * number // count
        texts = maker.entry(known + more)
        made[name] = texts[:known]
        questions += [(text, name) for text in texts[known:]]
    return Grown(made, questions)


class _Maker:
    """Makes one entry after another, never the same phrasing twice."""

    def __init__(
        self, phrasings: Mapping[str, Sequence[str]], concepts: Mapping[str, Sequence[str]], chance: random.Random
    ) -> None:
        self._chance = chance
        self._real = [[text.split() for text in texts] for texts in phrasings.values() if texts]
        counted = Counter(word for texts in self._real for words in texts for word in set(words))
        most = max(1, int(_COMMON_SHARE * sum(len(texts) for texts in self._real)))
        self._common = {word for word, count in counted.items() if count > most}
        self._telling = [sorted({word for words in texts for word in words} - self._common) for texts in self._real]
        self._same: dict[str, list[str]] = {}
        for terms in concepts.values():
            for term in terms:
                self._same.setdefault(term, []).extend(other for other in terms if other != term)
        self._taken_words = set(counted)
        self._taken_texts: set[str] = set()

    def entry(self, count: int) -> list[str]:
        """`count` phrasings of a new entry."""
        chance = self._chance
        first, second = chance.choice(self._real), chance.choice(self._real)
        borrowed = chance.choice(self._telling) or ["it"]
        borrowed = chance.sample(borrowed, min(3, len(borrowed)))
        own = [self._invented(), self._invented()]
        made = []
        for _ in range(count):
            shape = chance.choice(first if chance.random() < 0.7 else second)
            made.append(self._phrasing(shape, own, borrowed))
        return made

    def _phrasing(self, shape: Sequence[str], own: Sequence[str], borrowed: Sequence[str]) -> str:
        """A real phrasing with some words swapped; longer with each try if the text exists already."""
        chance = self._chance
        text = ""
        extra: list[str] = []
        for _ in range(_TRIES):
            words = [self._alike(word) for word in shape]
            places = [place for place, word in enumerate(words) if word not in self._common]
            for word in (*self._chosen(own), *extra):
                place = chance.choice(places) if places and chance.random() < 0.6 else chance.randint(0, len(words))
                words[place : place + (place in places)] = [word]
            if chance.random() < 0.5:
                words.insert(chance.randint(0, len(words)), chance.choice(borrowed))
            text = " ".join(words)
            if text not in self._taken_texts:
                break
            extra = [*extra, chance.choice(borrowed)][-3:]
        self._taken_texts.add(text)
        return text

    def _chosen(self, own: Sequence[str]) -> Sequence[str]:
        """One of an entry's own words, at times both."""
        return own if self._chance.random() < 0.25 else [self._chance.choice(own)]

    def _alike(self, word: str) -> str:
        same = self._same.get(word)
        return self._chance.choice(same) if same and self._chance.random() < 0.3 else word

    def _invented(self) -> str:
        """A pronounceable word that was not there before."""
        chance = self._chance
        while True:
            syllables = [chance.choice(_ONSETS) + chance.choice(_VOWELS) for _ in range(chance.choice((2, 2, 3)))]
            word = "".join(syllables) + chance.choice(_CODAS)
            if word not in self._taken_words:
                self._taken_words.add(word)
                return word
