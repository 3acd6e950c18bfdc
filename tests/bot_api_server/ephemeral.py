"""Messages that one member of a group alone sees (Bot API 10.2 and 10.3).

As https://core.telegram.org/bots/api#ephemeral-messages-and-commands has it: for groups and supergroups; "any bot can
send an ephemeral message to a user within 15 seconds of the incoming eligible action", naming the callback query;
"if the bot is a chat administrator, it can send an ephemeral message to any non-bot member of the chat at any time".
The Message that comes back has a `message_id` of 0, and `ephemeral_message_id` and `receiver_user`
(https://core.telegram.org/bots/api#message; the 0 is told in github.com/telegramdesktop/tdesktop/issues/31196).
Incoming ephemeral commands are not played here.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.bot_api_server.chats import PRESENT, Chat, Message, Person, World
from tests.bot_api_server.errors import ApiError, Json, bad_request
from tests.bot_api_server.keyboards import checked_markup
from tests.bot_api_server.wording import link_preview_of, text_of

if TYPE_CHECKING:
    from tests.bot_api_server.parameters import Parameters

PARAMETER = "ephemeral_message_parameters"

_FIELDS = {"receiver_user_id", "callback_query_id", "replace_callback_query_message"}
"""https://core.telegram.org/bots/api#ephemeralmessageparameters"""


def receiver_of(world: World, chat: Chat, p: Parameters) -> Person | None:
    """Who alone is to see what the call sends, if it names anybody and the server knows of that; raises ApiError."""
    wanted = p.data(PARAMETER)
    if wanted is None or not world.knows_ephemeral:  # a server passes over parameters that it does not know
        return None
    if not isinstance(wanted, dict) or wanted.keys() - _FIELDS or not isinstance(wanted.get("receiver_user_id"), int):
        raise bad_request("can't parse ephemeral message parameters: object with known fields expected")
    person, query = world.people.get(wanted["receiver_user_id"]), wanted.get("callback_query_id")
    pressed = world.presses.get(str(query)) if query is not None else None
    if pressed is not None:
        may = pressed.sender is person and time.monotonic() - pressed.since <= world.ephemeral_seconds
        replaces = wanted.get("replace_callback_query_message")
        if replaces and pressed.is_ephemeral:  # "must be False for callback queries from ephemeral messages"
            raise bad_request("EPHEMERAL_MESSAGE_REPLACE_INVALID")
    else:
        may = query is None and chat.kind != "private" and chat.member(world.bot).status == "administrator"
    if not may:
        raise bad_request("QUERY_ID_INVALID" if query is not None else "BOT_NOT_ADMIN")
    if person is None or person.is_bot or chat.member(person).status not in PRESENT:
        raise bad_request("USER_NOT_PARTICIPANT")
    if p.data("reply_parameters"):
        raise bad_request("the stand-in for Telegram sends ephemeral messages as no replies")
    return person


def edit_text(world: World, p: Parameters) -> bool:
    """https://core.telegram.org/bots/api#editephemeralmessagetext: True, whether its receiver sees that or not."""
    text = text_of(world, p.values, p.notes)
    markup, preview = checked_markup(p.data("reply_markup"), only_inline=True), link_preview_of(p)
    message = _named(world, p)
    if "text" not in message.content:
        raise bad_request("there is no text in the message to edit")
    message.replace_text("text", text.text, text.entities)
    message.link_preview, message.source = preview, p.text("text")
    return _edited(world, message, markup)


def edit_reply_markup(world: World, p: Parameters) -> bool:
    """https://core.telegram.org/bots/api#editephemeralmessagereplymarkup."""
    return _edited(world, _named(world, p), checked_markup(p.data("reply_markup"), only_inline=True))


def delete(world: World, p: Parameters) -> bool:
    """https://core.telegram.org/bots/api#deleteephemeralmessage."""
    _named(world, p).deleted = True
    world.bell.ring()
    return True


def _named(world: World, p: Parameters) -> Message:
    """The message that the call names: by its chat, its receiver, and its id among ephemeral messages."""
    if not world.knows_ephemeral:
        raise ApiError(404, "Not Found")
    chat = world.chats.get(p.integer("chat_id", 0))
    if chat is None:
        raise bad_request("chat not found")
    message = chat.ephemeral.get(p.integer("ephemeral_message_id", 0))
    if message is None or message.deleted or message.receiver is None:
        raise bad_request("message to edit not found")
    if message.receiver.id != p.integer("receiver_user_id", 0):
        raise bad_request("message to edit not found")
    return message


def _edited(world: World, message: Message, markup: Json | None) -> bool:
    world.flood.check(message.chat.id, is_group=True)
    message.markup, message.edit_date = markup, int(time.time())
    message.edits.append(message.text)
    world.bell.ring()
    return True
