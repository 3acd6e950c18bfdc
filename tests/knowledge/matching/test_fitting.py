"""Fitting confidence: what is observed, whose voice is held out, and the weights that come of it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import pytest

from knowledge.matching.confidence import WORDS_ALONE, Logistic, Scorer, Signals
from knowledge.matching.fitting import (
    FOLDS,
    Observation,
    expected_calibration_error,
    fit_weights,
    observe,
    predict_by_folds,
)
from knowledge.matching.trained import Labelled
from tests.knowledge.language.test_reader import READER
from tests.knowledge.matching.test_train import MODEL

SCORER = Scorer(MODEL, {WORDS_ALONE: Logistic({"bias": 0.0})})
NOTHING = Signals(*[0.0] * len(Signals._fields))


@pytest.fixture
def learns() -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is in requirements-train.txt")


def asked(text: str, *accept: str, voice: str = "ada") -> Labelled:
    return Labelled(text, frozenset(accept), voice=voice)


def observed(rows: Sequence[tuple[Mapping[str, float], bool]], fold: int = 0) -> list[Observation]:
    """One candidate each, with these signals and nothing else."""
    return [
        Observation(number, fold, NOTHING._replace(**signals), holds) for number, (signals, holds) in enumerate(rows)
    ]


# What is observed


def test_each_of_the_best_candidates_answers_the_message_or_does_not() -> None:
    found = list(observe([asked("price of the jab", "cost"), asked("rain again")], READER, SCORER))
    assert [each.message for each in found] == [0, 0, 0, 1, 1, 1]
    assert [each.holds for each in found] == [True, False, False, False, False, False]
    measured = SCORER.measure(SCORER.ranker.rank(READER.read("price of the jab").terms, "price of the jab"))
    assert [each.signals for each in found[:3]] == [signals for _, signals in measured]


def test_a_message_may_have_several_right_answers_and_one_without_a_word_has_none() -> None:
    found = list(observe([asked("!!", "cost"), asked("does it hurt", "pain", "cost")], READER, SCORER))
    assert {each.message for each in found} == {1}
    assert sum(each.holds for each in found) == 2


def folds_of(*voices: str) -> list[int]:
    """The folds of a message of each of these voices."""
    found = observe([asked("does it hurt", "pain", voice=voice) for voice in voices], READER, SCORER)
    return list({each.message: each.fold for each in found}.values())


def test_a_voice_is_in_one_fold() -> None:
    one, other, again, third = folds_of("ben", "ada", "ben", "cy")
    assert one == again
    assert len({one, other, third}) == 3
    assert set(folds_of(*map(chr, range(ord("a"), ord("z"))))) == set(range(FOLDS))


def test_the_house_whose_people_nobody_knows_is_in_all_folds() -> None:
    assert folds_of(*["house"] * FOLDS) == list(range(FOLDS))
    assert folds_of(*["house-2"] * FOLDS) == list(range(FOLDS))


# Weights


def test_weights_follow_what_tells_and_come_back_to_the_old_spread(learns: None) -> None:
    chance = random.Random(1)
    tells = [chance.gauss(0, 5) for _ in range(400)]
    noise = [chance.gauss(0, 1) for _ in range(400)]
    rows = [
        ({"ahead": one, "score": other}, one + chance.gauss(0, 1) > 2) for one, other in zip(tells, noise, strict=True)
    ]
    weights = fit_weights(observed(rows))
    assert weights["ahead"] > 1
    assert abs(weights["score"]) < 0.5
    assert -weights["bias"] / weights["ahead"] == pytest.approx(2, abs=0.3)


def test_a_signal_that_never_varies_is_left_out(learns: None) -> None:
    rows = [({"ahead": number / 10, "unexplained": 1.0}, number > 4) for number in range(10)]
    assert fit_weights(observed(rows)).keys() == {"ahead", "bias"}


def test_weights_are_rounded_as_they_are_kept_and_make_a_function(learns: None) -> None:
    weights = fit_weights(observed([({"ahead": number / 7, "score": -(number**2)}, number > 3) for number in range(9)]))
    assert weights == {name: round(weight, 3) for name, weight in weights.items()}
    assert Logistic(weights).chance(NOTHING._replace(ahead=8 / 7, score=-64)) > 0.5


def test_no_voice_is_judged_by_weights_that_it_helped_to_fit(learns: None) -> None:
    """What holds of the one voice is wrong of the other, and each is judged by what the other taught."""
    one, other = ([({"ahead": float(each % 2)}, (each + fold) % 2 == 0) for each in range(20)] for fold in (0, 1))
    found = [*observed(one, fold=0), *observed(other, fold=1)]
    for each, chance in zip(found, predict_by_folds(found), strict=True):
        assert (chance < 0.5) == each.holds


# Calibration


def test_how_far_what_was_said_is_from_what_came_true() -> None:
    """Bins of a tenth: |0.1 + 0.15 - 1| = 0.75, |0.82 - 1| = 0.18, and 1.0, in the last bin, is right: 0.93 of 4."""
    assert expected_calibration_error([0.1, 0.15, 0.82, 1.0], [False, True, True, True]) == pytest.approx(0.93 / 4)


def test_faults_make_up_for_each_other_in_one_bin_alone() -> None:
    chances, holds = [0.4, 0.6], [True, False]
    assert expected_calibration_error(chances, holds) == pytest.approx(0.6)
    assert expected_calibration_error(chances, holds, bins=1) == pytest.approx(0.0)
    assert expected_calibration_error([], []) == 0.0
