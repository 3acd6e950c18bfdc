"""Text with entities: measuring it in UTF-16 units, trimming it and finding what Telegram finds in it by itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.bot_api_server.errors import Json

SPLITTABLE = {"bold", "italic", "underline", "strikethrough", "spoiler"}
QUOTES = {"blockquote", "expandable_blockquote"}
CODE = {"code", "pre"}
ENTITY_TYPES = (
    SPLITTABLE
    | QUOTES
    | CODE
    | {
        "text_link",
        "text_mention",
        "custom_emoji",
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
    }
)

_ORDER = {
    "blockquote": 0,
    "expandable_blockquote": 0,
    "pre": 11,
    "code": 20,
    "text_link": 49,
    "text_mention": 49,
    "bold": 90,
    "italic": 91,
    "underline": 92,
    "strikethrough": 93,
    "spoiler": 94,
}
_TOP_DOMAINS = "com|de|edu|eu|gov|info|int|io|me|net|org|uk"
_FOUND = (
    ("url", re.compile(r"https?://[^\s<>\"'`]*[^\s<>\"'`.,:;!?)\]]", re.IGNORECASE)),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?!\w)")),
    ("url", re.compile(rf"(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:{_TOP_DOMAINS})(?![\w.-])(?:/\S*)?")),
    ("bot_command", re.compile(r"(?<![\w/<@])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")),
    ("mention", re.compile(r"(?<![\w@])@[A-Za-z0-9_]{3,32}(?!\w)")),
    ("hashtag", re.compile(r"(?<!\w)#(?=\w*[^\W\d_])\w{1,256}")),
)
_DROPPED = {0x0D, *range(0x2028, 0x202F)}
_BLANK = {0x20, 0x0A}


@dataclass
class FormattedText:
    """A text, its entities, and what Telegram would drop from it without a word."""

    text: str
    entities: list[Json] = field(default_factory=list)
    losses: list[str] = field(default_factory=list)


def utf16_length(text: str) -> int:
    """The length of `text` in UTF-16 units, in which Telegram counts."""
    return len(text) + sum(character > "\uffff" for character in text)


def utf16_slice(text: str, offset: int, length: int) -> str:
    """The part of `text` at `offset`, `length` UTF-16 units long."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    return encoded[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")


def in_order(entities: Iterable[Json]) -> list[Json]:
    """The entities as Telegram sorts them: by offset, the longer first."""
    return sorted(entities, key=lambda e: (e["offset"], -e["length"], _ORDER.get(e["type"], 50)))


def is_blank(text: str) -> bool:
    """Whether nobody could see anything of `text`."""
    return all(unicodedata.category(c) in {"Zs", "Zl", "Zp", "Cc", "Cf"} or c in "\u2800\u3164\ufe0f" for c in text)


def trimmed(given: FormattedText) -> FormattedText:
    """The text as Telegram keeps it: control characters and outer blanks gone, entities moved along."""
    units: list[int] = []
    moved: list[int] = []
    for unit in _units(given.text):
        moved.append(len(units))
        if unit not in _DROPPED:
            units.append(0x20 if unit < 0x20 and unit != 0x0A else unit)
    moved.append(len(units))
    end = len(units)
    while end and units[end - 1] in _BLANK:
        end -= 1
    spans = []
    for entity in given.entities:
        first, last = moved[entity["offset"]], min(moved[entity["offset"] + entity["length"]], end)
        while first < last and units[first] in _BLANK:
            first += 1
        if first < last:
            spans.append({**entity, "offset": first, "length": last - first})
    start, limit = 0, min((entity["offset"] for entity in spans), default=end)
    while start < limit and units[start] in _BLANK:
        start += 1
    entities = in_order({**entity, "offset": entity["offset"] - start} for entity in spans)
    return FormattedText(_text(units[start:end]), entities, given.losses)


def _units(text: str) -> Iterator[int]:
    encoded = text.encode("utf-16-le", "surrogatepass")
    return (int.from_bytes(encoded[i : i + 2], "little") for i in range(0, len(encoded), 2))


def _text(units: list[int]) -> str:
    return b"".join(unit.to_bytes(2, "little") for unit in units).decode("utf-16-le", "surrogatepass")


def found_entities(text: str) -> list[Json]:
    """What Telegram marks in any text by itself: addresses, commands, mentions and hashtags."""
    entities: list[Json] = []
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            span = {"offset": utf16_length(text[: match.start()]), "length": utf16_length(match[0])}
            if not any(overlap(span, other) for other in entities):
                entities.append({"type": kind, **span})
    return in_order(entities)


def with_found_entities(given: FormattedText) -> FormattedText:
    """The same text, also marked where Telegram marks by itself, except inside links and code."""
    fixed = [entity for entity in given.entities if entity["type"] not in SPLITTABLE | QUOTES]
    new = [e for e in found_entities(given.text) if not any(overlap(e, other) for other in fixed)]
    return FormattedText(given.text, in_order([*given.entities, *new]), given.losses)


def overlap(one: Json, other: Json) -> bool:
    """Whether two entities share any character."""
    return bool(one["offset"] < other["offset"] + other["length"] and other["offset"] < one["offset"] + one["length"])
