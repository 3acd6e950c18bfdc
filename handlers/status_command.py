"""/status, for the owners in private: what runs, what it lacks, and how it is."""

from __future__ import annotations

from html import escape

from telegram import Message
from telegram.ext import CommandHandler, filters

from handlers.adapters import on_message
from handlers.context import BotApplication, BotContext
from handlers.respond import send
from handlers.texts import OperatorTexts
from runtime.health import Health, memory_bytes
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
    health = context.bot_data.health
    await send(message, f"{text}\n{describe(health, words)}" if health else text)


def describe(health: Health, words: OperatorTexts) -> str:
    """How a bot that serves is, as HTML."""
    called = health.last_call_age()
    return words.health.format(
        uptime=_duration(health.uptime(), words),
        memory=round(memory_bytes() / 1_000_000),
        storage=escape(health.storage()) or words.storage_works,
        called=words.never if called is None else words.ago.format(time=_duration(called, words)),
        backlog=health.backlog(),
        oldest=_duration(health.oldest_unfinished(), words),
        limited=health.limited_chats(),
    )


def _duration(seconds: float, words: OperatorTexts) -> str:
    whole = int(seconds)
    days, hours, minutes = whole // 86400, whole // 3600 % 24, whole // 60 % 60
    if days:
        return words.days.format(days=days, hours=hours)
    if hours:
        return words.hours.format(hours=hours, minutes=minutes)
    return words.minutes.format(minutes=minutes) if minutes else words.seconds.format(seconds=whole)
