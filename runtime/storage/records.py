"""The values that go into storage and come out of it: counts, never texts or people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

NO_CHAT = 0
"""Stands for "no chat in particular": all private chats, and groups that keep no statistics of their own."""

VOTES_KEPT = timedelta(days=2)
"""How long an answer takes votes: for so long it can be told who has voted already."""


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
class Expired:
    """How many rows a run of the retention job removed."""

    chats: int
    counts: int
    votes: int
