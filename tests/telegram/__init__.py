"""A strict stand-in for Telegram's Bot API server: the bot talks to it over HTTP, and the tests play the people."""

from tests.telegram.errors import Silence
from tests.telegram.people import Answer, BotMessage, Group, HumanMessage, InlineAnswer, User
from tests.telegram.record import Call, Violation
from tests.telegram.server import BotApiServer

__all__ = [
    "Answer",
    "BotApiServer",
    "BotMessage",
    "Call",
    "Group",
    "HumanMessage",
    "InlineAnswer",
    "Silence",
    "User",
    "Violation",
]
