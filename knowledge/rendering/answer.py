"""From a reply value to text: what is said, in which order, with which source numbers.

The text is made of styled spans that know no markup, so that Telegram's HTML, the terminal and plain text all show
the very same words. Lengths are counted in UTF-16 units, as chat programs count them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from knowledge.model import Dispute, Entry, Evidence, Knowledge, Point, Source, citations
from knowledge.rendering.rich_text import Block, Span, Text
from knowledge.rendering.urgent import urgent_text
from knowledge.reply import Answer, Reply, Silent, Suggestions, Unknown
from knowledge.triage.rules import Urgent

MESSAGE_LIMIT = 4096
"""The most that one message can hold, in UTF-16 units."""

MOST_WORDS = 120
"""Words that can be read in half a minute, before the fold."""

KIND_NAMES = {
    "label": "product label",
    "regulator": "regulator",
    "guideline": "guideline",
    "trial": "study",
    "patient-information": "patient information",
    "article": "article",
    "project": "about this bot",
}


class _Numbering:
    """Numbers sources in the order in which a reader meets them, and remembers the places cited in each."""

    def __init__(self) -> None:
        self._places: dict[Source, dict[str, None]] = {}

    def marks(self, evidence: Iterable[Evidence]) -> str:
        """The numbers that stand behind a sentence, as " [1, 3]"."""
        numbers = []
        for place in citations(evidence):
            self._places.setdefault(place.source, {})[place.locator] = None
            number = list(self._places).index(place.source) + 1
            if number not in numbers:
                numbers.append(number)
        return f" [{', '.join(map(str, sorted(numbers)))}]"

    def listed(self) -> Iterator[tuple[Span, ...]]:
        for number, (source, places) in enumerate(self._places.items(), 1):
            yield source_line(source, places, f"{number}. ")


def source_line(source: Source, locators: Iterable[str] = (), before: str = "") -> tuple[Span, ...]:
    """A source on one line: title (linked), kind, sections, date."""
    details = [KIND_NAMES[source.kind], *locators, spoken_date(source.date) or "undated"]
    return (Span(before), Span(source.title, url=source.url), Span(" · " + " · ".join(details)))


def spoken_date(when: str) -> str:
    """The date "2018-05-24" as "24 May 2018", "2018-05" as "May 2018", "2018" as it is."""
    parts = [int(part) for part in when.split("-")] if when else []
    if len(parts) == 3:
        day = date(parts[0], parts[1], parts[2])
        return f"{day.day} {day:%B %Y}"
    if len(parts) == 2:
        return f"{date(parts[0], parts[1], 1):%B %Y}"
    return when


def _point(point: Point, numbering: _Numbering) -> tuple[Span, ...]:
    region = (Span(f"{point.region}: ", "bold"),) if point.region else ()
    return (Span("• "), *region, Span(point.text + numbering.marks(point.evidence)))


def dispute_words(entry: Entry) -> int:
    """How many words the disputes of an entry have."""
    said = [f"{dispute.about} {dispute.trust}" for dispute in entry.disputes]
    said += [f"{side.who} {side.says}" for dispute in entry.disputes for side in dispute.sides]
    return sum(len(text.split()) for text in said)


def folds_disputes(entry: Entry) -> bool:
    """Whether the disputes are shown folded: where they and the points take more than half a minute to read."""
    return sum(len(point.text.split()) for point in entry.answer) + dispute_words(entry) > MOST_WORDS


def _dispute(dispute: Dispute, numbering: _Numbering, folded: bool) -> Block:
    sides = [
        (Span("• "), Span(f"{side.who}: ", "bold"), Span(side.says + numbering.marks(side.evidence)))
        for side in dispute.sides
    ]
    title = (Span(f"⚖️ Sources disagree: {dispute.about}", "bold"),)
    return Block((title, *sides, (Span("→ "), Span(dispute.trust, "italic"))), folded)


def answer_text(entry: Entry, knowledge: Knowledge, *, safety_note: bool = False) -> Text:
    """The whole answer of one entry: question, points, disputes, note, folded detail, sources, disclaimer.

    `safety_note` adds the note where the entry itself has none.
    """
    numbering = _Numbering()
    blocks = [
        Block(((Span(entry.question, "bold"),),)),
        Block(tuple(_point(point, numbering) for point in entry.answer)),
    ]
    blocks += [_dispute(dispute, numbering, folds_disputes(entry)) for dispute in entry.disputes]
    if entry.safety_note or safety_note:
        blocks.append(_safety_note(knowledge))
    if entry.more:
        more = tuple(_point(point, numbering) for point in entry.more)
        blocks.append(Block(((Span("More on this", "bold"),), *more), folded=True))
    blocks.append(Block(((Span("Sources", "bold"),), *numbering.listed()), folded=True))
    blocks.append(_ending(knowledge, entry.reviewed))
    return Text(tuple(blocks))


def question_and_points(entry: Entry) -> Text:
    """What one of several answers in a message shows of its entry."""
    return Text((_question_and_points(entry, _Numbering()),))


def _question_and_points(entry: Entry, numbering: _Numbering) -> Block:
    return Block(((Span(entry.question, "bold"),), *(_point(point, numbering) for point in entry.answer)))


def answers_text(entries: Sequence[Entry], knowledge: Knowledge, *, safety_note: bool = False) -> Text:
    """Several answers in one message: the points of each, and the sources as short as needed to fit."""
    numbering = _Numbering()
    blocks = [_question_and_points(entry, numbering) for entry in entries]
    if safety_note or any(entry.safety_note for entry in entries):
        blocks.append(_safety_note(knowledge))
    ending = _ending(knowledge, min(entry.reviewed for entry in entries))
    sources = Block(((Span("Sources", "bold"),), *numbering.listed()), folded=True)
    whole = Text((*blocks, sources, ending))
    if whole.length <= MESSAGE_LIMIT:
        return whole
    pointer = Block(((Span("The sources stand below each whole answer: press its button.", "italic"),),))
    return Text((*blocks, pointer, ending))


def _or_else(knowledge: Knowledge) -> Block:
    return Block(((Span(knowledge.wordings.or_else, "bold"),),))


def _safety_note(knowledge: Knowledge) -> Block:
    return Block(((Span("⚠️ When to get help: ", "bold"), Span(knowledge.wordings.safety_note)),))


def _ending(knowledge: Knowledge, reviewed: date) -> Block:
    said = f"{knowledge.wordings.disclaimer} Reviewed {spoken_date(reviewed.isoformat())}."
    return Block(((Span(said, "italic"),),))


def reply_text(reply: Reply, knowledge: Knowledge) -> Text:
    """The text of any reply; a silent one has no blocks."""
    match reply:
        case Answer(entries=[entry]):
            text = answer_text(entry, knowledge, safety_note=reply.safety_note)
            return text if not reply.others else Text((*text.blocks, _or_else(knowledge)))
        case Answer(entries=entries):
            return answers_text(entries, knowledge, safety_note=reply.safety_note)
        case Suggestions(entries=entries):
            choices = tuple((Span(f"• {entry.question}"),) for entry in entries)
            return Text((Block(((Span(knowledge.wordings.did_you_mean, "bold"),),)), Block(choices)))
        case Unknown(line=line):
            return Text((Block(((Span(line or knowledge.wordings.unknown),),)),))
        case Urgent():
            return urgent_text(reply.flag, knowledge.red_flags.replies)
        case Silent():
            return Text(())
