"""What a call may carry, and reading it from JSON, a form or multipart."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from tests.bot_api_server.errors import Json, bad_request

_INTEGERS = {
    "cache_time",
    "direct_messages_topic_id",
    "ephemeral_message_id",
    "limit",
    "max_connections",
    "message_id",
    "message_thread_id",
    "offset",
    "receiver_user_id",
    "timeout",
    "user_id",
}
_FLAGS = {
    "allow_paid_broadcast",
    "disable_content_type_detection",
    "disable_notification",
    "drop_pending_updates",
    "has_spoiler",
    "is_big",
    "is_personal",
    "protect_content",
    "return_bots",
    "show_alert",
    "show_caption_above_media",
}
_DATA = {
    "allowed_updates",
    "button",
    "caption_entities",
    "commands",
    "entities",
    "ephemeral_message_parameters",
    "link_preview_options",
    "media",
    "reaction",
    "reply_markup",
    "reply_parameters",
    "result",
    "results",
    "scope",
    "suggested_post_parameters",
}
_NAMES = {
    "reply_markup": "reply keyboard markup",
    "results": "inline query results",
    "commands": "commands",
    "reply_parameters": "reply parameters",
    "link_preview_options": "link preview options",
}

_SENDING = {
    "business_connection_id",
    "chat_id",
    "message_thread_id",
    "direct_messages_topic_id",
    "disable_notification",
    "protect_content",
    "allow_paid_broadcast",
    "message_effect_id",
    "reply_parameters",
}
_SENDING_ONE = _SENDING | {"suggested_post_parameters", "reply_markup", "ephemeral_message_parameters"}
_EDITING = {"business_connection_id", "chat_id", "message_id", "inline_message_id", "reply_markup"}
_EPHEMERAL = {"chat_id", "receiver_user_id", "ephemeral_message_id"}
_CAPTION = {"caption", "parse_mode", "caption_entities", "show_caption_above_media"}
_WORDS = {"text", "parse_mode", "entities", "link_preview_options"}

METHODS: dict[str, set[str]] = {
    "getMe": set(),
    "logOut": set(),
    "close": set(),
    "getUpdates": {"offset", "limit", "timeout", "allowed_updates"},
    "setWebhook": {
        "url",
        "certificate",
        "ip_address",
        "max_connections",
        "allowed_updates",
        "drop_pending_updates",
        "secret_token",
    },
    "deleteWebhook": {"drop_pending_updates"},
    "getWebhookInfo": set(),
    "setMyCommands": {"commands", "scope", "language_code"},
    "getMyCommands": {"scope", "language_code"},
    "deleteMyCommands": {"scope", "language_code"},
    "setMyDescription": {"description", "language_code"},
    "getMyDescription": {"language_code"},
    "setMyShortDescription": {"short_description", "language_code"},
    "getMyShortDescription": {"language_code"},
    "setMyName": {"name", "language_code"},
    "getMyName": {"language_code"},
    "sendMessage": _SENDING_ONE | _WORDS,
    "sendPhoto": _SENDING_ONE | _CAPTION | {"photo", "has_spoiler"},
    "sendDocument": _SENDING_ONE
    | _CAPTION - {"show_caption_above_media"}
    | {
        "document",
        "thumbnail",
        "disable_content_type_detection",
    },
    "sendMediaGroup": _SENDING | {"media"},
    "sendChatAction": {"business_connection_id", "chat_id", "message_thread_id", "action"},
    "editMessageText": _EDITING | _WORDS,
    "editMessageCaption": _EDITING | _CAPTION,
    "editMessageMedia": _EDITING | {"media", "parse_mode"},
    "editMessageReplyMarkup": _EDITING | {"parse_mode"},  # a default of the library; Telegram passes over it
    "deleteMessage": {"chat_id", "message_id"},
    "editEphemeralMessageText": _EPHEMERAL | _WORDS | {"reply_markup"},
    "editEphemeralMessageReplyMarkup": _EPHEMERAL | {"reply_markup"},
    "deleteEphemeralMessage": _EPHEMERAL,
    "pinChatMessage": {"business_connection_id", "chat_id", "message_id", "disable_notification"},
    "setMessageReaction": {"chat_id", "message_id", "reaction", "is_big"},
    "answerCallbackQuery": {"callback_query_id", "text", "show_alert", "url", "cache_time"},
    "answerInlineQuery": {"inline_query_id", "results", "cache_time", "is_personal", "next_offset", "button"},
    "answerGuestQuery": {"guest_query_id", "result"},
    "getChat": {"chat_id"},
    "getChatMember": {"chat_id", "user_id"},
    "getChatAdministrators": {"chat_id", "return_bots"},
    "leaveChat": {"chat_id"},
    "getFile": {"file_id"},
}
"""Each method the server knows, with the parameters that Telegram documents for it."""


class Upload(bytes):
    """An uploaded file, with the name that it was sent under."""

    file_name: str = ""


class Parameters:
    """The parameters of one call, decoded; `notes` collects what Telegram would overlook but a test should not."""

    def __init__(self, method: str, values: Json, uploads: dict[str, bytes] | None = None) -> None:
        self.uploads = uploads or {}
        self.notes: list[str] = []
        self.raw = values
        self.values: Json = {}
        known = METHODS[method]
        spoken = json.dumps(values)
        unknown = [name for name in values if name not in known]
        unknown += [name for name in self.uploads if name not in known and f"attach://{name}" not in spoken]
        if unknown:
            raise bad_request(f"unknown parameter of {method}: {', '.join(sorted(unknown))}")
        self.values = {name: _decoded(name, value) for name, value in values.items()}

    def has(self, name: str) -> bool:
        """Whether the parameter is there and not empty."""
        return self.values.get(name) not in (None, "")

    def text(self, name: str) -> str:
        """The parameter as a string, empty where it is missing."""
        value = self.values.get(name)
        return "" if value is None else str(value)

    def integer(self, name: str, default: int) -> int:
        """The parameter as a number."""
        value = self.values.get(name)
        return value if isinstance(value, int) else default

    def flag(self, name: str) -> bool:
        """The parameter as a yes or no."""
        return bool(self.values.get(name))

    def data(self, name: str) -> Any:
        """The parameter as decoded JSON."""
        return self.values.get(name)


def _decoded(name: str, value: Any) -> Any:
    if value is None or value == "":
        return None
    if name == "chat_id" or name in _INTEGERS:
        return _number(name, value)
    if name in _FLAGS:
        return value if isinstance(value, bool) else str(value).lower() in {"true", "yes", "1"}
    if name in _DATA:
        return _json(name, value)
    if not isinstance(value, str | int | float):
        raise bad_request(f'parameter "{name}" must be a String')
    return _utf8(str(value))


def _number(name: str, value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    word = str(value).strip()
    if word.removeprefix("-").isdecimal():
        return int(word)
    if name == "chat_id":
        return word
    raise bad_request(f"invalid {name} specified")


def _json(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad_request(f"can't parse {_NAMES.get(name, name)} JSON object") from None


def _utf8(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    return value


async def read(request: web.Request) -> tuple[Json, dict[str, bytes]]:
    """The parameters and the uploaded files of a request."""
    values: Json = dict(request.query)
    uploads: dict[str, bytes] = {}
    if request.content_type == "application/json":
        body = await request.read()
        try:
            decoded = json.loads(body) if body else {}
        except ValueError:
            raise bad_request("can't parse JSON object") from None
        if not isinstance(decoded, dict):
            raise bad_request("object expected as request body")
        values |= decoded
    elif request.method == "POST":
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                uploads[name] = upload = Upload(value.file.read())
                upload.file_name = value.filename
            elif isinstance(value, str):
                values[name] = value
            else:
                uploads[name] = bytes(value)
    return values, uploads
