"""A group's settings as a file, kept and used again; and copied to another group of the same admin's.

Whatever comes from a file or another group is first shown in words, and used only when an admin presses the button
below. Until then it is in memory, for some minutes. Who administers what is asked of Telegram and never kept.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from html import escape

from telegram import Document, Message
from telegram.ext import MessageHandler, filters

from handlers.adapters import alert, answer_press, on_message
from handlers.context import BotApplication, BotContext
from handlers.ephemeral import is_for_one
from handlers.group_settings.command import AwaitedReply, may_set, panel_of, prompt
from handlers.group_settings.kinds import Link
from handlers.group_settings.pages import told_changes
from handlers.groups.admins import AdminPress, on_admin_press
from handlers.keyboards import Action, button, keyboard
from handlers.respond import edit, send
from runtime.storage.settings_file import LARGEST_FILE, Fault, Portable, SettingsFileError, read_file, write_file

_PROMPT = "import"
"""The row of the table whose button asks for a file."""

_LONGEST_NAME = 40
"""Characters of what a file calls a setting, when that is told."""


def register(application: BotApplication) -> None:
    application.add_handler(on_admin_press(Action.EXPORT, export))
    application.add_handler(on_admin_press(Action.IMPORT, ask_for_file))
    application.add_handler(on_admin_press(Action.USE, use))
    # What stands below a file is a message as any other: somebody may be in danger.
    file = filters.UpdateType.MESSAGE & filters.Document.ALL & ~filters.CAPTION
    awaited = AwaitedReply(application.bot_data.memory, Link)
    application.add_handler(MessageHandler(file & awaited, on_message(take_file)))


async def export(press: AdminPress, context: BotContext) -> None:
    """Send the settings as a file to where the button was pressed."""
    settings = await context.bot_data.group_settings.of(press.chat_id)
    await press.message.reply_document(
        write_file(settings),
        filename=f"settings-{datetime.now(UTC).date()}.json",
        caption=context.texts.copying.file,
        do_quote=press.message.chat.type != press.message.chat.PRIVATE and not is_for_one(press.message),
        allow_sending_without_reply=True,
    )
    await answer_press(press.query)


async def ask_for_file(press: AdminPress, context: BotContext) -> None:
    """Send a message that the admin is to reply to with a file."""
    await prompt(press.message, press.chat_id, _PROMPT, context.texts.copying.question, context)
    await answer_press(press.query)


async def take_file(message: Message, context: BotContext) -> None:
    """Show what the file would change, if an admin sent it; one that can't be used is explained, and asked for anew."""
    awaited = context.memory.prompt_for(message)
    if awaited is None or message.reply_to_message is None or message.document is None:
        return
    chat_id, _ = awaited
    if not await may_set(message, chat_id, context):
        await send(message, context.texts.settings.not_admin)
        return
    try:
        portable = read_file(await _download(message.document))
    except SettingsFileError as error:
        fault = context.texts.copying.faults[error.fault.name.lower()]
        told = fault.format(name=escape(error.name[:_LONGEST_NAME]))
        await prompt(message, chat_id, _PROMPT, told, context)
    else:
        await _offer(portable, message, chat_id, None, context)
    context.memory.prompts.pop((message.chat_id, message.reply_to_message.message_id), None)


async def offer_copy(payload: str, message: Message, context: BotContext) -> None:
    """Show what copying the settings of the group in a deep link's payload would change here.

    For who administers both groups, as Telegram says now. Who writes in the group's name can't be looked up in the
    other one.
    """
    words, admins = context.texts.copying, context.bot_data.admins
    source = context.bot_data.seal.copied_group(payload)
    if source is None or not await admins.wrote(context.bot, message):
        await send(message, context.texts.settings.not_admin)
    elif message.sender_chat is not None:
        await send(message, words.anonymous)
    elif source == message.chat_id:
        await send(message, words.same_group)
    elif not await admins.include(context.bot, source, message.from_user):
        await send(message, words.only_of_both)
    else:
        portable = Portable.of(await context.bot_data.group_settings.of(source))
        await _offer(portable, message, message.chat_id, source, context)


async def use(press: AdminPress, context: BotContext) -> None:
    """Use the settings that were shown in this message; copied ones only for an admin of both groups."""
    key = (press.message.chat_id, press.message.message_id)
    words, data = context.texts.copying, context.bot_data
    chat_id, portable, source = context.memory.offers.get(key, (0, Portable({}), None))
    if chat_id != press.chat_id:
        await alert(press.query, words.run_out)
        return
    if source is not None and not await data.admins.include(context.bot, source, press.query.from_user):
        await alert(press.query, words.only_of_both)
        return
    await data.group_settings.change(chat_id, portable.put_into)
    await edit(context.bot, *key, words.used)  # the button goes with it; who pressed twice till then gets the same
    await answer_press(press.query)


async def _download(document: Document) -> bytes:
    """What is in the file. Raises SettingsFileError for one that is too large, without fetching it."""
    if (document.file_size or 0) > LARGEST_FILE:
        raise SettingsFileError(Fault.TOO_LARGE)
    file = await document.get_file()
    return bytes(await file.download_as_bytearray())


async def _offer(portable: Portable, message: Message, chat_id: int, source: int | None, context: BotContext) -> None:
    """Say what would change in the group `chat_id`; `source` is the group that it is copied from, if it is."""
    words = context.texts.copying
    before = await panel_of(message, chat_id, context)
    changes = told_changes(before, replace(before, settings=portable.put_into(before.settings)))
    if not changes:
        await send(message, words.nothing_new)
        return
    choice = keyboard([[button(words.use, Action.USE, chat_id), button(words.leave, Action.CANCEL, chat_id)]])
    sent = await send(message, words.sure.format(changes="\n".join(f"• {line}" for line in changes)), choice)
    context.memory.offers[sent.chat_id, sent.message_id] = (chat_id, portable, source)
