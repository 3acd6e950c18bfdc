"""🗑 below an answer in a group: for whoever asked, and for admins."""

from __future__ import annotations

from telegram.error import BadRequest

from handlers import ephemeral
from handlers.adapters import Press, alert, answer_press, on_press
from handlers.context import BotApplication, BotContext
from handlers.ephemeral import spot_of
from handlers.keyboards import Action
from handlers.respond import edit_at


def register(application: BotApplication) -> None:
    application.add_handler(on_press(Action.REMOVE, remove))


async def remove(press: Press, context: BotContext) -> None:
    """Delete the message that was pressed."""
    spot = spot_of(press.message)
    if not await _may_remove(press, context):
        await alert(press.query, context.texts.groups.not_yours)
        return
    context.bot_data.deletions.cancel(*spot)
    try:
        await ephemeral.delete(context.bot, spot)
    except BadRequest:  # older than two days: it can't be deleted any more, but it can be emptied
        await edit_at(context.bot, spot, context.texts.groups.removed)
    await answer_press(press.query)


async def _may_remove(press: Press, context: BotContext) -> bool:
    """Both the question that the answer replies to and the standing of its author are told by Telegram itself."""
    message = press.message
    question = message.reply_to_message
    asked = {context.memory.asked_by.get((message.chat_id, message.message_id)), spot_of(message).receiver_id}
    if question is not None and question.sender_chat is None and question.from_user is not None:
        asked.add(question.from_user.id)
    if press.person_id in asked:
        return True
    return await context.bot_data.admins.include(context.bot, message.chat_id, press.query.from_user)
