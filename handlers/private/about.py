"""/about and /privacy: who the bot is, and exactly what it keeps."""

from __future__ import annotations

from telegram import Update
from telegram.ext import CommandHandler

from handlers.context import BotApplication, BotContext
from handlers.delivery import send


def register(application: BotApplication) -> None:
    application.add_handler(CommandHandler("about", about))
    application.add_handler(CommandHandler("privacy", privacy))


async def about(update: Update, context: BotContext) -> None:
    if update.effective_message:
        await send(update.effective_message, context.texts.about.format(count=len(context.knowledge.entries)))


async def privacy(update: Update, context: BotContext) -> None:
    if update.effective_message:
        await send(update.effective_message, context.texts.privacy)
