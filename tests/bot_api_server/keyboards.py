"""Checking reply_markup: what Telegram refuses in keyboards, in its own words."""

from __future__ import annotations

from typing import Any

from tests.bot_api_server.errors import Json, bad_request
from tests.bot_api_server.urls import checked_url

MOST_BUTTONS = 100
MOST_DATA_BYTES = 64
MOST_COPIED = 256

_KINDS = {
    "url",
    "callback_data",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "callback_game",
    "pay",
    "login_url",
    "web_app",
    "copy_text",
}
_BUTTON_FIELDS = _KINDS | {"text", "style", "icon_custom_emoji_id"}
_STRINGS = {"url", "callback_data", "switch_inline_query", "switch_inline_query_current_chat"}
_MARKUPS: dict[str, set[str]] = {
    "inline_keyboard": set(),
    "keyboard": {"is_persistent", "resize_keyboard", "one_time_keyboard", "input_field_placeholder", "selective"},
    "remove_keyboard": {"selective"},
    "force_reply": {"input_field_placeholder", "selective"},
}
_CANT_PARSE = "can't parse inline keyboard button: "


def checked_markup(markup: Any, *, only_inline: bool = False) -> Json | None:
    """The markup if Telegram would take it (None for no keyboard at all); raises ApiError otherwise."""
    if markup is None or markup == "":
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    kinds = _MARKUPS.keys() & markup.keys()
    if len(kinds) != 1:
        raise bad_request(f"reply markup of exactly one kind expected, not of {sorted(kinds) or list(markup)}")
    kind = kinds.pop()
    if unknown := markup.keys() - _MARKUPS[kind] - {kind}:
        raise bad_request(f"unknown fields in the reply markup: {', '.join(sorted(unknown))}")
    if only_inline and kind != "inline_keyboard":
        raise bad_request("inline keyboard expected")
    match kind:
        case "inline_keyboard":
            return _inline(markup[kind])
        case "keyboard":
            _rows(markup[kind], 'field "keyboard" must be an Array of Arrays')
        case _ if markup[kind] is not True:
            raise bad_request(f'field "{kind}" must be True')
    return markup


def _rows(rows: Any, complaint: str) -> list[list[Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(complaint)
    return rows


def _inline(rows: Any) -> Json | None:
    rows = _rows(rows, 'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    checked = [[_button(button) for button in row] for row in rows if row]
    if sum(map(len, checked)) > MOST_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return {"inline_keyboard": checked} if checked else None


def _button(button: Any) -> Json:
    if not isinstance(button, dict):
        raise bad_request(_CANT_PARSE + "InlineKeyboardButton must be an Object")
    if unknown := button.keys() - _BUTTON_FIELDS:
        raise bad_request(_CANT_PARSE + f"unknown fields {', '.join(sorted(unknown))}")
    if "text" not in button:
        raise bad_request(_CANT_PARSE + 'Can\'t find field "text"')
    for name in {"text", *_STRINGS} & button.keys():
        if not isinstance(button[name], str):
            raise bad_request(_CANT_PARSE + f'Field "{name}" must be of type String')
    if not button["text"].strip():
        raise bad_request("BUTTON_TEXT_INVALID")
    kinds = _KINDS & button.keys()
    if not kinds:
        raise bad_request(_CANT_PARSE + "Text buttons are unallowed in the inline keyboard")
    if len(kinds) > 1:
        raise bad_request(f"BUTTON_TYPE_INVALID (exactly one of {', '.join(sorted(kinds))} expected)")
    return {**button, **_action(kinds.pop(), button)}


def _action(kind: str, button: Json) -> Json:
    value = button[kind]
    if kind == "callback_data" and not 1 <= len(value.encode()) <= MOST_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if kind in {"login_url", "web_app"} and not (isinstance(value, dict) and str(value.get("url")).startswith("https")):
        raise bad_request("BUTTON_URL_INVALID")
    if kind == "copy_text" and not (isinstance(value, dict) and 1 <= len(str(value.get("text", ""))) <= MOST_COPIED):
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    if kind == "url":
        address = checked_url(value)
        if address is None:
            raise bad_request("BUTTON_URL_INVALID")
        return {kind: address}
    return {kind: value}
