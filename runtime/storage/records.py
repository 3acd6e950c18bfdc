"""The values that go into storage and come out of it: counts, never texts or people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

NO_CHAT = 0
"""Stands for "no chat in particular": all private chats, and groups that keep no statistics of their own."""


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
class Report:
    """What an editor should look into.

    `feedback` has the entries that anyone voted on, the most disappointing first; `unknown` is the number of messages
    that were not understood.
    """

    feedback: Sequence[Feedback]
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """How many rows a run of the retention job removed."""

    chats: int
    counts: int
    votes: int
