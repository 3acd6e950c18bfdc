"""From a reply value to a message: HTML and buttons."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.feedback import vote_buttons
from handlers.keyboards import Action, button, entry_buttons, in_rows, keyboard
from handlers.telegram_html import to_html
from handlers.texts import Texts
from knowledge.model import Entry, Knowledge
from knowledge.rendering.answer import reply_text
from knowledge.reply import Answer, Reply, Silent, Suggestions, Unknown


@dataclass(frozen=True)
class Rendered:
    """A message ready to be sent."""

    html: str
    markup: InlineKeyboardMarkup | None = None


def rendered(reply: Reply, knowledge: Knowledge, texts: Texts, *, votes: bool) -> Rendered | None:
    """The message for `reply`, with thumbs below an answer where `votes` can be counted; None for silence."""
    if isinstance(reply, Silent):
        return None
    return Rendered(to_html(reply_text(reply, knowledge)), keyboard(_rows(reply, knowledge, texts, votes)))


def rendered_entry(
    entry: Entry, knowledge: Knowledge, texts: Texts, *, votes: bool, back: Action | None = None
) -> Rendered:
    """The answer of one entry; with `back`, a button that leads back to where it was chosen."""
    reply = Answer.chosen(entry)
    rows = _rows(reply, knowledge, texts, votes)
    if back is not None:
        rows.append([button(texts.buttons.back, back, group_key(entry.group), 0)])
    return Rendered(to_html(reply_text(reply, knowledge)), keyboard(rows))


def group_key(title: str) -> str:
    """A group's title as callback data carries it: "Side effects" as "side-effects"."""
    return title.lower().replace(" ", "-")


def _rows(reply: Reply, knowledge: Knowledge, texts: Texts, votes: bool) -> list[list[InlineKeyboardButton]]:
    match reply:
        case Answer(entries=[entry], others=others) if others:
            rows = [[each] for each in entry_buttons(others, Action.ANSWER_HERE)]
            return [*rows, [button(texts.buttons.none_of_these, Action.TOPICS)], *_thumbs(entry, votes)]
        case Answer(entries=[entry]):
            related = [knowledge.entries[name] for name in entry.related]
            return [*in_rows(entry_buttons(related, Action.ANSWER_BELOW)), *_thumbs(entry, votes)]
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
