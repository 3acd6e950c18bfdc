"""/settings: a group's admins change them by buttons, in the group or, so that nobody is disturbed, in private."""

from __future__ import annotations

from telegram import ForceReply, Message, Update
from telegram.error import BadRequest, Forbidden
from telegram.ext import CallbackQueryHandler, CommandHandler, MessageHandler, filters
from telegram.helpers import create_deep_linked_url

from handlers.adapters import alert, answer_press, is_in_group
from handlers.context import BotApplication, BotContext, Memory
from handlers.group_settings.changes import Field, NotAcceptedError, change_of, change_typed
from handlers.group_settings.pages import PAGE_OF, Page, Panel
from handlers.groups.admins import AdminPress, admin_command, admin_press
from handlers.groups.speaking import GENERAL_TOPIC
from handlers.keyboards import Action, pattern, topic_key
from handlers.respond import edit, send

TYPED = {Field.OWN_LINE, Field.ZONE}


class _AwaitedReply(filters.MessageFilter):
    """A reply to a message that asked for a typed value."""

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        self._memory = memory

    def filter(self, message: Message) -> bool:
        replied = message.reply_to_message
        return replied is not None and (message.chat_id, replied.message_id) in self._memory.prompts


def register(application: BotApplication) -> None:
    new = filters.UpdateType.MESSAGE
    awaited = _AwaitedReply(application.bot_data.memory)
    application.add_handler(CommandHandler("settings", settings, new))
    application.add_handler(MessageHandler(new & filters.TEXT & ~filters.COMMAND & awaited, typed))
    application.add_handler(MessageHandler(filters.StatusUpdate.FORUM_TOPIC_CREATED, topic_opened))
    application.add_handler(CallbackQueryHandler(show_page, pattern(Action.SETTINGS)))
    application.add_handler(CallbackQueryHandler(set_value, pattern(Action.SET)))
    application.add_handler(CallbackQueryHandler(ask_to_type, pattern(Action.TYPE)))


async def settings(update: Update, context: BotContext) -> None:
    """Show the settings of this group to its admins."""
    message = await admin_command(update, context)
    if message is None:
        return
    _note_topic(message, context)
    shown = (await _panel(message, message.chat_id, context)).page(Page.MAIN)
    await send(message, shown.html, shown.markup)


async def open_in_private(message: Message, chat_id: int | None, context: BotContext) -> None:
    """Show the settings of a group in a private chat, if whoever followed the link administers that group."""
    user = message.from_user
    if chat_id is None or not await context.bot_data.admins.include(context.bot, chat_id, user):
        await send(message, context.texts.settings.not_admin)
        return
    shown = (await _panel(message, chat_id, context)).page(Page.MAIN)
    await send(message, shown.html, shown.markup)


async def show_page(update: Update, context: BotContext) -> None:
    """Turn the message into another page of the settings."""
    press = await admin_press(update, context)
    if press is None:
        return
    name, *arguments = press.arguments or [""]
    if name == Page.CLOSE:
        await _close(press, context)
        return
    await _turn(press, name, arguments, context)
    await answer_press(press.query)


async def set_value(update: Update, context: BotContext) -> None:
    """Make the change that the button stands for, and show its page as it is then."""
    press = await admin_press(update, context)
    if press is None:
        return
    name, value = (*press.arguments, "", "")[:2]
    try:
        await context.bot_data.group_settings.change(press.chat_id, change_of(name, value, context.knowledge))
    except ValueError:
        await alert(press.query, context.texts.old_button)
        return
    field = Field(name)
    await _turn(press, PAGE_OF[field], _place(field, value, context), context)
    await answer_press(press.query, context.texts.settings.saved)


async def ask_to_type(update: Update, context: BotContext) -> None:
    """Send a message that the admin is to reply to with a value."""
    press = await admin_press(update, context)
    if press is None:
        return
    field = next((each for each in TYPED if each == "".join(press.arguments)), None)
    if field is None:
        await alert(press.query, context.texts.old_button)
        return
    await _prompt(press.message, press.chat_id, field, _question(field, context), context)
    await answer_press(press.query)


async def typed(update: Update, context: BotContext) -> None:
    """Take the typed value, if an admin sent it; one that can't be used is explained, and asked for again."""
    message = update.effective_message
    if message is None or message.reply_to_message is None:
        return
    key = (message.chat_id, message.reply_to_message.message_id)
    chat_id, name = context.memory.prompts[key]
    if not await _may_type(message, chat_id, context):
        await send(message, context.texts.settings.not_admin)
        return
    field = Field(name)
    try:
        await context.bot_data.group_settings.change(chat_id, change_typed(field, message.text or ""))
    except NotAcceptedError as refusal:
        await _prompt(message, chat_id, field, _refused(field, refusal, context), context)
        return
    finally:
        context.memory.prompts.pop(key, None)
    shown = (await _panel(message, chat_id, context)).page(PAGE_OF[field])
    await send(message, shown.html, shown.markup)


async def topic_opened(update: Update, context: BotContext) -> None:
    """Remember the name of a new topic for a while, so that the settings can show it."""
    message = update.effective_message
    if message and message.forum_topic_created and message.message_thread_id:
        context.memory.topics[message.chat_id, message.message_thread_id] = message.forum_topic_created.name


async def _panel(message: Message, chat_id: int, context: BotContext) -> Panel:
    """The settings of `chat_id`, to be shown in the chat of `message`."""
    stored = await context.bot_data.group_settings.of(chat_id)
    in_group = is_in_group(message)
    title, is_forum = "", bool(message.chat.is_forum)
    if not in_group:
        chat = await context.bot.get_chat(chat_id)
        title, is_forum = chat.title or "", bool(chat.is_forum)
    link = create_deep_linked_url(context.bot.username, context.bot_data.seal.settings_link(chat_id))
    topics = _known_topics(chat_id, context) if is_forum else None
    return Panel(chat_id, stored, context.knowledge, context.texts, title, topics, link if in_group else "")


def _known_topics(chat_id: int, context: BotContext) -> dict[int, str]:
    known = {thread: name for (chat, thread), name in context.memory.topics.items() if chat == chat_id}
    return {GENERAL_TOPIC: context.texts.settings.general_topic} | known


def _note_topic(message: Message, context: BotContext) -> None:
    if not message.is_topic_message or not message.message_thread_id:
        return
    root = message.reply_to_message
    name = root.forum_topic_created.name if root and root.forum_topic_created else ""
    context.memory.topics.setdefault((message.chat_id, message.message_thread_id), name)


async def _turn(press: AdminPress, name: str, arguments: list[str], context: BotContext) -> None:
    shown = (await _panel(press.message, press.chat_id, context)).page(name, arguments)
    await edit(context.bot, press.message.chat_id, press.message.message_id, shown.html, shown.markup)


async def _close(press: AdminPress, context: BotContext) -> None:
    try:
        await press.message.delete()
    except (BadRequest, Forbidden):
        await edit(context.bot, press.message.chat_id, press.message.message_id, context.texts.settings.closed)
    await answer_press(press.query)


def _place(field: Field, value: str, context: BotContext) -> list[str]:
    """The arguments of the page on which a value was set: the group of entries, and the page in it."""
    name = value[1:]
    if field is Field.SILENCED_GROUP:
        return [name, "0"]
    if field is Field.SILENCED_ENTRY:
        entry = context.knowledge.entries[name]
        return [topic_key(entry.group), str(Panel.page_of(entry, context.knowledge))]
    return []


async def _may_type(message: Message, chat_id: int, context: BotContext) -> bool:
    admins = context.bot_data.admins
    if message.chat_id == chat_id:
        return await admins.wrote(context.bot, message)
    return await admins.include(context.bot, chat_id, message.from_user)


async def _prompt(message: Message, chat_id: int, field: Field, html: str, context: BotContext) -> None:
    words = context.texts.settings
    placeholder = words.line_placeholder if field is Field.OWN_LINE else words.zone_placeholder
    # In a group a forced reply would open for every member, or else name the admin, who may be anonymous.
    markup = None if is_in_group(message) else ForceReply(input_field_placeholder=placeholder)
    sent = await send(message, html, markup)
    context.memory.prompts[sent.chat_id, sent.message_id] = (chat_id, field)


def _question(field: Field, context: BotContext) -> str:
    words = context.texts.settings
    return words.type_line if field is Field.OWN_LINE else words.type_zone


def _refused(field: Field, refusal: NotAcceptedError, context: BotContext) -> str:
    words = context.texts.settings
    if field is Field.OWN_LINE:
        return words.line_too_long.format(length=refusal.length)
    if refusal.similar:
        return words.zone_similar.format(zones=", ".join(refusal.similar))
    return words.zone_unknown
