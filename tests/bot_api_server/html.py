"""parse_mode=HTML as Telegram reads it: few tags, strictly nested, and an error that names the byte."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.bot_api_server.errors import ApiError, Json, bad_request
from tests.bot_api_server.text import CODE, QUOTES, SPLITTABLE, FormattedText, in_order, overlap, utf16_length
from tests.bot_api_server.urls import checked_url, mentioned_user

TAGS = {
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
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
MOST_ENTITIES = 100

_SPACE = " \t\r\n\v\0"
_REFERENCE = re.compile(r"&(?:#x(?P<hex>[0-9a-fA-F]+)|#(?P<decimal>[0-9]+)|(?P<name>[A-Za-z]+));?")
_LONGEST_NUMBER = 9
_NAMES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ATTRIBUTES = {("a", "href"), ("code", "class"), ("span", "class"), ("blockquote", "expandable")}

KnownUser = Callable[[int], Json | None]


def parse_html(source: str, known_user: KnownUser = lambda _: None) -> FormattedText:
    """The plain text of `source` and its entities; raises ApiError, worded as Telegram does, where it is wrong.

    What Telegram drops without a word (a link that is no address, bold inside code) is named in `losses`. A
    blockquote inside a blockquote, which Telegram flattens although its documentation forbids it, is refused here.
    """
    return _Parser(source, known_user).parse()


def _error(what: str) -> ApiError:
    return bad_request(f"can't parse entities: {what}")


@dataclass
class _Open:
    tag: str
    argument: str
    offset: int
    characters: int


class _Parser:
    def __init__(self, source: str, known_user: KnownUser) -> None:
        self._source = source
        self._known_user = known_user
        self._at = 0
        self._text: list[str] = []
        self._length = 0
        self._open: list[_Open] = []
        self._entities: list[Json] = []
        self._losses: list[str] = []

    def parse(self) -> FormattedText:
        while self._at < len(self._source):
            if self._source[self._at] != "<":
                self._write(self._character())
            elif self._source.startswith("</", self._at):
                self._end_tag()
            else:
                self._start_tag()
        if self._open:
            raise _error(f'Can\'t find end tag corresponding to start tag "{self._open[-1].tag}"')
        entities = self._reconciled()
        if len(entities) > MOST_ENTITIES:
            self._losses.append(f"{len(entities)} entities: Telegram keeps the first {MOST_ENTITIES}")
        return FormattedText(self._joined(), entities[:MOST_ENTITIES], self._losses)

    def _joined(self) -> str:
        try:
            return "".join(self._text).encode("utf-16-le", "surrogatepass").decode("utf-16-le")
        except UnicodeDecodeError:
            raise _error(
                "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate "
                "code units"
            ) from None

    def _write(self, character: str) -> None:
        self._text.append(character)
        self._length += utf16_length(character)

    def _character(self) -> str:
        """The next character of text, a reference such as &lt; counting as one."""
        reference = _REFERENCE.match(self._source, self._at)
        character = _referred(reference) if reference else ""
        if reference and character:
            self._at = reference.end()
            return character
        self._at += 1
        return self._source[self._at - 1]

    def _byte(self, position: int) -> int:
        return len(self._source[:position].encode("utf-8", "surrogatepass"))

    def _peek(self) -> str:
        return self._source[self._at : self._at + 1]

    def _take_until(self, stops: str) -> str:
        start = self._at
        while (character := self._peek()) and character not in stops:
            self._at += 1
        return self._source[start : self._at]

    def _skip_spaces(self) -> None:
        while (character := self._peek()) and character in _SPACE:
            self._at += 1

    def _start_tag(self) -> None:
        start = self._at
        self._at += 1
        tag = self._take_until(_SPACE + ">").lower()
        if not self._peek():
            raise _error(f"Unclosed start tag at byte offset {self._byte(start)}")
        if tag not in TAGS:
            raise _error(f'Unsupported start tag "{tag}" at byte offset {self._byte(start)}')
        argument = ""
        while True:
            self._skip_spaces()
            if self._peek() == ">":
                break
            name, value = self._attribute(tag, start)
            if (tag, name) in _ATTRIBUTES:
                argument = _argument(tag, value)
            else:
                self._losses.append(f'attribute "{name}" of tag "{tag}"')
        self._at += 1
        if tag == "span" and argument != "spoiler":
            raise _error(f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(start)}')
        if tag == "blockquote" and any(opened.tag == tag for opened in self._open):
            raise _error(f'Tag "blockquote" can\'t be nested in "blockquote" at byte offset {self._byte(start)}')
        self._open.append(_Open(tag, argument, self._length, len(self._text)))

    def _attribute(self, tag: str, start: int) -> tuple[str, str]:
        name = self._take_until(_SPACE + "=>/\"'")
        if not name:
            raise _error(f'Empty attribute name in the tag "{tag}" at byte offset {self._byte(start)}')
        self._skip_spaces()
        unclosed = f'Unclosed start tag "{tag}" at byte offset {self._byte(start)}'
        if self._peek() != "=":
            if not self._peek():
                raise _error(unclosed)
            return name, ""
        self._at += 1
        self._skip_spaces()
        if not self._peek():
            raise _error(unclosed)
        value = self._quoted() if self._peek() in "\"'" else self._bare()
        if not self._peek():
            raise _error(f"Unclosed start tag at byte offset {self._byte(start)}")
        return name, value

    def _quoted(self) -> str:
        quote = self._peek()
        self._at += 1
        value = ""
        while self._peek() and self._peek() != quote:
            value += self._character()
        self._at += 1
        return value

    def _bare(self) -> str:
        start = self._at
        while (character := self._peek()) and character.isascii() and (character.isalnum() or character in ".-"):
            self._at += 1
        if self._peek() not in _SPACE + ">":
            raise _error(f"Unexpected end of name token at byte offset {self._byte(start)}")
        return self._source[start : self._at].lower()

    def _end_tag(self) -> None:
        start = self._at
        if not self._open:
            raise _error(f"Unexpected end tag at byte offset {self._byte(start)}")
        self._at += 2
        tag = self._take_until(_SPACE + ">").lower()
        self._skip_spaces()
        if self._peek() != ">":
            raise _error(f"Unclosed end tag at byte offset {self._byte(start)}")
        self._at += 1
        opened = self._open.pop()
        if tag and tag != opened.tag:
            raise _error(
                f'Unmatched end tag at byte offset {self._byte(start)}, expected "</{opened.tag}>", found "</{tag}>"'
            )
        if self._length > opened.offset:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        entity: Json = {"type": TAGS[opened.tag], "offset": opened.offset, "length": self._length - opened.offset}
        previous = self._entities[-1] if self._entities else {}
        same_place = all(previous.get(key) == entity[key] for key in ("offset", "length"))
        if opened.tag == "a":
            self._link(entity, opened.argument or "".join(self._text[opened.characters :]))
        elif opened.tag == "blockquote":
            self._entities.append({**entity, "type": "expandable_blockquote"} if opened.argument else entity)
        elif opened.tag == "pre" and same_place and previous.get("type") == "code" and previous.get("language"):
            previous["type"] = "pre"
        elif opened.tag == "code" and same_place and previous.get("type") == "pre" and opened.argument:
            previous["language"] = opened.argument
        else:
            language = {"language": opened.argument} if opened.tag == "code" and opened.argument else {}
            self._entities.append({**entity, **language})

    def _link(self, entity: Json, url: str) -> None:
        user_id = mentioned_user(url)
        if user_id is not None:
            if user := self._known_user(user_id):
                self._entities.append({**entity, "type": "text_mention", "user": user})
            else:
                self._losses.append(f"a mention of user {user_id}, whom the bot never met")
        elif address := checked_url(url):
            self._entities.append({**entity, "url": address})
        else:
            self._losses.append(f'a link to "{url}", which is no address')

    def _reconciled(self) -> list[Json]:
        """The entities without those that Telegram lets yield: code takes no other formatting, links don't nest."""
        for entity in self._entities:
            if entity["type"] == "code":
                entity.pop("language", None)
        entities = in_order(self._entities)
        quotes = [entity for entity in entities if entity["type"] in QUOTES]
        solid: list[Json] = []
        for entity in entities:
            if entity["type"] in SPLITTABLE | QUOTES:
                continue
            if any(overlap(entity, other) for other in solid) or any(_sticks_out(entity, quote) for quote in quotes):
                self._losses.append(f"{entity['type']} at {entity['offset']}, inside or around something else")
            else:
                solid.append(entity)
        soft: list[Json] = []
        for entity in entities:
            if entity["type"] in SPLITTABLE and not any(_repeats(entity, other) for other in soft):
                soft += self._around_code(entity, [other for other in solid if other["type"] in CODE])
        return in_order([*quotes, *solid, *soft])

    def _around_code(self, entity: Json, code: list[Json]) -> list[Json]:
        parts = [entity]
        for hole in code:
            if overlap(entity, hole):
                self._losses.append(f"{entity['type']} at {entity['offset']}, where it covers {hole['type']}")
                parts = [part for whole in parts for part in _minus(whole, hole)]
        return parts


def _referred(reference: re.Match[str]) -> str:
    if name := reference["name"]:
        return _NAMES.get(name, "")
    digits = reference["hex"] or reference["decimal"]
    code = int(digits, 16 if reference["hex"] else 10)
    too_long = len(reference[0].rstrip(";")) > _LONGEST_NUMBER
    return "" if too_long or not 0 < code < 0x10FFFF else chr(code)


def _argument(tag: str, value: str) -> str:
    match tag:
        case "a":
            return value
        case "code":
            return value.removeprefix("language-") if value.startswith("language-") else ""
        case "span":
            return value.removeprefix("tg-") if value.startswith("tg-") else ""
        case _:
            return "expandable"


def _sticks_out(one: Json, other: Json) -> bool:
    """Whether `one` overlaps `other` and reaches beyond it."""
    inside = one["offset"] >= other["offset"] and one["offset"] + one["length"] <= other["offset"] + other["length"]
    return overlap(one, other) and not inside


def _repeats(entity: Json, other: Json) -> bool:
    return bool(entity["type"] == other["type"] and overlap(entity, other))


def _minus(entity: Json, hole: Json) -> list[Json]:
    if not overlap(entity, hole):
        return [entity]
    end, after = entity["offset"] + entity["length"], hole["offset"] + hole["length"]
    before = {**entity, "length": hole["offset"] - entity["offset"]}
    rest = {**entity, "offset": after, "length": end - after}
    return [part for part in (before, rest) if part["length"] > 0]
