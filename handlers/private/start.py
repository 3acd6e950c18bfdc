"""/start, with its deep links; /help, /about and /privacy: who the bot is, how to ask it, and exactly what it keeps."""

from __future__ import annotations

from html import escape

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message
from telegram.ext import CommandHandler
from telegram.helpers import create_deep_linked_url

from handlers import check_in, urgent
from handlers.adapters import is_in_group, on_message
from handlers.context import BotApplication, BotContext
from handlers.group_settings.command import open_in_private
from handlers.group_settings.copying import offer_copy
from handlers.keyboards import Action, button, keyboard
from handlers.private.topics import TOPICS_LINK, show_topics
from handlers.respond import send, show_chosen
from knowledge.reply import Answer
from runtime.version import VERSION


def register(application: BotApplication) -> None:
    for name, handle in {"start": start, "help": help_, "about": about, "privacy": privacy}.items():
        application.add_handler(CommandHandler(name, on_message(handle)))


async def start(message: Message, context: BotContext) -> None:
    """Greet, or open what a link `?start=…` leads to: an entry by its id, all topics, urgent advice,
    a group's settings; in a group, the settings of another one that a link `?startgroup=…` copies.
    """
    payload = "".join(context.args or [])
    if is_in_group(message):
        if context.bot_data.seal.is_copy_link(payload):
            await offer_copy(payload, message, context)
        else:
            await _help_group(message, context)
        return
    entry = context.knowledge.entries.get(payload)
    if entry is not None:
        shown = context.render(Answer.chosen(entry))
        await show_chosen(shown, message, context)
    elif payload == TOPICS_LINK:
        await show_topics(message, context)
    elif flag := urgent.flag_of(payload, context):
        await urgent.show(flag, message, context)
    elif flag := check_in.flag_of(payload, context):
        await check_in.show(flag, message, context)
    elif payload.startswith("settings"):
        await open_in_private(message, context.bot_data.seal.group_of(payload), context)
    else:
        await send(message, context.texts.start.format(count=len(context.knowledge.entries)), _to_topics(context))


async def help_(message: Message, context: BotContext) -> None:
    if is_in_group(message):
        await _help_group(message, context)
    else:
        await send(message, context.texts.help.format(bot=context.bot.username), _to_topics(context))


async def about(message: Message, context: BotContext) -> None:
    said = context.texts.about.format(count=len(context.knowledge.entries), version=VERSION)
    await send(message, _with_contact(said, context.texts.editors.about, context))


async def privacy(message: Message, context: BotContext) -> None:
    said = _with_contact(context.texts.privacy, context.texts.editors.privacy, context)
    await send(message, said)


def _with_contact(said: str, more: str, context: BotContext) -> str:
    """`said` with what there is `more` to say where whoever runs the bot can be reached."""
    contact = context.bot_data.operator_contact
    return f"{said}\n\n{more.format(contact=escape(contact))}" if contact else said


async def _help_group(message: Message, context: BotContext) -> None:
    """Say how to ask in a group, by the ways that surely reach the bot there."""
    words, username = context.texts.groups, context.bot.username
    hears_all = await context.bot_data.hearing.is_full(context.bot, message.chat_id)
    said = words.help_hears_all if hears_all else words.help
    link = create_deep_linked_url(username)
    to_private = keyboard([[InlineKeyboardButton(context.texts.buttons.ask_in_private, url=link)]])
    await send(message, said.format(bot=username), to_private)


def _to_topics(context: BotContext) -> InlineKeyboardMarkup | None:
    return keyboard([[button(context.texts.buttons.topics, Action.TOPICS)]])
