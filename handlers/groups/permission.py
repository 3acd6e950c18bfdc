"""Who may do what with a group: checked with Telegram at each command and each press, whatever the data says."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import CallbackQuery, Message, Update

from handlers.context import BotContext
from handlers.delivery import alert, is_in_group, send
from handlers.keyboards import arguments
from handlers.update_filter import is_on_keyboard


@dataclass(frozen=True, slots=True)
class AdminPress:
    """A button for admins, pressed by an admin of the group `chat_id`; `arguments` stand behind the group's id."""

    query: CallbackQuery
    message: Message
    chat_id: int
    arguments: list[str]


async def admin_press(update: Update, context: BotContext) -> AdminPress | None:
    """The press, if whoever pressed administers the group that the button names; anybody else gets an alert.

    In a group the button has to name that very group, and everywhere it has to be on the message that was pressed.
    """
    query = update.callback_query
    if query is None:
        return None
    number, *rest = arguments(query.data) or [""]
    message = query.message
    if not isinstance(message, Message) or not is_on_keyboard(query) or not _is_number(number):
        await alert(query, context.texts.old_button)
        return None
    chat_id = int(number)
    is_its_own = not is_in_group(message) or message.chat_id == chat_id
    if not is_its_own or not await context.bot_data.admins.include(context.bot, chat_id, query.from_user):
        await alert(query, context.texts.settings.not_admin)
        return None
    return AdminPress(query, message, chat_id, rest)


async def admin_command(update: Update, context: BotContext) -> Message | None:
    """The command's message, if it stands in a group and an admin of it wrote it; anybody else gets a line."""
    message = update.effective_message
    if message is None:
        return None
    if not is_in_group(message):
        await send(message, context.texts.settings.only_in_group)
        return None
    if not await context.bot_data.admins.wrote(context.bot, message):
        await send(message, context.texts.settings.not_admin)
        return None
    return message


def _is_number(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdecimal() and len(digits) < 20
