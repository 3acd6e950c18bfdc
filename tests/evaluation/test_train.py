"""`make train`: what is fitted belongs to the messages in the tree, and nothing is judged by what it helped to fit."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from knowledge.language.language_model import LanguageModel, find_language_model
from knowledge.loading.build import HERE
from knowledge.loading.cache import Cache
from knowledge.loading.compiled import Compiled
from knowledge.loading.load import CACHE, Prepared, prepare
from knowledge.loading.problems import KnowledgeError
from knowledge.loading.training import LABELLED, read_labelled
from knowledge.matching.confidence import FITTED, WITH_MODEL, WORDS_ALONE, Logistic, Signals
from knowledge.matching.fitting import FOLDS, Observation, fit_weights, predict_by_folds
from knowledge.matching.trained import Labelled
from tools.train import digest_basis, observe_both, tabulate_reliability

ROWS = {
    "questions": {"text": "price?", "accept": ["cost"], "voice": "mia"},
    "out_of_scope": {"text": "what is a triptan", "scope": "near-domain", "accept": [], "voice": "mia"},
    "posts": {"text": "a story. and the price?", "helps": ["cost"], "asks": ["cost", "how-often"], "voice": "mia"},
    "out_of_scope_posts": {"text": "a story of a dog", "scope": "far", "accept": ["cost"], "voice": "mia"},
}


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    return prepare(HERE, Cache(CACHE), lambda _what, _share: None)


@pytest.fixture
def learns() -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is in requirements-train.txt")


def observe(signals: list[dict[str, float]], holds: list[bool]) -> list[Observation]:
    nothing = Signals(*[0.0] * len(Signals._fields))
    pairs = zip(signals, holds, strict=True)
    return [
        Observation(number, number % FOLDS, nothing._replace(**each), held) for number, (each, held) in enumerate(pairs)
    ]


def write(folder: Path, **changes: object) -> Path:
    (folder / "training").mkdir()
    for kind, row in ROWS.items():
        line = changes.get(kind, row)
        text = line if isinstance(line, str) else json.dumps(line)
        (folder / "training" / f"{kind}.jsonl").write_text(f"\n{text}\n", encoding="utf-8")
    return folder


def test_confidence_was_fitted_on_the_messages_and_the_model_in_the_tree(prepared: Prepared) -> None:
    kept = json.loads(FITTED.read_text(encoding="utf-8"))
    assert kept["fitted_on"] == digest_basis(prepared), (
        "the messages or what is learnt from them changed after knowledge/matching/confidence.json: run make train"
    )
    assert set(kept["weights"][WITH_MODEL]) == {*Signals._fields, "bias"}, "run make train"
    assert not [name for name in kept["weights"][WORDS_ALONE] if name.startswith("read")]


@pytest.mark.services  # reads thousands of messages anew
def test_what_is_kept_is_what_these_messages_teach(learns: None, prepared: Prepared) -> None:
    model = find_language_model()
    if not isinstance(model, LanguageModel):
        pytest.skip(model)
    kept = json.loads(FITTED.read_text(encoding="utf-8"))["weights"]
    compiled = Compiled.from_bytes(prepared.compiled)
    observed = observe_both(compiled, read_labelled(HERE, compiled.model.concepts), model)
    for name, weights in kept.items():
        assert fit_weights(observed[name]) == pytest.approx(weights, abs=0.05), f"{name}: run make train"


def test_a_digest_changes_with_the_messages_and_with_what_is_learnt_from(tmp_path: Path, prepared: Prepared) -> None:
    folder = write(tmp_path)
    once = digest_basis(prepared, folder)
    other = prepared._replace(learnt_from="other")
    assert digest_basis(other, folder) != once
    assert digest_basis(prepared._replace(model_key="other", compiled=b""), folder) == once
    with (folder / "training" / "posts.jsonl").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert digest_basis(prepared, folder) != once


def test_a_signal_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="no signal botox, hope"):
        Logistic({"bias": 0.0, "ahead": 1.0, "hope": 1.0, "botox": 1.0})


def test_weights_follow_what_tells_and_come_back_to_the_old_spread(learns: None) -> None:
    chance = random.Random(1)
    tells = [chance.gauss(0, 5) for _ in range(400)]
    noise = [chance.gauss(0, 1) for _ in range(400)]
    holds = [each + chance.gauss(0, 1) > 2 for each in tells]
    signals = [{"ahead": one, "score": other} for one, other in zip(tells, noise, strict=True)]
    weights = fit_weights(observe(signals, holds))
    assert weights.keys() == {"ahead", "score", "bias"}
    assert weights["ahead"] > 1
    assert abs(weights["score"]) < 0.5
    assert -weights["bias"] / weights["ahead"] == pytest.approx(2, abs=0.3)


def test_no_message_is_judged_by_weights_that_it_helped_to_fit(learns: None) -> None:
    """With a signal of its own for each message, weights fitted on all would know every one by heart."""
    holds = [number % 2 == 0 for number in range(len(Signals._fields))]
    chances = predict_by_folds(observe([{name: 1.0} for name in Signals._fields], holds))
    assert not any((chance > 0.5) == held for chance, held in zip(chances, holds, strict=True))


def test_a_table_says_how_much_came_true(learns: None) -> None:
    holds = [number % 2 == 0 for number in range(40)]
    table = tabulate_reliability(observe([{"ahead": 10.0 * held} for held in holds], holds))
    assert table.startswith("said         number  true\n")
    assert "0.9 to 1.0       20  100%" in table
    assert "0.5 to 0.6        0     –" in table
    assert "expected calibration error 0.0" in table


def test_messages_are_read_with_what_answers_them(tmp_path: Path) -> None:
    found = read_labelled(write(tmp_path), ("cost", "how-often"))
    assert set(LABELLED) == set(ROWS)
    assert found.questions == [
        Labelled("price?", frozenset({"cost"}), voice="mia"),
        Labelled("what is a triptan", frozenset(), voice="mia"),
    ]
    assert [row.accept for row in found.posts] == [frozenset({"cost", "how-often"}), frozenset({"cost"})]


@pytest.mark.parametrize(
    ("kind", "row", "said"),
    [
        ("questions", "{", "questions.jsonl:2: is no labelled message"),
        ("posts", ROWS["questions"], "posts.jsonl:2: is no labelled message"),
        ("out_of_scope", {"text": "a", "accept": "cost"}, "out_of_scope.jsonl:2: is no labelled message"),
        ("questions", {"text": "a", "accept": ["price"]}, "questions.jsonl:2: price: there is no such entry"),
    ],
)
def test_a_line_that_can_not_be_used_is_named(kind: str, row: object, said: str, tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=said):
        read_labelled(write(tmp_path, **{kind: row}), ("cost", "how-often"))
