"""The command menus and the bot's description, set once at start."""

from __future__ import annotations

import logging

from telegram import (
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)
from telegram.error import TelegramError

from handlers.context import BotApplication

log = logging.getLogger(__name__)


async def set_menu(application: BotApplication) -> None:
    """Show private chats and groups the commands that work there. A refusal is logged and does not stop the bot."""
    texts = application.bot_data.texts
    try:
        await application.bot.set_my_commands(
            list(texts.commands_private.items()), scope=BotCommandScopeAllPrivateChats()
        )
        await application.bot.set_my_commands(list(texts.commands_group.items()), scope=BotCommandScopeAllGroupChats())
        await application.bot.set_my_commands(
            list(texts.commands_admins.items()), scope=BotCommandScopeAllChatAdministrators()
        )
        await application.bot.set_my_description(texts.description)
        await application.bot.set_my_short_description(texts.short_description)
    except TelegramError as error:
        log.warning("the command menu could not be set (%s)", type(error).__name__)
