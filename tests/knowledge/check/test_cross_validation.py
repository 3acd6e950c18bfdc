"""Cross-validation: whose phrasings are learnt and asked when, and what is counted."""

from __future__ import annotations

from collections import Counter

import pytest

from knowledge.check.cross_validation import FOLDS, Phrasing, cross_validate, fold_of


def phrasing(number: int, *words: str, voice: str = "") -> Phrasing:
    return Phrasing(number, " ".join(words), dict.fromkeys(words, 1.0), voice)


def some(count: int, number: int, word: str) -> list[Phrasing]:
    return [phrasing(number, word, f"{word}{place}") for place in range(count)]


def test_a_line_more_moves_no_other_line() -> None:
    first = [fold_of(one) for one in some(50, 0, "cost")]
    assert [fold_of(one) for one in some(51, 0, "cost")][:50] == first
    assert set(first) == set(range(FOLDS))


def test_one_voice_is_in_one_fold() -> None:
    voices = {fold_of(phrasing(0, f"word{place}", voice="ada")) for place in range(50)}
    assert len(voices) == 1


def test_what_only_the_own_fold_knows_is_lost() -> None:
    """Each entry has a word that all its phrasings share, but one voice writes for both with the word of the other."""
    phrasings = [*some(20, 0, "cost"), *some(20, 1, "pain"), phrasing(1, "cost", "strange", voice="ada")]
    found = cross_validate(phrasings, ["price", "hurt", "elsewhere"], 2, lambda _share: None)
    assert found.lost == {"price": {}, "hurt": {"cost strange": "price"}}
    assert found.by_entry == {"price": 1.0, "hurt": pytest.approx(20 / 21)}
    assert found.accuracy == pytest.approx(40 / 41)
    assert found.first_three == 1.0


def test_a_voice_is_not_learnt_when_it_is_asked() -> None:
    words = ["jab", "needle", "shot"]
    own = [phrasing(1, "odd", word, voice="ada") for word in words]
    phrasings = [
        *some(20, 0, "cost"),
        *some(20, 1, "pain"),
        *[phrasing(0, "odd", word, voice="bob") for word in words],
        *own,
    ]
    assert fold_of(own[0]) != fold_of(phrasing(0, "x", voice="bob"))
    found = cross_validate(phrasings, ["price", "hurt"], 2, lambda _share: None)
    assert Counter(found.lost["hurt"].values()) == {"price": 3}


def test_what_is_not_ours_is_learnt_but_not_asked() -> None:
    phrasings = [*some(20, 0, "cost"), *some(20, 1, "pain"), *some(20, 2, "weather")]
    told: list[float] = []
    found = cross_validate(phrasings, ["price", "hurt", "elsewhere"], 2, told.append)
    assert set(found.by_entry) == {"price", "hurt"}
    assert told[-1] == 1.0
    assert told == sorted(told)
