"""The values that go into storage and come out of it: counts, never people, no text but what was sent to be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

NO_CHAT = 0
"""Stands for "no chat in particular": all private chats, and groups that keep no statistics of their own."""

VOTES_KEPT = timedelta(days=2)
"""How long an answer takes votes: for so long it can be told who has voted already."""

QUESTIONS_KEPT = timedelta(days=90)
"""How long the editors can read a question that was sent to them."""

QUESTION_LENGTH = 1000
"""The longest question to the editors, in characters."""


class Reason(StrEnum):
    """Why an answer was no help."""

    WRONG = "wrong"
    UNCLEAR = "unclear"
    NOT_ASKED = "not-asked"
    OUT_OF_DATE = "out-of-date"


class What(StrEnum):
    """What became of a message."""

    ANSWERED = "answered"
    SUGGESTED = "suggested"
    UNKNOWN = "unknown"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many messages of one chat and day met the same end. `entry_id` is None where no entry was concerned."""

    chat_id: int = NO_CHAT
    entry_id: str | None
    what: What
    day: date
    number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """How many readers found the answer of an entry helpful, and how many did not."""

    entry_id: str
    helpful: int
    unhelpful: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCount:
    """How many readers gave a reason why the answer of an entry was no help."""

    entry_id: str
    reason: Reason
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """How many readers went on to `entry_id` by a button below the answer of `after_entry`."""

    after_entry: str
    entry_id: str
    number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorsQuestion:
    """A question that somebody sent to the editors on `day`.

    `text` has at most QUESTION_LENGTH characters; `entry_id` is the entry whose answer was no help, None where there
    was no answer.
    """

    day: date
    text: str
    entry_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """How many rows a run of the retention job removed."""

    chats: int
    counts: int
    votes: int
    questions: int = 0
