"""What Telegram means when it refuses a call (400 and 403), which it says in words only."""

from __future__ import annotations

from enum import Enum, auto

from telegram.error import BadRequest, Forbidden, TelegramError


class Refusal(Enum):
    """Why a call was refused."""

    NOT_MODIFIED = auto()
    """The message shows already what it was to be changed into."""
    BLOCKED = auto()
    """The person has blocked the bot, has never started it or is gone."""
    KICKED = auto()
    """The bot is not in the group (any more), or the group is gone."""
    MAY_NOT_WRITE = auto()
    """The bot is in the group, and has not the right for this there."""
    TOPIC_CLOSED = auto()
    """The forum topic is closed or gone."""
    MESSAGE_GONE = auto()
    """The message can't be changed, deleted or answered (any more)."""
    OLD_PRESS = auto()
    """A button's press is too old to be answered."""
    OTHER = auto()
    """A fault of ours, most likely; or no refusal at all."""


_WORDS = {
    Refusal.NOT_MODIFIED: ("message is not modified", "message_not_modified"),
    Refusal.OLD_PRESS: ("query is too old", "query id is invalid", "query_id_invalid"),
    Refusal.BLOCKED: (
        "bot was blocked by the user",
        "user_is_blocked",
        "user is deactivated",
        "user_deactivated",
        "chat not found",
        "peer_id_invalid",
        "bot can't initiate conversation with a user",
        "can't send messages to bots",
        "can't send messages to the user",
    ),
    Refusal.KICKED: (
        "bot was kicked from",
        "bot is not a member of",
        "the group chat was deleted",
        "group chat was deactivated",
        "group chat is deactivated",
        "channel_private",
    ),
    Refusal.TOPIC_CLOSED: (
        "topic_closed",
        "topic_deleted",
        "topic_id_invalid",
        "message thread not found",
    ),
    Refusal.MESSAGE_GONE: (
        "message to edit not found",
        "message to delete not found",
        "message to be replied not found",
        "message to react not found",
        "reply message not found",
        "replied message not found",
        "message not found",
        "message_id_invalid",
        "message can't be edited",
        "message can't be deleted",
        "message_delete_forbidden",
        "message_edit_time_expired",
    ),
    Refusal.MAY_NOT_WRITE: (
        "not enough rights",
        "have no rights to send",
        "have no write access",
        "need administrator rights",
        "chat_admin_required",
        "chat_write_forbidden",
        "chat_restricted",
        "chat_guest_send_forbidden",
        "chat_send_",  # CHAT_SEND_PLAIN_FORBIDDEN, CHAT_SEND_PHOTOS_FORBIDDEN and others
        "user_banned_in_channel",
        "right_forbidden",
    ),
}
"""Pieces of Telegram's descriptions, in small letters: from the sources of its Bot API server, and as people quote it.
What the server passes on from further inside is one word in capitals, of which python-telegram-bot keeps the first.
"""


def meaning_of(error: BaseException | None) -> Refusal:
    """What `error` means; OTHER for whatever is no refusal."""
    if not isinstance(error, (BadRequest, Forbidden)):
        return Refusal.OTHER
    said = error.message.lower()
    return next((refusal for refusal, words in _WORDS.items() if any(word in said for word in words)), Refusal.OTHER)


def wording_of(error: TelegramError) -> str:
    """Telegram's own words without what they quote, which may be of a message."""
    said = error.message
    return said if '"' not in said else '"…"'.join(said.split('"')[::2])
