"""/reset and /forget: back to the defaults, and removing all that a chat has; both ask first."""

from __future__ import annotations

from telegram import InlineKeyboardMarkup, Message, Update
from telegram.ext import CallbackQueryHandler, CommandHandler, filters

from handlers.adapters import answer_press, is_in_group
from handlers.context import BotApplication, BotContext
from handlers.ephemeral import spot_of
from handlers.groups.admins import admin_command, admin_press
from handlers.keyboards import Action, button, keyboard, pattern
from handlers.respond import edit_at, send


def register(application: BotApplication) -> None:
    new = filters.UpdateType.MESSAGE
    application.add_handler(CommandHandler("reset", ask_to_reset, new))
    application.add_handler(CommandHandler("forget", ask_to_forget, new))
    application.add_handler(CallbackQueryHandler(reset, pattern(Action.RESET)))
    application.add_handler(CallbackQueryHandler(forget, pattern(Action.FORGET)))
    application.add_handler(CallbackQueryHandler(cancel, pattern(Action.CANCEL)))


async def ask_to_reset(update: Update, context: BotContext) -> None:
    message = await admin_command(update, context)
    if message is not None:
        words = context.texts.admins
        await send(message, words.reset_sure, _choice(words.reset_yes, Action.RESET, message, context))


async def ask_to_forget(update: Update, context: BotContext) -> None:
    """In a group, ask its admins first; a private chat has nothing but what memory holds, which goes at once."""
    message = update.effective_message
    if message is None:
        return
    words = context.texts.admins
    if not is_in_group(message):
        context.memory.forget(message.chat_id)
        await send(message, words.forgotten_private)
        return
    if await admin_command(update, context) is not None:
        await send(message, words.forget_sure, _choice(words.forget_yes, Action.FORGET, message, context))


async def reset(update: Update, context: BotContext) -> None:
    """Put the settings back to the defaults."""
    press = await admin_press(update, context)
    if press is None:
        return
    await context.bot_data.group_settings.reset(press.chat_id)
    await _say(press.message, context.texts.admins.reset_done, context)
    await answer_press(press.query)


async def forget(update: Update, context: BotContext) -> None:
    """Remove settings and counts, and what memory holds."""
    press = await admin_press(update, context)
    if press is None:
        return
    data = context.bot_data
    await data.group_settings.forget(press.chat_id)
    data.tally.forget(press.chat_id)
    data.pace.forget(press.chat_id)
    data.memory.forget(press.chat_id)
    await _say(press.message, context.texts.admins.forgotten, context)
    await answer_press(press.query)


async def cancel(update: Update, context: BotContext) -> None:
    """Leave everything as it is."""
    press = await admin_press(update, context)
    if press is not None:
        await _say(press.message, context.texts.admins.unchanged, context)
        await answer_press(press.query)


def _choice(yes: str, action: Action, message: Message, context: BotContext) -> InlineKeyboardMarkup | None:
    no = button(context.texts.admins.keep, Action.CANCEL, message.chat_id)
    return keyboard([[button(yes, action, message.chat_id), no]])


async def _say(message: Message, html: str, context: BotContext) -> None:
    await edit_at(context.bot, spot_of(message), html)
