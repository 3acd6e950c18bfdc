"""/start, with its deep links, and /help."""

from __future__ import annotations

from telegram import InlineKeyboardMarkup, Update
from telegram.ext import CommandHandler

from handlers.buttons import Action, button, keyboard
from handlers.context import BotApplication, BotContext
from handlers.delivery import send
from handlers.questions import remember
from handlers.rendering import rendered_entry
from knowledge.reply import Answer


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("start", start))
    application.add_handler(CommandHandler("help", help_))


async def start(update: Update, context: BotContext) -> None:
    """Greet, or open the entry that a link `?start=<entry id>` names."""
    message = update.effective_message
    if message is None:
        return
    entry = context.knowledge.entries.get("".join(context.args or []))
    if entry is not None:
        shown = rendered_entry(entry, context.knowledge, context.texts)
        await send(message, shown.html, shown.markup)
        remember(context, message, Answer((entry,), 1.0, entry.safety_note))
        return
    private = message.chat.type == message.chat.PRIVATE
    text = context.texts.start if private else context.texts.start_in_group
    await send(message, text.format(count=len(context.knowledge.entries)), _to_topics(context))


async def help_(update: Update, context: BotContext) -> None:
    if update.effective_message:
        await send(update.effective_message, context.texts.help, _to_topics(context))


def _to_topics(context: BotContext) -> InlineKeyboardMarkup | None:
    return keyboard([[button(context.texts.buttons.topics, Action.TOPICS)]])
