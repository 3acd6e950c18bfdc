"""/status, for the owners in private: what runs, and what it lacks."""

from __future__ import annotations

from html import escape

from telegram import Message
from telegram.ext import CommandHandler, filters

from handlers.adapters import on_message
from handlers.context import BotApplication, BotContext
from handlers.respond import send
from runtime.version import VERSION


def register(application: BotApplication) -> None:
    owners = filters.User(user_id=application.bot_data.owner_ids)
    here = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    application.add_handler(CommandHandler("status", on_message(status), here & owners))


async def status(message: Message, context: BotContext) -> None:
    words = context.texts.operator
    lacks = context.answerer.triage.lacks
    triage = words.triage_lacks.format(what=escape(lacks)) if lacks else words.triage_whole
    text = words.status.format(version=VERSION, count=len(context.knowledge.entries), triage=triage)
    await send(message, text)
