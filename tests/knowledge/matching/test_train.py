"""What is made of labelled messages: examples, and a model of them."""

from __future__ import annotations

import pytest

from knowledge.answering import Answerer
from knowledge.matching import train
from knowledge.matching.ranking import Ranker
from knowledge.matching.train import fit_model, read_examples
from knowledge.matching.trained import OUT_OF_SCOPE, Message
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
    ranker = Ranker(MODEL)
    found = [ranker.rank(READER.read(text).terms, text).entries[0].name for text in ("price", "hurts")]
    assert found == ["cost", "pain"]


def test_an_unknown_label_is_no_class() -> None:
    with pytest.raises(KeyError, match="cost"):
        fit_model(EXAMPLES, NAMES[1:])


def test_the_real_model_is_of_the_real_classes(answerer: Answerer) -> None:
    model, knowledge = answerer.scorer._model, answerer.knowledge
    known_by_messages = [subject.id for subject in knowledge.out_of_scope.values() if subject.asked]
    assert list(model.names) == [*knowledge.entries, *(OUT_OF_SCOPE + name for name in known_by_messages)]
    assert all(model.messages.values())
