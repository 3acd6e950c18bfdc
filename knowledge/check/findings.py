"""What a check can find, each kind as a small value, and the review that holds all findings.

An `error` breaks a rule of the house and makes the check fail, a `note` asks an editor to do something, and `info` is
good to know. Where only a person can tell whether something is right as it is, the finding can be confirmed: once, in
confirmed.yaml, by an id that stays the same as long as the matter does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Literal

from knowledge.choosing import MOST_POINTS, MOST_WORDS
from knowledge.model import Confidence, Kind, Region, Verdict

LEAST_ACCURACY = 0.85
"""Share of the phrasings that must find their own entry in cross-validation; the FAQ is at 90%."""
HARDEST_GRADE = 8.0
"""Of one sentence or two: a single long word weighs much there."""
HARDEST_ANSWER = 6.0
"""Of all the points of an answer together."""
LEAST_DATED = 0.9
"""Share of the sources that carry a date."""
CHECKED_EVERY = 365
"""Days after which an entry wants a new look at its sources."""

Severity = Literal["error", "note", "info"]

_LETTERS = "bcdfghjklmnpqrst"
"""Sixteen consonants: an id is no word, and YAML takes none for a number."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found; each kind says with values what it is about, the thing concerned first.

    `at` is the file and line, as in the loader's messages; empty for what concerns all files. `mend` says what to do.
    `confirmed_by` names the fields that make up the matter that a person confirms; there are none where nobody can.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    severity: ClassVar[Severity]
    mend: ClassVar[str] = ""
    confirmed_by: ClassVar[tuple[str, ...]] = ()

    at: str

    @property
    def id(self) -> str:
        """Eight letters for the matter, by which it is confirmed; empty where it can't be."""
        if not self.confirmed_by:
            return ""
        matter = "\0".join([self.kind, *(str(getattr(self, name)) for name in self.confirmed_by)])
        digest = hashlib.sha256(matter.encode()).digest()[:4]
        return "".join(_LETTERS[byte >> 4] + _LETTERS[byte & 15] for byte in digest)


@dataclass(frozen=True, slots=True)
class LowAccuracy(Finding):
    kind = "low-accuracy"
    title = "Too many phrasings are lost in cross-validation"
    severity = "error"

    accuracy: float
    wanted: float


@dataclass(frozen=True, slots=True)
class UncitedClaim(Finding):
    kind = "uncited-claim"
    title = "Seed claims that are wrong or unsafe, and that no entry disputes"
    severity = "error"

    claim: str
    verdict: Verdict
    source: str
    locator: str


@dataclass(frozen=True, slots=True)
class HardText(Finding):
    """`entry` is the id of an entry, "out-of-scope:" and a subject's, or "wordings"."""

    kind = "hard-text"
    title = f"Texts above reading grade {HARDEST_GRADE:g}"
    severity = "error"
    mend = "Cut sentences in two, and take the everyday word."
    confirmed_by = ("entry", "text")

    entry: str
    place: str
    grade: float
    text: str


@dataclass(frozen=True, slots=True)
class UncitedNumber(Finding):
    """`number` is as it stands in the text, of which nothing that is cited (`cites`) holds it."""

    kind = "uncited-number"
    title = "Numbers that are in no fact that the text cites"
    severity = "error"
    mend = "Correct the number, or cite the fact that holds it."
    confirmed_by = ("entry", "number", "text")

    entry: str
    place: str
    number: str
    cites: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class DroppedCaveat(Finding):
    """An entry that cites a fact and seems to say nothing of its caveat."""

    kind = "dropped-caveat"
    title = "Caveats of cited facts that the entry seems to leave out"
    severity = "note"
    mend = "Say it in the entry, in plain words."
    confirmed_by = ("entry", "fact", "caveat")

    entry: str
    fact: str
    caveat: str


@dataclass(frozen=True, slots=True)
class HardAnswer(Finding):
    kind = "hard-answer"
    title = f"Answers above reading grade {HARDEST_ANSWER:g} as a whole"
    severity = "error"
    mend = "Cut sentences in two, and take the everyday word."

    entry: str
    grade: float


@dataclass(frozen=True, slots=True)
class LongAnswer(Finding):
    """What is shown before a tap, beside the block on when to get help."""

    kind = "long-answer"
    title = f"Answers of more than {MOST_WORDS} words or {MOST_POINTS} points before the fold"
    severity = "error"
    mend = "Move what can wait to `more`."

    entry: str
    words: int
    points: int


@dataclass(frozen=True, slots=True)
class ManyGaps(Finding):
    """Lines that say that the sources are silent, of which an entry has one at most, the last of its part."""

    kind = "many-gaps"
    title = "Entries that say more than once, or not last, that the sources do not say"
    severity = "error"
    mend = "Keep one such line, the last, and let it say what to do instead."

    entry: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoAuthority(Finding):
    """`cites` holds the facts on safety, dose, pregnancy or interactions behind the text."""

    kind = "no-authority"
    title = "On safety, dose, pregnancy or interactions, without a label, regulator, guideline or review behind it"
    severity = "error"
    mend = "Cite one beside it, or leave it out."
    confirmed_by = ("entry", "text")

    entry: str
    place: str
    cites: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class UndatedFigure(Finding):
    kind = "undated-figure"
    title = "Figures that rest on undated sources alone"
    severity = "error"
    mend = "Cite a dated source beside it, or find the date."
    confirmed_by = ("entry", "text")

    entry: str
    place: str
    sources: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Unexplained(Finding):
    """A `word` of readability.yaml's `explain` that stands in an entry before anything that explains it."""

    kind = "unexplained"
    title = "Words that people may not know, before they are explained"
    severity = "error"
    mend = "Explain it where it first stands, or take an everyday word."
    confirmed_by = ("entry", "word")

    entry: str
    word: str
    place: str


@dataclass(frozen=True, slots=True)
class ForeignAddress(Finding):
    kind = "foreign-address"
    title = "Sources whose address is not a publisher's own, as https"
    severity = "error"
    mend = "Give the publisher's address, and its host in publishers.yaml."

    source: str
    url: str


@dataclass(frozen=True, slots=True)
class UndatedSources(Finding):
    """`dated` is the share (0 to 1) of the sources that carry a date."""

    kind = "undated-sources"
    title = f"Fewer than {LEAST_DATED:.0%} of the sources carry a date"
    severity = "error"

    dated: float
    undated: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Due(Finding):
    """A price or a rule to look at again (`again`), or one that carries no day for it."""

    kind = "due"
    title = "Prices and rules that are due to be looked at again"
    severity = "note"
    mend = "Open the source, compare, and set both days."

    fact: str
    again: date | None


@dataclass(frozen=True, slots=True)
class LapsedSignature(Finding):
    kind = "lapsed-signature"
    title = "Signed answers that were changed since"
    severity = "note"
    mend = "Ask for a new signature; the old one no longer shows."

    entry: str
    name: str
    on: date


@dataclass(frozen=True, slots=True)
class Collision(Finding):
    """Nearly the same words in two entries, of which the other entry (`winner`) wins at least one.

    `likeness` (0 to 100) is that of the words that carry meaning, in whatever order.
    """

    kind = "collision"
    title = "Phrasings of different entries that compete, and one entry wins both"
    severity = "note"
    mend = "Decide which entry answers it, and delete the other line."
    confirmed_by = ("entry", "text", "other", "other_text")

    entry: str
    text: str
    other: str
    other_text: str
    other_at: str
    winner: str
    likeness: float


@dataclass(frozen=True, slots=True)
class StaleEntry(Finding):
    """`days` since it was checked; below 0 where that lies in the future."""

    kind = "stale-entry"
    title = f"Checked against its sources more than {CHECKED_EVERY} days ago, or in the future"
    severity = "note"
    mend = "Open its sources, compare, and set the date."

    entry: str
    checked: date
    days: int


@dataclass(frozen=True, slots=True)
class UnsaidRegion(Finding):
    kind = "unsaid-region"
    title = "All facts are of one region, and the text does not say so"
    severity = "note"
    mend = "Add `region`, or name the country."
    confirmed_by = ("entry", "region", "text")

    entry: str
    place: str
    region: Region
    text: str


@dataclass(frozen=True, slots=True)
class NoRelated(Finding):
    kind = "no-related"
    title = "Entries without related ones"
    severity = "note"
    mend = "Name the entries that a reader wants next, under `related`."

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
    severity = "info"

    what: str
    which: str


@dataclass(frozen=True, slots=True)
class Unreached(Finding):
    kind = "unreached"
    title = "Entries that no other entry leads to"
    severity = "note"
    mend = "Name it under `related` of another entry."

    entry: str


@dataclass(frozen=True, slots=True)
class UnusedConfirmation(Finding):
    kind = "unused-confirmation"
    title = "Lines of confirmed.yaml whose finding is gone, and which can go as well"
    severity = "info"

    confirmed: str
    reason: str


@dataclass(frozen=True, slots=True)
class UncitedSource(Finding):
    kind = "uncited-source"
    title = "Sources that nothing cites"
    severity = "note"
    mend = "Cite it in a fact, or delete it."
    confirmed_by = ("source",)

    source: str
    source_kind: Kind


@dataclass(frozen=True, slots=True)
class UnusedFact(Finding):
    kind = "unused-fact"
    title = "Facts that nothing uses"
    severity = "note"
    mend = "Cite it where it helps, or delete it."
    confirmed_by = ("fact",)

    fact: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class UncitedParagraph(Finding):
    kind = "uncited-paragraph"
    title = "Seed paragraphs that no entry cites"
    severity = "note"
    mend = "Cite its claims."
    confirmed_by = ("source", "locator")

    source: str
    locator: str
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HarmlessParagraph(Finding):
    kind = "harmless-paragraph"
    title = "Uncited seed paragraphs with nothing to correct, which is fine"
    severity = "info"

    source: str
    locator: str
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LostPhrasing(Finding):
    """`winner` is the id of the entry that the phrasing finds."""

    kind = "lost-phrasing"
    title = "Phrasings that find another entry when the model has not seen them"
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
    WrongTriage,
    LowAccuracy,
    UncitedNumber,
    UncitedClaim,
    NoAuthority,
    UndatedFigure,
    HardAnswer,
    HardText,
    LongAnswer,
    ManyGaps,
    Unexplained,
    ForeignAddress,
    UndatedSources,
    DroppedCaveat,
    Collision,
    StaleEntry,
    Due,
    LapsedSignature,
    UnsaidRegion,
    NoRelated,
    Unreached,
    UncitedSource,
    UnusedFact,
    UncitedParagraph,
    Unverified,
    HarmlessParagraph,
    LostPhrasing,
    OneWayLink,
    MediumOnly,
    UnusedConfirmation,
)
"""Every kind of finding, the gravest first."""


@dataclass(frozen=True, slots=True)
class CrossValidation:
    """How the matcher does on phrasings whose fold it has not seen, all in all and by entry (0 to 1).

    `first_three` is the share of phrasings whose own entry is among the three likeliest entries. `lost` maps each
    entry to its phrasings, folded, that another entry wins, and these to that entry.
    """

    folds: int
    accuracy: float
    first_three: float
    by_entry: Mapping[str, float]
    lost: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Review:
    """All that was found, and who cites what.

    `only` names the entries that were looked at (empty: all files were), and then nothing is cross-validated.
    `confirmed` maps the ids of findings that somebody confirmed to the reason: they are no errors and notes any more.
    `citations` maps each source's id and locator to the ids of the entries; `facts` and `claims` map their ids to the
    entries; `pictures` maps the id of a picture to its facts.
    """

    entries: int
    phrasings: int
    cross_validation: CrossValidation | None
    findings: tuple[Finding, ...]
    citations: Mapping[str, Mapping[str, tuple[str, ...]]]
    facts: Mapping[str, tuple[str, ...]]
    claims: Mapping[str, ClaimCoverage]
    pictures: Mapping[str, tuple[str, ...]]
    only: tuple[str, ...] = ()
    confirmed: Mapping[str, str] = field(default_factory=dict)

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        """The findings of that severity which nobody has confirmed."""
        return tuple(
            finding for finding in self.findings if finding.severity == severity and finding.id not in self.confirmed
        )

    @property
    def settled(self) -> tuple[Finding, ...]:
        """The findings that somebody has confirmed."""
        return tuple(finding for finding in self.findings if finding.id in self.confirmed)

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
