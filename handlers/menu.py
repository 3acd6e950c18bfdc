"""The command menus and the bot's descriptions in each language, set at start where Telegram has others."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import partial
from typing import Any

from telegram import (
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import ExtBot

from handlers.context import BotApplication
from handlers.texts import Texts
from handlers.translations import LANGUAGES, ORIGINAL

log = logging.getLogger(__name__)

_Commands = Mapping[str, str]
_SCOPES: Mapping[str, BotCommandScope] = {
    "commands_private": BotCommandScopeAllPrivateChats(),
    "commands_group": BotCommandScopeAllGroupChats(),
    "commands_admins": BotCommandScopeAllChatAdministrators(),
}
"""By the name of their commands in texts.yaml."""

_Language = str | None
"""None is for people whose language has no menu of its own: they get the original."""


async def set_menu(application: BotApplication) -> None:
    """Show private chats, groups and admins the commands that work there, and everybody what the bot is.

    Telegram is asked first what it has, and told only what differs, one call after another. A refusal is logged and
    stops nothing; where Telegram can't be reached, the rest is left to the next start.
    """
    data = application.bot_data
    for language in LANGUAGES:
        texts = await asyncio.to_thread(data.translations.of, language)
        for what, work in _menu(application.bot, texts, data.texts, None if language == ORIGINAL else language):
            try:
                await work()
            except (BadRequest, Forbidden) as error:
                log.warning("%s (language %s) could not be set: %s", what, language, type(error).__name__)
            except TelegramError as error:
                log.warning("the menus could not be set (%s): the next start tries again", type(error).__name__)
                return


def _menu(
    bot: ExtBot[Any], texts: Texts, english: Texts, language: _Language
) -> Iterator[tuple[str, Callable[[], Awaitable[None]]]]:
    """All that is set for one language, each by its name in the log."""
    for name, scope in _SCOPES.items():
        commands: _Commands = getattr(texts, name)
        is_own = language is None or commands != getattr(english, name)
        yield name, partial(_set_commands, bot, commands if is_own else {}, scope, language)
    yield "description", partial(_set_description, bot, texts.description, language)
    yield "short_description", partial(_set_short_description, bot, texts.short_description, language)


async def _set_commands(bot: ExtBot[Any], commands: _Commands, scope: BotCommandScope, language: _Language) -> None:
    """Have these commands shown; where there are none for a language, Telegram shows those of the original."""
    shown = await bot.get_my_commands(scope, language)
    if [(each.command, each.description) for each in shown] == list(commands.items()):
        return
    if commands:
        await bot.set_my_commands(list(commands.items()), scope, language)
    else:
        await bot.delete_my_commands(scope, language)


async def _set_description(bot: ExtBot[Any], text: str, language: _Language) -> None:
    """Telegram gives the original where a language has none of its own, so nothing is set that is not translated."""
    shown = await bot.get_my_description(language)
    if shown.description != text:
        await bot.set_my_description(text, language)


async def _set_short_description(bot: ExtBot[Any], text: str, language: _Language) -> None:
    shown = await bot.get_my_short_description(language)
    if shown.short_description != text:
        await bot.set_my_short_description(text, language)
