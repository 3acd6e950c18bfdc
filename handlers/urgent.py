"""Somebody in trouble: the fixed reply, at once, whatever a group's settings say; and the numbers of a country."""

from __future__ import annotations

from telegram import CopyTextButton, InlineKeyboardButton, Message, Update
from telegram.ext import CallbackQueryHandler
from telegram.helpers import create_deep_linked_url

from handlers.adapters import Press, alert, answer_press, is_in_group, on_press
from handlers.context import BotApplication, BotContext
from handlers.groups.speaking import may_write
from handlers.groups.urgent_notes import tell_admins
from handlers.keyboards import Action, action_of, arguments, button, entry_buttons, in_rows, keyboard, pattern
from handlers.rendering import Rendered, to_html
from handlers.respond import edit, edit_inline, send
from knowledge.model import Country, Entry, Flag, Language
from knowledge.rendering.urgent import numbers_of, urgent_text
from knowledge.reply import Urgent
from runtime.handling import hurry, note_reply
from runtime.storage import ChatSettings, What

_LINK = "urgent_"


def register(application: BotApplication) -> None:
    application.add_handler(on_press(Action.COUNTRY, show_country))
    application.add_handler(CallbackQueryHandler(show_country_on_card, pattern(Action.CARD_COUNTRY)))


def flag_of(payload: str, context: BotContext, prefix: str = _LINK) -> Flag | None:
    """The red flag that a deep link leads to, where its payload begins with `prefix`."""
    return context.red_flags.flags.get(payload.removeprefix(prefix)) if payload.startswith(prefix) else None


def link(flag: Flag) -> str:
    """The payload of a deep link to the reply to a red flag."""
    return f"{_LINK}{flag.id}"


async def reply_in_private(urgent: Urgent, message: Message, context: BotContext) -> None:
    """Tell what to do now, with the numbers of each country one press away."""
    await show(urgent.flag, message, context, urgent.language, urgent.asked)
    context.bot_data.tally.add(message.chat_id, What.URGENT)


async def show(
    flag: Flag,
    message: Message,
    context: BotContext,
    language: Language | None = None,
    asked: Entry | None = None,
) -> None:
    """Send the reply to a red flag into a private chat; what answers the question beside it is one press away."""
    note_reply("urgent")
    hurry()
    shown = _render(flag, None, message, context, language, asked)
    await send(message, shown.html, shown.markup)


async def turn_into(flag: Flag, press: Press, context: BotContext) -> None:
    """Turn the message whose button was pressed into the reply to a red flag, or send it below that message."""
    message = press.message
    note_reply("urgent")
    hurry()
    await _put_into(message, _render(flag, None, message.reply_to_message or message, context), context)
    context.bot_data.tally.add(message.chat_id, What.URGENT)


async def reply_in_group(urgent: Urgent, message: Message, settings: ChatSettings, context: BotContext) -> None:
    """Tell the author of `message` what to do now, once in some minutes.

    Admins can't turn off what may save a life; only what can wait a little keeps to the group's topics and hours.
    """
    if urgent.tier == "PROMPT" and not may_write(message, settings):
        return
    person = _person(message)
    if not await context.bot_data.pace.is_first_urgent(message.chat_id, person, urgent.flag.id):
        return
    note_reply("urgent")
    hurry()
    shown = _render(urgent.flag, None, message, context, urgent.language)
    sent = await send(message, shown.html, shown.markup)
    if settings.statistics:
        context.bot_data.tally.add(message.chat_id, What.URGENT)
    tell_admins(sent, urgent.tier, settings, context)


async def show_country(press: Press, context: BotContext) -> None:
    """Put the numbers of a country into the reply; in a group only for the one it is meant for, and for admins."""
    hurry()
    message = press.message
    flag = context.red_flags.flags.get(press.argument(0))
    country = context.red_flags.countries.get(press.argument(1))
    if flag is None or country is None:
        await answer_press(press.query, context.texts.old_button)
        return
    if is_in_group(message) and not await _is_meant(press, context):
        await alert(press.query, context.texts.groups.not_for_you)
        return
    language = context.red_flags.languages.get(press.argument(2))
    asked = _asked_beside(message, context)
    shown = _render(flag, country, message.reply_to_message or message, context, language, asked)
    await _put_into(message, shown, context)
    await answer_press(press.query)


def card(
    flag: Flag,
    context: BotContext,
    language: Language | None = None,
    *,
    country: Country | None = None,
    spoken: str | None = None,
) -> Rendered:
    """The whole reply to a red flag, for a chat that the bot is no member of; `spoken`: the language of the app."""
    return _compose(flag, country, context, language, Action.CARD_COUNTRY, spoken=spoken, away=True)


async def show_country_on_card(update: Update, context: BotContext) -> None:
    """Put the numbers of a country into an urgent card.

    Telegram tells neither what the card shows nor who asked for it, so whoever is in that chat may choose.
    """
    hurry()
    query = update.callback_query
    if query is None:
        return
    flag_id, country_code, language_code = (*arguments(query.data), "", "", "")[:3]
    flag = context.red_flags.flags.get(flag_id)
    country = context.red_flags.countries.get(country_code)
    if query.inline_message_id is None or flag is None or country is None:
        await answer_press(query, context.texts.old_button)
        return
    language = context.red_flags.languages.get(language_code)
    shown = card(flag, context, language, country=country, spoken=query.from_user.language_code)
    is_there = await edit_inline(context.bot, query.inline_message_id, shown.html, shown.markup)
    await answer_press(query, "" if is_there else context.texts.old_button)


def _asked_beside(message: Message, context: BotContext) -> Entry | None:
    """The entry that a button of the bot's `message` leads to."""
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    for data in (str(each.callback_data) for row in rows for each in row):
        if action_of(data) is Action.ANSWER_BELOW:
            return context.knowledge.entries.get(arguments(data)[0])
    return None


async def _put_into(message: Message, shown: Rendered, context: BotContext) -> None:
    """Put it into the bot's `message`, or below; not as an answer, since a group's settings remove those in time."""
    if not await edit(context.bot, message.chat_id, message.message_id, shown.html, shown.markup):
        await send(message, shown.html, shown.markup)


def _render(
    flag: Flag,
    country: Country | None,
    message: Message,
    context: BotContext,
    language: Language | None = None,
    asked: Entry | None = None,
) -> Rendered:
    """The reply to `message`."""
    spoken = message.from_user.language_code if message.from_user else None
    away = is_in_group(message)
    return _compose(flag, country, context, language, Action.COUNTRY, asked, spoken=spoken, away=away)


def _compose(
    flag: Flag,
    country: Country | None,
    context: BotContext,
    language: Language | None,
    choose: Action,
    asked: Entry | None = None,
    *,
    spoken: str | None,
    away: bool,
) -> Rendered:
    """The reply; `spoken`, the language of the person's app, puts one country first, and decides nothing.

    `choose` is what pressing a country does; `away`: it is not in a private chat with the bot, so a link leads there.
    """
    countries = list(context.red_flags.countries.values())
    suggested = context.red_flags.country_for(spoken) if spoken else None
    countries.sort(key=lambda each: each is not suggested)
    kept = (language.code,) if language else ()
    buttons = [button(each.name, choose, flag.id, each.code, *kept) for each in countries if each is not country]
    rows: list[list[InlineKeyboardButton]] = in_rows(buttons, 3)
    if away:
        url = create_deep_linked_url(context.bot.username, link(flag))
        rows.insert(0, [InlineKeyboardButton(context.texts.buttons.urgent_in_private, url=url)])
    rows = [*number_rows(flag, country or suggested, context), *rows]
    if asked is not None:
        rows.append(entry_buttons([asked], Action.ANSWER_BELOW))
    return Rendered(to_html(urgent_text(flag, context.red_flags.replies, country, language)), keyboard(rows))


def country_of(message: Message, context: BotContext) -> Country | None:
    """The country that the language of whoever wrote `message` points to, as en-gb does."""
    spoken = message.from_user.language_code if message.from_user else None
    return context.red_flags.country_for(spoken) if spoken else None


def number_rows(flag: Flag, country: Country | None, context: BotContext) -> list[list[InlineKeyboardButton]]:
    """The numbers of the country that this red flag may need, to be copied with one press.

    Telegram makes a link to dial of long numbers alone.
    """
    words = context.texts.buttons.copy_number
    return [
        [InlineKeyboardButton(words.format(name=each.name, number=each.number), copy_text=CopyTextButton(each.number))]
        for each in (numbers_of(flag, country) if country else ())
    ]


def _person(message: Message) -> int:
    if message.sender_chat is not None:
        return message.sender_chat.id
    return message.from_user.id if message.from_user else message.chat_id


async def _is_meant(press: Press, context: BotContext) -> bool:
    question = press.message.reply_to_message
    author = question.from_user if question else None
    if author is not None and author.id == press.person_id:
        return True
    return await context.bot_data.admins.include(context.bot, press.message.chat_id, press.query.from_user)
