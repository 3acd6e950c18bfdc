"""The picture of an answer: one press away, below it, for who wants it; the answer itself is a single message.

Telegram keeps what it was sent once under an id of its own, so each picture is uploaded only the first time.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from telegram import InlineKeyboardMarkup, Message
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError

from handlers.adapters import Press, alert, answer_press, is_in_group, on_press
from handlers.groups.answers import voice_by
from handlers.keyboards import Action, button, keyboard
from handlers.rendering import to_html
from handlers.respond import remove_in_time, settings_at
from knowledge.model import Picture
from knowledge.rendering.answer import caption
from runtime.refusals import Refusal, meaning_of, wording_of

if TYPE_CHECKING:
    from handlers.context import BotApplication, BotContext

log = logging.getLogger(__name__)


def register(application: BotApplication) -> None:
    application.add_handler(on_press(Action.PICTURE, show))


async def show(press: Press, context: BotContext) -> None:
    """Send the picture of the entry that the button names below its answer, once, and take the button away."""
    entry = context.knowledge.entries.get(press.argument(0))
    settings = await settings_at(press.message, context)
    voice = voice_by(settings, context) if settings else None
    if entry is None or entry.picture is None or (voice and not voice.may_show_picture(entry)):
        await answer_press(press.query, context.texts.old_button)
        return
    # Whoever presses twice before the button is gone, or five people in a group, want one picture.
    key = (press.message.chat_id, press.message.message_id, entry.picture.id)
    if key not in context.memory.pictures:
        sent = await _send(entry.picture, press.message, context)
        if sent is None:
            await alert(press.query, context.texts.no_picture)
            return
        context.memory.pictures[key] = True
        if settings is not None:
            context.memory.asked_by[sent.chat_id, sent.message_id] = press.person_id
            remove_in_time(sent, settings, context)
    await answer_press(press.query)
    await _take_button_away(press, context)


async def _take_button_away(press: Press, context: BotContext) -> None:
    shown = press.message.reply_markup.inline_keyboard if press.message.reply_markup else ()
    rows = [[each for each in row if each.callback_data != press.query.data] for row in shown]
    with contextlib.suppress(BadRequest):
        await context.bot.edit_message_reply_markup(
            press.message.chat_id, press.message.message_id, reply_markup=keyboard(rows)
        )


async def send_photo(
    message: Message,
    picture: bytes | Path | str,
    caption: str,
    markup: InlineKeyboardMarkup | None = None,
    *,
    quietly: bool = False,
) -> Message:
    """Send a picture (a PNG, its file, or the id of one that Telegram has) with an HTML caption, as a text is sent.

    `quietly`: without a sound, for who looks at the chat at this moment.
    """
    quote = message.chat.type != message.chat.PRIVATE
    return await message.reply_photo(
        picture,
        caption=caption,
        parse_mode=ParseMode.HTML,
        reply_markup=markup,
        do_quote=quote,
        allow_sending_without_reply=True,
        disable_notification=quietly,
    )


async def _send(picture: Picture, message: Message, context: BotContext) -> Message | None:
    """The message with the picture; None where it can't be sent."""
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
        return await _send_as(file_id, picture, message, context)
    except BadRequest as error:
        if meaning_of(error) is not Refusal.OTHER:  # it is not the id that is refused
            raise
        log.info("Telegram refused the id of the picture %s: %s", picture.id, wording_of(error))
        return None


async def _upload(picture: Picture, message: Message, context: BotContext) -> Message | None:
    if not _is_as_loaded(picture):
        log.warning("the picture %s is not sent: its file is no longer the one that was loaded", picture.id)
        return None
    sent = await _send_as(picture.path, picture, message, context)
    if sent.photo:
        context.bot_data.uploads[picture.digest] = sent.photo[-1].file_id
    return sent


def _is_as_loaded(picture: Picture) -> bool:
    try:
        return hashlib.sha256(picture.path.read_bytes()).hexdigest() == picture.digest
    except OSError:
        return False


async def _send_as(file: Path | str, picture: Picture, message: Message, context: BotContext) -> Message:
    """Send it from a file or by its id; in a group with a button to remove it again."""
    bin_ = [button(context.texts.buttons.remove, Action.REMOVE)] if is_in_group(message) else []
    text = to_html(caption(picture, context.knowledge.wordings))
    return await send_photo(message, file, text, keyboard([bin_]) if bin_ else None, quietly=True)
