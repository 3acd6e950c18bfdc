"""From a message to words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.language.text import fold, is_question, sentences, speaks_to_someone, stem, words


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("BOTOX", ["botox"]),
        ("Don’t", ["don't"]),
        ("café", ["cafe"]),
        ("sooooo painful", ["soo", "painful"]),
        ("see https://example.org/botox?x=1 now", ["see", "now"]),
        ("@some_bot how often", ["how", "often"]),
        ("11,000 dollars", ["11000", "dollars"]),
        ("ﬁne", ["fine"]),
        ("ｂｏｔｏｘ", ["botox"]),
    ],
)
def test_spelling_is_brought_to_one_form(typed: str, read: list[str]) -> None:
    assert words(fold(typed)) == read


@given(st.text(max_size=300))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = words(fold(text))
    assert words(fold(" ".join(once))) == once


@given(st.text(max_size=300))
def test_words_are_plain(text: str) -> None:
    assert all(word.isascii() and word == word.lower() for word in words(fold(text)))


@pytest.mark.parametrize(
    ("forms", "root"),
    [
        (("injecting", "injected", "inject", "injects"), "inject"),
        (("migraines", "migraine"), "migrain"),
        (("stopping", "stopped", "stops"), "stop"),
        (("headaches", "headache"), "headach"),
    ],
)
def test_forms_of_a_word_share_a_stem(forms: tuple[str, ...], root: str) -> None:
    assert {stem(form) for form in forms} == {root}


@pytest.mark.parametrize("word", ["news", "nhs", "thing", "bring", "bleed", "illness", "appointment"])
def test_words_that_only_look_inflected_stay_whole(word: str) -> None:
    assert stem(word) == word


def test_sentences_end_at_stops_line_breaks_and_dashes() -> None:
    assert sentences(fold("Hi. How often? Fine\nsecond line - third")) == [
        "hi.",
        "how often?",
        "fine",
        "second line",
        "third",
    ]


@pytest.mark.parametrize("text", ["how often", "and does it hurt", "ok so can i drive", "it hurts?", "anyone had this"])
def test_questions(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize("text", ["i had it yesterday", "thanks all", "the doctor who did it was kind", "howling wind"])
def test_statements(text: str) -> None:
    assert not is_question(text)


def test_speaking_to_someone() -> None:
    assert speaks_to_someone("did yours work")
    assert not speaks_to_someone("does it work for young people")
