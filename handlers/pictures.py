"""The picture below an answer: sent after it, and taken away when the answer goes or turns into another.

Telegram keeps what it was sent once under an id of its own, so each picture is uploaded only the first time.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging

from telegram import Message
from telegram.error import BadRequest, TelegramError

from handlers.context import BotContext
from handlers.delivery import is_in_group, send_photo
from handlers.telegram_html import to_html
from knowledge.model import Picture
from knowledge.rendering.captions import caption
from knowledge.reply import Answer, Reply

log = logging.getLogger(__name__)


async def show_below(answer_id: int, reply: Reply | None, message: Message, context: BotContext) -> None:
    """Let the picture of `reply`, or none, stand below the bot's message `answer_id`, which shows the reply.

    `message` is the one that is answered, in the same chat. A picture that stands there already is left alone.
    """
    picture = await _wanted(reply, message, context)
    key = (message.chat_id, answer_id)
    shown, _ = context.memory.pictures.get(key, ("", 0))
    if picture is not None and shown == picture.id:
        return
    await take_away(message.chat_id, answer_id, context)
    sent = await _sent(picture, message, context) if picture else None
    if picture is not None and sent is not None:
        context.memory.pictures[key] = (picture.id, sent.message_id)


async def take_away(chat_id: int, answer_id: int, context: BotContext) -> None:
    """Delete the picture below an answer, if there is one."""
    _, picture_id = context.memory.pictures.pop((chat_id, answer_id), ("", 0))
    if picture_id:
        context.bot_data.deletions.cancel(chat_id, picture_id)
        with contextlib.suppress(TelegramError):
            await context.bot.delete_message(chat_id, picture_id)


async def _wanted(reply: Reply | None, message: Message, context: BotContext) -> Picture | None:
    """The picture of a single answer; in groups only below whole answers, and where the admins want pictures."""
    picture = reply.entries[0].picture if isinstance(reply, Answer) and len(reply.entries) == 1 else None
    if picture is None or not is_in_group(message):
        return picture
    settings = await context.bot_data.group_settings.of(message.chat_id)
    return picture if settings.pictures and settings.whole_answers else None


async def _sent(picture: Picture, message: Message, context: BotContext) -> Message | None:
    """The message with the picture; None where it can't be sent, for the answer stands without it."""
    try:
        sent = await _sent_again(picture, message, context) or await _uploaded(picture, message, context)
    except TelegramError as error:
        log.warning("the picture %s could not be sent: %s", picture.id, error.message)
        return None
    if sent is not None and is_in_group(message):
        settings = await context.bot_data.group_settings.of(message.chat_id)
        if settings.auto_delete_minutes:
            minutes = settings.auto_delete_minutes
            context.bot_data.deletions.after(minutes, context.bot, sent.chat_id, sent.message_id)
    return sent


async def _sent_again(picture: Picture, message: Message, context: BotContext) -> Message | None:
    file_id = context.bot_data.uploads.get(picture.digest)
    if file_id is None:
        return None
    try:
        return await send_photo(message, file_id, to_html(caption(picture)), quietly=True)
    except BadRequest as error:
        log.info("Telegram refused the id of the picture %s: %s", picture.id, error.message)
        return None


async def _uploaded(picture: Picture, message: Message, context: BotContext) -> Message | None:
    if not _is_as_loaded(picture):
        log.warning("the picture %s is not sent: its file is no longer the one that was loaded", picture.id)
        return None
    sent = await send_photo(message, picture.path, to_html(caption(picture)), quietly=True)
    if sent.photo:
        context.bot_data.uploads[picture.digest] = sent.photo[-1].file_id
    return sent


def _is_as_loaded(picture: Picture) -> bool:
    try:
        return hashlib.sha256(picture.path.read_bytes()).hexdigest() == picture.digest
    except OSError:
        return False
