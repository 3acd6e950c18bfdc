"""From a reply value to a Telegram message: HTML and buttons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from weakref import WeakKeyDictionary

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.keyboards import Action, button, entry_buttons, in_rows, keyboard, picture_button, topic_key, vote_buttons
from handlers.texts import Buttons, Texts
from knowledge.model import Entry, Knowledge
from knowledge.rendering.answer import reply_text
from knowledge.rendering.rich_text import Block, Span, Text
from knowledge.reply import Answer, Reply, Suggestions, Unknown

_TAGS = {"bold": "b", "italic": "i"}


@dataclass(frozen=True)
class Rendered:
    """A message ready to be sent. `reply` is what it shows; None where it shows nothing of the FAQ, or only pages."""

    html: str
    markup: InlineKeyboardMarkup | None = None
    reply: Reply | None = None


def render(reply: Reply, knowledge: Knowledge, texts: Texts, *, votes: bool, back: Action | None = None) -> Rendered:
    """The message for `reply` in a private chat; one for silence is empty, and not to be sent.

    `votes`: thumbs stand below a single answer. `back`: the way back to the topic in which the answer was chosen.
    """
    if not isinstance(reply, Answer) or len(reply.entries) > 1 or reply.others or not reply.asked.canonical:
        return _render(reply, knowledge, texts, votes, back)
    kept = _RENDERED.setdefault(knowledge, {})
    form = (reply.entries[0].id, reply.safety_note, votes, back, texts.buttons)
    if form not in kept:
        kept[form] = _render(reply, knowledge, texts, votes, back)
    return replace(kept[form], reply=reply)


_Form = tuple[str, bool, bool, Action | None, Buttons]
_RENDERED: WeakKeyDictionary[Knowledge, dict[_Form, Rendered]] = WeakKeyDictionary()
"""Answers of one entry, as its own question asks for it, in the forms in which somebody got them, for as long as their
knowledge is in use."""


def _render(reply: Reply, knowledge: Knowledge, texts: Texts, votes: bool, back: Action | None) -> Rendered:
    rows = _rows(reply, knowledge, texts, votes)
    if back is not None and isinstance(reply, Answer):
        rows.append([button(texts.buttons.back, back, topic_key(reply.entries[0].topic), 0)])
    return Rendered(to_html(reply_text(reply, knowledge)), keyboard(rows), reply)


def to_html(text: Text) -> str:
    """`text` as Telegram HTML, every character of it escaped."""
    return "\n\n".join(map(_block, text.blocks)).replace("</blockquote>\n\n", "</blockquote>\n")


def _rows(reply: Reply, knowledge: Knowledge, texts: Texts, votes: bool) -> list[list[InlineKeyboardButton]]:
    match reply:
        case Answer(entries=[entry], others=others) if others:
            rows = [[each] for each in entry_buttons(others, Action.ANSWER_HERE)]
            topics = [button(texts.buttons.none_of_these, Action.TOPICS)]
            return [picture_button(entry, texts.buttons), *rows, topics, *_thumbs(entry, votes)]
        case Answer(entries=[entry]):
            related = [knowledge.entries[name] for name in entry.related]
            rows = in_rows(entry_buttons(related, Action.ANSWER_BELOW))
            return [picture_button(entry, texts.buttons), *rows, *_thumbs(entry, votes)]
        case Answer(entries=entries):
            whole = texts.buttons.whole_answer
            return [[button(whole.format(label=entry.label), Action.ANSWER_BELOW, entry.id)] for entry in entries]
        case Suggestions(entries=entries):
            rows = [[each] for each in entry_buttons(entries, Action.ANSWER_HERE)]
            return [*rows, [button(texts.buttons.none_of_these, Action.TOPICS)]]
        case Unknown(nearest=nearest):
            rows = [entry_buttons([nearest], Action.ANSWER_HERE)] if nearest else []
            return [*rows, [button(texts.buttons.topics, Action.TOPICS)]]
        case _:
            return []


def _thumbs(entry: Entry, votes: bool) -> list[list[InlineKeyboardButton]]:
    return [vote_buttons(entry)] if votes else []


def _block(block: Block) -> str:
    body = "\n".join("".join(map(_span, line)) for line in block.lines)
    return f"<blockquote expandable>{body}</blockquote>" if block.folded else body


def _span(span: Span) -> str:
    marked = escape(span.text)
    if span.url:
        marked = f'<a href="{escape(span.url)}">{marked}</a>'
    tag = _TAGS.get(span.style)
    return f"<{tag}>{marked}</{tag}>" if tag else marked
