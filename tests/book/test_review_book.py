"""The review book: every sentence beside all that it rests on, and a place to sign for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from xml.etree.ElementTree import Element

import pytest

from book.review_book import review_book
from book.site import REVIEW
from knowledge.model import Entry, Fact, Knowledge
from knowledge.rendering.answer import source_date
from knowledge.rendering.urgent import urgent_text
from knowledge.signatures import digest_of
from tests.book.conftest import parse, with_entry, words


def sheets(page: Element) -> dict[str, Element]:
    """The sheets by the id of their heading."""
    return {each.attrib["aria-labelledby"]: each for each in page.iter("article")}


@pytest.fixture(scope="module")
def book(site: Mapping[str, bytes]) -> dict[str, Element]:
    return sheets(parse(site[REVIEW]))


@pytest.fixture(scope="module")
def full_sheet(full_site: Mapping[str, bytes], full_entry: Entry) -> str:
    return words(sheets(parse(full_site[REVIEW]))[f"entry-{full_entry.id}"])


def test_every_answer_stands_beside_its_facts(book: dict[str, Element], knowledge: Knowledge) -> None:
    for entry in knowledge.entries.values():
        shown = words(book[f"entry-{entry.id}"])
        for point in (*entry.answer, *entry.more):
            assert point.text in shown
        for item in entry.evidence:
            assert item.id in shown
            assert " ".join(item.claim.split()) in shown
            if isinstance(item, Fact):
                assert f"Confidence: {item.confidence}" in shown
                assert item.caveat in shown
                for place in item.citations:
                    assert place.locator in shown
                    assert place.source.url in shown
                    assert source_date(place.source, knowledge.wordings) in shown
            else:
                assert f"Our verdict: {item.verdict}" in shown
                assert item.clinical in shown
        for dispute in entry.disputes:
            for side in dispute.sides:
                assert f"{side.who}: {side.says}" in shown
            assert dispute.trust in shown


def test_each_pair_holds_just_the_facts_of_its_sentence(book: dict[str, Element], knowledge: Knowledge) -> None:
    for entry in knowledge.entries.values():
        pairs = [each for each in book[f"entry-{entry.id}"].iter("div") if each.get("class") == "pair"]
        for point, pair in zip(entry.answer, pairs, strict=False):
            assert point.text in words(pair)
            assert [words(each) for each in pair.iter("code")] == [item.id for item in point.evidence]


def test_every_sheet_can_be_signed(book: dict[str, Element], knowledge: Knowledge) -> None:
    flags, fixed = knowledge.red_flags.flags, 3
    assert len(book) == len(knowledge.entries) + len(flags) + fixed + 1
    for sheet in book.values():
        [place] = [each for each in sheet.iter("div") if each.get("class") == "sign"]
        assert [words(each) for each in place.iter("dt")] == ["Name", "Role", "Date", "Signature"]
    for entry in knowledge.entries.values():
        assert f"python bot.py sign {entry.id} --of {digest_of(entry)}" in words(book[f"entry-{entry.id}"])


def test_red_flags_with_the_reply_as_people_get_it(book: dict[str, Element], knowledge: Knowledge) -> None:
    for flag in knowledge.red_flags.flags.values():
        shown = words(book[f"flag-{flag.id}"])
        assert flag.covers in shown
        assert flag.tier in shown
        for page in flag.pages:
            assert page.title in shown
        for block in urgent_text(flag, knowledge.red_flags.replies).blocks:
            for line in block.lines:
                assert " ".join("".join(span.text for span in line).split()) in shown


def test_the_fixed_replies_and_the_numbers(book: dict[str, Element], knowledge: Knowledge) -> None:
    note = words(book["fixed-1"])
    assert knowledge.wordings.safety_note in note
    assert knowledge.wordings.safety_evidence
    for fact in knowledge.wordings.safety_evidence:
        assert fact.claim in note
    rest = words(book["fixed-2"]) + words(book["fixed-3"])
    replies = knowledge.red_flags.replies
    for text in (replies.worse, *replies.doubts, *replies.watching.values(), *replies.check_in.act.values()):
        assert text in rest
    assert knowledge.wordings.unknown in rest
    numbers = words(book["all-numbers"])
    for country in knowledge.red_flags.countries.values():
        for line in country.lines:
            assert f"{line.name}: {line.contact}" in numbers


def test_signatures_valid_and_lapsed(full_sheet: str) -> None:
    assert "Signed as it is now: Dr Ann Now, neurologist, 3 November 2026" in full_sheet
    assert "Lapsed, since the answer or its facts changed: Dr Bob Before, pharmacist, 1 September 2026" in full_sheet


def test_the_counts(knowledge: Knowledge, signed_entry: Entry) -> None:
    found = review_book(with_entry(knowledge, signed_entry))
    assert (found.signed, found.lapsed) == (1, 0)
    found = review_book(with_entry(knowledge, replace(signed_entry, more=())))
    assert (found.signed, found.lapsed) == (0, 1)


def test_what_is_signed_of_a_red_flag_changes_with_its_words(knowledge: Knowledge) -> None:
    flags = knowledge.red_flags
    first = next(iter(flags.flags.values()))
    digests = [each.digest for each in review_book(knowledge).flags]
    assert len(set(digests)) == len(digests)
    altered = replace(first, steps=(*first.steps, "One more."))
    changed = replace(knowledge, red_flags=replace(flags, flags=dict(flags.flags) | {first.id: altered}))
    after = [each.digest for each in review_book(changed).flags]
    assert (after[0] != digests[0], after[1:]) == (True, digests[1:])
