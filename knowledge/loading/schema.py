"""The shape of each knowledge file: strict pydantic models, and the JSON Schemas that editors' programs read.

Run `python -m knowledge.loading.schema` to write the schemas anew after a change here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, TypeAdapter
from pydantic_core import PydanticCustomError

from knowledge.model import KINDS, WITHIN, Confidence, Even, Kind, NoQuestion, Region, Subject, Tier, Verdict

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[^\n]+$")]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=48)]


def _as_written(value: object) -> object:
    """YAML reads an unquoted 2018 as a number and 2018-05-24 as a date; here they are text."""
    return str(value) if isinstance(value, date | int) and not isinstance(value, bool) else value


def _in_the_calendar(value: str) -> str:
    try:
        date.fromisoformat({4: f"{value}-01-01", 7: f"{value}-01"}.get(len(value), value))
    except ValueError:
        raise PydanticCustomError("no_such_day", "there is no such day") from None
    return value


_MARKUP = re.compile(
    r"""
    </?[a-z][^<>]*> | &(?:[a-z]{2,}\d*|\#\d+|\#x[0-9a-f]+);               # HTML: a tag, a character by name or number
    | \*\*\S | __\S | ~~\S | `
    | (?<!\w)\*\S[^*]*\*(?!\w) | (?<!\w)_\S[^_]*_(?!\w)             # Markdown: strong and struck text, code, emphasis,
    | \[[^\]]+\]\([^)]*\) | ^\#{1,6}\s                               # a link, a heading
    """,
    re.VERBOSE | re.IGNORECASE,
)


def _without_markup(value: str) -> str:
    if found := _MARKUP.search(value):
        raise PydanticCustomError("markup", "markup", {"found": found.group()})
    return value


Plain = AfterValidator(_without_markup)
"""For texts that people read: they would see HTML and Markdown as the signs that they are made of."""
ShownText = Annotated[Text, Plain]
ShownLine = Annotated[Line, Plain]

When = Annotated[
    str,
    BeforeValidator(_as_written),
    StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$"),
    AfterValidator(_in_the_calendar),
]
_ADDRESS = r"^(seen|known|\d{4}-\d{2}-\d{2}|)$"
Web = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"]+$", max_length=400)]
Term = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=60)]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9\']+$", max_length=40)]
Heading = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=r"^[^\n]+$")]


class Strict(BaseModel):
    """No unknown keys, no silent conversions."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class PointFile(Strict):
    say: ShownText = Field(description="One or two short sentences.")
    cites: Annotated[list[Id], Field(min_length=1)] = Field(
        description="Ids of the facts that support this very sentence."
    )
    region: Region | None = Field(None, description="Where it holds, when not everywhere.")
    answers: list[Id] = Field(
        default_factory=list, description="Kinds of question, of asking.yaml, for which this point leads the answer."
    )
    names: list[Term] = Field(
        default_factory=list, description="Words or phrases of a message for which this point leads the answer."
    )


class SideFile(Strict):
    who: ShownLine = Field(description="Who says it, by name.")
    says: ShownText
    cites: Annotated[list[Id], Field(min_length=1)]


class DisputeFile(Strict):
    about: ShownLine = Field(description="What the sources disagree on, in a few words.")
    sides: Annotated[list[SideFile], Field(min_length=2)] = Field(
        description="The better supported side first; it cites facts. A wrong seed claim only after it."
    )
    trust: ShownText = Field(description="Which side to trust, and why.")


class HelpFile(Strict):
    say: ShownText
    cites: Annotated[list[Id], Field(min_length=1)]


class ChangeFile(Strict):
    on: date
    what: ShownLine


class EntryFile(Strict):
    id: Id
    label: Annotated[Line, StringConstraints(max_length=32), Plain] = Field(
        description="In a word or two what it is about, for settings, statistics and headings."
    )
    button: Annotated[Line, StringConstraints(max_length=38, pattern=r"\?$"), Plain] = Field(
        description="The text of its button: its question, as short as a phone's button is wide."
    )
    question: Annotated[Line, StringConstraints(max_length=120), Plain]
    asked: Annotated[dict[Heading, Annotated[list[Line], Field(min_length=1)]], Field(min_length=1)] = Field(
        description="Other ways in which people ask it, twelve to twenty, under headings that help you find them."
    )
    answer: Annotated[list[PointFile], Field(min_length=1)] = Field(
        description="At most three points and 60 words; the first sentence answers the question."
    )
    help: HelpFile | None = Field(None, description="When to get help, where the fixed note does not fit.")
    more: dict[Heading, Annotated[list[PointFile], Field(min_length=1)]] = Field(
        default_factory=dict,
        description="Detail, shown folded under these headings: what one can do first, what is not known last.",
    )
    disputes: list[DisputeFile] = Field(default_factory=list)
    related: list[Id] = Field(default_factory=list, description="Entries that a reader wants next.")
    safety_note: bool = Field(False, description="Adds the fixed note on when to seek help.")
    picture: Id | None = Field(None, description="A picture of pictures/pictures.yaml, sent after the answer.")
    checked: date = Field(description="When somebody last compared the entry with its sources.")
    changed: list[ChangeFile] = Field(default_factory=list, description="What changed in the answer, the latest last.")


class FaqFile(Strict):
    topic: ShownLine
    order: Annotated[int, Field(ge=1)]
    entries: Annotated[list[EntryFile], Field(min_length=1)]


class SourceFile(Strict):
    id: Id
    title: ShownLine
    publisher: ShownLine
    kind: Kind
    date: When = ""
    read: When = Field("", description="Of a page that carries no date: when it was read.")
    name: Annotated[ShownLine, StringConstraints(max_length=40)] | Literal[""] = Field(
        "", description="What a line of sources calls it, where that is not its publisher."
    )
    url: Web = Field("", description="The publisher's own address, where people are sent.")
    address: Annotated[str, BeforeValidator(_as_written), StringConstraints(pattern=_ADDRESS)] = Field(
        "", description="Whether the address was seen in what was read, is known, or the day a person opened it."
    )
    note: Line | None = Field(None, description="Where and how it was read, and what to mistrust.")
    paragraphs: dict[int, Line] = Field(default_factory=dict, description="Seed articles: what each paragraph says.")


class SourcesFile(Strict):
    sources: list[SourceFile]


class LocatorFile(Strict):
    id: Id
    at: Line = Field(description="Section, table or paragraph, as the source counts.")


class FactFile(Strict):
    id: Id
    claim: Line
    sources: Annotated[list[LocatorFile], Field(min_length=1)]
    region: Region | None = None
    confidence: Confidence
    caveat: Line | None = None
    subject: Subject | None = Field(None, description="What it concerns, where that asks for an authority or passes.")
    read: date | None = Field(None, description="Of a price or a rule: when it was read.")
    again: date | None = Field(None, description="Of a price or a rule: when to look at it again.")


class FactsFile(Strict):
    facts: list[FactFile]


class ClaimFile(Strict):
    id: Id
    source: Id
    paragraph: Annotated[int, Field(ge=0)]
    claim: Line
    verdict: Verdict
    clinical: Line
    facts: list[Id]
    note: Line | None = None


class ClaimsFile(Strict):
    claims: list[ClaimFile]


class OffTopicFile(Strict):
    kind: Id
    terms: Annotated[list[Term], Field(min_length=1)]


class FillersFile(Strict):
    articles: list[Term] = Field(description="Count for nothing in a phrase of the red flags, and weigh little.")
    everywhere: list[Term] = Field(description="Weigh little, and may stand between the words of a phrase.")
    weightless: list[Term] = Field(description="Weigh little in a question.")
    skippable: list[Term] = Field(description="May stand between the words of a phrase of the red flags.")


class VocabularyFile(Strict):
    spellings: dict[Term, list[Word]] = Field(
        description="The word or words that are meant, and the slips and short forms that stand for them."
    )
    synonyms: dict[Term, list[Term]] = Field(description="For matching: the standard term, and what comes to the same.")
    concepts: dict[Id, list[Term]] = Field(description="Words and short phrases that ask for the same thing here.")
    off_topic: list[OffTopicFile] = Field(description="Words that speak against every entry that does not use them.")
    treatment_words: list[Term] = Field(description="Single words by which people mean the injections.")
    generic_concepts: list[Id] = Field(
        description="Concepts that say what is asked, but not about what: a follow-up needs more."
    )
    fillers: FillersFile = Field(description="Words that carry little or nothing, each in one group.")


class StemmingFile(Strict):
    endings: list[Annotated[list[str], Field(min_length=2, max_length=2)]] = Field(
        description="Pairs of an ending and what stands instead; the first that fits is taken."
    )
    kept: list[Word]
    keep_e: list[Word]


class QuestionsFile(Strict):
    begin: list[Word] = Field(description="Words with which a question begins.")
    before: list[Word] = Field(description="Words that may stand before those.")
    again: list[Word] = Field(description="Words with which a second question begins, behind a comma or a joint.")
    joints: list[Word]


class BackFile(Strict):
    first: list[Term]
    anywhere: list[Word]


class EnglishFile(Strict):
    stemming: StemmingFile
    questions: QuestionsFile
    back: BackFile = Field(description="Words that point to what was said before.")
    second_person: list[Word]
    turns: list[Word] = Field(description="Words that begin a clause, as a comma does.")


Phrase = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[a-z0-9'€£$* -]+$")]


class SubjectFile(Strict):
    id: Id
    line: ShownText = Field(description="One or two kind sentences on where the bot's knowledge ends.")
    nearest: list[Id] = Field([], description="Entries to offer, where they truly help.")
    instead: Annotated[list[ShownText], Field(max_length=9)] = Field(
        default_factory=list,
        description="The same in other words, to say in turn to who was told `line` a moment ago: at least three, so "
        "that none comes again within three.",
    )
    in_groups: Annotated[list[ShownText], Field(max_length=9)] = Field(
        default_factory=list,
        description="What is said in groups in place of `line` and `instead`, in turn; where there is none, the same.",
    )
    to_bot: bool = Field(
        False,
        description="Whether it is said to the bot, of what it said or does: in a group, a reply to it is answered.",
    )
    asks_nothing: NoQuestion | None = Field(
        None,
        description="Where people ask nothing by it: `courtesy`, and no guess at a question goes before it; `news`, "
        "the same where the message does not ask beside; `talk`, all else.",
    )
    above_near: Annotated[list[ShownText], Field(max_length=9)] = Field(
        default_factory=list,
        description="Of who was given a wrong answer: what stands above what else was near to the question, in "
        "wordings that are taken in turn. Where nothing (more) was, `line` is said.",
    )
    alone: list[Phrase] = Field(
        default_factory=list, description="As `words`, but nothing else may stand beside them save fillers."
    )
    signs: list[Annotated[str, StringConstraints(min_length=1, max_length=1)]] = Field(
        default_factory=list,
        description="Emoji, each in its plain form: a message that is nothing but some of these is of the subject.",
    )
    words: list[Phrase] = Field(
        default_factory=list,
        description="Of small talk: phrases that tell it, where little more is said; * stands for up to four words.",
    )
    asked: Annotated[list[Line], Field(max_length=20)] = Field(
        default_factory=list,
        description="Some of what people write; where there is none, its words alone tell it.",
    )


OpeningLine = Annotated[ShownText, StringConstraints(max_length=64)]
"""Short, for above the longest answer there is room for no more."""


class OpeningFile(Strict):
    id: Id
    words: Annotated[list[Phrase], Field(min_length=1)] = Field(
        description="What such a message says, in these very forms; * stands for up to four words."
    )
    lines: Annotated[list[OpeningLine], Field(min_length=4, max_length=9)] = Field(
        description="One short sentence to say first, in wordings that are taken in turn."
    )
    entry: Id = Field(description="What is answered where the message asks nothing else that can be.")


class OutOfScopeFile(Strict):
    subjects: list[SubjectFile]
    openings: list[OpeningFile] = Field(
        default_factory=list, description="What is said first, above an answer, to who writes these words."
    )


class AskingFile(Strict):
    kinds: dict[Id, Annotated[list[Phrase], Field(min_length=1)]]
    regions: dict[Region, Annotated[list[Phrase], Field(min_length=1)]]
    names: dict[Region, Line]
    yes_no: list[Phrase]
    reverse: list[Phrase]
    more: list[Phrase]
    shorter: list[Phrase]


class SignatureFile(Strict):
    entry: Id
    name: ShownLine
    role: ShownLine
    on: date
    of: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")] = Field(
        description="What was signed, as a digest."
    )


class ReviewedByFile(Strict):
    reviewed_by: list[SignatureFile]


class PublishersFile(Strict):
    hosts: dict[Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]+$")], Line] = Field(
        description="The hosts that a source may lead to, and whose they are."
    )


class PictureFile(Strict):
    id: Id
    file: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+\.png$", max_length=60)] = Field(
        description="A PNG beside this file."
    )
    alt: ShownLine = Field(description="What the picture shows, for those who can't see it; 900 characters at most.")
    cites: Annotated[list[Id], Field(min_length=1)] = Field(
        description="Ids of the facts that its figures and words rest on."
    )


class PicturesFile(Strict):
    pictures: list[PictureFile]


class WordingFile(Strict):
    say: ShownText
    cites: Annotated[list[Id], Field(min_length=1)]


class SafetyNoteFile(WordingFile):
    briefly: ShownText = Field(description="The gravest of it, for a short answer, and where the rest is.")
    gravest: Annotated[list[ShownLine], Field(min_length=1)] = Field(
        description="Words that a point holds, each of them, if it says the gravest itself."
    )
    besides: ShownText = Field(description="For a short answer whose points say the gravest themselves.")


class WordingsFile(Strict):
    safety_note: SafetyNoteFile
    help_briefly: ShownText = Field(description="In a short answer that has no room for an entry's own words on help.")
    disclaimer: ShownText
    disclaimer_briefly: ShownText = Field(description="The same in a short answer.")
    in_whole_answers: ShownText = Field(
        description="In a short answer: entries, by their {labels}, that did not fit in."
    )
    unknown: ShownText
    did_you_mean: ShownText
    or_else: ShownText = Field(description="Above the other questions that an unsure answer offers.")
    or_else_one: ShownText = Field(description="The same above a single one.")
    left_out: ShownText = Field(
        description="Below the answers to several questions: those entries, by their {labels}, that were too many."
    )
    closest: ShownText = Field(description="Before the question whose answer is a guess at what was asked.")
    get_help: ShownLine = Field(description="Before the safety note.")
    sources_disagree: ShownLine = Field(description="Before what a dispute is about.")
    disputed: ShownLine = Field(description="In a short answer, instead of the disputes.")
    more: ShownLine = Field(description="Above points of the answer that made room for others, and are folded.")
    danger_signs: ShownLine = Field(description="Above the safety note, folded where an entry's own words come first.")
    sources: ShownLine = Field(description="Above the sources of an answer, and before those of a picture.")
    sources_below: ShownLine = Field(
        description="Instead of the sources, where several answers leave no room for them."
    )
    publishers: ShownLine = Field(description="The {names} of the sources of a short answer.")
    publishers_and_more: ShownLine = Field(description="The same where {count} more sources are not named.")
    checked: ShownLine = Field(description="Before the day on which an answer was compared with its sources.")
    reviewed_by: ShownLine = Field(description="Before the name of a clinician who signed an answer.")
    nothing_on: ShownText = Field(description="Where the answer holds nothing on a {region} that the message names.")
    own_answer: ShownText = Field(description="The same, where another entry, of this {label}, is about that {region}.")
    no_more: ShownText = Field(description="To a follow-up that nothing in the answer answers.")
    in_words: ShownLine = Field(description="Before what a picture shows.")
    to_do: ShownLine = Field(description="The heading of steps to take, which are shown as a list to tick.")
    in_region: ShownLine = Field(description="The heading of what holds in {region} alone, which then needs no mark.")
    more_help: ShownLine = Field(description="Before the names of the organisations.")
    organisations: Annotated[dict[ShownLine, Web], Field(min_length=1)] = Field(
        description="Where people with migraine find more: name and address of each."
    )
    undated: ShownLine = Field(description="Instead of the date of a source.")
    read: ShownLine = Field(description="Behind `undated`, where it is known: {date} is when the source was read.")
    kinds: dict[Kind, ShownLine] = Field(description="What a source of each kind is called.", min_length=len(KINDS))


# Red flags

FlagId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$", max_length=48)]
SlotNames = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+( \| [a-z0-9_]+)*$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$", max_length=40)]
Listed = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[a-z0-9 |={}<>_./&'-]+$", max_length=80)]
Reply = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), Plain]
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[a-z]{2,4})?$")]


class PageFile(Strict):
    id: Id
    title: Line
    publisher: Line
    url: Web
    read: bool = Field(description="Whether somebody opened the page, or a faithful stored copy of it.")
    note: str = ""


class NumberFile(Strict):
    name: Line
    contact: Line
    number: Annotated[str, StringConstraints(pattern=r"^[0-9-]{2,20}$")] | Literal[""] = Field(
        default="", description="What one dials, for a button that copies it: the digits of `contact`."
    )
    url: Web
    read: bool = Field(description="Whether somebody compared the number with the publisher's own page.")
    note: str = ""


class CountryFile(Strict):
    code: CountryCode
    name: Line
    suggested_for: list[LanguageCode] = Field(description="Language codes, in lower case, whose speakers may be there.")
    emergency: NumberFile
    urgent_advice: NumberFile | None
    poison: NumberFile | None
    crisis: Annotated[list[NumberFile], Field(min_length=1)]


class WatchingFile(Strict):
    EMERGENCY: Reply
    CRISIS: Reply
    PROMPT: Reply


class CheckInFile(Strict):
    understood: Reply = Field(description="With {understood}, which takes a red flag's `sounds_like`.")
    ask: Reply
    EMERGENCY: Reply
    CRISIS: Reply
    PROMPT: Reply
    watching: Reply


class RepliesFile(Strict):
    emergency: Reply
    emergency_numbers: Reply
    urgent_advice: Reply
    poison: Reply
    crisis: Reply
    watching: WatchingFile = Field(description="For each tier the line that says who is (not) watching.")
    worse: Reply
    in_danger: Reply
    crisis_too: Reply
    numbers: Reply
    doubts: Annotated[list[Reply], Field(min_length=1)] = Field(description="Why people don't call a crisis line.")
    check_in: CheckInFile = Field(description="What is asked where the bot is unsure.")
    way_out: Reply = Field(description="The quiet line below a reply that could not answer.")


class RuleFile(Strict):
    needs: Annotated[list[SlotNames], Field(min_length=1)] = Field(description="Lists of words, the sign first.")
    urgent: Annotated[list[Line], Field(min_length=1)] = Field(description="Messages that this rule has to find.")
    calm: Annotated[list[Line], Field(min_length=1)] = Field(
        description="Messages that sound alike and are not urgent."
    )
    within: Annotated[int, Field(ge=0, le=30)] = WITHIN
    together: list[SlotNames] = Field(default_factory=list)
    unless: list[Name] = Field(default_factory=list)
    unless_anywhere: list[Name] = Field(default_factory=list)
    someone: bool = False
    even: list[Even] = Field(default_factory=list)
    sure: bool = False
    mistaken_for: list[FlagId] = Field(default_factory=list)
    alone: bool = False


class FlagFile(Strict):
    id: FlagId
    tier: Tier
    sounds_like: Reply = Field(description="What follows “It sounds as if” where the bot is unsure and asks.")
    covers: Line
    action: Reply = Field(description="The first line of the reply: what to do now, with the number.")
    steps: Annotated[list[Reply], Field(min_length=1)]
    sources: Annotated[list[Id], Field(min_length=1)]
    crisis_line: bool = False
    poison: bool = False


class RedFlagsFile(Strict):
    replies: RepliesFile
    countries: Annotated[list[CountryFile], Field(min_length=1)]
    directories: list[NumberFile]
    red_flags: Annotated[list[FlagFile], Field(min_length=1)]
    pages: Annotated[list[PageFile], Field(min_length=1)]


class RedFlagRulesFile(Strict):
    rules: dict[FlagId, Annotated[list[RuleFile], Field(min_length=1)]] = Field(
        description="For each red flag the rules that find it."
    )


class RedFlagWordsFile(Strict):
    inabilities: list[Name]
    lists: dict[Name, Annotated[list[Listed], Field(min_length=1)]]
    circumstances: dict[Name, Annotated[list[Listed], Field(min_length=1)]]
    idioms: list[Listed]
    mentions: list[Listed]
    harmless: list[Listed]


class LanguageReplyFile(Strict):
    EMERGENCY: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600), Plain]
    CRISIS: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600), Plain]


ForeignText = Annotated[Line, StringConstraints(max_length=200), Plain]


class ForeignFile(Strict):
    """What is said to a question in the language, and words by which it is recognised."""

    english_only: ForeignText = Field(description="I can only answer in English.")
    perhaps: ForeignText = Field(description="Is this what you ask? Above buttons with questions.")
    topics: ForeignText = Field(description="These are the topics: above buttons with topics.")
    translate: ForeignText = Field(description="How to have an answer translated by Telegram.")
    way_out: ForeignText = Field(description="Whom to call in danger, with {emergency}, and findahelpline.com.")
    mixed: bool = Field(False, description="Whether its speakers mix English into it, and may be answered then.")
    words: str = Field("", description="Common words and those of the subject, by which the language is recognised.")
    latin: str = Field("", description="The same as people type them in Latin letters, where that is another script.")


class LanguageFile(Strict):
    """One language that the bot doesn't speak: knowledge/languages/CODE.yaml."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")] = Field(
        description="The language's code as Telegram sends it, and the name of the file."
    )
    name: Line = Field(description="Its name in English.")
    native: Line = Field(description="Its name in the language itself.")
    read: bool = Field(description="Whether a native speaker has read the whole file.")
    cries: dict[FlagId, Annotated[list[Line], Field(min_length=1)]] = Field(
        description="For each red flag the sentences that raise it, as people type them."
    )
    calm: list[Line] = Field(description="Sayings that hold such a sentence and mean no danger.")
    reply: LanguageReplyFile = Field(description="What is said in the language, with {emergency} and {helpline}.")
    foreign: ForeignFile


class TranslatedQuestionFile(Strict):
    ask: Annotated[Line, StringConstraints(max_length=60), Plain] = Field(
        description="The question on a button: 38 characters, 44 at most."
    )
    asked: Annotated[list[Line], Field(min_length=1, max_length=20)] = Field(
        description="How people type it, each with words of its own."
    )


class TranslationFile(Strict):
    """Topics and questions in another language: knowledge/translations/CODE.yaml."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")] = Field(
        description="The language's code as Telegram sends it, and the name of the file."
    )
    name: Line = Field(description="Its name in English.")
    read: bool = Field(False, description="Whether a native speaker has read the whole file.")
    topics: dict[Heading, Annotated[Line, StringConstraints(max_length=40), Plain]] = Field(
        description="The title of each topic; one without a translation is shown in English."
    )
    questions: dict[Id, TranslatedQuestionFile] = Field(
        description="Each entry by its id; one without a translation is shown in English."
    )


# For the check alone


class ReadabilityFile(Strict):
    """What the measuring of reading grades has to know: knowledge/readability.yaml."""

    names: list[Line] = Field(description="Names that a writer can't avoid; each counts as a word of two syllables.")
    explain: dict[Heading, Annotated[list[Term], Field(min_length=1)]] = Field(
        description="Words that people may not know, and phrases of which one explains each, beside it or before it."
    )


FindingId = Annotated[str, StringConstraints(pattern=r"^[b-df-hj-np-t]{8}$")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\n]+, [^\n]+, \d{4}-\d{2}-\d{2}$")]


class ConfirmedFile(Strict):
    """Findings of `bot.py check` that somebody looked at and that may stay: knowledge/confirmed.yaml."""

    confirmed: list[Annotated[dict[FindingId, Reason], Field(min_length=1, max_length=1)]] = Field(
        description="For each finding its id, as `check` prints it; then why it may stay, who says so, and the day."
    )


SHAPES: Mapping[str, type[Strict]] = {
    "faq": FaqFile,
    "sources": SourcesFile,
    "facts": FactsFile,
    "claims": ClaimsFile,
    "vocabulary": VocabularyFile,
    "english": EnglishFile,
    "out_of_scope": OutOfScopeFile,
    "wordings": WordingsFile,
    "asking": AskingFile,
    "publishers": PublishersFile,
    "reviewed_by": ReviewedByFile,
    "pictures": PicturesFile,
    "red_flags": RedFlagsFile,
    "red_flag_rules": RedFlagRulesFile,
    "red_flag_words": RedFlagWordsFile,
    "language": LanguageFile,
    "translation": TranslationFile,
    "readability": ReadabilityFile,
    "confirmed": ConfirmedFile,
}
"""The model of each file, by the name of its schema in knowledge/schema/."""


def json_schema(name: str) -> str:
    """The JSON Schema (text, with a final line break) that the YAML files of this shape point to."""
    schema: dict[str, Any] = TypeAdapter(SHAPES[name]).json_schema()
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    folder = Path(__file__).parent.parent / "schema"
    folder.mkdir(exist_ok=True)
    for name in SHAPES:
        (folder / f"{name}.json").write_text(json_schema(name), encoding="utf-8")


if __name__ == "__main__":
    main()
