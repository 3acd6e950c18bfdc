"""The bare python-telegram-bot bot that sends every text back: beside it ours is measured, in the same run.

    TELEGRAM_BOT_TOKEN=… TELEGRAM_API_URL=… python -m evaluation.load.echo_bot

Nothing is set that the library does not set by itself: one update after another, no rate limiter, its own HTTP client.
Behind a webhook it does what the library's own server does (which needs a package that nothing else here needs): an
update is put into the queue, and confirmed before it is handled.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from urllib.parse import urlsplit

from aiohttp import web
from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

_SECRET = "X-Telegram-Bot-Api-Secret-Token"


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """Send the text back."""
    if update.message is not None and update.message.text is not None:
        await update.message.reply_text(update.message.text)


async def take_updates(application: Application, url: str, listen: str, secret: str) -> None:  # type: ignore[type-arg]
    """Take updates at `listen` until SIGTERM, then finish those in the queue."""

    async def take(request: web.Request) -> web.Response:
        if request.headers.get(_SECRET) != secret:
            return web.Response(status=403)
        update = Update.de_json(await request.json(), application.bot)
        await application.update_queue.put(update)
        return web.Response()

    door = web.Application()
    door.router.add_post(urlsplit(url).path, take)
    runner, over = web.AppRunner(door, access_log=None), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    host, _, port = listen.rpartition(":")
    async with application:
        await application.start()
        await runner.setup()
        await web.TCPSite(runner, host, int(port)).start()
        await application.bot.set_webhook(url, secret_token=secret)
        await over.wait()
        await runner.cleanup()
        await application.stop()


def main() -> None:
    """Run until SIGTERM: by webhook where WEBHOOK_URL is set, else by polling."""
    logging.basicConfig(level=logging.WARNING)
    root = os.environ["TELEGRAM_API_URL"]
    application = Application.builder().token(os.environ["TELEGRAM_BOT_TOKEN"]).base_url(f"{root}/bot").build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    if url := os.environ.get("WEBHOOK_URL"):
        asyncio.run(take_updates(application, url, os.environ["WEBHOOK_LISTEN"], os.environ["WEBHOOK_SECRET"]))
    else:
        application.run_polling()


if __name__ == "__main__":
    main()
