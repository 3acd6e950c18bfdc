"""What is made of labelled messages: examples, a model of them, and observations to fit confidence to."""

from __future__ import annotations

import pytest

from knowledge.answering import Answerer
from knowledge.matching import train
from knowledge.matching.confidence import PostIntentSignals, PostScopeSignals, Scorer, Signals, load_fitted
from knowledge.matching.fitting import observe_posts, observe_questions
from knowledge.matching.train import fit_model, read_examples
from knowledge.matching.trained import OUT_OF_SCOPE, Labelled, Message
from tests.knowledge.language.test_lexicon import LEXICON
from tests.knowledge.language.test_reader import READER

WEATHER = OUT_OF_SCOPE + "weather"
MESSAGES = [
    Message("how much is the jab", "cost"),
    Message("price of btx", "cost"),
    Message("???", "cost"),
    Message("does it hurt", "pain"),
    Message("the needle stick hurts", "pain"),
    Message("does it hurt!", "pain"),
    Message("rain again", WEATHER),
    Message("sun and rain", WEATHER),
]
NAMES = ["cost", "pain", "empty", WEATHER]
EXAMPLES = read_examples(MESSAGES, LEXICON)
MODEL = fit_model(EXAMPLES, NAMES)
SCORER = Scorer(MODEL, load_fitted())


def test_examples_are_messages_with_words_in_order() -> None:
    assert [each.message for each in EXAMPLES] == [message for message in MESSAGES if message.text != "???"]
    first, second = EXAMPLES[:2]
    assert first.stems == "how much is the injection"
    assert first.concepts == {"price"}
    assert second.features["means:price"] == 1.0


def test_many_messages_are_read_on_all_cores_to_the_same_end(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [Message(f"{message.text} {number}", message.label) for number in range(100) for message in MESSAGES]
    alone: list[float] = []
    one_core = read_examples(many, LEXICON, alone.append)
    monkeypatch.setattr(train, "_WORTH_SHARING", 1)
    assert read_examples(many, LEXICON) == one_core
    assert alone == sorted(alone)
    assert alone[-1] == 1.0


def test_a_model_knows_the_messages_of_every_class() -> None:
    assert MODEL.names == NAMES
    assert MODEL.messages["pain"] == ["does it hurt", "the injection hurt"]  # the same once
    assert MODEL.messages["empty"] == []
    assert MODEL.stems["pain"]["hurt"] == 3  # but counted each time
    assert MODEL.concepts == {"cost": {"price"}, "pain": {"pain"}, "empty": frozenset()}
    assert [SCORER.ranker.rank(READER.read(text).terms).entries[0].name for text in ("price", "hurts")] == [
        "cost",
        "pain",
    ]


def test_an_unknown_label_is_no_class() -> None:
    with pytest.raises(KeyError, match="cost"):
        fit_model(EXAMPLES, NAMES[1:])


def test_observations_of_questions() -> None:
    asked = [
        Labelled("price of the jab", frozenset({"cost"}), ours=True),
        Labelled("!!", frozenset({"cost"}), ours=True),
        Labelled("rain again", frozenset(), ours=False),
        Labelled("does it hurt", frozenset({"pain"}), ours=False),
    ]
    found = observe_questions(asked, READER, SCORER)
    assert found.keys() == {"in_scope", "intent"}
    # one for each message with a word; an answer that is no fault makes it ours
    assert [(each.message, each.first, each.holds) for each in found["in_scope"]] == [
        (0, True, True),
        (2, True, False),
        (3, True, True),
    ]
    # and one for each candidate of those that are ours, of which one is meant
    assert {each.message for each in found["intent"]} == {0, 3}
    for number in (0, 3):
        mine = [each for each in found["intent"] if each.message == number]
        assert [each.first for each in mine] == [True, False, False]
        assert [each.holds for each in mine] == [True, False, False]
    assert all(isinstance(each.signals, Signals) for some in found.values() for each in some)


def test_observations_of_posts() -> None:
    posts = [
        Labelled("I had it. Does the jab hurt? How much is it?", frozenset({"pain"}), ours=True),
        Labelled("Rain again. And sun?", frozenset(), ours=False),
    ]
    found = observe_posts(posts, READER, SCORER)
    assert found.keys() == {"post_in_scope", "post_intent"}
    assert [(each.message, each.holds) for each in found["post_in_scope"]] == [(0, True), (1, False)]
    assert {each.message for each in found["post_intent"]} == {0}
    assert {each.holds for each in found["post_intent"]} == {True, False}
    assert all(isinstance(each.signals, PostScopeSignals) for each in found["post_in_scope"])
    assert all(isinstance(each.signals, PostIntentSignals) for each in found["post_intent"])


def test_the_real_model_is_of_the_real_classes(answerer: Answerer) -> None:
    model, knowledge = answerer.scorer._model, answerer.knowledge
    assert list(model.names) == [*knowledge.entries, *(OUT_OF_SCOPE + name for name in knowledge.out_of_scope)]
    assert all(model.messages.values())
