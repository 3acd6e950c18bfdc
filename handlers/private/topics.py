"""/topics: the groups, their questions a page at a time, and each answer with the way back."""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.ext import CallbackQueryHandler, CommandHandler
from telegram.helpers import create_deep_linked_url

from handlers import pictures
from handlers.context import BotApplication, BotContext
from handlers.delivery import answer_press, edit, is_in_group, send
from handlers.keyboards import Action, arguments, button, in_rows, keyboard, pattern, turn_to
from handlers.rendering import group_key, rendered_entry
from knowledge.reply import Answer

TOPICS_LINK = "topics"
"""The payload of a deep link to the list of groups."""


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("topics", topics))
    application.add_handler(CallbackQueryHandler(choose_group, pattern(Action.TOPICS)))
    application.add_handler(CallbackQueryHandler(choose_entry, pattern(Action.TOPIC)))
    application.add_handler(CallbackQueryHandler(show_entry, pattern(Action.ENTRY_IN_TOPICS)))


async def topics(update: Update, context: BotContext) -> None:
    """Send the list of groups; in a group of people only the way to it, for others don't want to see the browsing."""
    message = update.effective_message
    if message is None:
        return
    if is_in_group(message):
        link = create_deep_linked_url(context.bot.username, TOPICS_LINK)
        to_private = InlineKeyboardButton(context.texts.buttons.topics, url=link)
        await send(message, context.texts.groups.topics_in_private, keyboard([[to_private]]))
    else:
        await show_topics(message, context)


async def show_topics(message: Message, context: BotContext) -> None:
    """Send the list of groups as a new message."""
    await send(message, context.texts.topics, _groups(context))


async def choose_group(update: Update, context: BotContext) -> None:
    await _turn_into(update, context, context.texts.topics, _groups(context))


async def choose_entry(update: Update, context: BotContext) -> None:
    """Turn the message into a page of a group's questions."""
    key, number = _group_and_page(update)
    titles = {group_key(title): title for title in context.knowledge.groups}
    if key not in titles:
        await _turn_into(update, context, context.texts.topics, _groups(context))
        return
    entries = context.knowledge.groups[titles[key]]
    page = turn_to(entries, number)
    words = context.texts.buttons
    rows = in_rows([button(entry.label, Action.ENTRY_IN_TOPICS, entry.id) for entry in page.items])
    rows += [page.turns(words, Action.TOPIC, key), [button(words.back, Action.TOPICS)]]
    await _turn_into(update, context, context.texts.group.format(group=titles[key]), keyboard(rows))


async def show_entry(update: Update, context: BotContext) -> None:
    """Turn the message into an answer, with the way back to its group."""
    query = update.callback_query
    entry = context.knowledge.entries.get("".join(arguments(query.data)[:1])) if query else None
    if entry is None:
        await _turn_into(update, context, context.texts.topics, _groups(context), context.texts.gone)
        return
    shown = rendered_entry(entry, context.knowledge, context.texts, votes=context.counts_votes, back=Action.TOPIC)
    await _turn_into(update, context, shown.html, shown.markup, reply=Answer.chosen(entry))


def _groups(context: BotContext) -> InlineKeyboardMarkup | None:
    return keyboard(in_rows([button(title, Action.TOPIC, group_key(title), 0) for title in context.knowledge.groups]))


def _group_and_page(update: Update) -> tuple[str, str]:
    given = arguments(update.callback_query.data if update.callback_query else None)
    key, number = (*given, "", "")[:2]
    return key, number


async def _turn_into(
    update: Update,
    context: BotContext,
    html: str,
    markup: InlineKeyboardMarkup | None,
    notice: str = "",
    reply: Answer | None = None,
) -> None:
    query = update.callback_query
    if query is None:
        return
    message = query.message
    if isinstance(message, Message):
        shown_id = message.message_id
        if not await edit(context.bot, message.chat_id, shown_id, html, markup):
            shown_id = (await send(message, html, markup)).message_id
        await answer_press(query, notice)
        await pictures.show_below(shown_id, reply, message, context)
    else:
        await answer_press(query, notice or context.texts.gone)
