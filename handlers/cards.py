"""A reply as it looks in a chat that the bot is no member of: short, with links to the private chat and nothing else.

There no press of a button tells which message was pressed, so that none could be checked.
"""

from __future__ import annotations

from dataclasses import replace
from weakref import WeakKeyDictionary

from telegram import InlineKeyboardButton
from telegram.helpers import create_deep_linked_url

from handlers.context import BotContext
from handlers.keyboards import keyboard
from handlers.private.topics import TOPICS_LINK
from handlers.rendering import Rendered, to_html
from handlers.texts import Buttons
from knowledge.model import Entry, Knowledge
from knowledge.rendering.answer import group_text
from knowledge.reply import Answer, Suggestions, Unknown


def answer_card(reply: Answer | Suggestions | Unknown, context: BotContext) -> Rendered:
    """The short answer of a group, and the ways to the whole one and to whatever else was meant."""
    if not isinstance(reply, Answer) or not reply.is_canonical:
        return _render(reply, context)
    kept = _CARDS.setdefault(context.knowledge, {})
    form = (reply.entries[0].id, reply.safety_note, context.bot.username, context.texts.buttons)
    if form not in kept:
        kept[form] = _render(reply, context)
    return replace(kept[form], reply=reply)


_Form = tuple[str, bool, str, Buttons]
_CARDS: WeakKeyDictionary[Knowledge, dict[_Form, Rendered]] = WeakKeyDictionary()
"""Cards of one entry, as its own question asks for it: whoever types is offered ten with each letter."""


def _render(reply: Answer | Suggestions | Unknown, context: BotContext) -> Rendered:
    html = to_html(group_text(reply, context.knowledge, whole=False))
    return Rendered(html, keyboard([[each] for each in _links(reply, context)]), reply)


def link_to(payload: str, context: BotContext) -> str:
    """The address that opens the private chat with the bot at `payload`."""
    return create_deep_linked_url(context.bot.username, payload)


def _links(reply: Answer | Suggestions | Unknown, context: BotContext) -> list[InlineKeyboardButton]:
    words = context.texts.buttons
    topics = InlineKeyboardButton(words.topics, url=link_to(TOPICS_LINK, context))

    def named(label: str, entries: tuple[Entry, ...]) -> list[InlineKeyboardButton]:
        return [
            InlineKeyboardButton(label.format(label=entry.button), url=link_to(entry.id, context)) for entry in entries
        ]

    match reply:
        case Answer(in_order=entries, others=others, left_out=left_out):
            asked = (*entries, *left_out)
            whole = words.whole_in_private if len(asked) == 1 else words.whole_answer
            return [*named(whole, asked), *named("{label}", others)]
        case Suggestions(entries=entries):
            return [*named("{label}", entries), topics]
        case Unknown(nearest=nearest):
            return [*named("{label}", nearest), topics]
