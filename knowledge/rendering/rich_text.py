"""Text without markup: runs of words in a style, in blocks, that every screen shows in its own way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Style = Literal["plain", "bold", "italic", "mark"]


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style, perhaps with a link.

    A "mark" is the number of a source behind a sentence; its link is that of the source in the list.
    """

    text: str
    style: Style = "plain"
    url: str = ""


Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines of spans; a `folded` block is shown closed where the screen allows it."""

    lines: tuple[Line, ...]
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A whole message, as blocks that stand apart by an empty line."""

    blocks: tuple[Block, ...]

    def plain(self, links: bool = False) -> str:
        """The text without styles; with `links`, each address follows the words that carry it, but not the marks."""

        def say(span: Span) -> str:
            return f"{span.text} <{span.url}>" if links and span.url and span.style != "mark" else span.text

        return "\n\n".join("\n".join("".join(map(say, line)) for line in block.lines) for block in self.blocks)

    @property
    def length(self) -> int:
        """What the message counts for, in UTF-16 units after its markup is taken away."""
        return utf16_length(self.plain())


def utf16_length(text: str) -> int:
    """The length of `text` as chat programs count it, in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2
