"""The site of the real knowledge, and of one with everything that an entry can have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from xml.etree.ElementTree import Element

import pytest
from tinyhtml5.parser import HTMLParser

from book.site import render_site
from knowledge.model import Change, Dispute, Entry, Knowledge, Point, Side, Signature
from knowledge.signatures import digest_of

HOSTILE = "<script>alert('1 < 2 & \"3\"')</script>"


def parse(page: bytes) -> Element:
    """The page as browsers read it; fails with what is wrong, if anything is."""
    parser = HTMLParser(namespace_html_elements=False)
    root: Element = parser.parse(page.decode("utf-8"))
    assert not parser.errors, parser.errors
    return root


def words(element: Element) -> str:
    """What an element says, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def with_entry(knowledge: Knowledge, entry: Entry) -> Knowledge:
    """The same knowledge with `entry` in place of the one of its id."""
    topics = {
        topic: tuple(entry if each.id == entry.id else each for each in entries)
        for topic, entries in knowledge.topics.items()
    }
    entries = {each.id: each for listed in topics.values() for each in listed}
    return replace(knowledge, topics=topics, entries=entries)


@pytest.fixture(scope="session")
def full_entry(knowledge: Knowledge) -> Entry:
    """An entry that has all that one can have, with texts that would be markup if they were not escaped."""
    entry = next(each for each in knowledge.entries.values() if each.picture)
    evidence = entry.answer[0].evidence
    return replace(
        entry,
        question=f"Is {HOSTILE} safe?",
        answer=(Point(f"No. {HOSTILE}", evidence), Point("Said of one place.", evidence, region="UK")),
        help=Point(f"Call somebody {HOSTILE}.", evidence),
        safety_note=True,
        more=(Point("There is more.", evidence),),
        disputes=(
            Dispute(
                f"whether {HOSTILE}",
                (Side("One", "says so.", evidence), Side("Two", "says no.", evidence)),
                "Trust One.",
            ),
        ),
        related=tuple(other for other in knowledge.entries if other != entry.id)[:2],
        changed=(Change(date(2026, 10, 1), "The first."), Change(date(2026, 11, 2), f"The second {HOSTILE}.")),
    )


@pytest.fixture(scope="session")
def signed_entry(full_entry: Entry) -> Entry:
    """The full entry, signed as it is by one, and before it was changed by another."""
    now = Signature("Dr Ann Now", "neurologist", date(2026, 11, 3), digest_of(full_entry))
    before = Signature("Dr Bob Before", "pharmacist", date(2026, 9, 1), "0123456789abcdef")
    return replace(full_entry, signatures=(before, now))


@pytest.fixture(scope="session")
def site(knowledge: Knowledge) -> Mapping[str, bytes]:
    return render_site(knowledge)


@pytest.fixture(scope="session")
def full_site(knowledge: Knowledge, signed_entry: Entry) -> Mapping[str, bytes]:
    return render_site(with_entry(knowledge, signed_entry))
