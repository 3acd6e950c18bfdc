"""What the editor should look at in files that are sound: the analysis behind `bot.py check`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rapidfuzz import fuzz, process

from knowledge.check import citations as coverage
from knowledge.check.citations import Coverage, coverage_of, facts_of
from knowledge.check.findings import (
    HARDEST_GRADE,
    KINDS,
    LEAST_ACCURACY,
    REVIEWED_EVERY,
    Collision,
    Finding,
    HardText,
    LeaveOneOut,
    LongAnswer,
    LongMessage,
    LostPhrasing,
    LowAccuracy,
    MediumOnly,
    NoRelated,
    OneWayLink,
    Review,
    StaleReview,
    Unreached,
    UnsaidRegion,
    UnusedException,
    Unverified,
    WrongTriage,
)
from knowledge.check.leaving_out import leave_one_out
from knowledge.check.readability import ReadingFile, grade, names_in, reading_file
from knowledge.check.red_flag_examples import wrong_examples
from knowledge.language.lexicon import Lexicon
from knowledge.language.text import fold
from knowledge.loading.load import HERE
from knowledge.loading.problems import KnowledgeError, Problem
from knowledge.loading.source_map import Lines
from knowledge.matching.trained import lexicon_of
from knowledge.model import Entry, Evidence, Knowledge, Region
from knowledge.rendering.answer import MOST_WORDS, dispute_words, folds_disputes
from knowledge.triage.rules import Triage

FEWEST_JUDGED = 200
"""Phrasings from which on leave-one-out accuracy is judged: the standard error of 90% is then about 2 points."""
FEWEST_GRADED = 5
"""Words from which on a text has a reading grade: "General information." would be of grade 26."""
TOO_CLOSE = 92.0
"""From this likeness on (0 to 100), two phrasings of different entries compete for the same message."""

_SOMEWHAT_ALIKE = 70.0
_BLOCK = 512
"""Phrasings compared with all later ones at once."""

Progress = Callable[[str, float], None]
"""Told what is being done, and how much of it is done (0 to 1)."""


@dataclass(frozen=True)
class Material:
    """What a check may look at: the knowledge, what was worked out of it, and where everything stands."""

    knowledge: Knowledge
    lexicon: Lexicon
    left_out: LeaveOneOut
    coverage: Coverage
    reading: ReadingFile
    lines: Lines
    today: date
    tell: Progress


def review(knowledge: Knowledge, today: date, folder: Path = HERE, progress: Progress | None = None) -> Review:
    """Look at all of `knowledge`, as loaded from `folder`; some seconds for thousands of phrasings.

    Raises KnowledgeError if reading.yaml can't be used.
    """
    tell = progress or (lambda _what, _share: None)
    lines = Lines(folder)
    document = lines.document("reading.yaml")
    if document is None:
        name = f"{folder.name}/reading.yaml"
        raise KnowledgeError([Problem(name, 0, "", "there is no such file", "names, and exceptions if there are any")])
    reading = reading_file(document)
    used = coverage_of(knowledge, lines)
    lexicon = lexicon_of(knowledge)
    left_out = leave_one_out(knowledge, lexicon, lambda share: tell("Leaving out each phrasing", share))
    material = Material(knowledge, lexicon, left_out, used, reading, lines, today, tell)
    findings = [finding for check in CHECKS for finding in check(material)]
    return Review(
        entries=len(knowledge.entries),
        phrasings=_phrasings(knowledge),
        leave_one_out=left_out,
        findings=tuple(sorted(findings, key=lambda finding: KINDS.index(type(finding)))),
        citations=used.places(),
        facts=used.facts(),
        claims=used.claims(),
        pictures=used.pictures(),
    )


def as_json(found: Review) -> dict[str, Any]:
    """The review as values for JSON, always in the same order; every kind of finding has its list."""
    findings: dict[str, list[dict[str, Any]]] = {kind.kind: [] for kind in KINDS}
    for finding in found.findings:
        findings[finding.kind].append(_plain(asdict(finding)))
    return {
        "ok": not found.errors,
        "problems": [],
        "entries": found.entries,
        "phrasings": found.phrasings,
        "errors": len(found.errors),
        "notes": len(found.notes),
        "leave_one_out": {
            "accuracy": round(found.leave_one_out.accuracy, 4),
            "first_three": round(found.leave_one_out.first_three, 4),
            "by_entry": _plain(found.leave_one_out.by_entry),
        },
        "severities": {kind.kind: kind.severity for kind in KINDS},
        "findings": findings,
        "citations": _plain(found.citations),
        "facts": _plain(found.facts),
        "claims": {name: _plain(asdict(claim)) for name, claim in found.claims.items()},
        "pictures": _plain(found.pictures),
    }


def _plain(value: Any) -> Any:
    match value:
        case date():
            return value.isoformat()
        case Mapping():
            return {key: _plain(item) for key, item in value.items()}
        case tuple():
            return [_plain(item) for item in value]
        case float():
            return round(value, 4)
    return value


# Phrasings


def _asked_at(entry: Entry, text: str, lines: Lines) -> str:
    """Where a phrasing stands, or the question."""
    path = ("phrasings", entry.phrasings.index(text)) if text in entry.phrasings else ("question",)
    return lines.of("entries", entry.id, *path)


def _phrasings(knowledge: Knowledge) -> int:
    return sum(len(entry.asked) for entry in knowledge.entries.values())


def lost_phrasings(material: Material) -> Iterator[Finding]:
    """Phrasings that another entry wins, and whether they are too many."""
    left_out = material.left_out
    if left_out.accuracy < LEAST_ACCURACY and _phrasings(material.knowledge) >= FEWEST_JUDGED:
        yield LowAccuracy("", left_out.accuracy, LEAST_ACCURACY)
    for entry in material.knowledge.entries.values():
        for text, winner in left_out.lost[entry.id].items():
            yield LostPhrasing(_asked_at(entry, text, material.lines), entry.id, text, winner)


def collisions(material: Material) -> Iterator[Collision]:
    """Pairs of phrasings of different entries that say nearly the same in whatever order, the closest first.

    Words that carry meaning decide. All words have to be somewhat alike as well: where fillers make most of a
    phrasing, they ask the question.
    """
    what = "Comparing phrasings"
    asked = [(entry, text) for entry in material.knowledge.entries.values() for text in entry.asked]
    readings = [material.lexicon.read(fold(text)) for _, text in asked]
    stems = [" ".join(word.stem for word in words) for words in readings]
    keys = [" ".join(sorted(word.stem for word in words if not word.filler)) for words in readings]
    found: list[tuple[float, int, int]] = []
    for start in range(0, len(keys), _BLOCK):
        material.tell(what, start / len(keys))
        alike = process.cdist(
            keys[start : start + _BLOCK], keys[start:], scorer=fuzz.ratio, score_cutoff=TOO_CLOSE, dtype=np.float32,
            workers=-1,
        )  # fmt: skip
        for row, column in np.argwhere(alike).tolist():
            first, second = start + row, start + column
            if first >= second or asked[first][0] is asked[second][0] or not keys[first]:
                continue
            if fuzz.token_sort_ratio(stems[first], stems[second]) >= _SOMEWHAT_ALIKE:
                found.append((float(alike[row, column]), first, second))
    material.tell(what, 1.0)
    for likeness, first, second in sorted(found, key=lambda pair: -pair[0]):
        (entry, text), (other, other_text) = asked[first], asked[second]
        at, other_at = (_asked_at(one, said, material.lines) for one, said in ((entry, text), (other, other_text)))
        yield Collision(at, entry.id, text, other.id, other_text, other_at, round(likeness, 1))


# Texts


class _Said(NamedTuple):
    """A text of an entry: where it stands, what readers see beside it, and what it rests on."""

    entry: Entry
    place: str
    path: tuple[str | int, ...]
    text: str
    beside: str
    evidence: tuple[Evidence, ...]
    region: Region | None = None


def _said(knowledge: Knowledge) -> Iterator[_Said]:
    for entry in knowledge.entries.values():
        for part, points in (("answer", entry.answer), ("more", entry.more)):
            for number, point in enumerate(points):
                path: tuple[str | int, ...] = (part, number, "say")
                place = f"{part} {number + 1}"
                yield _Said(entry, place, path, point.text, entry.question, point.evidence, point.region)
        for number, dispute in enumerate(entry.disputes):
            place = f"dispute {number + 1}"
            for party, side in enumerate(dispute.sides):
                beside = f"{entry.question} {dispute.about} {side.who}"
                path = ("disputes", number, "sides", party, "says")
                yield _Said(entry, f"{place}, side {party + 1}", path, side.says, beside, side.evidence)
            path = ("disputes", number, "trust")
            yield _Said(entry, f"{place}, trust", path, dispute.trust, entry.question, ())


class _Readable(NamedTuple):
    at: Callable[[], str]
    entry: str
    place: str
    text: str


def _readable(knowledge: Knowledge, lines: Lines) -> Iterator[_Readable]:
    """Every text of a reply that an editor wrote: of the entries, of the subjects elsewhere, and the fixed ones."""
    for said in _said(knowledge):
        at = partial(lines.of, "entries", said.entry.id, *said.path)
        yield _Readable(at, said.entry.id, said.place, said.text)
    for subject in knowledge.elsewhere.values():
        yield _Readable(partial(lines.of, "subjects", subject.id, "line"), ELSEWHERE + subject.id, "line", subject.line)
    sentences = {name: text for name, text in asdict(knowledge.wordings).items() if isinstance(text, str)}
    for name, text in sentences.items():
        yield _Readable(partial(lines.at, "wordings.yaml", name), "wordings", name, text)


def hard_texts(material: Material) -> Iterator[Finding]:
    """Texts above the reading grade that no exception covers, and exceptions that cover no such text."""
    names = names_in(material.reading.names)
    used = set()
    for text in _readable(material.knowledge, material.lines):
        if len(text.text.split()) < FEWEST_GRADED:
            continue
        measured = grade(text.text, names)
        if measured <= HARDEST_GRADE:
            continue
        excepted = [
            number
            for number, exception in enumerate(material.reading.exceptions)
            if exception.entry == text.entry and text.text.startswith(exception.begins)
        ]
        used.update(excepted)
        if not excepted:
            yield HardText(text.at(), text.entry, text.place, measured, text.text)
    for number, exception in enumerate(material.reading.exceptions):
        if number not in used:
            at = material.lines.at("reading.yaml", "exceptions", number)
            yield UnusedException(at, exception.entry, exception.begins)


def long_answers(material: Material) -> Iterator[Finding]:
    """Answers, and whole messages, that show too many words before the fold."""
    note = len(material.knowledge.wordings.safety_note.split())
    messages = []
    for entry in material.knowledge.entries.values():
        at = material.lines.of("entries", entry.id)
        answer = sum(len(point.text.split()) for point in entry.answer)
        if answer > MOST_WORDS:
            yield LongAnswer(at, entry.id, answer)
        disputes = 0 if folds_disputes(entry) else dispute_words(entry)
        beside = note if entry.safety_note else 0
        if answer <= MOST_WORDS < answer + disputes + beside:
            messages.append(LongMessage(at, entry.id, answer + disputes + beside, answer, disputes, beside))
    yield from sorted(messages, key=lambda message: -message.words)


_US = r"US|U\.S|USA|America|Americans?|United States|FDA|Medicare|Medicaid|dollars?"
_UK = r"UK|United Kingdom|Britain|British|NHS|NICE|MHRA|SIGN|Engl(?:and|ish)|Scot(?:land|s|tish)|Wales|Welsh|pounds?"
_EU = r"EU|Europe|Europeans?|EMA|Ital(?:y|ian)|Spain|Spanish|German|Germany|France|French|Denmark|Danish|euros?"
_SAYS_REGION: Mapping[Region, re.Pattern[str]] = {
    # Case matters, or every "us" and "nice" would name a region. The British label is the European one, word for word.
    "US": re.compile(rf"\b(?:{_US})\b|[$]"),
    "UK": re.compile(rf"\b(?:{_UK}|{_EU})\b|£"),
    "EU": re.compile(rf"\b(?:{_EU})\b|€"),
}


def unsaid_regions(material: Material) -> Iterator[Finding]:
    """Texts whose facts all hold for one region, which neither they nor what stands beside them tell.

    That nothing was found is true everywhere, so texts that begin by saying it are left out.
    """
    for said in _said(material.knowledge):
        if said.text.startswith("We found no "):
            continue
        regions = {fact.region for fact in facts_of(said.evidence)}
        region = regions.pop() if len(regions) == 1 else None
        if region and said.region != region and not _SAYS_REGION[region].search(f"{said.beside} {said.text}"):
            at = material.lines.of("entries", said.entry.id, *said.path)
            yield UnsaidRegion(at, said.entry.id, said.place, region, said.text)


def medium_only(material: Material) -> Iterator[Finding]:
    for said in _said(material.knowledge):
        facts = facts_of(said.evidence)
        if facts and all(fact.confidence == "medium" for fact in facts):
            at = material.lines.of("entries", said.entry.id, *said.path)
            yield MediumOnly(at, said.entry.id, said.place, tuple(fact.id for fact in facts))


# Entries


def stale_reviews(material: Material) -> Iterator[Finding]:
    """Entries that nobody looked at for long, or that claim a review in the future: tomorrow may be today elsewhere."""
    for entry in material.knowledge.entries.values():
        days = (material.today - entry.reviewed).days
        if not -1 <= days <= REVIEWED_EVERY:
            yield StaleReview(material.lines.of("entries", entry.id, "reviewed"), entry.id, entry.reviewed, days)


def links(material: Material) -> Iterator[Finding]:
    """Entries that lead nowhere, entries that nothing leads to, and links that do not come back."""
    entries = material.knowledge.entries
    reached = {name for entry in entries.values() for name in entry.related}
    for name, entry in entries.items():
        at = material.lines.of("entries", name)
        if not entry.related:
            yield NoRelated(at, name)
        if name not in reached:
            yield Unreached(at, name)
        for number, other in enumerate(entry.related):
            if name not in entries[other].related:
                yield OneWayLink(material.lines.of("entries", name, "related", number), name, other)


# Evidence


def uncited(material: Material) -> Iterator[Finding]:
    return coverage.uncited(material.coverage, material.lines)


Check = Callable[[Material], Iterable[Finding]]

# Triage


def wrong_triage(material: Material) -> Iterator[Finding]:
    """Examples beside the rules of red_flags.yaml that triage reads otherwise than their rule says."""
    for each in wrong_examples(Triage(material.knowledge.red_flags)):
        yield WrongTriage(f"knowledge/red_flags.yaml:{each.line}", each.flag, each.text, each.wanted, each.got)


def unverified(material: Material) -> Iterator[Finding]:
    """What an operator has to verify in red_flags.yaml before going live."""
    for what, which in material.knowledge.red_flags.unverified():
        yield Unverified("knowledge/red_flags.yaml", what, which)


CHECKS: tuple[Check, ...] = (
    lost_phrasings,
    collisions,
    hard_texts,
    long_answers,
    stale_reviews,
    unsaid_regions,
    medium_only,
    links,
    uncited,
    wrong_triage,
    unverified,
)
"""What is looked for. Another check is a function here, with its kinds of finding in `findings.KINDS`."""
