"""/topics: the topics, their questions a page at a time, and each answer with the way back."""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message
from telegram.ext import CommandHandler
from telegram.helpers import create_deep_linked_url

from handlers.adapters import Press, is_in_group, on_message, on_press
from handlers.context import BotApplication, BotContext
from handlers.keyboards import Action, button, in_rows, keyboard, turn_to
from handlers.rendering import Rendered
from handlers.respond import send, turn_into
from knowledge.model import topic_key
from knowledge.reply import Answer

TOPICS_LINK = "topics"
"""The payload of a deep link to the list of topics."""


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("topics", on_message(topics)))
    application.add_handler(on_press(Action.TOPICS, choose_topic))
    application.add_handler(on_press(Action.TOPIC, choose_entry))
    application.add_handler(on_press(Action.ENTRY_IN_TOPICS, show_entry))


async def topics(message: Message, context: BotContext) -> None:
    """Send the list of topics; in a group only the way to it, for others don't want to see the browsing."""
    if is_in_group(message):
        link = create_deep_linked_url(context.bot.username, TOPICS_LINK)
        to_private = InlineKeyboardButton(context.texts.buttons.topics, url=link)
        await send(message, context.texts.groups.topics_in_private, keyboard([[to_private]]))
    else:
        await show_topics(message, context)


async def show_topics(message: Message, context: BotContext) -> None:
    """Send the list of topics as a new message."""
    await send(message, context.texts.topics, _topics(context))


async def choose_topic(press: Press, context: BotContext) -> None:
    """Turn the message into the list of topics."""
    await turn_into(Rendered(context.texts.topics, _topics(context)), press, context)


async def choose_entry(press: Press, context: BotContext) -> None:
    """Turn the message into a page of a topic's questions."""
    key = press.argument(0)
    title = next((title for title in context.knowledge.topics if topic_key(title) == key), None)
    if title is None:
        await choose_topic(press, context)
        return
    page = turn_to(context.knowledge.topics[title], press.argument(1))
    words = context.texts.buttons
    rows = in_rows([button(entry.button, Action.ENTRY_IN_TOPICS, entry.id) for entry in page.items])
    rows += [page.turns(words, Action.TOPIC, key), [button(words.back, Action.TOPICS)]]
    heading = context.texts.topic if not page.last else context.texts.topic_page
    said = heading.format(topic=title, page=page.number + 1, pages=page.last + 1)
    await turn_into(Rendered(said, keyboard(rows)), press, context)


async def show_entry(press: Press, context: BotContext) -> None:
    """Turn the message into an answer, with the way back to its topic."""
    entry = context.knowledge.entries.get(press.argument(0))
    if entry is None:
        gone = Rendered(context.texts.topics, _topics(context))
        await turn_into(gone, press, context, notice=context.texts.gone)
        return
    shown = context.render(Answer.chosen(entry), back=Action.TOPIC)
    await turn_into(shown, press, context)


def _topics(context: BotContext) -> InlineKeyboardMarkup | None:
    words = context.texts.buttons.topic
    titles = [
        button(words.format(topic=title, count=len(entries)), Action.TOPIC, topic_key(title), 0)
        for title, entries in context.knowledge.topics.items()
    ]
    return keyboard(in_rows(titles))
