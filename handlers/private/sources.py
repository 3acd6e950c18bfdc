"""/sources: every document that answers may cite, by kind, with date and link, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from telegram import InlineKeyboardMarkup, Message, Update
from telegram.ext import CallbackQueryHandler, CommandHandler

from handlers.context import BotApplication, BotContext
from handlers.delivery import answer_press, edit, send
from handlers.keyboards import Action, arguments, button, in_rows, keyboard, pattern, turn_to
from handlers.telegram_html import to_html
from knowledge.model import KINDS, Source
from knowledge.rendering.answer import source_line
from knowledge.rendering.rich_text import Block, Span, Text

ON_ONE_PAGE = 10


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("sources", sources))
    application.add_handler(CallbackQueryHandler(choose_kind, pattern(Action.SOURCES)))
    application.add_handler(CallbackQueryHandler(show_kind, pattern(Action.SOURCES_OF_KIND)))


async def sources(update: Update, context: BotContext) -> None:
    if update.effective_message:
        await send(update.effective_message, _opening(context), _kinds(context))


async def choose_kind(update: Update, context: BotContext) -> None:
    await _turn_into(update, context, _opening(context), _kinds(context))


async def show_kind(update: Update, context: BotContext) -> None:
    """Turn the message into a page of the sources of one kind."""
    given = arguments(update.callback_query.data if update.callback_query else None)
    kind, number = (*given, "", "")[:2]
    listed = [source for source in context.knowledge.sources.values() if source.kind == kind]
    if not listed:
        await choose_kind(update, context)
        return
    page = turn_to(listed, number, ON_ONE_PAGE)
    words = context.texts.buttons
    rows = [page.turns(words, Action.SOURCES_OF_KIND, kind), [button(words.back, Action.SOURCES)]]
    html = f"<b>{escape(context.texts.kinds[kind])}</b>\n\n{_listing(page.items, page.before)}"
    await _turn_into(update, context, html, keyboard(rows))


def _listing(shown: Sequence[Source], before: int) -> str:
    blocks = []
    for number, source in enumerate(shown, before + 1):
        lines = [source_line(source, [source.publisher], f"{number}. ")]
        if source.note:
            lines.append((Span(source.note, "italic"),))
        blocks.append(Block(tuple(lines)))
    return to_html(Text(tuple(blocks)))


def _opening(context: BotContext) -> str:
    return context.texts.sources.format(count=len(context.knowledge.sources))


def _kinds(context: BotContext) -> InlineKeyboardMarkup | None:
    held = {source.kind for source in context.knowledge.sources.values()}
    kinds = [kind for kind in KINDS if kind in held]
    return keyboard(in_rows([button(context.texts.kinds[kind], Action.SOURCES_OF_KIND, kind, 0) for kind in kinds]))


async def _turn_into(update: Update, context: BotContext, html: str, markup: InlineKeyboardMarkup | None) -> None:
    query = update.callback_query
    if query is None:
        return
    message = query.message
    if isinstance(message, Message) and not await edit(context.bot, message.chat_id, message.message_id, html, markup):
        await send(message, html, markup)
    await answer_press(query)
