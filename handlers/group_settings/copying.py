"""A group's settings as a file, kept and used again; and copied to another group of the same admin's.

Whatever comes from a file or another group is first shown in words, and used only when an admin presses the button
below. Until then it is in memory, for some minutes. Who administers what is asked of Telegram and never kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from html import escape

from telegram import Document, Message
from telegram.constants import MessageLimit
from telegram.ext import MessageHandler, filters

from handlers.adapters import alert, answer_press, is_in_group, on_message
from handlers.context import BotApplication, BotContext
from handlers.ephemeral import is_for_one
from handlers.group_settings.command import AwaitedReply, may_set, panel_of, prompt
from handlers.group_settings.kinds import Link
from handlers.group_settings.pages import told_changes, told_details
from handlers.groups.admins import AdminPress, on_admin_press
from handlers.groups.messages import heard
from handlers.keyboards import Action, button, keyboard
from handlers.private.questions import question
from handlers.respond import edit, send
from knowledge.model import topic_key
from knowledge.rendering.rich_text import utf16_length
from knowledge.reply import Answer, CheckIn, Urgent
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
    words = filters.UpdateType.MESSAGE & filters.TEXT & ~filters.COMMAND
    application.add_handler(MessageHandler(words & awaited, on_message(want_a_file)))


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
        return
    await _offer(portable, message, chat_id, None, context)
    context.memory.prompts.pop((message.chat_id, message.reply_to_message.message_id), None)


async def want_a_file(message: Message, context: BotContext) -> None:
    """Say that a file is wanted, to an admin who replied with words that mean nothing else.

    What tells of danger, and what is surely a question, is heard as if it replied to nothing.
    """
    awaited = context.memory.prompt_for(message)
    reply = await context.decide(message.text or "")
    means_more = isinstance(reply, Urgent | CheckIn) or (isinstance(reply, Answer) and not reply.guess)
    if awaited is not None and not means_more and await may_set(message, awaited[0], context):
        await prompt(message, awaited[0], _PROMPT, context.texts.copying.no_file, context)
    else:
        await (heard if is_in_group(message) else question)(message, context)


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
    """Say what would change in the group `chat_id`; `source` is the group that it is copied from, if it is.

    Nothing is offered that was not shown whole: a file may be made to look like another.
    """
    words, knowledge = context.texts.copying, context.knowledge
    subjects = [topic_key(title) for title in knowledge.topics]
    portable = portable.within(silenced_entries=knowledge.entries, silenced_groups=subjects)
    before = await panel_of(message, chat_id, context)
    after = replace(before, settings=portable.put_into(before.settings))
    changes = told_changes(before, after)
    if not changes:
        await send(message, words.nothing_new)
        return
    choice = keyboard([[button(words.use, Action.USE, chat_id), button(words.leave, Action.CANCEL, chat_id)]])
    summary = words.sure.format(changes="\n".join(f"• {line}" for line in changes))
    *first, last = _in_messages([summary, *told_details(before, after)])
    for html in first:
        await send(message, html)
    sent = await send(message, last, choice)
    context.memory.offers[sent.chat_id, sent.message_id] = (chat_id, portable, source)


def _in_messages(blocks: Iterable[str]) -> list[str]:
    """The blocks, in order, in as few messages as can hold them; none of them is longer than a message."""
    messages: list[str] = []
    for block in blocks:
        longer = f"{messages[-1]}\n{block}" if messages else block
        if messages and utf16_length(longer) <= MessageLimit.MAX_TEXT_LENGTH:
            messages[-1] = longer
        else:
            messages.append(block)
    return messages
