"""The small language model: how a text is cut for it, and that it is what was fitted to the messages that are there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from knowledge.language import language_model
from knowledge.language.language_model import (
    CLASSES,
    MOST_TOKENS,
    LanguageModel,
    Tokenizer,
    cut_stretches,
    find_language_model,
)
from knowledge.loading.build import HERE
from knowledge.loading.training import class_names, read_language_model_messages, read_triage_messages
from knowledge.model import Knowledge
from knowledge.triage.opinion import ORDINARY, TRIAGE, Opinion
from knowledge.triage.word_model import WORD_MODEL, WordModel

needs_language_model = pytest.mark.skipif(
    isinstance(find_language_model(), str), reason="this machine has no onnxruntime"
)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.read()


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("I can't breathe!", ["i", "can", "'", "t", "breathe", "!"]),
        ("Übelkeit", ["u", "##bel", "##kei", "##t"]),
        ("  a\tb\nc ", ["a", "b", "c"]),
        ("我痛", ["我", "[UNK]"]),
        ("", []),
    ],
)
def test_a_text_is_cut_as_the_model_was_taught(tokenizer: Tokenizer, text: str, pieces: list[str]) -> None:
    lines = language_model.VOCABULARY.read_text(encoding="utf-8").split("\n")
    assert [lines[number] for number in tokenizer.pieces(text)] == pieces


def test_no_text_breaks_it(tokenizer: Tokenizer) -> None:
    for text in ("\0\ud800", "ﷺ" * 3000, "x" * 5000, "🙈" * 500, "word " * 3000):
        for stretch in cut_stretches(tokenizer.pieces(text)):
            assert len(tokenizer.frame(stretch)) <= MOST_TOKENS


@needs_language_model
def test_a_sign_in_the_middle_of_a_long_story_is_read() -> None:
    found = find_language_model()
    assert isinstance(found, LanguageModel)
    story = "we went to the sea and had ice cream and the children played all day long. " * 12
    rows = found.tell(f"{story} i can't breathe and my lips are going blue. {story}")
    assert len(rows) > 1
    assert np.allclose(rows.sum(axis=1), 1, atol=1e-4)


class Session:
    """What runs a model of two classes: the more pieces, the likelier the second. `ran` counts how often it ran."""

    def __init__(self) -> None:
        self.ran = 0

    def run(self, wanted: None, given: Mapping[str, NDArray[np.int64]]) -> tuple[NDArray[np.float32]]:
        self.ran += 1
        return (np.array([[1.0, given["attention_mask"].sum() / 10]], dtype=np.float32),)


def test_a_text_that_triage_and_matching_ask_for_is_read_once(tokenizer: Tokenizer) -> None:
    session = Session()
    model = LanguageModel(["cost", "triage:ordinary"], tokenizer, session)
    first = model.tell("what does it cost")
    assert np.array_equal(model.tell("What does it  cost"), first)  # the same pieces
    assert session.ran == 1
    assert np.array_equal(model.tell("what does it cost", "and the pain")[:1], first)
    assert session.ran == 2


def test_rows_are_chances_of_each_stretch_and_of_no_more_than_four(tokenizer: Tokenizer) -> None:
    model = LanguageModel(["cost", "triage:ordinary"], tokenizer, Session())
    for words, stretches in ((10, 1), (94, 1), (95, 2), (4000, 4)):
        rows = model.tell(" ".join(["pain"] * words))
        assert len(rows) == stretches
        assert np.allclose(rows.sum(axis=1), 1)
    assert len(model.tell("what", "does", "it", "cost", "me")) == 4


def test_both_models_know_the_classes_and_were_fitted_to_the_messages_that_are_there(knowledge: Knowledge) -> None:
    """After a change of the messages: `make train`, and for the language model `make train-language-model`."""
    _, digest = read_triage_messages(HERE)
    read = json.loads(CLASSES.read_text(encoding="utf-8"))
    words = WordModel.from_bytes(WORD_MODEL.read_bytes())
    classes = [*class_names(knowledge), *(TRIAGE + name for name in words.classes)]
    assert sorted(read["classes"]) == sorted(classes)
    assert words.fitted_on == digest
    assert read["fitted_on"] == digest


def test_what_the_model_is_taught(knowledge: Knowledge) -> None:
    taught, _ = read_language_model_messages(HERE, knowledge)
    heard, _ = read_triage_messages(HERE)
    texts = {each.text for each in taught}
    fitted_to, chosen_by = ({each.text for each in heard if each.chooses is chooses} for chooses in (False, True))
    assert texts.isdisjoint(chosen_by - fitted_to)
    assert texts >= {each.text for each in heard if not each.chooses and each.label != ORDINARY}
    assert all(each.labels[0].startswith(TRIAGE) for each in taught if each.triage)
    assert any(len(each.labels) > 1 for each in taught)  # what else would be right is taught as well


def test_what_is_kept_is_read_back() -> None:
    words = WordModel.from_bytes(WORD_MODEL.read_bytes())
    assert words.to_bytes() == WORD_MODEL.read_bytes()


def test_without_the_library_the_words_speak_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", None)
    find_language_model.cache_clear()
    try:
        why = find_language_model()
    finally:
        find_language_model.cache_clear()
    assert why == "onnxruntime is not installed"
    assert Opinion(WordModel.from_bytes(WORD_MODEL.read_bytes()), why).model == why


@needs_language_model
def test_its_library_notes_nothing_about_the_machine_and_tells_nobody(tmp_path: Path) -> None:
    """onnxruntime keeps what it will tell its maker below HOME, unless it was told not to before it was loaded."""
    home = tmp_path / "home"
    home.mkdir()
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    environment |= {"HOME": str(home)}
    for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME"):
        environment.pop(name, None)
    code = "from knowledge.language.language_model import find_language_model; find_language_model().classes"
    subprocess.run([sys.executable, "-c", code], cwd=HERE.parent, env=environment, check=True)
    assert list(home.iterdir()) == []
