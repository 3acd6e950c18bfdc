"""A strict stand-in for Telegram's Bot API server: the bot talks to it over HTTP, and the tests play the people."""

from tests.bot_api_server.errors import Silence
from tests.bot_api_server.people import Answer, BotMessage, Conversation, Group, HumanMessage, InlineAnswer, User
from tests.bot_api_server.record import Call, Violation
from tests.bot_api_server.server import BotApiServer

__all__ = [
    "Answer",
    "BotApiServer",
    "BotMessage",
    "Call",
    "Conversation",
    "Group",
    "HumanMessage",
    "InlineAnswer",
    "Silence",
    "User",
    "Violation",
]
