"""Messages in groups: which of them the bot answers, and how it stays out of the others."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineKeyboardButton, Message
from telegram.constants import ReactionEmoji
from telegram.ext import MessageHandler, filters

from handlers import check_in, urgent
from handlers.adapters import on_message
from handlers.context import BotApplication, BotContext
from handlers.groups import own_notes
from handlers.groups.addressing import (
    Addressed,
    Manner,
    addressed,
    is_command,
    is_reply_to,
    speaks_to_somebody,
    words_of,
)
from handlers.groups.answers import voice_by
from handlers.groups.speaking import is_in_topics, is_quiet, may_write
from handlers.respond import entry_shown_in, react, respond, send
from knowledge.answering import Seen
from knowledge.reply import Answer, CheckIn, Reply, Suggestions, Unknown, Urgent
from runtime.handling import note_reply
from runtime.storage import ChatSettings, Mode

_WORDS = filters.TEXT | filters.CAPTION


def register(application: BotApplication) -> None:
    application.add_handler(MessageHandler(filters.ChatType.GROUPS & _WORDS, on_message(heard)))


async def heard(message: Message, context: BotContext) -> None:
    """Answer a message if it is for the bot, or if the group wants plain questions answered and this is one."""
    note_reply("silent")  # until something is said
    settings = await context.settings_of(message.chat_id)
    to_bot = addressed(message, context.bot)
    if to_bot is not None and _answers(settings.mode, to_bot.manner):
        await _reply_to(to_bot, message, settings, context)
    elif not is_command(message):
        await _overhear(message, settings, context)


def _answers(mode: Mode, manner: Manner) -> bool:
    return manner is Manner.COMMAND or mode is not Mode.COMMANDS


async def _reply_to(to_bot: Addressed, message: Message, settings: ChatSettings, context: BotContext) -> None:
    after = _seen_before(message, context)
    utterance = context.answerer.read(to_bot.asked)
    reply = await context.decide(utterance, after=after) if to_bot.asked else Unknown()
    if isinstance(reply, Urgent):
        await urgent.reply_in_group(reply, to_bot.about, settings, context)
        return
    note = own_notes.asked_for(to_bot.asked, reply, settings) if to_bot.about is message else None
    if not is_in_topics(message, settings):
        return
    if note is None and to_bot.is_thanks(context.texts.thanks, context.answerer.read):
        note_reply("reaction")
        await react(message, ReactionEmoji.RED_HEART)
    elif note is None and not to_bot.asks(utterance) and not _goes_on(to_bot, reply):
        return
    elif is_quiet(settings):
        note_reply("reaction")
        await react(message, ReactionEmoji.SLEEPING_FACE)
    elif note is not None and not (own_notes.is_sure(reply) and _is_allowed(reply, settings, context)):
        await own_notes.show(note, reply, message, context)
    elif not to_bot.asked:
        note_reply("ask_what")
        await send(message, context.texts.groups.ask_what.format(bot=context.bot.username))
    else:
        beside = [own_notes.link_to(note, context)] if note is not None else []
        await _send_reply(reply, to_bot.about, message, settings, context, beside)


def _seen_before(message: Message, context: BotContext) -> Seen | None:
    """What `message` may lean on: the answer that it replies to, be it an older one, or else the latest."""
    last = context.shown_last(message.chat_id, message.message_thread_id)
    replied = message.reply_to_message
    if replied is None or not is_reply_to(message, context.bot.id):
        return last
    entry = entry_shown_in(replied, context)
    return last if entry is None or (last is not None and last.entry.id == entry.id) else Seen(entry)


def _goes_on(to_bot: Addressed, reply: Reply) -> bool:
    """Whether a reply that asks nothing by its form plainly goes on with what the bot said, or complains of it."""
    if to_bot.manner is not Manner.REPLY:
        return False
    match reply:
        case Answer():
            return reply.asked.follows
        case Suggestions() | Unknown():
            return reply.to_bot or (isinstance(reply, Suggestions) and reply.no_more)
    return False


def _is_allowed(reply: Reply, settings: ChatSettings, context: BotContext) -> bool:
    """Whether the group wants anything of `reply` to be said."""
    return voice_by(settings, context).allow(reply.instead if isinstance(reply, CheckIn) else reply) is not None


async def _overhear(message: Message, settings: ChatSettings, context: BotContext) -> None:
    reply = await context.decide(words_of(message), overheard=True)
    if isinstance(reply, Urgent):
        await urgent.reply_in_group(reply, message, settings, context)
        return
    if settings.mode is not Mode.LISTEN or not may_write(message, settings) or speaks_to_somebody(message):
        return
    if not isinstance(reply, Answer) or not voice_by(settings, context).may_show(reply.entries[0]):
        return
    if (message.chat_id, message.message_id) in context.memory.answer_to:
        await _send_reply(reply, message, message, settings, context)
    elif message.edit_date is not None:
        return
    elif await context.bot_data.pace.speaks_up(message.chat_id, reply.entries[0].id, settings.cooldown_minutes):
        await _send_reply(reply, message, message, settings, context)
    else:  # too soon: whoever asks shall not think that nobody noticed
        note_reply("reaction")
        await react(message, ReactionEmoji.SLEEPING_FACE)


async def _send_reply(
    reply: Reply,
    about: Message,
    message: Message,
    settings: ChatSettings,
    context: BotContext,
    beside: Sequence[InlineKeyboardButton] = (),
) -> None:
    """Answer `message` with what the group allows of `reply`; `about` is the message that is answered, and the buttons
    `beside` stand above the answer's own.

    Nobody is asked in front of others whether they are in trouble: there a button leads to where they can be.
    """
    voice = voice_by(settings, context)
    aside = [check_in.link_button(reply.flag, context)] if isinstance(reply, CheckIn) else []
    if isinstance(reply, CheckIn):
        reply = reply.instead
    allowed = voice.allow(reply)
    if allowed is not None:
        shown = voice.render(allowed, [*aside, *beside])
        await respond(shown, message, context, about=about, for_all=bool(aside))
    elif isinstance(reply, Answer | Suggestions):
        note_reply("silenced")
        await respond(voice.refuse(reply.entries[0]), message, context, about=about)
