"""What every handler has at hand, typed: the answerer, the texts, and the little that is remembered for minutes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cachetools import TTLCache
from telegram.ext import Application, CallbackContext, ExtBot, JobQueue

from handlers.texts import Texts, load_texts
from knowledge.answering import Answerer
from knowledge.model import Entry, Knowledge

REMEMBERED_CHATS = 10_000
FOLLOW_UP_SECONDS = 300
EDITABLE_SECONDS = 3600


def _short_memory(seconds: int) -> TTLCache[Any, Any]:
    return TTLCache(maxsize=REMEMBERED_CHATS, ttl=seconds)


@dataclass
class BotData:
    """State of the running bot. The two memories forget by themselves and are never stored.

    `last_shown` maps a chat and thread to the id of the entry shown last; `answer_to` maps a user's message (chat id,
    message id) to the id of the bot's message that answers it.
    """

    answerer: Answerer
    texts: Texts = field(default_factory=load_texts)
    last_shown: TTLCache[tuple[int, int | None], str] = field(default_factory=lambda: _short_memory(FOLLOW_UP_SECONDS))
    answer_to: TTLCache[tuple[int, int], int] = field(default_factory=lambda: _short_memory(EDITABLE_SECONDS))


class BotContext(CallbackContext[ExtBot[Any], dict[Any, Any], dict[Any, Any], BotData]):
    """The context of one update."""

    @property
    def answerer(self) -> Answerer:
        return self.bot_data.answerer

    @property
    def knowledge(self) -> Knowledge:
        return self.bot_data.answerer.knowledge

    @property
    def texts(self) -> Texts:
        return self.bot_data.texts

    def shown_last(self, chat: int, thread: int | None) -> Entry | None:
        """The entry shown in this chat a moment ago."""
        entry_id = self.bot_data.last_shown.get((chat, thread))
        return self.knowledge.entries.get(entry_id) if entry_id else None


BotApplication = Application[
    ExtBot[Any], BotContext, dict[Any, Any], dict[Any, Any], BotData, JobQueue[BotContext] | None
]
