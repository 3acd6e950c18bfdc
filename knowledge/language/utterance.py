"""What a message was read as: one immutable value that triage, matching, follow-ups and groups all take."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import NamedTuple

SENTENCE, COMMA = ".", ","
EDGES = (SENTENCE, COMMA)
"""The tokens that stand for the edges of clauses."""

REMOVED = "…"
"""Stands for each word of a figure of speech."""


class Span(NamedTuple):
    """A stretch of tokens or terms, from `start` up to, not with, `end`."""

    start: int
    end: int

    def inside(self, other: Span) -> bool:
        return other.start <= self.start and self.end <= other.end


@dataclass(frozen=True, slots=True)
class Term:
    """What matching weighs: a word, or a phrase that comes to the same as one, in the form that entries use.

    `typed` is what stands for it in the message and `stem` its stem in standard spelling; `concepts` are what it, or
    the phrase that begins with it, asks for. `off_topic` names the kind of thing that it speaks of, if that is none of
    ours. `treatment`: it means the injections. `generic`: it says what is asked, but not of what. `commonness` is its
    step on the Zipf scale (2: rare … 7: "the"); `known`: messages of ours use it; `corrected`: an error was mended.
    """

    typed: str
    stem: str
    concepts: tuple[str, ...] = ()
    off_topic: str = ""
    treatment: bool = False
    generic: bool = False
    filler: bool = False
    known: bool = False
    commonness: int = 2
    corrected: bool = False


class Part(NamedTuple):
    """A sentence, or what stands on one side of a dash: its terms from `start` to `end`, and whether it asks."""

    start: int
    end: int
    asks: bool


@dataclass(frozen=True, slots=True)
class Utterance:
    """A message, read.

    Tokens, with a sentence's edge at either end: `words` in standard spelling and their `stems`, edges as EDGES.
    `places` counts words without fillers, edges counting for several; `clauses` and `sentences` number the piece that
    each token is in. Terms, without edges: `terms`, cut into `parts`; `questions` are the clauses of it that ask.
    `refers_back`: it points to what was said before; `speaks_to_someone`: it speaks to a person, not to all. `text` is
    the message as it was typed, and `mended` its words in standard spelling, where that is another.
    """

    words: tuple[str, ...]
    stems: tuple[str, ...]
    places: tuple[int, ...]
    clauses: tuple[int, ...]
    sentences: tuple[int, ...]
    terms: tuple[Term, ...]
    parts: tuple[Part, ...]
    questions: tuple[Span, ...]
    refers_back: bool = False
    speaks_to_someone: bool = False
    text: str = ""
    mended: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        """The message as it was typed, and mended where that is another."""
        return (self.text, self.mended) if self.mended else (self.text,)

    @property
    def asks(self) -> bool:
        """Whether any of it is a question."""
        return any(part.asks for part in self.parts)

    @property
    def names_treatment(self) -> bool:
        """Whether it names the injections, by whatever word."""
        return any(term.treatment for term in self.terms)

    @property
    def names_subject(self) -> bool:
        """Whether it says what it asks about, and not only what it wants to know of it ("how long?")."""
        return any(term.concepts and not term.generic for term in self.terms)

    def terms_of(self, span: Span | Part) -> tuple[Term, ...]:
        return self.terms[span.start : span.end]

    def wording(self, span: Span | Part) -> str:
        """How the terms of `span` were typed, without punctuation."""
        return " ".join(typed for typed, _ in groupby(term.typed for term in self.terms_of(span)))

    def gap(self, one: Span, other: Span) -> int:
        """How many words stand between two spans of tokens; below 0 where they overlap."""
        if one.start > other.start:
            one, other = other, one
        if other.start < one.end:
            return -1
        return max(0, self.places[other.start] - self.places[one.end - 1] - 1)

    def same_clause(self, one: Span, other: Span) -> bool:
        return self.clauses[one.start] == self.clauses[other.start]

    def same_sentence(self, one: Span, other: Span) -> bool:
        return self.sentences[one.start] == self.sentences[other.start]

    def without(self, spans: Iterable[Span]) -> Utterance:
        """The same with the words of `spans` taken for nothing; edges inside them stay."""
        words, stems = list(self.words), list(self.stems)
        for start, end in spans:
            for place in range(start, end):
                if stems[place] not in EDGES:
                    words[place] = stems[place] = REMOVED
        return replace(self, words=tuple(words), stems=tuple(stems))
