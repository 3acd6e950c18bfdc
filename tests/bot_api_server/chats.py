"""The world behind the server: people, chats, who is in them, and every message."""

# ruff: noqa: ASYNC109 - a test says how long it waits
from __future__ import annotations

import itertools
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.bot_api_server.bell import Bell
from tests.bot_api_server.errors import Json, Silence
from tests.bot_api_server.faults import FloodControl
from tests.bot_api_server.media import FileStore, StoredFile
from tests.bot_api_server.record import Call, Violation
from tests.bot_api_server.text import utf16_slice

T = TypeVar("T")

GROUP_KINDS = {"group", "supergroup"}
PRESENT = {"creator", "administrator", "member"}
ADMINS = {"creator", "administrator"}
ORDINARY_CONTENT = {"text", "photo", "sticker", "voice", "document", "location"}
CONTENT_WITH_TEXT = {"text": "entities", "caption": "caption_entities"}

_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)


@dataclass(eq=False)
class Person:
    """A Telegram account, a person's or a bot's."""

    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False

    def as_dict(self) -> Json:
        """The User object."""
        optional = {"username": self.username, "language_code": self.language_code}
        fields = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        return {**fields, **{name: value for name, value in optional.items() if value is not None}}


ANONYMOUS = Person(1087968824, "Group", "GroupAnonymousBot", is_bot=True)
CHANNEL = Person(136817688, "Channel", "Channel_Bot", is_bot=True)
SERVICE = Person(777000, "Telegram")
"""Whom Telegram names as the sender of messages in the name of a group, of a channel, and of its own forwards."""


@dataclass(eq=False)
class Member:
    """Somebody's standing in a chat."""

    person: Person
    status: str = "left"
    is_anonymous: bool = False
    may_pin: bool = True
    """As an administrator; other members as their group has it."""

    def as_dict(self) -> Json:
        """The ChatMember object."""
        fields: Json = {"user": self.person.as_dict(), "status": self.status}
        match self.status:
            case "creator":
                return {**fields, "is_anonymous": self.is_anonymous}
            case "administrator":
                rights = {**dict.fromkeys(_RIGHTS, True), "can_pin_messages": self.may_pin}
                return {**fields, "can_be_edited": False, "is_anonymous": self.is_anonymous, **rights}
            case "kicked":
                return {**fields, "until_date": 0}
            case _:
                return fields


@dataclass(eq=False)
class Chat:
    """A private chat with the bot, or a group."""

    id: int
    kind: str
    title: str
    username: str | None = None
    is_forum: bool = False
    members: dict[int, Member] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    unheard: deque[Message] = field(default_factory=deque)
    ephemeral: dict[int, Message] = field(default_factory=dict)
    """What one member alone sees, by an id of its own."""
    topics: dict[int, Message] = field(default_factory=dict)
    pinned: list[Message] = field(default_factory=list)
    members_may_pin: bool = False
    migrated_to: int | None = None

    def member(self, person: Person) -> Member:
        """The standing of `person` here; one who never came has left."""
        return self.members.setdefault(person.id, Member(person))

    def as_dict(self) -> Json:
        """The Chat object."""
        if self.kind == "private":
            fields: Json = {"id": self.id, "type": self.kind, "first_name": self.title}
        else:
            fields = {"id": self.id, "type": self.kind, "title": self.title}
        if self.username:
            fields["username"] = self.username
        return {**fields, "is_forum": True} if self.is_forum else fields


@dataclass(eq=False)
class Message:
    """A message with all that the Bot API tells about it, and how the bot worded it."""

    chat: Chat
    id: int
    sender: Person
    content: Json
    date: int
    sender_chat: Chat | None = None
    reply_to: Message | None = None
    thread_id: int | None = None
    receiver: Person | None = None
    """Who alone sees it."""
    markup: Json | None = None
    source: str = ""
    photo: StoredFile | None = None
    link_preview: Json | None = None
    edit_date: int | None = None
    edits: list[str] = field(default_factory=list)
    reactions: list[Json] = field(default_factory=list)
    deleted: bool = False
    inline_id: str | None = None
    caller: Person | None = None

    @property
    def text(self) -> str:
        """The text or caption."""
        return str(self.content.get("text", self.content.get("caption", "")))

    @property
    def entities(self) -> list[Json]:
        """The entities of the text or caption."""
        return list(self.content.get("entities") or self.content.get("caption_entities") or [])

    def replace_text(self, name: str, text: str, entities: list[Json]) -> None:
        """Set the text or the caption, whichever `name` says, with its entities."""
        self.content = {key: value for key, value in self.content.items() if key not in {name, CONTENT_WITH_TEXT[name]}}
        if text:
            self.content[name] = text
        if entities:
            self.content[CONTENT_WITH_TEXT[name]] = entities

    def as_dict(self, *, with_reply: bool = True) -> Json:
        """The Message object."""
        fields: Json = {"message_id": self.id, "date": self.date, "chat": self.chat.as_dict()}
        fields["from"] = self.sender.as_dict()
        if self.receiver is not None:
            own = {"message_id": 0, "ephemeral_message_id": self.id, "receiver_user": self.receiver.as_dict()}
            fields.update(own)
        optional: Json = {
            "sender_chat": self.sender_chat and self.sender_chat.as_dict(),
            "message_thread_id": self.thread_id,
            "is_topic_message": (self.chat.is_forum and self.thread_id is not None) or None,
            "edit_date": self.edit_date,
            "reply_markup": self.markup if self.markup and "inline_keyboard" in self.markup else None,
            "link_preview_options": self.link_preview,
            "guest_bot_caller_user": self.caller and self.caller.as_dict(),
        }
        replied = self.reply_to or (self.chat.topics.get(self.thread_id) if self.thread_id else None)
        if with_reply and replied and replied is not self and not replied.deleted:
            optional["reply_to_message"] = replied.as_dict(with_reply=False)
        return {**fields, **{name: value for name, value in optional.items() if value is not None}, **self.content}

    def as_reference(self) -> Json:
        """The message as a button press names it: whole, or only its identity once it is deleted."""
        if self.deleted:
            return {"chat": self.chat.as_dict(), "message_id": 0 if self.receiver else self.id, "date": 0}
        return self.as_dict()


@dataclass
class Doubtful:
    """What Telegram's documentation leaves out, denies, or ties to a switch, and some people report all the same.

    All of it is off, so that no bot comes to count on it; a test that wants to know what a bot does then switches it
    on: `server.world.doubtful.mentions = True`.
    """

    mentions: bool = False
    """In privacy mode, messages that name the bot (@bot) reach it."""
    bare_commands: bool = False
    """In privacy mode, commands without a name (/ask) reach it although another bot wrote last."""
    bots: bool = False
    """Messages of other bots reach it (bot-to-bot communication)."""


@dataclass(eq=False)
class Query:
    """A button press, an inline query or a guest query, until the bot answers it; `about`: the guest message."""

    id: str
    sender: Person
    answer: Json | None = None
    about: Message | None = None
    is_ephemeral: bool = False
    """Whether the message that was pressed is for the presser alone."""
    since: float = field(default_factory=time.monotonic)


class World:
    """Everything the server knows, and the bell that rings when it changes."""

    def __init__(self, token: str, name: str, username: str) -> None:
        number = token.partition(":")[0]
        self.bot = Person(int(number) if number.isdecimal() else 110201543, name, username, is_bot=True)
        self.privacy = True
        self.doubtful = Doubtful()
        self.knows_ephemeral = True
        """As the server of Bot API 10.3 does; one that does not ignores the parameter, and has not the methods."""
        self.ephemeral_seconds = 15.0
        """After a press, in which any bot may send a message to whoever pressed."""
        self.bell = Bell()
        self.flood = FloodControl()
        self.files = FileStore()
        self.people: dict[int, Person] = {self.bot.id: self.bot, ANONYMOUS.id: ANONYMOUS}
        self.chats: dict[int, Chat] = {}
        self.unheard_alone: dict[tuple[int, int], deque[Message]] = {}
        self.presses: dict[str, Query] = {}
        self.inline_queries: dict[str, Query] = {}
        self.guest_queries: dict[str, Query] = {}
        self.inline_messages: dict[str, Message] = {}
        self.visited: set[int] = set()
        self.actions: list[tuple[int, str]] = []
        self.calls: list[Call] = []
        self.violations: list[Violation] = []
        self.tell: Callable[[str, Json], None] = lambda kind, payload: None
        self._person_ids = itertools.count(7_000_000_101)
        self._group_ids = itertools.count(4_000_000_101)
        self._ephemeral_ids = itertools.count(29_341_834)
        self._query_ids = itertools.count(4_382_000_000_000_001)
        self._message_ids: Iterator[int] = itertools.count(101)
        self._own_message_ids: dict[int, Iterator[int]] = {}

    async def wait(self, look: Callable[[], T | None], timeout: float, what: str) -> T:
        """What `look` returns as soon as that is true; otherwise Silence, with the bot's last calls."""
        try:
            return await self.bell.wait_for(look, timeout, what)
        except Silence as silence:
            calls = [call for call in self.calls if call.method != "getUpdates"][-5:]
            last = "".join(f"\n  {call.method} {call.params} -> {call.result!r}" for call in calls)
            wrong = "".join(f"\n  {violation}" for violation in self.violations)
            raise Silence(f"{silence}; last calls:{last or ' none'}{wrong and f'; violations:{wrong}'}") from None

    def new_person(self, name: str, username: str | None, language_code: str | None) -> Person:
        """Somebody new, with a private chat that has not been started."""
        person = Person(next(self._person_ids), name, username, language_code)
        self.people[person.id] = person
        self.chats[person.id] = Chat(person.id, "private", name, username)
        return person

    def new_group(self, title: str, kind: str, *, forum: bool = False) -> Chat:
        """A new group without anybody in it."""
        if kind not in GROUP_KINDS:
            raise ValueError(f"a group or a supergroup, not {kind}")
        number = next(self._group_ids)
        chat = Chat(int(f"-100{number}") if kind == "supergroup" else -number, kind, title, is_forum=forum)
        self.chats[chat.id] = chat
        return chat

    def known_user(self, user_id: int) -> Json | None:
        """The User object of somebody the bot has met."""
        return self.people[user_id].as_dict() if user_id in self.people else None

    def new_query_id(self) -> str:
        """The identifier of a new button press or inline query."""
        return str(next(self._query_ids))

    def post(self, chat: Chat, sender: Person, content: Json, **more: Any) -> Message:
        """Put a message into a chat; supergroups count their messages themselves, all other chats together."""
        own_ids = self._own_message_ids.setdefault(chat.id, itertools.count(2))
        ids = own_ids if chat.kind == "supergroup" else self._message_ids
        message = Message(chat, next(ids), sender, content, int(time.time()), **more)
        if message.thread_id is None and message.reply_to is not None and chat.kind == "supergroup":
            root = None if chat.is_forum else message.reply_to.id
            message.thread_id = message.reply_to.thread_id or root
        chat.messages[message.id] = message
        if sender is self.bot:
            chat.unheard.append(message)
        self.bell.ring()
        return message

    def post_inline(self, chat: Chat, sender: Person, content: Json, **more: Any) -> Message:
        """Put a message into a chat that the bot knows by an inline message identifier alone."""
        message = self.post(chat, sender, content, **more)
        message.inline_id = f"AgAAA{self.new_query_id()}"
        self.inline_messages[message.inline_id] = message
        return message

    def whisper(self, chat: Chat, sender: Person, receiver: Person, content: Json, **more: Any) -> Message:
        """Put a message into a chat that `receiver` alone sees."""
        message = Message(chat, next(self._ephemeral_ids), sender, content, int(time.time()), receiver=receiver, **more)
        chat.ephemeral[message.id] = message
        self.unheard_alone.setdefault((chat.id, receiver.id), deque()).append(message)
        self.bell.ring()
        return message

    def bot_sees(self, message: Message) -> bool:
        """Whether the bot is told of this message: always in private, in groups as membership and privacy allow.

        From https://core.telegram.org/bots/features#privacy-mode, of bots in privacy mode: "Commands explicitly meant
        for them (e.g., /command@this_bot). General commands (e.g. /start) if the bot was the last bot to send a message
        to the group. Inline messages sent via the bot. Replies to any messages implicitly or explicitly meant for this
        bot. All bots will also receive, regardless of privacy mode: All service messages. […] bot admins always receive
        all messages".

        From https://core.telegram.org/bots/faq#what-messages-will-my-bot-get: "each particular message can only be
        available to one privacy-enabled bot at a time, i.e., a reply to bot A containing an explicit command for bot B
        […] will only be available to bot A. Replies have the highest priority." And "bots will not be able to see
        messages from other bots regardless of mode".

        A message that merely names the bot is in neither list.
        """
        chat, standing = message.chat, message.chat.member(self.bot).status
        if standing not in PRESENT:
            return False
        if self._is_other_bot(message.sender) and not self.doubtful.bots:
            return False
        if chat.kind == "private" or standing in ADMINS or not self.privacy:
            return True
        if not message.content.keys() & ORDINARY_CONTENT:
            return True
        replied = message.reply_to.sender if message.reply_to is not None else None
        if replied is not None and (replied is self.bot or self._is_other_bot(replied)):
            return replied is self.bot
        via: Json = message.content.get("via_bot") or {}
        return via.get("id") == self.bot.id or any(self._addresses_bot(message, each) for each in message.entities)

    def _addresses_bot(self, message: Message, entity: Json) -> bool:
        words = utf16_slice(message.text, entity["offset"], entity["length"]).lower()
        own = f"@{self.bot.username}".lower()
        if entity["type"] != "bot_command":
            return self.doubtful.mentions and entity["type"] == "mention" and words == own
        if entity["offset"] != 0:
            return False
        if "@" in words:
            return words.endswith(own)
        return self.doubtful.bare_commands or self._last_bot(message.chat, before=message.id) is self.bot

    def _last_bot(self, chat: Chat, *, before: int) -> Person | None:
        """The bot that wrote last, whether or not that message is still there."""
        written = (chat.messages[number].sender for number in sorted(chat.messages, reverse=True) if number < before)
        return next((sender for sender in written if sender is self.bot or self._is_other_bot(sender)), None)

    def _is_other_bot(self, sender: Person) -> bool:
        """Whether this is a bot of somebody else's, and none of those in whose name Telegram shows people."""
        return sender.is_bot and sender not in {self.bot, ANONYMOUS, CHANNEL}
