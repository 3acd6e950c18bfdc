"""The page of one entry: everything that the answer holds, in the order in which a reader wants it."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from book.citing import Listed, Mark, Numbering
from knowledge.choosing import sections
from knowledge.model import Change, Entry, Knowledge, Picture, Point, Region, Signature
from knowledge.signatures import valid_signatures

_LONGEST_DESCRIPTION = 160
"""Characters of a description that search engines show."""

_PNG_SIZE = slice(16, 24)
"""Where a PNG says how wide and how high it is."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is said, where it holds, and the marks of its sources."""

    text: str
    marks: tuple[Mark, ...]
    region: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What stands below one heading; `steps` are to be taken, and ticked on paper."""

    heading: str
    sentences: tuple[Sentence, ...]
    steps: bool


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Sources that disagree, side by side."""

    about: str
    sides: tuple[Sentence, ...]
    trust: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture of the page, in the folder of the site."""

    file: str
    width: int
    height: int
    alternative: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class EntryPage:
    """What the template of an entry shows. `noted` is the fixed note on when to get help, where it stands."""

    entry: Entry
    description: str
    answer: tuple[Sentence, ...]
    help: Sentence | None
    noted: str
    more: tuple[Part, ...]
    disputes: tuple[Disagreement, ...]
    figure: Figure | None
    sources: tuple[Listed, ...]
    related: tuple[Entry, ...]
    signatures: tuple[Signature, ...]
    changed: tuple[Change, ...]


def entry_page(entry: Entry, knowledge: Knowledge) -> EntryPage:
    """The page of `entry`. The sources are numbered in the order of the page, so the parts are built in it."""
    numbering, names = Numbering(), knowledge.asking.names

    def sentence(point: Point) -> Sentence:
        return Sentence(point.text, numbering.marks(point.evidence), _region(point.region, names))

    return EntryPage(
        entry=entry,
        description=_shorten(" ".join(point.text for point in entry.answer)),
        answer=tuple(map(sentence, entry.answer)),
        help=sentence(entry.help) if entry.help else None,
        noted=knowledge.wordings.safety_note if entry.safety_note else "",
        more=tuple(
            Part(section.heading, tuple(map(sentence, section.points)), section.steps)
            for section in sections(entry.more, knowledge)
        ),
        disputes=tuple(
            Disagreement(
                dispute.about,
                tuple(Sentence(side.says, numbering.marks(side.evidence), who=side.who) for side in dispute.sides),
                dispute.trust,
            )
            for dispute in entry.disputes
        ),
        figure=figure(entry.picture, numbering) if entry.picture else None,
        sources=numbering.listed(),
        related=tuple(knowledge.entries[name] for name in entry.related),
        signatures=valid_signatures(entry),
        changed=tuple(reversed(entry.changed)),
    )


def figure(picture: Picture, numbering: Numbering) -> Figure:
    """A picture with its size, so that the text below does not jump when it comes."""
    width, height = struct.unpack(">II", picture.path.read_bytes()[_PNG_SIZE])
    file = f"pictures/{picture.path.name}"
    return Figure(file, width, height, picture.alternative, numbering.marks(picture.evidence))


def _region(region: Region | None, names: Mapping[Region, str]) -> str:
    """What a region is called at the head of a line: "In the UK"."""
    return f"In {names.get(region, region)}" if region else ""


def _shorten(text: str) -> str:
    if len(text) <= _LONGEST_DESCRIPTION:
        return text
    return text[: _LONGEST_DESCRIPTION - 1].rpartition(" ")[0] + "…"
