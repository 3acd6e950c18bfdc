"""The bare python-telegram-bot bot that sends every text back: beside it ours is measured, in the same run.

    TELEGRAM_BOT_TOKEN=… TELEGRAM_API_URL=… python -m evaluation.load.echo_bot

Nothing is set that the library does not set by itself: one update after another, no rate limiter, its own HTTP client.
"""

from __future__ import annotations

import logging
import os
from urllib.parse import urlsplit

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """Send the text back."""
    if update.message is not None and update.message.text is not None:
        await update.message.reply_text(update.message.text)


def main() -> None:
    """Run until SIGTERM: by webhook where WEBHOOK_URL is set, else by polling."""
    logging.basicConfig(level=logging.WARNING)
    root = os.environ["TELEGRAM_API_URL"]
    application = Application.builder().token(os.environ["TELEGRAM_BOT_TOKEN"]).base_url(f"{root}/bot").build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    if url := os.environ.get("WEBHOOK_URL"):
        host, _, port = os.environ["WEBHOOK_LISTEN"].rpartition(":")
        application.run_webhook(
            listen=host,
            port=int(port),
            url_path=urlsplit(url).path.lstrip("/"),
            webhook_url=url,
            secret_token=os.environ["WEBHOOK_SECRET"],
        )
    else:
        application.run_polling()


if __name__ == "__main__":
    main()
