"""Cross-validation: whose phrasings are learnt and asked when, and what is counted."""

from __future__ import annotations

from collections import Counter

import pytest

from knowledge.check.cross_validation import FOLDS, cross_validate, find_best, fold_of
from knowledge.matching.classifier import fit
from knowledge.matching.train import Example
from knowledge.matching.trained import Message

NAMES = ["price", "hurt", "out-of-scope:weather"]


def example(label: str, *words: str, voice: str = "") -> Example:
    text = " ".join(words)
    return Example(Message(text, label, voice), text, frozenset(), dict.fromkeys(words, 1.0))


def some(count: int, label: str, word: str) -> list[Example]:
    return [example(label, word, f"{word}{place}") for place in range(count)]


def ignore(_share: float) -> None:
    pass


def test_a_line_more_moves_no_other_line() -> None:
    first = [fold_of(one.message) for one in some(50, "price", "cost")]
    assert [fold_of(one.message) for one in some(51, "price", "cost")][:50] == first
    assert set(first) == set(range(FOLDS))


def test_one_voice_is_in_one_fold() -> None:
    folds = {fold_of(Message(f"word{place}", "price", "ada")) for place in range(50)}
    assert len(folds) == 1


@pytest.mark.parametrize("voice", ["house", "house-2"])
def test_a_voice_that_nobody_wrote_down_apart_is_many(voice: str) -> None:
    unrecorded = [fold_of(Message(f"word{place}", "price", voice)) for place in range(50)]
    assert unrecorded == [fold_of(Message(f"word{place}", "price")) for place in range(50)]
    assert set(unrecorded) == set(range(FOLDS))


def test_what_only_the_own_fold_knows_is_lost() -> None:
    """Each entry has a word that all its messages share, but one voice writes for both with the word of the other."""
    examples = [*some(20, "price", "cost"), *some(20, "hurt", "pain"), example("hurt", "cost", "strange", voice="ada")]
    found = cross_validate(examples, NAMES, ignore)
    assert found.lost == {"price": {}, "hurt": {"cost strange": "price"}}
    assert found.by_entry == {"price": 1.0, "hurt": pytest.approx(20 / 21)}
    assert found.accuracy == pytest.approx(40 / 41)
    assert found.first_three == 1.0


def test_a_voice_is_not_learnt_when_it_is_asked() -> None:
    words = ["jab", "needle", "shot"]
    own = [example("hurt", "odd", word, voice="ada") for word in words]
    examples = [
        *some(20, "price", "cost"),
        *some(20, "hurt", "pain"),
        *[example("price", "odd", word, voice="bob") for word in words],
        *own,
    ]
    assert fold_of(own[0].message) != fold_of(Message("x", "price", "bob"))
    found = cross_validate(examples, ["price", "hurt"], ignore)
    assert Counter(found.lost["hurt"].values()) == {"price": 3}


def test_what_is_not_ours_is_learnt_but_not_asked() -> None:
    examples = [*some(20, "price", "cost"), *some(20, "hurt", "pain"), *some(20, "out-of-scope:weather", "weather")]
    told: list[float] = []
    found = cross_validate(examples, NAMES, told.append)
    assert set(found.by_entry) == {"price", "hurt"}
    assert told[-1] == 1.0
    assert told == sorted(told)


def test_the_best_are_ours_the_likeliest_first() -> None:
    """A word of one entry, a word of another, and a word of what is not ours, which is among the best of nobody."""
    examples = [
        *some(20, "price", "cost"),
        *some(20, "hurt", "pain"),
        *some(20, "out-of-scope:weather", "weather"),
    ]
    labels = [NAMES.index(each.message.label) for each in examples]
    weights = fit([each.features for each in examples], labels, len(NAMES))
    asked = [{"pain": 1.0}, {"cost": 1.0}, {"weather": 1.0}, {"pain": 1.0, "cost": 0.1}, {"unheard": 1.0}]
    best = find_best(asked, weights, len(NAMES), 2)
    assert best[:2] == [[1, 0], [0, 1]]
    assert best[3] == [1, 0]
    assert [sorted(each) for each in best] == [[0, 1]] * 5
