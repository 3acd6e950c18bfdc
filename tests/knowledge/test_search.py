"""The search as one types: unfinished words, the beginnings of every question, and how long it takes."""

from __future__ import annotations

import time
from statistics import median

import pytest

from knowledge.answering import Answerer
from knowledge.model import Knowledge

SHARES = (0.3, 0.5, 0.7, 0.9)
"""How much of a question has been typed."""


def beginnings(knowledge: Knowledge) -> list[tuple[str, str]]:
    """Each entry's id with the beginnings of its own question, cut wherever that is, also within a word."""
    return [
        (entry.id, entry.question[: max(6, int(len(entry.question) * share))])
        for entry in knowledge.entries.values()
        for share in SHARES
    ]


@pytest.mark.parametrize(
    ("typed", "first"), [("preg", "pregnancy"), ("how oft", "how-often"), ("How often is it repe", "how-often")]
)
def test_unfinished_words_find_their_entry(answerer: Answerer, typed: str, first: str) -> None:
    found = [entry.id for entry in answerer.search(typed, 5)]
    assert any(each.startswith(first) for each in found), found


def test_the_right_entry_is_among_five_for_nearly_every_beginning(answerer: Answerer, knowledge: Knowledge) -> None:
    asked = beginnings(knowledge)
    found = {typed: [entry.id for entry in answerer.search(typed, 5)] for _, typed in asked}
    among = sum(entry in found[typed] for entry, typed in asked)
    first = sum(found[typed][:1] == [entry] for entry, typed in asked)
    assert among / len(asked) >= 0.96
    assert first / len(asked) >= 0.85


def test_a_piece_of_a_word_begins_with_it(answerer: Answerer) -> None:
    assert answerer.titles.compare("mig")
    assert not answerer.titles.compare("rai")


@pytest.mark.parametrize("typed", ["", "   ", "?", "xqzw", "😀"])
def test_nothing_near_finds_nothing(answerer: Answerer, typed: str) -> None:
    assert answerer.search(typed, 10) == ()


def test_there_are_no_more_than_asked_for_and_none_twice(answerer: Answerer) -> None:
    for typed in ("b", "botox", "how long", "how long does it take until it works and until it wears off again"):
        for most in (1, 3, 10):
            found = [entry.id for entry in answerer.search(typed, most)]
            assert 1 <= len(found) <= most
            assert len(set(found)) == len(found)
            assert found == [entry.id for entry in answerer.search(typed, most)]


def test_it_knows_the_content_in_use(answerer: Answerer, knowledge: Knowledge) -> None:
    assert answerer.with_content(knowledge).search("preg", 3) == answerer.search("preg", 3)


def test_it_takes_some_milliseconds(answerer: Answerer, knowledge: Knowledge) -> None:
    def took(typed: str) -> float:
        begun = time.perf_counter()
        answerer.search(typed, 10)
        return time.perf_counter() - begun

    # The best of three: other work on the machine is not what is measured.
    times = [min(took(typed) for _ in range(3)) for _, typed in beginnings(knowledge)[::5]]
    assert median(times) <= 0.015
