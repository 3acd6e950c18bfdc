"""How a message asks: for which part of an answer, about which country, and whether Yes or No would answer it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from knowledge.language.spelling import tokenize
from knowledge.language.utterance import EDGES, Utterance
from knowledge.model import Asked, English, Knowledge, Region

_ANY = "*"
_MOST_BETWEEN = 4
"""Words that "*" may stand for."""

_REGION_IN_CAPITALS: Mapping[str, Region] = {"US": "US", "USA": "US", "UK": "UK", "EU": "EU", "NICE": "UK", "TK": "DE"}
"""Names of regions that in small letters are other words: "us", "nice"."""

_CURRENCIES: Mapping[str, Region] = {"$": "US", "£": "UK", "€": "EU"}


class Phrases:
    """Phrases by name, to be found in stems. `stems_of` gives the stems of a word of theirs, which may be several."""

    def __init__(self, phrases: Mapping[Any, Iterable[str]], stems_of: Callable[[str], Sequence[str]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name, texts in phrases.items():
            for text in texts:
                keys = tuple(stem for word in text.split() for stem in ((word,) if word == _ANY else stems_of(word)))
                self._by_first.setdefault(keys[0], []).append((keys, name))

    def find(self, stems: Sequence[str]) -> dict[Any, frozenset[int]]:
        """The names whose phrases stand in `stems`, the first met first, with the places of their words."""
        found: dict[Any, frozenset[int]] = {}
        for start, first in enumerate(stems):
            for keys, name in self._by_first.get(first, ()):
                places = _match(keys, stems, start)
                if places:
                    found[name] = found.get(name, frozenset()) | places
        return found


def _match(keys: Sequence[str], stems: Sequence[str], start: int) -> frozenset[int]:
    """The places of the words of a phrase that begins at `start`; none where it does not stand there."""
    place, places, loose = start, set[int](), False
    for key in keys:
        if key == _ANY:
            loose = True
            continue
        reach = range(place, min(len(stems), place + (_MOST_BETWEEN + 1 if loose else 1)))
        at = next((each for each in reach if stems[each] == key), None)
        if at is None or any(stems[each] in EDGES for each in range(place, at)):
            return frozenset()
        places.add(at)
        place, loose = at + 1, False
    return frozenset(places)


class AskingReader:
    """Tells how messages ask."""

    def __init__(self, knowledge: Knowledge, stem: Callable[[str], str], read: Callable[[str], Utterance]) -> None:
        asking, english = knowledge.asking, knowledge.english
        self._english: English = english
        self._stem = stem
        self._kinds = Phrases(asking.kinds, self._stems_of)
        self._regions = Phrases(asking.regions, self._stems_of)
        named = {name for entry in knowledge.entries.values() for point in entry.points for name in point.names}
        self._names = Phrases({name: [name] for name in sorted(named)}, self._stems_of)
        self._yes_no = frozenset(asking.yes_no)
        self._reverse = Phrases({"reverse": asking.reverse}, self._stems_of)
        self._more = frozenset(_plain_words(read(phrase)) for phrase in asking.more)
        self._shorter = frozenset(_plain_words(read(phrase)) for phrase in asking.shorter)
        self._turned = {
            entry.id: self._turns(self._plain_stems(entry.question)) for entry in knowledge.entries.values()
        }
        self._kinds_of = {
            entry.id: frozenset(self._kinds.find(self._plain_stems(entry.question)))
            for entry in knowledge.entries.values()
        }

    def read(self, utterance: Utterance, *, of_post: bool = False) -> Asked:
        """How the message asks. `of_post`: it is a story, in which only a country can be told for sure."""
        stems = utterance.stems
        regions = self._find_regions(utterance)
        if of_post:
            return Asked(regions=regions)
        kinds = self._kinds.find(stems)
        named = {*self._names.find(stems), *self._names.find([term.stem for term in utterance.terms])}
        return Asked(
            kinds=tuple(kinds),
            regions=regions,
            named=frozenset(named),
            yes_no=any(self._opens_yes_no(words) for words in _clauses(utterance)),
            turned=self._turns(stems),
            goes_on=self.goes_on(utterance),
        )

    def goes_on(self, utterance: Utterance) -> bool:
        """Whether it says nothing but that somebody wants to hear more, or did not understand."""
        words = _plain_words(utterance)
        return words in self._more or (not words and "?" in utterance.text)

    def wants_less(self, utterance: Utterance) -> bool:
        """Whether it says nothing but that an answer was too long, or too hard to read."""
        return _plain_words(utterance) in self._shorter

    def leans(self, utterance: Utterance, fillers: Collection[str]) -> bool:
        """Whether it asks for a part of something that it does not name: "how long does that last", "why"."""
        kinds = self._kinds.find(utterance.stems)
        covered = {place for places in kinds.values() for place in places}
        left = [
            stem
            for place, stem in enumerate(utterance.stems)
            if place not in covered and stem not in EDGES and stem not in fillers and stem not in self._yes_no
        ]
        return bool(kinds) and len(left) <= (1 if utterance.refers_back else 0)

    def same_way_round(self, asked: Asked, entry_id: str) -> bool:
        """Whether the Yes or No that answers the entry's question answers the message as well."""
        if asked.canonical:
            return True
        fits = set(asked.kinds) <= self._kinds_of[entry_id] | _CHANCE_KINDS
        return asked.yes_no and fits and asked.turned == self._turned[entry_id]

    def _find_regions(self, utterance: Utterance) -> tuple[Region, ...]:
        found: dict[Region, None] = {}
        for name in self._regions.find(utterance.stems):
            found[name] = None
        for word in re.findall(r"\b[A-Z]{2,4}\b|[$£€]", utterance.text):
            region = _REGION_IN_CAPITALS.get(word) or _CURRENCIES.get(word)
            if region:
                found[region] = None
        if "AU" in found and "US" in found and "medicare" in utterance.stems:
            del found["US"]  # Australia has a Medicare of its own
        return tuple(found)

    def _opens_yes_no(self, words: Sequence[str]) -> bool:
        for word in words:
            if word in self._yes_no:
                return True
            if word not in self._english.before:
                return False
        return False

    def _turns(self, stems: Sequence[str]) -> bool:
        found = self._reverse.find(stems).get("reverse", frozenset())
        return len(found) % 2 == 1

    def _stems_of(self, word: str) -> Sequence[str]:
        return (self._stem(word),)

    def _plain_stems(self, text: str) -> list[str]:
        return [self._stem(word) for word in tokenize(text.lower()) if word[0].isalnum()]


_CHANCE_KINDS = frozenset({"is-it-normal", "is-it-safe", "how-common"})
"""Kinds that ask whether something may be, as most yes-or-no questions do."""


def _plain_words(utterance: Utterance) -> str:
    """Its words in standard spelling, without the edges of clauses."""
    return " ".join(word for word in utterance.words if word not in EDGES)


def _clauses(utterance: Utterance) -> Iterator[list[str]]:
    """The words of each clause."""
    clause: list[str] = []
    for word in utterance.words:
        if word in EDGES:
            if clause:
                yield clause
            clause = []
        else:
            clause.append(word)
    if clause:
        yield clause
