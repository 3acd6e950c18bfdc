"""Whether Telegram shows the bot every message of a group, or only what is put to it.

In privacy mode, Telegram's default, a bot that is no administrator gets commands that name it, replies to it, and
little else (https://core.telegram.org/bots/features#privacy-mode).
"""

from __future__ import annotations

import time

from cachetools import TTLCache
from telegram import Bot, ChatMemberAdministrator
from telegram.error import BadRequest, Forbidden, TelegramError

_KEPT_SECONDS = 60
"""A change of privacy mode is told to no bot; it holds for groups that add the bot after it."""


class Hearing:
    """In which groups the bot hears everything, as Telegram said at most a minute ago."""

    def __init__(self, remembered_chats: int) -> None:
        self._known: TTLCache[int, bool] = TTLCache(remembered_chats, _KEPT_SECONDS, time.monotonic)
        self._everywhere: TTLCache[int, bool] = TTLCache(1, _KEPT_SECONDS, time.monotonic)
        """By the bot's id: whether privacy mode is off, which is the same in all groups."""

    async def is_full(self, bot: Bot, chat_id: int, *, in_doubt: bool = False) -> bool:
        """Whether every message of the group reaches the bot; no, where it is not in the group (any more).

        `in_doubt` is what is taken for true where Telegram does not answer; the next time it is asked anew.
        """
        known = self._known.get(chat_id)
        if known is None:
            try:
                known = self._known[chat_id] = await self._hears_all(bot, chat_id)
            except TelegramError:
                return in_doubt
        return known

    def drop(self, chat_id: int) -> None:
        """Ask Telegram anew the next time: the bot's standing in the group has changed."""
        self._known.pop(chat_id, None)
        self._everywhere.clear()  # whoever turned privacy mode off has to add the bot anew

    async def _hears_all(self, bot: Bot, chat_id: int) -> bool:
        everywhere = self._everywhere.get(bot.id)
        if everywhere is None:
            said = (await bot.get_me()).can_read_all_group_messages
            everywhere = self._everywhere[bot.id] = bool(said)
        if everywhere:
            return True
        try:
            member = await bot.get_chat_member(chat_id, bot.id)
        except (BadRequest, Forbidden):
            return False
        return isinstance(member, ChatMemberAdministrator)
