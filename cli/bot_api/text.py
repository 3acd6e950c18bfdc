"""Texts with entities, as Telegram keeps them: read from its HTML, or found in what a person typed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from knowledge.rendering.rich_text import utf16_length

Json = dict[str, Any]

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
"""UTF-16 units."""

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_FOUND = (
    ("url", re.compile(r"https?://[^\s<>\"]*[^\s<>\".,:;!?)\]]")),
    ("bot_command", re.compile(r"(?<![\w/<@.:])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")),
    ("mention", re.compile(r"(?<![\w@/.])@[A-Za-z0-9_]{3,32}(?!\w)")),
)
_OUTER = " \n\t\r"
_LOOSE = re.compile(r"<(?!/?[A-Za-z])")


class ApiError(Exception):
    """A call that is refused: the status, and why, worded as Telegram words it."""

    def __init__(self, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.description = description
        self.status = status


@dataclass(frozen=True)
class FormattedText:
    """A text and its entities, whose offsets and lengths count UTF-16 units."""

    text: str = ""
    entities: tuple[Json, ...] = ()


def parse_html(source: str) -> FormattedText:
    """The text that Telegram's HTML stands for. Raises ApiError for what Telegram does not take."""
    if _LOOSE.search(source):
        raise ApiError("Bad Request: can't parse entities: Unsupported start tag")
    reader = _Reader()
    reader.feed(source)
    reader.close()
    if reader.open:
        raise ApiError(
            "Bad Request: can't parse entities: Can't find end tag corresponding to start tag "
            f'"{reader.open[-1].tag}"'
        )
    return _trimmed("".join(reader.pieces), reader.entities)


def find_entities(text: str) -> FormattedText:
    """`text` as somebody typed it, with the commands, names and addresses that Telegram marks by itself."""
    return FormattedText(text, tuple(_marked(text, ())))


def with_found(given: FormattedText) -> FormattedText:
    """`given`, and marked as well where Telegram marks by itself, outside links and code."""
    solid = [each for each in given.entities if each["type"] in {"text_link", "code", "pre"}]
    found = (*given.entities, *_marked(given.text, solid))
    return FormattedText(given.text, tuple(sorted(found, key=_place)))


def cleaned(text: str) -> str:
    """`text` without what no chat program sends: control characters, halves of surrogate pairs, blanks around it."""
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return "".join(each for each in whole if each == "\n" or unicodedata.category(each) != "Cc").strip()


@dataclass
class _Open:
    tag: str
    offset: int
    attributes: dict[str, str | None] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.entities: list[Json] = []
        self.open: list[_Open] = []
        self._length = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TYPES:
            raise ApiError(f'Bad Request: can\'t parse entities: Unsupported start tag "{tag}"')
        self.open.append(_Open(tag, self._length, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1].tag != tag:
            raise ApiError(f'Bad Request: can\'t parse entities: Unmatched end tag "{tag}"')
        opened = self.open.pop()
        entity: Json = {"type": _TYPES[tag], "offset": opened.offset, "length": self._length - opened.offset}
        if tag == "a":
            entity["url"] = opened.attributes.get("href") or ""
        if tag == "blockquote" and "expandable" in opened.attributes:
            entity["type"] = "expandable_blockquote"
        if entity["length"]:
            self.entities.append(entity)

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)
        self._length += utf16_length(data)


def _trimmed(text: str, entities: list[Json]) -> FormattedText:
    kept = text.strip(_OUTER)
    begin = len(text) - len(text.lstrip(_OUTER))
    end = utf16_length(kept)
    moved = []
    for each in entities:
        first, last = max(0, each["offset"] - begin), min(end, each["offset"] + each["length"] - begin)
        if first < last:
            moved.append({**each, "offset": first, "length": last - first})
    return FormattedText(kept, tuple(sorted(moved, key=_place)))


def _marked(text: str, taken: list[Json] | tuple[()]) -> list[Json]:
    found: list[Json] = []
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            offset, length = utf16_length(text[: match.start()]), utf16_length(match[0])
            if not any(
                offset < each["offset"] + each["length"] and each["offset"] < offset + length
                for each in (*taken, *found)
            ):
                found.append({"type": kind, "offset": offset, "length": length})
    return sorted(found, key=_place)


def _place(entity: Json) -> tuple[int, int]:
    return entity["offset"], -entity["length"]
