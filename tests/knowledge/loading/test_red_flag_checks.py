"""Every way of breaking the red flags' files that an editor might find, and the message that it gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.check.red_flag_examples import wrong_examples
from knowledge.loading.load import load
from knowledge.loading.problems import KnowledgeError
from knowledge.loading.validate import validate_all
from tests.knowledge.small import write

FLAGS, RULES, WORDS = "red_flags.yaml", "red_flag_rules.yaml", "red_flag_words.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path)


def change(folder: Path, file: str, old: str, new: str) -> int:
    """Replace the first `old`; gives the line in which it stood."""
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def problems(folder: Path) -> list[str]:
    with pytest.raises(KnowledgeError) as caught:
        validate_all(folder)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (FLAGS, "tier: EMERGENCY", "tier: URGENT", ["'URGENT' is not a choice", "'EMERGENCY', 'CRISIS' or 'PROMPT'"]),
        (FLAGS, "    covers: New trouble breathing", "    cover: New trouble breathing", ["unknown key “cover”"]),
        (RULES, "needs: [breath, odd]", "needs: [breth, odd]", ["breathing_difficulty", "no list “breth”"]),
        (FLAGS, "{emergency}", "{ambulance}", ["“{ambulance}” can't be filled", "{emergency}"]),
        (FLAGS, "sources: [botox-medguide,", "sources: [botox-guide,", ["there is no page “botox-guide”", "`pages`"]),
        (FLAGS, "- id: swallowing_choking", "- id: breathing_difficulty", ["this id is taken already"]),
        (RULES, "unless: [nose_only]", "unless: [nose_on]", ["no list “nose_on”", "red_flag_words.yaml"]),
        (RULES, "even: [past]", "even: [yesterday]", ["'yesterday' is not a choice"]),
        (FLAGS, "action: Call {emergency}", "action: _Call_ {emergency}", ["“_Call_” is markup", "plain words"]),
        (FLAGS, 'code: "US"', 'code: "USA"', ["wrong form"]),
        (RULES, "\nrules:\n", "\nrulez:\n", ["“rules” is missing"]),
        (RULES, "\n  breathing_difficulty:\n", "\n  breathing:\n", ["no such red flag", "has no rule"]),
        (WORDS, "\n  hearsay: [", "\n  hearsey: [", ["the list “hearsay” is missing"]),
        (WORDS, "<triptan>", "<tryptan>", ["no list “tryptan”"]),
        (WORDS, "idioms:\n", "idioms:\n  - '?!'\n", ["wrong form"]),
        (WORDS, "idioms:\n", "idioms:\n  - '=='\n", ["holds no word"]),
        (WORDS, "\nlists:\n", "\nlists:\n  Throat: [throat]\n", ["wrong form"]),
        (WORDS, "inabilities: [", "inabilities: [unable_to, ", ["no list “unable_to”"]),
    ],
)
def test_a_mistake_is_named_with_its_place(folder: Path, file: str, old: str, new: str, said: list[str]) -> None:
    change(folder, file, old, new)
    found = problems(folder)
    assert found
    assert all(any(part in problem for problem in found) for part in said), found
    assert any(problem.startswith(f"{folder.name}/{file}:") for problem in found)


def test_problems_of_all_files_come_together(folder: Path) -> None:
    change(folder, FLAGS, "tier: EMERGENCY", "tier: URGENT")
    change(folder, WORDS, "idioms:", "idiom:")
    found = problems(folder)
    assert any(FLAGS in problem for problem in found)
    assert any(WORDS in problem for problem in found)


def test_the_line_is_the_right_one(folder: Path) -> None:
    line = change(folder, RULES, "needs: [breath, odd]", "needs: [breth, odd]")
    assert any(problem.startswith(f"{folder.name}/{RULES}:{line}:") for problem in problems(folder))


def test_a_missing_file_is_said(folder: Path) -> None:
    (folder / WORDS).unlink()
    assert "can't be read" in problems(folder)[0]


def test_an_example_that_goes_wrong_is_named(folder: Path) -> None:
    before = wrong_in(folder)  # the small vocabulary knows few slips, so some real examples are wrong there
    change(folder, RULES, "        - my wife is having trouble breathing\n", "        - my wife has a lovely day\n")
    change(folder, RULES, "        - no trouble breathing at all\n", "        - i can't breathe\n")
    assert wrong_in(folder) - before == {
        ("breathing_difficulty", "my wife has a lovely day", "urgent by this rule of breathing_difficulty"),
        ("breathing_difficulty", "i can't breathe", "not urgent"),
    }


def wrong_in(folder: Path) -> set[tuple[str, str, str]]:
    answerer = load(folder, cache=None)
    return {(each.flag, each.text, each.wanted) for each in wrong_examples(answerer.reader, answerer.triage.floor)}


def test_an_editor_can_teach_a_word(folder: Path) -> None:
    told = "my gobbet has gone all wibbly since the injections"
    before = load(folder, cache=None)
    assert before.triage.look_at(before.read(told)).urgent is None
    change(folder, WORDS, "  tongue: [", "  tongue: [gobbet, ")
    change(folder, WORDS, "  tongue_fails: [", "  tongue_fails: [wibbly, ")
    after = load(folder, cache=None)
    assert after.triage.look_at(after.read(told)).urgent
