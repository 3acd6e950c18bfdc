"""The curve leaves out voices, and none of the house; the ablation leaves out what it says, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluation.ablation import SIGNALS, leave_out, ways_of
from evaluation.comparing import measure, tabulate
from evaluation.curve import draw, learn
from evaluation.relearning import Source, assemble
from evaluation.sets import OutOfScope, Question
from knowledge.answering import Answerer
from knowledge.language.language_model import LanguageModel
from knowledge.loading.compiled import Compiled
from knowledge.loading.load import load_opinion
from knowledge.matching.confidence import WITH_MODEL, Logistic, Scorer, Signals
from knowledge.matching.fitting import Observation, fit_weights, observe
from knowledge.matching.trained import Labelled
from tests.evaluation.test_score import messages

PRICE, TRIPTAN = "what is the price", "what dose of topiramate"
LABELLED = [
    Labelled(PRICE, frozenset({"cost"}), voice="mia"),
    Labelled("how often do i get it", frozenset({"how-often"}), voice="jo"),
    Labelled(TRIPTAN, frozenset(), voice="mia"),
    Labelled("will it rain", frozenset(), voice="jo"),
]


class Gambler(LanguageModel):
    """Knows one entry, and reads it in every text."""

    def __init__(self) -> None:
        self.classes: Sequence[str] = ("cost",)

    def tell(self, *texts: str) -> NDArray[np.float32]:
        return np.ones((len(texts), 1), dtype=np.float32)


@pytest.fixture(scope="module")
def compiled(few: Source) -> Compiled:
    return few.learn()


@pytest.fixture(scope="module")
def bot(few: Source, compiled: Compiled) -> Answerer:
    """A bot of few entries that reads every message, and finds each candidate as likely as not."""
    made = assemble(few.knowledge, compiled)
    made.scorer = Scorer(compiled.model, {WITH_MODEL: Logistic({"bias": 0.0})}, Gambler())
    made.triage = made.triage.with_opinion(load_opinion())
    return made


@pytest.fixture
def observed(bot: Answerer) -> list[Observation]:
    pytest.importorskip("sklearn", reason="scikit-learn is in requirements-train.txt")
    return list(observe(LABELLED, bot.reader, bot.scorer))


def test_voices_are_drawn_each_number_with_those_before_it(few: Source) -> None:
    def voices(source: Source) -> set[str]:
        return {message.voice for message in source.messages}

    house = {voice for voice in voices(few) if not voice or voice.startswith("house")}
    one, three = draw(few, 1), draw(few, 3)
    assert {"", "house"} < house < voices(one) < voices(three) < voices(few)
    assert len(voices(three) - house) == 3
    assert draw(few, 3) == three
    assert draw(few, 1000) == few


def test_the_curve_learns_by_words_alone(observed: list[Observation], few: Source) -> None:
    made = learn(draw(few, 1), LABELLED)
    right, wrong = (made.scorer.score(made.read(text).terms, text) for text in (PRICE, TRIPTAN))
    assert made.triage.opinion is None
    assert right.ranking.reading is None
    assert right.candidates[0].name == "cost"
    assert right.chance > wrong.chance


def test_bots_are_compared_by_shares_of_each_set(bot: Answerer) -> None:
    short = messages(
        questions=(Question(PRICE, ("cost",), "mia"), Question(PRICE, ("how-often",), "mia")),
        out_of_scope=(OutOfScope(TRIPTAN, "far", (), "mia"),),
    )
    row = {"without": "luck", "held_out": {}} | measure(bot, [short])
    head, (shown,) = tabulate([row], ("without",), ("right_first", "near_answered"))
    assert head == [
        "without",
        *(f"{name}, {of}" for of in ("dev", "held_out") for name in ("right first", "near answered")),
    ]
    assert shown == ["luck", "50.0 %", "–", "–", "–"]


def test_every_signal_is_left_out_once() -> None:
    assert sorted(name for names in SIGNALS.values() for name in names) == sorted(Signals._fields)


def test_what_is_left_out_has_no_weight(observed: list[Observation]) -> None:
    names = SIGNALS["likeness to the nearest message (RapidFuzz)"]
    assert set(names) < fit_weights(observed).keys()
    assert fit_weights(leave_out(observed, names)).keys().isdisjoint(names)


def test_each_way_lacks_one_part(observed: list[Observation], bot: Answerer, compiled: Compiled) -> None:
    ways = dict(ways_of(bot, compiled.model, Gambler(), observed))
    assert len(ways) == len(SIGNALS) + 4
    whole = ways.pop("(nothing left out)")
    assert whole is bot
    reads = {name for name, way in ways.items() if way.scorer.score(way.read(PRICE).terms, PRICE).ranking.reading}
    judges = {name for name, way in ways.items() if way.triage.opinion is bot.triage.opinion}
    guesses = {name for name, way in ways.items() if way.policy == bot.policy}
    assert ways.keys() - reads == {"the language model, in matching"}
    assert ways.keys() - judges == {"the second opinion of triage"}
    assert ways.keys() - guesses == {"the step “closest”"}
    assert whole.reply_calmly(PRICE).kind == "closest"
    assert ways["the step “closest”"].reply_calmly(PRICE).kind == "suggestions"
