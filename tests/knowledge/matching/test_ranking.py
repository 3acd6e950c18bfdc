"""Ranking: the likeliest entries and the likeliest subject out of scope, by words and by what is read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from knowledge.language.language_model import LanguageModel
from knowledge.language.utterance import Term
from knowledge.matching.classifier import fit
from knowledge.matching.features import extract_features
from knowledge.matching.ranking import RANKED, Ranker, Ranking, Reading
from knowledge.matching.trained import OUT_OF_SCOPE, TrainedModel
from tests.knowledge.by_hand import ReadsAlways

WEATHER, SPORT = OUT_OF_SCOPE + "weather", OUT_OF_SCOPE + "sport"
MESSAGES = {
    "cost": ["what cost", "price of it", "how expensive"],
    "pain": ["what hurt", "pain of needle", "is it sore"],
    "often": ["how often", "what interval", "every twelve weeks"],
    "driving": ["can i drive", "drive home", "take the car"],
    "wine": ["can i drink wine", "glass of wine", "beer"],
    WEATHER: ["what rain", "sun today"],
    SPORT: ["who won the match", "goal"],
}


def terms(text: str) -> list[Term]:
    return [Term(word, word) for word in text.split()]


def model_of(messages: Mapping[str, Sequence[str]]) -> TrainedModel:
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


MODEL = model_of(MESSAGES)
RANKER = Ranker(MODEL)


def rank(text: str, language_model: LanguageModel | None = None, *mended: str) -> Ranking:
    ranker = Ranker(MODEL, language_model) if language_model else RANKER
    return ranker.rank(terms(text), text, *mended)


def first(text: str, **chances: float) -> str:
    """The likeliest entry, where a language model reads these chances."""
    return rank(text, ReadsAlways(chances)).entries[0].name


def chances_of(language_model: LanguageModel) -> dict[str, float]:
    """What is read of each of our model's classes."""
    reading = rank("what cost", language_model).reading
    assert reading
    return dict(zip(MODEL.names, reading.classes, strict=True))


@pytest.mark.parametrize(
    ("text", "entry", "subject"),
    [
        ("price", "cost", None),
        ("drive the car", "driving", None),
        ("rain today", None, WEATHER),
        ("who won", None, SPORT),
    ],
)
def test_the_best_of_ours_and_of_the_others(text: str, entry: str | None, subject: str | None) -> None:
    ranking = rank(text)
    assert ranking.out_of_scope
    if entry:
        assert ranking.entries[0].name == entry
        assert ranking.entries[0].score > ranking.out_of_scope.score
    else:
        assert ranking.out_of_scope.name == subject
        assert ranking.out_of_scope.score > ranking.entries[0].score


def test_entries_are_ours_alone_and_the_likeliest_first() -> None:
    ranking = rank("what cost and can i drive")
    assert len(ranking.entries) == RANKED
    assert not any(each.name.startswith(OUT_OF_SCOPE) for each in ranking.entries)
    scores = [each.score for each in ranking.entries]
    assert scores == sorted(scores, reverse=True)
    assert {each.name for each in ranking.entries[:2]} == {"cost", "driving"}


def test_likeness_to_the_nearest_message() -> None:
    found = {each.name: each.similarity for each in rank("price of it").entries}
    assert found["cost"] == 1.0
    assert max(similarity for name, similarity in found.items() if name != "cost") < 0.7
    near = {each.name: each.similarity for each in rank("price of them").entries}
    assert 0.7 < near["cost"] < 1.0
    assert max(each.similarity for each in rank("qqq").entries) < 0.1


def test_without_subjects_out_of_scope_there_is_no_rival() -> None:
    alone = Ranker(model_of({"cost": MESSAGES["cost"]}))
    assert alone.rank(terms("price"), "price").out_of_scope is None


def test_no_words_are_like_nothing() -> None:
    ranking = rank("")
    assert ranking.known_share == 0.0
    assert all(each.score == 0.0 for each in ranking.entries)


@pytest.mark.parametrize("text", ["what cost", "can i drive home", "xyz cost", "rain"])
@pytest.mark.parametrize("name", ["cost", WEATHER])
def test_an_explanation_sums_to_the_score(text: str, name: str) -> None:
    ranking = rank(text)
    candidates: Sequence[tuple[str, float]] = [
        (each.name, each.score) for each in (*ranking.entries, ranking.out_of_scope) if each
    ]
    explained = math.fsum(part for _, part in RANKER.explain(ranking, name))
    score = dict(candidates).get(name)
    if score is not None:
        assert explained == pytest.approx(score, abs=1e-9)
    else:
        assert explained <= min(value for _, value in candidates) + 1e-9


# With a language model

BOTH = "what cost and can i drive"
"""By its words about as much the one as the other."""


@pytest.mark.parametrize("text", ["what cost", "can i drive home", "rain", "qqq"])
def test_where_the_model_reads_all_alike_the_words_decide(text: str) -> None:
    alone, read = rank(text), rank(text, ReadsAlways(dict.fromkeys(MESSAGES, 1 / len(MESSAGES))))
    assert [each.name for each in read.entries] == [each.name for each in alone.entries]
    assert read.out_of_scope
    assert alone.out_of_scope
    assert read.out_of_scope.name == alone.out_of_scope.name


@pytest.mark.parametrize(("likelier", "other"), [("cost", "driving"), ("driving", "cost")])
def test_where_words_leave_a_doubt_the_reading_decides(likelier: str, other: str) -> None:
    assert first(BOTH, **{likelier: 0.7, other: 0.1, "pain": 0.1}) == likelier


def test_what_words_and_reading_agree_on_wins_over_what_one_of_them_says() -> None:
    """The model finds what no word speaks for likelier still."""
    assert first(BOTH, pain=0.6, driving=0.3, cost=0.001) == "driving"


def test_plain_words_hold_against_a_reading() -> None:
    assert first("price of it", pain=0.9, cost=0.05) == "cost"


def test_a_subject_out_of_scope_is_read_too() -> None:
    found = rank("qqq", ReadsAlways({"cost": 0.2, WEATHER: 0.1, SPORT: 0.6})).out_of_scope
    assert found
    assert found.name == SPORT
    assert found.read == pytest.approx(0.6)


def test_what_is_read_of_a_candidate_is_told() -> None:
    assert all(each.read == 0.0 for each in rank("what cost").entries)
    found = {each.name: each.read for each in rank("what cost", ReadsAlways({"cost": 0.7, "pain": 0.2})).entries}
    assert [found["cost"], found["pain"]] == pytest.approx([0.7, 0.2])


def test_chances_that_a_text_is_ours_another_subject_or_neither() -> None:
    chances = {"cost": 0.3, "pain": 0.2, WEATHER: 0.1, SPORT: 0.05, "triage:ordinary": 0.25, "triage:allergy": 0.1}
    reading = rank("what cost", ReadsAlways(chances)).reading
    assert reading
    assert reading.ours == pytest.approx(0.5)
    assert reading.out_of_scope == pytest.approx(0.15)
    assert reading.elsewhere == pytest.approx(0.35)


def test_the_stretches_of_a_long_text_count_alike() -> None:
    found = chances_of(ReadsAlways({"cost": 0.8, "pain": 0.1}, {"cost": 0.2, "driving": 0.7}))
    assert [found[name] for name in ("cost", "pain", "driving")] == pytest.approx([0.5, 0.05, 0.35])


def test_a_text_without_a_letter_is_not_read() -> None:
    model = ReadsAlways({"cost": 1.0})
    assert rank(" \n", model).reading is None
    assert model.read == []


# An entry that is newer than the language model


class Reads(ReadsAlways):
    """A language model that reads something else in each of some texts, and does not know of "wine"."""

    def __init__(self, read: Mapping[str, Mapping[str, float]]) -> None:
        super().__init__(*read.values())
        self._by_text = dict(zip(read, self._rows, strict=True))

    def tell(self, *texts: str) -> NDArray[np.float32]:
        return np.array([self._by_text[text] for text in texts], dtype=np.float32)


READ = {
    "can i drink wine": {"often": 0.1, "driving": 0.6, "cost": 0.2, "pain": 0.1},
    "beer": {"often": 0.1, "driving": 0.4, "cost": 0.4, "pain": 0.1},
    "like wine": {"often": 0.1, "driving": 0.5, "cost": 0.3, "pain": 0.1},
    "unlike wine": {"often": 0.9, "pain": 0.1},
}
PHRASINGS = {"wine": ["can i drink wine", "beer"], "cost": ["nobody reads this"]}


def read_with_newcomer(text: str) -> Reading:
    reading = Ranker(MODEL, Reads(READ), PHRASINGS).rank(terms("qqq"), text).reading
    assert reading
    return reading


def chance_of_wine(text: str) -> float:
    return read_with_newcomer(text).classes[MODEL.names.index("wine")]


def test_a_newcomer_is_as_likely_as_the_likeliest_where_a_text_is_like_its_phrasings() -> None:
    assert chance_of_wine("like wine") == pytest.approx(0.5)
    assert chance_of_wine("unlike wine") < 0.5 * 0.9


def test_a_newcomer_that_nobody_described_has_no_chance() -> None:
    assert chances_of(ReadsAlways({"cost": 0.5, "pain": 0.3}))["wine"] == 0.0


def test_a_newcomer_adds_nothing_to_how_likely_a_text_is_ours() -> None:
    reading = read_with_newcomer("like wine")
    assert reading.ours == pytest.approx(1.0)
    assert reading.elsewhere == pytest.approx(0.0)


def test_a_newcomer_that_the_words_ask_for_is_found() -> None:
    ranker = Ranker(MODEL, Reads(READ), PHRASINGS)
    assert ranker.rank(terms("glass of wine"), "like wine").entries[0].name == "wine"
    assert ranker.rank(terms("drive home"), "like wine").entries[0].name == "driving"


def test_a_misspelt_text_is_read_as_typed_and_as_mended_unless_it_is_long() -> None:
    short = ReadsAlways({"cost": 0.8})
    rank("what cots", short, "what cost")
    assert short.read == ["what cots", "what cost"]
    long = ReadsAlways({"cost": 0.8}, {"cost": 0.2})
    rank("what cots", long, "what cost")
    assert long.read == ["what cots"]
