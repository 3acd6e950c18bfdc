"""Buttons that open the answer of an entry, in private chats and in groups."""

from __future__ import annotations

from handlers.adapters import Press, answer_press, is_in_group, on_press
from handlers.context import BotApplication, BotContext
from handlers.groups.answers import voice_in
from handlers.keyboards import Action
from handlers.private.topics import show_topics
from handlers.rendering import Rendered
from handlers.respond import entry_shown_in, send_below, settings_at, turn_into
from knowledge.model import Entry
from knowledge.reply import Answer


def register(application: BotApplication) -> None:
    application.add_handler(on_press(Action.ANSWER_HERE, answer_here))
    application.add_handler(on_press(Action.ANSWER_BELOW, answer_below))


async def answer_here(press: Press, context: BotContext) -> None:
    """Turn the message whose button was pressed into the answer of an entry."""
    shown = await _chosen(press, context)
    if shown is not None:
        await turn_into(shown, press, context)


async def answer_below(press: Press, context: BotContext) -> None:
    """Send the answer of an entry as a new message."""
    shown = await _chosen(press, context)
    if shown is not None:
        await send_below(shown, press, context)


async def _chosen(press: Press, context: BotContext) -> Rendered | None:
    """The answer of the entry that the button names; where it is gone, topics are shown instead."""
    entry = context.knowledge.entries.get(press.argument(0))
    shown = await _render(Answer.chosen(entry), press, context) if entry else None
    if entry is not None and shown is not None:
        await _count(entry, press, context)
    if shown is None:
        await answer_press(press.query, context.texts.gone)
        if not is_in_group(press.message):
            await show_topics(press.message, context)
    return shown


async def _count(entry: Entry, press: Press, context: BotContext) -> None:
    """Count where the reader of an answer went on to, where a group has not switched statistics off."""
    settings = await settings_at(press.message, context)
    before = entry_shown_in(press.message, context)
    if before is not None and before is not entry and (settings is None or settings.statistics):
        context.bot_data.tally.add_follow_up(before.id, entry.id)


async def _render(reply: Answer, press: Press, context: BotContext) -> Rendered | None:
    """The answer as the chat of the button gets it; None where a group wants its entry silent."""
    if not is_in_group(press.message):
        return context.render(reply)
    voice = await voice_in(press.message, context)
    return voice.render(reply) if voice.may_show(reply.entries[0]) else None
