"""The linear model: it learns, its scores are sums that can be explained, and it is the same on every machine."""

from __future__ import annotations

import math

import pytest

from knowledge.matching.classifier import Weights, fit

ROWS = [
    {"word:cost": 1.0, "word:how": 1.0},
    {"word:price": 1.0, "word:what": 1.0},
    {"word:cost": 1.0, "word:price": 1.0},
    {"word:hurt": 1.0, "word:how": 1.0},
    {"word:pain": 1.0, "word:what": 1.0},
    {"word:pain": 1.0, "word:hurt": 1.0},
]
LABELS = [0, 0, 0, 1, 1, 1]


@pytest.fixture(scope="module")
def weights() -> Weights:
    return fit(ROWS, LABELS, 3)


def best(weights: Weights, features: dict[str, float]) -> int:
    scores, _ = weights.score(features, 3)
    return max(range(3), key=scores.__getitem__)


def test_it_learns_what_it_was_shown(weights: Weights) -> None:
    assert [best(weights, row) for row in ROWS] == LABELS


def test_it_generalises_by_the_words_that_tell(weights: Weights) -> None:
    assert best(weights, {"word:how": 1.0, "word:price": 1.0}) == 0
    assert best(weights, {"word:what": 1.0, "word:hurt": 1.0}) == 1
    assert best(weights, {"word:pain": 1.0, "word:whatever": 1.0}) == 1


def test_a_word_of_both_classes_speaks_for_neither(weights: Weights) -> None:
    scores, _ = weights.score({"word:how": 1.0}, 3)
    assert scores[0] == pytest.approx(scores[1], abs=0.05)


def test_a_class_without_rows_is_never_spoken_for(weights: Weights) -> None:
    assert max(weights.score(row, 3)[0][2] for row in ROWS) <= 0.05


@pytest.mark.parametrize("features", [*ROWS, {"word:cost": 1.0, "word:never": 2.0, "word:pain": 0.3}])
@pytest.mark.parametrize("wanted", [0, 1, 2])
def test_an_explanation_sums_to_the_score(weights: Weights, features: dict[str, float], wanted: int) -> None:
    explained = weights.explain(features, wanted)
    assert math.fsum(part for _, part in explained) == pytest.approx(weights.score(features, 3)[0][wanted], abs=1e-9)
    assert {name for name, _ in explained} == features.keys() & weights.number.keys()
    sizes = [abs(part) for _, part in explained]
    assert sizes == sorted(sizes, reverse=True)


def test_how_much_of_a_message_the_model_knows(weights: Weights) -> None:
    assert weights.score({"word:cost": 1.0}, 3)[1] == pytest.approx(1.0)
    assert weights.score({"word:never": 1.0}, 3) == ([0.0, 0.0, 0.0], 0.0)
    assert 0.1 < weights.score({"word:cost": 1.0, "word:never": 1.0}, 3)[1] < 0.5
    assert weights.score({}, 3) == ([0.0, 0.0, 0.0], 0.0)


def test_rare_words_count_for_more(weights: Weights) -> None:
    scaled = weights.scale_features({"word:never": 1.0, "word:how": 1.0})
    assert scaled["word:never"] > scaled["word:how"]
    assert math.hypot(*scaled.values()) == pytest.approx(1.0)


def test_longer_messages_do_not_outweigh_short_ones(weights: Weights) -> None:
    once, _ = weights.score({"word:cost": 1.0}, 3)
    tenfold, _ = weights.score({"word:cost": 10.0}, 3)
    assert tenfold == pytest.approx(once)


def test_pairs_that_were_seen_once_are_left_out_and_words_are_not() -> None:
    rows = [
        {"word:a": 1.0, "with:a+b": 0.4, "then:a+b": 0.5},
        {"word:a": 1.0, "with:a+c": 0.4},
        {"word:a": 1.0, "with:a+c": 0.4, "word:once": 1.0},
    ]
    assert set(fit(rows, [0, 1, 1], 2).number) == {"word:a", "with:a+c", "word:once"}


def test_it_learns_the_same_every_time(weights: Weights) -> None:
    assert fit(ROWS, LABELS, 3) == weights


def test_more_classes_than_are_solved_for_at_once() -> None:
    count = 100
    rows = [{f"word:{number}": 1.0, "word:same": 1.0} for number in range(count) for _ in range(2)]
    told: list[float] = []
    weights = fit(rows, [number // 2 for number in range(2 * count)], count, told.append)
    for number in (0, 47, 48, 99):
        scores, _ = weights.score({f"word:{number}": 1.0}, count)
        assert max(range(count), key=scores.__getitem__) == number
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) == 3
