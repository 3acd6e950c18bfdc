"""The settings of a group: what its admins may choose, and how the choice is written down.

Build a changed copy with `dataclasses.replace`, which validates as construction does.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, time
from enum import StrEnum
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

DISCLAIMER_LENGTH = 200
"""The longest disclaimer, in characters."""

_LONGEST_AUTO_DELETE = 24 * 60
"""Minutes. Telegram lets a bot delete a message for 48 hours; half of that leaves room for a bot that was down."""

LONGEST_COOLDOWN = 7 * 24 * 60
"""Minutes."""

MOST_NOTIFIED = 10
"""How many admins of one group may have notes on its urgent replies."""

MOST_NOTES = 10
"""How many notes of their own the admins of one group may write."""

MOST_SILENCED = 500
"""Entries, and subjects, that one group may silence: several times as many as there are."""

NOTE_NAME_LENGTH = 32
NOTE_LENGTH = 500
"""The longest name and the longest text of a note, in characters."""

_LanguageCode = Literal["en", "es", "pt", "fr", "de", "it", "ru", "hi", "ar"]
LANGUAGES: tuple[str, ...] = get_args(_LanguageCode)
"""The languages that the bot's own words may be in, by their codes in ISO 639-1."""


class Mode(StrEnum):
    """To which messages of a group the bot listens."""

    MENTION = "mention"
    LISTEN = "listen"
    COMMANDS = "commands"


def _one_line(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return " ".join("".join(" " if _is_unwritable(each) else each for each in value).split())


def _paragraphs(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return "".join(each for each in value if each == "\n" or not _is_unwritable(each)).strip()


def _is_unwritable(character: str) -> bool:
    """Whether it is a control character or half of a pair of surrogates, which JSON can carry and UTF-8 can't."""
    return unicodedata.category(character) in {"Cc", "Cs"}


def _zone(key: str) -> str:
    try:
        ZoneInfo(key)
    except (OSError, ValueError, LookupError):
        raise ValueError("a time zone by its IANA name, as Europe/London") from None
    return key


_Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
_Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_Silenced = Annotated[frozenset[_Id], Field(max_length=MOST_SILENCED)]
_UserId = Annotated[int, Field(gt=0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """A span of each day, past midnight when `end` is the earlier; local times "HH:MM" in the IANA time zone `zone`."""

    start: _Clock
    end: _Clock
    zone: Annotated[str, AfterValidator(_zone)]

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise ValueError("quiet hours need an end that differs from their start")

    def holds(self, moment: datetime) -> bool:
        """Whether `moment` (aware of its time zone) is within the span; `end` is outside."""
        now = moment.astimezone(ZoneInfo(self.zone)).time()
        start, end = time.fromisoformat(self.start), time.fromisoformat(self.end)
        return start <= now < end if start < end else now >= start or now < end


def name_key(name: str) -> str:
    """What of a note's name counts: neither case, nor accents, nor how its words are spaced."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    return " ".join("".join(each for each in letters if not unicodedata.combining(each)).split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A text that the admins of a group wrote, unescaped, and the name under which it is asked for."""

    name: Annotated[str, BeforeValidator(_one_line), StringConstraints(min_length=1, max_length=NOTE_NAME_LENGTH)]
    text: Annotated[str, BeforeValidator(_paragraphs), StringConstraints(min_length=1, max_length=NOTE_LENGTH)]

    def __post_init__(self) -> None:
        if not self.key:
            raise ValueError("a name that has letters")

    @property
    def key(self) -> str:
        return name_key(self.name)


def _of_different_names(notes: tuple[Note, ...]) -> tuple[Note, ...]:
    if len({note.key for note in notes}) < len(notes):
        raise ValueError("notes of different names")
    return notes


_Notes = Annotated[tuple[Note, ...], Field(max_length=MOST_NOTES), AfterValidator(_of_different_names)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSettings:
    """The settings of one group. Raises pydantic's ValidationError (a ValueError) for a value that is not allowed."""

    mode: Mode = Mode.MENTION
    topics: frozenset[int] = frozenset()
    """Thread ids of the forum topics that the bot may speak in; empty: all."""
    cooldown_minutes: Annotated[int, Field(ge=0, le=LONGEST_COOLDOWN)] = 60
    """For so long an unaddressed question does not bring the same entry again."""
    whole_answers: bool = False
    pictures: bool = True
    auto_delete_minutes: Annotated[int, Field(ge=0, le=_LONGEST_AUTO_DELETE)] = 0
    """After so long an answer is deleted; 0: never."""
    only_for_asker: bool = False
    """What answers a command is seen by its author alone, where Telegram can do that."""
    silenced_entries: _Silenced = frozenset()
    silenced_groups: _Silenced = frozenset()
    disclaimer: Annotated[str, BeforeValidator(_one_line), StringConstraints(max_length=DISCLAIMER_LENGTH)] = ""
    """A line of the community's own, unescaped, at most DISCLAIMER_LENGTH characters; line breaks become spaces."""
    quiet_hours: QuietHours | None = None
    statistics: bool = True
    urgent_notes_to: Annotated[frozenset[_UserId], Field(max_length=MOST_NOTIFIED)] = frozenset()
    """User ids of the admins who want to be told, in private, of each urgent reply; each has put in their own."""
    notes: _Notes = ()
    """In the order in which they were written; no two names may have the same `name_key`."""
    language: _LanguageCode = "en"
    """Of the bot's own words, not of the answers."""


_NAMES = tuple(field.name for field in fields(ChatSettings))
_WRITER = TypeAdapter(ChatSettings)


def read_document(document: str | None) -> ChatSettings:
    """The settings that `document` holds (a JSON object; None: nothing was chosen yet).

    It may come from an older or a newer version of the bot, or be damaged: a field that is missing or has a value
    that this version does not know takes its default, and the others keep theirs.
    """
    stored = _stored(document)
    known = {name: stored[name] for name in _NAMES if name in stored}
    try:
        return ChatSettings(**known)
    except ValidationError:
        return ChatSettings(**{name: value for name, value in known.items() if _acceptable(name, value)})


def write_document(document: str | None, before: ChatSettings, after: ChatSettings) -> str:
    """`document` with the fields in which `after` differs from `before`.

    All else stays as it is, so that two versions of the bot on one database do not undo each other's fields.
    """
    changed = [name for name in _NAMES if getattr(before, name) != getattr(after, name)]
    values = _WRITER.dump_python(after, mode="json")
    return json.dumps(dict(_stored(document)) | {name: values[name] for name in changed})


def _stored(document: str | None) -> Mapping[str, Any]:
    try:
        stored = json.loads(document or "{}")
    except (ValueError, RecursionError):
        return {}
    return stored if isinstance(stored, dict) else {}


def _acceptable(name: str, value: Any) -> bool:
    try:
        ChatSettings(**{name: value})
    except ValidationError:
        return False
    return True
