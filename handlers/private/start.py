"""/start, with its deep links, and /help."""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import CommandHandler
from telegram.helpers import create_deep_linked_url

from handlers import pictures, urgent
from handlers.bookkeeping import remember
from handlers.context import BotApplication, BotContext
from handlers.delivery import is_in_group, send
from handlers.group_settings.command import open_in_private
from handlers.keyboards import Action, button, keyboard
from handlers.private.topics import TOPICS_LINK, show_topics
from handlers.rendering import rendered_entry
from knowledge.reply import Answer


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("start", start))
    application.add_handler(CommandHandler("help", help_))


async def start(update: Update, context: BotContext) -> None:
    """Greet, or open what a link `?start=…` leads to: an entry by its id, all topics, urgent advice,
    a group's settings.
    """
    message = update.effective_message
    if message is None:
        return
    if is_in_group(message):
        await send(message, _in_group(context), _to_private(context))
        return
    payload = "".join(context.args or [])
    entry = context.knowledge.entries.get(payload)
    if entry is not None:
        shown = rendered_entry(entry, context.knowledge, context.texts, votes=context.counts_votes)
        sent = await send(message, shown.html, shown.markup)
        reply = Answer.chosen(entry)
        remember(context, message, reply)
        await pictures.show_below(sent.message_id, reply, message, context)
    elif payload == TOPICS_LINK:
        await show_topics(message, context)
    elif flag := urgent.flag_of(payload, context):
        await urgent.show(flag, message, context)
    elif payload.startswith("settings"):
        await open_in_private(message, context.bot_data.seal.group_of(payload), context)
    else:
        await send(message, context.texts.start.format(count=len(context.knowledge.entries)), _to_topics(context))


async def help_(update: Update, context: BotContext) -> None:
    message = update.effective_message
    if message is None:
        return
    if is_in_group(message):
        await send(message, _in_group(context), _to_private(context))
    else:
        await send(message, context.texts.help, _to_topics(context))


def _in_group(context: BotContext) -> str:
    return context.texts.groups.help.format(bot=context.bot.username)


def _to_private(context: BotContext) -> InlineKeyboardMarkup | None:
    link = create_deep_linked_url(context.bot.username)
    return keyboard([[InlineKeyboardButton(context.texts.buttons.ask_in_private, url=link)]])


def _to_topics(context: BotContext) -> InlineKeyboardMarkup | None:
    return keyboard([[button(context.texts.buttons.topics, Action.TOPICS)]])
