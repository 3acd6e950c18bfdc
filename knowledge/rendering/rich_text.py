"""Text without markup: runs of words in a style, in blocks, that every screen shows in its own way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Style = Literal["plain", "bold", "italic"]


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style, perhaps with a link."""

    text: str
    style: Style = "plain"
    url: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines of spans; a `folded` block is shown closed where the screen allows it."""

    lines: tuple[tuple[Span, ...], ...]
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A whole message, as blocks that stand apart by an empty line."""

    blocks: tuple[Block, ...]

    def plain(self, links: bool = False) -> str:
        """The text without styles; with `links`, each address follows the words that carry it."""
        return "\n\n".join(
            "\n".join(
                "".join(f"{span.text} <{span.url}>" if links and span.url else span.text for span in line)
                for line in block.lines
            )
            for block in self.blocks
        )

    @property
    def length(self) -> int:
        """What the message counts for, in UTF-16 units after its markup is taken away."""
        return len(self.plain().encode("utf-16-le")) // 2
