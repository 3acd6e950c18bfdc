"""From an urgent finding to the fixed text of its reply: the action and the number first, nothing of the FAQ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from knowledge.model import Country, Flag, Language, Line, Replies
from knowledge.rendering.rich_text import Block, Span, Text

_SIGNS = {"EMERGENCY": "🚨 ", "CRISIS": "💙 ", "PROMPT": "⚠️ "}
_HELPLINE = "findahelpline.com"
_EMERGENCY_DIGITS = "112 · 911 · 999"
"""In a language that the general wording isn't in."""


class Dialled(NamedTuple):
    """A number that one may want to dial or to copy: whose it is, and the number alone."""

    name: str
    number: str


def urgent_text(flag: Flag, replies: Replies, country: Country | None = None, language: Language | None = None) -> Text:
    """The whole reply to a red flag.

    `country`: the one that the person chose, whose numbers stand in it then. `language`: the one that the cry for help
    was in; then the reply is in it.
    """
    if language is not None and flag.tier in language.reply:
        return _text_in(language, flag, replies, country)
    blocks = [Block(((Span(_SIGNS[flag.tier] + _filled(flag.action, replies, country), "bold"),),))]
    if country is not None:
        blocks.append(_numbers(flag, replies, country))
    blocks.append(Block(tuple((Span(f"• {_filled(step, replies, country)}"),) for step in flag.steps)))
    if flag.crisis_line:
        blocks.extend(_crisis_blocks(flag, replies, country))
    if flag.tier == "CRISIS":
        blocks.append(_plain(_filled(replies.in_danger, replies, country)))
    if flag.tier == "PROMPT":
        blocks.append(_plain(_filled(replies.worse, replies, country)))
    blocks.append(Block(((Span(replies.watching[flag.tier], "italic"),),)))
    return Text(tuple(blocks))


def check_in_text(flag: Flag, replies: Replies, country: Country | None = None) -> Text:
    """What is asked where the bot is unsure: what it understood, whether it is happening now, and whom to call."""
    texts = replies.check_in
    understood = texts.understood.format(understood=flag.sounds_like)
    return Text(
        (
            Block(((Span(f"💙 {understood} "), Span(texts.ask, "bold")),)),
            _plain(_filled(texts.act[flag.tier], replies, country)),
            Block(((Span(texts.watching, "italic"),),)),
        )
    )


def way_out(replies: Replies) -> Block:
    """The quiet line below a reply that could not answer."""
    return Block(((Span(replies.way_out.format(emergency=replies.emergency), "italic"),),))


def foreign_text(language: Language, said: str) -> Text:
    """The fixed reply to a question in another language: `said` stands above the buttons that go with it."""
    texts = language.foreign
    return Text(
        (
            Block(((Span(texts.english_only),), (Span(texts.translate),))),
            Block(((Span(texts.way_out.format(emergency=_EMERGENCY_DIGITS), "italic"),),)),
            Block(((Span(said, "bold"),),)),
        )
    )


def numbers_of(flag: Flag, country: Country) -> Sequence[Dialled]:
    """The numbers of the country that this red flag may need, as one dials them, the first to dial first."""
    lines = [country.emergency]
    if flag.poison and country.poison:
        lines.append(country.poison)
    if flag.crisis_line:
        lines.extend(country.crisis)
    found = {line.number: Dialled(line.name, line.number) for line in lines if line.number}
    return list(found.values())


def _text_in(language: Language, flag: Flag, replies: Replies, country: Country | None) -> Text:
    """The reply in the language of the cry, and the numbers."""
    numbers = {"emergency": country.emergency.number if country else _EMERGENCY_DIGITS, "helpline": _HELPLINE}
    said = language.reply[flag.tier].format_map(numbers)
    blocks = [Block(((Span(_SIGNS[flag.tier] + said, "bold"),),))]
    if country is not None:
        blocks.append(_numbers(flag, replies, country))
    if flag.crisis_line:
        blocks.append(Block(tuple(_number(line) for line in (country.crisis if country else replies.directories))))
    return Text(tuple(blocks))


def _numbers(flag: Flag, replies: Replies, country: Country) -> Block:
    """The numbers of the country that this red flag may need."""
    lines = [country.emergency]
    if flag.tier == "PROMPT" and country.urgent_advice:
        lines.append(country.urgent_advice)
    if flag.poison and country.poison:
        lines.append(country.poison)
    title = (Span(replies.numbers.format(country=country.name), "bold"),)
    once = {(line.name, line.contact): line for line in lines}
    return Block((title, *(_number(line) for line in once.values())))


def _crisis_blocks(flag: Flag, replies: Replies, country: Country | None) -> Iterator[Block]:
    """Whom to call or write to: the lines of the country that was chosen, else directories by country."""
    if flag.tier == "EMERGENCY":
        yield _plain(_filled(replies.crisis_too, replies, country))
    yield Block(tuple(_number(line) for line in (country.crisis if country else replies.directories)))
    if flag.tier == "CRISIS":
        yield Block(tuple((Span(doubt),) for doubt in replies.doubts))


def _filled(text: str, replies: Replies, country: Country | None) -> str:
    numbers = {
        "emergency": replies.emergency_numbers,
        "advice": replies.urgent_advice,
        "poison": replies.poison,
        "crisis": replies.crisis,
    }
    if country is not None:
        numbers |= {"emergency": country.emergency.contact, "crisis": _named(country.crisis[0])}
        # Where no poison line is known, a parent still needs a number that somebody answers.
        numbers["poison"] = _named(country.poison) if country.poison else country.emergency.contact
        if country.urgent_advice:
            numbers["advice"] = _named(country.urgent_advice)
    filled = text.format_map(numbers)
    return filled.replace(f"{numbers['emergency']} or {numbers['emergency']}", numbers["emergency"])


def _named(line: Line) -> str:
    """The line inside a sentence: what is said in brackets of its contact stands in the list of numbers."""
    contact = line.contact.partition(" (")[0]
    return line.name if contact in line.name else f"{line.name} ({contact})"


def _number(line: Line) -> tuple[Span, ...]:
    return (Span("• "), Span(line.name, url=line.url), Span(f": {line.contact}"))


def _plain(text: str) -> Block:
    return Block(((Span(text),),))
