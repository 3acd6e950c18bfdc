"""The editor's words made ready for reading: compiled once, kept, and loaded by every start in no time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from knowledge.language.normalize import Stemmer
from knowledge.language.phrases import PhraseLists, index_phrases
from knowledge.language.spelling import Speller, tokenize
from knowledge.model import English, Vocabulary

_SETS = ("generic_concepts", "weightless", "skippable", "treatment", "known")


@dataclass(frozen=True)
class Lexicon:
    """What a `Reader` reads by, as values that JSON can hold.

    `spellings` maps short forms and slips to the words that they stand for. `synonyms` maps words in a row to those of
    the term that stands instead, both joined by spaces. `targets` are the words that typing errors are mended to, with
    how often each is used, and `urgent` those of them that red flags are made of. The phrase lists and the sets
    `weightless`, `treatment` and `known` hold stems.
    """

    spellings: Mapping[str, str]
    synonyms: Mapping[str, str]
    targets: Mapping[str, int]
    urgent: Mapping[str, int]
    concepts: PhraseLists
    off_topic: PhraseLists
    generic_concepts: Collection[str]
    weightless: Collection[str]
    skippable: Collection[str]
    treatment: Collection[str]
    known: Collection[str]
    english: English

    def to_data(self) -> dict[str, Any]:
        english = {
            name: list(value) if name == "endings" else sorted(value) for name, value in asdict(self.english).items()
        }
        return {**asdict(self), **{name: sorted(getattr(self, name)) for name in _SETS}, "english": english}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Lexicon:
        lists = {name: PhraseLists(**data[name]) for name in ("concepts", "off_topic")}
        sets = {
            name: frozenset(data[name])
            for name in ("generic_concepts", "weightless", "skippable", "treatment", "known")
        }
        return cls(**{**data, **lists, **sets, "english": build_english(data["english"])})


def build_english(data: Mapping[str, Any]) -> English:
    """The rules of English from values that JSON can hold."""
    endings = tuple((ending, instead) for ending, instead in data["endings"])
    sets = {name: frozenset(words) for name, words in data.items() if name not in ("endings", "back_first")}
    return English(endings=endings, back_first=tuple(data["back_first"]), **sets)


class Writer:
    """Writes texts without typing errors in the forms in which messages are read: what the lists are compiled by."""

    def __init__(self, spellings: Mapping[str, str], synonyms: Mapping[str, str], english: English) -> None:
        self.stem = lru_cache(maxsize=None)(Stemmer(english.endings, english.kept, english.keep_e).stem)
        self._speller = Speller(spellings, {}, {})
        self._standardiser = Standardiser(synonyms)

    def write_words(self, text: str) -> tuple[str, ...]:
        """The words, short forms written out."""
        return tuple(word for typed in tokenize(text) if typed[0].isalnum() for word in self._speller.write_out(typed))

    def write_terms(self, text: str) -> tuple[str, ...]:
        """The words in the form of terms."""
        return tuple(word for _, terms in self._standardiser.replace(self.write_words(text)) for word in terms)


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


def compile_lexicon(
    vocabulary: Vocabulary, english: English, messages: Iterable[str], urgent: Mapping[str, int]
) -> Lexicon:
    """The lexicon of a vocabulary.

    Typing errors are mended to the words of `messages`, which are our own and hold none, and to `urgent`, the words of
    the red flags with how often each is used; and to those of the vocabulary itself.
    """
    spellings = {variant: standard for standard, variants in vocabulary.spellings.items() for variant in variants}
    plain = Writer(spellings, {}, english)
    synonyms: dict[str, str] = {}
    for standard, variants in vocabulary.synonyms.items():
        for variant in variants:
            synonyms.setdefault(" ".join(plain.write_words(variant)), " ".join(plain.write_words(standard)))
    writer = Writer(spellings, synonyms, english)
    known = Counter(word for message in messages for word in writer.write_terms(message))
    targets = Counter(known)
    targets.update(urgent)
    listed = [term for terms in (*vocabulary.concepts.values(), *vocabulary.off_topic.values()) for term in terms]
    for words in (*map(writer.write_words, listed), *(text.split() for pair in synonyms.items() for text in pair)):
        for word in words:
            targets.setdefault(word, 0)

    def compile_lists(lists: Mapping[str, Iterable[str]]) -> PhraseLists:
        phrases = [[tuple(map(writer.stem, writer.write_terms(term))) for term in terms] for terms in lists.values()]
        return PhraseLists(list(lists), index_phrases(phrases))

    return Lexicon(
        spellings=spellings,
        synonyms=synonyms,
        targets=dict(targets),
        urgent=dict(urgent),
        concepts=compile_lists(vocabulary.concepts),
        off_topic=compile_lists(vocabulary.off_topic),
        generic_concepts=vocabulary.generic_concepts,
        weightless={writer.stem(word) for filler in vocabulary.weightless for word in writer.write_words(filler)},
        skippable=vocabulary.skippable,
        treatment={writer.stem(word) for word in vocabulary.treatment_words},
        known={writer.stem(word) for word in known},
        english=english,
    )
