"""What takes the urgency of a sign away, circumstance by circumstance, and what looks like it and does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest

from knowledge.answering import Answerer
from knowledge.language.phrases import lists_in
from knowledge.triage.context import REQUIRED
from knowledge.triage.rules import Found

Look = Callable[[str], Found]

CALM: Mapping[str, Sequence[str]] = {
    "denied": [
        "I have no trouble breathing",
        "no trouble swallowing at all",
        "I'm not having trouble breathing",
        "never had trouble swallowing",
        "without any trouble breathing",
        "no signs of a stroke",
        "I don't want to die",
        "no chest pain, no trouble breathing, all good",
    ],
    "asked about": [
        "can it cause trouble breathing",
        "does botox make it hard to swallow",
        "what are the signs of a stroke",
        "how common is trouble swallowing",
        "is there a risk of a severe allergic reaction",
        "has anyone had trouble swallowing afterwards?",
        "could my throat close after botox?",
    ],
    "supposed": [
        "if I have trouble breathing what do I do",
        "what if my throat closes up",
        "call 999 if you have trouble breathing",
        "in case I can't swallow after it, who do I call",
    ],
    "feared": [
        "I'm scared of not being able to swallow",
        "worried about trouble breathing after the injections",
        "terrified of a stroke",
    ],
    "told of others": [
        "I read that it can make it hard to swallow",
        "the leaflet says trouble breathing can happen",
        "my friend said that her cousin couldn't swallow",
        "people say you can't swallow afterwards",
    ],
    "over": [
        "I had trouble swallowing last round but it went away",
        "years ago I had trouble breathing",
        "two years ago I had trouble swallowing",
        "last year I couldn't swallow for a week, it passed",
    ],
    "in general": [
        "patients can't swallow properly after too much toxin",
        "some people have trouble breathing",
    ],
}

URGENT: Mapping[str, Sequence[str]] = {
    "denied": [
        "no fever, but I can't breathe",
        "not sure what is going on, I can't swallow",
        "I can't swallow, no pain though",
        "no idea why but I have trouble breathing",
        "not only does it hurt, I can't breathe",
        "no, I can't swallow",
    ],
    "asked about": [
        "is it normal that I can't swallow",
        "what do I do, I can't breathe",
        "I have trouble breathing, is it normal?",
        "should I go to the hospital? my throat is closing",
        "why can't I swallow since yesterday",
    ],
    "supposed": [
        "if anyone is here, I can't breathe",
        "I can't swallow, if that matters",
        "I don't know if it matters but my throat is closing",
    ],
    "feared": ["I'm scared, I can't swallow", "worried, because since today I have trouble breathing"],
    "told of others": [
        "my doctor said call 111 but I can't breathe",
        "my wife can't swallow",
        "my daughter is having trouble breathing",
        "I read the leaflet and now I have trouble breathing",
    ],
    "over": [
        "I had it last year and now I can't swallow again",
        "I still have trouble swallowing",
        "it went away and came back, I can't breathe now",
    ],
    "in general": ["people, I can't breathe", "unlike other patients I can't swallow"],
}


@pytest.fixture(scope="module")
def look(answerer: Answerer) -> Look:
    return lambda text: answerer.triage.floor.look_at(answerer.read(text))


@pytest.mark.parametrize(("why", "text"), [(why, text) for why, texts in CALM.items() for text in texts])
def test_urgency_is_taken_away(look: Look, why: str, text: str) -> None:
    triaged = look(text)
    assert triaged.urgent is None
    assert triaged.mentions_sign, "a sign that is not urgent still wants the note"


@pytest.mark.parametrize(("why", "text"), [(why, text) for why, texts in URGENT.items() for text in texts])
def test_urgency_stays(look: Look, why: str, text: str) -> None:
    assert look(text).urgent


def test_every_circumstance_is_tried_on_both_sides() -> None:
    assert CALM.keys() == URGENT.keys()


def test_the_editors_lists_are_those_that_the_code_or_another_list_names(answerer: Answerer) -> None:
    """One that nothing names would change nothing, whatever an editor writes there."""
    words = answerer.knowledge.red_flags.words
    inside = {name for phrases in (*words.circumstances.values(), *words.lists.values()) for name in _named(phrases)}
    assert words.circumstances.keys() >= REQUIRED
    assert words.circumstances.keys() - REQUIRED <= inside


def _named(phrases: Sequence[str]) -> set[str]:
    return {name for phrase in phrases for name in lists_in(phrase)}
