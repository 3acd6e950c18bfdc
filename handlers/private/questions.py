"""What people send in private: questions as text, by /ask or below a picture, edits of these; and what is none."""

from __future__ import annotations

from telegram import Message
from telegram.ext import CommandHandler, MessageHandler, filters

from handlers import check_in, urgent
from handlers.adapters import on_message
from handlers.context import BotApplication, BotContext
from handlers.keyboards import Action, button, keyboard
from handlers.respond import respond, send
from knowledge.reply import CheckIn, Reply, Silent, Urgent

_SENT_BY_USER = ~filters.StatusUpdate.ALL & filters.ChatType.PRIVATE


def register(application: BotApplication) -> None:
    private, new = filters.ChatType.PRIVATE, filters.UpdateType.MESSAGE
    text = filters.TEXT & ~filters.COMMAND & private
    application.add_handler(CommandHandler("ask", on_message(ask), private & filters.UpdateType.MESSAGES))
    application.add_handler(MessageHandler(text, on_message(question)))
    application.add_handler(MessageHandler(filters.COMMAND & private & new, on_message(unknown_command)))
    application.add_handler(MessageHandler(_SENT_BY_USER & filters.CAPTION, on_message(question)))
    application.add_handler(MessageHandler(_SENT_BY_USER & ~filters.TEXT & new, on_message(not_text)))


async def question(message: Message, context: BotContext) -> None:
    """Answer a text, or what stands below a picture."""
    await reply_to_question(message, message.text or message.caption or "", context)


async def ask(message: Message, context: BotContext) -> None:
    """Answer what stands behind /ask, or the message that /ask replies to."""
    asked = " ".join(context.args or [])
    replied = message.reply_to_message
    if not asked and replied:
        asked = replied.text or replied.caption or ""
    if asked:
        await reply_to_question(message, asked, context)
    else:
        await send(message, context.texts.ask_what)


async def unknown_command(message: Message, context: BotContext) -> None:
    await send(message, context.texts.unknown_command)


async def not_text(message: Message, context: BotContext) -> None:
    """Say what the bot can read, to somebody who sent a photo, a sticker, a voice message …"""
    await send(message, context.texts.only_text, keyboard([[button(context.texts.buttons.topics, Action.TOPICS)]]))


async def reply_to_question(message: Message, asked: str, context: BotContext) -> None:
    """Reply to `asked`, which stands in `message` or is what it points to."""
    after = context.shown_last(message.chat_id, message.message_thread_id)
    reply: Reply | None = await context.decide(asked, after=after)
    if isinstance(reply, CheckIn):
        reply = await check_in.ask(reply, message, context)
    if isinstance(reply, Urgent):
        await urgent.reply_in_private(reply, message, context)
    elif reply is not None and not isinstance(reply, Silent):
        await respond(context.render(reply, to_editors=True), message, context)
