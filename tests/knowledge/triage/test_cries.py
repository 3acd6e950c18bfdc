"""Cries for help in other languages: found as people type them, told from sayings, and answered in their language."""

from __future__ import annotations

import pytest

from evaluation.sets import read_set
from knowledge.answering import Answerer
from knowledge.loading.build import HERE, language_files
from knowledge.loading.yaml_file import read
from knowledge.rendering.answer import reply_text
from knowledge.reply import Urgent
from knowledge.triage.cries import to_plain

FILES = [path.stem for path in language_files(HERE)]
CORE = {
    "breathing_difficulty",
    "swallowing_choking",
    "anaphylaxis",
    "stroke_signs",
    "overdose_poisoning",
    "suicidal_thoughts",
}


def test_there_are_languages_enough() -> None:
    assert len(FILES) >= 25


@pytest.mark.parametrize("code", FILES)
def test_every_core_sentence_is_found_and_answered_in_its_language(answerer: Answerer, code: str) -> None:
    data = read(HERE / "languages" / f"{code}.yaml", code).data
    assert set(data["cries"]) == CORE
    missed = []
    for flag, sentences in data["cries"].items():
        for sentence in sentences:
            for typed in (sentence, f"{sentence.upper()}!!", f"hello. {sentence}"):
                reply = answerer.reply(typed)
                if not isinstance(reply, Urgent) or reply.tier != answerer.knowledge.red_flags.flags[flag].tier:
                    missed.append((flag, typed))
        reply = answerer.reply(sentences[0])
        assert isinstance(reply, Urgent)
        text = reply_text(reply, answerer.knowledge).plain(links=True)
        assert "112" in text
        assert "{" not in text
    assert not missed


@pytest.mark.parametrize("code", FILES)
def test_what_only_holds_such_a_sentence_is_no_cry(answerer: Answerer, code: str) -> None:
    data = read(HERE / "languages" / f"{code}.yaml", code).data
    cries = answerer.triage.cries
    found = [(saying, cry.flag) for saying in data["calm"] if (cry := cries.find(saying)) and cry.language.code == code]
    assert not found


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("quiero morir", "es"),
        ("QUIERO MORIR", "es"),
        ("не могу дышать", "ru"),
        ("ne mogu dyshat", "ru"),
        ("死にたい", "ja"),
        ("我不想活了", "zh"),
        ("لا أستطيع التنفس", "ar"),
        ("nefes alamıyorum", "tr"),
        ("nefes alamiyorum", "tr"),
        ("ich kann nicht atmen", "de"),
        ("je veux mourir", "fr"),
    ],
)
def test_as_people_type_it(answerer: Answerer, text: str, code: str) -> None:
    cry = answerer.triage.cries.find(text)
    assert cry is not None
    assert cry.language.code == code


@pytest.mark.parametrize("text", ["no quiero morir", "suicide squad is on tonight", "an overdose of cake"])
def test_what_is_no_cry(answerer: Answerer, text: str) -> None:
    assert answerer.triage.cries.find(text) is None


HINDI = "raj"
"""A voice that writes half in Hindi, in Latin letters."""


def test_english_is_never_taken_for_another_language(answerer: Answerer) -> None:
    training, dev = read_set("training"), read_set("dev")
    english = [row.text for row in training.questions if row.voice != HINDI]
    english += [row.text for row in training.calm]
    english += [row.text for row in training.posts if row.voice != HINDI]
    english += [row.text for row in dev.chatter]
    assert not [text for text in english if answerer.triage.cries.find(text)]


def test_a_voice_that_writes_hindi_may_be_taken_for_hindi(answerer: Answerer) -> None:
    found = [answerer.triage.cries.find(row.text) for row in read_set("training").posts if row.voice == HINDI]
    assert all(cry.language.code == "hi" for cry in found if cry)


def test_the_plain_form_is_the_same_for_all_ways_of_typing() -> None:
    assert to_plain("Ya no quiero VIVIR así…") == to_plain("ya no quiero vivir asi")
    assert to_plain("Łódź, o'lmoqchiman") == "lodz olmoqchiman"
    assert to_plain("می‌خوام") == to_plain("میخوام")
