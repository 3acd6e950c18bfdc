"""The people that tests play, their groups, and what they see of the bot."""

# ruff: noqa: ASYNC109 - a test says how long it waits
from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from tests.bot_api_server.answers import posted
from tests.bot_api_server.chats import (
    ADMINS,
    ANONYMOUS,
    CHANNEL,
    PRESENT,
    SERVICE,
    Chat,
    Member,
    Message,
    Person,
    Query,
    World,
)
from tests.bot_api_server.errors import Json, Silence
from tests.bot_api_server.media import StoredFile, blank_png
from tests.bot_api_server.membership import change_standing
from tests.bot_api_server.text import FormattedText, found_entities, trimmed, utf16_length
from tests.bot_api_server.wording import LONGEST_TEXT

PATIENCE = 10.0
"""How many seconds a test waits for the bot unless it says otherwise."""


class HumanMessage:
    """A message in a chat, as everybody there sees it."""

    def __init__(self, world: World, raw: Message) -> None:
        self._world = world
        self.raw = raw

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} in {self.chat_id}: {self.text!r}>"

    @property
    def id(self) -> int:
        """Its number in the chat."""
        return self.raw.id

    @property
    def chat_id(self) -> int:
        """The chat it is in."""
        return self.raw.chat.id

    @property
    def thread_id(self) -> int | None:
        """The forum topic or thread it is in."""
        return self.raw.thread_id

    @property
    def text(self) -> str:
        """The text or caption, plain."""
        return self.raw.text

    @property
    def entities(self) -> list[Json]:
        """The entities of the text or caption."""
        return self.raw.entities

    @property
    def reply_to_id(self) -> int | None:
        """The message it replies to."""
        return self.raw.reply_to.id if self.raw.reply_to else None

    @property
    def reactions(self) -> list[str]:
        """The emoji that the bot put on it."""
        return [str(reaction["emoji"]) for reaction in self.raw.reactions]

    @property
    def deleted(self) -> bool:
        """Whether the bot has deleted it."""
        return self.raw.deleted


class BotMessage(HumanMessage):
    """A message of the bot, always as it stands now."""

    def __init__(self, world: World, raw: Message) -> None:
        super().__init__(world, raw)
        self._edits_seen = len(raw.edits)

    @property
    def html(self) -> str:
        """The text or caption as the bot sent it."""
        return self.raw.source

    @property
    def receiver_id(self) -> int | None:
        """The user who alone sees it; None where all do."""
        return self.raw.receiver.id if self.raw.receiver else None

    @property
    def markup(self) -> Json | None:
        """The whole reply markup."""
        return self.raw.markup

    @property
    def buttons(self) -> list[list[tuple[str, str]]]:
        """The rows of inline buttons: each with its text and its callback data, address or inline query."""
        rows = (self.raw.markup or {}).get("inline_keyboard", [])
        return [[(button["text"], _value(button)) for button in row] for row in rows]

    @property
    def edits(self) -> list[str]:
        """The text after each edit, in order; empty if there was none."""
        return list(self.raw.edits)

    @property
    def link_preview_disabled(self) -> bool:
        """Whether the bot asked not to show a preview of links."""
        return bool((self.raw.link_preview or {}).get("is_disabled"))

    @property
    def photo(self) -> StoredFile | None:
        """The photo, with its content."""
        return self.raw.photo

    @property
    def document(self) -> tuple[str, bytes] | None:
        """The name and the content of the file, if it is one."""
        sent = self.raw.content.get("document")
        return (sent["file_name"], self._world.files.content_of(sent["file_id"])) if sent else None

    async def is_edited(self, timeout: float = PATIENCE) -> BotMessage:
        """Wait for the next edit that was not yet waited for."""
        await self._world.wait(lambda: len(self.raw.edits) > self._edits_seen, timeout, f"an edit of {self!r}")
        self._edits_seen += 1
        return self

    async def is_deleted(self, timeout: float = PATIENCE) -> None:
        """Wait until the bot deletes the message."""
        await self._world.wait(lambda: self.raw.deleted, timeout, f"the end of {self!r}")


@dataclass(frozen=True)
class Answer:
    """What somebody sees after pressing a button."""

    text: str
    alert: bool
    url: str


@dataclass(frozen=True)
class InlineAnswer:
    """What somebody sees after typing an inline query; each result has its plain text under "text"."""

    results: list[Json]
    cache_time: int
    is_personal: bool
    next_offset: str
    button: Json | None


class Room:
    """A chat in which the bot can be heard."""

    def __init__(self, world: World, chat: Chat) -> None:
        self._world = world
        self.chat = chat

    async def hears(self, timeout: float = PATIENCE) -> BotMessage:
        """The next message of the bot here, each once and in order; raises Silence if none comes."""
        chat = self.chat
        raw = await self._world.wait(
            lambda: chat.unheard.popleft() if chat.unheard else None, timeout, f"a message of the bot in {chat.title!r}"
        )
        return BotMessage(self._world, raw)

    async def hears_nothing(self, seconds: float = 0.3) -> None:
        """Fail if the bot says anything here within `seconds`, or has said anything that nobody heard yet."""
        chat = self.chat
        try:
            await self._world.bell.wait_for(lambda: bool(chat.unheard), seconds)
        except Silence:
            return
        raise AssertionError(f"nothing expected, but the bot said: {chat.unheard[0].text!r}")


class Group(Room):
    """A group or supergroup."""

    @property
    def id(self) -> int:
        """The chat's identifier."""
        return self.chat.id

    @property
    def pinned(self) -> list[str]:
        """The texts of the messages that are pinned, the one pinned last at the end."""
        return [message.text for message in self.chat.pinned if not message.deleted]

    def let_pin(self, *, members: bool = False, bot: bool = True) -> None:
        """Say whether all members may pin, and whether the bot may as an administrator."""
        self.chat.members_may_pin = members
        self.chat.member(self._world.bot).may_pin = bot

    def add(self, user: User, status: str = "member", *, anonymous: bool = False) -> None:
        """Put somebody into the group, without a word about it."""
        member = self.chat.member(user.person)
        member.status, member.is_anonymous = status, anonymous

    async def joins(self, user: User) -> None:
        """Somebody joins, and the group is told."""
        change_standing(self._world, self.chat, user.person, "member", by=user.person)
        self._announce(user.person, {"new_chat_members": [user.person.as_dict()]})

    async def leaves(self, user: User) -> None:
        """Somebody leaves, and the group is told."""
        self._announce(user.person, {"left_chat_member": user.person.as_dict()})
        change_standing(self._world, self.chat, user.person, "left", by=user.person)

    async def add_bot(self, by: User, *, admin: bool = False) -> None:
        """Somebody adds the bot."""
        self._ensure(by)
        bot = self._world.bot
        change_standing(self._world, self.chat, bot, "administrator" if admin else "member", by=by.person)
        self._announce(by.person, {"new_chat_members": [bot.as_dict()]})

    async def remove_bot(self, by: User) -> None:
        """Somebody removes the bot."""
        bot = self._world.bot
        content = {"left_chat_member": bot.as_dict()}
        self._announce(by.person, content)
        change_standing(self._world, self.chat, bot, "kicked", by=by.person)

    def add_other_bot(self, username: str = "other_bot") -> None:
        """Put another bot into the group, without a word about it."""
        self._other_bot(username)

    def posts_as_bot(self, text: str, username: str = "other_bot") -> HumanMessage:
        """Another bot writes, which joins unless it is there; the bot is told only if `world.doubtful.bots` says so."""
        return self._put(self._other_bot(username), text)

    def _other_bot(self, username: str) -> Person:
        world = self._world
        known = (each for each in world.people.values() if each.username == username and each is not world.bot)
        other = next(known, None) or world.new_person("Other", username, None)
        other.is_bot = True
        self.chat.member(other).status = "member"
        return other

    def posts_from_channel(self, text: str, *, automatic: bool = False) -> HumanMessage:
        """Somebody writes in the name of a channel; or the linked channel's post is forwarded by Telegram itself."""
        channel = Chat(-1009000000001, "channel", "Channel")
        if not automatic:
            return self._put(CHANNEL, text, sender_chat=channel)
        return self._put(SERVICE, text, {"is_automatic_forward": True}, sender_chat=channel)

    def _put(self, sender: Person, text: str, more: Json | None = None, **place: Any) -> HumanMessage:
        content: Json = {"text": text, "entities": found_entities(text), **(more or {})}
        raw = self._world.post(self.chat, sender, content, **place)
        _tell(self._world, "message", raw)
        return HumanMessage(self._world, raw)

    async def promote(self, user: User | None = None, *, by: User | None = None) -> None:
        """Make somebody (the bot, unless `user` is given) an administrator."""
        self._set(user, "administrator", by)

    async def demote(self, user: User | None = None, *, by: User | None = None) -> None:
        """Make somebody (the bot, unless `user` is given) an ordinary member again."""
        self._set(user, "member", by)

    async def opens_topic(self, name: str, by: User) -> int:
        """Somebody opens a forum topic; returns its message_thread_id."""
        if not self.chat.is_forum:
            raise ValueError(f"{self.chat.title!r} is no forum")
        self._ensure(by)
        raw = self._world.post(self.chat, by.person, {"forum_topic_created": {"name": name, "icon_color": 7322096}})
        raw.thread_id = raw.id
        self.chat.topics[raw.id] = raw
        _tell(self._world, "message", raw)
        return raw.id

    async def migrate(self, by: User | None = None) -> Group:
        """Turn the group into a supergroup; returns that, while this one stays as the bot may remember it."""
        if self.chat.kind != "group":
            raise ValueError("only a group of the kind 'group' can become a supergroup")
        old, world = self.chat, self._world
        new = world.new_group(old.title, "supergroup")
        new.members = dict(old.members)
        person = by.person if by else ANONYMOUS
        _tell(world, "message", world.post(old, person, {"migrate_to_chat_id": new.id}))
        old.migrated_to = new.id
        content = {"migrate_from_chat_id": old.id}
        _tell(world, "message", world.post(new, ANONYMOUS, content, sender_chat=new))
        return Group(world, new)

    def _announce(self, person: Person, content: Json) -> None:
        _tell(self._world, "message", self._world.post(self.chat, person, content))

    def _set(self, user: User | None, status: str, by: User | None) -> None:
        person = user.person if user else self._world.bot
        change_standing(self._world, self.chat, person, status, by=by.person if by else ANONYMOUS)

    def _ensure(self, user: User) -> None:
        member = self.chat.member(user.person)
        if member.status == "left":
            member.status = "member"


class Conversation(Room):
    """The private chat of two people.

    As a guest message names it, it has the id of one of them, as the bot's own chat with that person has ("may not
    coincide with other existing bot chats sharing the same identifier", core.telegram.org/bots/api#message).
    """

    @classmethod
    def between(cls, world: World, one: User, other: User) -> Conversation:
        """The chat of `one` and `other`, named as `one` sees it."""
        chat = Chat(other.id, "private", other.person.first_name)
        chat.members = {each.id: Member(each.person, "member") for each in (one, other)}
        return cls(world, chat)


class User(Room):
    """Somebody who talks with the bot; what they hear is what it says in their private chat."""

    def __init__(self, world: World, person: Person) -> None:
        super().__init__(world, world.chats[person.id])
        self.person = person

    @property
    def id(self) -> int:
        """The user's identifier, which is also that of the private chat."""
        return self.person.id

    async def says(
        self,
        text: str,
        chat: Group | None = None,
        *,
        reply_to: HumanMessage | None = None,
        thread_id: int | None = None,
        via_bot: bool = False,
    ) -> HumanMessage:
        """Send a text: to the bot, or into a group. With `via_bot`, one that the bot's inline mode offered."""
        content = self._words(text)
        if via_bot:
            content["via_bot"] = self._world.bot.as_dict()
        return self._send(content, chat, reply_to, thread_id)

    async def hears_alone(self, group: Group, timeout: float = PATIENCE) -> BotMessage:
        """The next message of the bot in a group that nobody else sees; raises Silence if none comes."""
        unheard = self._world.unheard_alone.setdefault((group.id, self.id), deque())
        what = f"a message of the bot for {self.person.first_name} alone"
        raw = await self._world.wait(lambda: unheard.popleft() if unheard else None, timeout, what)
        return BotMessage(self._world, raw)

    async def edits(self, message: HumanMessage, text: str) -> HumanMessage:
        """Replace the text of one's own message."""
        raw = message.raw
        if raw.sender is not self.person:
            raise ValueError("somebody else's message")
        content = self._words(text)
        raw.replace_text("text", content["text"], content.get("entities", []))
        raw.edit_date = int(time.time())
        _tell(self._world, "edited_message", raw)
        return message

    async def presses(
        self, message: BotMessage, button: str, *, timeout: float = PATIENCE, stale: bool = False
    ) -> Answer:
        """Press a button, named by its text or callback data, and wait for the bot's answer.

        `stale` presses callback data that the message may not show any more, as a slow client does.
        """
        data = button if stale else self._callback_data(message, button)
        if message.receiver_id not in {None, self.id}:
            raise ValueError("a message that somebody else alone sees")
        query = self._query(self._world.presses)
        inline_id = message.raw.inline_id
        pressed: Json = {"inline_message_id": inline_id} if inline_id else {"message": message.raw.as_reference()}
        query.is_ephemeral = message.receiver_id is not None
        payload = {
            "id": query.id,
            "from": self.person.as_dict(),
            **pressed,
            "chat_instance": str(message.chat_id * 7919),
            "data": data,
        }
        self._world.tell("callback_query", payload)
        answer = await self._world.wait(lambda: query.answer, timeout, f"an answer to the press of {button!r}")
        return Answer(answer["text"], answer["show_alert"], answer["url"])

    async def asks_inline(self, text: str, *, offset: str = "", timeout: float = PATIENCE) -> InlineAnswer:
        """Type an inline query and wait for the results."""
        query = self._query(self._world.inline_queries)
        payload = {"id": query.id, "from": self.person.as_dict(), "query": text, "offset": offset}
        self._world.tell("inline_query", {**payload, "chat_type": "private"})
        answer = await self._world.wait(lambda: query.answer, timeout, f"results for the inline query {text!r}")
        return InlineAnswer(**answer)

    def chooses(self, result: Json, room: Group | Conversation) -> BotMessage:
        """Send one of the results of an inline query into a chat; the bot is not told, unless it is in there."""
        more = posted(self._world, result)
        more["content"]["via_bot"] = self._world.bot.as_dict()
        raw = self._world.post_inline(room.chat, self.person, **more)
        _tell(self._world, "message", raw)
        return BotMessage(self._world, raw)

    async def calls_guest(
        self, text: str, room: Group | Conversation, *, reply_to: HumanMessage | None = None, as_bot: bool = False
    ) -> HumanMessage:
        """Write into a chat that the bot is no member of, with its @name or as a reply to what it said there.

        That alone reaches the bot, with the message that is replied to (core.telegram.org/api/bots/guest-mode).
        """
        world, sender = self._world, self.person
        if room.chat.member(world.bot).status in PRESENT:
            raise ValueError("the bot is a member, and no guest")
        if as_bot:
            sender = world.new_person("Other", "other_bot", None)
            sender.is_bot = True
        raw = world.post(room.chat, sender, self._words(text), reply_to=reply_to.raw if reply_to else None)
        called = f"@{world.bot.username}".casefold() in text.casefold()
        if not called and not (reply_to and reply_to.raw.sender is world.bot):
            raise ValueError("nobody calls the bot")
        if isinstance(room, Group):
            world.visited.add(room.id)
        query = self._query(world.guest_queries)
        query.about = raw
        world.tell("guest_message", {**raw.as_dict(), "guest_query_id": query.id})
        return HumanMessage(world, raw)

    async def sends_photo(self, caption: str | None = None, chat: Group | None = None, **place: Any) -> HumanMessage:
        """Send a photo."""
        file = self._world.files.keep("Photo", blank_png(), (64, 64))
        content: Json = {"photo": file.as_photo()}
        if caption:
            words = self._words(caption)
            content["caption"] = words["text"]
            if "entities" in words:
                content["caption_entities"] = words["entities"]
        return self._send(content, chat, **place)

    async def sends_sticker(self, chat: Group | None = None, **place: Any) -> HumanMessage:
        """Send a sticker."""
        shape = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self._send({"sticker": {**self._file("Sticker"), **shape, "emoji": "👍"}}, chat, **place)

    async def sends_voice(self, chat: Group | None = None, **place: Any) -> HumanMessage:
        """Send a voice message."""
        return self._send({"voice": {**self._file("Voice"), "duration": 3, "mime_type": "audio/ogg"}}, chat, **place)

    async def sends_document(
        self, chat: Group | None = None, *, file: bytes = b"", caption: str = "", **place: Any
    ) -> HumanMessage:
        """Send a file, a letter unless its content is given."""
        details = {"file_name": "letter.pdf", "mime_type": "application/pdf"}
        kept = self._world.files.keep("Document", file).as_dict() if file else self._file("Document")
        words = {"caption": caption, "caption_entities": found_entities(caption)} if caption else {}
        return self._send({"document": {**kept, **details}, **words}, chat, **place)

    async def sends_location(self, chat: Group | None = None, **place: Any) -> HumanMessage:
        """Send a location."""
        return self._send({"location": {"latitude": 52.52, "longitude": 13.405}}, chat, **place)

    async def blocks_bot(self) -> None:
        """Block the bot."""
        self._open_private_chat()
        change_standing(self._world, self.chat, self._world.bot, "kicked", by=self.person)

    async def unblocks_bot(self) -> None:
        """Take the bot back."""
        change_standing(self._world, self.chat, self._world.bot, "member", by=self.person)

    def _words(self, text: str) -> Json:
        words = trimmed(FormattedText(text))
        if not 1 <= utf16_length(words.text) <= LONGEST_TEXT:
            raise ValueError("nobody can send a text that is empty or so long")
        entities = found_entities(words.text)
        return {"text": words.text, **({"entities": entities} if entities else {})}

    def _file(self, kind: str) -> Json:
        return self._world.files.keep(kind, f"a {kind} of {self.id}".encode()).as_dict()

    def _query(self, queries: dict[str, Query]) -> Query:
        query = Query(self._world.new_query_id(), self.person)
        queries[query.id] = query
        return query

    def _callback_data(self, message: BotMessage, button: str) -> str:
        shown = [found for row in (message.markup or {}).get("inline_keyboard", []) for found in row]
        for found in shown:
            if button in (found["text"], found.get("callback_data")) and "callback_data" in found:
                return str(found["callback_data"])
        raise AssertionError(f"no button {button!r} to press, only {message.buttons}")

    def _open_private_chat(self) -> None:
        standing = self.chat.member(self._world.bot)
        if standing.status == "left":
            standing.status = "member"

    def _send(
        self,
        content: Json,
        group: Group | None,
        reply_to: HumanMessage | None = None,
        thread_id: int | None = None,
    ) -> HumanMessage:
        chat = group.chat if group else self.chat
        sender, sender_chat = self.person, None
        if group is None:
            self._open_private_chat()
            if self.chat.member(self._world.bot).status not in PRESENT:
                raise ValueError("who blocked the bot can't write to it; unblock it first")
        else:
            member = group.chat.members.get(self.id)
            if member is None:
                group.add(self)
            elif member.status not in PRESENT:
                raise ValueError(f"{self.person.first_name} is not in the group any more")
            elif member.is_anonymous and member.status in ADMINS:
                sender, sender_chat = ANONYMOUS, group.chat
        if thread_id is not None and chat.is_forum and thread_id not in chat.topics:
            raise ValueError("no such topic")
        raw = self._world.post(
            chat,
            sender,
            content,
            sender_chat=sender_chat,
            reply_to=reply_to.raw if reply_to else None,
            thread_id=thread_id,
        )
        _tell(self._world, "message", raw)
        return HumanMessage(self._world, raw)


def _tell(world: World, kind: str, message: Message) -> None:
    if world.bot_sees(message):
        world.tell(kind, message.as_dict())


def _value(button: Json) -> str:
    for name, value in button.items():
        if name not in {"text", "style", "icon_custom_emoji_id"}:
            return str(value.get("url", value.get("text", "")) if isinstance(value, dict) else value)
    return ""
