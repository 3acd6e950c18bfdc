"""Typing errors and short forms: what is mended, how far, and what is left alone."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from knowledge.language.spelling import BROAD, STRICT, Speller, common_words

TABLE = {"btx": "botox", "cant": "cannot", "can't": "cannot", "sideeffect": "side effect", "im": "i am", "wk": "week"}
TARGETS = {
    "botox": 9,
    "injection": 5,
    "swallowing": 4,
    "eyelid": 3,
    "droopy": 2,
    "cost": 1,
    "bleat": 1,
    "bloat": 7,
    "bite": 1,
    "neurologist": 1,
}


@pytest.fixture
def speller() -> Speller:
    return Speller(TABLE, TARGETS, TARGETS)


@pytest.mark.parametrize(
    ("typed", "words", "reason"),
    [
        ("botox", ("botox",), ""),
        ("btx", ("botox",), "listed"),
        ("sideeffect", ("side", "effect"), "listed"),
        ("can't", ("cannot",), "listed"),
        ("i'm", ("i", "am"), "listed"),
        ("botoxx", ("botox",), "doubled letters"),
        ("injectionn", ("injection",), "doubled letters"),
        ("wkk", ("week",), "doubled letters"),
        ("injectoin", ("injection",), "slip"),
        ("xxxx", ("x",), "doubled letters"),
        ("aa", ("a",), "doubled letters"),
        ("a", ("a",), ""),
        ("zzyzx", ("zzyzx",), ""),
        ("table", ("table",), ""),
        ("12", ("12",), ""),
        ("007", ("7",), ""),
        ("10.5", ("10",), ""),
        ("99999999999999", ("999999999",), ""),
    ],
)
def test_what_a_word_stands_for(speller: Speller, typed: str, words: tuple[str, ...], reason: str) -> None:
    assert speller.spell(typed) == (words, words, reason)


@pytest.mark.parametrize(
    ("typed", "broad", "strict"),
    [
        ("cots", "cost", "cots"),  # four letters are enough for matching, not for triage
        ("bitte", "bite", "bite"),
        ("botix", "botox", "botox"),
        ("eyeild", "eyelid", "eyelid"),
        ("doropy", "droopy", "droopy"),
        ("swalowng", "swallowing", "swalowng"),  # two slips: from seven letters on, and from nine on
        ("injctoin", "injection", "injctoin"),
        ("swalowingg", "swallowing", "swallowing"),
        ("nurologst", "neurologist", "neurologist"),
        ("votox", "botox", "votox"),  # the first letter: from four letters on, and from six on
        ("wyelid", "eyelid", "eyelid"),
        ("vost", "cost", "vost"),
        ("bst", "bst", "bst"),
    ],
)
def test_matching_is_bolder_than_triage(speller: Speller, typed: str, broad: str, strict: str) -> None:
    spelled = speller.spell(typed)
    assert (spelled.words, spelled.strict) == ((broad,), (strict,))


def test_limits_grow_with_what_is_at_stake() -> None:
    assert all(bold <= careful for bold, careful in zip(BROAD, STRICT, strict=True))
    assert BROAD != STRICT


def test_of_equally_near_words_the_most_used_wins(speller: Speller) -> None:
    assert speller.spell("blxat").words == ("bloat",)
    assert Speller({}, {**TARGETS, "bleat": 8}, {}).spell("blxat").words == ("bleat",)


def test_the_nearest_word_wins_over_the_most_used() -> None:
    speller = Speller({}, {"injection": 1, "injecting": 90}, {})
    assert speller.spell("injectionx").words == ("injection",)


def test_a_word_that_is_right_is_not_mended(speller: Speller) -> None:
    """ "coat" is one slip from "cost"."""
    assert "coat" in common_words()
    assert speller.spell("coat") == (("coat",), ("coat",), "")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("neurologist's", ("neurologist", "s")),
        ("nurologst's", ("neurologist", "s")),
        ("btx's", ("botox", "s")),
        ("o'clock", ("oclock",)),
    ],
)
def test_apostrophes(speller: Speller, typed: str, words: tuple[str, ...]) -> None:
    assert speller.spell(typed).words == words


def test_a_slip_of_a_short_form_means_what_the_short_form_means() -> None:
    assert Speller({"sideeffect": "side effect"}, {}, {}).spell("sideefect").words == ("side", "effect")


def test_a_correction_to_two_words_counts_for_triage_only_if_it_is_careful() -> None:
    speller = Speller({"gonna": "going to", "sideeffects": "side effects"}, {}, {})
    assert speller.spell("sideefcets") == (("side", "effects"), ("side", "effects"), "slip")
    assert speller.spell("zonna") == (("zonna",), ("zonna",), "")


def test_write_out_mends_nothing(speller: Speller) -> None:
    assert [speller.write_out(word) for word in ("btx", "can't", "injectoin")] == [
        ("botox",),
        ("cannot",),
        ("injectoin",),
    ]


@given(st.text(string.ascii_lowercase, min_size=1, max_size=14))
def test_no_correction_goes_further_than_its_limits(word: str) -> None:
    spelled = Speller({}, TARGETS, TARGETS).spell(word)
    if spelled.reason == "slip":
        most = 1 if len(word) < BROAD.shortest_twice else 2
        assert len(word) >= BROAD.shortest
        assert OSA.distance(word, spelled.words[0]) <= most
    assert len(spelled.strict) == len(spelled.words)


@given(st.text(string.ascii_lowercase, min_size=1, max_size=12))
def test_triage_sees_a_correction_only_where_matching_does(word: str) -> None:
    spelled = Speller(TABLE, TARGETS, TARGETS).spell(word)
    assert spelled.strict in (spelled.words, (word,))
