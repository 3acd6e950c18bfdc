"""Answering button presses, inline queries and guest queries."""

from __future__ import annotations

import re
from typing import Any

from tests.bot_api_server.chats import Query, World
from tests.bot_api_server.errors import Json, bad_request
from tests.bot_api_server.keyboards import checked_markup
from tests.bot_api_server.parameters import Parameters
from tests.bot_api_server.text import utf16_length
from tests.bot_api_server.urls import checked_url
from tests.bot_api_server.wording import caption_of, checked_link_preview, text_of

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
LONGEST_NOTICE = 200
MOST_RESULTS = 50

_START = re.compile(r"[A-Za-z0-9_-]{1,64}")
_COMMON = {"type", "id", "title", "reply_markup", "input_message_content", "description"}
_CAPTION = {"caption", "parse_mode", "caption_entities", "show_caption_above_media"}
_THUMBNAIL = {"thumbnail_url", "thumbnail_width", "thumbnail_height"}
_RESULT_FIELDS = {
    "article": _COMMON | _THUMBNAIL | {"url"},
    "photo": _COMMON | _CAPTION | {"photo_file_id", "photo_url", "thumbnail_url", "photo_width", "photo_height"},
}
_TEXT_FIELDS = {"message_text", "parse_mode", "entities", "link_preview_options"}


def answer_callback_query(world: World, p: Parameters) -> bool:
    """Stop the spinner of a pressed button, perhaps with a notice."""
    text = p.text("text")
    if utf16_length(text) > LONGEST_NOTICE:
        raise bad_request("MESSAGE_TOO_LONG")
    query = _open(world.presses, p.text("callback_query_id"))
    url = p.text("url")
    if url and not re.match(r"(https://t\.me/|tg://)", url):
        raise bad_request("URL_INVALID")
    query.answer = {"text": text, "show_alert": p.flag("show_alert"), "url": url}
    world.bell.ring()
    return True


def answer_inline_query(world: World, p: Parameters) -> bool:
    """Show results for an inline query."""
    results = p.data("results")
    if not isinstance(results, list):
        raise bad_request("can't parse inline query results: expected an Array of InlineQueryResult")
    if len(results) > MOST_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    shown = [_result(world, result, p.notes) for result in results]
    if len({result["id"] for result in shown}) < len(shown):
        raise bad_request("RESULT_ID_DUPLICATE")
    if len(p.text("next_offset").encode()) > 64:
        raise bad_request("NEXT_OFFSET_INVALID")
    button = _button(p.data("button"))
    query = _open(world.inline_queries, p.text("inline_query_id"))
    query.answer = {
        "results": shown,
        "cache_time": p.integer("cache_time", 300),
        "is_personal": p.flag("is_personal"),
        "next_offset": p.text("next_offset"),
        "button": button,
    }
    world.bell.ring()
    return True


def answer_guest_query(world: World, p: Parameters) -> Json:
    """Post the one answer to a guest message (core.telegram.org/bots/api#answerguestquery, /api/bots/guest-mode).

    Telegram's own words for a second answer are not published; here they are those for other queries.
    """
    if not p.has("result"):
        raise bad_request("can't parse inline query result: expected an Object")
    shown = _result(world, p.data("result"), p.notes)
    if shown["type"] != "article":
        raise bad_request("the stand-in for Telegram takes articles only as an answer to a guest query")
    query = _open(world.guest_queries, p.text("guest_query_id"))
    query.answer = shown
    asked = query.about
    if asked is None:
        raise bad_request(TOO_OLD)
    more: Json = {**posted(world, shown), "reply_to": asked, "caller": query.sender}
    message = world.post_inline(asked.chat, world.bot, **more)
    return {"inline_message_id": message.inline_id}


def posted(world: World, result: Json) -> Json:
    """What a result puts into a chat: the content of the message, its keyboard and its source."""
    content = result["input_message_content"]
    text = text_of(world, content, [], "message_text")
    entities = {"entities": text.entities} if text.entities else {}
    return {
        "content": {"text": text.text, **entities},
        "markup": result.get("reply_markup"),
        "link_preview": content.get("link_preview_options"),
        "source": content["message_text"],
    }


def _open(queries: dict[str, Query], number: str) -> Query:
    query = queries.get(number)
    if query is None or query.answer is not None:
        raise bad_request(TOO_OLD)
    return query


def _result(world: World, result: Any, notes: list[str]) -> Json:
    if not isinstance(result, dict):
        raise bad_request("can't parse inline query result: expected an Object")
    kind = str(result.get("type"))
    if kind not in _RESULT_FIELDS:
        raise bad_request("can't parse inline query result: the stand-in for Telegram takes articles and photos only")
    if unknown := result.keys() - _RESULT_FIELDS[kind]:
        raise bad_request(f"can't parse inline query result: unknown fields {', '.join(sorted(unknown))}")
    if not 1 <= len(str(result.get("id") or "").encode()) <= 64:
        raise bad_request("RESULT_ID_INVALID")
    if kind == "article" and not result.get("title"):
        raise bad_request("ARTICLE_TITLE_EMPTY")
    for name in {"url", "thumbnail_url", "photo_url"} & result.keys():
        if checked_url(str(result[name])) is None:
            raise bad_request("WEBDOCUMENT_URL_INVALID")
    checked_markup(result.get("reply_markup"), only_inline=True)
    shown = {**result, "id": str(result["id"])}
    if kind == "photo":
        return {**shown, "text": _photo_caption(world, result, notes)}
    return {**shown, "text": _message_text(world, result.get("input_message_content"), notes)}


def _photo_caption(world: World, result: Json, notes: list[str]) -> str:
    if "photo_file_id" in result:
        world.files.photo(str(result["photo_file_id"]))
    elif not {"photo_url", "thumbnail_url"} <= result.keys():
        raise bad_request("PHOTO_CONTENT_URL_EMPTY")
    return caption_of(world, result, notes).text


def _message_text(world: World, content: Any, notes: list[str]) -> str:
    if not isinstance(content, dict):
        raise bad_request("can't parse inline query result: input_message_content is required")
    if unknown := content.keys() - _TEXT_FIELDS:
        raise bad_request(f"can't parse input message content: unknown fields {', '.join(sorted(unknown))}")
    checked_link_preview(content.get("link_preview_options"))
    return text_of(world, content, notes, "message_text").text


def _button(button: Any) -> Json | None:
    if button is None:
        return None
    if not isinstance(button, dict) or not button.get("text"):
        raise bad_request("can't parse inline query results button: a non-empty text is required")
    if "web_app" in button:
        return button
    if not _START.fullmatch(str(button.get("start_parameter", ""))):
        raise bad_request("START_PARAM_INVALID")
    return button
