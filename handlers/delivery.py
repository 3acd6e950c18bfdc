"""Sending, editing and acknowledging: the few calls that every feature makes."""

from __future__ import annotations

import contextlib

from telegram import Bot, CallbackQuery, InlineKeyboardMarkup, Message
from telegram.error import BadRequest

_UNCHANGED = "not modified"


async def send(message: Message, html: str, markup: InlineKeyboardMarkup | None = None) -> Message:
    """Send `html` into the chat (and forum topic) of `message`; in groups as a reply to it."""
    quote = message.chat.type != message.chat.PRIVATE
    return await message.reply_html(html, reply_markup=markup, do_quote=quote, allow_sending_without_reply=True)


async def edit(bot: Bot, chat_id: int, message_id: int, html: str, markup: InlineKeyboardMarkup | None = None) -> bool:
    """Change a message of the bot; False where it can't be changed any more (deleted, too old)."""
    try:
        await bot.edit_message_text(html, chat_id=chat_id, message_id=message_id, reply_markup=markup)
    except BadRequest as error:
        return _UNCHANGED in error.message
    return True


async def answer_press(query: CallbackQuery, text: str = "") -> None:
    """Stop the button's spinner, with a short notice where there is one to give."""
    with contextlib.suppress(BadRequest):  # a press older than some minutes can't be answered, and need not be
        await query.answer(text or None)
