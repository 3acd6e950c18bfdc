"""Folding, and stems: one form for what people write in many."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.answering import Answerer
from knowledge.language.normalize import Stemmer, fold
from knowledge.language.spelling import tokenize


def words(text: str) -> list[str]:
    return [token for token in tokenize(text) if token[0].isalnum()]


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
        ("salt&vinegar", ["salt", "and", "vinegar"]),
        ("2nd", ["2", "nd"]),
    ],
)
def test_spelling_is_brought_to_one_form(typed: str, read: list[str]) -> None:
    assert words(typed) == read


@given(st.text(max_size=300))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = words(text)
    assert words(" ".join(once)) == once


@given(st.text(max_size=300))
def test_words_are_plain(text: str) -> None:
    assert all(word.isascii() and word == word.lower() for word in words(text))


@pytest.mark.parametrize("text", ["don't", "Dr. Smith’s 1,200 mg", "naïve?"])
def test_folding_knows_no_difference_between_plain_and_other_letters(text: str) -> None:
    """Plain text takes a shorter way, which has to lead to the same place."""
    assert fold(text + "é") == fold(text) + "e"


@pytest.mark.parametrize(
    ("forms", "root"),
    [
        (("injecting", "injected", "inject", "injects"), "inject"),
        (("migraines", "migraine"), "migrain"),
        (("stopping", "stopped", "stops"), "stop"),
        (("headaches", "headache"), "headach"),
        (("take", "taking", "takes"), "tak"),
    ],
)
def test_forms_of_a_word_share_a_stem(answerer: Answerer, forms: tuple[str, ...], root: str) -> None:
    assert {answerer.reader.stem(form) for form in forms} == {root}


@pytest.mark.parametrize("word", ["news", "nhs", "thing", "bring", "bleed", "illness", "appointment", "bite", "site"])
def test_words_that_only_look_inflected_stay_whole(answerer: Answerer, word: str) -> None:
    assert answerer.reader.stem(word) == word


def test_stemming_is_the_editors() -> None:
    stem = Stemmer([("en", ""), ("s", "")], kept=["ochsen"], keep_e=["hase"]).stem
    assert [stem(word) for word in ("katzen", "ochsen", "autos", "hase", "nase")] == [
        "katz",
        "ochsen",
        "auto",
        "hase",
        "nas",
    ]


@pytest.mark.parametrize("word", ["ss", "gas", "sties", "bring", "eeing"])
def test_a_stem_keeps_a_vowel_and_three_letters_or_the_word_stays(word: str) -> None:
    stem = Stemmer([("ies", "y"), ("ing", ""), ("s", "")], kept=[], keep_e=[]).stem(word)
    assert stem == word or (len(stem) >= 3 and set(stem) & set("aeiouy"))
