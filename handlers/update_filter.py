"""What is let in: from groups messages of people and of chats, and presses of buttons that are really there.

What somebody sent by this bot's own inline mode is an answer of the bot's, wherever it stands.

Bots may call one another as guests, and would go on for ever.

Callback data comes from the client and can be made up; which buttons a message carries comes from Telegram and can't.
"""

from __future__ import annotations

from telegram import Message, Update
from telegram.ext import ApplicationHandlerStop, TypeHandler

from handlers.adapters import answer_press, is_on_keyboard
from handlers.context import BotApplication, BotContext

BEFORE_ALL_OTHERS = -1


def register(application: BotApplication) -> None:
    application.add_handler(TypeHandler(Update, let_in), group=BEFORE_ALL_OTHERS)


async def let_in(update: Update, context: BotContext) -> None:
    """Stop the update here if it is the bot's own answer, or in a group, or as a guest's call, none of a person's."""
    if update.guest_message is not None and not _is_somebodys(update.guest_message):
        raise ApplicationHandlerStop
    message = update.message or update.edited_message
    if message is not None and message.via_bot is not None and message.via_bot.id == context.bot.id:
        raise ApplicationHandlerStop
    chat = update.effective_chat
    if chat is None or chat.type not in {chat.GROUP, chat.SUPERGROUP}:
        return
    if message is not None and not _is_somebodys(message):
        raise ApplicationHandlerStop
    query = update.callback_query
    if query is not None and not is_on_keyboard(query):
        await answer_press(query, context.texts.old_button)
        raise ApplicationHandlerStop


def _is_somebodys(message: Message) -> bool:
    """Whether a person wrote the message, under their own name or in that of a chat (anonymous admins do)."""
    if message.migrate_from_chat_id or message.migrate_to_chat_id:
        return True
    if message.is_automatic_forward or message.via_bot:
        return False
    return message.sender_chat is not None or (message.from_user is not None and not message.from_user.is_bot)
