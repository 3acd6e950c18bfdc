"""🗑 below an answer in a group: for whoever asked, and for admins."""

from __future__ import annotations

from telegram import CallbackQuery, Message, Update
from telegram.error import BadRequest
from telegram.ext import CallbackQueryHandler

from handlers import pictures
from handlers.context import BotApplication, BotContext
from handlers.delivery import alert, answer_press, edit
from handlers.keyboards import Action, pattern


def register(application: BotApplication) -> None:
    application.add_handler(CallbackQueryHandler(remove, pattern(Action.REMOVE)))


async def remove(update: Update, context: BotContext) -> None:
    """Delete the message that was pressed."""
    query = update.callback_query
    message = query.message if query else None
    if query is None or not isinstance(message, Message):
        return
    if not await _may_remove(query, message, context):
        await alert(query, context.texts.groups.not_yours)
        return
    context.bot_data.deletions.cancel(message.chat_id, message.message_id)
    try:
        await message.delete()
    except BadRequest:  # older than two days: it can't be deleted any more, but it can be emptied
        await edit(context.bot, message.chat_id, message.message_id, context.texts.groups.removed)
    await pictures.take_away(message.chat_id, message.message_id, context)
    await answer_press(query)


async def _may_remove(query: CallbackQuery, message: Message, context: BotContext) -> bool:
    """Both the question that the answer replies to and the standing of its author are told by Telegram itself."""
    question = message.reply_to_message
    person = query.from_user.id
    asked = {context.memory.asked_by.get((message.chat_id, message.message_id))}
    if question is not None and question.sender_chat is None and question.from_user is not None:
        asked.add(question.from_user.id)
    if person in asked:
        return True
    return await context.bot_data.admins.include(context.bot, message.chat_id, query.from_user)
