"""What the bot knows, as values: entries with their points, and the evidence that each point cites."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal

from knowledge.matching.classifier import Learnt
from knowledge.red_flags import RedFlags

Kind = Literal["label", "regulator", "guideline", "trial", "patient-information", "article", "project"]
Region = Literal["US", "UK", "EU"]
Confidence = Literal["high", "medium"]
Verdict = Literal["supported", "partly-supported", "contradicted", "unsafe-if-repeated-alone", "opinion"]

KINDS: tuple[Kind, ...] = (
    "label", "regulator", "guideline", "trial", "patient-information", "article", "project",
)  # fmt: skip
"""Kinds of source, the most trusted first; `project` is this bot's own documentation."""

NEEDS_CORRECTION: frozenset[Verdict] = frozenset({"contradicted", "unsafe-if-repeated-alone"})


@dataclass(frozen=True, slots=True)
class Source:
    """A document that answers may cite. `date` is as exact as known: "2018", "2018-05" or "2018-05-24"."""

    id: str
    title: str
    publisher: str
    kind: Kind
    date: str = ""
    url: str = ""
    note: str = ""
    paragraphs: Mapping[int, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in a source: `locator` is a section, a table or a paragraph, as the source counts."""

    source: Source
    locator: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement that was read in its sources; `caveat` is what an answer has to carry along."""

    id: str
    claim: str
    citations: tuple[Citation, ...]
    confidence: Confidence
    region: Region | None = None
    caveat: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a seed article tells its readers, with our verdict and the ids of the facts behind it."""

    id: str
    citation: Citation
    claim: str
    verdict: Verdict
    clinical: str
    facts: tuple[str, ...]
    note: str = ""


Evidence = Fact | Claim


def citations(evidence: Iterable[Evidence]) -> tuple[Citation, ...]:
    """The places behind `evidence`, in order, each once."""
    places: dict[Citation, None] = {}
    for item in evidence:
        places.update(dict.fromkeys(item.citations if isinstance(item, Fact) else (item.citation,)))
    return tuple(places)


@dataclass(frozen=True, slots=True)
class Point:
    """One or two sentences of an answer, with the evidence that supports them and the region they hold for."""

    text: str
    evidence: tuple[Evidence, ...]
    region: Region | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """What one party to a disagreement says."""

    who: str
    says: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Dispute:
    """Sources that disagree: the better supported side first, and which one to trust and why."""

    about: str
    sides: tuple[Side, ...]
    trust: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG that an answer carries: its file and SHA-256 (hex), what it shows, and what its figures rest on."""

    id: str
    path: Path
    digest: str
    alternative: str
    evidence: tuple[Evidence, ...]

    @property
    def citations(self) -> tuple[Citation, ...]:
        return citations(self.evidence)


@dataclass(frozen=True, slots=True)
class Entry:
    """One question of the FAQ: how people ask it, and the answer (`answer` shown at once, `more` folded)."""

    id: str
    group: str
    label: str
    question: str
    phrasings: tuple[str, ...]
    answer: tuple[Point, ...]
    reviewed: date
    more: tuple[Point, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    related: tuple[str, ...] = ()
    safety_note: bool = False
    picture: Picture | None = None

    @property
    def asked(self) -> tuple[str, ...]:
        """All the ways in which the entry is asked for, the canonical question first."""
        return (self.question, *self.phrasings)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Everything that the entry cites, in the order in which a reader meets it."""
        sides = [side for dispute in self.disputes for side in dispute.sides]
        parts: tuple[Point | Side, ...] = (*self.answer, *sides, *self.more)
        return tuple(item for part in parts for item in part.evidence)

    @property
    def citations(self) -> tuple[Citation, ...]:
        return citations(self.evidence)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A subject that people bring and that is not ours: what to say of it, and how such messages read."""

    id: str
    line: str
    phrasings: tuple[str, ...]
    nearest: str | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """How people write and what they mean: the editor's part of matching. All terms are lower case."""

    spellings: Mapping[str, tuple[str, ...]]
    concepts: Mapping[str, tuple[str, ...]]
    question_forms: Mapping[str, tuple[str, ...]]
    foreign: Mapping[str, tuple[str, ...]]
    treatment: frozenset[str]
    general: frozenset[str]
    fillers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Wordings:
    """The fixed sentences of a reply, which no entry holds; `kinds` names a source by its kind, in the singular."""

    safety_note: str
    disclaimer: str
    unknown: str
    did_you_mean: str
    or_else: str
    get_help: str
    sources_disagree: str
    disputed: str
    more: str
    sources: str
    sources_below: str
    publishers: str
    reviewed: str
    in_words: str
    undated: str
    kinds: Mapping[Kind, str]


@dataclass(frozen=True)
class Knowledge:
    """All that the bot knows. `groups` maps each group's title to its entries, both in the editor's order."""

    entries: Mapping[str, Entry]
    groups: Mapping[str, tuple[Entry, ...]]
    sources: Mapping[str, Source]
    facts: Mapping[str, Fact]
    claims: Mapping[str, Claim]
    elsewhere: Mapping[str, Elsewhere]
    vocabulary: Vocabulary
    wordings: Wordings
    learnt: Learnt
    red_flags: RedFlags
    pictures: Mapping[str, Picture] = field(default_factory=dict)

    @cached_property
    def cited_by(self) -> Mapping[Citation, tuple[str, ...]]:
        """For every place that is cited, the ids of the entries that cite it."""
        found: dict[Citation, list[str]] = {}
        for entry in self.entries.values():
            for place in entry.citations:
                found.setdefault(place, []).append(entry.id)
        return {place: tuple(ids) for place, ids in found.items()}
