"""Reading anew while the bot runs: what differs is named, what does not is shared, and a failure changes nothing.

How a running bot takes the files is tested in tests/handlers/test_reload.py.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import fields, is_dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from knowledge.answering import Answerer
from knowledge.loading import load as loading
from knowledge.loading.build import HERE
from knowledge.loading.cache import Cache
from knowledge.loading.load import CACHE, Changes, ReloadError, assemble, compare, prepare, read_anew
from knowledge.model import Entry, Knowledge

NOTHING = Changes((), (), (), ())
FIELDS = [each.name for each in fields(Knowledge)]


def differing(value: Any) -> Iterator[Any]:
    """Values that differ from `value` in one place each, down to the fields of what it holds."""
    if is_dataclass(value) and not isinstance(value, type):
        for part in fields(value):
            if part.compare:
                yield from (replace(value, **{part.name: other}) for other in differing(getattr(value, part.name)))
    elif isinstance(value, Mapping):
        assert value, "empty: nothing can be told of it"
        last = next(reversed(value))
        yield {name: kept for name, kept in value.items() if name != last}
        yield {**value, last: next(differing(value[last]))}
    elif isinstance(value, frozenset):
        yield value | {"no such word"}
    elif isinstance(value, tuple):
        yield value[:-1] if value else ("another",)
    elif isinstance(value, str):
        yield value + "x"
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, date):
        yield value.replace(year=1999)
    elif isinstance(value, Path):
        yield value / "x"
    elif value is None:
        return
    else:
        raise TypeError(f"say here how a {type(value).__name__} may differ")


def changes_to(answerer: Answerer, name: str) -> Iterator[Changes]:
    """What is said of each change to one field of the knowledge."""
    for value in differing(getattr(answerer.knowledge, name)):
        yield compare(answerer, answerer.with_content(replace(answerer.knowledge, **{name: value})))


def test_nothing_differs_from_itself(answerer: Answerer) -> None:
    assert compare(answerer, answerer) == NOTHING
    assert compare(answerer, answerer.with_content(copy(answerer.knowledge))) == NOTHING


@pytest.mark.parametrize("name", [name for name in FIELDS if name != "entries"])
def test_every_part_that_differs_is_named(answerer: Answerer, name: str) -> None:
    """The cases are made of the fields of `Knowledge`, so that none can be forgotten."""
    told = list(changes_to(answerer, name))
    assert told
    if name == "topics":
        told = told[:1]  # the second differs in an entry, which is told as one
    assert set(told) == {Changes((), (), (), (name,))}


@pytest.mark.parametrize("name", [each.name for each in fields(Entry) if each.name != "id"])
def test_an_entry_that_differs_anywhere_is_named(answerer: Answerer, name: str) -> None:
    entries = answerer.knowledge.entries
    entry = max(entries.values(), key=lambda each: bool(getattr(each, name)))  # one that has it
    for other in differing(getattr(entry, name)):
        changed = replace(answerer.knowledge, entries={**entries, entry.id: replace(entry, **{name: other})})
        assert compare(answerer, answerer.with_content(changed)) == Changes((), (), (entry.id,), ())


def test_entries_that_come_and_go_are_named_in_the_editors_order(answerer: Answerer) -> None:
    entries = dict(answerer.knowledge.entries)
    gone = [entries.pop(name).id for name in list(entries)[3:5]]
    new = {name: replace(entries["cost"], id=name) for name in ("new-b", "new-a")}
    changed = answerer.with_content(replace(answerer.knowledge, entries={**entries, **new}))
    assert compare(answerer, changed) == Changes(("new-b", "new-a"), tuple(gone), (), ())
    assert compare(changed, answerer) == Changes(tuple(gone), ("new-b", "new-a"), (), ())


def test_the_order_of_topics_and_of_entries_in_them_counts(answerer: Answerer) -> None:
    topics = answerer.knowledge.topics
    first = next(iter(topics))
    for other in (
        dict(reversed(list(topics.items()))),
        {**topics, first: topics[first][::-1]},
        {("Another" if title == first else title): entries for title, entries in topics.items()},
    ):
        changed = answerer.with_content(replace(answerer.knowledge, topics=other))
        assert compare(answerer, changed).others == ("topics",)


def test_what_was_learnt_counts(answerer: Answerer) -> None:
    other = copy(answerer)
    other.model_key = "another"
    assert compare(answerer, other) == Changes((), (), (), ("training",))


async def test_files_that_did_not_change_give_the_same_and_share_what_was_learnt(answerer: Answerer) -> None:
    again = await read_anew(answerer)
    assert again is not answerer
    assert compare(answerer, again) == NOTHING
    assert again.scorer is answerer.scorer
    assert again.reader is answerer.reader


async def test_where_something_else_was_learnt_all_of_it_is_taken(answerer: Answerer) -> None:
    other = copy(answerer)
    other.model_key = "another"
    again = await read_anew(other)
    assert compare(answerer, again) == NOTHING
    assert again.model_key == answerer.model_key
    assert again.scorer is not answerer.scorer
    assert again.scorer._model == answerer.scorer._model


def test_a_changed_answer_shares_all_but_the_content(answerer: Answerer) -> None:
    prepared = prepare(HERE, Cache(CACHE), lambda _what, _share: None, known_model=answerer.model_key)
    assert prepared.compiled == b""
    changed = assemble(
        prepared._replace(content=prepared.content.replace(b"12 weeks", b"twelve weeks")), HERE, answerer
    )
    told = compare(answerer, changed)
    assert "how-often" in told.changed
    assert "training" not in told.others
    assert (changed.scorer, changed.reader, changed.policy) == (answerer.scorer, answerer.reader, answerer.policy)
    assert changed.triage.floor._signs is answerer.triage.floor._signs
    reply = str(changed.reply("how often is it repeated"))
    assert "twelve weeks" in reply
    assert "12 weeks" not in reply


def test_changed_red_flags_are_those_that_answer(answerer: Answerer) -> None:
    flags = answerer.knowledge.red_flags
    louder = replace(flags, flags={name: replace(flag, action="Now!") for name, flag in flags.flags.items()})
    changed = answerer.with_content(replace(answerer.knowledge, red_flags=louder))
    urgent = changed.triage.look_at(changed.read("i can't swallow")).urgent
    assert urgent
    assert urgent.flag.action == "Now!"
    before = answerer.triage.look_at(answerer.read("i can't swallow")).urgent
    assert before
    assert before.flag.action != "Now!"


async def test_a_process_that_fails_is_said(answerer: Answerer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ReloadError, match="ended with status 1"):
        await read_anew(answerer)


async def test_a_process_that_takes_too_long_is_ended(answerer: Answerer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "LONGEST", 0.02)
    with pytest.raises(ReloadError, match="took longer than 0 minutes"):
        await read_anew(answerer)


async def test_a_program_that_was_changed_asks_to_be_restarted(
    answerer: Answerer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "_PROGRAM_AT_START", "as it was")
    with pytest.raises(ReloadError, match="restart it"):
        await read_anew(answerer)
