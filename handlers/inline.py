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
from knowledge.reply import Answer, CheckIn, Reply, Urgent
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
    text, words = query.query.strip(), context.texts.buttons
    kept, button = _KEPT, InlineQueryResultsButton(words.ask_in_private, start_parameter=_GREETING)
    if not text:
        results = _offer_topics(context)
    else:
        reply, found = await context.look_up(text, MOST_OFFERED)
        if isinstance(reply, Urgent):
            hurry()
            results, kept = [_urgent(reply.flag, context, reply.language)], _KEPT_OF_URGENT
            button = InlineQueryResultsButton(words.urgent_in_private, start_parameter=urgent.link(reply.flag))
        elif isinstance(reply, CheckIn) and reply.by_rule:
            first, kept = _urgent(reply.flag, context), _KEPT_OF_URGENT
            results = [first, *_offer(found, reply.instead, context)[: MOST_OFFERED - 1]]
        else:
            # What was only learnt is too unsure of half a word, and one tap would send it to others.
            results = _offer(found, reply.instead if isinstance(reply, CheckIn) else reply, context)
    await query.answer(results, cache_time=kept, is_personal=False, button=button)


def _offer(found: tuple[Entry, ...], reply: Reply, context: BotContext) -> list[InlineQueryResultArticle]:
    """The answers for a text, the likeliest first; `found` are the entries near it."""
    if isinstance(reply, Answer) and not reply.guess:
        found = (*reply.entries, *(entry for entry in found if entry not in reply.entries))
    return [_answer(entry, reply, context) for entry in found[:MOST_OFFERED]]


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
