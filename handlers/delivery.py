"""Sending, editing and acknowledging: the few calls that every feature makes."""

from __future__ import annotations

import contextlib
from pathlib import Path

from telegram import Bot, CallbackQuery, ForceReply, InlineKeyboardMarkup, Message
from telegram.constants import ParseMode
from telegram.error import BadRequest

_UNCHANGED = "not modified"


async def send(message: Message, html: str, markup: InlineKeyboardMarkup | ForceReply | None = None) -> Message:
    """Send `html` into the chat (and forum topic) of `message`; in groups as a reply to it."""
    quote = message.chat.type != message.chat.PRIVATE
    return await message.reply_html(html, reply_markup=markup, do_quote=quote, allow_sending_without_reply=True)


async def send_photo(message: Message, picture: bytes | Path | str, caption: str, *, quietly: bool = False) -> Message:
    """Send a picture (a PNG, its file, or the id of one that Telegram has) with an HTML caption, as `send` does a text.

    `quietly`: without a sound, for what follows another message at once.
    """
    quote = message.chat.type != message.chat.PRIVATE
    return await message.reply_photo(
        picture, caption=caption, parse_mode=ParseMode.HTML, do_quote=quote, allow_sending_without_reply=True,
        disable_notification=quietly,
    )  # fmt: skip


async def react(message: Message, emoji: str) -> None:
    """Put a reaction on a message; some groups allow none, and then it is left."""
    with contextlib.suppress(BadRequest):
        await message.set_reaction(emoji)


def is_in_group(message: Message) -> bool:
    return message.chat.type in {message.chat.GROUP, message.chat.SUPERGROUP}


async def edit(bot: Bot, chat_id: int, message_id: int, html: str, markup: InlineKeyboardMarkup | None = None) -> bool:
    """Change a message of the bot; False where it can't be changed any more (deleted, too old)."""
    try:
        await bot.edit_message_text(html, chat_id=chat_id, message_id=message_id, reply_markup=markup)
    except BadRequest as error:
        return _UNCHANGED in error.message
    return True


async def answer_press(query: CallbackQuery, text: str = "") -> None:
    """Stop the button's spinner, with a short notice where there is one to give."""
    await _answer(query, text, as_alert=False)


async def alert(query: CallbackQuery, text: str) -> None:
    """Stop the button's spinner with a notice that has to be closed."""
    await _answer(query, text, as_alert=True)


async def _answer(query: CallbackQuery, text: str, *, as_alert: bool) -> None:
    with contextlib.suppress(BadRequest):  # a press older than some minutes can't be answered, and need not be
        await query.answer(text or None, show_alert=as_alert)
