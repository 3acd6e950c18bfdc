"""The one way a reply leaves the bot: sent, or edited into a message that is there; then remembered, counted,
and in a group removed in time.

What a message shows travels with it (`Rendered.reply`), so that no route has to think of what follows from that.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from telegram import (
    Bot,
    ForceReply,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    Message,
)
from telegram.error import BadRequest

from handlers import ephemeral
from handlers.adapters import Press, answer_press, is_in_group
from handlers.ephemeral import Receiver, Spot, is_for_one, receiver_of, spot_of
from handlers.groups.addressing import is_command
from handlers.keyboards import Action, action_of, arguments
from handlers.rendering import Rendered
from knowledge.model import Entry
from knowledge.reply import Answer, Reply, Suggestions, Unknown, Urgent
from runtime.handling import note_reply
from runtime.refusals import Refusal, meaning_of
from runtime.storage import NO_CHAT, ChatSettings, What

if TYPE_CHECKING:
    from handlers.context import BotContext

_BELOW_AN_ANSWER = frozenset({Action.VOTE, Action.WHY, Action.TO_EDITORS})
"""The buttons that stand below the answer of one entry, and name it."""


async def respond(
    shown: Rendered, question: Message, context: BotContext, *, about: Message | None = None, for_all: bool = False
) -> None:
    """Answer `question`. Where it was answered before it was edited, that answer is changed instead.

    `about` is the message that the answer replies to, where `question` points at somebody else's. In a group that
    wants it so, what answers a command is for its author alone; not what may not get lost: what is `for_all`, and what
    answers somebody who told of a sign of danger.
    """
    beside = about or question
    settings = await settings_at(question, context)
    receiver = None
    if settings is not None and not for_all and not _tells_of_sign(shown.reply) and is_command(question):
        receiver = receiver_of(question, settings)
    earlier = context.memory.answer_to.get((question.chat_id, question.message_id))
    to_change = None if earlier is not None and earlier.receiver_id and receiver is None else earlier
    answer = await _put(shown, to_change, beside, _author(question), context, receiver)
    _remember(shown.reply, question, context)
    if answer != earlier:
        context.memory.answer_to[question.chat_id, question.message_id] = answer
        _count(shown.reply, question.chat_id, settings, context, seen_by_all=answer.receiver_id is None)


async def show_chosen(shown: Rendered, message: Message, context: BotContext) -> None:
    """Send what was chosen by a link, as an answer to the `message` that the link sent; a choice is not counted."""
    await _put(shown, None, message, _author(message), context)
    _remember(shown.reply, message, context)


async def turn_into(shown: Rendered, press: Press, context: BotContext, *, notice: str = "") -> None:
    """Turn the message whose button was pressed into what was chosen; one that can't be changed gets it below."""
    await _follow_press(shown, spot_of(press.message), press, notice, context)


async def send_below(shown: Rendered, press: Press, context: BotContext) -> None:
    """Send what was chosen below the message whose button was pressed."""
    await _follow_press(shown, None, press, "", context)


async def send(
    message: Message, html: str, markup: InlineKeyboardMarkup | ForceReply | None = None, *, quote: bool = False
) -> Message:
    """Send what is no reply of the FAQ into the chat (and forum topic) of `message`.

    In groups, and where it is to `quote`, as a reply to the message, if all see that.
    """
    quote = (quote or message.chat.type != message.chat.PRIVATE) and not is_for_one(message)
    return await message.reply_html(html, reply_markup=markup, do_quote=quote, allow_sending_without_reply=True)


async def edit(bot: Bot, chat_id: int, message_id: int, html: str, markup: InlineKeyboardMarkup | None = None) -> bool:
    """As `edit_at`, for a message that all in its chat see."""
    return await edit_at(bot, Spot(chat_id, message_id), html, markup)


async def edit_at(bot: Bot, spot: Spot, html: str, markup: InlineKeyboardMarkup | None = None) -> bool:
    """Change a message of the bot; False where it can't be changed any more (deleted, too old)."""
    try:
        if spot.receiver_id is None:
            await bot.edit_message_text(html, chat_id=spot.chat_id, message_id=spot.number, reply_markup=markup)
        else:
            await ephemeral.change_text(bot, spot, html, markup)
    except BadRequest as error:
        return meaning_of(error) is Refusal.NOT_MODIFIED
    return True


async def send_alone(
    message: Message,
    receiver: Receiver | None,
    html: str,
    markup: InlineKeyboardMarkup | None,
    context: BotContext,
    *,
    quote: bool = False,
) -> Message:
    """As `send`, but for `receiver` alone if there is one, and Telegram lets the bot do so."""
    sent = await context.bot_data.ephemeral.send(message, receiver, html, markup) if receiver else None
    return sent or await send(message, html, markup, quote=quote)


async def edit_inline(bot: Bot, inline_message_id: str, html: str, markup: InlineKeyboardMarkup | None) -> bool:
    """Change a message that the bot sent as a guest or somebody by its inline mode; False where it is gone."""
    try:
        await bot.edit_message_text(html, inline_message_id=inline_message_id, reply_markup=markup)
    except BadRequest as error:
        meaning = meaning_of(error)
        if meaning not in {Refusal.NOT_MODIFIED, Refusal.MESSAGE_GONE}:
            raise
        return meaning is Refusal.NOT_MODIFIED
    return True


async def answer_as_guest(shown: Rendered, message: Message, context: BotContext) -> None:
    """Answer a guest `message`, as can be done once; a second answer is refused, and that is no fault.

    Nothing is remembered of its chat, whose id may be that of another one, nor counted for it.
    """
    _note(shown.reply)
    content = InputTextMessageContent(shown.html)
    result = InlineQueryResultArticle("answer", context.bot.first_name, content, shown.markup)
    try:
        await context.bot.answer_guest_query(message.guest_query_id or "", result)
    except BadRequest as error:
        if meaning_of(error) is not Refusal.OLD_PRESS:
            raise
        return
    _count(shown.reply, NO_CHAT, None, context)


async def react(message: Message, emoji: str) -> None:
    """Put a reaction on a message; some groups allow none, and then it is left."""
    with contextlib.suppress(BadRequest):
        await message.set_reaction(emoji)


async def _follow_press(shown: Rendered, spot: Spot | None, press: Press, notice: str, context: BotContext) -> None:
    receiver = Receiver(press.person_id, press.query.id) if is_for_one(press.message) else None
    await _put(shown, spot, press.message, press.person_id, context, receiver)
    _remember(shown.reply, press.message, context)
    await answer_press(press.query, notice)


async def settings_at(message: Message, context: BotContext) -> ChatSettings | None:
    """The settings of the group that `message` is in; None in a private chat."""
    return await context.settings_of(message.chat_id) if is_in_group(message) else None


async def _put(
    shown: Rendered,
    spot: Spot | None,
    beside: Message,
    person_id: int | None,
    context: BotContext,
    receiver: Receiver | None = None,
) -> Spot:
    """Show it in the bot's message at `spot`, or else in a new one beside `beside`, if it can for `receiver` alone;
    where it is then.

    `person_id` is the user for whom it is shown, and who may remove it from a group.
    """
    _note(shown.reply)
    if spot is not None and await edit_at(context.bot, spot, shown.html, shown.markup):
        return spot
    settings = await settings_at(beside, context)
    sent = await send_alone(beside, receiver, shown.html, shown.markup, context, quote=shown.quotes)
    remove_in_time(sent, settings, context)
    if settings is not None and person_id is not None and not is_for_one(sent):
        context.memory.asked_by[sent.chat_id, sent.message_id] = person_id
    return spot_of(sent)


def _author(message: Message) -> int | None:
    """The user who wrote `message`; None for who writes in the name of a chat."""
    return message.from_user.id if message.sender_chat is None and message.from_user is not None else None


def _tells_of_sign(reply: Reply | None) -> bool:
    """Whether it answers somebody who told of a sign of danger."""
    return isinstance(reply, Answer) and reply.mentions_sign


def _note(reply: Reply | None) -> None:
    """Say what the update is answered with, for the log and the metrics."""
    if reply is not None:
        shown = reply.entries if isinstance(reply, Answer | Suggestions) else ()
        note_reply(reply.kind, tuple(entry.id for entry in shown))


def _remember(reply: Reply | None, seen_in: Message, context: BotContext) -> None:
    """Keep which entry the chat saw last, so that the next question may lean on it."""
    if isinstance(reply, Answer):
        shown = reply.entries[0].id, reply.asked.goes_on
        place = seen_in.chat_id, seen_in.message_thread_id
        context.memory.last_shown[place] = shown
        context.memory.near_last.pop(place, None)
        if reply.near:
            context.memory.near_last[place] = tuple(entry.id for entry in reply.near)
    elif isinstance(reply, Suggestions) and reply.lines:
        context.refuse_near(seen_in.chat_id, seen_in.message_thread_id)


def _count(
    reply: Reply | None,
    chat_id: int,
    settings: ChatSettings | None,
    context: BotContext,
    *,
    seen_by_all: bool = True,
) -> None:
    """Count what became of a message, where the group wants that; note in any group which entries all have seen."""
    data = context.bot_data
    if settings is not None and isinstance(reply, Answer) and seen_by_all:
        for entry in reply.entries:
            data.pace.showed(chat_id, entry.id)
    if settings is not None and not settings.statistics:
        return
    match reply:
        case Answer(entries=entries):
            data.tally.add(chat_id, What.ANSWERED, tuple(entry.id for entry in entries))
        case Suggestions():
            data.tally.add(chat_id, What.SUGGESTED)
        case Unknown():
            data.tally.add(chat_id, What.UNKNOWN)
        case Urgent():
            data.tally.add(chat_id, What.URGENT)


def entry_shown_in(message: Message, context: BotContext) -> Entry | None:
    """The entry whose answer the bot's `message` shows, as the buttons below it tell; None: no answer of one entry.

    Its words don't tell: a group's answer may leave the question out, and its buttons come from Telegram.
    """
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    for data in (str(each.callback_data) for row in rows for each in row):
        if action_of(data) in _BELOW_AN_ANSWER and (names := arguments(data)):
            return context.knowledge.entries.get(names[0])
    return None


def remove_in_time(sent: Message, settings: ChatSettings | None, context: BotContext) -> None:
    """Let the bot's message go after the minutes that the group has chosen, if it has."""
    if settings is not None and settings.auto_delete_minutes:
        deletions = context.bot_data.deletions
        deletions.after(settings.auto_delete_minutes, context.bot, *spot_of(sent))
