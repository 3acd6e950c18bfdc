"""Texts and captions that the bot sends: parsed, trimmed, measured."""

from __future__ import annotations

from typing import Any

from tests.bot_api_server.chats import World
from tests.bot_api_server.errors import Json, bad_request
from tests.bot_api_server.html import parse_html
from tests.bot_api_server.parameters import Parameters
from tests.bot_api_server.text import ENTITY_TYPES, FormattedText, is_blank, trimmed, utf16_length, with_found_entities

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024

_PREVIEW_FIELDS = {"is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text"}


def text_of(world: World, fields: Json, notes: list[str], name: str = "text") -> FormattedText:
    """The text of a message in `fields`; raises ApiError where it is empty, too long or wrongly marked up."""
    source = str(fields.get(name) or "")
    if not source:
        raise bad_request("message text is empty")
    text = _formatted(world, fields, notes, source, "entities")
    if is_blank(text.text):
        raise bad_request("message text is empty")
    if utf16_length(text.text) > LONGEST_TEXT:
        raise bad_request("message is too long")
    return text


def caption_of(world: World, fields: Json, notes: list[str]) -> FormattedText:
    """The caption in `fields`, which may be empty; raises ApiError where it is too long or wrongly marked up."""
    text = _formatted(world, fields, notes, str(fields.get("caption") or ""), "caption_entities")
    if utf16_length(text.text) > LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    return text


def link_preview_of(parameters: Parameters) -> Json | None:
    """The link preview options, checked."""
    return checked_link_preview(parameters.data("link_preview_options"))


def checked_link_preview(options: Any) -> Json | None:
    """The options if their fields are known; raises ApiError otherwise."""
    if options is None:
        return None
    if not isinstance(options, dict) or options.keys() - _PREVIEW_FIELDS:
        raise bad_request("can't parse link preview options: object with known fields expected")
    return options or None


def _formatted(world: World, fields: Json, notes: list[str], source: str, entities: str) -> FormattedText:
    mode = str(fields.get("parse_mode") or "").lower()
    if mode == "html":
        parsed = parse_html(source, world.known_user)
    elif mode in {"markdown", "markdownv2"}:
        raise bad_request("the stand-in for Telegram reads parse_mode=HTML only")
    elif mode:
        raise bad_request("unsupported parse_mode")
    else:
        parsed = FormattedText(source, _checked_entities(fields.get(entities), source))
    notes += [f"Telegram drops {loss}" for loss in parsed.losses]
    return with_found_entities(trimmed(parsed))


def _checked_entities(entities: Any, text: str) -> list[Json]:
    if entities is None:
        return []
    if not isinstance(entities, list):
        raise bad_request("can't parse entities: expected an Array of MessageEntity")
    for entity in entities:
        if not isinstance(entity, dict) or entity.get("type") not in ENTITY_TYPES:
            raise bad_request("can't parse entities: unsupported entity type")
        offset, length = entity.get("offset"), entity.get("length")
        if not isinstance(offset, int) or not isinstance(length, int) or offset < 0 or length <= 0:
            raise bad_request("can't parse entities: wrong offset or length")
        if offset + length > utf16_length(text):
            raise bad_request(
                f"entity beginning at UTF-16 offset {offset} ends after the end of the text at UTF-16 offset "
                f"{offset + length}"
            )
    return entities
