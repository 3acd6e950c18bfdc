"""Settings as a file: what goes into it, what comes back, and what is made of files from elsewhere."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.storage import MOST_NOTES, NOTE_LENGTH, ChatSettings, Note
from runtime.storage.settings_file import LARGEST_FILE, Fault, Portable, SettingsFileError, read_file, write_file
from tests.runtime.test_storage_settings import CHOSEN

DEFAULTS = ChatSettings()


def fault_of(content: bytes) -> tuple[Fault, str]:
    with pytest.raises(SettingsFileError) as caught:
        read_file(content)
    return caught.value.fault, caught.value.name


def of_settings(**values: Any) -> bytes:
    return json.dumps({"version": 1, "settings": values}).encode()


def test_what_is_written_comes_back_without_people_and_topics() -> None:
    content = write_file(CHOSEN)
    assert len(content) < LARGEST_FILE
    assert b"7000000101" not in content
    assert set(json.loads(content)["settings"]) == {field.name for field in fields(ChatSettings)} - {
        "topics",
        "urgent_notes_to",
    }
    read = read_file(content)
    assert read == Portable.of(CHOSEN)
    assert read.put_into(DEFAULTS) == replace(CHOSEN, topics=frozenset(), urgent_notes_to=frozenset())
    own = replace(DEFAULTS, topics=frozenset({9}), urgent_notes_to=frozenset({5}))
    assert read.put_into(own) == replace(CHOSEN, topics=frozenset({9}), urgent_notes_to=frozenset({5}))


def test_the_largest_file_of_ours_can_be_used() -> None:
    notes = tuple(Note(name=f"{number}{'🎉' * 31}", text="🎉" * NOTE_LENGTH) for number in range(MOST_NOTES))
    entries = frozenset(f"{number}-{'x' * 44}" for number in range(150))
    content = write_file(replace(CHOSEN, notes=notes, silenced_entries=entries, disclaimer="🎉" * 200))
    assert len(content) <= LARGEST_FILE / 2
    assert read_file(content).values["notes"] == notes


def test_the_same_settings_make_the_same_file() -> None:
    names = [f"entry-{number}" for number in range(50)]
    one, other = (replace(DEFAULTS, silenced_entries=frozenset(some)) for some in (names, reversed(names)))
    assert write_file(one) == write_file(other)


def test_what_a_file_leaves_out_stays() -> None:
    assert read_file(of_settings(pictures=True)).put_into(CHOSEN) == replace(CHOSEN, pictures=True)


def test_a_mark_at_the_beginning_does_no_harm() -> None:
    assert read_file(b"\xef\xbb\xbf" + of_settings(pictures=False)).values == {"pictures": False}


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b" " * (LARGEST_FILE + 1), Fault.TOO_LARGE),
        (b"", Fault.NOT_JSON),
        (b"\xff\xfe\x00", Fault.NOT_JSON),
        (b"%PDF-1.7", Fault.NOT_JSON),
        (b"[" * 60_000, Fault.NOT_JSON),
        (b"[]", Fault.NOT_SETTINGS),
        (b"null", Fault.NOT_SETTINGS),
        (b'{"settings": {}}', Fault.NOT_SETTINGS),
        (b'{"version": "1", "settings": {}}', Fault.NOT_SETTINGS),
        (b'{"version": 0, "settings": {}}', Fault.NOT_SETTINGS),
        (b'{"version": 1, "settings": []}', Fault.NOT_SETTINGS),
        (b'{"version": 2, "settings": {}}', Fault.NEWER),
    ],
)
def test_a_file_that_is_none_of_ours_is_told_by_its_fault(content: bytes, fault: Fault) -> None:
    assert fault_of(content) == (fault, "")


@pytest.mark.parametrize("name", ["voice", "urgent_notes_to", "topics", "", "__class__", "<b>"])
def test_what_no_file_may_hold_is_named(name: str) -> None:
    assert fault_of(of_settings(pictures=True, **{name: [7_000_000_101]})) == (Fault.UNKNOWN_NAME, name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mode", "shout"),
        ("cooldown_minutes", float("nan")),
        ("cooldown_minutes", 10**30),
        ("quiet_hours", {"start": "22:00", "end": "07:00", "zone": "../../etc/passwd"}),
        ("notes", [{"name": "rules", "text": "x", "by": 5}, {"name": "RULES", "text": "y"}]),
        ("language", "tlh"),
    ],
)
def test_a_value_that_is_not_allowed_is_named(name: str, value: Any) -> None:
    assert fault_of(of_settings(**{name: value})) == (Fault.BAD_VALUE, name)


@settings(deadline=None)  # how long it takes depends on what else the machine does
@given(st.binary(max_size=60) | st.dictionaries(st.sampled_from(["mode", "notes", "x"]), st.integers()))
def test_any_file_is_read_or_refused(made_up: bytes | dict[str, int]) -> None:
    content = made_up if isinstance(made_up, bytes) else of_settings(**made_up)
    try:
        read = read_file(content)
    except SettingsFileError:
        return
    assert isinstance(read.put_into(DEFAULTS), ChatSettings)


def test_of_the_sets_only_what_is_known_can_be_kept() -> None:
    read = read_file(of_settings(silenced_entries=["cost", "made-up"], pictures=True))
    assert read.within(silenced_entries=["cost", "pain"], silenced_groups=["access"]) == Portable(
        {"silenced_entries": frozenset({"cost"}), "pictures": True}
    )
