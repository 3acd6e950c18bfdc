"""When handling an update fails: logged by its id and the kind of error, never with its content."""

from __future__ import annotations

import contextlib
import logging
from types import TracebackType

from telegram import Update
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from handlers.adapters import alert
from handlers.context import BotApplication, BotContext
from handlers.groups.membership import move
from runtime.storage import StorageError

log = logging.getLogger(__name__)


def register(application: BotApplication) -> None:
    application.add_error_handler(failed)


async def failed(update: object, context: BotContext) -> None:
    """Log what happened; tell a person who waits for an answer in a private chat."""
    error = context.error
    number = update.update_id if isinstance(update, Update) else None
    match error:
        case ChatMigrated():
            log.info("update %s: the group has become a supergroup", number)
            if isinstance(update, Update) and update.effective_chat:
                await move(update.effective_chat.id, error.new_chat_id, context)
            return
        case StorageError():
            log.error("update %s: %s", number, error)
        case Forbidden():
            log.info("update %s: the bot may not write there (any more)", number)
            return
        case RetryAfter():
            log.warning("update %s: Telegram asks to wait %s", number, error.retry_after)
        case BadRequest():
            log.error("update %s: Telegram refused a request: %s", number, error.message)
        case NetworkError():
            log.warning("update %s: no connection to Telegram (%s)", number, type(error).__name__)
            return
        case _:
            # The traceback names code lines only; the message of the error might quote what a user wrote.
            log.error("update %s failed with %s", number, type(error).__name__, exc_info=_without_message(error))
    await _say_sorry(update, context)


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
    if update.effective_message is None:
        return
    chat = update.effective_chat
    if chat is None or chat.type != chat.PRIVATE:
        return
    try:
        await context.bot.send_message(chat.id, context.texts.failed)
    except TelegramError as second:
        log.warning("update %s: could not say sorry either (%s)", update.update_id, type(second).__name__)
