"""Notes that the admins of a group wrote, for its members: /note, and a question that is nothing but a note's name.

A note is found by its name alone, never by what it says, and only in its own group.
"""

from __future__ import annotations

from html import escape

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA
from telegram import InlineKeyboardButton, Message
from telegram.constants import ReactionEmoji
from telegram.ext import CommandHandler, filters

from handlers import check_in, urgent
from handlers.adapters import Press, alert, on_message, on_press
from handlers.context import BotApplication, BotContext
from handlers.group_settings.own_notes import tag_of
from handlers.groups.speaking import is_in_topics, is_quiet
from handlers.keyboards import Action, button, keyboard
from handlers.rendering import Rendered
from handlers.respond import react, respond, send_below, settings_at
from knowledge.reply import Answer, CheckIn, Reply, Urgent
from runtime.handling import note_reply
from runtime.storage import ChatSettings, Note, name_key

_SIMILAR = 70.0
"""Least similarity, 0 to 100, of a name that /note could mean."""

_FORGIVEN = 4
"""Characters of a name from which on a question may have one typing error in it."""


def register(application: BotApplication) -> None:
    in_groups = filters.UpdateType.MESSAGES & filters.ChatType.GROUPS
    application.add_handler(CommandHandler("note", on_message(note), in_groups))
    application.add_handler(on_press(Action.NOTE, show_below))


async def note(message: Message, context: BotContext) -> None:
    """Show the note of the name behind the command, or a similar one; without a name, which there are."""
    note_reply("silent")  # until something is said
    settings, named = await context.settings_of(message.chat_id), " ".join(context.args or [])
    reply = await context.decide(named) if named else None
    if isinstance(reply, Urgent):
        await urgent.reply_in_group(reply, message, settings, context)
    elif not is_in_topics(message, settings):
        return
    elif is_quiet(settings):
        note_reply("reaction")
        await react(message, ReactionEmoji.SLEEPING_FACE)
    else:
        found = _similar(named, settings)
        html = _worded(found, context) if found else _list(settings, named, context)
        await _send(html, reply, message, context)


def asked_for(asked: str, reply: Reply, settings: ChatSettings) -> Note | None:
    """The note that a question asks for, which gets `reply` otherwise.

    It has to be a note's name and no more. With a typing error in it, it may mean something else: then there is none
    beside a sure answer.
    """
    key = name_key(asked.strip(" ?!."))
    exact = next((each for each in settings.notes if each.key in {key, name_key(asked)}), None)
    if exact is not None or is_sure(reply):
        return exact
    near = [each for each in settings.notes if len(each.key) >= _FORGIVEN and OSA.distance(each.key, key) <= 1]
    return near[0] if len(near) == 1 else None


def is_sure(reply: Reply) -> bool:
    """Whether it is an answer that the bot is sure of: no note may take the place of what has sources."""
    answer = reply.instead if isinstance(reply, CheckIn) else reply
    return isinstance(answer, Answer) and not answer.guess


def link_to(found: Note, context: BotContext) -> InlineKeyboardButton:
    """The way from an answer to a note that the question may have meant."""
    return button(context.texts.buttons.note.format(name=found.name), Action.NOTE, tag_of(found))


async def show_below(press: Press, context: BotContext) -> None:
    """Send the note below the answer whose button was pressed."""
    settings = await settings_at(press.message, context)
    notes = settings.notes if settings is not None else ()
    found = next((each for each in notes if tag_of(each) == press.argument(0)), None)
    if found is None:
        await alert(press.query, context.texts.old_button)
        return
    note_reply("note")
    await send_below(Rendered(_worded(found, context), keyboard([_remove(context)])), press, context)


async def show(found: Note, reply: Reply, message: Message, context: BotContext) -> None:
    """Answer `message` with a note; `reply` is what it would get otherwise."""
    await _send(_worded(found, context), reply, message, context)


def _similar(named: str, settings: ChatSettings) -> Note | None:
    by_key = {each.key: each for each in settings.notes}
    best = process.extractOne(name_key(named), list(by_key), scorer=fuzz.ratio, score_cutoff=_SIMILAR)
    return by_key[best[0]] if best else None


def _worded(found: Note, context: BotContext) -> str:
    return context.texts.notes.shown.format(name=escape(found.name), text=escape(found.text))


def _list(settings: ChatSettings, named: str, context: BotContext) -> str:
    words = context.texts.notes
    if not settings.notes:
        return words.none
    names = "\n".join(f"• {escape(each.name)}" for each in settings.notes)
    return (words.unknown if named else words.list).format(names=names)


async def _send(html: str, reply: Reply | None, message: Message, context: BotContext) -> None:
    """Answer with this text; who may be in trouble gets the way to be asked in private beside it, as with an answer."""
    aside: list[InlineKeyboardButton] = []
    if isinstance(reply, CheckIn):
        aside = [check_in.link_button(reply.flag, context)]
    note_reply("note")
    await respond(Rendered(html, keyboard([aside, _remove(context)])), message, context, for_all=bool(aside))


def _remove(context: BotContext) -> list[InlineKeyboardButton]:
    return [button(context.texts.buttons.remove, Action.REMOVE)]
