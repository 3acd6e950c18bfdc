"""When handling an update fails: logged by its id and the kind of error, never with its content."""

from __future__ import annotations

import contextlib
import logging
from types import TracebackType

from telegram import Update
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from handlers.adapters import alert
from handlers.context import BotApplication, BotContext
from handlers.groups.membership import move
from runtime.handling import current
from runtime.refusals import Refusal, meaning_of, wording_of
from runtime.sending import Sender
from runtime.storage import StorageError

log = logging.getLogger(__name__)

_REFUSED = {
    Refusal.NOT_MODIFIED: "the message shows that already",
    Refusal.BLOCKED: "the bot may not write there (any more)",
    Refusal.KICKED: "the bot is not in that group (any more)",
    Refusal.MAY_NOT_WRITE: "the bot has not the right for that in the group",
    Refusal.TOPIC_CLOSED: "the forum topic is closed or gone",
    Refusal.MESSAGE_GONE: "the message is gone or can't be changed",
    Refusal.OLD_PRESS: "the press is too old to be answered",
}
"""What a refusal means that is no fault of ours, and which nobody has to be told of."""


def register(application: BotApplication) -> None:
    application.add_error_handler(failed)


async def failed(update: object, context: BotContext) -> None:
    """Log what happened, note whether another try is worth it, and tell a person who waits for an answer.

    "Sorry" is said when there will be no other try, and never where sending is what failed: it would only join what
    waits in a chat that is being limited, or come when the network does.
    """
    error = context.error
    number = update.update_id if isinstance(update, Update) else None
    if await _is_of_sending(error, number, update, context):
        return
    match error:
        case StorageError():
            log.error("update %s: %s", number, error)
        case BadRequest() | Forbidden():
            log.error("update %s: Telegram refused a request: %s", number, wording_of(error))
        case _:
            # The traceback names code lines only; the message of the error might quote what a user wrote.
            log.error("update %s failed with %s", number, type(error).__name__, exc_info=_without_message(error))
            _leave(error)
            if not _is_last_word():
                return
    await _say_sorry(update, context)


async def _is_of_sending(error: Exception | None, number: int | None, update: object, context: BotContext) -> bool:
    """Whether Telegram or the way there is what failed, so that nothing more is sent about it; logged."""
    refusal = meaning_of(error)
    match error:
        case ChatMigrated():
            log.info("update %s: the group has become a supergroup", number)
            if isinstance(update, Update) and update.effective_chat:
                await move(update.effective_chat.id, error.new_chat_id, context.bot_data)
        case InvalidToken():
            log.error("update %s: Telegram refused the token", number)
            _leave(error)
        case RetryAfter():
            log.warning("update %s: Telegram asks to wait %s", number, error.retry_after)
        case _ if refusal in _REFUSED:
            log.info("update %s: %s", number, _REFUSED[refusal])
        case NetworkError() if not isinstance(error, BadRequest):
            log.warning("update %s: no connection to Telegram (%s)", number, type(error).__name__)
        case _:
            return False
    return True


def _leave(error: BaseException | None) -> None:
    """Leave `error` to whoever decides on another try."""
    handling = current()
    if handling is not None:
        handling.fault = error


def _is_last_word() -> bool:
    """Whether there will be no other try, and nothing was said so far."""
    handling = current()
    return handling is None or (handling.is_last and not handling.sent)


def _without_message(
    error: BaseException | None,
) -> tuple[type[BaseException], BaseException, TracebackType | None] | None:
    if error is None:
        return None
    return RuntimeError, RuntimeError(f"{type(error).__name__} (message withheld)"), error.__traceback__


async def _say_sorry(update: object, context: BotContext) -> None:
    if not isinstance(update, Update):
        return
    if update.callback_query is not None:
        with contextlib.suppress(TelegramError):
            await alert(update.callback_query, context.texts.failed)
        return
    if update.effective_message is None or update.guest_message is not None:  # no member may write there
        return
    chat = update.effective_chat
    if chat is None or chat.type != chat.PRIVATE or _is_limited(chat.id, context):
        return
    try:
        await context.bot.send_message(chat.id, context.texts.failed)
    except TelegramError as second:
        log.warning("update %s: could not say sorry either (%s)", update.update_id, type(second).__name__)


def _is_limited(chat_id: int, context: BotContext) -> bool:
    sender = context.bot.rate_limiter
    return isinstance(sender, Sender) and sender.is_limited(chat_id)
