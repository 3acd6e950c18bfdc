"""Messages in a group that one member alone sees, as Bot API 10.3 has them and python-telegram-bot 22.8 does not know.

Telegram does not promise that such a message arrives, and it goes after a while or when the app is restarted: nothing
that somebody may need in danger goes this way. Any bot may send one within 15 seconds of a press, to whoever pressed;
at any other time only an admin may, to any member who is no bot. It has no message id but one of its own, by which it
is changed and deleted with methods of its own: https://core.telegram.org/bots/api#ephemeral-messages-and-commands

A server that does not know this passes over the parameter, as over any that it does not know, and sends the message for
all. Its answer tells: it has no id of an ephemeral message.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, NamedTuple

from cachetools import TTLCache
from telegram import Bot, InlineKeyboardMarkup, Message
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden

from runtime.refusals import wording_of
from runtime.storage import ChatSettings

log = logging.getLogger(__name__)

_NOT_ADMIN = "bot_not_admin"
"""In small letters, what Telegram says where the bot is no admin and nobody has pressed."""

_NOT_TRIED_AGAIN = 180
"""Seconds after that, in which a group is not tried again: each try would count as a message to it."""


class Standing(Enum):
    """Whether the bot can answer in a group so that one member alone sees it."""

    ABLE = auto()
    UNKNOWN = auto()
    """The server does not know such messages."""
    NO_ADMIN = auto()
    """The bot is no admin of the group."""


class Spot(NamedTuple):
    """A message of the bot: in `chat_id` for all, or for `receiver_id` alone; `number` is its id among its kind."""

    chat_id: int
    number: int
    receiver_id: int | None = None


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who alone is to see a message: a user, and the press (its query's id) that it answers, if it answers one."""

    person_id: int
    press_id: str | None = None

    def as_parameters(self) -> dict[str, Any]:
        """What sending to them takes, beside the usual parameters."""
        press = {} if self.press_id is None else {"callback_query_id": self.press_id}
        return {"ephemeral_message_parameters": {"receiver_user_id": self.person_id, **press}}


class Ephemeral:
    """Sends to one member alone, where that can be done."""

    def __init__(self, remembered_chats: int) -> None:
        self.is_known = True
        """Whether the server knows such messages, as far as this process has seen."""
        self._barred: TTLCache[int, bool] = TTLCache(remembered_chats, _NOT_TRIED_AGAIN, time.monotonic)

    async def send(
        self, beside: Message, receiver: Receiver, html: str, markup: InlineKeyboardMarkup | None
    ) -> Message | None:
        """Send into the chat and forum topic of `beside`; None where it can't be done, and nobody got anything.

        What comes back from a server that does not know such messages is for all; `spot_of` tells.
        """
        chat_id = beside.chat_id
        if not self.is_known or (chat_id in self._barred and receiver.press_id is None):
            return None
        try:
            sent = await beside.get_bot().send_message(
                chat_id,
                html,
                reply_markup=markup,
                message_thread_id=beside.message_thread_id if beside.is_topic_message else None,
                api_kwargs=receiver.as_parameters(),
            )
        except (BadRequest, Forbidden) as error:
            if _NOT_ADMIN in error.message.lower():
                self._barred[chat_id] = True
            log.info("a message for one member of group %s was refused: %s", chat_id, wording_of(error))
            return None
        if not is_for_one(sent):
            self.is_known = False
            log.warning("the Bot API server does not know ephemeral messages: answers are sent for all")
        return sent

    def admit(self, chat_id: int) -> None:
        """Try a group again, in which the standing of the bot has changed."""
        self._barred.pop(chat_id, None)


def receiver_of(message: Message, settings: ChatSettings | None) -> Receiver | None:
    """Who alone is to see what answers `message`; None where all are, and for who writes in the name of a chat."""
    author = message.from_user
    if settings is None or not settings.only_for_asker or message.sender_chat is not None or author is None:
        return None
    return Receiver(author.id)


def spot_of(message: Message) -> Spot:
    """Where a message of the bot is."""
    number, receiver = message.api_kwargs.get("ephemeral_message_id"), message.api_kwargs.get("receiver_user")
    if number is None or receiver is None:
        return Spot(message.chat_id, message.message_id)
    return Spot(message.chat_id, int(number), int(receiver["id"]))


def is_for_one(message: Message) -> bool:
    """Whether one member alone sees this message of the bot. No ordinary message can reply to it."""
    return spot_of(message).receiver_id is not None


async def change_text(bot: Bot, spot: Spot, html: str, markup: InlineKeyboardMarkup | None) -> None:
    """Change an ephemeral message. Raises BadRequest, and not where its receiver does not get to see the change."""
    more = {"text": html, "parse_mode": ParseMode.HTML, "link_preview_options": {"is_disabled": True}}
    await bot.do_api_request("editEphemeralMessageText", {**_named(spot), **more, "reply_markup": markup})


async def change_buttons(bot: Bot, spot: Spot, markup: InlineKeyboardMarkup | None) -> None:
    """Change the buttons of a message of either kind. Raises BadRequest."""
    if spot.receiver_id is None:
        await bot.edit_message_reply_markup(spot.chat_id, spot.number, reply_markup=markup)
    else:
        await bot.do_api_request("editEphemeralMessageReplyMarkup", {**_named(spot), "reply_markup": markup})


async def delete(bot: Bot, spot: Spot) -> None:
    """Delete a message of either kind. Raises BadRequest, and Forbidden."""
    if spot.receiver_id is None:
        await bot.delete_message(spot.chat_id, spot.number)
    else:
        await bot.do_api_request("deleteEphemeralMessage", _named(spot))


def _named(spot: Spot) -> dict[str, Any]:
    return {"chat_id": spot.chat_id, "receiver_user_id": spot.receiver_id, "ephemeral_message_id": spot.number}
