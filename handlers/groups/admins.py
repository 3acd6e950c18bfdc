"""Who administers a group, as Telegram says at the moment of asking."""

from __future__ import annotations

import time
from collections.abc import Iterable

from cachetools import TTLCache
from telegram import Bot, ChatMember, ChatMemberAdministrator, ChatMemberOwner, Message, User
from telegram.error import BadRequest, Forbidden

_KEPT_SECONDS = 180


class Admins:
    """The administrators of groups, in memory for a few minutes.

    Telegram tells a bot of every promotion and demotion only where the bot is an administrator itself. There the list
    is kept, and dropped when something changes; elsewhere each question goes to Telegram.
    """

    def __init__(self, remembered_chats: int) -> None:
        self._lists: TTLCache[int, frozenset[int]] = TTLCache(remembered_chats, _KEPT_SECONDS, time.monotonic)

    async def include(self, bot: Bot, chat_id: int, user: User | None) -> bool:
        """Whether `user` administers the group now; no, where the bot itself is not in the group (any more)."""
        if user is None or chat_id >= 0:
            return False
        try:
            listed = self._lists.get(chat_id)
            if listed is None:
                listed = self._lists[chat_id] = _ids(await bot.get_chat_administrators(chat_id))
            if bot.id in listed:
                return user.id in listed
            member = await bot.get_chat_member(chat_id, user.id)
        except (BadRequest, Forbidden):
            return False
        return _is_admin(member)

    async def wrote(self, bot: Bot, message: Message) -> bool:
        """Whether an administrator wrote `message` in its group; who writes in the group's own name is one."""
        if message.sender_chat is not None:
            return message.sender_chat.id == message.chat_id
        return await self.include(bot, message.chat_id, message.from_user)

    def drop(self, chat_id: int) -> None:
        """Ask Telegram anew the next time."""
        self._lists.pop(chat_id, None)


def _ids(members: Iterable[ChatMember]) -> frozenset[int]:
    return frozenset(member.user.id for member in members if _is_admin(member))


def _is_admin(member: ChatMember) -> bool:
    return isinstance(member, ChatMemberAdministrator | ChatMemberOwner)
