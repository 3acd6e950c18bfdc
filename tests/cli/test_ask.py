"""The JSON of `ask`, which is a contract, and the explanation."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cli.ask import to_json_line, to_text
from cli.explain import explain
from knowledge.answering import Answerer
from tests.knowledge.by_hand import scoring

KEYS = [
    "kind",
    "entries",
    "offered",
    "score",
    "tier",
    "flag",
    "sources",
    "safety_note",
    "help",
    "text",
    "micros",
]


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("how often is botox for migraine repeated", "answer"),
        ("asdkjh qwlekj", "unknown"),
        ("How much does botox cost? Does botox hurt?", "answer"),
        ("", "unknown"),
    ],
)
def test_a_line_has_the_keys_of_the_contract(answerer: Answerer, message: str, kind: str) -> None:
    line = to_json_line(message, answerer, overheard=False)
    assert "\n" not in line
    found = json.loads(line)
    assert list(found) == KEYS
    assert found["kind"] == kind
    assert 0 <= found["score"] <= 1
    assert found["micros"] > 0
    assert all(entry in answerer.knowledge.entries for entry in found["entries"])
    assert all(source in answerer.knowledge.sources for source in found["sources"])
    assert bool(found["sources"]) == (kind == "answer")


def described(message: str, answerer: Answerer) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(to_json_line(message, answerer, overheard=False))
    return found


def test_a_guess_is_told_as_one(answerer: Answerer) -> None:
    guessing = scoring(answerer, {"cost": 0.3, "how-often": 0.2})
    cost, how_often = (answerer.knowledge.entries[name] for name in ("cost", "how-often"))
    found = described("anything", guessing)
    assert (found["kind"], found["entries"], found["offered"]) == ("closest", ["cost"], ["how-often"])
    assert found["score"] == 0.3
    assert found["text"].startswith(f"Closest I have: {cost.question}\n")
    assert found["sources"]
    text = to_text("anything", guessing, overheard=False)
    assert text == f"{found['text']}\n• {how_often.question}\n"


def test_suggestions_are_told_by_their_entries(answerer: Answerer) -> None:
    found = described("anything", scoring(answerer, {"cost": 0.1, "how-often": 0.05}))
    assert (found["kind"], found["entries"], found["offered"]) == ("suggestions", ["cost", "how-often"], [])


def test_what_people_ask_next_is_offered_beside_news(answerer: Answerer) -> None:
    found = described("had my third round today", answerer)
    nearest = answerer.knowledge.out_of_scope["not-a-question-about-botox"].nearest
    assert (found["kind"], found["entries"], found["offered"]) == ("unknown", [], list(nearest))


def test_the_question_beside_what_is_urgent_is_offered(answerer: Answerer) -> None:
    asked = scoring(answerer, {"how-often": 0.9})
    found = described("I've come out in hives since the injection. How often is it repeated?", asked)
    assert (found["kind"], found["tier"], found["entries"], found["offered"]) == ("urgent", "PROMPT", [], ["how-often"])
    assert described("I've come out in hives since the injection.", scoring(answerer, {}))["offered"] == []


def test_the_text_and_the_line_say_the_same(answerer: Answerer) -> None:
    message = "does it hurt"
    assert (
        to_text(message, answerer, overheard=False).strip()
        == json.loads(to_json_line(message, answerer, overheard=False))["text"]
    )


def test_overheard_the_answer_is_that_of_a_group(answerer: Answerer) -> None:
    question = "how often is botox for migraine repeated"
    found = json.loads(to_json_line(question, answerer, overheard=True))
    assert found["entries"] == ["how-often"]
    assert len(found["text"]) <= 400
    assert "\nFrom: " in found["text"]
    assert to_text(question, answerer, overheard=True) == f"{found['text']}\n"
    assert len(json.loads(to_json_line(question, answerer, overheard=False))["text"]) > 1000


def test_silence(answerer: Answerer) -> None:
    found = json.loads(to_json_line("good morning all", answerer, overheard=True))
    assert (found["kind"], found["entries"], found["text"]) == ("silent", [], "")
    assert to_text("good morning all", answerer, overheard=True).strip() == "(silent)"


def test_the_explanation_names_words_candidates_and_limits(answerer: Answerer) -> None:
    said = explain("how offen do i need the injektions", answerer)
    assert "offen" in said
    assert "typing error mended" in said
    assert "how-often" in said.split("Candidates:")[1].split("\n")[1]
    assert "not ours: " in said
    policy = answerer.policy
    assert said.splitlines()[-1] == (
        f"Answered from a chance of {policy.answer}, alone from {policy.sure}; shown as a guess from {policy.closest}; "
        f"suggested from {policy.suggest}."
    )


def test_the_explanation_of_a_post_names_its_own_limit(answerer: Answerer) -> None:
    story = "I have had migraine for years and my doctor now wants to try botox on me in the spring."
    said = explain(f"{story} How much does botox cost? And does it hurt?", answerer)
    assert said.count("Candidates:") == 1
    policy = answerer.policy
    assert f"from a chance of {policy.of_post}," in said
    assert f"as a guess from {policy.closest_of_post};" in said


def test_an_empty_message_has_an_explanation_too(answerer: Answerer) -> None:
    assert "Answered from" in explain("🙂", answerer)
