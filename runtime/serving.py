"""Serving Telegram: polling, or a webhook, until a signal says stop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable
from typing import Any

from telegram import Update
from telegram.error import InvalidToken, NetworkError, TelegramError
from telegram.ext import Application

from runtime.settings import Settings

log = logging.getLogger(__name__)

UPDATES = [
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.MY_CHAT_MEMBER,
    Update.CHAT_MEMBER,
]
"""The kinds of update that the handlers use; Telegram need not send others."""


def serve(
    application: Application[Any, Any, Any, Any, Any, Any], settings: Settings, on_hangup: Callable[[], None]
) -> int:
    """Run until SIGINT or SIGTERM; returns the exit status: 0 after a signal, 1 if Telegram can't be served.

    SIGHUP calls `on_hangup` on the event loop; where it tells that the terminal is gone, it ends the bot instead.
    Runs on the event loop that is set for this thread, and leaves it open to whoever opened it.
    """
    _watch_for_hangups(asyncio.get_event_loop(), on_hangup)
    try:
        if settings.webhook_url and settings.webhook_secret:
            host, _, port = settings.webhook_listen.rpartition(":")
            log.info("serving by webhook on %s", settings.webhook_listen)
            application.run_webhook(
                listen=host,
                port=int(port),
                webhook_url=settings.webhook_url,
                url_path=settings.webhook_url.partition("//")[2].partition("/")[2],
                secret_token=settings.webhook_secret.get_secret_value(),
                allowed_updates=UPDATES,
                close_loop=False,
            )
        else:
            log.info("serving by polling")
            application.run_polling(allowed_updates=UPDATES, bootstrap_retries=3, close_loop=False)
    except InvalidToken:
        log.error("Telegram refused the token: check TELEGRAM_BOT_TOKEN against what BotFather shows")
        return 1
    except NetworkError as error:
        log.error("no connection to Telegram (%s): check the network and TELEGRAM_API_URL", error.message)
        return 1
    except TelegramError as error:
        log.error("Telegram can't be served: %s", error.message)
        return 1
    return 0


def _watch_for_hangups(loop: asyncio.AbstractEventLoop, on_hangup: Callable[[], None]) -> None:
    if not hasattr(signal, "SIGHUP"):  # Windows has none
        return
    # Closing a terminal's window sends the signal too, and a bot that nobody sees any more should not go on for ever;
    # `nohup` asks for just that, and says so by having the signal ignored.
    ends_with_terminal = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN and _has_terminal()

    def hung_up() -> None:
        if ends_with_terminal and not _has_terminal():
            signal.raise_signal(signal.SIGTERM)
        else:
            on_hangup()

    loop.add_signal_handler(signal.SIGHUP, hung_up)


def _has_terminal() -> bool:
    """Whether a terminal controls this process."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
