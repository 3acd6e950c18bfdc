"""Somebody in trouble: the fixed reply, at once, whatever a group's settings say; and the numbers of a country."""

from __future__ import annotations

from typing import TypeGuard

from telegram import CallbackQuery, InlineKeyboardButton, Message, Update
from telegram.ext import CallbackQueryHandler
from telegram.helpers import create_deep_linked_url

from handlers.context import BotApplication, BotContext
from handlers.delivery import alert, answer_press, edit, is_in_group, send
from handlers.groups.places import may_write
from handlers.keyboards import Action, arguments, button, in_rows, keyboard, pattern
from handlers.rendering import Rendered
from handlers.telegram_html import to_html
from knowledge.red_flags import Country, Flag
from knowledge.rendering.urgent import urgent_text
from knowledge.reply import Reply
from knowledge.triage.rules import Urgent
from runtime.storage import ChatSettings, What

_LINK = "urgent_"


def register(application: BotApplication) -> None:
    application.add_handler(CallbackQueryHandler(show_country, pattern(Action.COUNTRY)))


def is_urgent(reply: Reply) -> TypeGuard[Urgent]:
    return isinstance(reply, Urgent)


def flag_of(payload: str, context: BotContext) -> Flag | None:
    """The red flag whose reply a deep link leads to."""
    return context.red_flags.flags.get(payload.removeprefix(_LINK)) if payload.startswith(_LINK) else None


async def reply_in_private(urgent: Urgent, message: Message, context: BotContext) -> None:
    """Tell what to do now, with the numbers of each country one press away."""
    await show(urgent.flag, message, context)
    context.bot_data.tally.add(message.chat_id, What.URGENT)


async def show(flag: Flag, message: Message, context: BotContext) -> None:
    """Send the reply to a red flag into a private chat."""
    shown = _rendered(flag, None, message, context)
    await send(message, shown.html, shown.markup)


async def reply_in_group(urgent: Urgent, message: Message, settings: ChatSettings, context: BotContext) -> None:
    """Tell the author of `message` what to do now, once in some minutes.

    Admins can't turn off what may save a life; only what can wait a little keeps to the group's topics and hours.
    """
    if urgent.tier == "PROMPT" and not may_write(message, settings):
        return
    person = _person(message)
    if not context.bot_data.pace.is_first_urgent(message.chat_id, person, urgent.flag.id):
        return
    shown = _rendered(urgent.flag, None, message, context)
    await send(message, shown.html, shown.markup)
    if settings.statistics:
        context.bot_data.tally.add(message.chat_id, What.URGENT)


async def show_country(update: Update, context: BotContext) -> None:
    """Put the numbers of a country into the reply; in a group only for the one it is meant for, and for admins."""
    query = update.callback_query
    message = query.message if query else None
    if query is None or not isinstance(message, Message):
        return
    name, code = (*arguments(query.data), "", "")[:2]
    flag, country = context.red_flags.flags.get(name), context.red_flags.countries.get(code)
    if flag is None or country is None:
        await answer_press(query, context.texts.old_button)
        return
    if is_in_group(message) and not await _is_meant(query, message, context):
        await alert(query, context.texts.groups.not_for_you)
        return
    shown = _rendered(flag, country, message.reply_to_message or message, context)
    await edit(context.bot, message.chat_id, message.message_id, shown.html, shown.markup)
    await answer_press(query)


def _rendered(flag: Flag, country: Country | None, message: Message, context: BotContext) -> Rendered:
    """The reply; the language of whoever wrote `message` puts one country first, and decides nothing."""
    countries = list(context.red_flags.countries.values())
    language = message.from_user.language_code if message.from_user else None
    suggested = context.red_flags.country_for(language) if language else None
    countries.sort(key=lambda each: each is not suggested)
    buttons = [button(each.name, Action.COUNTRY, flag.id, each.code) for each in countries if each is not country]
    rows: list[list[InlineKeyboardButton]] = in_rows(buttons, 3)
    if is_in_group(message):
        link = create_deep_linked_url(context.bot.username, f"{_LINK}{flag.id}")
        rows.insert(0, [InlineKeyboardButton(context.texts.buttons.urgent_in_private, url=link)])
    return Rendered(to_html(urgent_text(flag, context.red_flags.replies, country)), keyboard(rows))


def _person(message: Message) -> int:
    if message.sender_chat is not None:
        return message.sender_chat.id
    return message.from_user.id if message.from_user else message.chat_id


async def _is_meant(query: CallbackQuery, message: Message, context: BotContext) -> bool:
    author = message.reply_to_message.from_user if message.reply_to_message else None
    if author is not None and author.id == query.from_user.id:
        return True
    return await context.bot_data.admins.include(context.bot, message.chat_id, query.from_user)
