"""What every handler has at hand, typed: the answerer, the texts, storage, and the little that memory holds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from cachetools import TTLCache
from telegram import Chat, Update
from telegram.ext import Application, CallbackContext, ExtBot, JobQueue

from handlers.ephemeral import Ephemeral, Spot
from handlers.group_settings.cache import GroupSettings
from handlers.group_settings.links import Seal
from handlers.groups.admins import Admins
from handlers.groups.counters import Tally
from handlers.groups.hearing import Hearing
from handlers.groups.scheduled_deletions import Deletions
from handlers.groups.speaking import Pace
from handlers.keyboards import Action
from handlers.reloading import Reloading
from handlers.rendering import Below, Rendered, render
from handlers.texts import Texts
from handlers.translations import Translations, language_of
from knowledge.answering import Answerer, Seen
from knowledge.language.utterance import Utterance
from knowledge.model import Entry, Knowledge, RedFlags, Tier
from knowledge.reply import Answer, CheckIn, Reply, Suggestions, Unknown
from runtime.health import Health
from runtime.metrics import MATCHING
from runtime.tasks import Tasks

if TYPE_CHECKING:
    from telegram import Message

    from runtime.storage import ChatSettings
    from runtime.storage.settings_file import Portable
    from runtime.storage.storage import Storage

REMEMBERED_CHATS = 10_000
FOLLOW_UP_SECONDS = 300
EDITABLE_SECONDS = 3600
REMOVABLE_SECONDS = 3600
PROMPT_SECONDS = 3600
OFFER_SECONDS = 900
CHECKED_IN_SECONDS = 600
PICTURE_SECONDS = 60
PINNED_SECONDS = 60
MOST_OFFERS = 500
"""Of settings that admins may use: each holds what may be as large as a file."""
TALK_SECONDS = 3600
QUESTIONS_SECONDS = 3600
TALK_REMEMBERED = 3
"""How many of the last lines of small talk a chat does not hear again."""


def _short_memory(seconds: int, most: int = REMEMBERED_CHATS) -> TTLCache[Any, Any]:
    return TTLCache(maxsize=most, ttl=seconds)


@dataclass
class Memory:
    """What is remembered for minutes and never stored.

    `last_shown` maps a chat and thread to the id of the entry shown last, and whether its rest was too; `answer_to`
    maps a user's message (chat id, message id) to where the bot's message is that answers it; `asked_by` maps an
    answer (chat id, message id) to the id of whoever had the bot give it; `prompts` maps a message that waits for a
    typed value or a file (chat id, message id) to the group and the name of the setting; `offers` maps a message that
    says what would change (chat id, message id) to the group, the settings that a file or another group has, and that
    other group; `pinned` holds the panels by which a message was pinned a moment ago; `topics` maps a forum topic (chat
    id, thread id) to its name; `pictures` holds the pictures sent a moment ago (chat id, answer, picture id);
    `checked_in` holds the chat and the tier that a check-in asked about; `near_last` maps a chat and thread to the ids
    of what may have been meant by its last question instead, as far as it was not offered; `talk_heard` maps a chat to
    what the bot last said there in small talk; `questions_awaited` maps a message that waits for a question to the
    editors (chat id, message id) to the id of the entry whose answer was no help, or nothing; `questions_sent` maps a
    chat to how many questions it sent to the editors in the last hour. A key always begins with the id of its chat.
    """

    last_shown: TTLCache[tuple[int, int | None], tuple[str, bool]] = field(
        default_factory=lambda: _short_memory(FOLLOW_UP_SECONDS)
    )
    answer_to: TTLCache[tuple[int, int], Spot] = field(default_factory=lambda: _short_memory(EDITABLE_SECONDS))
    asked_by: TTLCache[tuple[int, int], int] = field(default_factory=lambda: _short_memory(REMOVABLE_SECONDS))
    prompts: TTLCache[tuple[int, int], tuple[int, str]] = field(default_factory=lambda: _short_memory(PROMPT_SECONDS))
    offers: TTLCache[tuple[int, int], tuple[int, Portable, int | None]] = field(
        default_factory=lambda: _short_memory(OFFER_SECONDS, MOST_OFFERS)
    )
    pinned: TTLCache[Spot, bool] = field(default_factory=lambda: _short_memory(PINNED_SECONDS))
    topics: TTLCache[tuple[int, int], str] = field(default_factory=lambda: _short_memory(EDITABLE_SECONDS))
    pictures: TTLCache[tuple[int, Spot, str], bool] = field(default_factory=lambda: _short_memory(PICTURE_SECONDS))
    checked_in: TTLCache[tuple[int, Tier], bool] = field(default_factory=lambda: _short_memory(CHECKED_IN_SECONDS))
    near_last: TTLCache[tuple[int, int | None], tuple[str, ...]] = field(
        default_factory=lambda: _short_memory(FOLLOW_UP_SECONDS)
    )
    talk_heard: TTLCache[tuple[int], tuple[str, ...]] = field(default_factory=lambda: _short_memory(TALK_SECONDS))
    questions_awaited: TTLCache[tuple[int, int], str] = field(default_factory=lambda: _short_memory(PROMPT_SECONDS))
    questions_sent: TTLCache[tuple[int], int] = field(default_factory=lambda: _short_memory(QUESTIONS_SECONDS))

    def prompt_for(self, message: Message) -> tuple[int, str] | None:
        """What the message that this one replies to asked for, and of which group; None if it asked for nothing."""
        replied = message.reply_to_message
        return self.prompts.get((message.chat_id, replied.message_id)) if replied is not None else None

    def forget(self, chat_id: int) -> None:
        """Forget all of one chat."""
        for each in fields(self):
            memory: TTLCache[tuple[Any, ...], Any] = getattr(self, each.name)
            for key in [key for key in memory if key[0] == chat_id]:
                del memory[key]


class BotData:
    """State of the running bot. Without `storage` (in the terminal) nothing is kept and groups can't be served.

    `uploads` maps the SHA-256 of a picture to the id under which Telegram keeps it for this bot. `health` is set by
    whoever serves; none in the terminal. `site_url` is where the entries have pages of their own; None: nowhere.
    `operator_contact` is where people reach whoever runs the bot; None: that is not said.
    """

    def __init__(
        self,
        answerer: Answerer,
        token: str,
        storage: Storage | None = None,
        owner_ids: frozenset[int] = frozenset(),
        site_url: str | None = None,
        operator_contact: str | None = None,
    ) -> None:
        self.answerer = answerer
        self.tasks = Tasks()
        self.reloading = Reloading(self.tasks)
        self.owner_ids = owner_ids
        self.site_url = site_url
        self.operator_contact = operator_contact
        self.uploads: dict[str, str] = {}
        self.storage = storage
        self.health: Health | None = None
        self.translations = Translations()
        self.memory = Memory()
        self.group_settings = GroupSettings(storage, REMEMBERED_CHATS)
        self.tally = Tally(storage)
        self.admins = Admins(REMEMBERED_CHATS)
        self.hearing = Hearing(REMEMBERED_CHATS)
        self.ephemeral = Ephemeral(REMEMBERED_CHATS)
        self.pace = Pace(storage)
        self.deletions = Deletions(self.tasks)
        self.seal = Seal(token)

    @property
    def texts(self) -> Texts:
        """The texts in English, for what is said to nobody in particular."""
        return self.translations.of(None)


class BotContext(CallbackContext[ExtBot[Any], dict[Any, Any], dict[Any, Any], BotData]):
    """The context of one update (`incoming`), which sees the same knowledge from beginning to end."""

    def __init__(
        self,
        application: BotApplication,
        chat_id: int | None = None,
        user_id: int | None = None,
    ) -> None:
        super().__init__(application, chat_id, user_id)
        self.answerer: Answerer = application.bot_data.answerer
        self._chat_of_update = chat_id
        self._settings: dict[int, ChatSettings] = {}
        self.incoming: Update | None = None

    @classmethod
    def from_update(cls, update: object, application: Application[Any, Any, Any, Any, Any, Any]) -> BotContext:
        context = super().from_update(update, application)
        context.incoming = update if isinstance(update, Update) else None
        return context

    async def refresh_data(self) -> None:
        """Know the settings of the group, before any handler speaks its language; done once for each update.

        Not for what tells that a group became a supergroup: its settings are about to move.
        """
        await super().refresh_data()
        update = self.incoming
        if update is None or (update.message or update.edited_message or update.callback_query) is None:
            return
        message, chat = update.effective_message, update.effective_chat
        moves = message is not None and (message.migrate_to_chat_id or message.migrate_from_chat_id)
        if chat is not None and _is_group(chat) and not moves:
            await self.settings_of(chat.id)

    @property
    def knowledge(self) -> Knowledge:
        return self.answerer.knowledge

    @property
    def red_flags(self) -> RedFlags:
        return self.knowledge.red_flags

    @property
    def language(self) -> str:
        """The language of the bot's own words here: in a group what it has set, else that of whoever acted.

        What is offered to somebody who types in some chat is English, since Telegram gives the same to all who type the
        same; a guest speaks to whoever called it.
        """
        update = self.incoming
        if update is None or update.inline_query is not None:
            return language_of(None)
        chat = update.effective_chat
        if chat is not None and _is_group(chat) and update.guest_message is None:
            # As it is now, so that an admin who changes it sees the next page in the new language.
            settings = self.bot_data.group_settings.known(chat.id)
            return language_of(settings.language)
        user = update.effective_user
        return language_of(user.language_code if user else None)

    @property
    def texts(self) -> Texts:
        """The texts in the language that is spoken here."""
        return self.bot_data.translations.of(self.language)

    @property
    def memory(self) -> Memory:
        return self.bot_data.memory

    @property
    def counts_votes(self) -> bool:
        """Whether there is a place to count votes in."""
        return self.bot_data.storage is not None

    @property
    def takes_questions(self) -> bool:
        """Whether a question can be sent to the editors: there is somebody to be named, and a place to keep it in."""
        return self.bot_data.operator_contact is not None and self.bot_data.storage is not None

    def render(self, reply: Reply, back: Action | None = None, *, to_editors: bool = False) -> Rendered:
        """The message for `reply` in a private chat.

        `back`: the way back to the topic in which it was chosen. `to_editors`: where it is no answer, the question may
        be sent to the editors, if they take any.
        """
        below = Below(
            self.bot.username,
            self.counts_votes,
            self.bot_data.site_url,
            back,
            to_editors and self.takes_questions,
        )
        return render(reply, self.knowledge, self.texts, below)

    async def decide(
        self, message: str | Utterance, *, after: Seen | None = None, overheard: bool = False, calm: bool = False
    ) -> Reply:
        """What to reply to `message`; how long that takes is measured. `calm`: its author is in no trouble.

        A long message is decided on in a thread, so that it holds up nobody else.
        """
        answerer = self.answerer
        reply = answerer.reply_calmly if calm else partial(answerer.reply, overheard=overheard)
        return self._vary(await self._measure(partial(reply, message, after=after), message))

    async def assess(self, message: str) -> Reply:
        """What `message` would be replied to with, where nobody is told that unless they are in trouble."""
        return await self._measure(partial(self.answerer.reply, message), message)

    async def _measure(self, work: Callable[[], Reply], message: str | Utterance) -> Reply:
        with MATCHING.time():
            if self.answerer.runs_long(message if isinstance(message, str) else message.text):
                return await asyncio.to_thread(work)
            return work()

    def _vary(self, reply: Reply) -> Reply:
        """`reply` with the one of its lines that the chat has not heard lately."""
        if isinstance(reply, CheckIn):
            varied = self._vary(reply.instead)
            return replace(reply, instead=varied) if isinstance(varied, Answer | Suggestions | Unknown) else reply
        guest = self.incoming.guest_message if self.incoming else None
        # The id of a guest's chat may be that of another one, of which nothing is known there.
        chat = self._chat_of_update if guest is None else None
        if not isinstance(reply, Answer | Suggestions | Unknown) or not reply.lines or chat is None:
            return reply
        key, lines = (chat,), reply.lines
        if isinstance(reply, Unknown) and reply.in_groups and self._is_in_group:
            lines = reply.in_groups
        heard = self.memory.talk_heard.get(key, ())
        line = next((each for each in lines if each not in heard), lines[0])
        self.memory.talk_heard[key] = (*heard, line)[-TALK_REMEMBERED:]
        return replace(reply, lines=(line,))

    @property
    def _is_in_group(self) -> bool:
        chat = self.incoming.effective_chat if self.incoming is not None else None
        return chat is not None and _is_group(chat)

    async def look_up(self, text: str, most: int) -> tuple[Reply, tuple[Entry, ...]]:
        """The reply to a text that is still being typed, and the entries near it; titles alone where nothing is ours.

        In a thread, since each letter that anybody types asks again, and that shall hold up nobody.
        """
        with MATCHING.time():
            return await asyncio.to_thread(_look_up, text, most, self.answerer)

    async def settings_of(self, chat_id: int) -> ChatSettings:
        """The settings of a group, read once for each update, to decide whether and how to answer."""
        if chat_id not in self._settings:
            self._settings[chat_id] = await self.bot_data.group_settings.of(chat_id)
        return self._settings[chat_id]

    def refuse_near(self, chat: int, thread: int | None) -> None:
        """Don't offer again what was near to the last question in this chat: it has just been."""
        self.memory.near_last[chat, thread] = ()

    def shown_last(self, chat: int, thread: int | None) -> Seen | None:
        """What was shown in this chat a moment ago."""
        entry_id, went_on = self.memory.last_shown.get((chat, thread), ("", False))
        entry = self.knowledge.entries.get(entry_id)
        names = self.memory.near_last.get((chat, thread))
        entries = self.knowledge.entries
        near = None if names is None else tuple(entries[name] for name in names if name in entries)
        return Seen(entry, went_on, near) if entry else None


def _look_up(text: str, most: int, answerer: Answerer) -> tuple[Reply, tuple[Entry, ...]]:
    utterance = answerer.read(text)
    reply = answerer.reply(utterance)
    likely = reply.instead if isinstance(reply, CheckIn) else reply
    return reply, answerer.search(utterance, most, by_title=isinstance(likely, Unknown))


def _is_group(chat: Chat) -> bool:
    return chat.type in {Chat.GROUP, Chat.SUPERGROUP}


BotApplication = Application[
    ExtBot[Any], BotContext, dict[Any, Any], dict[Any, Any], BotData, JobQueue[BotContext] | None
]
