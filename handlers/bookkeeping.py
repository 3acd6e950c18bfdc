"""What a reply leaves behind: which entry the chat saw last (for minutes), and counts."""

from __future__ import annotations

from telegram import Message

from handlers.context import BotContext
from knowledge.reply import Answer, Reply, Suggestions, Unknown
from runtime.storage import What


def remember(context: BotContext, message: Message, reply: Reply) -> None:
    """Keep which entry this chat saw last, so that the next question may lean on it."""
    if isinstance(reply, Answer):
        context.memory.last_shown[(message.chat_id, message.message_thread_id)] = reply.entries[0].id


def count(context: BotContext, chat_id: int, reply: Reply) -> None:
    """Count what became of a message."""
    tally = context.bot_data.tally
    match reply:
        case Answer(entries=entries):
            tally.add(chat_id, What.ANSWERED, tuple(entry.id for entry in entries))
        case Suggestions():
            tally.add(chat_id, What.SUGGESTED)
        case Unknown():
            tally.add(chat_id, What.UNKNOWN)
