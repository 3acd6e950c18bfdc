"""Who administers a group, as Telegram says at the moment of asking; and what only they may do.

Commands and presses for admins are checked each time with Telegram, whatever the data of a button says.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cachetools import TTLCache
from telegram import Bot, CallbackQuery, ChatMember, ChatMemberAdministrator, ChatMemberOwner, Message, Update, User
from telegram.error import BadRequest, Forbidden
from telegram.ext import CallbackQueryHandler

from handlers.adapters import Press, alert, is_in_group, is_on_keyboard, on_message, on_press, press_of
from handlers.keyboards import Action
from handlers.respond import send

if TYPE_CHECKING:
    from handlers.adapters import OfMessage, OfUpdate
    from handlers.context import BotContext

    OfAdminPress = Callable[["AdminPress", BotContext], Awaitable[None]]

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
        return user is not None and await self.include_id(bot, chat_id, user.id)

    async def include_id(self, bot: Bot, chat_id: int, user_id: int) -> bool:
        """As `include`, where only the id of the user is known."""
        if chat_id >= 0:
            return False
        try:
            listed = self._lists.get(chat_id)
            if listed is None:
                listed = self._lists[chat_id] = _ids(await bot.get_chat_administrators(chat_id))
            if bot.id in listed:
                return user_id in listed
            member = await bot.get_chat_member(chat_id, user_id)
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


@dataclass(frozen=True, slots=True)
class AdminPress:
    """A button for admins, pressed by an admin of the group `chat_id`; `arguments` stand behind the group's id."""

    query: CallbackQuery
    message: Message
    chat_id: int
    arguments: tuple[str, ...]

    @property
    def person_id(self) -> int:
        """The user id of the admin."""
        return self.query.from_user.id


def on_admin_command(handle: OfMessage) -> OfUpdate:
    """A callback that hands over the message of a command that an admin wrote in their group; others get a line."""

    async def checked(message: Message, context: BotContext) -> None:
        if await _may_command(message, context):
            await handle(message, context)

    return on_message(checked)


def on_admin_press(action: Action, handle: OfAdminPress) -> CallbackQueryHandler[BotContext, None]:
    """A handler that hands over each press of `action`'s buttons by an admin of the group that the button names.

    Anybody else gets an alert. In a group the button has to name that very group, and everywhere it has to be on the
    message that was pressed.
    """

    async def checked(press: Press, context: BotContext) -> None:
        allowed = await _allow_press(press, context)
        if allowed is not None:
            await handle(allowed, context)

    return on_press(action, checked)


async def admin_press(update: Update, context: BotContext) -> AdminPress | None:
    """What `on_admin_press` hands over, for a handler that gets the update itself."""
    press = press_of(update)
    return await _allow_press(press, context) if press is not None else None


async def admin_command(update: Update, context: BotContext) -> Message | None:
    """What `on_admin_command` hands over, for a handler that gets the update itself."""
    message = update.effective_message
    return message if message is not None and await _may_command(message, context) else None


async def _allow_press(press: Press, context: BotContext) -> AdminPress | None:
    query, message, number = press.query, press.message, press.argument(0)
    if not is_on_keyboard(query) or not _is_number(number):
        await alert(query, context.texts.old_button)
        return None
    chat_id = int(number)
    is_its_own = not is_in_group(message) or message.chat_id == chat_id
    if not is_its_own or not await context.bot_data.admins.include(context.bot, chat_id, query.from_user):
        await alert(query, context.texts.settings.not_admin)
        return None
    return AdminPress(query, message, chat_id, press.arguments[1:])


async def _may_command(message: Message, context: BotContext) -> bool:
    if not is_in_group(message):
        await send(message, context.texts.settings.only_in_group)
        return False
    if not await context.bot_data.admins.wrote(context.bot, message):
        await send(message, context.texts.settings.not_admin)
        return False
    return True


def _is_number(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdecimal() and len(digits) < 20


def _ids(members: Iterable[ChatMember]) -> frozenset[int]:
    return frozenset(member.user.id for member in members if _is_admin(member))


def _is_admin(member: ChatMember) -> bool:
    return isinstance(member, ChatMemberAdministrator | ChatMemberOwner)
