"""/reload, for the owners in private; and SIGHUP, which does the same."""

from __future__ import annotations

import contextlib
from functools import partial
from html import escape

from telegram import Bot, Message
from telegram.error import TelegramError
from telegram.ext import CommandHandler, filters

from handlers.adapters import on_message
from handlers.context import BotApplication, BotContext, BotData
from handlers.reloading import Outcome, Refusal
from handlers.respond import send
from handlers.texts import OperatorTexts

_MOST_SHOWN = 8
"""Problems in one message; the log has them all."""

_LONGEST_SHOWN = 400
"""Characters of a problem; eight of them, however many ampersands they hold, and the rest fit into a message."""


def register(application: BotApplication) -> None:
    owners = filters.User(user_id=application.bot_data.owner_ids)
    here = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    application.add_handler(CommandHandler("reload", on_message(reload), here & owners))


async def reload(message: Message, context: BotContext) -> None:
    """Begin to read the files anew, and say so; what came of it is said when it is done."""
    data = context.bot_data
    await send(message, context.texts.operator.reloading)
    data.reloading.begin(data, partial(_report, data, context.bot, [message.chat_id]))


def reload_on_signal(application: BotApplication) -> None:
    """Begin to read the files anew; what is wrong with them goes to the log, and to the owners."""
    data, bot = application.bot_data, application.bot

    async def report_problems(outcome: Outcome) -> None:
        if isinstance(outcome, Refusal):
            await _report(data, bot, sorted(data.owner_ids), outcome)

    data.reloading.begin(data, report_problems)


async def _report(data: BotData, bot: Bot, chats: list[int], outcome: Outcome) -> None:
    html = _worded(outcome, data)
    for chat in chats:
        with contextlib.suppress(TelegramError):  # an owner who never wrote to the bot can't be written to
            await bot.send_message(chat, html)


def _worded(outcome: Outcome, data: BotData) -> str:
    words: OperatorTexts = data.texts.operator
    if isinstance(outcome, Refusal):
        shown = [f"• {escape(each[:_LONGEST_SHOWN])}" for each in outcome.problems[:_MOST_SHOWN]]
        left = len(outcome.problems) - len(shown)
        return "\n".join([words.refused, *shown, *([words.more_in_log.format(number=left)] if left else [])])
    return words.reloaded.format(
        count=len(data.answerer.knowledge.entries),
        added=len(outcome.added),
        removed=len(outcome.removed),
        changed=len(outcome.changed),
        others=", ".join(outcome.others) or words.none,
    )
