"""How sure the bot is: fitted functions of typed signals, for a question and for a post."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.language.utterance import Term
from knowledge.matching.confidence import (
    FITTED,
    PER_SENTENCE,
    Fitted,
    Logistic,
    PostIntentSignals,
    PostScopeSignals,
    Scored,
    Scorer,
    Signals,
    load_fitted,
    measure_candidates,
)
from tests.knowledge.matching.test_ranking import MESSAGES, model_of, terms

TYPES: Mapping[str, type[Signals | PostScopeSignals | PostIntentSignals]] = {
    "in_scope": Signals,
    "intent": Signals,
    "post_in_scope": PostScopeSignals,
    "post_intent": PostIntentSignals,
}
NOTHING = PostIntentSignals(*[0.0] * len(PostIntentSignals._fields))
SCORER = Scorer(model_of(MESSAGES), load_fitted())
FINITE = st.floats(-1e9, 1e9)


def kept() -> dict[str, dict[str, float]]:
    weights: dict[str, dict[str, float]] = json.loads(FITTED.read_text(encoding="utf-8"))["weights"]
    return weights


# The fitted functions


def test_the_file_has_a_function_for_each_field_and_no_other() -> None:
    assert kept().keys() == set(Fitted._fields) == TYPES.keys()
    hints = get_type_hints(Fitted)
    assert all(hints[name].__args__ == (signals,) for name, signals in TYPES.items())


@pytest.mark.parametrize("name", TYPES)
def test_every_weight_in_the_file_is_that_of_a_signal(name: str) -> None:
    weights = kept()[name]
    assert weights.keys() - set(TYPES[name]._fields) == {"bias"}
    assert all(math.isfinite(weight) for weight in weights.values())


def test_an_unknown_signal_is_refused() -> None:
    with pytest.raises(ValueError, match="PostIntentSignals has no scent, sound"):
        Logistic(PostIntentSignals, {"bias": 0.0, "asks": 1.0, "sound": 1.0, "scent": 2.0})


def test_a_signal_of_another_function_is_unknown_too() -> None:
    with pytest.raises(ValueError, match="PostScopeSignals has no score"):
        Fitted.from_data({**kept(), "post_in_scope": {"bias": 0.0, "score": 1.0}})


@given(st.tuples(*[FINITE] * len(PostIntentSignals._fields)))
def test_a_chance_is_one_whatever_the_signals(values: tuple[float, ...]) -> None:
    assert 0.0 <= load_fitted().post_intent.chance(PostIntentSignals(*values)) <= 1.0


@given(low=st.floats(-5, 5), more=st.floats(0, 5), weight=st.floats(0.1, 3))
def test_more_of_what_speaks_for_it_makes_it_likelier(low: float, more: float, weight: float) -> None:
    less, greater = (NOTHING._replace(asks=value) for value in (low, low + more))
    speaks_for = Logistic(PostIntentSignals, {"bias": -0.5, "asks": weight})
    speaks_against = Logistic(PostIntentSignals, {"bias": -0.5, "asks": -weight})
    assert speaks_for.chance(less) <= speaks_for.chance(greater)
    assert speaks_against.chance(less) >= speaks_against.chance(greater)


def test_a_chance_is_the_logistic_function_of_the_sum() -> None:
    logistic = Logistic(PostIntentSignals, {"bias": -1.0, "asks": 2.0, "length": 0.5})
    signals = NOTHING._replace(asks=1.0, length=3.0, in_whole=9.0)
    assert logistic.chance(signals) == pytest.approx(1 / (1 + math.exp(-2.5)))
    assert logistic.chance(NOTHING) == pytest.approx(1 / (1 + math.e))


# A question


def test_the_likeliest_candidate_comes_first() -> None:
    scored = SCORER.score(terms("price of it"))
    assert scored.candidates[0].name == "cost"
    joint = [each.joint for each in scored.candidates]
    assert joint == sorted(joint, reverse=True)
    assert scored.score == joint[0] == pytest.approx(scored.candidates[0].in_scope * scored.candidates[0].intent)
    assert len(SCORER.score(terms("price of it"), 2).candidates) == 2


def test_where_there_is_no_word_there_is_no_candidate() -> None:
    scored = SCORER.score([])
    assert scored.candidates == []
    assert scored.score == 0.0


def signals_of(words: list[Term], name: str = "cost") -> Signals:
    ranking = SCORER.ranker.rank(words)
    return SCORER.measure(ranking, next(each for each in ranking.entries if each.name == name))


def test_signals_of_what_was_asked_and_what_was_not() -> None:
    ours, not_ours = signals_of(terms("what cost")), signals_of([*terms("what cost"), Term("zebra", "zebra")])
    assert ours.unexplained == 0.0
    assert ours.similarity == 1.0
    assert not_ours.unexplained == 2.0
    assert not_ours.like_entry < ours.like_entry
    assert ours.like_entry_by_word == pytest.approx(ours.like_entry * 10 / 2)


def test_fillers_explain_nothing_and_make_nothing_longer() -> None:
    plain, wordy = terms("what cost"), [*terms("what cost"), Term("um", "um", filler=True)]
    assert signals_of(wordy).unexplained == signals_of(plain).unexplained == 0.0
    assert signals_of(wordy).length == signals_of(plain).length == 0.2


def test_strange_words_of_another_subject_count_once_each() -> None:
    medicine = Term("topiramate", "topiramat", off_topic="medicine")
    assert signals_of([*terms("cost"), medicine, medicine]).off_topic == 1.0
    many = [Term(f"m{number}", f"m{number}", off_topic="medicine") for number in range(9)]
    assert signals_of([*terms("cost"), *many]).off_topic == 3.0
    assert signals_of([Term("cost", "cost", off_topic="medicine")]).off_topic == 0.0  # the entry's own word


def test_the_subject_by_its_names() -> None:
    assert signals_of(terms("cost")).botox == signals_of(terms("cost")).names_treatment == 0.0
    assert signals_of(terms("cost botox")).botox == 1.0
    assert signals_of([*terms("cost"), Term("jab", "injection", treatment=True)]).names_treatment == 1.0


def test_how_far_a_candidate_is_ahead() -> None:
    ranking = SCORER.ranker.rank(terms("price of it"))
    first, second = ranking.entries[:2]
    assert SCORER.measure(ranking, first).ahead == pytest.approx(first.score - second.score)
    assert SCORER.measure(ranking, second).ahead == pytest.approx(second.score - first.score)
    assert ranking.out_of_scope
    assert SCORER.measure(ranking, first).ahead_of_out_of_scope == pytest.approx(
        first.score - ranking.out_of_scope.score
    )


def test_without_a_rival_out_of_scope_nothing_is_like_it() -> None:
    alone = Scorer(model_of({"cost": MESSAGES["cost"], "pain": MESSAGES["pain"]}), load_fitted())
    ranking = alone.ranker.rank(terms("what cost"))
    signals = alone.measure(ranking, ranking.entries[0])
    assert signals.similarity_out_of_scope == 0.0
    assert signals.ahead_of_out_of_scope == pytest.approx(signals.score + 1.0)


# A post


def post(*sentences: tuple[str, bool]) -> tuple[Scored, list[Scored]]:
    return SCORER.score_post([(terms(text), asks) for text, asks in sentences])


def test_a_post_is_scored_as_a_whole_and_by_sentence() -> None:
    whole, sentences = post(("long story rain", False), ("", True), ("how much price", True))
    assert len(sentences) == 2  # the one without a word is left out
    assert [each.asks for each in (whole, *sentences)] == [True, False, True]
    assert [term.stem for term in whole.ranking.terms] == ["long", "story", "rain", "how", "much", "price"]
    assert all(len(each.candidates) <= PER_SENTENCE for each in sentences)


def test_what_a_post_asks_for_comes_from_its_sentences_and_from_the_whole() -> None:
    whole, sentences = post(("what cost", True), ("can i drive home", True))
    found = SCORER.find_asked(whole, sentences)
    assert {each.name for each in found[:2]} == {"cost", "driving"}
    assert [each.chance for each in found] == sorted((each.chance for each in found), reverse=True)
    assert len({each.name for each in found}) == len(found)
    assert all(0.0 <= each.chance <= 1.0 for each in found)
    assert 0.0 <= SCORER.post_in_scope(whole, sentences) <= 1.0


def test_signals_of_the_candidates_of_a_post() -> None:
    whole, sentences = post(("what cost", True), ("what cost today", False))
    found = [(name, signals) for name, signals in measure_candidates(whole, sentences) if name == "cost"]
    assert len(found) == 2
    first, second = (signals for _, signals in found)
    assert (first.asks, second.asks) == (1.0, 0.0)
    assert first.in_other_sentence == pytest.approx(sentences[1].candidates[0].joint)
    assert second.in_other_sentence == pytest.approx(sentences[0].candidates[0].joint)
    assert first.first_of_whole == first.in_whole == 1.0
    assert first.intent_of_whole == pytest.approx(whole.candidates[0].intent)
    assert min(first.behind_best, second.behind_best) == 0.0
    assert (first.length, second.length) == (0.2, 0.3)


def test_a_candidate_that_only_the_whole_brings_up_is_one_too() -> None:
    whole, _ = post(("what cost", True))
    [first, *_] = measure_candidates(whole, [])
    assert first[0] == "cost"
    assert first[1].in_whole == first[1].first_of_whole == 1.0
    assert first[1].asks == first[1].in_other_sentence == 0.0


def test_signals_of_whether_a_post_is_ours() -> None:
    whole, sentences = post(("what cost", True), ("rain today and sun", False))
    signals = SCORER.measure_post(whole, sentences)
    chances = [each.candidates[0].in_scope for each in sentences]
    assert signals.sentences == pytest.approx((2 * chances[0] + 4 * chances[1]) / 6)
