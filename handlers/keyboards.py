"""Buttons and the data that they carry: `action:argument:argument`, at most 64 bytes.

Callback data comes back from the client and may be old or forged: every handler looks its arguments up anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from knowledge.model import Entry


class Action(StrEnum):
    """What pressing a button does."""

    ANSWER_HERE = "a"
    """Turn this message into the answer of the entry."""
    ANSWER_BELOW = "n"
    """Send the answer of the entry as a new message."""
    TOPICS = "t"
    """Show the groups."""
    GROUP = "g"
    """Show a page of a group's questions."""
    ENTRY_IN_TOPICS = "q"
    """Show an entry, with a way back to its group's page."""
    SOURCES = "s"
    """Show the kinds of source."""
    SOURCES_OF_KIND = "k"
    """Show a page of the sources of one kind."""
    VOTE = "v"
    """Count a thumb up or down for the answer of an entry."""
    REMOVE = "x"
    """Remove this message from the group."""
    SETTINGS = "c"
    """Show a page of a group's settings."""
    SET = "w"
    """Set one of a group's settings."""
    TYPE = "y"
    """Ask an admin to type one of a group's settings."""
    RESET = "r"
    """Put a group's settings back to the defaults."""
    FORGET = "f"
    """Remove all that a group has."""
    STATISTICS = "i"
    """Send a group's statistics."""
    CANCEL = "z"
    """Take a question back that was asked to make sure."""
    COUNTRY = "u"
    """Show the numbers of a country in an urgent reply."""


def button(text: str, action: Action, *arguments: str | int) -> InlineKeyboardButton:
    return InlineKeyboardButton(text, callback_data=":".join([action.value, *map(str, arguments)]))


def pattern(action: Action) -> str:
    """A regular expression for the data of `action`'s buttons."""
    return f"^{action.value}(:|$)"


def arguments(data: str | None) -> list[str]:
    return (data or "").split(":")[1:]


def entry_buttons(entries: Iterable[Entry], action: Action) -> list[InlineKeyboardButton]:
    return [button(entry.label, action, entry.id) for entry in entries]


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


def keyboard(rows: Sequence[Sequence[InlineKeyboardButton]]) -> InlineKeyboardMarkup | None:
    return InlineKeyboardMarkup([row for row in rows if row]) if rows else None
