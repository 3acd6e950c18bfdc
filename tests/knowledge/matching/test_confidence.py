"""How sure the bot is: one fitted function of what speaks for a candidate, for a question and for a post."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.language.language_model import LanguageModel
from knowledge.language.utterance import Term
from knowledge.matching.confidence import (
    FITTED,
    WITH_MODEL,
    WORDS_ALONE,
    Fitted,
    Logistic,
    Scorer,
    Signals,
    load_fitted,
)
from knowledge.matching.trained import TrainedModel
from tests.knowledge.by_hand import ReadsAlways
from tests.knowledge.matching.test_ranking import MESSAGES, MODEL, WEATHER, model_of, terms

NOTHING = Signals(*[0.0] * len(Signals._fields))
READ = {name for name in Signals._fields if name.startswith("read")}
"""What only a language model tells."""

BY_SCORE: Fitted = {WORDS_ALONE: Logistic({"bias": -2.0, "score": 4.0})}
SCORER = Scorer(MODEL, BY_SCORE)
FINITE = st.floats(-1e9, 1e9)


# The fitted functions


@pytest.mark.parametrize(
    ("name", "signals"), [(WITH_MODEL, set(Signals._fields)), (WORDS_ALONE, {*Signals._fields} - READ)]
)
def test_the_file_has_a_function_for_either_case_of_the_signals_that_are_there(name: str, signals: set[str]) -> None:
    kept = json.loads(FITTED.read_text(encoding="utf-8"))["weights"]
    assert kept.keys() == {WITH_MODEL, WORDS_ALONE}
    assert kept[name].keys() == {*signals, "bias"}
    assert all(math.isfinite(weight) for weight in kept[name].values())


def test_the_functions_of_a_file(tmp_path: Path) -> None:
    weights = {WITH_MODEL: {"bias": 0.0, "read": 1.0}, WORDS_ALONE: {"bias": 1.0}}
    (tmp_path / "fitted.json").write_text(json.dumps({"fitted_on": "these", "weights": weights}), encoding="utf-8")
    found = load_fitted(tmp_path / "fitted.json")
    assert found[WITH_MODEL].chance(NOTHING._replace(read=2.0)) == pytest.approx(1 / (1 + math.exp(-2.0)))
    assert found[WORDS_ALONE].chance(NOTHING._replace(read=2.0)) == pytest.approx(1 / (1 + math.exp(-1.0)))


def test_an_unknown_signal_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no signal scent, sound"):
        Logistic({"bias": 0.0, "ahead": 1.0, "sound": 1.0, "scent": 2.0})


@given(st.tuples(*[FINITE] * len(Signals._fields)))
def test_a_chance_is_one_whatever_the_signals(values: tuple[float, ...]) -> None:
    function = Logistic({"bias": -1.0, **dict.fromkeys(Signals._fields, 2.5)})
    assert 0.0 <= function.chance(Signals(*values)) <= 1.0


@given(low=st.floats(-5, 5), more=st.floats(0, 5), weight=st.floats(0.1, 3))
def test_more_of_what_speaks_for_it_makes_it_likelier(low: float, more: float, weight: float) -> None:
    less, greater = (NOTHING._replace(ahead=value) for value in (low, low + more))
    speaks_for = Logistic({"bias": -0.5, "ahead": weight})
    speaks_against = Logistic({"bias": -0.5, "ahead": -weight})
    assert speaks_for.chance(less) <= speaks_for.chance(greater)
    assert speaks_against.chance(less) >= speaks_against.chance(greater)


def test_a_chance_is_the_logistic_function_of_the_sum() -> None:
    logistic = Logistic({"bias": -1.0, "ahead": 2.0, "similarity": 0.5})
    signals = NOTHING._replace(ahead=1.0, similarity=3.0, score=9.0)
    assert logistic.chance(signals) == pytest.approx(1 / (1 + math.exp(-2.5)))
    assert logistic.chance(NOTHING) == pytest.approx(1 / (1 + math.e))


# A question


def test_the_likeliest_candidate_comes_first() -> None:
    scored = SCORER.score(terms("price of it"), "price of it")
    assert scored.candidates[0].name == "cost"
    chances = [each.chance for each in scored.candidates]
    assert chances == sorted(chances, reverse=True)
    assert scored.chance == chances[0]
    assert [each.name for each in scored.candidates] == [each.name for each in scored.ranking.entries]


def test_the_chance_decides_and_not_the_ranking() -> None:
    contrary = Scorer(MODEL, {WORDS_ALONE: Logistic({"bias": 0.0, "score": -1.0})})
    scored = contrary.score(terms("price of it"), "price of it")
    assert scored.ranking.entries[0].name == "cost"
    assert scored.candidates[-1].name == "cost"
    assert scored.chance == scored.candidates[0].chance > 0.4


def test_where_there_is_no_word_there_is_no_candidate() -> None:
    scored = SCORER.score([], "🙂")
    assert scored.candidates == []
    assert scored.chance == 0.0


@pytest.mark.parametrize(("model", "bias"), [(None, -1.0), (ReadsAlways({"cost": 0.9, "pain": 0.1}), 1.0)])
def test_each_case_has_a_function_of_its_own(model: LanguageModel | None, bias: float) -> None:
    fitted = {WORDS_ALONE: Logistic({"bias": -1.0}), WITH_MODEL: Logistic({"bias": 1.0})}
    scored = Scorer(MODEL, fitted, model).score(terms("what cost"), "what cost")
    assert scored.chance == pytest.approx(1 / (1 + math.exp(-bias)))


def signals_of(
    words: list[Term],
    name: str = "cost",
    *,
    model: TrainedModel = MODEL,
    language_model: LanguageModel | None = None,
) -> Signals:
    unfitted = {case: Logistic({"bias": 0.0}) for case in (WORDS_ALONE, WITH_MODEL)}
    scorer = Scorer(model, unfitted, language_model)
    ranking = scorer.ranker.rank(words, " ".join(term.typed for term in words))
    return next(signals for candidate, signals in scorer.measure(ranking) if candidate.name == name)


def test_signals_of_what_was_asked_and_what_was_not() -> None:
    ours, not_ours = signals_of(terms("what cost")), signals_of([*terms("what cost"), Term("zebra", "zebra")])
    assert ours.unexplained == 0.0
    assert ours.similarity == 1.0
    assert not_ours.unexplained == 2.0
    assert not_ours.like_entry < ours.like_entry
    assert not_ours.similarity < 1.0


def test_fillers_leave_nothing_unexplained() -> None:
    assert signals_of([*terms("what cost"), Term("um", "um", filler=True)]).unexplained == 0.0


def test_the_commoner_a_strange_word_the_less_it_matters() -> None:
    found = [signals_of([*terms("cost"), Term("z", "z", commonness=step)]).unexplained for step in range(2, 8)]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == len(found)
    many = [Term(f"z{number}", f"z{number}") for number in range(9)]
    assert signals_of([*terms("cost"), *many]).unexplained == 8.0


def test_a_word_that_means_what_the_entry_is_asked_for_is_not_strange() -> None:
    fee = Term("fee", "fee", concepts=("price",))
    asked_for = model_of(MESSAGES)
    asked_for.concepts["cost"] |= {"price"}  # type: ignore[index]
    assert signals_of([*terms("cost"), fee]).unexplained == 2.0
    assert signals_of([*terms("cost"), fee], model=asked_for).unexplained == 0.0


def test_how_much_the_words_are_those_of_our_subject() -> None:
    one, two = signals_of(terms("zebra")), signals_of(terms("zebra zebra"))
    assert two.unlike_english == pytest.approx(2 * one.unlike_english)
    assert two.unlike_english_by_word == pytest.approx(one.unlike_english_by_word)
    assert one.unlike_english * 10 == pytest.approx(one.unlike_english_by_word)


def test_how_far_a_candidate_is_ahead() -> None:
    ranking = SCORER.ranker.rank(terms("price of it"), "price of it")
    (first, of_first), (second, of_second), *_ = SCORER.measure(ranking)
    assert of_first.score == first.score
    assert of_first.ahead == pytest.approx(first.score - second.score)
    assert of_second.ahead == pytest.approx(second.score - first.score)
    assert ranking.out_of_scope
    assert of_first.ahead_of_out_of_scope == pytest.approx(first.score - ranking.out_of_scope.score)
    assert of_first.similarity_out_of_scope == ranking.out_of_scope.similarity > 0.0


def test_without_a_rival_out_of_scope_nothing_is_like_it() -> None:
    alone = model_of({"cost": MESSAGES["cost"], "pain": MESSAGES["pain"]})
    signals = signals_of(terms("what cost"), model=alone)
    assert signals.similarity_out_of_scope == 0.0
    assert signals.ahead_of_out_of_scope == pytest.approx(signals.score + 1.0)


def test_without_a_language_model_nothing_is_read() -> None:
    assert {getattr(signals_of(terms("what cost")), name) for name in READ} == {0.0}


def test_signals_of_what_is_read() -> None:
    model = ReadsAlways({"cost": 0.3, "pain": 0.2, "often": 0.1, WEATHER: 0.25, "triage:ordinary": 0.15})
    cost, pain = (signals_of(terms("what"), name, language_model=model) for name in ("cost", "pain"))
    assert cost.read == pytest.approx(0.0, abs=0.01)  # half of what is read of all entries
    assert pain.read == pytest.approx(math.log((1 / 3) / (2 / 3)), abs=0.01)
    assert cost.read_ours == pain.read_ours == pytest.approx(math.log(0.6), abs=0.01)
    assert cost.read_out_of_scope == pytest.approx(math.log(0.25), abs=0.01)
    assert cost.read_elsewhere == pytest.approx(math.log(0.15), abs=0.01)


def test_what_is_not_read_at_all_is_no_infinity() -> None:
    signals = signals_of(terms("what cost"), language_model=ReadsAlways({"cost": 0.0, "triage:ordinary": 1.0}))
    assert all(math.isfinite(value) for value in signals)


# A post
