"""Serving Telegram: polling, or a webhook, until a signal says stop."""

from __future__ import annotations

import logging
from typing import Any

from telegram import Update
from telegram.error import InvalidToken, NetworkError, TelegramError
from telegram.ext import Application

from runtime.settings import Settings

log = logging.getLogger(__name__)

UPDATES = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY]
"""The kinds of update that the handlers use; Telegram need not send others."""


def serve(application: Application[Any, Any, Any, Any, Any, Any], settings: Settings) -> int:
    """Run until SIGINT or SIGTERM; returns the exit status: 0 after a signal, 1 if Telegram can't be served."""
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
            )
        else:
            log.info("serving by polling")
            application.run_polling(allowed_updates=UPDATES, bootstrap_retries=3)
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
