"""Small talk, and what people say beside a question, by the phrases that an editor listed."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.language.asking import Phrases
from knowledge.language.reader import Reader
from knowledge.language.utterance import EDGES, Utterance
from knowledge.model import Knowledge, Opening, OutOfScope

_MOST_BESIDE = 1
"""Words beside a phrase of small talk, neither fillers nor of our subject, in a message that is no more than that."""

_BESIDE_SIGNS = frozenset("\N{VARIATION SELECTOR-16}\N{ZERO WIDTH JOINER}") | {chr(0x1F3FB + tone) for tone in range(5)}
"""What only says how an emoji looks: in colour, joined to the next, with which tone of skin."""

_NEGATIONS = frozenset({"not", "never", "without"})
_NEGATED_WITHIN = 3
"""Words before a phrase in which one of these takes it back; "no" does where it stands right before."""


class TalkReader:
    """Finds small talk, and the words that call for an opening."""

    def __init__(self, knowledge: Knowledge, reader: Reader) -> None:
        self._fillers = reader.lexicon.weightless
        self._read = reader.read
        self._subjects = knowledge.out_of_scope
        self._openings = {opening.id: opening for opening in knowledge.openings}
        self._talk = Phrases({subject.id: subject.words for subject in self._subjects.values()}, self._stems_of)
        self._alone = Phrases({subject.id: subject.alone for subject in self._subjects.values()}, self._stems_of)
        self._opened_by = Phrases({opening.id: opening.words for opening in knowledge.openings}, self._words_of)

    def find_talk(self, utterance: Utterance) -> OutOfScope | None:
        """The subject of which the message is small talk and little more; of several the one that says most of it."""
        signs = {each for each in utterance.text if not (each.isspace() or each in _BESIDE_SIGNS)}
        by_sign = (subject for subject in self._subjects.values() if signs and signs.issubset(subject.signs))
        if said_by_signs := next(by_sign, None):
            return said_by_signs
        if utterance.names_treatment:
            return None
        stems = utterance.stems
        telling = {place for place, stem in enumerate(stems) if stem not in EDGES and stem not in self._fillers}
        ours = {term.stem for term in utterance.terms if term.concepts}
        little: dict[str, int] = {}
        for phrases, most_beside in ((self._talk, _MOST_BESIDE), (self._alone, 0)):
            for name, places in phrases.find(stems).items():
                beside = [stems[place] for place in telling - places]
                if len(beside) <= most_beside and ours.isdisjoint(beside) and not self._is_negated(utterance, places):
                    little[name] = max(len(places), little.get(name, 0))
        best = max(little, key=little.__getitem__, default=None)
        return None if best is None else self._subjects[best]

    def find_opening(self, utterance: Utterance) -> Opening | None:
        """What is said first to who writes its words, unless they are taken back ("I am not scared").

        Only these very words count: "scars" has the stem of "scared".
        """
        for name, places in self._opened_by.find(utterance.words).items():
            if not self._is_negated(utterance, places):
                return self._openings[name]
        return None

    @staticmethod
    def _is_negated(utterance: Utterance, places: frozenset[int]) -> bool:
        first = min(places)
        before = utterance.words[max(0, first - _NEGATED_WITHIN) : first]
        return not _NEGATIONS.isdisjoint(before) or before[-1:] == ("no",)

    def _words_of(self, word: str) -> Sequence[str]:
        return [each for each in self._read(word).words if each not in EDGES]

    def _stems_of(self, word: str) -> Sequence[str]:
        """The stems of a word as it is read in a message, where "don't" is two."""
        return [stem for stem in self._read(word).stems if stem not in EDGES]
