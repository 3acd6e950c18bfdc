"""What a check can find, each kind as a small value, and the review that holds all findings.

An `error` breaks a rule of the house and makes the check fail, a `note` is worth a look, and `info` is good to know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from knowledge.model import Confidence, Kind, Region, Verdict
from knowledge.rendering.answer import MOST_WORDS

LEAST_ACCURACY = 0.9
"""Share of the phrasings that must find their own entry when they are left out."""
HARDEST_GRADE = 8.0
REVIEWED_EVERY = 365
"""Days after which an entry wants a new look at its sources."""

Severity = Literal["error", "note", "info"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found; each kind says with values what it is about, the thing concerned first.

    `at` is the file and line, as in the loader's messages; empty for what concerns all files.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    severity: ClassVar[Severity]

    at: str


@dataclass(frozen=True, slots=True)
class LowAccuracy(Finding):
    kind = "low-accuracy"
    title = "Too many phrasings are lost when they are left out"
    severity = "error"

    accuracy: float
    wanted: float


@dataclass(frozen=True, slots=True)
class UncitedClaim(Finding):
    kind = "uncited-claim"
    title = "Seed claims that no entry cites"
    severity = "error"

    claim: str
    verdict: Verdict
    source: str
    locator: str


@dataclass(frozen=True, slots=True)
class HardText(Finding):
    """`entry` is the id of an entry, "elsewhere:" and a subject's, or "wordings"."""

    kind = "hard-text"
    title = f"Texts above reading grade {HARDEST_GRADE:g}"
    severity = "error"

    entry: str
    place: str
    grade: float
    text: str


@dataclass(frozen=True, slots=True)
class LongAnswer(Finding):
    kind = "long-answer"
    title = f"Answers of more than {MOST_WORDS} words before the fold"
    severity = "error"

    entry: str
    words: int


@dataclass(frozen=True, slots=True)
class Collision(Finding):
    """`likeness` (0 to 100) is that of the words that carry meaning, in whatever order."""

    kind = "collision"
    title = "Phrasings of different entries that compete"
    severity = "note"

    entry: str
    text: str
    other: str
    other_text: str
    other_at: str
    likeness: float


@dataclass(frozen=True, slots=True)
class StaleReview(Finding):
    """`days` since the review; below 0 where it lies in the future."""

    kind = "stale-review"
    title = f"Reviewed more than {REVIEWED_EVERY} days ago, or in the future"
    severity = "note"

    entry: str
    reviewed: date
    days: int


@dataclass(frozen=True, slots=True)
class LongMessage(Finding):
    """Words of the points, of the disputes where they are not folded, and of the safety note, all before the fold."""

    kind = "long-message"
    title = f"More than {MOST_WORDS} words before the fold with disputes and safety note"
    severity = "note"

    entry: str
    words: int
    answer: int
    disputes: int
    note: int


@dataclass(frozen=True, slots=True)
class UnsaidRegion(Finding):
    kind = "unsaid-region"
    title = "All facts are of one region, and the text does not say so"
    severity = "note"

    entry: str
    place: str
    region: Region
    text: str


@dataclass(frozen=True, slots=True)
class NoRelated(Finding):
    kind = "no-related"
    title = "Entries without related ones"
    severity = "note"

    entry: str


@dataclass(frozen=True, slots=True)
class WrongTriage(Finding):
    """An example of a red flag's rule that triage reads as `got`, not as `wanted`."""

    kind = "wrong-triage"
    title = "Examples in red_flag_rules.yaml that triage reads otherwise"
    severity = "error"

    flag: str
    text: str
    wanted: str
    got: str


@dataclass(frozen=True, slots=True)
class Unverified(Finding):
    """A red flag or a number (`what`) that rests only on pages that nobody could open."""

    kind = "unverified"
    title = "To verify before going live: red flags and numbers that rest on pages nobody opened"
    severity = "note"

    what: str
    which: str


@dataclass(frozen=True, slots=True)
class Unreached(Finding):
    kind = "unreached"
    title = "Entries that no other entry leads to"
    severity = "note"

    entry: str


@dataclass(frozen=True, slots=True)
class UnusedException(Finding):
    kind = "unused-exception"
    title = "Exceptions of reading.yaml that nothing needs"
    severity = "note"

    entry: str
    begins: str


@dataclass(frozen=True, slots=True)
class UncitedSource(Finding):
    kind = "uncited-source"
    title = "Sources that nothing cites"
    severity = "note"

    source: str
    source_kind: Kind


@dataclass(frozen=True, slots=True)
class UnusedFact(Finding):
    kind = "unused-fact"
    title = "Facts that nothing uses"
    severity = "note"

    fact: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class UncitedParagraph(Finding):
    kind = "uncited-paragraph"
    title = "Seed paragraphs that no entry cites"
    severity = "note"

    source: str
    locator: str
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpinionParagraph(Finding):
    kind = "opinion-paragraph"
    title = "Uncited seed paragraphs that hold nothing but opinion, which is fine"
    severity = "info"

    source: str
    locator: str
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LostPhrasing(Finding):
    """`winner` is the id of an entry, or "elsewhere:" and a subject's."""

    kind = "lost-phrasing"
    title = "Phrasings that find another entry when they are left out"
    severity = "info"

    entry: str
    text: str
    winner: str


@dataclass(frozen=True, slots=True)
class OneWayLink(Finding):
    kind = "one-way-link"
    title = "Related links that do not come back"
    severity = "info"

    entry: str
    other: str


@dataclass(frozen=True, slots=True)
class MediumOnly(Finding):
    kind = "medium-only"
    title = "Texts that rest on medium confidence alone"
    severity = "info"

    entry: str
    place: str
    facts: tuple[str, ...]


KINDS: tuple[type[Finding], ...] = (
    WrongTriage, LowAccuracy, UncitedClaim, HardText, LongAnswer,
    Collision, StaleReview, LongMessage, UnsaidRegion, NoRelated, Unreached, UnusedException, UncitedSource,
    UnusedFact, UncitedParagraph, Unverified,
    OpinionParagraph, LostPhrasing, OneWayLink, MediumOnly,
)  # fmt: skip
"""Every kind of finding, the gravest first."""


@dataclass(frozen=True, slots=True)
class LeaveOneOut:
    """How the matcher does on each phrasing when it is left out of the model, all in all and by entry (0 to 1).

    `first_three` is the share of phrasings whose own entry is among the three likeliest entries. `lost` maps each
    entry to the phrasings that it loses, and these to the class that wins them.
    """

    accuracy: float
    first_three: float
    by_entry: Mapping[str, float]
    lost: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Review:
    """All that was found, and who cites what.

    `citations` maps each source's id and locator to the ids of the entries; `facts` and `claims` map their ids to the
    entries; `pictures` maps the id of a picture to its facts.
    """

    entries: int
    phrasings: int
    leave_one_out: LeaveOneOut
    findings: tuple[Finding, ...]
    citations: Mapping[str, Mapping[str, tuple[str, ...]]]
    facts: Mapping[str, tuple[str, ...]]
    claims: Mapping[str, ClaimCoverage]
    pictures: Mapping[str, tuple[str, ...]]

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == severity)

    @property
    def errors(self) -> tuple[Finding, ...]:
        return self.of("error")

    @property
    def notes(self) -> tuple[Finding, ...]:
        return self.of("note")


@dataclass(frozen=True, slots=True)
class ClaimCoverage:
    """A claim of a seed article, our verdict on it, and the entries that cite it."""

    verdict: Verdict
    source: str
    locator: str
    entries: tuple[str, ...]
