"""What Telegram's words mean, as python-telegram-bot hands them on."""

from __future__ import annotations

import pytest
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

from runtime.refusals import Refusal, meaning_of, wording_of


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (
            BadRequest(
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the "
                "same as a current content and reply markup of the message"
            ),
            Refusal.NOT_MODIFIED,
        ),
        (Forbidden("Forbidden: bot was blocked by the user"), Refusal.BLOCKED),
        (Forbidden("Forbidden: user is deactivated"), Refusal.BLOCKED),
        (Forbidden("Forbidden: bot can't initiate conversation with a user"), Refusal.BLOCKED),
        (Forbidden("Forbidden: bot can't send messages to bots"), Refusal.BLOCKED),
        (BadRequest("Bad Request: chat not found"), Refusal.BLOCKED),
        (BadRequest("Bad Request: private chat not found"), Refusal.BLOCKED),
        (BadRequest("Bad Request: PEER_ID_INVALID"), Refusal.BLOCKED),
        (Forbidden("Forbidden: bot was kicked from the group chat"), Refusal.KICKED),
        (Forbidden("Forbidden: bot was kicked from the supergroup chat"), Refusal.KICKED),
        (Forbidden("Forbidden: bot is not a member of the supergroup chat"), Refusal.KICKED),
        (Forbidden("Forbidden: the group chat was deleted"), Refusal.KICKED),
        (BadRequest("Bad Request: group chat was deactivated"), Refusal.KICKED),
        (BadRequest("Bad Request: not enough rights to send text messages to the chat"), Refusal.MAY_NOT_WRITE),
        (Forbidden("Forbidden: not enough rights to send photos to the chat"), Refusal.MAY_NOT_WRITE),
        (BadRequest("Bad Request: have no rights to send a message"), Refusal.MAY_NOT_WRITE),
        (BadRequest("Bad Request: need administrator rights in the channel chat"), Refusal.MAY_NOT_WRITE),
        (BadRequest("Bad Request: CHAT_WRITE_FORBIDDEN"), Refusal.MAY_NOT_WRITE),
        (BadRequest("Bad Request: CHAT_SEND_PHOTOS_FORBIDDEN"), Refusal.MAY_NOT_WRITE),
        (BadRequest("Bad Request: CHAT_ADMIN_REQUIRED"), Refusal.MAY_NOT_WRITE),
        (BadRequest("Bad Request: CHAT_RESTRICTED"), Refusal.MAY_NOT_WRITE),
        (BadRequest("Bad Request: TOPIC_CLOSED"), Refusal.TOPIC_CLOSED),
        (BadRequest("Bad Request: TOPIC_DELETED"), Refusal.TOPIC_CLOSED),
        (BadRequest("Bad Request: message thread not found"), Refusal.TOPIC_CLOSED),
        (BadRequest("Bad Request: message to edit not found"), Refusal.MESSAGE_GONE),
        (BadRequest("Bad Request: message to delete not found"), Refusal.MESSAGE_GONE),
        (BadRequest("Bad Request: message to be replied not found"), Refusal.MESSAGE_GONE),
        (BadRequest("Bad Request: MESSAGE_ID_INVALID"), Refusal.MESSAGE_GONE),
        (BadRequest("Bad Request: message can't be edited"), Refusal.MESSAGE_GONE),
        (BadRequest("Bad Request: message can't be deleted for everyone"), Refusal.MESSAGE_GONE),
        (
            BadRequest("Bad Request: query is too old and response timeout expired or query ID is invalid"),
            Refusal.OLD_PRESS,
        ),
        (BadRequest("Bad Request: can't parse entities: unsupported start tag"), Refusal.OTHER),
        (BadRequest("Bad Request: MESSAGE_TOO_LONG"), Refusal.OTHER),
        (Forbidden("Forbidden"), Refusal.OTHER),
        (RetryAfter(3), Refusal.OTHER),
        (TimedOut(), Refusal.OTHER),
        (NetworkError("chat not found"), Refusal.OTHER),
        (None, Refusal.OTHER),
    ],
)
def test_meaning(error: TelegramError | None, meaning: Refusal) -> None:
    assert meaning_of(error) is meaning


def test_what_a_refusal_quotes_is_left_out() -> None:
    quoting = BadRequest('Bad Request: can\'t parse entities: unsupported start tag "my name" at byte offset 3')
    assert wording_of(quoting) == 'Can\'t parse entities: unsupported start tag "…" at byte offset 3'
    assert wording_of(BadRequest("Bad Request: MESSAGE_TOO_LONG")) == "Message_too_long"
