"""/stats: what a group asked over 7 and 30 days, as a table and a small chart; counts only."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from html import escape

from telegram import Message
from telegram.ext import CommandHandler, filters

from handlers.adapters import answer_press
from handlers.context import BotApplication, BotContext
from handlers.groups.admins import AdminPress, on_admin_command, on_admin_press
from handlers.keyboards import Action
from handlers.pictures import send_photo
from handlers.respond import send
from handlers.texts import StatisticsTexts
from knowledge.model import Knowledge
from runtime.storage import Count, What

WEEK, MONTH = 7, 30
"""Days, today included."""

_MOST_ROWS = 14
_NAME_WIDTH = 20


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("stats", on_admin_command(statistics), filters.UpdateType.MESSAGE))
    application.add_handler(on_admin_press(Action.STATISTICS, see_statistics))


async def statistics(message: Message, context: BotContext) -> None:
    """Send the statistics of this group to its admins."""
    await _show(message, message.chat_id, context)


async def see_statistics(press: AdminPress, context: BotContext) -> None:
    """Send the statistics of the group whose settings are shown."""
    await _show(press.message, press.chat_id, context)
    await answer_press(press.query)


async def _show(message: Message, chat_id: int, context: BotContext) -> None:
    words, storage = context.texts.statistics, context.bot_data.storage
    if storage is None:
        return
    await context.bot_data.tally.write()
    today = datetime.now(UTC).date()
    counts = await storage.statistics(chat_id, today - timedelta(days=MONTH - 1), today)
    settings = await context.bot_data.group_settings.of(chat_id)
    note = "" if settings.statistics else f"\n{words.switched_off}"
    if not counts:
        await send(message, words.nothing + note)
        return
    from handlers.groups.chart import draw  # the drawing library is slow to import, and few ever ask

    picture = await asyncio.to_thread(draw, answered_by_day(counts, today), words.chart)
    await send_photo(message, picture, f"{table(counts, today, context.knowledge, words)}{note}")


def answered_by_day(counts: Sequence[Count], today: date) -> list[tuple[date, int]]:
    """For each of the last 30 days, how many messages got an answer."""
    by_day: Counter[date] = Counter()
    for each in counts:
        if each.what is What.ANSWERED:
            by_day[each.day] += each.number
    days = [today - timedelta(days=back) for back in range(MONTH - 1, -1, -1)]
    return [(day, by_day[day]) for day in days]


def table(counts: Sequence[Count], today: date, knowledge: Knowledge, words: StatisticsTexts) -> str:
    """The counts of 7 and of 30 days, by what became of the messages and by group of entries, as HTML."""
    first_of_week = today - timedelta(days=WEEK - 1)
    week: Counter[str] = Counter()
    month: Counter[str] = Counter()
    for each in counts:
        names = [words.kinds[each.what]]
        entry = knowledge.entries.get(each.entry_id or "")
        if each.what is What.ANSWERED:
            names.append(f"  {entry.topic if entry else words.gone}")
        for name in names:
            month[name] += each.number
            week[name] += each.number if each.day >= first_of_week else 0
    kinds = list(words.kinds.values())
    groups = sorted((name for name in month if name not in kinds), key=lambda name: (-month[name], name))
    answered, *others = kinds
    rows = [answered, *groups[: _MOST_ROWS - len(kinds)], *others]
    lines = [f"{'':{_NAME_WIDTH}}{words.week:>8}{words.month:>8}"]
    lines += [f"{name[:_NAME_WIDTH]:{_NAME_WIDTH}}{week[name]:>8}{month[name]:>8}" for name in rows]
    return f"<b>{escape(words.title)}</b>\n<pre>{escape(chr(10).join(lines))}</pre>"
