"""From a reply value to a Telegram message: HTML and buttons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from weakref import WeakKeyDictionary

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.keyboards import (
    ON_ONE_PAGE,
    Action,
    button,
    entry_buttons,
    in_rows,
    keyboard,
    page_button,
    picture_button,
    question_buttons,
    share_button,
    topic_buttons,
    vote_buttons,
)
from handlers.texts import Buttons, Texts
from knowledge.choosing import entry_on
from knowledge.model import Entry, Knowledge, Language, topic_key
from knowledge.rendering.answer import reply_text
from knowledge.rendering.rich_text import Block, Span, Text
from knowledge.reply import Answer, Reply, Suggestions, Unknown

_TAGS = {"bold": "b", "italic": "i"}


@dataclass(frozen=True)
class Rendered:
    """A message ready to be sent.

    `reply` is what it shows; None where it shows nothing of the FAQ, or only pages. `quotes`: it is sent as a reply, so
    that a press of its buttons finds the question.
    """

    html: str
    markup: InlineKeyboardMarkup | None = None
    reply: Reply | None = None
    quotes: bool = False


@dataclass(frozen=True, slots=True)
class Below:
    """What stands below answers in private chats, beside what else may help.

    `username`: that of the bot, to which a shared link leads. `votes`: two thumbs, below a single answer. `site_url`: a
    link to the entry's page on that site. `back`: the way back to the page of the topic in which the answer was chosen,
    from where it stands there. `to_editors`: the way to send them a question without an answer.
    """

    username: str
    votes: bool
    site_url: str | None = None
    back: Action | None = None
    to_editors: bool = False


def render(reply: Reply, knowledge: Knowledge, texts: Texts, below: Below) -> Rendered:
    """The message for `reply` in a private chat; one for silence is empty, and not to be sent."""
    if not isinstance(reply, Answer) or not reply.is_canonical:
        return _render(reply, knowledge, texts, below)
    kept = _RENDERED.setdefault(knowledge, {})
    form = (reply.entries[0].id, reply.safety_note, below, texts.buttons)
    if form not in kept:
        kept[form] = _render(reply, knowledge, texts, below)
    return replace(kept[form], reply=reply)


_Form = tuple[str, bool, Below, Buttons]
_RENDERED: WeakKeyDictionary[Knowledge, dict[_Form, Rendered]] = WeakKeyDictionary()
"""Answers of one entry, as its own question asks for it, in the forms in which somebody got them, for as long as their
knowledge is in use."""


def _render(reply: Reply, knowledge: Knowledge, texts: Texts, below: Below) -> Rendered:
    rows = _rows(reply, knowledge, texts, below)
    if below.back is not None and isinstance(reply, Answer):
        entry = reply.entries[0]
        page = knowledge.topics[entry.topic].index(knowledge.entries[entry.id]) // ON_ONE_PAGE
        rows.append([button(texts.buttons.back, below.back, topic_key(entry.topic), page)])
        rows.append([button(texts.buttons.topics, Action.TOPICS)])
    missed = below.to_editors and _is_miss(reply)
    if missed:
        rows.append([button(texts.buttons.to_editors, Action.TO_EDITORS)])
    return Rendered(to_html(reply_text(reply, knowledge)), keyboard(rows), reply, quotes=missed)


def _is_miss(reply: Reply) -> bool:
    """Whether somebody asked and got no answer."""
    match reply:
        case Suggestions():
            return not (reply.no_more or reply.lines or reply.language)
        case Unknown():
            return not (reply.talk or reply.language)
    return False


def to_html(text: Text) -> str:
    """`text` as Telegram HTML, every character of it escaped."""
    return "\n\n".join(map(_block, text.blocks)).replace("</blockquote>\n\n", "</blockquote>\n")


def _rows(reply: Reply, knowledge: Knowledge, texts: Texts, below: Below) -> list[list[InlineKeyboardButton]]:
    match reply:
        case Answer(entries=[entry], others=others) if others:
            rows = [[each] for each in entry_buttons(others, Action.ANSWER_HERE)]
            topics = [button(texts.buttons.none_of_these, Action.TOPICS)]
            return [_whole(entry, texts.buttons, below), *rows, topics, *_below(entry, texts.buttons, below)]
        case Answer(entries=[entry]):
            region = reply.choices[0].nothing_on
            own = entry_on(region, knowledge) if region else None
            names = dict.fromkeys([own.id, *entry.related] if own else entry.related)
            rows = in_rows(entry_buttons([knowledge.entries[name] for name in names], Action.ANSWER_BELOW))
            return [_whole(entry, texts.buttons, below), *rows, *_below(entry, texts.buttons, below)]
        case Answer(in_order=entries, others=others, left_out=left_out):
            whole = texts.buttons.whole_answer
            asked = (*entries, *left_out)
            rows = [[button(whole.format(label=entry.label), Action.ANSWER_BELOW, entry.id)] for entry in asked]
            return [*rows, *([each] for each in entry_buttons(others, Action.ANSWER_BELOW))]
        case Suggestions(entries=entries, language=Language() as language):
            rows = question_buttons(entries, Action.ANSWER_BELOW, knowledge, language)
            return [*rows, [button(language.foreign.topics, Action.TOPICS_IN, language.code)]]
        case Unknown(language=Language() as language):
            return topic_buttons(knowledge, language)
        case Suggestions(entries=entries):
            rows = [[each] for each in entry_buttons(entries, Action.ANSWER_HERE)]
            return [*rows, [button(texts.buttons.none_of_these, Action.TOPICS)]]
        case Unknown(nearest=nearest):
            rows = [[each] for each in entry_buttons(nearest, Action.ANSWER_HERE)]
            return [*rows, [button(texts.buttons.topics, Action.TOPICS)]]
        case _:
            return []


def _whole(entry: Entry, words: Buttons, below: Below) -> list[InlineKeyboardButton]:
    """The ways to the entry's picture and to its page."""
    return [*picture_button(entry, words), *page_button(entry, below.site_url, words)]


def _below(entry: Entry, words: Buttons, below: Below) -> list[list[InlineKeyboardButton]]:
    """The thumbs, and the way to pass the answer on."""
    thumbs = [vote_buttons(entry, words)] if below.votes else []
    return [*thumbs, [share_button(entry, below.username, words)]]


def _block(block: Block) -> str:
    body = "\n".join("".join(map(_span, line)) for line in block.lines)
    return f"<blockquote expandable>{body}</blockquote>" if block.folded else body


def _span(span: Span) -> str:
    marked = escape(span.text)
    if span.url:
        marked = f'<a href="{escape(span.url)}">{marked}</a>'
    tag = _TAGS.get(span.style)
    return f"<{tag}>{marked}</{tag}>" if tag else marked
