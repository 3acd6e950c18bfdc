"""Buttons and the data that they carry: `action:argument:argument`, at most 64 bytes.

Callback data comes back from the client and may be old or forged: every handler looks its arguments up anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar
from urllib.parse import quote, urlencode

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.helpers import create_deep_linked_url

from handlers.texts import Buttons
from knowledge.model import Entry, Knowledge, Language, topic_key

ON_ONE_PAGE = 8
"""Buttons of a list on one page: what a phone shows without scrolling."""

UP, DOWN = "up", "down"
"""What the data of a thumb says."""

Item = TypeVar("Item")


class Action(StrEnum):
    """What pressing a button does, as callback data names it."""

    ANSWER_HERE = "answer"
    """Turn this message into the answer of the entry."""
    ANSWER_BELOW = "answer-below"
    """Send the answer of the entry as a new message."""
    TOPICS = "topics"
    """Show the topics."""
    TOPIC = "topic"
    """Show a page of a topic's questions."""
    TOPICS_IN = "topics-in"
    """Show the topics in another language."""
    TOPIC_IN = "topic-in"
    """Show a page of a topic's questions in another language."""
    ENTRY_IN_TOPICS = "entry"
    """Show an entry, with a way back to its topic's page."""
    SOURCES = "sources"
    """Show the kinds of source."""
    SOURCES_OF_KIND = "sources-of"
    """Show a page of the sources of one kind."""
    PICTURE = "picture"
    """Send the picture of an entry below its answer."""
    VOTE = "vote"
    """Count a thumb up or down for the answer of an entry."""
    WHY = "why"
    """Count why the answer of an entry was no help."""
    TO_EDITORS = "to-editors"
    """Show what would be sent to the editors; with an entry, whose answer was no help."""
    SEND = "send"
    """Send to the editors what the message shows."""
    DO_NOT_SEND = "do-not-send"
    """Send nothing to the editors."""
    NOTE = "note"
    """Send a note of the group's own below this answer."""
    REMOVE = "remove"
    """Remove this message from the group."""
    SETTINGS = "settings"
    """Show a page of a group's settings."""
    SET = "set"
    """Set one of a group's settings."""
    TYPE = "type"
    """Ask an admin to type one of a group's settings."""
    EXPORT = "export"
    """Send a group's settings as a file."""
    IMPORT = "import"
    """Ask an admin for a file with settings."""
    USE = "use"
    """Use the settings that this message says would change."""
    PIN = "pin"
    """Send a message on how to ask into the group, and pin it."""
    RESET = "reset"
    """Put a group's settings back to the defaults."""
    FORGET = "forget"
    """Remove all that a group has."""
    STATISTICS = "stats"
    """Send a group's statistics."""
    CANCEL = "cancel"
    """Take a question back that was asked to make sure."""
    COUNTRY = "country"
    """Show the numbers of a country in an urgent reply."""
    CARD_COUNTRY = "card"
    """The same on an urgent card in a chat that the bot is no member of."""
    HAPPENING = "happening"
    """Say that what a check-in asks about is happening now."""
    NOT_SAFE = "not-safe"
    """Say in a check-in that one is not safe."""
    JUST_ASKING = "just-asking"
    """Say that a check-in was for nothing, and have the question answered."""


def button(text: str, action: Action, *arguments: str | int) -> InlineKeyboardButton:
    return InlineKeyboardButton(text, callback_data=":".join([action.value, *map(str, arguments)]))


def pattern(action: Action) -> str:
    """A regular expression for the data of `action`'s buttons."""
    return f"^{action.value}(:|$)"


def action_of(data: object) -> Action | None:
    """What a button with this data does; None for data that is of no action, or none at all."""
    name = data.partition(":")[0] if isinstance(data, str) else ""
    return Action(name) if name in set(Action) else None


def arguments(data: str | None) -> list[str]:
    return (data or "").split(":")[1:]


def entry_buttons(entries: Iterable[Entry], action: Action) -> list[InlineKeyboardButton]:
    return [button(entry.button, action, entry.id) for entry in entries]


def question_buttons(
    entries: Iterable[Entry], action: Action, knowledge: Knowledge, language: Language
) -> list[list[InlineKeyboardButton]]:
    """The questions of the entries in that language, each on a row of its own."""
    return [[button(knowledge.ask_in(language.code, entry), action, entry.id)] for entry in entries]


def topic_buttons(knowledge: Knowledge, language: Language) -> list[list[InlineKeyboardButton]]:
    """The topics in that language."""
    code = language.code
    return in_rows(
        [button(knowledge.topic_in(code, each), Action.TOPIC_IN, code, topic_key(each), 0) for each in knowledge.topics]
    )


def vote_buttons(entry: Entry, words: Buttons) -> list[InlineKeyboardButton]:
    """The two thumbs below the answer of one entry."""
    return [button(words.helpful, Action.VOTE, entry.id, UP), button(words.unhelpful, Action.VOTE, entry.id, DOWN)]


def share_button(entry: Entry, username: str, words: Buttons) -> InlineKeyboardButton:
    """The way to pass on a link to the answer of an entry, to a chat that Telegram lets one choose."""
    shared = {"url": create_deep_linked_url(username, entry.id), "text": entry.question}
    return InlineKeyboardButton(words.share, url=f"https://t.me/share/url?{urlencode(shared, quote_via=quote)}")


def picture_button(entry: Entry, words: Buttons) -> list[InlineKeyboardButton]:
    """The way to the picture of an entry; none where it has no picture."""
    return [button(words.picture, Action.PICTURE, entry.id)] if entry.picture else []


def page_button(entry: Entry, site_url: str | None, words: Buttons) -> list[InlineKeyboardButton]:
    """The way to the entry's page on the site that `bot.py book` wrote; none where no site is served."""
    return [InlineKeyboardButton(words.page, url=f"{site_url}/{entry.id}.html")] if site_url else []


def in_rows(buttons: Sequence[InlineKeyboardButton], width: int = 2) -> list[list[InlineKeyboardButton]]:
    """Rows of at most `width` buttons; long labels get a row of their own, so that phones don't cut them."""
    rows: list[list[InlineKeyboardButton]] = []
    for each in buttons:
        fits = rows and len(rows[-1]) < width and sum(len(b.text) for b in rows[-1]) + len(each.text) <= 18 * width
        if fits:
            rows[-1].append(each)
        else:
            rows.append([each])
    return rows


@dataclass(frozen=True, slots=True)
class ListPage(Generic[Item]):
    """One page of a list that is shown a page at a time.

    `number` counts from 0 to `last`; `before` items stand on the pages in front of it.
    """

    items: Sequence[Item]
    number: int
    last: int
    before: int

    def turns(self, words: Buttons, action: Action, *arguments: str) -> list[InlineKeyboardButton]:
        """The buttons to the pages beside this one; their data is `action`, `arguments`, and the page's number."""
        buttons = [button(words.previous, action, *arguments, self.number - 1)] if self.number else []
        return buttons + ([button(words.next, action, *arguments, self.number + 1)] if self.number < self.last else [])


def turn_to(items: Sequence[Item], number: str, size: int = ON_ONE_PAGE) -> ListPage[Item]:
    """The page that callback data asks for; the nearest there is, where `number` is no page (any more)."""
    last = max(len(items) - 1, 0) // size
    shown = min(int(number), last) if number.isascii() and number.isdecimal() else 0
    return ListPage(items[shown * size : (shown + 1) * size], shown, last, shown * size)


def keyboard(rows: Sequence[Sequence[InlineKeyboardButton]]) -> InlineKeyboardMarkup | None:
    return InlineKeyboardMarkup([row for row in rows if row]) if rows else None
