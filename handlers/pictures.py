"""The picture below an answer: sent after it, and taken away when the answer goes or turns into another.

Telegram keeps what it was sent once under an id of its own, so each picture is uploaded only the first time.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from telegram import Message
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError

from handlers.rendering import to_html
from knowledge.model import Picture
from knowledge.rendering.answer import caption
from knowledge.reply import Answer, Reply
from runtime.refusals import Refusal, meaning_of, wording_of
from runtime.storage import ChatSettings

if TYPE_CHECKING:
    from handlers.context import BotContext

log = logging.getLogger(__name__)


def picture_of(reply: Reply | None, settings: ChatSettings | None) -> Picture | None:
    """The picture of a single answer; in groups only below whole answers, and where the admins want pictures."""
    if not isinstance(reply, Answer) or len(reply.entries) != 1:
        return None
    wanted = settings is None or (settings.pictures and settings.whole_answers)
    return reply.entries[0].picture if wanted else None


async def show_below(answer_id: int, picture: Picture | None, message: Message, context: BotContext) -> Message | None:
    """Let `picture`, or none, stand below the bot's message `answer_id`; the message with it, if it is sent now.

    `message` is the one that is answered, in the same chat. A picture that stands there already is left alone.
    """
    key = (message.chat_id, answer_id)
    shown, _ = context.memory.pictures.get(key, ("", 0))
    if picture is not None and shown == picture.id:
        return None
    await take_away(message.chat_id, answer_id, context)
    sent = await _send(picture, message, context) if picture else None
    if picture is not None and sent is not None:
        context.memory.pictures[key] = (picture.id, sent.message_id)
    return sent


async def take_away(chat_id: int, answer_id: int, context: BotContext) -> None:
    """Delete the picture below an answer, if there is one."""
    _, picture_id = context.memory.pictures.pop((chat_id, answer_id), ("", 0))
    if picture_id:
        context.bot_data.deletions.cancel(chat_id, picture_id)
        with contextlib.suppress(TelegramError):
            await context.bot.delete_message(chat_id, picture_id)


async def send_photo(message: Message, picture: bytes | Path | str, caption: str, *, quietly: bool = False) -> Message:
    """Send a picture (a PNG, its file, or the id of one that Telegram has) with an HTML caption, as a text is sent.

    `quietly`: without a sound, for what follows another message at once.
    """
    quote = message.chat.type != message.chat.PRIVATE
    return await message.reply_photo(
        picture,
        caption=caption,
        parse_mode=ParseMode.HTML,
        do_quote=quote,
        allow_sending_without_reply=True,
        disable_notification=quietly,
    )


async def _send(picture: Picture, message: Message, context: BotContext) -> Message | None:
    """The message with the picture; None where it can't be sent, for the answer stands without it."""
    try:
        return await _send_again(picture, message, context) or await _upload(picture, message, context)
    except TelegramError as error:
        log.warning("the picture %s could not be sent: %s", picture.id, wording_of(error))
        return None


async def _send_again(picture: Picture, message: Message, context: BotContext) -> Message | None:
    file_id = context.bot_data.uploads.get(picture.digest)
    if file_id is None:
        return None
    try:
        return await send_photo(message, file_id, _caption(picture, context), quietly=True)
    except BadRequest as error:
        if meaning_of(error) is not Refusal.OTHER:  # it is not the id that is refused
            raise
        log.info("Telegram refused the id of the picture %s: %s", picture.id, wording_of(error))
        return None


async def _upload(picture: Picture, message: Message, context: BotContext) -> Message | None:
    if not _is_as_loaded(picture):
        log.warning("the picture %s is not sent: its file is no longer the one that was loaded", picture.id)
        return None
    sent = await send_photo(message, picture.path, _caption(picture, context), quietly=True)
    if sent.photo:
        context.bot_data.uploads[picture.digest] = sent.photo[-1].file_id
    return sent


def _is_as_loaded(picture: Picture) -> bool:
    try:
        return hashlib.sha256(picture.path.read_bytes()).hexdigest() == picture.digest
    except OSError:
        return False


def _caption(picture: Picture, context: BotContext) -> str:
    return to_html(caption(picture, context.knowledge.wordings))
