"""From an urgent finding to the fixed text of its reply: the action and the number first, nothing of the FAQ."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.model import Country, Flag, Line, Replies
from knowledge.rendering.rich_text import Block, Span, Text

_SIGNS = {"EMERGENCY": "🚨 ", "CRISIS": "💙 ", "PROMPT": "⚠️ "}


def urgent_text(flag: Flag, replies: Replies, country: Country | None = None) -> Text:
    """The whole reply to a red flag.

    `country`: the one that the person chose, whose numbers stand in it then; the general wording stands in every
    reply.
    """
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


def _numbers(flag: Flag, replies: Replies, country: Country) -> Block:
    """The numbers of the country that this red flag may need, and what to do anywhere else."""
    lines = [country.emergency]
    if flag.tier == "PROMPT" and country.urgent_advice:
        lines.append(country.urgent_advice)
    if flag.poison and country.poison:
        lines.append(country.poison)
    title = (Span(replies.numbers.format(country=country.name), "bold"),)
    elsewhere = (Span(f"{replies.elsewhere} {replies.emergency_numbers}."),)
    once = {(line.name, line.contact): line for line in lines}
    return Block((title, *(_number(line) for line in once.values()), elsewhere))


def _crisis_blocks(flag: Flag, replies: Replies, country: Country | None) -> Iterator[Block]:
    """Whom to call or write to: the lines of the country that was chosen, else directories by country."""
    if flag.tier == "EMERGENCY":
        yield _plain(_filled(replies.crisis_too, replies, country))
    yield Block(tuple(_number(line) for line in (country.crisis if country else replies.directories)))


def _filled(text: str, replies: Replies, country: Country | None) -> str:
    numbers = {
        "emergency": replies.emergency_numbers,
        "advice": replies.urgent_advice,
        "poison": replies.poison,
        "crisis": replies.crisis,
    }
    if country is not None:
        numbers |= {"emergency": country.emergency.contact, "crisis": _named(country.crisis[0])}
        if country.urgent_advice:
            numbers["advice"] = _named(country.urgent_advice)
        if country.poison:
            numbers["poison"] = _named(country.poison)
    return text.format_map(numbers)


def _named(line: Line) -> str:
    return line.name if line.contact in line.name else f"{line.name} ({line.contact})"


def _number(line: Line) -> tuple[Span, ...]:
    return (Span("• "), Span(line.name, url=line.url), Span(f": {line.contact}"))


def _plain(text: str) -> Block:
    return Block(((Span(text),),))
