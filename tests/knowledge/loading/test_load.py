"""Loading: the real files are sound, and what is kept is never stale and never made anew for nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.answering import Answerer
from knowledge.loading.compiling import LEARNING, READING
from knowledge.loading.load import CHECKING, load
from knowledge.loading.problems import KnowledgeError
from knowledge.model import Knowledge
from tests.knowledge.small import write

FAQ, VOCABULARY, TRAINING = "faq/schedule.yaml", "vocabulary.yaml", "training/asked.jsonl"
MESSAGES = "".join(
    json.dumps({"text": text, "label": label, "voice": "house"}) + "\n"
    for text, label in (("again when", "how-often"), ("is it dear", "cost"), ("lovely day", "out-of-scope:small-talk"))
)


class Loader:
    """The small knowledge in a folder of its own, loaded as often as a test wants, with what was worked out for it."""

    def __init__(self, folder: Path) -> None:
        self.root = write(folder, training=MESSAGES)
        self.cache = folder / "cache"
        self.work: list[str] = []
        self.answerer = self.load()

    def load(self) -> Answerer:
        self.work = []
        self.answerer = load(self.root, self.cache, self._tell)
        return self.answerer

    def _tell(self, what: str, share: float) -> None:
        if what not in self.work:
            self.work.append(what)

    def change(self, file: str, old: str, new: str) -> None:
        text = (self.root / file).read_text(encoding="utf-8")
        assert old in text
        (self.root / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    def kept(self) -> dict[str, Path]:
        """What is kept of each stage."""
        return {path.name.partition("-")[0]: path for path in self.cache.iterdir()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Loader:
    """Made once, since learning takes seconds; tests work on copies."""
    return Loader(tmp_path_factory.mktemp("made"))


@pytest.fixture
def loader(made: Loader, tmp_path: Path) -> Loader:
    mine = object.__new__(Loader)
    mine.root, mine.cache, mine.work, mine.answerer = tmp_path / "knowledge", tmp_path / "cache", [], made.answerer
    shutil.copytree(made.root, mine.root)
    shutil.copytree(made.cache, mine.cache)
    return mine


def test_the_first_start_does_all_the_work_and_the_next_none(loader: Loader) -> None:
    kept = loader.load()
    assert loader.work == []
    shutil.rmtree(loader.cache)
    fresh = loader.load()
    assert loader.work == [CHECKING, READING, LEARNING]
    assert vars(kept.knowledge) == vars(fresh.knowledge)
    assert kept.model_key == fresh.model_key
    assert kept.scorer._model == fresh.scorer._model
    for text in ("how often", "what is the price", "i can't swallow", "lovely day", "btx every when"):
        assert str(kept.reply(text)) == str(fresh.reply(text))


def test_nothing_is_kept_without_a_folder(loader: Loader) -> None:
    before = {path: path.stat().st_mtime_ns for path in loader.cache.iterdir()}
    assert vars(load(loader.root, cache=None).knowledge) == vars(loader.answerer.knowledge)
    assert {path: path.stat().st_mtime_ns for path in loader.cache.iterdir()} == before


def test_a_corrected_answer_keeps_the_model(loader: Loader) -> None:
    key = loader.answerer.model_key
    loader.change(FAQ, "say: Every 12 weeks.", "say: Every 12 weeks, about.")
    assert loader.load().knowledge.entries["how-often"].answer[0].text == "Every 12 weeks, about."
    assert loader.work == [CHECKING]
    assert loader.answerer.model_key == key
    loader.load()
    assert loader.work == []


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("sources.yaml", "An article", "An old article"),
        ("facts.yaml", "Prices differ.", "Prices vary."),
        ("wordings.yaml", "I don't know.", "I do not know."),
        ("out_of_scope.yaml", "Hello to you too.", "Hello!"),
        (FAQ, "topic: Schedule", "topic: When"),
        (TRAINING, '"voice": "house"', '"voice": "person"'),
        (TRAINING, '"voice": "house"', '"voice": "house", "also": ["cost"]'),  # for the language model alone
        (VOCABULARY, "spellings:", "# slips\nspellings:"),
        ("red_flag_rules.yaml", "my wife is having trouble breathing", "my husband is having trouble breathing"),
    ],
)
def test_what_teaches_nothing_keeps_the_model(loader: Loader, file: str, old: str, new: str) -> None:
    key = loader.answerer.model_key
    loader.change(file, old, new)
    assert loader.load().model_key == key
    assert loader.work == [CHECKING]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (TRAINING, "is it dear", "is it very dear"),
        (TRAINING, '"label": "cost"', '"label": "how-often"'),
        (TRAINING, MESSAGES, MESSAGES + '{"text": "when next", "label": "how-often", "voice": "house"}\n'),
        (FAQ, "- what is the fee", "- what are the fees"),
        (FAQ, "question: What does it cost?", "question: What is its cost?"),
        ("out_of_scope.yaml", "good morning all", "good evening all"),
        (VOCABULARY, "price: [price, cost]", "price: [price, cost, fee]"),
        (VOCABULARY, "skippable: [just]", "skippable: [merely]"),
        ("english.yaml", "again: [how, what, does]", "again: [how, what, do]"),
        ("red_flag_rules.yaml", "within: 3", "within: 4"),
        ("red_flag_words.yaml", "  tongue: [", "  tongue: [gobbet, "),
    ],
)
def test_what_teaches_something_is_learnt(
    loader: Loader, monkeypatch: pytest.MonkeyPatch, file: str, old: str, new: str
) -> None:
    class EnoughError(Exception):
        """Learning begins, which takes seconds: it is tried to the end elsewhere."""

    def stop(*arguments: object) -> None:
        raise EnoughError

    loader.change(file, old, new)
    monkeypatch.setattr("knowledge.loading.compiling.compile_all", stop)
    with pytest.raises(EnoughError):
        loader.load()


def test_a_new_training_message_is_learnt_from(loader: Loader) -> None:
    before = loader.answerer
    with (loader.root / TRAINING).open("a") as file:
        file.write('{"text": "wheelbarrow", "label": "cost", "voice": "house"}\n')
    after = loader.load()
    assert loader.work == [CHECKING, READING, LEARNING]
    assert after.model_key != before.model_key
    assert before.scorer.score(before.read("wheelbarrow").terms, "wheelbarrow").ranking.known_share == 0.0
    ranking = after.scorer.score(after.read("wheelbarrow").terms, "wheelbarrow").ranking
    assert ranking.known_share == pytest.approx(1.0)
    [(feature, weight)] = after.scorer.ranker.explain(ranking, "cost")
    assert feature == "word:wheelbarrow"
    assert weight > 0


def test_an_old_model_does_not_come_back_under_changed_files(loader: Loader) -> None:
    """Only the newest model is kept; there and back again is learnt again, and is the same."""
    loader.change(FAQ, "- what is the fee", "- what are the fees")
    changed = loader.load().model_key
    loader.change(FAQ, "- what are the fees", "- what is the fee")
    assert loader.load().model_key != changed
    assert loader.work == [CHECKING, READING, LEARNING]
    assert set(loader.kept()) == {"content", "model", "code"}


def _empty(kept: bytes) -> bytes:
    return b""


def _cut(kept: bytes) -> bytes:
    return kept[: len(kept) // 2]


def _junk(kept: bytes) -> bytes:
    return b"{}\nnull"


def _one_wrong(kept: bytes) -> bytes:
    middle = len(kept) // 2
    return kept[:middle] + bytes([kept[middle] ^ 1]) + kept[middle + 1 :]


@pytest.mark.parametrize("stage", ["content", "model", "code"])
@pytest.mark.parametrize("damage", [_empty, _cut, _junk, _one_wrong])
def test_a_damaged_kept_file_is_made_anew(loader: Loader, stage: str, damage: Callable[[bytes], bytes]) -> None:
    path = loader.kept()[stage]
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert loader.load().knowledge.entries.keys() == {"how-often", "cost"}
    assert loader.work == {"content": [CHECKING], "model": [CHECKING, READING, LEARNING], "code": []}[stage]
    assert path.read_bytes() == whole
    loader.load()
    assert loader.work == []


def test_a_folder_that_cannot_be_written_does_no_harm_and_is_told_once(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the cache folder should be")
    told: list[Path] = []
    answerer = load(write(tmp_path), blocked, on_uncached=lambda folder, error: told.append(folder))
    assert answerer.knowledge.entries
    assert told == [blocked]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("not json", "is no training message"),
        ("[]", "is no training message"),
        ('{"text": "x", "label": "cost"}', "is no training message"),
        ('{"text": 1, "label": "cost", "voice": "house"}', "is no training message"),
        ('{"text": "x", "label": "cost", "voice": "house", "also": "how-often"}', "is no training message"),
        ('{"text": "x", "label": "cost", "voice": "house", "or": ["how-often"]}', "is no training message"),
        ('{"text": "x", "label": "costs", "voice": "house"}', "costs: there is no such entry or subject"),
        (
            '{"text": "x", "label": "cost", "voice": "house", "also": ["how-often", "when"]}',
            "when: there is no such entry or subject",
        ),
        ('{"text": "Is it DEAR?", "label": "cost", "voice": "house"}', "“Is it DEAR?” is here already"),
        ('{"text": "is it dear", "label": "how-often", "voice": "house"}', "“is it dear” is asked of cost too"),
        ('{"text": "what is the price", "label": "how-often", "voice": "house"}', "is asked of cost too"),
        ('{"text": "???", "label": "cost", "voice": "house"}', "“???” holds no word"),
    ],
)
def test_a_training_message_that_can_not_be_used_is_named(loader: Loader, line: str, said: str) -> None:
    with (loader.root / TRAINING).open("a") as file:
        file.write(f"\n{line}\n")
    with pytest.raises(KnowledgeError) as caught:
        loader.load()
    [problem] = caught.value.problems
    assert str(problem).startswith(f"knowledge/{TRAINING}:5: ")
    assert said in str(problem)


def test_a_subject_out_of_scope_may_be_asked_in_other_scripts(loader: Loader) -> None:
    with (loader.root / TRAINING).open("a") as file:
        file.write('{"text": "Какая погода?", "label": "out-of-scope:small-talk", "voice": "house"}\n')
    assert loader.load().knowledge.entries


def test_everything_cited_has_a_place(knowledge: Knowledge) -> None:
    for entry in knowledge.entries.values():
        assert entry.citations, entry.id
        for point in (*entry.answer, *entry.more):
            assert point.evidence, entry.id
