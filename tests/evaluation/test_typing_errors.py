"""Typing errors: each kind spoils a word as it says, the same way each time, and what they do is told in figures."""

from __future__ import annotations

import random
import re

import pytest

from evaluation.sets import Question, read_set
from evaluation.typing_errors import (
    CONDITIONS,
    KINDS,
    NEIGHBOURS,
    Condition,
    Spoil,
    autocorrect,
    double,
    drop,
    find_mended,
    main,
    mishear,
    misspell,
    press_neighbour,
    spell_by_ear,
    split,
    swap,
    tabulate,
    tell_mended,
)
from knowledge.answering import Answerer
from knowledge.language.spelling import common_words

WORD = "treatment"
ASKED = "how often is botox for migraine repeated?"
SEEDS = range(20)


def spoil(way: Spoil, seed: int, word: str = WORD) -> str:
    return way(word, random.Random(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_neighbouring_key_changes_one_letter(seed: int) -> None:
    spoilt = spoil(press_neighbour, seed)
    (change,) = [(right, wrong) for right, wrong in zip(WORD, spoilt, strict=True) if right != wrong]
    assert change[1] in NEIGHBOURS[change[0]]


def test_the_keys_beside_one_another_are_those_of_a_keyboard() -> None:
    assert set(NEIGHBOURS["s"]) == {"a", "d"}
    assert NEIGHBOURS["q"] == "w"
    assert NEIGHBOURS["m"] == "n"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_letter_is_dropped_or_doubled(seed: int) -> None:
    dropped, doubled = spoil(drop, seed), spoil(double, seed)
    assert dropped in {WORD[:place] + WORD[place + 1 :] for place in range(len(WORD))}
    assert doubled in {WORD[:place] + WORD[place] + WORD[place:] for place in range(len(WORD))}


@pytest.mark.parametrize("seed", SEEDS)
def test_two_letters_are_swapped(seed: int) -> None:
    spoilt = spoil(swap, seed)
    changed = [place for place, (right, wrong) in enumerate(zip(WORD, spoilt, strict=True)) if right != wrong]
    assert len(changed) == 2
    assert changed[1] == changed[0] + 1
    assert sorted(spoilt) == sorted(WORD)


@pytest.mark.parametrize("word", ["dose", WORD])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_word_is_split_with_no_letter_alone(seed: int, word: str) -> None:
    parts = spoil(split, seed, word).split(" ")
    assert "".join(parts) == word
    assert len(parts) == 2
    assert min(map(len, parts)) > 1


@pytest.mark.parametrize(
    ("word", "by_ear"),
    [("headache", {"heedache", "headach"}), ("injection", {"injecshun"}), ("nerve", {"nerv"}), ("jumbo", {"jumbo"})],
)
def test_a_word_is_spelled_by_ear(word: str, by_ear: set[str]) -> None:
    assert {spoil(spell_by_ear, seed, word) for seed in range(40)} == by_ear


@pytest.mark.parametrize("seed", SEEDS)
def test_autocorrect_puts_another_word_of_english(seed: int) -> None:
    spoilt = spoil(autocorrect, seed, "needle")
    assert spoilt != "needle"
    assert spoilt[0] == "n"
    assert spoilt in common_words()


def test_dictation_mishears_what_it_is_known_to() -> None:
    assert spoil(mishear, 0, "botox") == "bow talks"
    assert spoil(mishear, 0, WORD) == WORD


@pytest.mark.parametrize("way", KINDS)
def test_each_kind_is_seeded(way: Spoil) -> None:
    assert [spoil(way, seed) for seed in SEEDS] == [spoil(way, seed) for seed in SEEDS]


def test_no_error_changes_nothing() -> None:
    assert misspell(ASKED, 0, random.Random(0)) == ASKED


@pytest.mark.parametrize("way", KINDS)
def test_an_error_of_one_kind_spoils_one_word_as_that_kind_does(way: Spoil) -> None:
    text = "does the needle hurt"
    for seed in SEEDS:
        before, after = text.split(" "), misspell(text, 1, random.Random(seed), (way,), joined=0.0).split(" ")
        if way is split:
            assert len(after) == len(before) + 1
        else:
            assert sum(one != other for one, other in zip(before, after, strict=True)) == 1


def test_a_word_that_would_stay_as_it_is_is_passed_over() -> None:
    """No rule of hearing fits it, nor does a capital letter make it another word."""
    assert misspell("Jumbo nerve", 1, random.Random(0), (spell_by_ear,), joined=0.0) == "Jumbo nerv"
    assert misspell("Jumbo hut", 1, random.Random(0), (spell_by_ear,), joined=0.0) == "Jumbo hut"


def test_words_are_joined() -> None:
    assert misspell("neck pain", 1, random.Random(0), (), joined=1.0) == "neckpain"
    assert misspell("neck", 1, random.Random(0), (), joined=1.0) == "neck"


def test_a_condition_spoils_a_text_the_same_way_each_time_and_more_errors_begin_with_the_first() -> None:
    for condition in CONDITIONS:
        assert condition.spoil(ASKED) == condition.spoil(ASKED)
    assert Condition("", 1, (drop,), joined=0.0).spoil(ASKED) != ASKED
    one, two = (Condition("", errors, (split,), joined=0.0).spoil(ASKED) for errors in (1, 2))
    assert set(one.split(" ")) - set(ASKED.split(" ")) <= set(two.split(" "))


def test_each_condition_is_compared_on_what_it_changes(answerer: Answerer) -> None:
    questions = [Question(ASKED, ("how-often",), "mia"), Question("how much?", ("cost",), "mia")]
    head, plain, *spoilt = tabulate(questions, answerer)
    assert "95 % interval" in head
    assert re.match(r"no error +\d+\.\d% .* 2$", plain)
    assert [line[:20].strip() for line in spoilt] == [condition.title for condition in CONDITIONS]
    (by_dictation,) = [line for line in spoilt if line.startswith("mishear")]
    assert by_dictation.split()[-3] == "1"


def test_a_common_word_is_taken_for_no_error_and_a_slip_is(answerer: Answerer) -> None:
    assert find_mended(["kitchen", "train", "migrainw"], answerer.reader) == {
        "migrainw": answerer.reader.stem("migraine")
    }
    shares, met, *words = tell_mended(["the kitchen", "a train"], answerer.reader)
    assert "common words taken for errors" in shares
    assert "0 of 4 times" in met
    assert all(len(set(line.split()[0])) == 1 for line in words), "but for one letter again and again"


def test_no_held_out_message_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--limit", "3"])
    shown = capsys.readouterr().out
    assert "no error" in shown
    assert not any(row.text in shown for row in read_set("held_out").questions if len(row.text) > 20)
