"""Ranking: the likeliest entries and the likeliest subject out of scope."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from knowledge.language.utterance import Term
from knowledge.matching.classifier import fit
from knowledge.matching.features import extract_features
from knowledge.matching.ranking import RANKED, Ranker
from knowledge.matching.trained import OUT_OF_SCOPE, TrainedModel

MESSAGES = {
    "cost": ["what cost", "price of it", "how expensive"],
    "pain": ["what hurt", "pain of needle", "is it sore"],
    "often": ["how often", "what interval", "every twelve weeks"],
    "driving": ["can i drive", "drive home", "take the car"],
    "wine": ["can i drink wine", "glass of wine", "beer"],
    OUT_OF_SCOPE + "weather": ["what rain", "sun today"],
    OUT_OF_SCOPE + "sport": ["who won the match", "goal"],
}


def terms(text: str) -> list[Term]:
    return [Term(word, word) for word in text.split()]


def model_of(messages: dict[str, list[str]]) -> TrainedModel:
    names = list(messages)
    rows = [(extract_features(terms(text)), names.index(name)) for name, texts in messages.items() for text in texts]
    return TrainedModel(
        weights=fit([row for row, _ in rows], [label for _, label in rows], len(names)),
        names=names,
        messages=messages,
        stems={name: dict.fromkeys(" ".join(texts).split(), 1) for name, texts in messages.items()},
        stems_of_ours={},
        stems_out_of_scope={},
        concepts={name: frozenset[str]() for name in names if not name.startswith(OUT_OF_SCOPE)},
    )


RANKER = Ranker(model_of(MESSAGES))


@pytest.mark.parametrize(
    ("text", "entry", "subject"),
    [
        ("price", "cost", None),
        ("drive the car", "driving", None),
        ("rain today", None, "weather"),
        ("who won", None, "sport"),
    ],
)
def test_the_best_of_ours_and_of_the_others(text: str, entry: str | None, subject: str | None) -> None:
    ranking = RANKER.rank(terms(text))
    assert ranking.out_of_scope
    if entry:
        assert ranking.entries[0].name == entry
        assert ranking.entries[0].score > ranking.out_of_scope.score
    else:
        assert ranking.out_of_scope.name == f"{OUT_OF_SCOPE}{subject}"
        assert ranking.out_of_scope.score > ranking.entries[0].score


def test_entries_are_ours_alone_and_the_likeliest_first() -> None:
    ranking = RANKER.rank(terms("what cost and can i drive"))
    assert len(ranking.entries) == RANKED
    assert not any(each.name.startswith(OUT_OF_SCOPE) for each in ranking.entries)
    scores = [each.score for each in ranking.entries]
    assert scores == sorted(scores, reverse=True)
    assert {each.name for each in ranking.entries[:2]} == {"cost", "driving"}


def test_likeness_to_the_nearest_message() -> None:
    found = {each.name: each.similarity for each in RANKER.rank(terms("price of it")).entries}
    assert found["cost"] == 1.0
    assert max(similarity for name, similarity in found.items() if name != "cost") < 0.7
    near = {each.name: each.similarity for each in RANKER.rank(terms("price of them")).entries}
    assert 0.7 < near["cost"] < 1.0
    assert max(each.similarity for each in RANKER.rank(terms("qqq")).entries) < 0.1


def test_what_the_whole_of_ours_scores() -> None:
    small = {name: MESSAGES[name] for name in ("cost", "pain", OUT_OF_SCOPE + "weather")}
    ranking = Ranker(model_of(small)).rank(terms("what price"))
    assert len(ranking.entries) == 2
    assert ranking.ours == pytest.approx(sum(each.score for each in ranking.entries))


def test_without_subjects_out_of_scope_there_is_no_rival() -> None:
    assert Ranker(model_of({"cost": MESSAGES["cost"]})).rank(terms("price")).out_of_scope is None


def test_no_words_are_like_nothing() -> None:
    ranking = RANKER.rank([])
    assert ranking.known_share == 0.0
    assert ranking.ours == 0.0
    assert all(each.score == 0.0 for each in ranking.entries)


@pytest.mark.parametrize("text", ["what cost", "can i drive home", "xyz cost", "rain"])
@pytest.mark.parametrize("name", ["cost", OUT_OF_SCOPE + "weather"])
def test_an_explanation_sums_to_the_score(text: str, name: str) -> None:
    ranking = RANKER.rank(terms(text))
    candidates: Sequence[tuple[str, float]] = [
        (each.name, each.score) for each in (*ranking.entries, ranking.out_of_scope) if each
    ]
    explained = math.fsum(part for _, part in RANKER.explain(ranking, name))
    score = dict(candidates).get(name)
    if score is not None:
        assert explained == pytest.approx(score, abs=1e-9)
    else:
        assert explained <= min(value for _, value in candidates) + 1e-9
