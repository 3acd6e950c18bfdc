import math

import pytest

from evaluation.metrics import (
    Asked,
    Case,
    Choice,
    Kind,
    best_threshold,
    cases,
    chosen,
    figures,
    figures_of_replies,
    percentile,
    wrong_when_answered,
)


def question(*accept: str, kind: Kind = "ours") -> Asked:
    return Asked("how?", frozenset(accept), kind)


def case(right: bool, score: float, kind: Kind = "ours") -> Case:
    return Case(question("a", kind=kind), ["a" if right else "b"], score)


def test_the_threshold_lies_between_the_last_case_worth_answering_and_the_next() -> None:
    given = [case(True, 0.9), case(True, 0.7), case(False, 0.5), case(True, 0.3)]
    threshold, value = best_threshold(given)
    assert threshold == pytest.approx(0.6)
    assert value == 2


def test_equal_scores_are_answered_together_or_not_at_all() -> None:
    assert best_threshold([case(True, 0.5), case(False, 0.5)]) == (math.inf, 0)
    threshold, value = best_threshold([case(True, 0.5), case(True, 0.5), case(True, 0.5), case(False, 0.5)])
    assert threshold < 0.5
    assert value == 1


def test_nothing_is_answered_where_answering_only_costs() -> None:
    assert best_threshold([case(False, 0.9), case(True, 0.1)]) == (math.inf, 0)
    assert best_threshold([]) == (math.inf, 0)


def test_an_answer_out_of_scope_costs_unless_it_is_no_fault() -> None:
    assert best_threshold([case(True, 0.9), case(False, 0.5, "far")])[1] == 1
    assert case(True, 0.5, "near-domain").value == 0
    assert case(False, 0.5, "near-domain").value < 0


def test_another_subject_in_first_place_silences_a_refusing_method_only() -> None:
    ranked = [[("out-of-scope:hair", 0.9), ("a", 0.8)]]
    assert cases([question("a")], ranked, refusing=False)[0].score == 0.8
    refused = cases([question("a")], ranked, refusing=True)[0]
    assert refused.score == -math.inf
    assert refused.offered == ["a"]


def test_refusing_is_chosen_where_it_helps() -> None:
    questions = [question("a"), question("a"), question("a"), question(kind="far")]
    ranked = [[("a", 0.5)], [("a", 0.5)], [("a", 0.5)], [("out-of-scope:hair", 0.9), ("a", 0.8)]]
    assert chosen(questions, ranked).refusing
    assert not chosen(questions[:3], ranked[:3]).refusing


def test_figures_count_places_answers_and_false_answers() -> None:
    questions = [
        question("a"),
        question("b"),
        question("d"),
        question("x"),
        question(kind="near-domain"),
        question(kind="far"),
    ]
    ranked = [
        [("a", 0.9)],
        [("a", 0.8), ("c", 0.2), ("b", 0.1)],
        [("a", 0.3), ("b", 0.2), ("c", 0.1), ("d", 0.05)],
        [],
        [("a", 0.6)],
        [("a", 0.1)],
    ]
    found = figures(questions, ranked, Choice(0.5, refusing=False))
    assert (found.right_first, found.right_in_three, found.right_in_four) == (0.25, 0.5, 0.75)
    assert (found.answered_rightly, found.wrong_with_confidence) == (0.25, 0.25)
    assert (found.false_near, found.false_far) == (1.0, 0.0)


def test_out_of_scope_is_measured_where_four_in_five_of_ours_are_answered() -> None:
    outside = [question(kind="near-domain"), question(kind="near-domain"), question(kind="far")]
    questions = [*([question("a")] * 5), *outside]
    scores = [0.9, 0.8, 0.7, 0.6, 0.2, 0.65, 0.3, 0.6]
    found = figures(questions, [[("a", score)] for score in scores], Choice(0.95, refusing=False))
    assert (found.wrong_at_80, found.near_at_80, found.far_at_80) == (0.0, 0.5, 1.0)
    assert (found.answered_rightly, found.false_near, found.false_far) == (0.0, 0.0, 0.0)


def test_a_threshold_does_not_hang_on_how_many_messages_are_out_of_scope() -> None:
    ours = [case(True, 0.9), case(True, 0.5), case(True, 0.5), case(True, 0.5)]
    for count in (1, 10, 100):
        assert best_threshold([*ours, *[case(False, 0.7, "far")] * count])[0] < 0.5
        assert best_threshold([*ours[:2], *[case(False, 0.7, "far")] * count])[0] > 0.7


def test_replies_count_as_they_are_shown() -> None:
    questions = [question("a"), question("b"), question(kind="near-domain")]
    found = figures_of_replies(questions, [(["a"], True), (["c", "b"], False), (["a"], True)])
    assert (found.answered_rightly, found.wrong_with_confidence, found.false_near) == (0.5, 0.0, 1.0)
    assert (found.right_first, found.right_in_four) == (0.5, 1.0)
    assert found.wrong_at_80 is None


def test_wrong_ones_are_counted_among_the_surest() -> None:
    given = [case(True, 0.9), case(True, 0.8), case(True, 0.7), case(False, 0.6), case(False, 0.1)]
    assert wrong_when_answered(given, 0.8) == 0.25
    assert wrong_when_answered([case(True, 0.5), case(False, 0.5)], 0.5) == 0.5
    assert wrong_when_answered([], 0.8) == 0.0


def test_a_percentile_is_one_of_the_values() -> None:
    values = list(range(1, 101))
    assert (percentile(values, 0.5), percentile(values, 0.99), percentile(values, 1)) == (50, 99, 100)
    assert percentile([7], 0.01) == 7
