"""/sources: every document that answers may cite, by kind, with date and link, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from telegram import Message
from telegram.ext import CommandHandler

from handlers.adapters import Press, on_message, on_press
from handlers.context import BotApplication, BotContext
from handlers.keyboards import Action, button, in_rows, keyboard, turn_to
from handlers.rendering import Rendered, to_html
from handlers.respond import send, turn_into
from knowledge.model import KINDS, Source, Wordings
from knowledge.rendering.answer import source_line
from knowledge.rendering.rich_text import Block, Span, Text

ON_ONE_PAGE = 10
"""Sources, of which each takes two lines or three."""


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("sources", on_message(sources)))
    application.add_handler(on_press(Action.SOURCES, choose_kind))
    application.add_handler(on_press(Action.SOURCES_OF_KIND, show_kind))


async def sources(message: Message, context: BotContext) -> None:
    """Send the kinds of source."""
    shown = _kinds(context)
    await send(message, shown.html, shown.markup)


async def choose_kind(press: Press, context: BotContext) -> None:
    """Turn the message into the kinds of source."""
    await turn_into(_kinds(context), press, context)


async def show_kind(press: Press, context: BotContext) -> None:
    """Turn the message into a page of the sources of one kind."""
    kind = press.argument(0)
    listed = [source for source in context.knowledge.sources.values() if source.kind == kind]
    if not listed:
        await choose_kind(press, context)
        return
    page = turn_to(listed, press.argument(1), ON_ONE_PAGE)
    words = context.texts.buttons
    rows = [page.turns(words, Action.SOURCES_OF_KIND, kind), [button(words.back, Action.SOURCES)]]
    listing = to_html(_listing(page.items, page.before, context.knowledge.wordings))
    await turn_into(
        Rendered(f"<b>{escape(context.texts.kinds[kind])}</b>\n\n{listing}", keyboard(rows)), press, context
    )


def _listing(shown: Sequence[Source], before: int, wordings: Wordings) -> Text:
    """The sources, numbered on from `before`."""
    blocks = []
    for number, source in enumerate(shown, before + 1):
        lines = [source_line(source, [source.publisher], wordings, f"{number}. ")]
        if source.note:
            lines.append((Span(source.note, "italic"),))
        blocks.append(Block(tuple(lines)))
    return Text(tuple(blocks))


def _kinds(context: BotContext) -> Rendered:
    held = {source.kind for source in context.knowledge.sources.values()}
    buttons = [button(context.texts.kinds[kind], Action.SOURCES_OF_KIND, kind, 0) for kind in KINDS if kind in held]
    return Rendered(context.texts.sources.format(count=len(context.knowledge.sources)), keyboard(in_rows(buttons)))
