"""👍 👎 below an answer: one vote a reader and answer, and why not, counted without keeping who voted."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from telegram import InlineKeyboardButton
from telegram.error import BadRequest

from handlers.adapters import Press, answer_press, is_in_group, on_press
from handlers.context import BotApplication, BotContext
from handlers.ephemeral import spot_of
from handlers.keyboards import DOWN, UP, Action, action_of, button, entry_buttons, in_rows, keyboard
from handlers.respond import entry_shown_in, send
from knowledge.model import Entry
from runtime.storage import VOTES_KEPT, Reason

if TYPE_CHECKING:
    from runtime.storage.storage import Storage

_MOST_NEAR = 3
"""Entries that are offered to who was given another than they asked for."""


def register(application: BotApplication) -> None:
    application.add_handler(on_press(Action.VOTE, vote))
    application.add_handler(on_press(Action.WHY, say_why))


async def vote(press: Press, context: BotContext) -> None:
    """Count the press, if the message that carries the button does answer the entry that it names.

    In private, where nobody else would vote below the same message, a thumb down makes room for the reasons.
    """
    thumb, words = press.argument(1), context.texts.feedback
    poll = await _open_poll(press, context, {UP, DOWN})
    if poll is None:
        return
    storage, entry = poll
    day, key = await _voter(press, storage)
    changed = await storage.vote(entry.id, day, key, thumb == UP)
    asks_why = thumb == DOWN and not is_in_group(press.message)
    if asks_why:
        reasons = [button(text, Action.WHY, entry.id, name) for name, text in words.reasons.items()]
        await _replace(press, Action.VOTE, in_rows(reasons))
    thanks = words.thanks_yes if thumb == UP else words.why if asks_why else words.thanks_no
    await answer_press(press.query, thanks if changed else words.again)


async def say_why(press: Press, context: BotContext) -> None:
    """Count a reason, once; who asked for something else is offered what was near, and each the way to the editors."""
    words = context.texts.feedback
    poll = await _open_poll(press, context, set(Reason))
    if poll is None:
        return
    (storage, entry), reason = poll, Reason(press.argument(1))
    day, key = await _voter(press, storage)
    changed = await storage.say_why(entry.id, day, key, reason)
    rows = []
    if context.takes_questions and not is_in_group(press.message):
        rows = [[button(context.texts.buttons.to_editors, Action.TO_EDITORS, entry.id)]]
    await _replace(press, Action.WHY, rows)
    if changed and reason is Reason.NOT_ASKED:
        await _offer_near(entry, press, context)
    await answer_press(press.query, words.thanks_reason if changed else words.again)


async def _offer_near(entry: Entry, press: Press, context: BotContext) -> None:
    """What else was near to the question that the entry answers, below the answer."""
    message = press.message
    seen = context.shown_last(message.chat_id, message.message_thread_id)
    near = seen.near if seen is not None and seen.entry is entry else None
    offered = near or tuple(context.knowledge.entries[name] for name in entry.related)
    if seen is not None and seen.entry is entry:
        context.refuse_near(message.chat_id, message.message_thread_id)
    rows = [[each] for each in entry_buttons(offered[:_MOST_NEAR], Action.ANSWER_HERE)]
    topics = [button(context.texts.buttons.none_of_these, Action.TOPICS)]
    await send(message, context.texts.feedback.near, keyboard([*rows, topics]))


async def _open_poll(press: Press, context: BotContext, choices: Collection[str]) -> tuple[Storage, Entry] | None:
    """Where votes are kept, and the entry that the button names, if the message that carries it shows that entry.

    None where there is no vote on it (any more), or the button's last argument is none of `choices`; that is then said.
    """
    storage, entry = context.bot_data.storage, context.knowledge.entries.get(press.argument(0))
    is_shown = entry is not None and entry_shown_in(press.message, context) is entry
    if storage is None or entry is None or not is_shown or press.argument(1) not in choices:
        await answer_press(press.query, context.texts.old_button)
        return None
    if datetime.now(UTC) - press.message.date >= VOTES_KEPT:
        await answer_press(press.query, context.texts.feedback.closed)
        return None
    return storage, entry


async def _voter(press: Press, storage: Storage) -> tuple[date, bytes]:
    """The day of the answer, and what stands for who pressed below it."""
    spot, day = spot_of(press.message), press.message.date.date()
    return day, await storage.voter_key(day, press.person_id, spot.chat_id, spot.number)


async def _replace(press: Press, replaced: Action, rows: list[list[InlineKeyboardButton]]) -> None:
    """Put `rows` below the message in place of the buttons that do what is `replaced`; where none does, leave all."""
    shown = press.message.reply_markup.inline_keyboard if press.message.reply_markup else ()
    kept = [[each for each in row if action_of(each.callback_data) is not replaced] for row in shown]
    if sum(map(len, kept)) == sum(map(len, shown)):
        return
    with contextlib.suppress(BadRequest):
        await press.message.edit_reply_markup(keyboard([*kept, *rows]))
