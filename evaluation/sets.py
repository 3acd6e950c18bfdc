"""The sets of messages that the bot learns from and is measured on, as typed rows.

Three sets: `training` is what models are fitted to, `dev` what may be read to find out what goes wrong, and `held_out`
what nothing is ever fitted to. Each is a folder of JSON Lines, one file a kind of message; evaluation/data/README.md
says who wrote and labelled them. A row that is not as it should be is refused with its file and line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from knowledge.model import TIERS, Knowledge, Tier

ROOT = Path(__file__).parent.parent

SetName = Literal["training", "dev", "held_out"]
Scope = Literal["near-domain", "far"]
Expected = Literal["not-urgent", "info-with-safety-note"]

FOLDERS: Mapping[SetName, Path] = {
    "training": ROOT / "knowledge" / "training",
    "dev": ROOT / "evaluation" / "data" / "dev",
    "held_out": ROOT / "evaluation" / "data" / "held_out",
}


class SetError(ValueError):
    """A row that can't be used; the message names its file and line."""


@dataclass(frozen=True, slots=True)
class Question:
    """A short question of ours. `accept`: the entries that answer it, the best first."""

    text: str
    accept: tuple[str, ...]
    voice: str


@dataclass(frozen=True, slots=True)
class OutOfScope:
    """What this bot can't be expected to know, near its subject or far from it. `accept`: entries that are no fault."""

    text: str
    scope: Scope
    accept: tuple[str, ...]
    voice: str


@dataclass(frozen=True, slots=True)
class Post:
    """A story with questions in it. Any of `helps` answers what is asked most; `asks` are all that it asks for."""

    text: str
    helps: tuple[str, ...]
    asks: tuple[str, ...]
    voice: str


@dataclass(frozen=True, slots=True)
class Chatter:
    """What people say to each other in a group: no bot should react to it."""

    text: str
    voice: str


@dataclass(frozen=True, slots=True)
class Urgent:
    """Somebody needs help now or today. `flag`: the red flag that fits best."""

    text: str
    tier: Tier
    flag: str
    voice: str


@dataclass(frozen=True, slots=True)
class Calm:
    """What sounds alarming and is not. `note`: it mentions a danger, so that the safety note is welcome."""

    text: str
    expect: Expected
    note: bool
    voice: str


@dataclass(frozen=True, slots=True)
class InLanguage:
    """A message in the language of that code, English that looks like another among them.

    `accept`: the entries that it asks for, the best first; none where it is small talk, or English.
    """

    text: str
    language: str
    accept: tuple[str, ...]
    voice: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A message whose label looks wrong to `evaluation.labels`, and `why` a person who read it kept it."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class MessageSet:
    """All messages of one set, each kind in the order of its file; a kind that the set lacks is empty."""

    name: SetName
    questions: tuple[Question, ...]
    out_of_scope: tuple[OutOfScope, ...]
    out_of_scope_posts: tuple[OutOfScope, ...]
    posts: tuple[Post, ...]
    chatter: tuple[Chatter, ...]
    urgent: tuple[Urgent, ...]
    calm: tuple[Calm, ...]
    languages: tuple[InLanguage, ...] = ()


@dataclass(frozen=True, slots=True)
class Ids:
    """What labels may name: the ids of entries, and the red flags with their tiers."""

    entries: Collection[str]
    flags: Mapping[str, Tier] = field(default_factory=dict)

    @classmethod
    def of(cls, knowledge: Knowledge) -> Ids:
        return cls(knowledge.entries.keys(), {flag.id: flag.tier for flag in knowledge.red_flags.flags.values()})


def read_set(name: SetName, ids: Ids | None = None, folder: Path | None = None) -> MessageSet:
    """The messages of a set, from its own folder or another.

    With `ids`, labels have to name entries and red flags that exist, and a flag has to be of the row's tier. Raises
    SetError at the first row that has other keys or values than its kind, or the text of an earlier row.
    """
    where = folder or FOLDERS[name]
    if not where.is_dir():
        raise SetError(f"{where} is no folder")
    return MessageSet(
        name,
        questions=_rows(where / "questions.jsonl", ids, _question),
        out_of_scope=_rows(where / "out_of_scope.jsonl", ids, _out_of_scope),
        out_of_scope_posts=_rows(where / "out_of_scope_posts.jsonl", ids, _out_of_scope),
        posts=_rows(where / "posts.jsonl", ids, _post),
        chatter=_rows(where / "chatter.jsonl", ids, lambda row: Chatter(row.text("text"), row.text("voice"))),
        urgent=_rows(where / "urgent.jsonl", ids, _urgent),
        calm=_rows(where / "calm.jsonl", ids, _calm),
        languages=_rows(where / "languages.jsonl", ids, _in_language),
    )


def read_kept(path: Path) -> tuple[Kept, ...]:
    """The messages that a person has read and kept as they are labelled.

    Raises SetError if there is no such file, and at the first row that does not give text and reason.
    """
    if not path.is_file():
        raise SetError(f"{path} is no file")
    return _rows(path, None, lambda row: Kept(row.text("text"), row.text("why")))


_Made = TypeVar("_Made", Question, OutOfScope, Post, Chatter, Urgent, Calm, InLanguage, Kept)
_Value = TypeVar("_Value", bound=str)


class _Row:
    """One line of a file, whose values are taken one by one; what is not taken should not be there."""

    def __init__(self, line: str, place: str, ids: Ids | None) -> None:
        self._place = place
        self._ids = ids
        try:
            values = json.loads(line)
        except ValueError as error:
            raise self.fault(f"this is no JSON: {error}") from None
        if not isinstance(values, dict):
            raise self.fault("a row is an object in braces")
        self._left: dict[str, Any] = values

    def fault(self, what: str) -> SetError:
        return SetError(f"{self._place}: {what}")

    def text(self, key: str) -> str:
        value = self._taken(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fault(f"`{key}` is a text, not {value!r}")
        return value

    def entries(self, key: str, *, some: bool = False) -> tuple[str, ...]:
        """A list of the ids of entries; `some`: at least one."""
        value = self._taken(key)
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.fault(f"`{key}` is a list of ids, not {value!r}")
        if some and not value:
            raise self.fault(f"`{key}` names no entry")
        unknown = [each for each in value if self._ids and each not in self._ids.entries]
        if unknown:
            raise self.fault(f"`{key}` names {', '.join(unknown)}, and there is no such entry")
        if len(set(value)) < len(value):
            raise self.fault(f"`{key}` names an entry twice")
        return tuple(value)

    def one_of(self, key: str, allowed: Collection[_Value]) -> _Value:
        value = self._taken(key)
        for each in allowed:
            if each == value:
                return each
        raise self.fault(f"`{key}` is {value!r}, not one of {', '.join(allowed)}")

    def flag(self, tier: Tier) -> str:
        flag = self.text("flag")
        if self._ids:
            if flag not in self._ids.flags:
                raise self.fault(f"there is no red flag {flag}")
            if self._ids.flags[flag] != tier:
                raise self.fault(f"{flag} is of tier {self._ids.flags[flag]}, not {tier}")
        return flag

    def yes_or_no(self, key: str, otherwise: bool) -> bool:
        """A key that may be left out."""
        value = self._left.pop(key, otherwise)
        if not isinstance(value, bool):
            raise self.fault(f"`{key}` is true or false, not {value!r}")
        return value

    def finish(self) -> None:
        if self._left:
            raise self.fault(f"a row of this kind has no key {', '.join(self._left)}")

    def _taken(self, key: str) -> Any:
        if key not in self._left:
            raise self.fault(f"`{key}` is missing")
        return self._left.pop(key)


def _rows(path: Path, ids: Ids | None, make: Callable[[_Row], _Made]) -> tuple[_Made, ...]:
    """The rows of a file; none where it does not exist."""
    if not path.exists():
        return ()
    made: list[_Made] = []
    seen: dict[str, int] = {}
    # Not splitlines: a message may hold what Python, unlike JSON Lines, takes for the end of a line.
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        row = _Row(line, f"{path.parent.name}/{path.name}:{number}", ids)
        found = make(row)
        row.finish()
        if found.text in seen:
            raise row.fault(f"the same text stands in line {seen[found.text]}")
        seen[found.text] = number
        made.append(found)
    return tuple(made)


def _question(row: _Row) -> Question:
    return Question(row.text("text"), row.entries("accept", some=True), row.text("voice"))


def _out_of_scope(row: _Row) -> OutOfScope:
    scopes: tuple[Scope, ...] = get_args(Scope)
    return OutOfScope(row.text("text"), row.one_of("scope", scopes), row.entries("accept"), row.text("voice"))


def _post(row: _Row) -> Post:
    return Post(row.text("text"), row.entries("helps", some=True), row.entries("asks"), row.text("voice"))


def _urgent(row: _Row) -> Urgent:
    tier = row.one_of("tier", TIERS)
    return Urgent(row.text("text"), tier, row.flag(tier), row.text("voice"))


def _in_language(row: _Row) -> InLanguage:
    return InLanguage(row.text("text"), row.text("language"), row.entries("accept"), row.text("voice"))


def _calm(row: _Row) -> Calm:
    expected: tuple[Expected, ...] = get_args(Expected)
    expect = row.one_of("expect", expected)
    note = row.yes_or_no("note", otherwise=expect == "info-with-safety-note")
    return Calm(row.text("text"), expect, note, row.text("voice"))
