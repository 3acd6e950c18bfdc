"""Questions in private chats: any text, /ask, edits of either; and buttons that open an entry, anywhere."""

from __future__ import annotations

from telegram import CallbackQuery, Message, Update
from telegram.ext import CallbackQueryHandler, CommandHandler, MessageHandler, filters

from handlers import pictures, urgent
from handlers.bookkeeping import count, remember
from handlers.context import BotApplication, BotContext
from handlers.delivery import answer_press, edit, is_in_group, send
from handlers.groups.messages import voice_in
from handlers.keyboards import Action, arguments, pattern
from handlers.private.topics import show_topics
from handlers.rendering import Rendered, rendered, rendered_entry
from knowledge.reply import Answer


def register(application: BotApplication) -> None:
    private = filters.ChatType.PRIVATE
    application.add_handler(CommandHandler("ask", ask, private & filters.UpdateType.MESSAGES))
    application.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND & private, question))
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
    if urgent.is_urgent(reply):
        await urgent.reply_in_private(reply, message, context)
        return
    shown = rendered(reply, context.knowledge, context.texts, votes=context.counts_votes)
    if shown is None:
        return
    remember(context, message, reply)
    key = (message.chat_id, message.message_id)
    earlier = context.memory.answer_to.get(key)
    if earlier and await edit(context.bot, message.chat_id, earlier, shown.html, shown.markup):
        await pictures.show_below(earlier, reply, message, context)
        return
    sent = await send(message, shown.html, shown.markup)
    context.memory.answer_to[key] = sent.message_id
    count(context, message.chat_id, reply)
    await pictures.show_below(sent.message_id, reply, message, context)


async def answer_here(update: Update, context: BotContext) -> None:
    """Turn the message whose button was pressed into the answer of an entry."""
    chosen = await _chosen(update, context)
    if chosen is None:
        return
    query, message, reply, shown = chosen
    answer_id = message.message_id
    if not await edit(context.bot, message.chat_id, answer_id, shown.html, shown.markup):
        answer_id = (await send(message, shown.html, shown.markup)).message_id
    await answer_press(query)
    await pictures.show_below(answer_id, reply, message, context)


async def answer_below(update: Update, context: BotContext) -> None:
    """Send the answer of an entry as a new message."""
    chosen = await _chosen(update, context)
    if chosen is None:
        return
    query, message, reply, shown = chosen
    sent = await send(message, shown.html, shown.markup)
    await answer_press(query)
    await pictures.show_below(sent.message_id, reply, message, context)


async def _chosen(update: Update, context: BotContext) -> tuple[CallbackQuery, Message, Answer, Rendered] | None:
    """The answer of the entry that a pressed button names; where it is gone, topics are shown instead."""
    query = update.callback_query
    if query is None:
        return None
    entry = context.knowledge.entries.get("".join(arguments(query.data)[:1]))
    message = query.message
    if not isinstance(message, Message):
        await answer_press(query, context.texts.gone)
        return None
    reply = Answer.chosen(entry) if entry else None
    shown = await _shown(reply, message, context) if reply else None
    if reply is None or shown is None:
        await answer_press(query, context.texts.gone)
        if not is_in_group(message):
            await show_topics(message, context)
        return None
    remember(context, message, reply)
    return query, message, reply, shown


async def _shown(reply: Answer, message: Message, context: BotContext) -> Rendered | None:
    """The answer as the chat of `message` gets it; None where a group wants its entry silent."""
    [entry] = reply.entries
    if not is_in_group(message):
        return rendered_entry(entry, context.knowledge, context.texts, votes=context.counts_votes)
    voice = await voice_in(message, context)
    return voice.rendered(reply) if voice.may_show(entry) else None
