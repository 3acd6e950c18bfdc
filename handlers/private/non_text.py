"""What is no text: photos, stickers, voice and the rest get a kind line; and commands that nobody knows."""

from __future__ import annotations

from telegram import Update
from telegram.ext import MessageHandler, filters

from handlers.context import BotApplication, BotContext
from handlers.delivery import send
from handlers.keyboards import Action, button, keyboard
from handlers.private.questions import reply_to_question

_SENT_BY_USER = ~filters.StatusUpdate.ALL & filters.ChatType.PRIVATE


def register(application: BotApplication) -> None:
    application.add_handler(MessageHandler(filters.COMMAND & filters.ChatType.PRIVATE, unknown_command))
    application.add_handler(MessageHandler(_SENT_BY_USER & ~filters.TEXT, not_text))


async def unknown_command(update: Update, context: BotContext) -> None:
    if update.effective_message and update.edited_message is None:
        await send(update.effective_message, context.texts.unknown_command)


async def not_text(update: Update, context: BotContext) -> None:
    """A caption is read as a question; what has none gets a line on what the bot can do."""
    message = update.effective_message
    if message is None:
        return
    if message.caption:
        await reply_to_question(message, message.caption, context)
    elif update.edited_message is None:
        topics = button(context.texts.buttons.topics, Action.TOPICS)
        await send(message, context.texts.only_text, keyboard([[topics]]))
