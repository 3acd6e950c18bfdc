"""👍 👎 below an answer: one vote a reader and answer, counted without keeping who voted."""

from __future__ import annotations

from datetime import UTC, datetime

from telegram import Message

from handlers.adapters import Press, answer_press, on_press
from handlers.context import BotApplication, BotContext
from handlers.keyboards import DOWN, UP, Action
from knowledge.model import Entry
from runtime.storage import VOTES_KEPT


def register(application: BotApplication) -> None:
    application.add_handler(on_press(Action.VOTE, vote))


async def vote(press: Press, context: BotContext) -> None:
    """Count the press, if the message that carries the button does answer the entry that it names."""
    storage, message, thumb = context.bot_data.storage, press.message, press.argument(1)
    entry = context.knowledge.entries.get(press.argument(0))
    if storage is None or entry is None or thumb not in {UP, DOWN} or not _shows(message, entry):
        await answer_press(press.query, context.texts.old_button)
        return
    words = context.texts.feedback
    if datetime.now(UTC) - message.date >= VOTES_KEPT:
        await answer_press(press.query, words.closed)
        return
    day = message.date.date()
    key = await storage.voter_key(day, press.person_id, message.chat_id, message.message_id)
    changed = await storage.vote(entry.id, day, key, thumb == UP)
    thanks = words.thanks_yes if thumb == UP else words.thanks_no
    await answer_press(press.query, thanks if changed else words.again)


def _shows(message: Message, entry: Entry) -> bool:
    return (message.text or message.caption or "").startswith(entry.question)
