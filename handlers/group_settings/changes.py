"""What each button and each typed value changes in the settings of a group."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection
from dataclasses import replace
from enum import StrEnum
from zoneinfo import available_timezones

from handlers.keyboards import topic_key
from knowledge.model import Knowledge
from runtime.storage import DISCLAIMER_LENGTH, ChatSettings, Mode, QuietHours

Change = Callable[[ChatSettings], ChatSettings]

USUAL_NIGHT = QuietHours(start="22:00", end="07:00", zone="UTC")
"""What switching quiet hours on begins with."""


class Field(StrEnum):
    """A setting, as callback data names it."""

    MODE = "m"
    COOLDOWN = "cd"
    WHOLE = "wa"
    PICTURES = "pi"
    AUTO_DELETE = "ad"
    SILENCED_GROUP = "sg"
    SILENCED_ENTRY = "se"
    QUIET = "qx"
    QUIET_FROM = "qf"
    QUIET_UNTIL = "qu"
    ZONE = "qz"
    TOPIC = "to"
    OWN_LINE = "li"
    STATISTICS = "st"


def change_of(name: str, value: str, knowledge: Knowledge) -> Change:
    """The change that a button stands for; it says what is to be, so that pressing it twice changes nothing more.

    Raises ValueError for data that no button of ours carries.
    """
    match Field(name):
        case Field.MODE:
            mode = Mode(value)
            return lambda before: replace(before, mode=mode)
        case Field.COOLDOWN:
            minutes = int(value)
            return lambda before: replace(before, cooldown_minutes=minutes)
        case Field.WHOLE:
            return lambda before: replace(before, whole_answers=value == "1")
        case Field.PICTURES:
            return lambda before: replace(before, pictures=value == "1")
        case Field.AUTO_DELETE:
            deleted_after = int(value)
            return lambda before: replace(before, auto_delete_minutes=deleted_after)
        case Field.STATISTICS:
            return lambda before: replace(before, statistics=value == "1")
        case Field.SILENCED_GROUP:
            on, key = _switch(value, {topic_key(title) for title in knowledge.groups})
            return lambda before: replace(before, silenced_groups=_with(before.silenced_groups, key, on))
        case Field.SILENCED_ENTRY:
            on, entry = _switch(value, knowledge.entries)
            return lambda before: replace(before, silenced_entries=_with(before.silenced_entries, entry, on))
        case Field.TOPIC:
            return _topics(value)
        case Field.QUIET:
            if value != "1":
                return lambda before: replace(before, quiet_hours=None)
            return lambda before: replace(before, quiet_hours=before.quiet_hours or USUAL_NIGHT)
        case Field.QUIET_FROM:
            start = value.replace(".", ":")
            return lambda before: replace(before, quiet_hours=replace(before.quiet_hours or USUAL_NIGHT, start=start))
        case Field.QUIET_UNTIL:
            end = value.replace(".", ":")
            return lambda before: replace(before, quiet_hours=replace(before.quiet_hours or USUAL_NIGHT, end=end))
        case Field.OWN_LINE if not value:
            return lambda before: replace(before, disclaimer="")
    raise ValueError(name)


class NotAcceptedError(ValueError):
    """A typed value that can't be used; `length` and `similar` help to say why and what could be meant."""

    def __init__(self, *, length: int = 0, similar: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.length = length
        self.similar = similar


def change_typed(field: Field, text: str) -> Change:
    """The change to what an admin typed: the group's own line, or a time zone. Raises NotAcceptedError."""
    line = " ".join(text.split())
    if field is Field.OWN_LINE:
        if len(line) > DISCLAIMER_LENGTH:
            raise NotAcceptedError(length=len(line))
        return lambda before: replace(before, disclaimer=line)
    zone = _zone(line)
    return lambda before: replace(before, quiet_hours=replace(before.quiet_hours or USUAL_NIGHT, zone=zone))


def _zone(typed: str) -> str:
    zones = {zone.casefold(): zone for zone in available_timezones()}
    wanted = typed.replace(" ", "_").casefold()
    if wanted in zones:
        return zones[wanted]
    cities = {name.rpartition("/")[2]: zone for name, zone in zones.items()}
    near = difflib.get_close_matches(wanted.rpartition("/")[2], cities, n=3, cutoff=0.7)
    raise NotAcceptedError(similar=tuple(cities[name] for name in near))


def _switch(value: str, known: Collection[str]) -> tuple[bool, str]:
    on, name = value[:1] == "+", value[1:]
    if value[:1] not in {"+", "-"} or name not in known:
        raise ValueError(value)
    return on, name


def _topics(value: str) -> Change:
    if value == "all":
        return lambda before: replace(before, topics=frozenset())
    on, thread = value[:1] == "+", int(value[1:])
    return lambda before: replace(before, topics=before.topics | {thread} if on else before.topics - {thread})


def _with(names: frozenset[str], name: str, on: bool) -> frozenset[str]:
    return names | {name} if on else names - {name}
