"""From a reply value to text: what is said, in which order, with which source numbers; whole, or short for a group.

The text is made of styled spans that know no markup, so that Telegram's HTML, the terminal and plain text all show
the very same words. Lengths are counted in UTF-16 units, as chat programs count them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from knowledge.choosing import Chosen, entry_on, sections
from knowledge.model import (
    Dispute,
    Entry,
    Evidence,
    Knowledge,
    Language,
    Picture,
    Point,
    Region,
    Source,
    Wordings,
    citations,
)
from knowledge.rendering.rich_text import Block, Line, Span, Style, Text
from knowledge.rendering.urgent import check_in_text, foreign_text, urgent_text, way_out
from knowledge.reply import Answer, CheckIn, Reply, Silent, Suggestions, Unknown, Urgent
from knowledge.signatures import valid_signatures

MESSAGE_LIMIT = 4096
"""The most that one message can hold, in UTF-16 units."""

CAPTION_LIMIT = 1024
"""The most that a caption can hold, in UTF-16 units."""

OR_ELSE = 100
"""UTF-16 units kept free for the line above the other questions of an unsure answer."""

GROUP_LIMIT = 400
"""The most that a short answer has, in UTF-16 units: one screen of a phone. A group's own line comes on top."""

_MOST_PUBLISHERS = 3
"""Names of sources that a short answer gives."""

_EMPTY = Block(())

_MOST_OF_SEVERAL = 2
"""Points of each entry, where several answer one message."""


class _Numbering:
    """Numbers sources in the order in which a reader meets them, and remembers the places cited in each."""

    def __init__(self) -> None:
        self._places: dict[Source, dict[str, None]] = {}

    def marks(self, evidence: Iterable[Evidence]) -> Line:
        """The numbers that stand behind a sentence, as " [1, 3]", each a link to its source."""
        numbered: dict[int, str] = {}
        for place in citations(evidence):
            self._places.setdefault(place.source, {})[place.locator] = None
            numbered[list(self._places).index(place.source) + 1] = place.source.url
        links = [Span(str(number), "mark", numbered[number]) for number in sorted(numbered)]
        return (Span(" ["), *_parted(links, ", "), Span("]"))

    def listed(self, wordings: Wordings, *, briefly: bool = False) -> Block:
        """The sources, folded: their names on one line, and below it each by its number.

        `briefly`: each by its name and year alone, for an answer that leaves no room for more.
        """
        names = " · ".join(dict.fromkeys(source.name for source in self._places))
        help_line = _organisations(wordings)
        if briefly:
            return Block(((Span(wordings.sources, "bold"),), *self._names_alone(wordings), help_line), folded=True)
        lines = [
            source_line(source, places, wordings, f"{number}. ")
            for number, (source, places) in enumerate(self._places.items(), 1)
        ]
        return Block(((Span(f"{wordings.sources}: ", "bold"), Span(names)), *lines, help_line), folded=True)

    def _names_alone(self, wordings: Wordings) -> Iterator[Line]:
        for number, source in enumerate(self._places, 1):
            when = source.date[:4] or wordings.undated
            yield (Span(f"{number}. "), Span(source.name, url=source.url), Span(f" · {when}"))


def _organisations(wordings: Wordings) -> Line:
    """Where people with migraine find more than a bot can say, on one line."""
    return _linked(Span(f"{wordings.more_help} ", "bold"), wordings.organisations.items())


def _linked(before: Span, links: Iterable[tuple[str, str]]) -> Line:
    """Names that lead to their addresses, on one line behind `before`; nothing where there are none."""
    spans = [Span(name, url=url) for name, url in links]
    return (before, *_parted(spans, " · ")) if spans else ()


def _parted(spans: Sequence[Span], by: str) -> Iterator[Span]:
    """`spans` with `by` between two of them."""
    for place, span in enumerate(spans):
        if place:
            yield Span(by)
        yield span


def source_line(source: Source, locators: Iterable[str], wordings: Wordings, before: str = "") -> Line:
    """A source on one line, behind `before`: title (linked), kind, `locators`, date."""
    details = [wordings.kinds[source.kind], *locators, source_date(source, wordings)]
    return (Span(before), Span(source.title, url=source.url), Span(" · " + " · ".join(details)))


def source_date(source: Source, wordings: Wordings) -> str:
    """When a source was written, as people say it; of one that does not tell, when it was read."""
    if source.date:
        return spoken_date(source.date)
    read = f", {wordings.read.format(date=spoken_date(source.read))}" if source.read else ""
    return wordings.undated + read


def spoken_date(when: str) -> str:
    """The date "2018-05-24" as "24 May 2018", "2018-05" as "May 2018", "2018" as it is."""
    parts = [int(part) for part in when.split("-")] if when else []
    if len(parts) == 3:
        day = date(parts[0], parts[1], parts[2])
        return f"{day.day} {day:%B %Y}"
    if len(parts) == 2:
        return f"{date(parts[0], parts[1], 1):%B %Y}"
    return when


def answer_text(chosen: Chosen, knowledge: Knowledge, *, safety_note: bool = False, guess: bool = False) -> Text:
    """The answer of one entry: question, points and when to get help; folded the rest, the disputes and the sources.

    `guess`: it is said that this is only the closest to what was asked. `safety_note` adds the fixed note on danger
    signs. Where the entry's own words on help rest on the same signs, these stand open, as they fit what was asked, and
    the note is folded: one of the two is enough to read at once.
    """
    wordings, numbering, entry = knowledge.wordings, _Numbering(), chosen.entry
    blocks = [Block((_question(entry, wordings, guess=guess),)), *_points(chosen, knowledge, numbering)]
    folded = list(chosen.folded)
    noted = safety_note or entry.safety_note
    if entry.help:
        blocks.append(_own_help(entry.help, wordings, numbering))
    if noted and _names_the_signs([entry], wordings):
        folded.append(Point(wordings.safety_note, wordings.safety_evidence, under=wordings.danger_signs))
    elif noted:
        blocks.append(_safety_note(wordings))
    if folded:
        blocks.append(Block(tuple(_sections(folded, knowledge, numbering)), folded=True))
    blocks += [_dispute(dispute, numbering, wordings) for dispute in entry.disputes]
    ending = _ending(wordings, [entry])
    whole = Text((*blocks, numbering.listed(wordings), ending))
    if whole.length <= MESSAGE_LIMIT - OR_ELSE:
        return whole
    return Text((*blocks, numbering.listed(wordings, briefly=True), ending))


def follow_up_text(chosen: Chosen, knowledge: Knowledge, *, goes_on: bool = False) -> Text:
    """The part of an answer that a follow-up asks for, below the label of its entry; `goes_on`: all the rest."""
    numbering = _Numbering()
    if goes_on:
        said = tuple(_sections(chosen.shown, knowledge, numbering))
    else:
        said = _lead([_point(point, numbering.marks(point.evidence)) for point in chosen.shown])
    return Text((Block((_title(chosen.entry.label),)), Block(said), numbering.listed(knowledge.wordings)))


def points_of_several(chosen: Chosen) -> Text:
    """What one of several answers in a message shows of its entry."""
    return Text((_several(_title(chosen.entry.question), chosen, _Numbering()),))


def answers_text(
    choices: Sequence[Chosen],
    knowledge: Knowledge,
    *,
    safety_note: bool = False,
    guess: bool = False,
    left_out: Sequence[Entry] = (),
) -> Text:
    """Several answers in one message: the first points of each, and the sources as short as needed to fit.

    `guess`: it is said that they are only the closest to what was asked. `left_out` was asked for as well.
    """
    wordings, numbering = knowledge.wordings, _Numbering()
    blocks = [_several(_question(each.entry, wordings, guess=guess), each, numbering) for each in choices]
    entries = [chosen.entry for chosen in choices]
    noted = safety_note or any(entry.safety_note for entry in entries)
    if noted and not _names_the_signs(entries, wordings):
        blocks.append(_safety_note(wordings))
    blocks += [_own_help(entry.help, wordings, numbering) for entry in entries if entry.help]
    if left_out:
        labels = " · ".join(entry.label for entry in left_out)
        blocks.append(_line(wordings.left_out.format(labels=labels), "bold"))
    ending = _ending(wordings, entries)
    whole = Text((*blocks, numbering.listed(wordings), ending))
    if whole.length <= MESSAGE_LIMIT - OR_ELSE:
        return whole
    return Text((*blocks, _line(wordings.sources_below, "italic"), ending))


@dataclass(frozen=True, slots=True)
class _Short:
    """How much of an answer its short form says: `points` of each entry, and as many `publishers`.

    `elsewhere`: that it holds nothing on a region that was named; `beside`: that the buttons lead to more, of which
    nothing is said here; `titled`: the question stands above; `own_help`: the entry's own words on when to get help,
    not only that the whole answer has them; `disputed`: that sources disagree.
    """

    points: tuple[tuple[Point, ...], ...]
    elsewhere: bool = True
    beside: bool = False
    publishers: int = 0
    titled: bool = False
    own_help: bool = False
    disputed: bool = False

    def add(self, point: Point, place: int) -> _Short:
        """The form with one more point of the entry at `place`."""
        more = (*self.points[place], point)
        return replace(self, points=(*self.points[:place], more, *self.points[place + 1 :]))


_Step = Callable[[_Short], Iterable[_Short]]
"""From a form to those that hold one thing more, the best first: the first that fits is taken."""


def short_text(reply: Answer, knowledge: Knowledge) -> Text:
    """The answer of a group, where the whole one would push away what people say: of it what fits into GROUP_LIMIT.

    The line that opens it is left out where it takes too much room. First of all comes a point, and never without a
    word on when to get help where there is one; then the rest, what matters most first. A point is never cut: where
    the first is too long, the next that fits stands for it.
    """
    opening = tuple(_line(line) for line in reply.lines[:1])
    room = GROUP_LIMIT - sum(Text((line, _EMPTY)).length for line in opening)
    short = _fill(reply, knowledge, room)
    return Text((*opening, *short.blocks)) if short.length <= room else _fill(reply, knowledge, GROUP_LIMIT)


def _fill(reply: Answer, knowledge: Knowledge, room: int) -> Text:
    """As much of the answer as goes into `room` UTF-16 units; the least there is where nothing does."""
    choices = reply.choices

    def fits(form: _Short) -> bool:
        return _short(form, choices, reply, knowledge).length <= room

    begun = _begin(choices)
    form = next(filter(fits, begun), begun[-1])
    for step in _steps(choices):
        form = next(filter(fits, step(form)), form)
    return _short(form, choices, reply, knowledge)


def _told(chosen: Chosen) -> Iterable[Point]:
    """The points that may stand for an entry: what the message gets of it, then its answer."""
    return dict.fromkeys((*chosen.shown, *chosen.entry.answer))


def _begin(choices: Sequence[Chosen]) -> Sequence[_Short]:
    """The forms with which a short answer may begin, the best first: a point of the first entry, and nothing else."""
    empty = _Short(tuple(() for _ in choices))
    first = list(_told(choices[0]))
    return [replace(empty, elsewhere=elsewhere).add(each, 0) for elsewhere in (True, False) for each in first]


def _steps(choices: Sequence[Chosen]) -> Iterator[_Step]:
    """What a short answer gains where there is room, what matters most first."""
    yield lambda form: [replace(form, beside=True)]
    for place, chosen in enumerate(choices[1:], 1):
        yield partial(_add_one, place, tuple(_told(chosen)))
    yield lambda form: [replace(form, publishers=1)]
    yield lambda form: [replace(form, titled=True)]
    yield lambda form: [replace(form, own_help=True)]
    yield lambda form: [replace(form, disputed=True)]
    for place, chosen in enumerate(choices):
        for point in chosen.shown:
            yield partial(_add_one, place, (point,))
    for _ in range(1, _MOST_PUBLISHERS):
        yield lambda form: [replace(form, publishers=form.publishers + 1)]


def _add_one(place: int, points: Iterable[Point], form: _Short) -> Iterator[_Short]:
    """The form with one more of `points` of the entry at `place`, the first of them that it lacks first."""
    return (form.add(point, place) for point in points if point not in form.points[place])


def _short(form: _Short, choices: Sequence[Chosen], reply: Answer, knowledge: Knowledge) -> Text:
    """The short answer in this form; `choices` are those of `reply`."""
    wordings = knowledge.wordings
    blocks: list[Block] = []
    for chosen, points in zip(choices, form.points, strict=True):
        if not points:
            continue
        if chosen.nothing_on and form.elsewhere:
            blocks.append(_nothing_on(chosen.nothing_on, knowledge))
        said = _lead([_point(point) for point in points])
        if len(choices) > 1:
            title: Line = _title(chosen.entry.label)
        elif form.titled:
            title = _question(chosen.entry, wordings, guess=reply.guess)
        else:
            title = (Span(f"{wordings.closest} "), *_title(chosen.entry.label)) if reply.guess else ()
        blocks.append(Block((title, *said) if title else said))
    rest = [chosen.entry.label for chosen, points in zip(choices, form.points, strict=True) if not points]
    rest += [entry.label for entry in reply.left_out]
    if form.beside and rest:
        blocks.append(_line(wordings.in_whole_answers.format(labels=" · ".join(rest))))
    blocks += _short_help(form, reply, wordings)
    if form.disputed and any(entry.disputes for entry in reply.entries):
        blocks.append(_line(wordings.disputed))
    publishers = _publishers([point for points in form.points for point in points], form.publishers, wordings)
    blocks.append(_line(" ".join(filter(None, (publishers, wordings.disclaimer_briefly))), "italic"))
    if form.beside and reply.others:
        blocks.append(_or_else(reply.others, wordings))
    return Text(tuple(blocks))


def _short_help(form: _Short, reply: Answer, wordings: Wordings) -> Iterator[Block]:
    """When to get help, in one line or the entry's own words; nothing where the answer has nothing on it."""
    helps = [entry.help for entry in reply.entries if entry.help]
    named = _names_the_signs(reply.entries, wordings)
    if form.own_help:
        yield from (_own_help(said, wordings, None) for said in helps)
    told = any(_says_the_gravest(point, wordings) for points in form.points for point in points)
    note = wordings.besides_gravest if told else wordings.safety_note_briefly
    if reply.safety_note and not (form.own_help and named):
        yield _line(note)
    elif helps and not form.own_help:
        yield _line(note if named else wordings.help_briefly)


def _says_the_gravest(point: Point, wordings: Wordings) -> bool:
    """Whether the point itself says what the note on when to seek help says first."""
    said = point.text.lower()
    return all(sign in said for sign in wordings.gravest_signs)


def reply_text(reply: Reply, knowledge: Knowledge) -> Text:
    """The text of any reply; a silent one has no blocks."""
    wordings = knowledge.wordings
    match reply:
        case Answer(lines=[line, *_]):
            return Text((_line(line), *reply_text(replace(reply, lines=()), knowledge).blocks))
        case Answer():
            return _whole_text(reply, knowledge)
        case Suggestions(language=Language() as language) | Unknown(language=Language() as language):
            known = isinstance(reply, Suggestions)
            return foreign_text(language, language.foreign.perhaps if known else language.foreign.topics)
        case Suggestions(entries=entries):
            questions = tuple((Span(f"• {entry.question}"),) for entry in entries)
            title = wordings.no_more if reply.no_more else wordings.did_you_mean
            help_line = (way_out(knowledge.red_flags.replies),) if reply.mentions_sign else ()
            return Text((_line(reply.lines[0] if reply.lines else title, "bold"), Block(questions), *help_line))
        case Unknown(line=line):
            return Text((_line(line or wordings.unknown), way_out(knowledge.red_flags.replies)))
        case Urgent():
            return urgent_text(reply.flag, knowledge.red_flags.replies, language=reply.language)
        case CheckIn():
            return check_in_text(reply.flag, knowledge.red_flags.replies)
        case Silent():
            return Text(())


def _whole_text(reply: Answer, knowledge: Knowledge) -> Text:
    """An answer as a private chat gets it, but for the line that opens it."""
    choices, noted, guess = reply.choices, reply.safety_note, reply.guess
    if len(choices) > 1:
        text = answers_text(choices, knowledge, safety_note=noted, guess=guess, left_out=reply.left_out)
    elif reply.asked.follows:
        return follow_up_text(choices[0], knowledge, goes_on=reply.asked.goes_on)
    else:
        text = answer_text(choices[0], knowledge, safety_note=noted, guess=guess)
    return text if not reply.others else Text((*text.blocks, _or_else(reply.others, knowledge.wordings)))


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

    The sources are named by name, kind and year, each linked.
    """
    described = Block(((Span(f"{wordings.in_words} ", "bold"), Span(picture.alternative)),), folded=True)
    sources = [
        (", ".join(filter(None, (source.name, wordings.kinds[source.kind], source.date[:4]))), source.url)
        for source in dict.fromkeys(place.source for place in picture.citations)
    ]
    return Text((described, Block((_linked(Span(f"{wordings.sources}: "), sources),))))


def _line(text: str, style: Style = "plain") -> Block:
    return Block(((Span(text, style),),))


def _title(text: str) -> Line:
    return (Span(text, "bold"),)


def _or_else(others: Sequence[Entry], wordings: Wordings) -> Block:
    """What stands above the buttons of the other questions."""
    return _line(wordings.or_else if len(others) > 1 else wordings.or_else_one, "bold")


def _question(entry: Entry, wordings: Wordings, *, guess: bool) -> Line:
    """The question that is answered; of a guess, that it is only the closest to what was asked."""
    before = (Span(f"{wordings.closest} "),) if guess else ()
    return (*before, *_title(entry.question))


def _point(point: Point, marks: Line = (), sign: str = "• ") -> Line:
    region = (Span(f"{point.region}: ", "bold"),) if point.region else ()
    return (Span(sign), *region, Span(point.text), *marks)


def _sections(points: Iterable[Point], knowledge: Knowledge, numbering: _Numbering) -> Iterator[Line]:
    """The points below their headings; steps to take as a list to tick."""
    for section in sections(points, knowledge):
        yield _title(section.heading)
        for point in section.points:
            yield _point(point, numbering.marks(point.evidence), "☐ " if section.steps else "• ")


def _lead(points: Sequence[Line]) -> tuple[Line, ...]:
    """The points with the first one as a sentence that needs no mark of a list."""
    return (points[0][1:], *points[1:]) if points else ()


def _points(chosen: Chosen, knowledge: Knowledge, numbering: _Numbering) -> list[Block]:
    """What is shown at once: that there is nothing on a country, if so, and the points."""
    said = tuple(_point(point, numbering.marks(point.evidence)) for point in chosen.shown)
    blocks = [Block(_lead(said))]
    if chosen.nothing_on:
        blocks.insert(0, _nothing_on(chosen.nothing_on, knowledge))
    return blocks


def _nothing_on(region: Region, knowledge: Knowledge) -> Block:
    """That the answer holds nothing on a region that the message names."""
    own = entry_on(region, knowledge)
    wording = knowledge.wordings.own_answer if own else knowledge.wordings.nothing_on
    return _line(wording.format(region=knowledge.asking.names[region], label=own.label if own else ""))


def _several(title: Line, chosen: Chosen, numbering: _Numbering) -> Block:
    """The first points of one of several answers below its title."""
    shown = chosen.shown[:_MOST_OF_SEVERAL]
    return Block((title, *(_point(each, numbering.marks(each.evidence)) for each in shown)))


def _dispute(dispute: Dispute, numbering: _Numbering, wordings: Wordings) -> Block:
    sides = [
        (Span("• "), Span(f"{side.who}: ", "bold"), Span(side.says), *numbering.marks(side.evidence))
        for side in dispute.sides
    ]
    title = _title(f"{wordings.sources_disagree} {dispute.about}")
    return Block((title, *sides, (Span("→ "), Span(dispute.trust, "italic"))), folded=True)


def _own_help(said: Point, wordings: Wordings, numbering: _Numbering | None) -> Block:
    marks = numbering.marks(said.evidence) if numbering else ()
    return Block(((Span(f"{wordings.get_help} ", "bold"), Span(said.text), *marks),))


def _names_the_signs(entries: Iterable[Entry], wordings: Wordings) -> bool:
    """Whether an entry's own words on help rest on the very signs that the fixed note names."""
    signs = set(wordings.safety_evidence)
    return any(entry.help is not None and not signs.isdisjoint(entry.help.evidence) for entry in entries)


def _safety_note(wordings: Wordings) -> Block:
    return Block(((Span(f"{wordings.get_help} ", "bold"), Span(wordings.safety_note)),))


def _ending(wordings: Wordings, entries: Sequence[Entry]) -> Block:
    """The disclaimer, and who looked at the answers: clinicians who signed, or the day of the last comparison."""
    checked = spoken_date(min(entry.checked for entry in entries).isoformat())
    said = f"{wordings.disclaimer} {wordings.checked} {checked}."
    if len(entries) == 1:
        for signature in valid_signatures(entries[0]):
            said += (
                f" {wordings.reviewed_by} {signature.name}, {signature.role}, {spoken_date(signature.on.isoformat())}."
            )
    return _line(said, "italic")


def _publishers(points: Iterable[Point], most: int, wordings: Wordings) -> str:
    """The sentence that names the first `most` sources which the points cite, and how many more there are."""
    evidence = [item for point in points for item in point.evidence]
    names = list(dict.fromkeys(place.source.name for place in citations(evidence)))
    if not names or not most:
        return ""
    said = wordings.publishers if len(names) <= most else wordings.publishers_and_more
    return said.format(names=" · ".join(names[:most]), count=len(names) - most)
