"""Inline mode: @name and a few letters in any chat offer answers; nothing typed: the topics.

What is offered depends on the text alone, so that Telegram may keep it for everybody who types the same.
"""

from __future__ import annotations

from dataclasses import replace
from html import escape

from telegram import (
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    Update,
)
from telegram.ext import InlineQueryHandler

from handlers import urgent
from handlers.cards import answer_card, link_to
from handlers.context import BotApplication, BotContext
from handlers.rendering import Rendered
from knowledge.model import Entry, Flag, Language, topic_key
from knowledge.rendering.rich_text import Text
from knowledge.rendering.urgent import urgent_text
from knowledge.reply import Answer, CheckIn, Reply, Unknown, Urgent
from runtime.handling import hurry

MOST_OFFERED = 10
"""Answers for one text: more than anybody reads while typing."""

_KEPT, _KEPT_OF_URGENT = 300, 10
"""Seconds for which Telegram may offer the same to all who type the same."""

_THUMBNAIL = 160
"""Pixels of each side, as `bot.py book` draws them."""

_GREETING = "ask"
"""The payload of the button to the private chat, where nothing else is to be opened than the greeting."""


def register(application: BotApplication) -> None:
    application.add_handler(InlineQueryHandler(typed))


async def typed(update: Update, context: BotContext) -> None:
    """Offer answers for what somebody has typed so far. It is not counted, as most of it is half a word."""
    query = update.inline_query
    if query is None:
        return
    text = query.query.strip()
    reply = await context.decide(text) if text else None
    words = context.texts.buttons
    if isinstance(reply, Urgent):
        hurry()
        results = [_urgent(reply.flag, context, reply.language)]
        button = InlineQueryResultsButton(words.urgent_in_private, start_parameter=urgent.link(reply.flag))
    else:
        results = await _offer(text, reply, context) if reply else _offer_topics(context)
        button = InlineQueryResultsButton(words.ask_in_private, start_parameter=_GREETING)
    kept = _KEPT_OF_URGENT if isinstance(reply, Urgent | CheckIn) else _KEPT
    await query.answer(results, cache_time=kept, is_personal=False, button=button)


async def _offer(text: str, reply: Reply, context: BotContext) -> list[InlineQueryResultArticle]:
    """The answers for `text`, the likeliest first; where somebody may be in trouble, what to do stands before them."""
    first = [_urgent(reply.flag, context)] if isinstance(reply, CheckIn) else []
    likely = reply.instead if isinstance(reply, CheckIn) else reply
    found = await context.search(text, MOST_OFFERED, by_title=isinstance(likely, Unknown))
    if isinstance(likely, Unknown):
        found = found or likely.nearest
    if isinstance(likely, Answer) and not likely.guess:
        found = (*likely.entries, *(entry for entry in found if entry not in likely.entries))
    return [*first, *(_answer(entry, likely, context) for entry in found[: MOST_OFFERED - len(first)])]


def _answer(entry: Entry, reply: Reply, context: BotContext) -> InlineQueryResultArticle:
    """The short answer of one entry; where `reply` gives it too, with the points that the text asks for."""
    chosen = Answer.chosen(entry)
    if isinstance(reply, Answer) and entry in reply.entries:
        chosen = replace(reply, entries=(entry,), others=(), left_out=(), guess=False)
    return _article(
        entry.id,
        entry.question,
        answer_card(chosen, context),
        chosen.choices[0].shown[0].text,
        _thumbnail(entry.topic, context),
    )


def _urgent(flag: Flag, context: BotContext, language: Language | None = None) -> InlineQueryResultArticle:
    action = urgent_text(flag, context.red_flags.replies, language=language).blocks[:1]
    card = urgent.card(flag, context, language)
    return _article(f"urgent:{flag.id}", context.texts.inline.urgent, card, Text(action).plain())


def _offer_topics(context: BotContext) -> list[InlineQueryResultArticle]:
    words = context.texts.inline
    return [
        _article(
            f"topic:{topic_key(title)}",
            title,
            Rendered(words.topic.format(topic=escape(title), questions=_list(entries, context))),
            words.topic_size.format(number=len(entries)),
            _thumbnail(title, context),
        )
        for title, entries in context.knowledge.topics.items()
    ]


def _list(entries: tuple[Entry, ...], context: BotContext) -> str:
    return "\n".join(f'• <a href="{link_to(each.id, context)}">{escape(each.question)}</a>' for each in entries)


def _thumbnail(topic: str, context: BotContext) -> str | None:
    site = context.bot_data.site_url
    return f"{site}/thumbnails/{topic_key(topic)}.png" if site else None


def _article(
    key: str, title: str, sent: Rendered, description: str, thumbnail: str | None = None
) -> InlineQueryResultArticle:
    side = _THUMBNAIL if thumbnail else None
    return InlineQueryResultArticle(
        key,
        title,
        InputTextMessageContent(sent.html),
        sent.markup,
        description=description,
        thumbnail_url=thumbnail,
        thumbnail_width=side,
        thumbnail_height=side,
    )
