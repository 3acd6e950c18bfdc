"""Notes to the admins who want them: that an urgent reply was given in their group.

A note says where, when and how urgent, and leads to the bot's reply; nothing of what was written, or by whom.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from html import escape

from telegram import Message
from telegram.error import TelegramError

from handlers.context import BotContext
from handlers.texts import UrgentNoteTexts
from knowledge.model import Tier
from runtime.sending import UNHURRIED
from runtime.storage import ChatSettings

log = logging.getLogger(__name__)


def tell_admins(reply: Message, tier: Tier, settings: ChatSettings, context: BotContext) -> None:
    """Begin to tell the admins of a group that wants it of the urgent `reply`; nothing waits for that or depends on it.

    Each is told by a task of its own, so that what fails for one fails for nobody else.
    """
    for person_id in settings.urgent_notes_to:
        context.bot_data.tasks.start("telling an admin of an urgent reply", _tell(person_id, reply, tier, context))


async def _tell(person_id: int, reply: Message, tier: Tier, context: BotContext) -> None:
    data = context.bot_data
    try:
        if await data.admins.include_id(context.bot, reply.chat_id, person_id):
            text = _note(reply, tier, context.texts.urgent_notes)
            await context.bot.send_message(person_id, text, rate_limit_args=UNHURRIED)
            return
    except TelegramError as error:
        # Not to whom: no user id is ever logged.
        kind = type(error).__name__
        log.info("a note on the urgent reply %s in group %s was not sent: %s", reply.message_id, reply.chat_id, kind)
        return
    await data.group_settings.change(
        reply.chat_id,
        lambda before: replace(before, urgent_notes_to=before.urgent_notes_to - {person_id}),
    )


def _note(reply: Message, tier: Tier, words: UrgentNoteTexts) -> str:
    text = words.note.format(group=escape(reply.chat.title or ""), tier=words.tiers[tier], time=f"{reply.date:%H:%M}")
    link = _link(reply)
    return f"{text}\n{words.link.format(url=link)}" if link else text


def _link(message: Message) -> str:
    """The address of a message, for who is in its group; empty in a basic group, where messages have none.

    Not `Message.link`, which would open the thread of replies, if there is one.
    """
    chat = message.chat
    if chat.type != chat.SUPERGROUP:
        return ""
    return f"https://t.me/{chat.username or 'c/' + str(chat.id).removeprefix('-100')}/{message.message_id}"
