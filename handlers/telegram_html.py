"""From text of styled spans to Telegram's HTML."""

from __future__ import annotations

from html import escape

from knowledge.rendering.rich_text import Block, Span, Text

_TAGS = {"bold": "b", "italic": "i"}


def to_html(text: Text) -> str:
    """`text` as Telegram HTML, every character of it escaped."""
    return "\n\n".join(map(_block, text.blocks)).replace("</blockquote>\n\n", "</blockquote>\n")


def _block(block: Block) -> str:
    body = "\n".join("".join(map(_span, line)) for line in block.lines)
    return f"<blockquote expandable>{body}</blockquote>" if block.folded else body


def _span(span: Span) -> str:
    marked = escape(span.text)
    if span.url:
        marked = f'<a href="{escape(span.url)}">{marked}</a>'
    tag = _TAGS.get(span.style)
    return f"<{tag}>{marked}</{tag}>" if tag else marked
