"""Questions: any text in a private chat, /ask anywhere, edits of either, and buttons that open an entry."""

from __future__ import annotations

from telegram import CallbackQuery, Message, Update
from telegram.ext import CallbackQueryHandler, CommandHandler, MessageHandler, filters

from handlers.buttons import Action, arguments, pattern
from handlers.context import BotApplication, BotContext
from handlers.delivery import answer_press, edit, send
from handlers.rendering import rendered, rendered_entry
from handlers.topics import show_topics
from knowledge.model import Entry
from knowledge.reply import Answer, Reply


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("ask", ask))
    application.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND & filters.ChatType.PRIVATE, question))
    application.add_handler(CallbackQueryHandler(answer_here, pattern(Action.ANSWER_HERE)))
    application.add_handler(CallbackQueryHandler(answer_below, pattern(Action.ANSWER_BELOW)))


async def question(update: Update, context: BotContext) -> None:
    """Answer the text of a message."""
    message = update.effective_message
    if message and message.text:
        await reply_to_question(message, message.text, context)


async def ask(update: Update, context: BotContext) -> None:
    """Answer what stands behind /ask, or the message that /ask replies to."""
    message = update.effective_message
    if message is None:
        return
    asked = " ".join(context.args or [])
    replied = message.reply_to_message
    if not asked and replied:
        asked = replied.text or replied.caption or ""
    if asked:
        await reply_to_question(message, asked, context)
    else:
        await send(message, context.texts.ask_what)


async def reply_to_question(message: Message, asked: str, context: BotContext) -> None:
    """Send the reply to `asked`, or change the one that was sent before the message was edited."""
    after = context.shown_last(message.chat_id, message.message_thread_id)
    reply = context.answerer.reply(asked, after=after)
    shown = rendered(reply, context.knowledge, context.texts)
    if shown is None:
        return
    remember(context, message, reply)
    key = (message.chat_id, message.message_id)
    earlier = context.bot_data.answer_to.get(key)
    if earlier and await edit(context.bot, message.chat_id, earlier, shown.html, shown.markup):
        return
    sent = await send(message, shown.html, shown.markup)
    context.bot_data.answer_to[key] = sent.message_id


def remember(context: BotContext, message: Message, reply: Reply) -> None:
    """Keep which entry this chat saw last, so that the next question may lean on it."""
    if isinstance(reply, Answer):
        context.bot_data.last_shown[(message.chat_id, message.message_thread_id)] = reply.entries[0].id


async def answer_here(update: Update, context: BotContext) -> None:
    """Turn the message whose button was pressed into the answer of an entry."""
    chosen = await _chosen(update, context)
    if chosen is None:
        return
    query, message, entry = chosen
    shown = rendered_entry(entry, context.knowledge, context.texts)
    if not await edit(context.bot, message.chat_id, message.message_id, shown.html, shown.markup):
        await send(message, shown.html, shown.markup)
    await answer_press(query)


async def answer_below(update: Update, context: BotContext) -> None:
    """Send the answer of an entry as a new message."""
    chosen = await _chosen(update, context)
    if chosen is None:
        return
    query, message, entry = chosen
    shown = rendered_entry(entry, context.knowledge, context.texts)
    await send(message, shown.html, shown.markup)
    await answer_press(query)


async def _chosen(update: Update, context: BotContext) -> tuple[CallbackQuery, Message, Entry] | None:
    """The entry that a pressed button names; where it is gone, topics are shown instead."""
    query = update.callback_query
    if query is None:
        return None
    entry = context.knowledge.entries.get("".join(arguments(query.data)[:1]))
    message = query.message
    if not isinstance(message, Message):
        await answer_press(query, context.texts.gone)
        return None
    if entry is None:
        await answer_press(query, context.texts.gone)
        await show_topics(message, context)
        return None
    remember(context, message, Answer((entry,), 1.0, entry.safety_note))
    return query, message, entry
