"""The curve draws phrasings in the same way each time; the ablation finds the signals that carry something."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from evaluation.calibrate import Example

from evaluation.ablation import log_loss, needed, without_parts, without_signals
from evaluation.curve import SHOWN, learn, measure, points, ranked_first, thinned
from evaluation.sets import MessageSet, OutOfScope, Question
from knowledge.loading.load import load
from knowledge.model import Knowledge
from tests.knowledge import small


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    folder: Path = tmp_path_factory.mktemp("few")
    return load(small.write(folder), cache=None)


def asked(*rows: Question) -> MessageSet:
    return MessageSet("dev", rows, (), (), (), (), (), ())


def test_phrasings_are_drawn_by_seed_and_the_question_stays(few: Knowledge) -> None:
    drawn = thinned(few, 5, seed=1)
    assert drawn.entries == thinned(few, 5, seed=1).entries
    assert drawn.entries != thinned(few, 5, seed=2).entries
    for name, entry in few.entries.items():
        assert len(drawn.entries[name].asked) == 5
        assert drawn.entries[name].question == entry.question
        assert set(drawn.entries[name].phrasings) < set(entry.phrasings)
    assert thinned(few, None, seed=1).entries == few.entries
    assert thinned(few, 1000, seed=1).entries == few.entries


def test_each_size_is_drawn_with_every_seed_and_all_phrasings_once() -> None:
    assert list(points((15, None), (1, 2))) == [(15, 1), (15, 2), (None, 1)]


def test_first_places_are_counted_however_sure_the_bot_is(few: Knowledge) -> None:
    row = Question("what is the price", ("cost",), "mia")
    assert ranked_first(learn(few), asked(row, Question("what is the price", ("how-often",), "mia"))).value == 0.5


def test_a_point_of_the_curve_is_learnt_from_few_phrasings(few: Knowledge) -> None:
    outside = (OutOfScope("what is a triptan", "near-domain", (), "mia"), OutOfScope("a pizza", "far", (), "mia"))
    messages = replace(asked(Question("what is the price", ("cost",), "mia")), out_of_scope=outside)
    point = measure(few, [messages], 3, seed=1)
    assert point["phrasings"] == 3 * len(few.entries)
    assert set(point["dev"]) == {"ranked_first", *SHOWN}


def test_a_signal_that_tells_is_missed_and_noise_is_not() -> None:
    chance = np.random.default_rng(1)
    tells, noise = chance.normal(size=400), chance.normal(size=400)
    holds = tells + 0.3 * chance.normal(size=400) > 0
    examples = [
        Example(number, True, {"tells": float(tells[number]), "noise": float(noise[number])}, bool(holds[number]))
        for number in range(400)
    ]
    found = without_signals(examples, ["tells", "noise"])
    assert found["without"]["tells"] > found["all"] + 0.2
    assert found["without"]["noise"] == pytest.approx(found["all"], abs=0.01)
    assert found["leaving"][0][0] == "noise"
    assert needed(found, ["tells", "noise"])[0] == ["tells"]


def test_no_example_is_judged_by_weights_that_it_helped_to_fit() -> None:
    """With a signal of its own for each example, weights fitted on all would know every answer by heart."""
    holds = np.array([0.0, 1.0] * 20)
    features = np.hstack([np.eye(40), np.ones((40, 1))])
    assert log_loss(features, holds, np.array([number % 10 for number in range(40)], dtype=np.float64)) > 0.6


def test_every_part_of_the_ranking_is_left_out_once(few: Knowledge) -> None:
    rows = without_parts(few, [asked(Question("what is the price", ("cost",), "mia"))])
    assert [row["without"] for row in rows][:2] == ["", "likeness to the nearest phrasing (RapidFuzz)"]
    assert len(rows) == 8
    assert rows[0]["dev"] == {"hits": 1, "of": 1}
    assert learn(few).matcher.rank(learn(few).matcher.lexicon.read("what is the price")).features["means:price"] == 1.0
