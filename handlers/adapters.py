"""From an update to what a handler wants of it: the message, or the press of a button with what its data says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from telegram import CallbackQuery, Message, Update
from telegram.error import BadRequest
from telegram.ext import CallbackQueryHandler

from handlers.keyboards import Action, arguments, pattern
from runtime.refusals import Refusal, meaning_of

if TYPE_CHECKING:
    from handlers.context import BotApplication, BotContext

    OfUpdate = Callable[[Update, BotContext], Coroutine[Any, Any, None]]
    OfMessage = Callable[[Message, BotContext], Awaitable[None]]
    OfPress = Callable[["Press", BotContext], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Press:
    """A button of `message` that was pressed, and the arguments in its data.

    The data comes from the client and may be old or made up; so may `arguments`, in number and in content.
    """

    query: CallbackQuery
    message: Message
    arguments: tuple[str, ...]

    @property
    def person_id(self) -> int:
        """The user id of whoever pressed."""
        return self.query.from_user.id

    def argument(self, place: int) -> str:
        """The argument at `place`, counted from 0; empty where the data has none there."""
        return self.arguments[place] if place < len(self.arguments) else ""


def register(application: BotApplication) -> None:
    """Answer the presses that no feature knows: of buttons that an earlier version sent, and made-up ones."""
    application.add_handler(CallbackQueryHandler(_out_of_date))


def on_message(handle: OfMessage) -> OfUpdate:
    """A callback that hands `handle` the message of an update, and passes over an update that has none."""

    async def callback(update: Update, context: BotContext) -> None:
        if update.effective_message is not None:
            await handle(update.effective_message, context)

    return callback


def on_press(action: Action, handle: OfPress) -> CallbackQueryHandler[BotContext, None]:
    """A handler that hands `handle` each press of `action`'s buttons; where its message is gone, that is said."""

    async def callback(update: Update, context: BotContext) -> None:
        press = press_of(update)
        if press is not None:
            await handle(press, context)
        elif update.callback_query is not None:
            await alert(update.callback_query, context.texts.old_button)

    return CallbackQueryHandler(callback, pattern(action))


def press_of(update: Update) -> Press | None:
    """The press in `update`; None where there is none, or Telegram no longer gives the message that was pressed."""
    query = update.callback_query
    if query is None or not isinstance(query.message, Message):
        return None
    return Press(query, query.message, tuple(arguments(query.data)))


def is_on_keyboard(query: CallbackQuery) -> bool:
    """Whether the message that was pressed carries a button with the data that came."""
    message = query.message
    if not isinstance(message, Message) or message.reply_markup is None:
        return False
    return any(each.callback_data == query.data for row in message.reply_markup.inline_keyboard for each in row)


def is_in_group(message: Message) -> bool:
    return message.chat.type in {message.chat.GROUP, message.chat.SUPERGROUP}


async def answer_press(query: CallbackQuery, text: str = "") -> None:
    """Stop the button's spinner, with a short notice where there is one to give."""
    await _answer(query, text, as_alert=False)


async def alert(query: CallbackQuery, text: str) -> None:
    """Stop the button's spinner with a notice that has to be closed."""
    await _answer(query, text, as_alert=True)


async def _answer(query: CallbackQuery, text: str, *, as_alert: bool) -> None:
    try:
        await query.answer(text or None, show_alert=as_alert)
    except BadRequest as error:  # a press older than some minutes can't be answered, and need not be
        if meaning_of(error) is not Refusal.OLD_PRESS:
            raise


async def _out_of_date(update: Update, context: BotContext) -> None:
    if update.callback_query is not None:
        await answer_press(update.callback_query, context.texts.old_button)
