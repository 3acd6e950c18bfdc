"""A conversation on the page: a world of its own, an application of its own, and a database that goes with it."""

from __future__ import annotations

import asyncio
import secrets
import tempfile
import time
from collections import deque
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from telegram import Update

from cli.bot_api.text import ApiError
from cli.bot_api.transport import InProcessBotApi
from cli.bot_api.world import (
    ANONYMOUS,
    BEN,
    BOT,
    CHLOE,
    YOU,
    Change,
    Chat,
    File,
    InlineAnswer,
    Json,
    Message,
    Notice,
    Role,
    World,
)
from handlers import background
from handlers.application import build_application
from handlers.context import BotApplication
from handlers.menu import set_menu
from knowledge.answering import Answerer
from runtime.storage import open_storage

GROUP = "Migraine friends (sample)"
MOST_MESSAGES = 300
"""In each chat; older ones go."""

_MOST_HAPPENINGS = 50
_SAMPLE = (
    (BEN, "Good morning all. Third day without a headache here."),
    (CHLOE, "My second round is on Thursday. A bit nervous."),
    (BEN, "does it hurt a lot? mine is next month"),
)
"""What stands in the group before the bot comes."""

_LOOKED_BACK = 100
"""Characters of the message that is replied to."""


class Session:
    """One conversation. To be opened, and closed in the end; what is kept of it lives in a temporary folder."""

    def __init__(self, answerer: Answerer) -> None:
        self.used = time.monotonic()
        self._answerer = answerer
        self._world = World(self._note_change, self._hear, group=GROUP, kept=MOST_MESSAGES)
        self._api = InProcessBotApi(self._world)
        self._happenings: deque[Json] = deque(maxlen=_MOST_HAPPENINGS)
        self._moved = asyncio.Event()
        self._offered: dict[str, tuple[Chat, InlineAnswer]] = {}
        self._order = asyncio.Lock()
        self._opened = AsyncExitStack()
        self._application: BotApplication | None = None

    async def open(self) -> None:
        """Set the bot up, greet as Telegram would have it, and bring it into the group."""
        folder = Path(self._opened.enter_context(tempfile.TemporaryDirectory(prefix="bot-try-")))
        storage = await open_storage(f"sqlite:////{folder.joinpath('bot.db').relative_to('/')}")
        self._opened.push_async_callback(storage.close)
        # A token that no other session has, since links to a group's settings are sealed with it.
        token = f"{BOT.id}:{secrets.token_hex(16)}"
        self._application = build_application(self._answerer, token, transport=self._api, storage=storage)
        await self._opened.enter_async_context(self._application)
        background.start(self._application.bot_data)
        self._opened.push_async_callback(background.stop, self._application)
        await set_menu(self._application)
        for sender, text in _SAMPLE:
            self._world.others_say(sender, text)
        await self._hand_over(self._world.adds_bot())
        await self._hand_over(self._world.says("/start"))

    async def close(self) -> None:
        """Forget all of it, when what is being handled is through; what comes after that is refused."""
        self.wake()
        async with self._order:
            self._application = None
            await self._opened.aclose()

    def wake(self) -> None:
        """Let whoever waits for something new look again."""
        self._moved.set()
        self._moved = asyncio.Event()

    # What the person does. Each raises ApiError for what can't be done.

    async def send(self, chat_id: int, text: str, reply_to: int = 0) -> None:
        """Send a message."""
        await self._hand_over(self._world.says(text, self._world.chat(chat_id), reply_to))

    async def edit(self, chat_id: int, message_id: int, text: str) -> None:
        """Write a message of one's own anew."""
        await self._hand_over(self._world.edits(message_id, text, self._world.chat(chat_id)))

    async def press(self, chat_id: int, message_id: int, data: str) -> None:
        """Press a button."""
        message = self._world.message(chat_id, message_id)
        await self._hand_over(self._world.presses_button(message, data))

    async def take_role(self, role: Role) -> None:
        """Be something else in the group."""
        if role is not self._world.role:
            await self._hand_over(self._world.takes_role(role))
            self._happen({"kind": "role", "role": role.value})

    async def ask_inline(self, chat_id: int, query: str) -> Json:
        """Ask the bot by its name; returns what it offers, none where it answers no inline queries."""
        chat = self._world.chat(chat_id)
        update = self._world.asks_inline(query, chat)
        query_id: str = update["inline_query"]["id"]
        nothing = (chat, InlineAnswer(query_id, [], None))
        self._offered[query_id] = nothing
        while len(self._offered) > _MOST_HAPPENINGS:
            del self._offered[next(iter(self._offered))]
        await self._hand_over(update)
        _, offered = self._offered.get(query_id, nothing)  # it may have gone, where many were asked meanwhile
        results = [
            {"id": each["id"], "title": each.get("title", ""), "description": each.get("description", "")}
            for each in offered.results
        ]
        return {"query": query_id, "results": results, "button": offered.button}

    async def choose(self, query_id: str, result_id: str) -> None:
        """Send one of the results of an inline query."""
        if query_id not in self._offered:
            raise ApiError("Bad Request: QUERY_ID_INVALID")
        chat, offered = self._offered[query_id]
        result = next((each for each in offered.results if each["id"] == result_id), None)
        if result is None:
            raise ApiError("Bad Request: RESULT_ID_INVALID")
        message = self._api.result_as_message(result, chat)
        await self._hand_over(self._world.sends_result(message))

    def file(self, file_id: str) -> File | None:
        """A file that the bot sent."""
        return self._api.files.get(file_id)

    # What the page shows.

    async def news(self, after: int, patience: float) -> Json:
        """What has changed since the number `after`, as soon as something has; nothing after `patience` seconds."""
        moved = self._moved
        if after > self._world.number:  # it was told by another conversation
            after = 0
        if after == self._world.number:
            try:
                async with asyncio.timeout(patience):
                    await moved.wait()
            except TimeoutError:
                pass
        return self._news(after)

    def _news(self, after: int) -> Json:
        world = self._world
        return {
            "number": world.number,
            "bot": {"name": self._api.saying("name"), "username": BOT.username},
            "about": self._api.saying("description"),
            "role": world.role.value,
            "chats": [self._chat(chat, after) for chat in world.chats.values()],
            "happenings": [each for each in self._happenings if each["number"] > after] if after else [],
        }

    def _chat(self, chat: Chat, after: int) -> Json:
        pinned = chat.pinned if chat.pinned and not chat.pinned.deleted else None
        return {
            "id": chat.id,
            "group": chat.is_group,
            "title": chat.title if chat.is_group else BOT.first_name,
            "oldest": min(chat.messages, default=0),
            "commands": self._api.commands_for(chat),
            "pinned": {"id": pinned.id, "text": pinned.content.text[:_LOOKED_BACK]} if pinned else None,
            "messages": [_shown(each) for each in chat.messages.values() if each.number > after],
        }

    def _note_change(self, _message: Message, _change: Change) -> None:
        self.wake()

    def _hear(self, said: Notice | InlineAnswer) -> None:
        if isinstance(said, Notice):
            self._happen({"kind": "notice", "text": said.text, "alert": said.alert, "url": said.url})
        elif said.query_id in self._offered:
            chat, _ = self._offered[said.query_id]
            self._offered[said.query_id] = (chat, said)

    def _happen(self, happening: Json) -> None:
        self._world.number += 1
        self._happenings.append({**happening, "number": self._world.number})
        self.wake()

    async def _hand_over(self, update: dict[str, Any]) -> None:
        async with self._order:
            if self._application is None:
                raise ApiError("Bad Request: this conversation has ended")
            await self._application.process_update(Update.de_json(update, self._application.bot))


class Sessions:
    """The conversations that are open, at most `most`: when one more comes, the one that was idle longest goes."""

    def __init__(self, answerer: Answerer, most: int = 50) -> None:
        self._answerer = answerer
        self._most = most
        self._open: dict[str, Session] = {}
        self._opening = asyncio.Lock()

    def __len__(self) -> int:
        return len(self._open)

    def of(self, key: str) -> Session | None:
        """The conversation of `key`, which is in use by this."""
        session = self._open.get(key)
        if session is not None:
            session.used = time.monotonic()
        return session

    async def begin(self) -> str:
        """Open one more; returns its key, which nobody can guess."""
        async with self._opening:
            while len(self._open) >= self._most:
                await self.end(min(self._open, key=lambda key: self._open[key].used))
            session = Session(self._answerer)
            try:
                await session.open()
            except BaseException:
                await session.close()
                raise
            key = secrets.token_urlsafe(32)
            self._open[key] = session
            return key

    async def end(self, key: str) -> None:
        """Close and forget a conversation."""
        session = self._open.pop(key, None)
        if session is not None:
            await session.close()

    def wake(self) -> None:
        """Let all who wait for something new look again."""
        for session in self._open.values():
            session.wake()

    async def close(self) -> None:
        """Close all."""
        for key in list(self._open):
            await self.end(key)


def _shown(message: Message) -> Json:
    """A message as the page draws it."""
    if message.deleted:
        return {"id": message.id, "deleted": True}
    replied = message.reply_to
    return {
        "id": message.id,
        "mine": message.sender is YOU or message.sender is ANONYMOUS,
        "bot": message.sender is BOT,
        "name": message.chat.title if message.sender_chat else message.sender.first_name,
        "text": message.content.text,
        "entities": list(message.content.entities),
        "date": message.date,
        "edited": bool(message.edited),
        "service": message.service,
        "via": message.via_bot,
        "reply": None
        if replied is None
        else {
            "id": replied.id,
            "name": replied.chat.title if replied.sender_chat else replied.sender.first_name,
            "text": "" if replied.deleted else replied.content.text[:_LOOKED_BACK],
        },
        "rows": [[_button(each) for each in row] for row in message.rows],
        "prompt": (message.markup or {}).get("input_field_placeholder", "")
        if (message.markup or {}).get("force_reply")
        else None,
        "picture": None
        if message.picture is None
        else {"id": message.picture.id, "width": message.picture.size[0], "height": message.picture.size[1]},
        "document": None if message.document is None else {"id": message.document.id, "name": message.document.name},
        "reactions": list(message.reactions),
    }


def _button(button: Json) -> Json:
    kept = ("text", "callback_data", "url", "switch_inline_query_current_chat", "switch_inline_query")
    shown = {key: button[key] for key in kept if key in button}
    return shown | ({"copy": button["copy_text"]["text"]} if "copy_text" in button else {})
