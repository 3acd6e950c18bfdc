"""/settings: a group's admins change them by buttons, in the group or, so that nobody is disturbed, in private."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from telegram import ForceReply, Message, Update
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import CallbackQueryHandler, CommandHandler, MessageHandler, filters
from telegram.helpers import create_deep_linked_url

from handlers import ephemeral
from handlers.adapters import alert, answer_press, is_in_group
from handlers.context import BotApplication, BotContext, Memory
from handlers.ephemeral import Standing, receiver_of, spot_of
from handlers.group_settings.kinds import NotAcceptedError, Personal, Setting, Typed
from handlers.group_settings.pages import CLOSE, notice_of, page
from handlers.group_settings.panel import Panel
from handlers.group_settings.table import setting_named
from handlers.groups.admins import AdminPress, admin_command, admin_press
from handlers.groups.speaking import GENERAL_TOPIC
from handlers.keyboards import Action, pattern
from handlers.rendering import Rendered
from handlers.respond import edit_at, send, send_alone
from runtime.storage import ChatSettings, Mode


class AwaitedReply(filters.MessageFilter):
    """A reply to a message that asked for a value of a setting of this kind."""

    def __init__(self, memory: Memory, kind: type[Setting]) -> None:
        super().__init__()
        self._memory = memory
        self._kind = kind

    def filter(self, message: Message) -> bool:
        prompt = self._memory.prompt_for(message)
        return prompt is not None and isinstance(setting_named(prompt[1]), self._kind)


def register(application: BotApplication) -> None:
    new = filters.UpdateType.MESSAGE
    awaited = AwaitedReply(application.bot_data.memory, Typed)
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
    await _show(page(await panel_of(message, message.chat_id, context)), message, context)


async def open_in_private(message: Message, chat_id: int | None, context: BotContext) -> None:
    """Show the settings of a group in a private chat, if whoever followed the link administers that group."""
    user = message.from_user
    if chat_id is None or not await context.bot_data.admins.include(context.bot, chat_id, user):
        await send(message, context.texts.settings.not_admin)
        return
    shown = page(await panel_of(message, chat_id, context))
    await send(message, shown.html, shown.markup)


async def show_page(update: Update, context: BotContext) -> None:
    """Turn the message into another page of the settings."""
    press = await admin_press(update, context)
    if press is None:
        return
    name, *arguments = press.arguments or [""]
    if name == CLOSE:
        await _close(press, context)
        return
    await _turn(press, await panel_of(press.message, press.chat_id, context), name, arguments, context)
    await answer_press(press.query)


async def set_value(update: Update, context: BotContext) -> None:
    """Make the change that the button stands for, and show its page as it is then."""
    press = await admin_press(update, context)
    if press is None:
        return
    name, value = (*press.arguments, "", "")[:2]
    try:
        setting = setting_named(name)
        change = setting.change_by(press.person_id, value, context.knowledge)
    except ValueError:
        await alert(press.query, context.texts.old_button)
        return
    if isinstance(setting, Personal) and value == "on":
        refusal = await _confirm_in_private(setting, press, context)
        if refusal:
            await alert(press.query, refusal)
            return
    before = await panel_of(press.message, press.chat_id, context)
    try:
        changed = await context.bot_data.group_settings.change(press.chat_id, change)
    except ValueError:
        await alert(press.query, context.texts.old_button)
        return
    shown, arguments = setting.place(value, context.knowledge)
    after = await panel_of(press.message, press.chat_id, context)
    await _turn(press, after, shown, arguments, context)
    warning = setting.warning(after)
    if warning and changed != before.settings:
        await alert(press.query, warning)
    else:
        await answer_press(press.query, notice_of(before, after))


async def ask_to_type(update: Update, context: BotContext) -> None:
    """Send a message that the admin is to reply to with a value."""
    press = await admin_press(update, context)
    if press is None:
        return
    try:
        setting = _typed_setting(":".join(press.arguments))
    except ValueError:
        await alert(press.query, context.texts.old_button)
        return
    question = context.texts.settings.fields[setting.name]["question"]
    await prompt(press.message, press.chat_id, setting.name, question, context)
    await answer_press(press.query)


async def typed(update: Update, context: BotContext) -> None:
    """Take the typed value, if an admin sent it; one that can't be used is explained, and asked for again."""
    message = update.effective_message
    if message is None or message.reply_to_message is None:
        return
    key = (message.chat_id, message.reply_to_message.message_id)
    chat_id, name = context.memory.prompts[key]
    if not await may_set(message, chat_id, context):
        await send(message, context.texts.settings.not_admin)
        return
    setting = _typed_setting(name)
    try:
        change = setting.change_typed(message.text or "", await panel_of(message, chat_id, context))
        await context.bot_data.group_settings.change(chat_id, change)
    except NotAcceptedError as refusal:  # the first request stays open, too: it says what the form is
        await prompt(message, chat_id, name, refusal.html, context)
        return
    context.memory.prompts.pop(key, None)
    await _show(page(await panel_of(message, chat_id, context), setting.page), message, context)


async def topic_opened(update: Update, context: BotContext) -> None:
    """Remember the name of a new topic for a while, so that the settings can show it."""
    message = update.effective_message
    if message and message.forum_topic_created and message.message_thread_id:
        context.memory.topics[message.chat_id, message.message_thread_id] = message.forum_topic_created.name


async def panel_of(message: Message, chat_id: int, context: BotContext) -> Panel:
    """The settings of `chat_id`, to be shown in the chat of `message`."""
    stored = await context.bot_data.group_settings.of(chat_id)
    in_group = is_in_group(message)
    title, is_forum = "", bool(message.chat.is_forum)
    if not in_group:
        chat = await context.bot.get_chat(chat_id)
        title, is_forum = chat.title or "", bool(chat.is_forum)
    username, seal = context.bot.username, context.bot_data.seal
    link = create_deep_linked_url(username, seal.settings_link(chat_id))
    copy_link = create_deep_linked_url(username, seal.copy_link(chat_id), group=True)
    topics = _known_topics(chat_id, context) if is_forum else None
    hearing = context.bot_data.hearing
    private_link, person_id = (link, None) if in_group else ("", message.chat_id)
    return Panel(
        chat_id,
        stored,
        context.knowledge,
        context.texts,
        title,
        topics,
        private_link,
        copy_link,
        person_id,
        hears_all=stored.mode is not Mode.LISTEN or await hearing.is_full(context.bot, chat_id, in_doubt=True),
        for_one=await _standing(chat_id, stored, context),
    )


async def _standing(chat_id: int, settings: ChatSettings, context: BotContext) -> Standing:
    """What becomes of the wish that one member alone sees an answer; where Telegram does not say, that it can be."""
    if not settings.only_for_asker:
        return Standing.ABLE
    if not context.bot_data.ephemeral.is_known:
        return Standing.UNKNOWN
    try:
        is_admin = await context.bot_data.admins.include_id(context.bot, chat_id, context.bot.id)
    except TelegramError:
        return Standing.ABLE
    return Standing.ABLE if is_admin else Standing.NO_ADMIN


async def _show(shown: Rendered, message: Message, context: BotContext) -> None:
    """Send a page; in a group that wants it so, for the admin alone who wrote `message`."""
    settings = await context.bot_data.group_settings.of(message.chat_id) if is_in_group(message) else None
    await send_alone(message, receiver_of(message, settings), shown.html, shown.markup, context)


def _known_topics(chat_id: int, context: BotContext) -> dict[int, str]:
    known = {thread: name for (chat, thread), name in context.memory.topics.items() if chat == chat_id}
    return {GENERAL_TOPIC: context.texts.settings.fields["topic"]["general"]} | known


def _note_topic(message: Message, context: BotContext) -> None:
    if not message.is_topic_message or not message.message_thread_id:
        return
    root = message.reply_to_message
    name = root.forum_topic_created.name if root and root.forum_topic_created else ""
    context.memory.topics.setdefault((message.chat_id, message.message_thread_id), name)


async def _turn(press: AdminPress, panel: Panel, name: str, arguments: Sequence[str], context: BotContext) -> None:
    shown = page(panel, name, arguments)
    await edit_at(context.bot, spot_of(press.message), shown.html, shown.markup)


async def _confirm_in_private(setting: Personal, press: AdminPress, context: BotContext) -> str:
    """Tell an admin in private what they are about to switch on; the reason where it has to stay off, or nothing."""
    panel = await panel_of(press.message, press.chat_id, context)
    words = panel.words_of(setting.name)
    if setting.has(press.person_id, panel):
        return ""
    if setting.is_full(panel):
        return words["full"].format(most=setting.most)
    title = panel.title or press.message.chat.title or ""
    try:
        await context.bot.send_message(press.person_id, words["confirmed"].format(title=escape(title)))
    except (BadRequest, Forbidden):
        return words["start_first"]
    return ""


async def _close(press: AdminPress, context: BotContext) -> None:
    spot = spot_of(press.message)
    try:
        await ephemeral.delete(context.bot, spot)
    except (BadRequest, Forbidden):
        await edit_at(context.bot, spot, context.texts.settings.closed)
    await answer_press(press.query)


def _typed_setting(name: str) -> Typed:
    """Raises ValueError where no setting of that name is typed."""
    setting = setting_named(name)
    if not isinstance(setting, Typed):
        raise ValueError(name)
    return setting


async def may_set(message: Message, chat_id: int, context: BotContext) -> bool:
    """Whether an admin of the group wrote `message`, in the group or in private."""
    admins = context.bot_data.admins
    if message.chat_id == chat_id:
        return await admins.wrote(context.bot, message)
    return await admins.include(context.bot, chat_id, message.from_user)


async def prompt(message: Message, chat_id: int, name: str, html: str, context: BotContext) -> None:
    """Ask beside `message`, in words that are HTML, for a reply with the setting `name` of a group."""
    placeholder = context.texts.settings.fields[name]["placeholder"]
    # In a group a forced reply would open for every member, or else name the admin, who may be anonymous.
    markup = None if is_in_group(message) else ForceReply(input_field_placeholder=placeholder)
    sent = await send(message, html, markup)
    context.memory.prompts[sent.chat_id, sent.message_id] = (chat_id, name)
