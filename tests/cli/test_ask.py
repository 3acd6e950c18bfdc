"""The JSON of `ask`, which is a contract, and the explanation."""

from __future__ import annotations

import json
import re

import pytest

from cli.ask import to_json_line, to_text
from cli.explain import explain
from knowledge.answering import Answerer

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
        ("doctor botox", "suggestions"),
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


def test_the_text_and_the_line_say_the_same(answerer: Answerer) -> None:
    message = "does it hurt"
    assert (
        to_text(message, answerer, overheard=False).strip()
        == json.loads(to_json_line(message, answerer, overheard=False))["text"]
    )


def test_silence(answerer: Answerer) -> None:
    found = json.loads(to_json_line("good morning all", answerer, overheard=True))
    assert (found["kind"], found["entries"], found["text"]) == ("silent", [], "")
    assert to_text("good morning all", answerer, overheard=True).strip() == "(silent)"


def test_the_explanation_names_words_candidates_and_thresholds(answerer: Answerer) -> None:
    said = explain("how offen do i need the injektions", answerer)
    assert "offen" in said
    assert "typing error mended" in said
    assert "how-often" in said.split("Candidates:")[1].split("\n")[1]
    assert "not ours: " in said
    assert "Answered from" in said


def test_the_explanation_of_a_post_goes_sentence_by_sentence(answerer: Answerer) -> None:
    story = "I have had migraine for years and my doctor now wants to try botox on me in the spring."
    said = explain(f"{story} How much does botox cost? And does it hurt?", answerer)
    assert said.count("Candidates:") == 3
    assert "cost" in said
    assert "does-it-hurt" in said
    whole = re.search(r"The whole is in scope with a chance of (\d\.\d\d) \(needed: ([\d.]+)\)", said)
    assert whole
    assert float(whole[1]) >= float(whole[2]) == answerer.thresholds.post_in_scope


def test_an_empty_message_has_an_explanation_too(answerer: Answerer) -> None:
    assert "Answered from" in explain("🙂", answerer)
