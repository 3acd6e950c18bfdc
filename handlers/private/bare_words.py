"""Commands without their slash: a private message that is nothing but one of these words does what the command does.

It is read after whatever waits for a reply, where "topics" may be the name of a note.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from telegram import Message
from telegram.ext import MessageHandler, filters

from handlers import check_in
from handlers.adapters import on_message
from handlers.context import BotApplication, BotContext
from handlers.group_settings.command import settings
from handlers.group_settings.reset import ask_to_forget
from handlers.keyboards import Action, button, keyboard
from handlers.private.questions import ask
from handlers.private.sources import sources
from handlers.private.start import about, privacy, start
from handlers.private.topics import topics
from handlers.respond import send
from runtime.handling import hurry

if TYPE_CHECKING:
    from handlers.adapters import OfUpdate


def register(application: BotApplication) -> None:
    only_here = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    for words, handle in _COMMANDS.items():
        alone = filters.Regex(re.compile(rf"\A\W*(?:{words})\W*\Z", re.IGNORECASE))
        application.add_handler(MessageHandler(only_here & filters.TEXT & ~filters.COMMAND & alone, handle))


async def help_at_once(message: Message, context: BotContext) -> None:
    """Whom to call first, for it may be a cry for help; then what /help says."""
    hurry()
    replies, texts = context.red_flags.replies, context.texts
    now = texts.help_now.format(emergency=replies.emergency, crisis=replies.crisis)
    rows = [*check_in.ways_to_help(message, context), [button(texts.buttons.topics, Action.TOPICS)]]
    await send(message, f"{now}\n\n{texts.help.format(bot=context.bot.username)}", keyboard(rows))


_COMMANDS: Mapping[str, OfUpdate] = {
    "help": on_message(help_at_once),
    "topics|all topics|menu|main menu|back|go back|cancel": on_message(topics),
    "start": on_message(start),
    "about": on_message(about),
    "privacy": on_message(privacy),
    "sources": on_message(sources),
    "ask": on_message(ask),
    "forget": ask_to_forget,
    "settings": settings,
}
"""What is done by the words alone, as a regular expression."""
