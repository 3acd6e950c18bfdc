"""`bot.py sign`: what is entered, what replaces it, what is refused, and that the files stay sound."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from cli.outcome import ExitStatus, MisuseError
from cli.sign import Paper, sign
from knowledge.loading.build import HERE
from knowledge.loading.problems import KnowledgeError
from knowledge.loading.validate import validate_all
from knowledge.model import Knowledge
from knowledge.signatures import digest_of, valid_signatures
from tests.cli.conftest import ROOT, bot

TODAY = datetime.now().astimezone().date()
ANN = Paper("Dr Ann Onym", "neurologist", TODAY)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The knowledge files as they are here, without what is learnt from, and signed by nobody."""
    root = tmp_path / "knowledge"
    others = shutil.ignore_patterns("*.py", "__pycache__", "training", "weights", "*.bin", "schema")
    shutil.copytree(HERE, root, ignore=others)
    path = root / "reviewed_by.yaml"
    head = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    path.write_text("\n".join([*head, "reviewed_by: []", ""]), encoding="utf-8")
    return root


@pytest.fixture
def name(knowledge: Knowledge) -> str:
    """An entry of which it is not noted that it was changed."""
    return next(entry.id for entry in knowledge.entries.values() if not entry.changed)


def listed(folder: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = yaml.safe_load((folder / "reviewed_by.yaml").read_text("utf-8"))["reviewed_by"]
    return found


def change(folder: Path, knowledge: Knowledge, name: str) -> None:
    """Add a word to the question of the entry."""
    question = knowledge.entries[name].question
    for path in (folder / "faq").glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        if f"id: {name}\n" in text:
            assert question in text
            path.write_text(text.replace(question, f"Now, {question}", 1), encoding="utf-8")


def test_a_signature_is_entered_and_holds(
    folder: Path, name: str, knowledge: Knowledge, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (folder / "reviewed_by.yaml").read_text(encoding="utf-8")
    assert sign(name, ANN, folder) == ExitStatus.WELL
    after = (folder / "reviewed_by.yaml").read_text(encoding="utf-8")
    assert after.startswith(before.partition("reviewed_by: []")[0]), "the header stays"
    digest = digest_of(knowledge.entries[name])
    assert listed(folder) == [
        {"entry": name, "name": "Dr Ann Onym", "role": "neurologist", "on": TODAY, "of": digest},
    ]
    [signature] = valid_signatures(validate_all(folder).knowledge.entries[name])
    assert (signature.name, signature.role, signature.on) == ("Dr Ann Onym", "neurologist", TODAY)
    assert digest in capsys.readouterr().out


def test_any_change_makes_it_lapse_and_the_same_person_signs_anew(
    folder: Path, name: str, knowledge: Knowledge, capsys: pytest.CaptureFixture[str]
) -> None:
    sign(name, ANN, folder)
    sign(name, Paper("Bob", "pharmacist"), folder)
    change(folder, knowledge, name)
    entry = validate_all(folder).knowledge.entries[name]
    assert (len(entry.signatures), valid_signatures(entry)) == (2, ())
    capsys.readouterr()
    sign(name, Paper(" dr ann  onym ", "professor"), folder)
    assert "instead of an earlier one" in capsys.readouterr().out
    entry = validate_all(folder).knowledge.entries[name]
    assert [(each.name, each.role) for each in entry.signatures] == [
        ("Bob", "pharmacist"),
        ("dr ann  onym", "professor"),
    ]
    assert [each.role for each in valid_signatures(entry)] == ["professor"]


def test_the_signatures_of_other_entries_and_people_stay(folder: Path, knowledge: Knowledge) -> None:
    first, second = list(knowledge.entries)[:2]
    for name, person in ((first, "Ann"), (second, "Ann"), (first, "Bob"), (first, "Ann")):
        sign(name, Paper(person, "doctor", of=digest_of(knowledge.entries[name])), folder)
    assert [(each["entry"], each["name"]) for each in listed(folder)] == [
        (second, "Ann"),
        (first, "Bob"),
        (first, "Ann"),
    ]


def test_names_of_all_sorts_come_back_as_they_were(folder: Path, name: str) -> None:
    for person in ("Zoë D’Arcy-Łuczak", "O'Neil: MD, #1", "null", "- 'x'"):
        sign(name, Paper(person, "consultant: “headache”"), folder)
    assert [each["name"] for each in listed(folder)] == ["Zoë D’Arcy-Łuczak", "O'Neil: MD, #1", "null", "- 'x'"]


Refusal = Callable[[str], tuple[str, Paper, str]]
REFUSALS: dict[str, Refusal] = {
    "a day to come": lambda name: (name, Paper("Ann", "doctor", TODAY + timedelta(days=1)), "still to come"),
    "no name": lambda name: (name, Paper("  ", "doctor"), "a name and a role"),
    "no role": lambda name: (name, Paper("Ann", ""), "a name and a role"),
    "another answer": lambda name: (name, Paper("Ann", "doctor", of="0123456789abcdef"), "changed since"),
    "no such entry": lambda name: (name[:-1], Paper("Ann", "doctor"), name),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_is_refused(folder: Path, name: str, case: str) -> None:
    entry, paper, said = REFUSALS[case](name)
    with pytest.raises(MisuseError, match=said):
        sign(entry, paper, folder)
    assert listed(folder) == []


def test_a_day_before_the_last_change_is_refused_unless_the_sheet_is_of_this_answer(
    folder: Path, name: str, knowledge: Knowledge
) -> None:
    for path in (folder / "faq").glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        mark = f"- id: {name}\n"
        noted = f"{mark}    changed: [{{on: 2026-11-01, what: Something}}]\n"
        path.write_text(text.replace(mark, noted, 1), encoding="utf-8")
    with pytest.raises(MisuseError, match="changed on 1 November 2026"):
        sign(name, Paper("Ann", "doctor", date(2026, 10, 31)), folder)
    digest = digest_of(knowledge.entries[name])
    sign(name, Paper("Ann", "doctor", date(2026, 10, 31), digest), folder)
    assert len(listed(folder)) == 1


@pytest.mark.parametrize("written", ["<b>Ann</b>", "Ann\nBob"])
def test_what_the_files_do_not_take_leaves_them_as_they_were(folder: Path, name: str, written: str) -> None:
    sign(name, ANN, folder)
    before = (folder / "reviewed_by.yaml").read_text(encoding="utf-8")
    with pytest.raises(KnowledgeError, match="reviewed_by"):
        sign(name, Paper(written, "doctor"), folder)
    assert (folder / "reviewed_by.yaml").read_text(encoding="utf-8") == before
    assert not [path for path in folder.iterdir() if path.name.startswith(".writing")]


# As a process


@pytest.fixture
def whole_tree(folder: Path) -> Path:
    """The program beside those knowledge files."""
    root = folder.parent
    ignored = shutil.ignore_patterns("__pycache__")
    for package in ("cli", "runtime", "book"):
        shutil.copytree(ROOT / package, root / package, ignore=ignored)
    for path in HERE.rglob("*.py"):
        goal = folder / path.relative_to(HERE)
        goal.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, goal)
    shutil.copy(ROOT / "bot.py", root)
    return root


def test_from_the_shell_to_the_page(whole_tree: Path, name: str, knowledge: Knowledge) -> None:
    digest = digest_of(knowledge.entries[name])
    day = ("--on", "2026-11-30") if date(2026, 11, 30) <= TODAY else ()
    done = bot("sign", name, "--by", "Dr Ann Onym", "--role", "neurologist", *day, "--of", digest, tree=whole_tree)
    assert (done.returncode, done.stderr) == (ExitStatus.WELL, "")
    assert digest in done.stdout
    assert bot("book", str(whole_tree / "out"), tree=whole_tree).returncode == ExitStatus.WELL
    page = (whole_tree / "out" / f"{name}.html").read_text(encoding="utf-8")
    assert f"{knowledge.wordings.reviewed_by} Dr Ann Onym, neurologist" in page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("no-such-entry", "--by", "Ann", "--role", "doctor"), "There is no entry “no-such-entry”. The nearest are: "),
        (("how-often", "--by", "Ann", "--role", "doctor", "--on", "yesterday"), "a day as 2026-11-30"),
        (("how-often", "--by", "Ann"), "--role"),
    ],
)
def test_misuse_is_explained(arguments: tuple[str, ...], said: str) -> None:
    before = (HERE / "reviewed_by.yaml").stat().st_mtime_ns
    done = bot("sign", *arguments)
    assert done.returncode == ExitStatus.MISUSED
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert (HERE / "reviewed_by.yaml").stat().st_mtime_ns == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_may_not_be_written(whole_tree: Path, name: str) -> None:
    (whole_tree / "knowledge").chmod(0o500)
    done = bot("sign", name, "--by", "Ann", "--role", "doctor", tree=whole_tree)
    (whole_tree / "knowledge").chmod(0o700)
    assert done.returncode == ExitStatus.MISUSED
    assert "can't be written" in done.stderr
