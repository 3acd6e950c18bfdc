"""The second opinion: how what the words say and what is read come together, by the classes of triage."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from knowledge.language.utterance import Utterance
from knowledge.triage.opinion import Judgement, Opinion
from knowledge.triage.word_model import BUCKETS, WordModel
from tests.knowledge.by_hand import ReadsAlways

CLASSES = ("stroke", "allergy_mild", "harmless:EMERGENCY", "about:PROMPT", "ordinary")
UTTERANCE = Utterance((), (), (), (), (), (), (), (), text="my face feels odd")


def words_saying(chances: Mapping[str, float]) -> WordModel:
    """A word model that says the same of any text: no feature speaks for or against a class."""
    bias = np.log([chances.get(name, 0.0) + 1e-9 for name in CLASSES]).astype(np.float32)
    return WordModel(CLASSES, np.zeros((BUCKETS, len(CLASSES)), dtype=np.int8), np.ones_like(bias), bias)


def judge(words: Mapping[str, float], *read: Mapping[str, float]) -> Judgement:
    """What the two make of a message; where nothing is read, there is no language model."""
    return Opinion(words_saying(words), ReadsAlways(*read) if read else "there is none").judge(UTTERANCE)


def test_without_a_language_model_the_words_speak_alone() -> None:
    judged = judge({"stroke": 0.2, "allergy_mild": 0.3, "about:PROMPT": 0.1, "ordinary": 0.4})
    assert judged.flag == "allergy_mild"
    assert (judged.chance, judged.spoken_of) == pytest.approx((0.5, 0.6))


def test_the_language_model_counts_three_times_as_much() -> None:
    judged = judge({"allergy_mild": 0.8, "ordinary": 0.2}, {"triage:stroke": 0.4, "triage:ordinary": 0.6})
    assert judged.flag == "stroke"
    assert judged.chance == pytest.approx(0.25 * 0.8 + 0.75 * 0.4)


def test_what_is_read_as_a_question_or_as_another_subject_is_ordinary() -> None:
    """A red flag counts by its name behind the prefix alone."""
    asked = {"cost": 0.3, "how-often": 0.3, "out-of-scope:everyday": 0.2, "stroke": 0.1, "triage:stroke": 0.1}
    judged = judge({"ordinary": 1.0}, asked)
    assert (judged.chance, judged.spoken_of) == pytest.approx((0.075, 0.075))


def test_the_most_urgent_stretch_counts() -> None:
    calm, urgent = {"how-often": 1.0}, {"triage:stroke": 0.8, "triage:about:PROMPT": 0.2}
    judged = judge({"ordinary": 1.0}, calm, urgent, calm)
    assert (judged.chance, judged.spoken_of) == pytest.approx((0.6, 0.75))
