"""Sending a question to the editors: what would be sent is shown first, and nothing else is kept.

What is sent is read from the message that shows it, so that nothing has to be remembered in between, and nobody sends
what they have not seen. Its button carries a key drawn at random, by which a press twice stores once.
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime
from html import escape

from telegram import ForceReply, Message, MessageEntity
from telegram.ext import MessageHandler, filters

from handlers import check_in, urgent
from handlers.adapters import Press, alert, answer_press, is_in_group, on_message, on_press
from handlers.context import BotApplication, BotContext, Memory
from handlers.keyboards import Action, button, keyboard
from handlers.respond import edit, send
from knowledge.reply import CheckIn, Urgent
from runtime.storage import QUESTION_LENGTH, EditorsQuestion, StorageError

_MOST_AN_HOUR = 5
"""Questions that one chat can send."""

_KEY_BYTES = 5
_KEY = re.compile(r"[0-9a-f]{10}")

_MASK = "[…]"
_LEAST_DIGITS = 7
_LINK = re.compile(
    r"(?:https?://|www\.|t\.me/)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|info|uk|de|eu|io|me|us|ca|au|ie|fr|es|it|nl)\b(?:/\S*)?",
    re.IGNORECASE,
)
_NAME_OR_MAIL = re.compile(r"\S+@\S+\.\w+|(?<!\w)@\w{3,}")
_NUMBER = re.compile(r"\+?\(?\d(?:[\s().\-/]{0,3}\d)+")


def register(application: BotApplication) -> None:
    application.add_handler(on_press(Action.TO_EDITORS, offer))
    application.add_handler(on_press(Action.SEND, send_to_editors))
    application.add_handler(on_press(Action.DO_NOT_SEND, leave_it))
    is_typed = _Typed(application.bot_data.memory)
    private, new = filters.ChatType.PRIVATE, filters.UpdateType.MESSAGE
    application.add_handler(
        MessageHandler(filters.TEXT & ~filters.COMMAND & private & new & is_typed, on_message(typed))
    )


class _Typed(filters.MessageFilter):
    """Replies to a message that waits for a question to the editors."""

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        self._memory = memory

    def filter(self, message: Message) -> bool:
        replied = message.reply_to_message
        return replied is not None and (message.chat_id, replied.message_id) in self._memory.questions_awaited


async def offer(press: Press, context: BotContext) -> None:
    """Show what would be sent: the question that the message replies to; where there is none, ask to type it."""
    if not context.takes_questions or is_in_group(press.message):
        await answer_press(press.query, context.texts.old_button)
        return
    entry_id = _entry_id(press.argument(0), context)
    question = press.message.reply_to_message
    text = _words_of(question) if question is not None else ""
    await answer_press(press.query)
    if question is not None and text:
        await _show(text, entry_id, question, context)
        return
    words = context.texts.editors
    sent = await send(press.message, words.write, ForceReply(input_field_placeholder=words.placeholder))
    context.memory.questions_awaited[sent.chat_id, sent.message_id] = entry_id


async def typed(message: Message, context: BotContext) -> None:
    """Show what would be sent of a question that was typed for the editors."""
    replied = message.reply_to_message
    if replied is not None:
        # It goes on waiting: for the same update once more, and for other words.
        entry_id = context.memory.questions_awaited.get((message.chat_id, replied.message_id), "")
        await _show(message.text or "", entry_id, message, context)


async def send_to_editors(press: Press, context: BotContext) -> None:
    """Keep what the message shows, once."""
    storage, words, key = context.bot_data.storage, context.texts.editors, press.argument(0)
    text = _shown(press.message)
    if (
        storage is None
        or not context.takes_questions
        or is_in_group(press.message)
        or not text
        or not _KEY.fullmatch(key)
    ):
        await answer_press(press.query, context.texts.old_button)
        return
    chat = (press.message.chat_id,)
    if context.memory.questions_sent.get(chat, 0) >= _MOST_AN_HOUR:
        await alert(press.query, words.too_many)
        return
    entry_id = _entry_id(press.argument(1), context)
    question = EditorsQuestion(day=datetime.now(UTC).date(), text=text, entry_id=entry_id or None)
    try:
        is_new = await storage.send_to_editors(key, question)
    except StorageError:
        await alert(press.query, words.not_now)
        return
    if is_new:
        context.memory.questions_sent[chat] = context.memory.questions_sent.get(chat, 0) + 1
    await edit(context.bot, press.message.chat_id, press.message.message_id, words.sent.format(text=escape(text)))
    await answer_press(press.query)


async def leave_it(press: Press, context: BotContext) -> None:
    """Send nothing, and say so."""
    await edit(context.bot, press.message.chat_id, press.message.message_id, context.texts.editors.not_sent)
    await answer_press(press.query)


async def _show(text: str, entry_id: str, question: Message, context: BotContext) -> None:
    """Show what would be sent of `text`, as a reply to `question`; somebody in trouble gets help instead."""
    reply = await context.assess(text)
    if isinstance(reply, Urgent):
        await urgent.reply_in_private(reply, question, context)
        return
    if isinstance(reply, CheckIn):
        await check_in.show(reply.flag, question, context)
        return
    words = context.texts.editors
    masked = mask(text)
    shortened = masked[:QUESTION_LENGTH].strip()
    entry = context.knowledge.entries.get(entry_id)
    preview = words.preview if entry is None else words.preview_after_answer
    said = [preview.format(text=escape(shortened), answer=escape(entry.label) if entry else "")]
    said += [words.masked] if masked != text else []
    said += [words.shortened] if len(masked) > QUESTION_LENGTH else []
    key = secrets.token_hex(_KEY_BYTES)
    rows = [[button(words.send, Action.SEND, key, entry_id), button(words.do_not_send, Action.DO_NOT_SEND)]]
    await send(question, "\n\n".join(said), keyboard(rows), quote=True)


def mask(text: str) -> str:
    """`text` with a mark in place of links, names with @, e-mail addresses and numbers as long as a telephone's."""
    text = _LINK.sub(_MASK, _NAME_OR_MAIL.sub(_MASK, text))
    return _NUMBER.sub(lambda found: _MASK if sum(map(str.isdigit, found[0])) >= _LEAST_DIGITS else found[0], text)


def _shown(message: Message) -> str:
    """The quotation in a message that shows what would be sent."""
    if not message.text:
        return ""
    return next(iter(message.parse_entities([MessageEntity.BLOCKQUOTE]).values()), "")[:QUESTION_LENGTH]


def _words_of(question: Message) -> str:
    """What somebody asked in a message, without the command before it."""
    text = question.text or question.caption or ""
    return re.sub(r"^/\w+(@\w+)?\s*", "", text).strip()


def _entry_id(given: str, context: BotContext) -> str:
    """The id of an entry that is still there; empty: none."""
    return given if given in context.knowledge.entries else ""
