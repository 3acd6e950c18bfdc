"""What a translator may get wrong, and where the check says so."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from knowledge.loading.build import HERE
from knowledge.loading.load import load
from knowledge.loading.problems import KnowledgeError
from tests.knowledge.small import write

SPANISH = """\
code: es
name: Spanish
topics:
  Schedule: Frecuencia
questions:
  how-often:
    ask: ¿Cada cuánto se pone?
    asked:
      - cada cuanto
"""
MESSAGE = '{"text": "cuando toca otra vez", "language": "es", "accept": ["how-often"], "voice": "ana"}\n'


def put(folder: Path, text: str, name: str = "es.yaml", messages: str = "") -> Path:
    root = write(folder)
    (root / "languages").mkdir()
    shutil.copy(HERE / "languages" / "es.yaml", root / "languages")
    (root / "translations").mkdir()
    (root / "translations" / name).write_text(text, encoding="utf-8")
    if messages:
        (root / "training").mkdir()
        (root / "training" / "languages.jsonl").write_text(messages, encoding="utf-8")
    return root


def test_a_translation_is_read_and_what_it_lacks_is_english(tmp_path: Path) -> None:
    knowledge = load(put(tmp_path, SPANISH, messages=MESSAGE), cache=None).knowledge
    often, cost = knowledge.entries["how-often"], knowledge.entries["cost"]
    assert knowledge.translations["es"].questions["how-often"].asked == ("cada cuanto", "cuando toca otra vez")
    assert knowledge.ask_in("es", often) == "¿Cada cuánto se pone?"
    assert knowledge.ask_in("es", cost) == "What does it cost?"
    assert knowledge.ask_in("pl", often) == "How often?"
    assert knowledge.topic_in("es", "Schedule") == "Frecuencia"
    assert knowledge.topic_in("pl", "Schedule") == "Schedule"


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("code: es", "code: pt", 1, "is not the name of the file"),
        ("code: es", "code: pt", 1, "this language has no texts"),
        ("Schedule:", "Timetable:", 4, "there is no such topic"),
        ("  how-often:", "  how-offen:", 6, "there is no such entry"),
        ("¿Cada cuánto se pone?", "x" * 61, 7, "at most 60 characters"),
        ("- cada cuanto", "- '?'", 9, "holds no letter"),
        (
            "- cada cuanto",
            "- <b>cada</b>\n  cost: {ask: Cada cuánto se pone, asked: [precio]}",
            10,
            "asked of how-often",
        ),
        ("    ask:", "    asks:", 7, "did you mean “ask”"),
    ],
)
def test_every_fault_has_its_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    assert old in SPANISH
    with pytest.raises(KnowledgeError) as caught:
        load(put(tmp_path, SPANISH.replace(old, new, 1)), cache=None)
    assert any(f"translations/es.yaml:{line}:" in str(each) and said in str(each) for each in caught.value.problems), (
        caught.value
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [('"how-often"', '"how-offen"', "there is no such entry"), ('"voice"', '"who"', "no message in another language")],
)
def test_a_wrong_message_has_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(KnowledgeError) as caught:
        load(put(tmp_path, SPANISH, messages=MESSAGE + MESSAGE.replace(old, new)), cache=None)
    assert any("languages.jsonl:2: " in str(each) and said in str(each) for each in caught.value.problems)


@pytest.mark.parametrize(("old", "new"), [("{emergency}. L", "112. L"), ('  perhaps: "', '  perhaps: "{emergency} ')])
def test_the_number_to_call_has_one_place(tmp_path: Path, old: str, new: str) -> None:
    root = put(tmp_path, SPANISH)
    path = root / "languages" / "es.yaml"
    text = path.read_text(encoding="utf-8")
    before, heading, foreign = text.partition("\nforeign:\n")
    assert old in foreign
    path.write_text(before + heading + foreign.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(KnowledgeError, match="the braces are not right"):
        load(root, cache=None)
