"""The Bot API over no network: what the bot calls is carried out in a `World`.

python-telegram-bot talks to Telegram through its `BaseRequest` interface, which `InProcessBotApi` implements. A method
that it does not play is answered with 404, as Telegram answers one that it does not know.
"""

from __future__ import annotations

import io
import itertools
import json
import mimetypes
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from telegram.request import BaseRequest, RequestData

from cli.bot_api.text import (
    LONGEST_CAPTION,
    LONGEST_TEXT,
    ApiError,
    FormattedText,
    parse_html,
    with_found,
)
from cli.bot_api.world import BOT, Change, Chat, File, InlineAnswer, Json, Message, Notice, World
from knowledge.rendering.rich_text import utf16_length

_LONGEST_DATA = 64
_MOST_FILES = 60
_MOST_RESULTS = 50


class InProcessBotApi(BaseRequest):
    """Plays the Bot API of `world`. `files` are those that the bot sent, by their ids: the latest of them stay."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.files: dict[str, File] = {}
        self._file_ids = itertools.count(1)
        self._commands: dict[tuple[str, int, int, str], list[Json]] = {}
        self._said: dict[tuple[str, str], str] = {}
        self._methods: dict[str, Callable[[_Call], Any]] = {
            "getMe": self._get_me,
            "getChat": self._get_chat,
            "getChatMember": self._get_chat_member,
            "getChatMemberCount": lambda call: 5 if self._group(call) else 2,
            "getChatAdministrators": self._get_administrators,
            "sendMessage": self._send_message,
            "sendPhoto": self._send_photo,
            "sendDocument": self._send_document,
            "editMessageText": self._edit_text,
            "editMessageCaption": self._edit_caption,
            "editMessageMedia": self._edit_media,
            "editMessageReplyMarkup": self._edit_buttons,
            "deleteMessage": self._delete,
            "pinChatMessage": self._pin,
            "unpinChatMessage": self._unpin,
            "setMessageReaction": self._react,
            "answerCallbackQuery": self._answer_press,
            "answerInlineQuery": self._answer_inline,
            "setMyCommands": self._set_commands,
            "deleteMyCommands": self._delete_commands,
            "getMyCommands": lambda call: self._commands.get(_scope(call), []),
            "sendChatAction": lambda _call: True,
            "deleteWebhook": lambda _call: True,
        }
        for name, key in (("Name", "name"), ("Description", "description"), ("ShortDescription", "short_description")):
            self._methods[f"setMy{name}"] = partial(self._set_saying, key)
            self._methods[f"getMy{name}"] = partial(self._get_saying, key)

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
        carry_out = self._methods.get(url.rpartition("/")[2])
        try:
            if carry_out is None:
                raise ApiError("Not Found", 404)
            body = {"ok": True, "result": carry_out(_Call(request_data))}
        except ApiError as error:
            body = {"ok": False, "error_code": error.status, "description": error.description}
            return error.status, json.dumps(body).encode()
        return 200, json.dumps(body).encode()

    def commands_for(self, chat: Chat) -> list[Json]:
        """The commands that the person's menu shows in `chat`, by the narrowest scope that the bot has set."""
        you = self.world.member(self.world.private.id) if chat.is_group else {}
        if not chat.is_group:
            scopes = [("chat", chat.id, 0), ("all_private_chats", 0, 0)]
        else:
            scopes = [("chat_member", chat.id, self.world.private.id)]
            if you["status"] == "administrator":
                scopes += [("chat_administrators", chat.id, 0), ("all_chat_administrators", 0, 0)]
            scopes += [("chat", chat.id, 0), ("all_group_chats", 0, 0)]
        for scope in [*scopes, ("default", 0, 0)]:
            for language in ("en", ""):
                if commands := self._commands.get((*scope, language)):
                    return commands
        return []

    def saying(self, key: str, language: str = "en") -> str:
        """What the bot says of itself in its `name`, `description` or `short_description`."""
        said = self._said.get((key, language)) or self._said.get((key, ""))
        return said or (BOT.first_name if key == "name" else "")

    def result_as_message(self, result: Json, chat: Chat) -> Message:
        """The message that an inline result stands for, as the person sends it. Raises ApiError."""
        sender, in_name = self.world.author_in(chat)
        call = _Call(None, result)
        content = result.get("input_message_content")
        if content is not None:
            call = _Call(None, {**content, "text": content.get("message_text", "")})
        picture = None if content is not None else self._picture_of(result)
        text = _text(call, "caption" if picture else "text", optional=picture is not None)
        return self.world.new(
            chat,
            sender,
            text,
            sender_chat=in_name,
            picture=picture,
            via_bot=True,
            markup=_checked(result.get("reply_markup")),
        )

    def _picture_of(self, result: Json) -> File | None:
        return self.files.get(result.get("photo_file_id", ""))

    # Who is who.

    def _get_me(self, _call: _Call) -> Json:
        return {
            **BOT.as_dict(),
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": True,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    def _get_chat(self, call: _Call) -> Json:
        chat = self._chat(call)
        gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
        pinned = {"pinned_message": chat.pinned.as_dict(nested=False)} if chat.pinned else {}
        more = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(gifts, True)}
        return {**chat.as_dict(), **more, **pinned}

    def _get_chat_member(self, call: _Call) -> Json:
        if self._group(call):
            return self.world.member(int(call.get("user_id", 0)))
        return {"user": BOT.as_dict(), "status": "member"}

    def _get_administrators(self, call: _Call) -> list[Json]:
        if not self._group(call):
            raise ApiError("Bad Request: there are no administrators in the private chat")
        return self.world.administrators()

    # Messages.

    def _send_message(self, call: _Call) -> Json:
        return self._put(call, _text(call, "text"))

    def _send_photo(self, call: _Call) -> Json:
        text = _text(call, "caption", optional=True)
        return self._put(call, text, picture=self._file(call, call.get("photo"), "photo", is_picture=True))

    def _send_document(self, call: _Call) -> Json:
        text = _text(call, "caption", optional=True)
        return self._put(call, text, document=self._file(call, call.get("document"), "document"))

    def _put(self, call: _Call, text: FormattedText, **more: Any) -> Json:
        chat = self._chat(call)
        wanted = call.get("reply_parameters") or {}
        replied = chat.messages.get(wanted.get("message_id", 0))
        if wanted and (replied is None or replied.deleted):
            if not wanted.get("allow_sending_without_reply"):
                raise ApiError("Bad Request: message to be replied not found")
            replied = None
        markup = _checked(call.get("reply_markup"))
        return self.world.put(self.world.new(chat, BOT, text, reply_to=replied, markup=markup, **more)).as_dict()

    def _edit_text(self, call: _Call) -> Json | bool:
        message = self._own(call)
        if message.picture or message.document:
            raise ApiError("Bad Request: there is no text in the message to edit")
        return self._change_text(message, _text(call, "text"), call)

    def _edit_caption(self, call: _Call) -> Json | bool:
        message = self._own(call)
        if not (message.picture or message.document):
            raise ApiError("Bad Request: there is no caption in the message to edit")
        return self._change_text(message, _text(call, "caption", optional=True), call)

    def _change_text(self, message: Message, content: FormattedText, call: _Call) -> Json | bool:
        markup = _checked(call.get("reply_markup"))
        if (content, markup or {}) == (message.content, message.markup or {}):
            raise _not_modified()
        message.content, message.markup = content, markup
        return self._edited(message, call)

    def _edit_media(self, call: _Call) -> Json | bool:
        message = self._own(call)
        media = call.get("media") or {}
        if media.get("type") not in {"photo", "document"}:
            raise ApiError("Bad Request: this kind of media is not played here")
        is_picture = media["type"] == "photo"
        file = self._file(call, media.get("media"), "media", is_picture=is_picture)
        message.picture, message.document = (file, None) if is_picture else (None, file)
        message.content = _text(_Call(None, media), "caption", optional=True)
        message.markup = _checked(call.get("reply_markup"))
        return self._edited(message, call)

    def _edited(self, message: Message, call: _Call) -> Json | bool:
        message.edited = int(time.time())
        self.world.note(message, Change.EDITED)
        return True if call.get("inline_message_id") else message.as_dict()

    def _edit_buttons(self, call: _Call) -> Json | bool:
        message = self._own(call)
        markup = _checked(call.get("reply_markup"))
        if (markup or {}).get("inline_keyboard", []) == message.rows:
            raise _not_modified()
        message.markup = markup
        self.world.note(message, Change.BUTTONS)
        return True if call.get("inline_message_id") else message.as_dict()

    def _delete(self, call: _Call) -> bool:
        message = self.world.message(self._chat(call).id, _number(call, "message_id"), "delete")
        message.deleted, message.content, message.markup = True, FormattedText(), None
        self.world.note(message, Change.OTHER)
        return True

    def _pin(self, call: _Call) -> bool:
        chat = self._chat(call)
        message = self.world.message(chat.id, _number(call, "message_id"), "pin")
        chat.pinned = message
        self.world.note(message, Change.OTHER)
        self.world.service(chat, f"{BOT.first_name} pinned a message")
        return True

    def _unpin(self, call: _Call) -> bool:
        chat = self._chat(call)
        pinned, chat.pinned = chat.pinned, None
        if pinned is not None:
            self.world.note(pinned, Change.OTHER)
        return True

    def _react(self, call: _Call) -> bool:
        message = self.world.message(self._chat(call).id, _number(call, "message_id"), "react")
        given = call.get("reaction") or []
        message.reactions = tuple(each["emoji"] for each in given if each.get("type") == "emoji")
        self.world.note(message, Change.OTHER)
        return True

    def _own(self, call: _Call) -> Message:
        inline_id = call.get("inline_message_id")
        if inline_id:
            found = self.world.inline_messages.get(inline_id)
            if found is None:
                raise ApiError("Bad Request: MESSAGE_ID_INVALID")
            return found
        message = self.world.message(self._chat(call).id, _number(call, "message_id"), "edit")
        if message.sender is not BOT:
            raise ApiError("Bad Request: message can't be edited")
        return message

    # Presses and inline queries.

    def _answer_press(self, call: _Call) -> bool:
        query_id = str(call.get("callback_query_id", ""))
        if self.world.presses.pop(query_id, None) is None:
            raise ApiError("Bad Request: query is too old and response timeout expired or query ID is invalid")
        text, url = call.get("text") or "", call.get("url") or ""
        if text or url:
            self.world.hear(Notice(text, bool(call.get("show_alert")), url))
        return True

    def _answer_inline(self, call: _Call) -> bool:
        query_id = str(call.get("inline_query_id", ""))
        results = call.get("results") or []
        if query_id not in self.world.queries:
            raise ApiError("Bad Request: query is too old and response timeout expired or query ID is invalid")
        if len(results) > _MOST_RESULTS:
            raise ApiError("Bad Request: RESULTS_TOO_MUCH")
        if len({each["id"] for each in results}) != len(results):
            raise ApiError("Bad Request: RESULT_ID_DUPLICATE")
        for each in results:
            self.result_as_message(each, self.world.private)  # what can't be sent is refused now, as Telegram does
        self.world.hear(InlineAnswer(query_id, results, call.get("button")))
        return True

    # What the bot says of itself.

    def _set_commands(self, call: _Call) -> bool:
        self._commands[_scope(call)] = call.get("commands") or []
        return True

    def _delete_commands(self, call: _Call) -> bool:
        self._commands.pop(_scope(call), None)
        return True

    def _set_saying(self, key: str, call: _Call) -> bool:
        self._said[key, call.get("language_code") or ""] = call.get(key) or ""
        return True

    def _get_saying(self, key: str, call: _Call) -> Json:
        return {key: self.saying(key, call.get("language_code") or "")}

    # What calls name.

    def _chat(self, call: _Call) -> Chat:
        return self.world.chat(_number(call, "chat_id"))

    def _group(self, call: _Call) -> bool:
        return self._chat(call).is_group

    def _file(self, call: _Call, named: Any, field: str, *, is_picture: bool = False) -> File:
        """The file that a call uploads, names by its address on this machine, or by the id that it has here."""
        text = str(named or "")
        if text in self.files:
            return self.files[text]
        if text.startswith("file:"):
            # A Bot API server on the bot's own machine takes the address of a file for the file, as this one does.
            path = Path(url2pathname(urlsplit(text).path))
            return self._keep(path.name, path, is_picture=is_picture)
        uploaded = call.uploads.get(text.removeprefix("attach://") or field)
        if uploaded is None:
            raise ApiError("Bad Request: wrong file identifier/HTTP URL specified")
        return self._keep(*uploaded, is_picture=is_picture)

    def _keep(self, name: str, content: Path | bytes, *, is_picture: bool) -> File:
        mime, size = mimetypes.guess_type(name)[0] or "application/octet-stream", (0, 0)
        if is_picture:
            try:
                mime, size = _look_at(content)
            except OSError:
                raise ApiError("Bad Request: IMAGE_PROCESS_FAILED") from None
        file = File(f"file-{next(self._file_ids)}", name, content, mime, size)
        self.files[file.id] = file
        while len(self.files) > _MOST_FILES:
            del self.files[next(iter(self.files))]
        return file


class _Call:
    """The parameters of one call, and what it uploads: name and bytes by the field in which they come."""

    def __init__(self, data: RequestData | None, parameters: Json | None = None) -> None:
        self.parameters = parameters if parameters is not None else dict(data.parameters) if data else {}
        parts = data.multipart_data if data and data.contains_files else {}
        self.uploads = {
            field: (name, content if isinstance(content, bytes) else content.read())
            for field, (name, content, _mime) in parts.items()
        }

    def get(self, name: str, default: Any = None) -> Any:
        return self.parameters.get(name, default)


def _number(call: _Call, name: str) -> int:
    try:
        return int(call.get(name, 0))
    except (TypeError, ValueError):
        raise ApiError(f"Bad Request: {name} is no number") from None


def _text(call: _Call, name: str, *, optional: bool = False) -> FormattedText:
    """The text of a call, with what is marked in it."""
    source = str(call.get(name) or "")
    if str(call.get("parse_mode", "")).upper() == "HTML":
        content = parse_html(source)
    else:
        content = FormattedText(source, tuple(call.get("caption_entities" if name == "caption" else "entities") or ()))
    if not content.text and not optional:
        raise ApiError("Bad Request: message text is empty")
    longest = LONGEST_CAPTION if name == "caption" else LONGEST_TEXT
    if utf16_length(content.text) > longest:
        raise ApiError(f"Bad Request: message {'caption ' if name == 'caption' else ''}is too long")
    return with_found(content)


def _checked(markup: Json | None) -> Json | None:
    for each in (each for row in (markup or {}).get("inline_keyboard", []) for each in row):
        if not each.get("text", "").strip():
            raise ApiError("Bad Request: can't parse inline keyboard button: Text buttons are unallowed")
        if not 0 < len(each.get("callback_data", "-").encode()) <= _LONGEST_DATA:
            raise ApiError("Bad Request: BUTTON_DATA_INVALID")
    return markup


def _scope(call: _Call) -> tuple[str, int, int, str]:
    scope = call.get("scope") or {"type": "default"}
    return scope["type"], scope.get("chat_id", 0), scope.get("user_id", 0), call.get("language_code") or ""


def _not_modified() -> ApiError:
    return ApiError(
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as "
        "a current content and reply markup of the message"
    )


def _look_at(content: Path | bytes) -> tuple[str, tuple[int, int]]:
    """The kind of a picture, and its width and height in pixels. Raises OSError for what is no picture."""
    from PIL import Image  # slow to import, and most answers have no picture

    with Image.open(io.BytesIO(content) if isinstance(content, bytes) else content) as picture:
        return Image.MIME[picture.format or ""], picture.size
