"""The model of scope: how much likelier words are as talk about our subject than as other talk."""

from __future__ import annotations

import math

import pytest

from knowledge.language.utterance import Term
from knowledge.matching.scope import ScopeModel

OURS = {"cost": {"botox": 10, "cost": 8, "what": 5}, "pain": {"botox": 10, "hurt": 7, "what": 5}}
ALL = {"botox": 20, "cost": 8, "what": 10, "hurt": 7}
OTHERS = {"rain": 20, "what": 20, "weather": 10}
MODEL = ScopeModel(OURS, ALL, OTHERS)


def word(stem: str, commonness: int = 4) -> Term:
    return Term(stem, stem, commonness=commonness)


def test_words_of_ours_speak_for_ours_and_others_against() -> None:
    botox, rain, what = (MODEL.ratios_of(stem, 4) for stem in ("botox", "rain", "what"))
    assert botox.to_english > 0
    assert botox.to_out_of_scope > 0
    assert rain.to_english < 0
    assert rain.to_out_of_scope < 0
    assert rain.to_out_of_scope < what.to_out_of_scope < botox.to_out_of_scope


def test_the_commoner_a_word_is_in_english_the_less_it_tells() -> None:
    ratios = [MODEL.ratios_of("cost", commonness).to_english for commonness in range(2, 8)]
    assert ratios == sorted(ratios, reverse=True)


def test_a_word_that_nobody_uses_tells_nothing_of_scope() -> None:
    """It is as rare in one as in the other: only how smoothing weighs it is left, which is the same in both."""
    assert MODEL.ratios_of("zyx", 3).to_out_of_scope == pytest.approx(0.0, abs=1e-9)
    assert MODEL.ratios_of("zyx", 3).to_english == pytest.approx(math.log(0.3 / 1.3))


def test_an_entry_is_told_from_another_by_its_own_words() -> None:
    assert MODEL.compare_entry([word("botox"), word("cost")], "cost") > MODEL.compare_entry(
        [word("botox"), word("cost")], "pain"
    )
    assert MODEL.compare_entry([word("hurt")], "pain") > 0 > MODEL.compare_entry([word("rain")], "pain")


def test_ratios_add_up_over_words() -> None:
    cost, hurt = MODEL.compare_entry([word("cost")], "cost"), MODEL.compare_entry([word("hurt")], "cost")
    assert MODEL.compare_entry([word("cost"), word("hurt")], "cost") == pytest.approx(cost + hurt)
    assert MODEL.compare_entry([], "cost") == 0.0


def test_whose_words_they_are() -> None:
    assert MODEL.has_word("cost", "cost")
    assert not MODEL.has_word("cost", "pain")


def test_without_messages_all_talk_is_english() -> None:
    empty = ScopeModel({}, {}, {})
    assert empty.ratios_of("botox", 3)[1:] == (0.0, 0.0)
