"""👍 👎 below an answer: one vote a reader and answer, counted without keeping who voted."""

from __future__ import annotations

from datetime import UTC, datetime

from telegram import InlineKeyboardButton, Message, Update
from telegram.ext import CallbackQueryHandler

from handlers.context import BotApplication, BotContext
from handlers.delivery import answer_press
from handlers.keyboards import Action, arguments, button, pattern
from knowledge.model import Entry
from runtime.storage import VOTES_KEPT

_YES, _NO = "1", "0"


def register(application: BotApplication) -> None:
    application.add_handler(CallbackQueryHandler(vote, pattern(Action.VOTE)))


def vote_buttons(entry: Entry) -> list[InlineKeyboardButton]:
    """The two thumbs below the answer of one entry."""
    return [button("👍", Action.VOTE, entry.id, _YES), button("👎", Action.VOTE, entry.id, _NO)]


async def vote(update: Update, context: BotContext) -> None:
    """Count the press, if the message that carries the button does answer the entry that it names."""
    query, storage = update.callback_query, context.bot_data.storage
    if query is None:
        return
    entry_id, thumb = (*arguments(query.data), "", "")[:2]
    entry = context.knowledge.entries.get(entry_id)
    message = query.message
    shows = isinstance(message, Message) and entry is not None and _shows(message, entry)
    if storage is None or entry is None or not isinstance(message, Message) or not shows or thumb not in {_YES, _NO}:
        await answer_press(query, context.texts.old_button)
        return
    if datetime.now(UTC) - message.date >= VOTES_KEPT:
        await answer_press(query, context.texts.feedback.closed)
        return
    day = message.date.date()
    key = await storage.voter_key(day, query.from_user.id, message.chat_id, message.message_id)
    changed = await storage.vote(entry.id, day, key, thumb == _YES)
    words = context.texts.feedback
    await answer_press(query, (words.thanks_yes if thumb == _YES else words.thanks_no) if changed else words.again)


def _shows(message: Message, entry: Entry) -> bool:
    return (message.text or message.caption or "").startswith(entry.question)
