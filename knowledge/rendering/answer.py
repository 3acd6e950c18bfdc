"""From a reply value to text: what is said, in which order, with which source numbers; whole, or short for a group.

The text is made of styled spans that know no markup, so that Telegram's HTML, the terminal and plain text all show
the very same words. Lengths are counted in UTF-16 units, as chat programs count them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from knowledge.model import Dispute, Entry, Evidence, Knowledge, Picture, Point, Source, Wordings, citations
from knowledge.rendering.rich_text import Block, Span, Style, Text
from knowledge.rendering.urgent import check_in_text, urgent_text, way_out
from knowledge.reply import Answer, CheckIn, Reply, Silent, Suggestions, Unknown, Urgent

MESSAGE_LIMIT = 4096
"""The most that one message can hold, in UTF-16 units."""

CAPTION_LIMIT = 1024
"""The most that a caption can hold, in UTF-16 units."""

MOST_WORDS = 60
"""Words of an answer that are shown before the fold: a tired reader's one breath."""

MOST_POINTS = 3
"""Points of an answer that are shown before the fold."""

_MOST_PUBLISHERS = 3
"""Publishers that a short answer names."""


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

    def listed(self, wordings: Wordings) -> Block:
        """The sources by their numbers, folded."""
        lines = [
            source_line(source, places, wordings, f"{number}. ")
            for number, (source, places) in enumerate(self._places.items(), 1)
        ]
        return Block(((Span(wordings.sources, "bold"),), *lines), folded=True)


def source_line(source: Source, locators: Iterable[str], wordings: Wordings, before: str = "") -> tuple[Span, ...]:
    """A source on one line, behind `before`: title (linked), kind, `locators`, date."""
    details = [wordings.kinds[source.kind], *locators, spoken_date(source.date) or wordings.undated]
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


def dispute_words(entry: Entry) -> int:
    """How many words the disputes of an entry have."""
    said = [f"{dispute.about} {dispute.trust}" for dispute in entry.disputes]
    said += [f"{side.who} {side.says}" for dispute in entry.disputes for side in dispute.sides]
    return sum(len(text.split()) for text in said)


def folds_disputes(entry: Entry) -> bool:
    """Whether the disputes are shown folded: where they and the points take more than half a minute to read."""
    return sum(len(point.text.split()) for point in entry.answer) + dispute_words(entry) > MOST_WORDS


def answer_text(entry: Entry, knowledge: Knowledge, *, safety_note: bool = False) -> Text:
    """The whole answer of one entry: question, points, disputes, note, folded detail, sources, disclaimer.

    `safety_note` adds the note where the entry itself has none.
    """
    wordings, numbering = knowledge.wordings, _Numbering()
    blocks = [
        Block((_title(entry.question),)),
        Block(tuple(_point(point, numbering.marks(point.evidence)) for point in entry.answer)),
    ]
    folded = folds_disputes(entry)
    blocks += [_dispute(dispute, numbering, wordings, folded) for dispute in entry.disputes]
    if entry.safety_note or safety_note:
        blocks.append(_safety_note(wordings))
    if entry.more:
        more = tuple(_point(point, numbering.marks(point.evidence)) for point in entry.more)
        blocks.append(Block((_title(wordings.more), *more), folded=True))
    blocks.append(numbering.listed(wordings))
    blocks.append(_ending(wordings, entry.checked))
    return Text(tuple(blocks))


def question_and_points(entry: Entry) -> Text:
    """What one of several answers in a message shows of its entry."""
    return Text((_question_and_points(entry, _Numbering()),))


def answers_text(entries: Sequence[Entry], knowledge: Knowledge, *, safety_note: bool = False) -> Text:
    """Several answers in one message: the points of each, and the sources as short as needed to fit."""
    wordings, numbering = knowledge.wordings, _Numbering()
    blocks = [_question_and_points(entry, numbering) for entry in entries]
    if safety_note or any(entry.safety_note for entry in entries):
        blocks.append(_safety_note(wordings))
    ending = _ending(wordings, min(entry.checked for entry in entries))
    whole = Text((*blocks, numbering.listed(wordings), ending))
    if whole.length <= MESSAGE_LIMIT:
        return whole
    return Text((*blocks, _line(wordings.sources_below, "italic"), ending))


def short_text(reply: Answer, knowledge: Knowledge) -> Text:
    """The answer of a group, where the whole one would push away what people say: the points and the publishers."""
    wordings = knowledge.wordings
    blocks = [_question_and_points(entry) for entry in reply.entries]
    if any(entry.disputes for entry in reply.entries):
        blocks.append(_line(wordings.disputed))
    if reply.safety_note:
        blocks.append(_safety_note(wordings))
    blocks.append(_line(f"{wordings.publishers} {_publishers(reply.entries)} {wordings.disclaimer}", "italic"))
    if reply.others:
        blocks.append(_line(wordings.or_else, "bold"))
    return Text(tuple(blocks))


def reply_text(reply: Reply, knowledge: Knowledge) -> Text:
    """The text of any reply; a silent one has no blocks."""
    wordings = knowledge.wordings
    match reply:
        case Answer(entries=[entry]):
            text = answer_text(entry, knowledge, safety_note=reply.safety_note)
            return text if not reply.others else Text((*text.blocks, _line(wordings.or_else, "bold")))
        case Answer(entries=entries):
            return answers_text(entries, knowledge, safety_note=reply.safety_note)
        case Suggestions(entries=entries):
            choices = tuple((Span(f"• {entry.question}"),) for entry in entries)
            return Text((_line(wordings.did_you_mean, "bold"), Block(choices)))
        case Unknown(line=line):
            return Text((_line(line or wordings.unknown), way_out(knowledge.red_flags.replies)))
        case Urgent():
            return urgent_text(reply.flag, knowledge.red_flags.replies, language=reply.language)
        case CheckIn():
            return check_in_text(reply.flag, knowledge.red_flags.replies)
        case Silent():
            return Text(())


def group_text(reply: Reply, knowledge: Knowledge, *, whole: bool, own_line: str = "") -> Text:
    """The text of a reply in a group: answers whole where it wants that and they fit, else short.

    `own_line` is what the group's admins want to stand below every answer.
    """
    if not isinstance(reply, Answer):
        return reply_text(reply, knowledge)
    below = (_line(f"📌 {own_line}"),) if own_line else ()
    text = Text((*reply_text(reply, knowledge).blocks, *below))
    if whole and text.length <= MESSAGE_LIMIT:
        return text
    return Text((*short_text(reply, knowledge).blocks, *below))


def caption(picture: Picture, wordings: Wordings) -> Text:
    """What is said below a picture: what it shows, in words and folded, and where its figures come from.

    The sources are named by publisher, kind and year, each linked.
    """
    described = Block(((Span(f"{wordings.in_words} ", "bold"), Span(picture.alternative)),), folded=True)
    sources: list[Span] = []
    for source in dict.fromkeys(place.source for place in picture.citations):
        name = ", ".join(filter(None, (source.publisher, wordings.kinds[source.kind], source.date[:4])))
        sources += [Span(" · " if sources else f"{wordings.sources}: "), Span(name, url=source.url)]
    return Text((described, Block((tuple(sources),))))


def _line(text: str, style: Style = "plain") -> Block:
    return Block(((Span(text, style),),))


def _title(text: str) -> tuple[Span, ...]:
    return (Span(text, "bold"),)


def _point(point: Point, marks: str = "") -> tuple[Span, ...]:
    region = (Span(f"{point.region}: ", "bold"),) if point.region else ()
    return (Span("• "), *region, Span(point.text + marks))


def _question_and_points(entry: Entry, numbering: _Numbering | None = None) -> Block:
    """The points below their question, with the numbers of their sources where there is a numbering."""
    points = [_point(point, numbering.marks(point.evidence) if numbering else "") for point in entry.answer]
    return Block((_title(entry.question), *points))


def _dispute(dispute: Dispute, numbering: _Numbering, wordings: Wordings, folded: bool) -> Block:
    sides = [
        (Span("• "), Span(f"{side.who}: ", "bold"), Span(side.says + numbering.marks(side.evidence)))
        for side in dispute.sides
    ]
    title = _title(f"{wordings.sources_disagree} {dispute.about}")
    return Block((title, *sides, (Span("→ "), Span(dispute.trust, "italic"))), folded)


def _safety_note(wordings: Wordings) -> Block:
    return Block(((Span(f"{wordings.get_help} ", "bold"), Span(wordings.safety_note)),))


def _ending(wordings: Wordings, reviewed: date) -> Block:
    return _line(f"{wordings.disclaimer} {wordings.checked} {spoken_date(reviewed.isoformat())}.", "italic")


def _publishers(entries: Sequence[Entry]) -> str:
    """The first publishers that the points cite, with the full stop or the dots that end the sentence."""
    evidence = [item for entry in entries for point in entry.answer for item in point.evidence]
    names = list(dict.fromkeys(place.source.publisher for place in citations(evidence)))
    shown = ", ".join(names[:_MOST_PUBLISHERS])
    return f"{shown} …" if len(names) > _MOST_PUBLISHERS else f"{shown}."
