"""The review book: each answer beside its facts, and the fixed replies, with a place to sign for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from knowledge.model import Claim, Country, Entry, Evidence, Fact, Flag, Knowledge, Point, Signature, citations
from knowledge.rendering.urgent import urgent_text
from knowledge.signatures import digest_of, digest_of_texts, valid_signatures

_NOT_SAID = ("kinds", "safety_note", "safety_evidence")
"""Fields of `Wordings` that are no reply, or have a place of their own in the book."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A fact or claim beside a sentence; `seen` where the same entry showed the whole of it above.

    `explained` are the ids of its sources of which the same entry said above how they were read.
    """

    evidence: Evidence
    seen: bool = False
    explained: frozenset[str] = frozenset()

    @property
    def fact(self) -> Fact | None:
        return self.evidence if isinstance(self.evidence, Fact) else None

    @property
    def claim(self) -> Claim | None:
        return self.evidence if isinstance(self.evidence, Claim) else None


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence and what it rests on. `part` says where in the answer it stands, and `who` says it in a dispute."""

    part: str
    text: str
    cited: tuple[Cited, ...]
    region: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class Dispute:
    """What sources disagree on, and which side the answer trusts."""

    about: str
    pairs: tuple[Pair, ...]
    trust: str


@dataclass(frozen=True, slots=True)
class ReviewedEntry:
    """An entry as a clinician reads it."""

    entry: Entry
    digest: str
    pairs: tuple[Pair, ...]
    disputes: tuple[Dispute, ...]
    valid: tuple[Signature, ...]
    lapsed: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class ReviewedFlag:
    """A red flag with the reply that people get, as paragraphs of lines."""

    flag: Flag
    digest: str
    reply: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class ReviewedTexts:
    """Fixed texts that are signed together, by their names."""

    title: str
    digest: str
    texts: tuple[tuple[str, str], ...]
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewBook:
    """All that a clinician is asked to sign."""

    topics: tuple[tuple[str, tuple[ReviewedEntry, ...]], ...]
    flags: tuple[ReviewedFlag, ...]
    fixed: tuple[ReviewedTexts, ...]
    countries: tuple[Country, ...]
    numbers_digest: str

    @property
    def entries(self) -> tuple[ReviewedEntry, ...]:
        return tuple(entry for _, entries in self.topics for entry in entries)

    @property
    def signed(self) -> int:
        """How many entries somebody has signed as they are now."""
        return sum(bool(each.valid) for each in self.entries)

    @property
    def lapsed(self) -> int:
        """How many entries carry only signatures that have lapsed."""
        return sum(bool(each.lapsed) and not each.valid for each in self.entries)


def review_book(knowledge: Knowledge) -> ReviewBook:
    """The book of all entries, red flags and replies."""
    flags = knowledge.red_flags
    countries = tuple(flags.countries.values())
    numbers = [
        text for country in countries for line in country.lines for text in (country.name, line.name, line.contact)
    ]
    return ReviewBook(
        topics=tuple((topic, tuple(map(_entry, entries))) for topic, entries in knowledge.topics.items()),
        flags=tuple(_flag(flag, knowledge) for flag in flags.flags.values()),
        fixed=tuple(_fixed(knowledge)),
        countries=countries,
        numbers_digest=digest_of_texts(numbers),
    )


def _entry(entry: Entry) -> ReviewedEntry:
    seen: set[str] = set()
    explained: set[str] = set()

    def cite(evidence: Iterable[Evidence]) -> tuple[Cited, ...]:
        found = []
        for item in evidence:
            found.append(Cited(item, item.id in seen, frozenset(explained)))
            seen.add(item.id)
            explained.update(place.source.id for place in citations([item]))
        return tuple(found)

    def pair(part: str, point: Point) -> Pair:
        return Pair(part, point.text, cite(point.evidence), point.region or "")

    pairs = [pair("Shown at once", point) for point in entry.answer]
    if entry.help:
        pairs.append(pair("When to get help", entry.help))
    pairs += [pair(f"Folded: {point.under}", point) for point in entry.more]
    if entry.picture:
        pairs.append(Pair("Picture, in words", entry.picture.alternative, cite(entry.picture.evidence)))
    disputes = tuple(
        Dispute(
            dispute.about,
            tuple(Pair("Side", side.says, cite(side.evidence), who=side.who) for side in dispute.sides),
            dispute.trust,
        )
        for dispute in entry.disputes
    )
    valid = valid_signatures(entry)
    lapsed = tuple(signature for signature in entry.signatures if signature not in valid)
    return ReviewedEntry(entry, digest_of(entry), tuple(pairs), disputes, valid, lapsed)


def _flag(flag: Flag, knowledge: Knowledge) -> ReviewedFlag:
    blocks = urgent_text(flag, knowledge.red_flags.replies).blocks
    reply = tuple(tuple("".join(span.text for span in line) for line in block.lines) for block in blocks)
    said = [line for paragraph in reply for line in paragraph]
    digest = digest_of_texts([flag.id, flag.tier, flag.covers, flag.action, *flag.steps, *said])
    return ReviewedFlag(flag, digest, reply)


def _fixed(knowledge: Knowledge) -> Iterator[ReviewedTexts]:
    """The fixed texts: the safety note beside its facts, what urgent replies share, and the rest of the replies."""
    wordings, replies = knowledge.wordings, knowledge.red_flags.replies
    note = Pair("Safety note", wordings.safety_note, tuple(Cited(fact) for fact in wordings.safety_evidence))
    rests_on = [text for fact in wordings.safety_evidence for text in (fact.id, fact.claim, fact.caveat)]
    yield ReviewedTexts("The safety note", digest_of_texts([note.text, *rests_on]), (), (note,))
    urgent: list[tuple[str, str]] = []
    for name, value in ((field.name, getattr(replies, field.name)) for field in fields(replies)):
        urgent += _named(name, value)
    urgent += [(f"check-in, {tier}", text) for tier, text in replies.check_in.act.items()]
    asked = replies.check_in
    urgent += [("check-in, understood", asked.understood), ("check-in, ask", asked.ask)]
    urgent.append(("check-in, watching", asked.watching))
    yield _texts("What urgent replies share", urgent)
    values = ((field.name, getattr(wordings, field.name)) for field in fields(wordings) if field.name not in _NOT_SAID)
    others = [text for name, value in values for text in _named(name, value)]
    yield _texts("The other fixed sentences", others)


def _named(name: str, value: object) -> Iterator[tuple[str, str]]:
    """The texts among the values of the shared replies; what is no text is shown elsewhere."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, tuple) and all(isinstance(each, str) for each in value):
        yield from ((name, each) for each in value)
    elif isinstance(value, dict):
        yield from ((f"{name}, {key}", each) for key, each in value.items())


def _texts(title: str, texts: list[tuple[str, str]]) -> ReviewedTexts:
    named = [(name.replace("_", " "), text) for name, text in texts]
    return ReviewedTexts(title, digest_of_texts(text for pair in named for text in pair), tuple(named))
