"""The picture of an answer: one press away, for who wants it; in the answer itself where its text fits a caption.

Telegram keeps what it was sent once under an id of its own, so each picture is uploaded only the first time.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from telegram import InlineKeyboardMarkup, InputMediaPhoto, Message
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError

from handlers import ephemeral
from handlers.adapters import Press, alert, answer_press, is_in_group, on_press
from handlers.ephemeral import Receiver, is_for_one, spot_of
from handlers.groups.answers import voice_by
from handlers.keyboards import Action, button, keyboard
from handlers.rendering import to_html
from handlers.respond import remove_in_time, settings_at
from knowledge.model import Picture
from knowledge.rendering.answer import CAPTION_LIMIT, caption
from knowledge.rendering.rich_text import utf16_length
from runtime.refusals import Refusal, meaning_of, wording_of

if TYPE_CHECKING:
    from handlers.context import BotApplication, BotContext

log = logging.getLogger(__name__)

Put = Callable[[Path | str], Awaitable[Message]]

_GAP = 2
"""UTF-16 units: the empty line between an answer and what is said of its picture."""


def register(application: BotApplication) -> None:
    application.add_handler(on_press(Action.PICTURE, show))


async def show(press: Press, context: BotContext) -> None:
    """Put the picture of the entry that the button names into its answer, or below it where the text is too long for a
    caption, once; and take the button away.
    """
    entry = context.knowledge.entries.get(press.argument(0))
    settings = await settings_at(press.message, context)
    voice = voice_by(settings, context) if settings else None
    if entry is None or entry.picture is None or (voice and not voice.may_show_picture(entry)):
        await answer_press(press.query, context.texts.old_button)
        return
    # Whoever presses twice before the button is gone, or five people in a group, want one picture.
    key = (press.message.chat_id, spot_of(press.message), entry.picture.id)
    if key in context.memory.pictures:
        await answer_press(press.query)
        await _take_button_away(press, context)
        return
    joined = _caption_with_answer(press.message, entry.picture, context)
    put = partial(_put_into, press, joined) if joined else partial(_put_below, press, entry.picture, context=context)
    shown = await _show(entry.picture, put, context)
    if shown is None:
        await alert(press.query, context.texts.no_picture)
        return
    context.memory.pictures[key] = True
    if not joined and settings is not None:
        if not is_for_one(shown):
            context.memory.asked_by[shown.chat_id, shown.message_id] = press.person_id
        remove_in_time(shown, settings, context)
    await answer_press(press.query)
    if not joined:
        await _take_button_away(press, context)


def _caption_with_answer(answer: Message, picture: Picture, context: BotContext) -> str:
    """The text of the `answer` and that of the picture, as HTML; empty where they are too long for a caption."""
    below = caption(picture, context.knowledge.wordings)
    if utf16_length(answer.text or "") + _GAP + below.length > CAPTION_LIMIT or not answer.text:
        return ""
    if is_for_one(answer):  # nothing tells which file Telegram has made of the picture in it
        return ""
    return f"{answer.text_html}\n\n{to_html(below)}"


def _rows_without(press: Press) -> InlineKeyboardMarkup | None:
    """The buttons of the message that was pressed, without the one that was."""
    shown = press.message.reply_markup.inline_keyboard if press.message.reply_markup else ()
    return keyboard([[each for each in row if each.callback_data != press.query.data] for row in shown])


async def _take_button_away(press: Press, context: BotContext) -> None:
    with contextlib.suppress(BadRequest):
        await ephemeral.change_buttons(context.bot, spot_of(press.message), _rows_without(press))


async def send_photo(
    message: Message,
    picture: bytes | Path | str,
    caption: str,
    markup: InlineKeyboardMarkup | None = None,
    *,
    quietly: bool = False,
    receiver: Receiver | None = None,
) -> Message:
    """Send a picture (a PNG, its file, or the id of one that Telegram has) with an HTML caption, as a text is sent.

    `quietly`: without a sound, for who looks at the chat at this moment. `receiver`: who alone is to see it, where not
    all are.
    """
    quote = message.chat.type != message.chat.PRIVATE and not is_for_one(message)
    return await message.reply_photo(
        picture,
        caption=caption,
        parse_mode=ParseMode.HTML,
        reply_markup=markup,
        do_quote=quote,
        allow_sending_without_reply=True,
        disable_notification=quietly,
        api_kwargs=receiver.as_parameters() if receiver else None,
    )


async def _show(picture: Picture, put: Put, context: BotContext) -> Message | None:
    """The message with the picture, which `put` puts where it belongs; None where that can't be done."""
    try:
        return await _show_again(picture, put, context) or await _upload(picture, put, context)
    except TelegramError as error:
        log.warning("the picture %s could not be sent: %s", picture.id, wording_of(error))
        return None


async def _show_again(picture: Picture, put: Put, context: BotContext) -> Message | None:
    file_id = context.bot_data.uploads.get(picture.digest)
    if file_id is None:
        return None
    try:
        return await put(file_id)
    except BadRequest as error:
        if meaning_of(error) is not Refusal.OTHER:  # it is not the id that is refused
            raise
        log.info("Telegram refused the id of the picture %s: %s", picture.id, wording_of(error))
        return None


async def _upload(picture: Picture, put: Put, context: BotContext) -> Message | None:
    if not _is_as_loaded(picture):
        log.warning("the picture %s is not sent: its file is no longer the one that was loaded", picture.id)
        return None
    shown = await put(picture.path)
    if shown.photo:
        context.bot_data.uploads[picture.digest] = shown.photo[-1].file_id
    return shown


def _is_as_loaded(picture: Picture) -> bool:
    try:
        return hashlib.sha256(picture.path.read_bytes()).hexdigest() == picture.digest
    except OSError:
        return False


async def _put_into(press: Press, html: str, file: Path | str) -> Message:
    """Add it to the message whose button was pressed, which was a text so far."""
    shown = await press.message.edit_media(_with_caption(file, html), reply_markup=_rows_without(press))
    return shown if isinstance(shown, Message) else press.message


def _with_caption(file: Path | str, html: str) -> InputMediaPhoto:
    """Its content, since python-telegram-bot would hand over a path here, which only a server on this machine can read;
    or the id that Telegram has given it.
    """
    content = file.read_bytes() if isinstance(file, Path) else file
    return InputMediaPhoto(content, caption=html, parse_mode=ParseMode.HTML)


async def _put_below(press: Press, picture: Picture, file: Path | str, *, context: BotContext) -> Message:
    """Send it from a file or by its id; in a group with a button to remove it again."""
    message = press.message
    bin_ = [button(context.texts.buttons.remove, Action.REMOVE)] if is_in_group(message) else []
    text = to_html(caption(picture, context.knowledge.wordings))
    receiver = Receiver(press.person_id, press.query.id) if is_for_one(message) else None
    return await send_photo(message, file, text, keyboard([bin_]) if bin_ else None, quietly=True, receiver=receiver)
