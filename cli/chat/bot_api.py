"""A Bot API in this process, for one person in one private chat.

python-telegram-bot talks to Telegram through its `BaseRequest` interface. `TerminalBotApi` implements it without a
network: what the bot sends becomes a message on the screen, and what the person types becomes an update.
"""

from __future__ import annotations

import itertools
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from telegram.request import BaseRequest, RequestData

Json = dict[str, Any]

BOT: Json = {
    "id": 1,
    "is_bot": True,
    "first_name": "Botox for migraine",
    "username": "this_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
}
PERSON: Json = {"id": 2, "is_bot": False, "first_name": "You", "language_code": "en"}
CHAT: Json = {"id": 2, "type": "private", "first_name": "You"}
_COMMAND = re.compile(r"/\w+(?:@\w+)?")


@dataclass(frozen=True)
class Button:
    """An inline button: `data` comes back when it is pressed, or `url` is opened."""

    text: str
    data: str = ""
    url: str = ""


@dataclass
class Shown:
    """A message of the bot as it stands on the screen; `html` is Telegram's HTML, `picture` the file it shows.

    `replied` is the message of the person that it replies to.
    """

    id: int
    html: str
    buttons: list[Button]
    picture: Path | None = None
    replied: Json | None = None


class TerminalBotApi(BaseRequest):
    """Plays the Bot API. `on_message` is called for every message sent or edited, `on_notice` for a button's notice."""

    def __init__(self, on_message: Callable[[Shown, bool], None], on_notice: Callable[[str], None]) -> None:
        self._on_message = on_message
        self._on_notice = on_notice
        self._ids = itertools.count(1)
        self._updates = itertools.count(1)
        self._messages: dict[int, Shown] = {}
        self._typed: dict[int, Json] = {}

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = None,
        write_timeout: object = None,
        connect_timeout: object = None,
        pool_timeout: object = None,
    ) -> tuple[int, bytes]:
        """Carry out one Bot API method; returns an HTTP status and a JSON body as Telegram's server would."""
        del method, read_timeout, write_timeout, connect_timeout, pool_timeout  # nothing here takes time
        name = url.rpartition("/")[2]
        parameters = request_data.parameters if request_data else {}
        answer = self._carry_out(name, parameters)
        if answer is None:
            body = {"ok": False, "error_code": 404, "description": f"Not Found: the terminal plays no {name}"}
            return 404, json.dumps(body).encode()
        return 200, json.dumps({"ok": True, "result": answer}).encode()

    def _carry_out(self, name: str, parameters: Json) -> Json | bool | None:
        match name:
            case "getMe":
                return BOT
            case "sendMessage":
                replied = (parameters.get("reply_parameters") or {}).get("message_id", 0)
                shown = Shown(
                    next(self._ids), parameters["text"], _buttons(parameters), replied=self._typed.get(replied)
                )
                self._messages[shown.id] = shown
                self._on_message(shown, False)
                return self._message(shown)
            case "editMessageText" | "editMessageReplyMarkup":
                shown = self._messages[parameters["message_id"]]
                if "text" in parameters:  # of buttons alone, what is on the screen with its numbers stays as it is
                    shown.html, shown.buttons = parameters["text"], _buttons(parameters)
                    self._on_message(shown, True)
                return self._message(shown)
            case "sendPhoto":
                # A Bot API server on the bot's own machine takes the address of a file for the file, as this one does.
                picture = Path(url2pathname(urlsplit(parameters["photo"]).path))
                shown = Shown(next(self._ids), parameters.get("caption", ""), _buttons(parameters), picture)
                self._messages[shown.id] = shown
                self._on_message(shown, False)
                return self._message(shown)
            case "deleteMessage":
                return self._messages.pop(parameters["message_id"], None) is not None
            case "answerCallbackQuery":
                if parameters.get("text"):
                    self._on_notice(parameters["text"])
                return True
            case "setMyCommands" | "setMyDescription" | "setMyShortDescription" | "sendChatAction" | "deleteWebhook":
                return True
        return None

    def _message(self, shown: Shown) -> Json:
        message: Json = {
            "message_id": shown.id,
            "date": int(time.time()),
            "chat": CHAT,
            "from": BOT,
            "text": shown.html,
        }
        return message | ({"reply_to_message": shown.replied} if shown.replied else {})

    def typed(self, text: str) -> Json:
        """The update for a line that the person typed."""
        message: Json = {
            "message_id": next(self._ids),
            "date": int(time.time()),
            "chat": CHAT,
            "from": PERSON,
            "text": text,
        }
        command = _COMMAND.match(text)
        if command:
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": command.end()}]
        self._typed[message["message_id"]] = message
        return {"update_id": next(self._updates), "message": message}

    def edited(self, message_id: int, text: str) -> Json:
        """The update for a message that the person wrote anew."""
        update = self.typed(text)
        message = update.pop("message")
        return {**update, "edited_message": {**message, "message_id": message_id, "edit_date": int(time.time())}}

    def pressed(self, shown: Shown, button: Button) -> Json:
        """The update for a press on one of the buttons below `shown`."""
        query: Json = {
            "id": str(next(self._ids)),
            "from": PERSON,
            "message": self._message(shown),
            "chat_instance": "terminal",
            "data": button.data,
        }
        return {"update_id": next(self._updates), "callback_query": query}


def _buttons(parameters: Json) -> list[Button]:
    rows = (parameters.get("reply_markup") or {}).get("inline_keyboard", [])
    buttons = [each for row in rows for each in row if "copy_text" not in each]  # a terminal copies by itself
    return [Button(each["text"], each.get("callback_data", ""), each.get("url", "")) for each in buttons]
