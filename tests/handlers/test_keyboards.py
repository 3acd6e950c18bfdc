"""The data of buttons, and lists that are shown a page at a time."""

from __future__ import annotations

import pytest

from handlers.keyboards import UP, Action, button, turn_to
from handlers.texts import load_texts

WORDS = load_texts().buttons
LETTERS = "abcdefghij"


@pytest.mark.parametrize(
    ("number", "shown", "before", "turns"),
    [
        ("0", "abcd", 0, ["topic:x:1"]),
        ("1", "efgh", 4, ["topic:x:0", "topic:x:2"]),
        ("2", "ij", 8, ["topic:x:1"]),
        ("3", "ij", 8, ["topic:x:1"]),
        ("9" * 30, "ij", 8, ["topic:x:1"]),
        ("-1", "abcd", 0, ["topic:x:1"]),
        ("", "abcd", 0, ["topic:x:1"]),
        ("²", "abcd", 0, ["topic:x:1"]),
        ("many", "abcd", 0, ["topic:x:1"]),
    ],
)
def test_pages(number: str, shown: str, before: int, turns: list[str]) -> None:
    page = turn_to(LETTERS, number, 4)
    assert ("".join(page.items), page.before, page.last) == (shown, before, 2)
    buttons = page.turns(WORDS, Action.TOPIC, "x")
    assert [each.callback_data for each in buttons] == turns


@pytest.mark.parametrize(("size", "last"), [(10, 0), (9, 1), (100, 0)])
def test_a_list_that_just_fits_has_one_page(size: int, last: int) -> None:
    assert turn_to(LETTERS, "0", size).last == last


def test_an_empty_list_has_one_empty_page() -> None:
    page = turn_to("", "5", 4)
    assert (list(page.items), page.number, page.last) == ([], 0, 0)
    assert page.turns(WORDS, Action.TOPIC) == []


@pytest.mark.parametrize("action", [Action.ANSWER_HERE, Action.ANSWER_BELOW, Action.ENTRY_IN_TOPICS, Action.VOTE])
def test_data_fits_with_the_longest_id_that_an_entry_may_have(action: Action) -> None:
    arguments = ("x" * 48, UP) if action is Action.VOTE else ("x" * 48,)
    data = button("x", action, *arguments).callback_data
    assert isinstance(data, str)
    assert len(data.encode()) <= 64
