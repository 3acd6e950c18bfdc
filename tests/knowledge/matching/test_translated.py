"""A message in another language beside the questions that translators wrote."""

from __future__ import annotations

import pytest

from knowledge.matching.translated import TranslatedQuestions
from knowledge.model import TranslatedQuestion, Translation

QUESTIONS = TranslatedQuestions(
    Translation(
        "es",
        "Spanish",
        {},
        {
            "cost": TranslatedQuestion("¿Cuánto cuesta?", ("precio del botox", "sale caro")),
            "does-it-hurt": TranslatedQuestion("¿Duele?", ("me da miedo el dolor de las agujas",)),
            "how-often": TranslatedQuestion("¿Cada cuánto se pone?", ("cada cuántas semanas",)),
        },
    )
)


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("cuanto cuesta", "cost"),
        ("CUÁNTO CUESTA???", "cost"),
        ("botox precios", "cost"),
        ("duelen las agujas", "does-it-hurt"),
        ("cada cuantos meses", "how-often"),
    ],
)
def test_the_likest_question_comes_first(text: str, entry: str) -> None:
    found = QUESTIONS.find(text)
    assert found[0].name == entry
    assert found == sorted(found, key=lambda each: -each.chance)
    assert all(0 < each.chance <= 1 for each in found)


def test_what_shares_nothing_is_like_none() -> None:
    assert QUESTIONS.find("xyz") == QUESTIONS.find("") == QUESTIONS.find("🙏") == []
    assert TranslatedQuestions(Translation("es", "Spanish", {}, {})).find("cuanto cuesta") == []
