"""Chat settings as values: what is allowed, what is written down, what is made of a document from elsewhere."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from runtime.storage import DISCLAIMER_LENGTH, MOST_NOTES, MOST_NOTIFIED, ChatSettings, Mode, Note, QuietHours
from runtime.storage.chat_settings import read_document, write_document

DEFAULTS = ChatSettings()
CHOSEN = ChatSettings(
    mode=Mode.LISTEN,
    topics=frozenset({4, 17}),
    cooldown_minutes=5,
    whole_answers=True,
    pictures=False,
    auto_delete_minutes=30,
    silenced_entries=frozenset({"cost"}),
    silenced_groups=frozenset({"access", "basics"}),
    disclaimer="Ask <our> nurse & friends",
    quiet_hours=QuietHours(start="22:00", end="07:30", zone="Europe/London"),
    statistics=False,
    urgent_notes_to=frozenset({7_000_000_101, 42}),
    notes=(Note(name="Rules", text="Be kind.\nNo <adverts> & no links."), Note(name="Café", text="Sundays at 4")),
    language="hi",
)


def test_a_new_group_is_answered_when_it_asks_and_not_otherwise() -> None:
    assert DEFAULTS.mode is Mode.MENTION
    assert not DEFAULTS.topics
    assert DEFAULTS.auto_delete_minutes == 0
    assert DEFAULTS.disclaimer == ""
    assert DEFAULTS.quiet_hours is None
    assert not DEFAULTS.urgent_notes_to


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mode", "shout"),
        ("topics", ["general"]),
        ("cooldown_minutes", -1),
        ("cooldown_minutes", 10_081),
        ("auto_delete_minutes", 1441),
        ("auto_delete_minutes", None),
        ("silenced_entries", [""]),
        ("silenced_entries", [f"entry-{number}" for number in range(501)]),
        ("silenced_groups", [f"subject-{number}" for number in range(501)]),
        ("urgent_notes_to", [-5]),
        ("urgent_notes_to", list(range(1, MOST_NOTIFIED + 2))),
        ("disclaimer", "x" * (DISCLAIMER_LENGTH + 1)),
        ("notes", [{"name": f"note {number}", "text": "x"} for number in range(MOST_NOTES + 1)]),
        ("notes", [{"name": "Café", "text": "x"}, {"name": "CAFE ", "text": "y"}]),
        ("notes", [{"name": "", "text": "x"}]),
        ("notes", [{"name": "\u0301", "text": "x"}]),
        ("notes", [{"name": "n" * 33, "text": "x"}]),
        ("notes", [{"name": "rules", "text": " \n "}]),
        ("notes", [{"name": "rules", "text": "x" * 501}]),
        ("notes", [{"name": "rules"}]),
        ("notes", {"rules": "be kind"}),
        ("notes", [{"name": "rules", "text": "\ud800"}]),
        ("language", "xx"),
        ("language", "EN"),
        ("quiet_hours", {"start": "24:00", "end": "07:00", "zone": "UTC"}),
        ("quiet_hours", {"start": "7:00", "end": "08:00", "zone": "UTC"}),
        ("quiet_hours", {"start": "07:00\n", "end": "08:00", "zone": "UTC"}),
        ("quiet_hours", {"start": "07:00", "end": "07:00", "zone": "UTC"}),
        ("quiet_hours", {"start": "22:00", "end": "07:00", "zone": "Europe/Atlantis"}),
        ("quiet_hours", {"start": "22:00", "end": "07:00", "zone": "../../etc/passwd"}),
        ("quiet_hours", {"start": "22:00", "end": "07:00", "zone": ""}),
        ("quiet_hours", {"start": "22:00", "end": "07:00", "zone": "Europe"}),
    ],
)
def test_what_is_not_allowed_can_be_neither_set_nor_read(field: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        replace(DEFAULTS, **{field: value})
    read = read_document(json.dumps({field: value, "pictures": False}))
    assert read == replace(DEFAULTS, pictures=False)


def test_a_disclaimer_is_one_line_and_keeps_its_letters() -> None:
    settings = replace(DEFAULTS, disclaimer="  Hello,\n\tfriends\x00 👩‍👩‍👧 ")
    assert settings.disclaimer == "Hello, friends 👩‍👩‍👧"
    assert len(replace(DEFAULTS, disclaimer="ü" * DISCLAIMER_LENGTH).disclaimer) == DISCLAIMER_LENGTH


def test_a_note_has_a_name_of_one_line_and_a_text_of_several() -> None:
    note = Note(name="  Our\n\trules ", text="\n Be kind.\x00\r\nAsk first. \ud800\n")
    assert (note.name, note.text) == ("Our rules", "Be kind.\nAsk first.")
    assert note.key == Note(name="OUR  RÜLES", text="x").key
    assert len(replace(note, name="n" * 32, text="ü" * 500).text) == 500


def test_all_fields_survive_being_written_and_read() -> None:
    assert read_document(write_document(None, DEFAULTS, CHOSEN)) == CHOSEN


def test_only_what_was_chosen_is_written() -> None:
    assert json.loads(write_document(None, DEFAULTS, replace(DEFAULTS, mode=Mode.LISTEN))) == {"mode": "listen"}


def test_what_a_newer_version_wrote_outlives_a_change_by_this_one() -> None:
    newer = '{"mode": "whisper", "voice": {"pitch": 3}, "pictures": false}'
    before = read_document(newer)
    assert before == replace(DEFAULTS, pictures=False)
    written = write_document(newer, before, replace(before, whole_answers=True))
    assert json.loads(written) == {"mode": "whisper", "voice": {"pitch": 3}, "pictures": False, "whole_answers": True}


@pytest.mark.parametrize("document", [None, "", "{", "[]", "null", "7", '"mention"', "[" * 100_000])
def test_a_damaged_document_means_the_defaults(document: str | None) -> None:
    assert read_document(document) == DEFAULTS
    assert read_document(write_document(document, DEFAULTS, CHOSEN)) == CHOSEN


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None)  # how long it takes depends on what else the machine does
@given(st.dictionaries(st.sampled_from([*DEFAULTS.__dataclass_fields__, "other"]), _VALUES))
def test_any_document_can_be_read(stored: dict[str, Any]) -> None:
    read = read_document(json.dumps(stored))
    assert read_document(write_document(None, DEFAULTS, read)) == read


@pytest.mark.parametrize(
    ("start", "end", "zone", "moment", "quiet"),
    [
        ("13:00", "14:00", "UTC", "2026-03-01T13:00", True),
        ("13:00", "14:00", "UTC", "2026-03-01T14:00", False),
        ("22:00", "07:00", "UTC", "2026-03-01T23:59", True),
        ("22:00", "07:00", "UTC", "2026-03-01T06:59", True),
        ("22:00", "07:00", "UTC", "2026-03-01T07:00", False),
        ("22:00", "07:00", "UTC", "2026-03-01T12:00", False),
        # London is an hour ahead of UTC in summer only.
        ("22:00", "07:00", "Europe/London", "2026-07-01T21:30", True),
        ("22:00", "07:00", "Europe/London", "2026-01-01T21:30", False),
    ],
)
def test_quiet_hours_are_local(start: str, end: str, zone: str, moment: str, quiet: bool) -> None:
    hours = QuietHours(start=start, end=end, zone=zone)
    assert hours.holds(datetime.fromisoformat(moment).replace(tzinfo=UTC)) is quiet
