"""What the bot knows, as values: entries with their points, and the evidence that each point cites."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal

Kind = Literal["label", "regulator", "guideline", "review", "trial", "patient-information", "article", "project"]
Region = Literal["US", "UK", "EU", "AU", "CA", "IE", "DE"]
Subject = Literal["safety", "dose", "pregnancy", "interaction", "price", "rule"]
Confidence = Literal["high", "medium"]
Verdict = Literal["supported", "partly-supported", "contradicted", "unsafe-if-repeated-alone", "opinion"]

KINDS: tuple[Kind, ...] = (
    "label",
    "regulator",
    "guideline",
    "review",
    "trial",
    "patient-information",
    "article",
    "project",
)
"""Kinds of source, the most trusted first; `project` is this bot's own documentation."""

AUTHORITIES: frozenset[Kind] = frozenset({"label", "regulator", "guideline", "review"})
"""The kinds of source that what concerns somebody's safety has to rest on."""

GRAVE: frozenset[Subject] = frozenset({"safety", "dose", "pregnancy", "interaction"})
"""The subjects of which a fact is given only on an authority."""

PASSING: frozenset[Subject] = frozenset({"price", "rule"})
"""The subjects of which a fact holds for a time: it carries the day it was read, and a day to look again."""

WIDER: Mapping[Region, Region] = {"IE": "EU", "DE": "EU"}
"""The region that a country lies in, whose rules hold there as well."""

NEEDS_CORRECTION: frozenset[Verdict] = frozenset({"contradicted", "unsafe-if-repeated-alone"})


@dataclass(frozen=True, slots=True)
class Source:
    """A document that answers may cite. `date` is as exact as known: "2018", "2018-05" or "2018-05-24"; of a page that
    carries none, `read` says when it was read, as exactly.

    `name` is what a line of sources calls it. `url` is its publisher's own address; `address` says whether that was
    "seen" in what was read, is "known" and not yet opened, or the day on which a person opened it.
    """

    id: str
    title: str
    publisher: str
    kind: Kind
    date: str = ""
    read: str = ""
    url: str = ""
    note: str = ""
    name: str = ""
    address: str = ""
    paragraphs: Mapping[int, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in a source: `locator` is a section, a table or a paragraph, as the source counts."""

    source: Source
    locator: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement that was read in its sources; `caveat` is what an answer has to carry along.

    What passes, a price or a rule, was read on the day `read` and is to be looked at again on the day `again`.
    """

    id: str
    claim: str
    citations: tuple[Citation, ...]
    confidence: Confidence
    region: Region | None = None
    caveat: str = ""
    subject: Subject | None = None
    read: date | None = None
    again: date | None = None


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
    """One or two sentences of an answer, with the evidence that supports them and the region they hold for.

    It leads the answer to a message that asks in one of the ways `answers` (kinds of `Asking`), or that says one of
    the words or phrases `names`. Folded, it stands under the heading `under`; what is shown at once has none.
    """

    text: str
    evidence: tuple[Evidence, ...]
    region: Region | None = None
    answers: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    under: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What changed in an answer, and when."""

    on: date
    what: str


@dataclass(frozen=True, slots=True)
class Signature:
    """A person who read an answer beside its facts and stands for it; `of` is the digest of what was signed."""

    name: str
    role: str
    on: date
    of: str


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
    """One question of the FAQ, and the answer (`answer` shown at once, `more` folded).

    `button` is the question as a button has room for it, and `label` what it is about. `ways` are the other ways in
    which people ask it, under headings that are the editor's own. `help` says when to get help, where the fixed note
    (`safety_note`) is not what fits. `checked` is the day on which the answer was last compared with its sources;
    `signatures` are those of clinicians, the lapsed ones included.
    """

    id: str
    topic: str
    label: str
    button: str
    question: str
    ways: Mapping[str, tuple[str, ...]]
    answer: tuple[Point, ...]
    checked: date
    more: tuple[Point, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    related: tuple[str, ...] = ()
    help: Point | None = None
    safety_note: bool = False
    picture: Picture | None = None
    changed: tuple[Change, ...] = ()
    signatures: tuple[Signature, ...] = ()

    @property
    def asked(self) -> tuple[str, ...]:
        """The ways in which the entry is asked for that the editor keeps, the canonical question first."""
        return (self.question, *(text for texts in self.ways.values() for text in texts))

    @property
    def points(self) -> tuple[Point, ...]:
        """The points of the answer, those that are shown at once first."""
        return (*self.answer, *self.more)

    @property
    def placed(self) -> Iterator[tuple[tuple[str | int, ...], Point]]:
        """Each point with the way to it in the file: ("answer", 0), ("more", "What you can do", 0)."""
        for number, point in enumerate(self.answer):
            yield ("answer", number), point
        seen: Counter[str] = Counter()
        for point in self.more:
            yield ("more", point.under, seen[point.under]), point
            seen[point.under] += 1

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Everything that the entry cites, in the order in which a reader meets it."""
        sides = [side for dispute in self.disputes for side in dispute.sides]
        help_block = (self.help,) if self.help else ()
        parts: tuple[Point | Side, ...] = (*self.answer, *help_block, *self.more, *sides)
        return tuple(item for part in parts for item in part.evidence)

    @property
    def citations(self) -> tuple[Citation, ...]:
        return citations(self.evidence)


NoQuestion = Literal["courtesy", "news", "talk"]
"""What asks nothing of anybody: a courtesy, to which a guess at a question is no answer; news, where the message does
not ask beside; other talk."""


@dataclass(frozen=True, slots=True)
class OutOfScope:
    """A subject that people bring and that is not ours: what to say of it, and some of what they write.

    `instead` are lines to say in turn to who was told `line` a moment ago. A short message that is little more than one
    of `words`, phrases of small talk, is of the subject; so is one that is nothing but a phrase of `alone`, or some of
    `signs`, single characters. One without `asked` is known by these alone. `asks_nothing`: what people say by it who
    ask nothing. `in_groups` are the lines to say in turn where others read along; none: the same. `above_near` are
    wordings of what stands above what else was near to the last question, where that is offered to who says this.
    `to_bot`: who writes so speaks to the bot, of what it said or does.
    """

    id: str
    line: str
    asked: tuple[str, ...]
    nearest: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    in_groups: tuple[str, ...] = ()
    above_near: tuple[str, ...] = ()
    asks_nothing: NoQuestion | None = None
    to_bot: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """What is said first, above the answer, to a message that holds one of the `words`, such as those of fear.

    `lines` are its wordings, and `entry` is what is answered where the message asks nothing else that can be.
    """

    id: str
    words: tuple[str, ...]
    lines: tuple[str, ...]
    entry: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """How people write and what they mean: the editor's part of matching. All of it is lower case.

    `spellings` are slips and short forms by the words that they stand for; `synonyms` likewise, for matching alone.
    `concepts` and `off_topic` (by kind) are lists of words and phrases. `weightless` words tell no
    question from another, and `skippable` ones, `articles` among them, may stand between the words of a red flag.
    """

    spellings: Mapping[str, tuple[str, ...]]
    synonyms: Mapping[str, tuple[str, ...]]
    concepts: Mapping[str, tuple[str, ...]]
    off_topic: Mapping[str, tuple[str, ...]]
    treatment_words: frozenset[str]
    generic_concepts: frozenset[str]
    articles: frozenset[str]
    weightless: frozenset[str]
    skippable: frozenset[str]


@dataclass(frozen=True, slots=True)
class English:
    """How English is read: endings of words, and how questions begin; the file says what each list is for."""

    endings: tuple[tuple[str, str], ...]
    kept: frozenset[str]
    keep_e: frozenset[str]
    begin: frozenset[str]
    before: frozenset[str]
    again: frozenset[str]
    joints: frozenset[str]
    back_first: tuple[str, ...]
    back_anywhere: frozenset[str]
    second_person: frozenset[str]
    turns: frozenset[str]


@dataclass(frozen=True, slots=True)
class Asking:
    """How people ask for a part of an answer.

    `kinds` maps each kind of question ("how-long") to the phrases that ask it, and `regions` each region to the words
    that name it; a "*" in a phrase stands for up to four words, and `names` is what a region is called in a sentence.
    `yes_no` are the words that begin a question which Yes or No answers, `reverse` those that turn it round ("unsafe",
    "avoid"), `more` is what asks only to go on, and `shorter` what asks for less.
    """

    kinds: Mapping[str, tuple[str, ...]]
    regions: Mapping[Region, tuple[str, ...]]
    names: Mapping[Region, str]
    yes_no: tuple[str, ...]
    reverse: tuple[str, ...]
    more: tuple[str, ...]
    shorter: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a message asks of an entry; as it stands here, what the entry's own question does.

    `kinds` of question and `regions` are those of asking.yaml, the first that was named first; `named` are the phrases
    of points that it says. `yes_no`: Yes or No may answer it. `turned`: an odd number of its words turn it round.
    `goes_on`: it asks only for more, `briefly`: only for less; `follows`: it leans on the answer before it and wants
    the part that answers it.
    """

    kinds: tuple[str, ...] = ()
    regions: tuple[Region, ...] = ()
    named: frozenset[str] = frozenset()
    yes_no: bool = True
    turned: bool = False
    goes_on: bool = False
    briefly: bool = False
    follows: bool = False
    canonical: bool = False


CANONICAL = Asked(canonical=True)
"""Asked as the entry itself does, by a button or a link."""


@dataclass(frozen=True, slots=True)
class Wordings:
    """The fixed sentences of a reply, which no entry holds; `kinds` names a source by its kind, in the singular.

    `safety_evidence` is what the safety note rests on. The `briefly` ones are for short answers; where a point of these
    holds each of the `gravest_signs`, `besides_gravest` is said instead of the note.
    """

    safety_note: str
    safety_note_briefly: str
    gravest_signs: tuple[str, ...]
    besides_gravest: str
    help_briefly: str
    disclaimer: str
    disclaimer_briefly: str
    in_whole_answers: str
    unknown: str
    did_you_mean: str
    or_else: str
    or_else_one: str
    left_out: str
    closest: str
    get_help: str
    sources_disagree: str
    disputed: str
    more: str
    sources: str
    sources_below: str
    publishers: str
    publishers_and_more: str
    checked: str
    reviewed_by: str
    nothing_on: str
    own_answer: str
    no_more: str
    danger_signs: str
    to_do: str
    in_region: str
    in_words: str
    undated: str
    read: str
    more_help: str
    organisations: Mapping[str, str]
    kinds: Mapping[Kind, str]
    safety_evidence: tuple[Fact, ...] = ()


# Red flags

Tier = Literal["EMERGENCY", "CRISIS", "PROMPT"]
Even = Literal["past", "question", "if", "story", "no"]

TIERS: tuple[Tier, ...] = ("EMERGENCY", "CRISIS", "PROMPT")
"""The tiers, the one that wins first."""

WITHIN = 5
"""Words that may stand between the sign and each of the rule's other words, where the rule says nothing else."""

Slot = tuple[str, ...]
"""Names of word lists, any of which fills the slot."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a message has to hold to be urgent; `line` is where the rule stands in its file.

    `needs` lists slots in any order, each within `within` words of the first, which is
    the sign; `together` are slots that may stand some sentences off; `unless` cancels the rule near the sign,
    `unless_anywhere` anywhere in the message. `someone`: urgent only where a person or a time is named. `even` names
    circumstances that do not take the urgency away. `sure`: the second opinion may not doubt it. `mistaken_for`: red
    flags that the second opinion takes its words for, wrongly. `alone`: only where the message says nothing else; then
    the person is asked, whatever the second opinion thinks. `urgent` and `calm` are the examples that the check tries.
    """

    needs: tuple[Slot, ...]
    urgent: tuple[str, ...]
    calm: tuple[str, ...]
    within: int = WITHIN
    together: tuple[Slot, ...] = ()
    unless: Slot = ()
    unless_anywhere: Slot = ()
    someone: bool = False
    even: frozenset[Even] = frozenset()
    sure: bool = False
    mistaken_for: tuple[str, ...] = ()
    alone: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A page that a red flag or a number rests on; `read`: somebody opened it or a faithful copy of it."""

    id: str
    title: str
    publisher: str
    url: str
    read: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A telephone or text line. `read`: somebody compared the number with its publisher's page.

    `contact` says how to reach it; `number` is what one dials, where that is a number.
    """

    name: str
    contact: str
    url: str
    read: bool
    note: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Country:
    """Whom to call in one country; `suggested_for` are language codes whose speakers may be there."""

    code: str
    name: str
    emergency: Line
    urgent_advice: Line | None
    poison: Line | None
    crisis: tuple[Line, ...]
    suggested_for: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """The numbers that there are, the emergency number first."""
        lines = (self.emergency, self.urgent_advice, self.poison, *self.crisis)
        return tuple(line for line in lines if line is not None)


@dataclass(frozen=True, slots=True)
class Flag:
    """One category of red flag. `steps` is what its reply says after the first line; `poison` adds a poison line.

    `sounds_like` follows "It sounds as if" where the bot is unsure and asks.
    """

    id: str
    tier: Tier
    covers: str
    action: str
    steps: tuple[str, ...]
    pages: tuple[Page, ...]
    rules: tuple[Rule, ...]
    crisis_line: bool = False
    poison: bool = False
    sounds_like: str = ""


@dataclass(frozen=True, slots=True)
class CheckInTexts:
    """What a check-in says; `{understood}` takes `Flag.sounds_like`. `act` says what to do if it is happening."""

    understood: str
    ask: str
    act: Mapping[Tier, str]
    watching: str


@dataclass(frozen=True, slots=True)
class Replies:
    """The sentences that urgent replies share; `{…}` in `Flag.action` takes a number, the general one if unknown.

    `directories` lead to the crisis lines of every country. `doubts` answer why people don't call one. `way_out` is the
    quiet line below a reply that could not answer.
    """

    emergency: str
    emergency_numbers: str
    urgent_advice: str
    poison: str
    crisis: str
    watching: Mapping[Tier, str]
    worse: str
    in_danger: str
    crisis_too: str
    numbers: str
    doubts: tuple[str, ...]
    check_in: CheckInTexts
    way_out: str
    directories: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """The lists of words and phrases that rules are made of; the file says how a phrase is written.

    `inabilities` names the lists whose phrases hold a negation of their own. `circumstances` take urgency away,
    `idioms` are figures of speech, and `mentions` phrases that no rule needs and that still want the note on when
    to seek help. `harmless` are sayings that alarm nobody where a message says nothing else.
    """

    inabilities: frozenset[str]
    lists: Mapping[str, tuple[str, ...]]
    circumstances: Mapping[str, tuple[str, ...]]
    idioms: tuple[str, ...]
    mentions: tuple[str, ...]
    harmless: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ForeignTexts:
    """What is said to a question in a language that the bot doesn't speak; `{emergency}` in `way_out` takes a number.

    `perhaps` stands above buttons with questions, `topics` above those with topics. `mixed`: its speakers mix so much
    English into it that what is half English is answered as English.
    """

    english_only: str
    perhaps: str
    topics: str
    translate: str
    way_out: str
    mixed: bool = False


@dataclass(frozen=True, slots=True)
class Language:
    """How people cry for help in a language that the bot doesn't speak, and what they are told in it.

    `cries` are sentences in their plain form (`triage.cries.to_plain`) by the red flag that each raises; `calm` are
    sayings that hold one of these and mean no danger. `read`: a native speaker has read the whole file.
    """

    code: str
    name: str
    native: str
    cries: Mapping[str, tuple[str, ...]]
    calm: tuple[str, ...]
    reply: Mapping[Tier, str]
    foreign: ForeignTexts
    read: bool = False


@dataclass(frozen=True)
class RedFlags:
    """All red flags in the file's order, with the words that their rules are made of and the texts of the replies."""

    flags: Mapping[str, Flag]
    countries: Mapping[str, Country]
    pages: Mapping[str, Page]
    replies: Replies
    words: Words
    languages: Mapping[str, Language] = field(default_factory=dict)

    def country_for(self, language_code: str) -> Country | None:
        """The country to suggest, never to assume, for a chat program's language code such as "en-GB"."""
        code = language_code.casefold().replace("_", "-")
        return next((each for each in self.countries.values() if code in each.suggested_for), None)

    def unverified(self) -> Iterator[tuple[str, str]]:
        """What nobody could check: ("red flag", id), ("number", country and line) or ("language", its name)."""
        for flag in self.flags.values():
            if not any(page.read for page in flag.pages):
                yield "red flag", flag.id
        for country in self.countries.values():
            for line in country.lines:
                if not line.read:
                    yield "number", f"{country.name}: {line.name}, {line.contact}"
        for line in self.replies.directories:
            if not line.read:
                yield "number", f"directory: {line.name}, {line.url}"
        for language in self.languages.values():
            if not language.read:
                yield "language", language.name


def topic_key(title: str) -> str:
    """A topic's title as file names and callback data carry it: "Side effects" as "side-effects"."""
    return title.lower().replace(" ", "-")


@dataclass(frozen=True, slots=True)
class TranslatedQuestion:
    """An entry's question as a button asks it in another language, and some ways in which people type it there."""

    ask: str
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Translation:
    """Titles of topics, by their English ones, and questions, by the ids of their entries, in another language."""

    code: str
    name: str
    topics: Mapping[str, str]
    questions: Mapping[str, TranslatedQuestion]
    read: bool = False


@dataclass(frozen=True, eq=False)
class Knowledge:
    """All that editors and clinicians own. `topics` maps each topic's title to its entries, both in their order.

    Equal to itself alone: what was worked out of it is kept beside it.
    """

    entries: Mapping[str, Entry]
    topics: Mapping[str, tuple[Entry, ...]]
    sources: Mapping[str, Source]
    facts: Mapping[str, Fact]
    claims: Mapping[str, Claim]
    out_of_scope: Mapping[str, OutOfScope]
    vocabulary: Vocabulary
    english: English
    asking: Asking
    wordings: Wordings
    red_flags: RedFlags
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    openings: tuple[Opening, ...] = ()
    translations: Mapping[str, Translation] = field(default_factory=dict)

    def ask_in(self, code: str, entry: Entry) -> str:
        """The entry's question on a button in the language of that code; in English where nobody translated it."""
        translation = self.translations.get(code)
        question = translation.questions.get(entry.id) if translation else None
        return question.ask if question else entry.button

    def topic_in(self, code: str, title: str) -> str:
        """The topic's title in the language of that code; as it is where nobody translated it."""
        translation = self.translations.get(code)
        return translation.topics.get(title, title) if translation else title

    @cached_property
    def cited_by(self) -> Mapping[Citation, tuple[str, ...]]:
        """For every place that is cited, the ids of the entries that cite it."""
        found: dict[Citation, list[str]] = {}
        for entry in self.entries.values():
            for place in entry.citations:
                found.setdefault(place, []).append(entry.id)
        return {place: tuple(ids) for place, ids in found.items()}
