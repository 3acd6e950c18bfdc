"""The world that the Bot API shows to the bot: one person, a private chat, and a sample group with a few others in it.

What the person does becomes an update, as Telegram would send it.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from pathlib import Path
from typing import Any

from cli.bot_api.text import LONGEST_TEXT, ApiError, FormattedText, cleaned, find_entities
from knowledge.rendering.rich_text import utf16_length

Json = dict[str, Any]

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
    "can_pin_messages",
)

_SHARING = "https://t.me/share/"
_MOST_WAITING = 20
"""Presses, and inline queries, that can still be answered."""


class Role(StrEnum):
    """What the person is in the sample group."""

    MEMBER = "member"
    ADMIN = "admin"
    ANONYMOUS = "anonymous"
    """An admin who writes in the name of the group."""


@dataclass(frozen=True)
class Person:
    """Somebody, or a bot."""

    id: int
    first_name: str
    username: str = ""
    is_bot: bool = False

    def as_dict(self) -> Json:
        """The User object."""
        user: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.username:
            user["username"] = self.username
        return user if self.is_bot else {**user, "language_code": "en"}


BOT = Person(1, "Botox for migraine", "this_bot", is_bot=True)
YOU = Person(2, "You")
ANN, BEN, CHLOE = Person(11, "Ann"), Person(12, "Ben"), Person(13, "Chloe")
ANONYMOUS = Person(1087968824, "Group", "GroupAnonymousBot", is_bot=True)
"""In whose name Telegram sends what an anonymous admin writes."""


@dataclass(frozen=True)
class File:
    """What the bot sent: a file on this machine, or the bytes of one."""

    id: str
    name: str
    content: Path | bytes
    mime: str
    size: tuple[int, int] = (0, 0)
    """Width and height of a picture, in pixels."""

    def read(self) -> bytes:
        """Its bytes. Raises OSError."""
        return self.content if isinstance(self.content, bytes) else self.content.read_bytes()


@dataclass(frozen=True)
class Button:
    """An inline button: `data` comes back when it is pressed, or `url` is opened."""

    text: str
    data: str = ""
    url: str = ""


@dataclass(eq=False)
class Message:
    """A message as it stands now.

    `number` is that of its last change in the world. `markup` is an inline keyboard, or a forced reply.
    """

    id: int
    chat: Chat
    sender: Person
    content: FormattedText
    sender_chat: bool = False
    reply_to: Message | None = None
    markup: Json | None = None
    picture: File | None = None
    document: File | None = None
    via_bot: bool = False
    service: str = ""
    date: int = field(default_factory=lambda: int(time.time()))
    edited: int = 0
    deleted: bool = False
    reactions: tuple[str, ...] = ()
    number: int = 0

    @property
    def rows(self) -> list[list[Json]]:
        """The inline keyboard."""
        rows: list[list[Json]] = (self.markup or {}).get("inline_keyboard", [])
        return rows

    @property
    def buttons(self) -> list[Button]:
        """What can be pressed or opened. A terminal copies by itself, and there is no chat here to share with."""
        keys = [each for row in self.rows for each in row]
        shown = [each for each in keys if "copy_text" not in each and not each.get("url", "").startswith(_SHARING)]
        return [Button(each["text"], each.get("callback_data", ""), each.get("url", "")) for each in shown]

    def as_dict(self, *, nested: bool = True) -> Json:
        """The Message object; the message that it replies to stands in it without its own."""
        raw: Json = {"message_id": self.id, "date": self.date, "chat": self.chat.as_dict()}
        raw["from"] = self.sender.as_dict()
        if self.sender_chat:
            raw["sender_chat"] = self.chat.as_dict()
        text, entities = ("caption", "caption_entities") if self.picture or self.document else ("text", "entities")
        if self.content.text:
            raw |= {text: self.content.text, entities: list(self.content.entities)}
        if self.picture:
            raw["photo"] = [_photo_size(self.picture)]
        if self.document:
            raw["document"] = {
                "file_id": self.document.id,
                "file_unique_id": f"u{self.document.id}",
                "file_name": self.document.name,
                "mime_type": self.document.mime,
            }
        if self.rows:
            raw["reply_markup"] = self.markup
        if self.edited:
            raw["edit_date"] = self.edited
        if self.via_bot:
            raw["via_bot"] = BOT.as_dict()
        if self.reply_to is not None and nested:
            raw["reply_to_message"] = self.reply_to.as_dict(nested=False)
        return raw


@dataclass(eq=False)
class Chat:
    """A private chat with the bot, or a group."""

    id: int
    kind: str
    title: str
    messages: dict[int, Message] = field(default_factory=dict)
    pinned: Message | None = None

    @property
    def is_group(self) -> bool:
        return self.kind != "private"

    def as_dict(self) -> Json:
        """The Chat object."""
        return {"id": self.id, "type": self.kind, "title" if self.is_group else "first_name": self.title}


class Change(Enum):
    """What became of a message."""

    SENT = auto()
    EDITED = auto()
    BUTTONS = auto()
    """Its buttons alone were changed."""
    OTHER = auto()
    """It was deleted, pinned or reacted to."""


@dataclass(frozen=True)
class Notice:
    """What the bot says to a press, for a moment, or as an `alert` that has to be closed; or an address to open."""

    text: str
    alert: bool = False
    url: str = ""


@dataclass(frozen=True)
class InlineAnswer:
    """What the bot offers for an inline query: its results, and a button to the private chat."""

    query_id: str
    results: list[Json]
    button: Json | None


Watcher = Callable[[Message, Change], None]
Hearer = Callable[[Notice | InlineAnswer], None]


class World:
    """The chats, and who is in them. `watch` is told of every change of a message, `hear` of what is shown once.

    Without a `group` there is the private chat alone. Of each chat the latest `kept` messages stay.
    """

    def __init__(self, watch: Watcher, hear: Hearer, *, group: str = "", kept: int = 300) -> None:
        self._watch, self.hear = watch, hear
        self._kept = kept
        self._ids = itertools.count(1)
        self._updates = itertools.count(1)
        self.number = 0
        """Of the latest change; it only grows."""
        self.private = Chat(YOU.id, "private", YOU.first_name)
        self.chats = {self.private.id: self.private}
        self.role = Role.MEMBER
        self.queries: dict[str, Chat] = {}
        """Inline queries that wait for an answer, or whose answer can still be chosen from."""
        self.presses: dict[str, Message] = {}
        """Presses that wait for an answer."""
        self.inline_messages: dict[str, Message] = {}
        self._group = Chat(-1001000000001, "supergroup", group) if group else None
        if self._group is not None:
            self.chats[self._group.id] = self._group

    @property
    def group(self) -> Chat:
        """The sample group. Raises ApiError where there is none."""
        if self._group is None:
            raise ApiError("Bad Request: chat not found")
        return self._group

    def chat(self, chat_id: int) -> Chat:
        """Raises ApiError."""
        chat = self.chats.get(chat_id)
        if chat is None:
            raise ApiError("Bad Request: chat not found")
        return chat

    def message(self, chat_id: int, message_id: int, to_be: str = "") -> Message:
        """A message that is there; `to_be`: done what with, for the words of the ApiError that it raises else."""
        found = self.chat(chat_id).messages.get(message_id)
        if found is None or found.deleted:
            raise ApiError(f"Bad Request: message {to_be and f'to {to_be} '}not found")
        return found

    def put(self, message: Message) -> Message:
        """Add a message to its chat."""
        messages = message.chat.messages
        messages[message.id] = message
        while len(messages) > self._kept:
            # A younger one may point at it, and keeps it, but not what it replied to in its turn.
            messages.pop(min(messages)).reply_to = None
        self.note(message, Change.SENT)
        return message

    def new(self, chat: Chat, sender: Person, content: FormattedText, **more: Any) -> Message:
        """A message that is not in its chat yet."""
        return Message(next(self._ids), chat, sender, content, **more)

    def note(self, message: Message, change: Change) -> None:
        """Have it known that a message changed."""
        self.number += 1
        message.number = self.number
        self._watch(message, change)

    # What the person does.

    def says(self, text: str, chat: Chat | None = None, reply_to: int = 0) -> Json:
        """The update for a line that the person typed. Raises ApiError for one that is empty or too long."""
        where = chat or self.private
        sender, in_name = self.author_in(where)
        replied = where.messages.get(reply_to)
        message = self.new(where, sender, _typed(text), sender_chat=in_name, reply_to=replied)
        return self._update("message", self.put(message).as_dict())

    def edits(self, message_id: int, text: str, chat: Chat | None = None) -> Json:
        """The update for a message that the person wrote anew. Raises ApiError where it is not theirs."""
        message = self.message((chat or self.private).id, message_id, "edit")
        if message.sender not in {YOU, ANONYMOUS} or message.via_bot:
            raise ApiError("Bad Request: message can't be edited")
        message.content, message.edited = _typed(text), int(time.time())
        self.note(message, Change.EDITED)
        return self._update("edited_message", message.as_dict())

    def presses_button(self, message: Message, data: str) -> Json:
        """The update for a press on a button of `message` that carries `data`. Raises ApiError where none does."""
        if not any(each.get("callback_data") == data for row in message.rows for each in row):
            raise ApiError("Bad Request: BUTTON_DATA_INVALID")
        query: Json = {"id": str(next(self._ids)), "from": YOU.as_dict(), "chat_instance": "1", "data": data}
        inline_id = next((key for key, each in self.inline_messages.items() if each is message), None)
        query |= {"inline_message_id": inline_id} if inline_id else {"message": message.as_dict()}
        self.presses[query["id"]] = message
        _keep_latest(self.presses, _MOST_WAITING)
        return self._update("callback_query", query)

    def asks_inline(self, query: str, chat: Chat, offset: str = "") -> Json:
        """The update for a line that begins with the bot's name, as it is being typed."""
        query_id = str(next(self._ids))
        self.queries[query_id] = chat
        _keep_latest(self.queries, _MOST_WAITING)
        kind = "supergroup" if chat.is_group else "sender"
        return self._update(
            "inline_query",
            {"id": query_id, "from": YOU.as_dict(), "query": cleaned(query), "offset": offset, "chat_type": kind},
        )

    def sends_result(self, message: Message) -> Json:
        """The update for an inline result that the person chose, and sent as `message`."""
        self.inline_messages[f"inline-{message.id}"] = self.put(message)
        _keep_latest(self.inline_messages, self._kept)
        return self._update("message", message.as_dict())

    def takes_role(self, role: Role) -> Json:
        """The update for the person's being promoted or demoted in the group, by its owner."""
        before = self.member(YOU.id)
        self.role = role
        return self._update("chat_member", self._standing(before, self.member(YOU.id)))

    def adds_bot(self) -> Json:
        """The update for the bot's being added to the group, as an administrator."""
        self.service(self.group, f"{ANN.first_name} added {BOT.first_name}")
        before = {"user": BOT.as_dict(), "status": "left"}
        return self._update("my_chat_member", self._standing(before, self.member(BOT.id)))

    def others_say(self, sender: Person, text: str) -> Json:
        """The update for what somebody else wrote in the group."""
        return self._update("message", self.put(self.new(self.group, sender, find_entities(text))).as_dict())

    def service(self, chat: Chat, text: str) -> None:
        """Show a line that nobody wrote."""
        self.put(self.new(chat, BOT, FormattedText(), service=text))

    # Who is what.

    def author_in(self, chat: Chat) -> tuple[Person, bool]:
        """In whose name the person writes in `chat`, and whether that is the group's."""
        anonymous = chat.is_group and self.role is Role.ANONYMOUS
        return (ANONYMOUS, True) if anonymous else (YOU, False)

    def member(self, user_id: int) -> Json:
        """The ChatMember object of somebody in the group. Raises ApiError."""
        people = {each.id: each for each in (BOT, YOU, ANN, BEN, CHLOE)}
        person = people.get(user_id)
        if person is None:
            raise ApiError("Bad Request: user not found")
        if person is ANN:
            return {"user": person.as_dict(), "status": "creator", "is_anonymous": False}
        if person is not BOT and (person is not YOU or self.role is Role.MEMBER):
            return {"user": person.as_dict(), "status": "member"}
        anonymous = person is YOU and self.role is Role.ANONYMOUS
        rights = dict.fromkeys(_RIGHTS, True)
        return {
            "user": person.as_dict(),
            "status": "administrator",
            "can_be_edited": False,
            "is_anonymous": anonymous,
            **rights,
        }

    def administrators(self) -> list[Json]:
        """The ChatMember objects of the group's admins."""
        members = [self.member(each.id) for each in (ANN, BOT, YOU)]
        return [each for each in members if each["status"] != "member"]

    def _standing(self, before: Json, after: Json) -> Json:
        return {
            "chat": self.group.as_dict(),
            "from": ANN.as_dict(),
            "date": int(time.time()),
            "old_chat_member": before,
            "new_chat_member": after,
        }

    def _update(self, kind: str, content: Json) -> Json:
        return {"update_id": next(self._updates), kind: content}


def _keep_latest(waiting: dict[str, Any], most: int) -> None:
    while len(waiting) > most:
        del waiting[next(iter(waiting))]


def _typed(text: str) -> FormattedText:
    said = cleaned(text)
    if not said:
        raise ApiError("Bad Request: message text is empty")
    if utf16_length(said) > LONGEST_TEXT:
        raise ApiError("Bad Request: message is too long")
    return find_entities(said)


def _photo_size(file: File) -> Json:
    width, height = file.size
    return {"file_id": file.id, "file_unique_id": f"u{file.id}", "width": width, "height": height}
