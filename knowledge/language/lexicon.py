"""The editor's words made ready for reading: compiled once, kept, and loaded by every start in no time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from knowledge.language.phrases import PhraseLists
from knowledge.model import English

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
    generic_concepts: frozenset[str]
    weightless: frozenset[str]
    skippable: frozenset[str]
    treatment: frozenset[str]
    known: frozenset[str]
    english: English

    def to_data(self) -> dict[str, Any]:
        english = {
            name: list(value) if name == "endings" else sorted(value) for name, value in asdict(self.english).items()
        }
        return {**asdict(self), **{name: sorted(getattr(self, name)) for name in _SETS}, "english": english}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Lexicon:
        lists = {name: PhraseLists(**data[name]) for name in ("concepts", "off_topic")}
        sets = {name: frozenset(data[name]) for name in _SETS}
        return cls(**{**data, **lists, **sets, "english": build_english(data["english"])})


def build_english(data: Mapping[str, Any]) -> English:
    """The rules of English from values that JSON can hold."""
    endings = tuple((ending, instead) for ending, instead in data["endings"])
    sets = {name: frozenset(words) for name, words in data.items() if name not in ("endings", "back_first")}
    return English(endings=endings, back_first=tuple(data["back_first"]), **sets)
