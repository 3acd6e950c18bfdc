"""What the bot decides to do with a message, as values that no chat program is needed for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from knowledge.choosing import Chosen, choose
from knowledge.model import CANONICAL, Asked, Entry, Flag, Language, Rule, Tier

Kind = Literal["answer", "closest", "suggestions", "unknown", "urgent", "check_in", "silent"]
"""What a reply is, as `bot.py ask` and the metrics name it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The entries that answer the message, the surest first; `score` is the chance that the first is right.

    `others` are entries that the message may have meant instead: none when the answer is sure. `guess`: the first is
    the closest to what was asked, and shown as no more than that. `mentions_sign`: the message speaks of a red flag
    without being urgent. `near` are the next likeliest entries, for who says that this was not it. `lines` are wordings
    of what is said first, above it: the first of them is, unless it was said lately. `asked` is how the message asks,
    and `same_way` holds the ids of the entries whose Yes or No answers it too. Of a message of several questions
    `asked_apart` is how it asks of each entry, by its id and in its order, and `left_out` answers the questions for
    which there was no room.
    """

    entries: tuple[Entry, ...]
    score: float
    others: tuple[Entry, ...] = ()
    guess: bool = False
    mentions_sign: bool = False
    near: tuple[Entry, ...] = ()
    lines: tuple[str, ...] = ()
    asked: Asked = CANONICAL
    same_way: frozenset[str] = frozenset()
    asked_apart: Mapping[str, Asked] = field(default_factory=dict)
    left_out: tuple[Entry, ...] = ()

    @property
    def kind(self) -> Kind:
        return "closest" if self.guess else "answer"

    @property
    def alone(self) -> bool:
        """Whether one entry is given, surely, with nothing else beside it."""
        return len(self.entries) == 1 and not self.others and not self.guess

    @property
    def is_canonical(self) -> bool:
        """Whether it is one entry alone, as its own question asks for it, with nothing said above: its text is then
        always the same, but for the fixed note.
        """
        return self.alone and self.asked.canonical and not self.lines

    @property
    def in_order(self) -> tuple[Entry, ...]:
        """The entries in the order in which the message asks for them."""
        places = {name: place for place, name in enumerate(self.asked_apart)}
        return tuple(sorted(self.entries, key=lambda entry: places.get(entry.id, 0)))

    @property
    def choices(self) -> tuple[Chosen, ...]:
        """What the message gets of each entry, in its own order."""
        asked_of = ((entry, self.asked_apart.get(entry.id, self.asked)) for entry in self.in_order)
        return tuple(
            choose(entry, asked, yes_no=asked.canonical or entry.id in self.same_way) for entry, asked in asked_of
        )

    @property
    def safety_note(self) -> bool:
        """Whether the fixed note on when to seek help belongs to the answer."""
        return self.mentions_sign or any(entry.safety_note for entry in self.entries)

    @classmethod
    def chosen(cls, entry: Entry) -> Answer:
        """The answer to somebody who chose the entry by a button or a link."""
        return cls((entry,), 1.0)


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Entries that the message may have meant, the likeliest first.

    `no_more`: they are what else may help, after an answer that has no more to say. `lines` are wordings of what is
    said instead of asking what was meant, as those of an answer. `language`: the message is in one that the bot doesn't
    speak, and so is the reply. `to_bot`: the message is about what the bot said. `mentions_sign`: the message speaks of
    a red flag without being urgent.
    """

    kind: ClassVar[Kind] = "suggestions"

    entries: tuple[Entry, ...]
    score: float
    no_more: bool = False
    lines: tuple[str, ...] = ()
    language: Language | None = None
    to_bot: bool = False
    mentions_sign: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing of ours. `nearest` may help.

    `lines` are wordings of where the bot's knowledge ends, as those of an answer (none: the usual words). `talk`: the
    message asks nothing, so that nobody is at a loss for an answer. `language`: the message is in one that the bot
    doesn't speak, and so is the reply. `in_groups` are the lines for where others read along, if those are others;
    `to_bot`: the message is about what the bot said or does.
    """

    kind: ClassVar[Kind] = "unknown"

    lines: tuple[str, ...] = ()
    nearest: tuple[Entry, ...] = ()
    score: float = 0.0
    talk: bool = False
    language: Language | None = None
    in_groups: tuple[str, ...] = ()
    to_bot: bool = False

    @property
    def line(self) -> str:
        """The first of its lines; empty where the usual words are said."""
        return self.lines[0] if self.lines else ""


@dataclass(frozen=True, slots=True)
class Silent:
    """Nothing to say: in a group, nobody asked."""

    kind: ClassVar[Kind] = "silent"

    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Urgent:
    """A message of somebody in trouble, with the red flag that it raises.

    `rule` is the one that found it; none, where the second opinion did or a cry in another `language`. `asked` is what
    answers the question that came with it, where that can wait for a press of a button.
    """

    kind: ClassVar[Kind] = "urgent"

    flag: Flag
    rule: Rule | None = None
    language: Language | None = None
    score: float = 1.0
    asked: Entry | None = None

    @property
    def tier(self) -> Tier:
        return self.flag.tier


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Perhaps somebody is in trouble: ask. `flag` is what it would most likely be, and `instead` what comes if not.

    `by_rule`: a rule found it; else only the second opinion did.
    """

    kind: ClassVar[Kind] = "check_in"

    flag: Flag
    score: float
    instead: Answer | Suggestions | Unknown
    by_rule: bool = False

    @property
    def tier(self) -> Tier:
        return self.flag.tier


Reply = Answer | Suggestions | Unknown | Silent | Urgent | CheckIn
