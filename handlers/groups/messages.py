"""Messages in groups: which of them the bot answers, and how it stays out of the others."""

from __future__ import annotations

from telegram import Message, Update
from telegram.constants import ReactionEmoji
from telegram.ext import MessageHandler, filters

from handlers import pictures, urgent
from handlers.bookkeeping import count, remember
from handlers.context import BotApplication, BotContext
from handlers.delivery import edit, react, send
from handlers.groups.addressing import Addressed, Manner, addressed, is_command, speaks_to_somebody, words_of
from handlers.groups.answers import GroupVoice
from handlers.groups.places import is_in_topics, is_quiet, may_write
from handlers.rendering import Rendered
from knowledge.reply import Answer, Reply, Suggestions, Unknown
from runtime.storage import ChatSettings, Mode

_WORDS = filters.TEXT | filters.CAPTION


def register(application: BotApplication) -> None:
    application.add_handler(MessageHandler(filters.ChatType.GROUPS & _WORDS, heard))


async def heard(update: Update, context: BotContext) -> None:
    """Answer a message if it is for the bot, or if the group wants plain questions answered and this is one."""
    message = update.effective_message
    if message is None:
        return
    settings = await context.bot_data.group_settings.of(message.chat_id)
    to_bot = addressed(message, context.bot)
    if to_bot is not None and _answers(settings.mode, to_bot.manner):
        await _reply_to(to_bot, message, settings, context)
    elif not is_command(message):
        await _overhear(message, settings, context)


async def voice_in(message: Message, context: BotContext) -> GroupVoice:
    """How the bot speaks in the group of `message`."""
    settings = await context.bot_data.group_settings.of(message.chat_id)
    return _voice(settings, context)


def _answers(mode: Mode, manner: Manner) -> bool:
    return manner is Manner.COMMAND or mode is not Mode.COMMANDS


async def _reply_to(to_bot: Addressed, message: Message, settings: ChatSettings, context: BotContext) -> None:
    after = context.shown_last(message.chat_id, message.message_thread_id)
    reply = context.answerer.reply(to_bot.asked, after=after) if to_bot.asked else Unknown()
    if urgent.is_urgent(reply):
        await urgent.reply_in_group(reply, to_bot.about, settings, context)
    elif not is_in_topics(message, settings):
        return
    elif to_bot.thanks:
        await react(message, ReactionEmoji.RED_HEART)
    elif not to_bot.asks:
        return
    elif is_quiet(settings):
        await react(message, ReactionEmoji.SLEEPING_FACE)
    elif not to_bot.asked:
        await send(message, context.texts.ask_what)
    else:
        await _send_reply(reply, to_bot.about, message, settings, context)


async def _overhear(message: Message, settings: ChatSettings, context: BotContext) -> None:
    reply = context.answerer.reply(words_of(message), overheard=True)
    if urgent.is_urgent(reply):
        await urgent.reply_in_group(reply, message, settings, context)
        return
    if settings.mode is not Mode.LISTEN or not may_write(message, settings) or speaks_to_somebody(message):
        return
    if not isinstance(reply, Answer) or not _voice(settings, context).may_show(reply.entries[0]):
        return
    first = reply.entries[0].id
    pace = context.bot_data.pace
    if (message.chat_id, message.message_id) in context.memory.answer_to:
        await _send_reply(reply, message, message, settings, context)
    elif message.edit_date is None and pace.may_speak_up(message.chat_id, first, settings.cooldown_minutes):
        pace.spoke_up(message.chat_id, first)
        await _send_reply(reply, message, message, settings, context)


async def _send_reply(
    reply: Reply, about: Message, message: Message, settings: ChatSettings, context: BotContext
) -> None:
    """Send `reply` as an answer to `about`, or change the one that was sent before `message` was edited."""
    voice = _voice(settings, context)
    allowed = voice.allowed(reply)
    if allowed is not None:
        remember(context, message, allowed)
        shown = voice.rendered(allowed)
    elif isinstance(reply, Answer | Suggestions):
        shown = voice.refusal(reply.entries[0])
    else:
        return
    key = (message.chat_id, message.message_id)
    earlier = context.memory.answer_to.get(key)
    if earlier and await edit(context.bot, message.chat_id, earlier, shown.html, shown.markup):
        await pictures.show_below(earlier, allowed, about, context)
        return
    sent = await send_in_group(shown, about, settings, context)
    context.memory.answer_to[key] = sent.message_id
    if message.sender_chat is None and message.from_user is not None:
        context.memory.asked_by[sent.chat_id, sent.message_id] = message.from_user.id
    if allowed is not None:
        _note(allowed, message.chat_id, settings, context)
    await pictures.show_below(sent.message_id, allowed, about, context)


def _note(reply: Reply, chat_id: int, settings: ChatSettings, context: BotContext) -> None:
    for entry in reply.entries if isinstance(reply, Answer) else ():
        context.bot_data.pace.showed(chat_id, entry.id)
    if settings.statistics:
        count(context, chat_id, reply)


async def send_in_group(shown: Rendered, about: Message, settings: ChatSettings, context: BotContext) -> Message:
    """Send an answer, which goes away by itself where the group wants that."""
    sent = await send(about, shown.html, shown.markup)
    if settings.auto_delete_minutes:
        context.bot_data.deletions.after(settings.auto_delete_minutes, context.bot, sent.chat_id, sent.message_id)
    return sent


def _voice(settings: ChatSettings, context: BotContext) -> GroupVoice:
    return GroupVoice(context.knowledge, context.texts, settings, context.bot.username)
