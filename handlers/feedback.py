"""👍 👎 below an answer: one vote a reader and answer, and why not, counted without keeping who voted."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, date, datetime

from telegram import InlineKeyboardButton
from telegram.error import BadRequest

from handlers.adapters import Press, answer_press, is_in_group, on_press
from handlers.context import BotApplication, BotContext
from handlers.ephemeral import spot_of
from handlers.keyboards import DOWN, UP, Action, button, entry_buttons, in_rows, keyboard
from handlers.respond import entry_shown_in, send
from knowledge.model import Entry
from runtime.storage import VOTES_KEPT, Reason

_MOST_NEAR = 3
"""Entries that are offered to who was given another than they asked for."""


def register(application: BotApplication) -> None:
    application.add_handler(on_press(Action.VOTE, vote))
    application.add_handler(on_press(Action.WHY, say_why))


async def vote(press: Press, context: BotContext) -> None:
    """Count the press, if the message that carries the button does answer the entry that it names.

    In private, where nobody else would vote below the same message, a thumb down makes room for the reasons.
    """
    storage, thumb, words = context.bot_data.storage, press.argument(1), context.texts.feedback
    entry = _entry_of(press, context)
    if storage is None or entry is None or thumb not in {UP, DOWN}:
        await answer_press(press.query, context.texts.old_button)
        return
    if _is_closed(press):
        await answer_press(press.query, words.closed)
        return
    day, key = await _voter(press, context)
    changed = await storage.vote(entry.id, day, key, thumb == UP)
    asks_why = thumb == DOWN and not is_in_group(press.message)
    if asks_why:
        reasons = [button(text, Action.WHY, entry.id, name) for name, text in words.reasons.items()]
        await _replace(press, _is_vote, in_rows(reasons))
    thanks = words.thanks_yes if thumb == UP else words.why if asks_why else words.thanks_no
    await answer_press(press.query, thanks if changed else words.again)


async def say_why(press: Press, context: BotContext) -> None:
    """Count a reason, once; who asked for something else is offered what was near, and each the way to the editors."""
    storage, words, entry = context.bot_data.storage, context.texts.feedback, _entry_of(press, context)
    reason = press.argument(1)
    if storage is None or entry is None or reason not in set(Reason):
        await answer_press(press.query, context.texts.old_button)
        return
    if _is_closed(press):
        await answer_press(press.query, words.closed)
        return
    day, key = await _voter(press, context)
    changed = await storage.say_why(entry.id, day, key, Reason(reason))
    if not changed:
        await answer_press(press.query, words.again)
        return
    rows = []
    if context.takes_questions and not is_in_group(press.message):
        rows = [[button(context.texts.buttons.to_editors, Action.TO_EDITORS, entry.id)]]
    await _replace(press, _is_reason, rows)
    if reason == Reason.NOT_ASKED:
        await _offer_near(entry, press, context)
    await answer_press(press.query, words.thanks_reason)


async def _offer_near(entry: Entry, press: Press, context: BotContext) -> None:
    """What else was near to the question that the entry answers, below the answer."""
    message = press.message
    seen = context.shown_last(message.chat_id, message.message_thread_id)
    near = seen.near if seen is not None and seen.entry is entry else ()
    offered = near or tuple(context.knowledge.entries[name] for name in entry.related)
    rows = [[each] for each in entry_buttons(offered[:_MOST_NEAR], Action.ANSWER_HERE)]
    topics = [button(context.texts.buttons.none_of_these, Action.TOPICS)]
    await send(message, context.texts.feedback.near, keyboard([*rows, topics]))


def _entry_of(press: Press, context: BotContext) -> Entry | None:
    """The entry that the button names, if the message that carries it shows that entry."""
    entry = context.knowledge.entries.get(press.argument(0))
    return entry if entry is not None and entry_shown_in(press.message, context) is entry else None


def _is_closed(press: Press) -> bool:
    return datetime.now(UTC) - press.message.date >= VOTES_KEPT


async def _voter(press: Press, context: BotContext) -> tuple[date, bytes]:
    """The day of the answer, and what stands for who pressed below it."""
    storage, spot = context.bot_data.storage, spot_of(press.message)
    if storage is None:
        raise ValueError("nobody votes where nothing is kept")
    day = press.message.date.date()
    return day, await storage.voter_key(day, press.person_id, spot.chat_id, spot.number)


async def _replace(
    press: Press, is_replaced: Callable[[InlineKeyboardButton], bool], rows: list[list[InlineKeyboardButton]]
) -> None:
    """Put `rows` below the message in place of the buttons that are replaced; where none is there, leave all."""
    shown = press.message.reply_markup.inline_keyboard if press.message.reply_markup else ()
    kept = [[each for each in row if not is_replaced(each)] for row in shown]
    if sum(map(len, kept)) == sum(map(len, shown)):
        return
    with contextlib.suppress(BadRequest):
        await press.message.edit_reply_markup(keyboard([*kept, *rows]))


def _is_vote(each: InlineKeyboardButton) -> bool:
    return str(each.callback_data).startswith(f"{Action.VOTE.value}:")


def _is_reason(each: InlineKeyboardButton) -> bool:
    return str(each.callback_data).startswith(f"{Action.WHY.value}:")
