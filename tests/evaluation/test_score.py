"""How replies are scored: intervals as published, and what counts as a miss."""

from __future__ import annotations

import json
from copy import copy
from dataclasses import replace

import pytest

from evaluation.score import FIGURES, Share, judge, main, shares, wilson
from evaluation.sets import Calm, Chatter, MessageSet, OutOfScope, Post, Question, Urgent
from knowledge.answering import Answerer

OFTEN = "how often is botox for migraine repeated?"
ASKED = "how-often"


def messages(**kinds: tuple[object, ...]) -> MessageSet:
    names = ("questions", "out_of_scope", "out_of_scope_posts", "posts", "chatter", "urgent", "calm")
    return MessageSet("dev", **{name: kinds.get(name, ()) for name in names})  # type: ignore[arg-type]


def counted(answerer: Answerer, **kinds: tuple[object, ...]) -> dict[str, tuple[int, int]]:
    return {name: (share.hits, share.of) for name, share in shares(judge(answerer, messages(**kinds))).items()}


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (81, 263, 0.255, 0.366), (0, 0, 0.0, 1.0)],
)
def test_intervals_are_those_of_wilson(hits: int, of: int, low: float, high: float) -> None:
    """The third is the worked example of Newcombe (1998), table I."""
    assert wilson(hits, of) == pytest.approx((low, high), abs=0.0005)
    assert Share(hits, of).interval == wilson(hits, of)


def test_a_question_counts_as_right_wrong_or_offered(answerer: Answerer) -> None:
    found = counted(answerer, questions=(Question(OFTEN, (ASKED,), "mia"), Question(OFTEN, ("cost",), "mia")))
    assert found["right_first"] == (1, 2)
    assert found["wrong_with_confidence"] == (1, 2)
    assert found["questions_unknown"] == found["questions_alarmed"] == (0, 2)


def test_a_guess_is_right_if_it_is_right_and_never_a_confident_error(answerer: Answerer) -> None:
    guessing = copy(answerer)
    guessing.policy = replace(answerer.policy, answer=1.01, of_post=1.01)
    found = counted(
        guessing,
        questions=(Question(OFTEN, (ASKED,), "mia"), Question(OFTEN, ("cost",), "mia")),
        out_of_scope=(OutOfScope(OFTEN, "near-domain", (), "mia"), OutOfScope(OFTEN, "far", (), "mia")),
        posts=(Post(OFTEN, (ASKED,), (), "mia"),),
    )
    assert found["right_first"] == (1, 2)
    assert found["wrong_with_confidence"] == (0, 2)
    assert found["near_guessed"] == found["far_guessed"] == (1, 1)
    assert found["near_answered"] == found["far_answered"] == (0, 1)
    assert found["posts_helped"] == (1, 1)
    assert "posts_wrong_among_given" not in found


def test_an_answer_out_of_scope_is_no_fault_where_its_entry_is_accepted(answerer: Answerer) -> None:
    rows = (OutOfScope(OFTEN, "near-domain", (ASKED,), "mia"), OutOfScope(OFTEN, "far", (), "mia"))
    found = counted(answerer, out_of_scope=rows)
    assert found["near_answered"] == (0, 1)
    assert found["far_answered"] == (1, 1)
    assert counted(answerer, out_of_scope_posts=rows)["far_posts_answered"] == (1, 1)


def test_of_a_post_each_entry_given_is_counted(answerer: Answerer) -> None:
    found = counted(answerer, posts=(Post(OFTEN, (ASKED,), (), "mia"), Post(OFTEN, ("cost",), ("cost",), "mia")))
    assert found["posts_helped"] == (1, 2)
    assert found["posts_wrong_among_given"] == (1, 2)


def test_chatter_is_judged_as_a_group_hears_it(answerer: Answerer) -> None:
    found = counted(answerer, chatter=(Chatter("thanks all", "mia"), Chatter(OFTEN, "mia")))
    assert found["chatter_not_silent"] == (1, 2)


def test_alarms_are_counted_by_tier_and_where_there_should_be_none(answerer: Answerer) -> None:
    alarming, harmless = "I can't breathe since the injections", "thank you"
    found = counted(
        answerer,
        urgent=(
            Urgent(alarming, "EMERGENCY", "breathing_difficulty", "mia"),
            Urgent(harmless, "EMERGENCY", "seizure_collapse", "mia"),
            Urgent(alarming, "CRISIS", "self_harm", "mia"),
        ),
        calm=(Calm(alarming, "not-urgent", False, "mia"), Calm(harmless, "info-with-safety-note", True, "mia")),
    )
    assert found["EMERGENCY_caught"] == (1, 2)
    assert found["CRISIS_caught"] == (1, 1)
    assert found["CRISIS_in_its_tier"] == (0, 1)
    assert found["calm_alarmed"] == (1, 1)
    assert found["danger_alarmed"] == (0, 1)


def test_a_miss_is_what_lowers_a_figure_or_raises_a_bad_one(answerer: Answerer) -> None:
    verdicts = judge(answerer, messages(questions=(Question(OFTEN, ("cost",), "mia"),)))
    missed = {verdict.figure for verdict in verdicts if verdict.is_miss}
    assert missed == {"right_first", "offered", "wrong_with_confidence"}


def test_held_out_misses_are_not_listed_by_accident(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--misses", "3"])
    assert "--read-held-out" in capsys.readouterr().err


def test_the_figures_of_dev_are_printed_for_people_and_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--set", "dev", "--json", "--by-voice"])
    data = json.loads(capsys.readouterr().out)
    assert set(data["figures"]) <= set(FIGURES)
    assert {"german", "student", "house", "house-2", "kyle", "oksana", "hugo", "tee", "colin"} == set(data["voices"])
    parts = [data["voices"][voice]["right_first"] for voice in ("german", "student")]
    assert sum(part["of"] for part in parts) == data["figures"]["right_first"]["of"]
    main(["--set", "dev", "--misses", "1"])
    shown = capsys.readouterr().out
    assert "right_first" in shown
    assert "wanted" in shown
