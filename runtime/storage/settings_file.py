"""A group's settings as a small file that its admins can keep, and use again in this group or another.

What belongs to people or to this one group alone is not in it: whom to tell of urgent replies, and forum topics.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from enum import Enum, auto
from typing import Any

from pydantic import TypeAdapter, ValidationError

from runtime.storage.chat_settings import ChatSettings

LARGEST_FILE = 64 * 1024
"""Bytes. A file of ours has half of that at most."""

_VERSION = 1
_OWN = frozenset({"urgent_notes_to", "topics"})
_NAMES = frozenset(field.name for field in fields(ChatSettings)) - _OWN
_WRITER = TypeAdapter(ChatSettings)


class Fault(Enum):
    """What is wrong with a file."""

    TOO_LARGE = auto()
    NOT_JSON = auto()
    NOT_SETTINGS = auto()
    """JSON, but nothing that `write_file` could have written."""
    NEWER = auto()
    """Of a version that this one does not know."""
    UNKNOWN_NAME = auto()
    BAD_VALUE = auto()


class SettingsFileError(ValueError):
    """A file that can't be used; `name` is that of the setting in which the fault is, as the file has it, if in one."""

    def __init__(self, fault: Fault, name: str = "") -> None:
        super().__init__(fault.name)
        self.fault = fault
        self.name = name


@dataclass(frozen=True, slots=True)
class Portable:
    """Settings that can go from group to group: values of ChatSettings by field, each of them allowed."""

    values: Mapping[str, Any]

    @classmethod
    def of(cls, settings: ChatSettings) -> Portable:
        """All that can go of a group's settings."""
        return cls({name: getattr(settings, name) for name in _NAMES})

    def within(self, **known: Collection[str]) -> Portable:
        """These, but of each set that is named here only what is `known`."""
        kept = {name: self.values[name] & frozenset(each) for name, each in known.items() if name in self.values}
        return Portable({**self.values, **kept})

    def put_into(self, settings: ChatSettings) -> ChatSettings:
        """`settings` with these; what is not among them stays."""
        return replace(settings, **self.values)


def write_file(settings: ChatSettings) -> bytes:
    """The file with what can go of `settings`: JSON in UTF-8."""
    values = _WRITER.dump_python(settings, mode="json")
    written = {
        name: sorted(value) if isinstance(getattr(settings, name), frozenset) else value
        for name, value in values.items()
        if name in _NAMES
    }
    return json.dumps({"version": _VERSION, "settings": written}, ensure_ascii=False, indent=2).encode()


def read_file(content: bytes) -> Portable:
    """The settings in a file, which may be anybody's. Raises SettingsFileError."""
    if len(content) > LARGEST_FILE:
        raise SettingsFileError(Fault.TOO_LARGE)
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise SettingsFileError(Fault.NOT_JSON) from None
    stored = document.get("settings") if isinstance(document, dict) else None
    version = document.get("version") if isinstance(document, dict) else None
    if not isinstance(stored, dict) or not isinstance(version, int) or version < 1:
        raise SettingsFileError(Fault.NOT_SETTINGS)
    if version > _VERSION:
        raise SettingsFileError(Fault.NEWER)
    return Portable({name: _value(name, value) for name, value in stored.items()})


def _value(name: str, value: Any) -> Any:
    if name not in _NAMES:
        raise SettingsFileError(Fault.UNKNOWN_NAME, name)
    try:
        return getattr(ChatSettings(**{name: value}), name)
    except ValidationError:
        raise SettingsFileError(Fault.BAD_VALUE, name) from None
