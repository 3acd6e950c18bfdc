"""`bot.py check`: what is printed of a review, whatever kinds of finding there are, and of whom."""

from __future__ import annotations

import io
import json
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from rich.console import Console

from cli.check import show, summarise, to_data, to_line
from cli.outcome import ExitStatus
from knowledge.check.findings import (
    KINDS,
    Collision,
    Finding,
    HardText,
    LongAnswer,
    LowAccuracy,
    NoRelated,
    Review,
    StaleEntry,
    UnusedFact,
    WrongTriage,
)
from tests.cli.conftest import Edit, bot

FAQ = "faq/schedule.yaml"
AT = "knowledge/faq/schedule.yaml:7"
VALUES: dict[Any, Any] = {str: "how-often", float: 9.5, int: 1234, date: date(2026, 1, 2), tuple[str, ...]: ("a", "b")}


def made_up(kind: type[Finding]) -> Finding:
    """A finding of any kind, whatever its fields are."""
    hints = get_type_hints(kind)
    values = {field.name: VALUES.get(hints[field.name], "how-often") for field in fields(kind) if field.name != "at"}
    return kind(AT, **values)


@pytest.fixture
def calm(small_review: Review) -> Review:
    """A review with nothing found."""
    return replace(small_review, findings=())


def printed(found: Review, *names: str) -> list[str]:
    screen = io.StringIO()
    show(replace(found, only=names), Console(file=screen, width=80, highlight=False, soft_wrap=True))
    return screen.getvalue().splitlines()


def test_at_rest_there_is_a_summary_and_nothing_else(calm: Review) -> None:
    [line] = printed(calm)
    assert line.startswith("2 entries, 26 phrasings, ")
    assert line.endswith("% right in cross-validation: no errors, no notes, 0 good to know (--json lists these)")


@pytest.mark.parametrize("kind", KINDS)
def test_any_kind_of_finding_is_a_line_below_its_title_or_is_counted(calm: Review, kind: type[Finding]) -> None:
    found = replace(calm, findings=(made_up(kind),) * 2)
    counted = printed(found)
    listed = printed(found, "how-often")
    heading, *mend, first, second, empty, summary = _without_how_to_confirm(found, listed)
    assert mend == [kind.mend][: bool(kind.mend)]
    assert heading == f"{kind.severity}  {kind.title}: 2"
    assert first == second
    assert first.startswith(f"{AT}: ")
    assert empty == ""
    for field in fields(kind):
        value = getattr(found.findings[0], field.name)
        assert any(str(each) in first.replace(",", "") for each in (value if isinstance(value, tuple) else [value]))
    if kind.severity == "info":
        assert len(counted) == 1
        assert "2 good to know" in counted[0]
    else:
        assert counted[:-1] == listed[:-1]
        assert f"2 {kind.severity}s" in summary


def _without_how_to_confirm(found: Review, lines: list[str]) -> list[str]:
    """The lines but for those on confirming, which stand above the summary where something can be."""
    example = next((finding.id for finding in (*found.errors, *found.notes) if finding.id), "")
    if not example:
        return lines
    *above, question, answer, empty, summary = lines
    assert question.startswith("Right as it is?")
    assert answer.startswith(f"- {example}: ")
    assert empty == ""
    return [*above, summary]


@pytest.mark.parametrize(
    ("finding", "line"),
    [
        (NoRelated(AT, "cost"), f"{AT}: cost"),
        (UnusedFact(AT, "interval", "medium"), f"{AT}: interval: confidence medium [ID]"),
        (LongAnswer(AT, "cost", 1240, 3), f"{AT}: cost: words 1,240, points 3"),
        (LowAccuracy("", 0.873, 0.9), "accuracy 87.3% (expected 90.0%)"),
        (StaleEntry(AT, "cost", date(2020, 1, 2), 2515), f"{AT}: cost: checked 2020-01-02, days 2,515"),
        (HardText(AT, "cost", "more 1", 9.25, "Long words."), f"{AT}: cost: more 1, grade 9.2, “Long words.” [ID]"),
        (
            WrongTriage(AT, "breathing", "i can not breathe", "not urgent", "urgent"),
            f"{AT}: breathing: “i can not breathe”, got urgent (expected not urgent)",
        ),
        (
            Collision(AT, "cost", "price", "how-often", "the price", "a.yaml:3", "cost", 93.0),
            f"{AT}: cost: “price”, other how-often, “the price”, other at a.yaml:3, winner cost, likeness 93.0 [ID]",
        ),
    ],
)
def test_a_line_reads_as_a_problem_of_the_loader_does(finding: Finding, line: str) -> None:
    assert to_line(finding).plain == line.replace("ID", finding.id)


def test_a_long_text_is_cut_on_the_screen_and_whole_in_the_data(calm: Review) -> None:
    text = "many words " * 50
    found = HardText(AT, "cost", "answer 1", 9.0, text)
    assert len(to_line(found).plain) < 200
    assert to_data(replace(calm, findings=(found,)))["findings"]["hard-text"][0]["text"] == text


def test_errors_stand_last_and_the_summary_below_them(calm: Review) -> None:
    found = replace(calm, findings=tuple(map(made_up, KINDS)))
    headings = [line.split("  ")[0] for line in printed(found, "cost") if "  " in line]
    assert headings == sorted(headings, key=["info", "note", "error"].index)
    assert len(headings) == len(KINDS)
    assert printed(found)[-1] == summarise(found)


def test_data_holds_dates_as_text_and_every_kind(calm: Review) -> None:
    found = to_data(replace(calm, findings=(StaleEntry(AT, "cost", date(2020, 1, 2), 2515),)))
    assert json.loads(json.dumps(found)) == found
    assert (found["ok"], found["errors"], found["notes"], found["problems"]) == (True, 0, 1, [])
    assert found["findings"]["stale-entry"] == [{"at": AT, "entry": "cost", "checked": "2020-01-02", "days": 2515}]
    assert set(found["findings"]) == set(found["severities"]) == {kind.kind for kind in KINDS}


def test_what_is_confirmed_is_no_longer_to_do(calm: Review) -> None:
    finding = UnusedFact(AT, "interval", "medium")
    found = replace(calm, findings=(finding,), confirmed={finding.id: "It will be needed."})
    [line] = printed(found)
    assert "no errors, no notes, 1 confirmed, 0 good to know" in line
    told = to_data(found)
    assert (told["notes"], told["confirmed"]) == (0, 1)
    [kept] = told["findings"]["unused-fact"]
    assert (kept["id"], kept["confirmed"]) == (finding.id, "It will be needed.")


# As a process


def test_check_of_entries_shows_what_concerns_them(tree: Path, edit: Edit) -> None:
    edit(FAQ, "    related: [how-often]\n", "")
    edit(FAQ, "checked: 2026-11-21", "checked: 2020-11-21")  # of how-often, the first
    done = bot("check", "cost", tree=tree)
    assert done.returncode == ExitStatus.WELL, done.stderr
    lines = done.stdout.splitlines()
    assert "note  Entries without related ones: 1" in lines
    line = 1 + (tree / "knowledge" / FAQ).read_text(encoding="utf-8").splitlines().index("  - id: cost")
    assert f"knowledge/{FAQ}:{line}: cost" in lines
    assert "Reviewed more than" not in done.stdout
    assert lines[-1].startswith("cost: no errors, ")
    found = json.loads(bot("check", "--json", "how-often", tree=tree).stdout)["findings"]
    assert [each["entry"] for each in found["stale-entry"]] == ["how-often"]
    assert found["no-related"] == []


def test_an_unknown_entry_gets_the_nearest(tree: Path) -> None:
    done = bot("check", "cots", "how-often", "how-oftne", tree=tree)
    assert done.returncode == ExitStatus.MISUSED
    assert done.stdout == ""
    told = done.stderr.splitlines()[-2:]
    assert told[0].startswith("There is no entry “cots”. The nearest are: cost")
    assert told[1].startswith("There is no entry “how-oftne”. The nearest are: how-often")


def test_an_error_fails_the_check(tree: Path, edit: Edit) -> None:
    edit(FAQ, "It depends on where you live.", "It is so. " * 25)
    done = bot("check", tree=tree)
    assert done.returncode == ExitStatus.FAILED
    assert "error  Answers of more than 60 words or 3 points before the fold: 1" in done.stdout
    assert ": 2 errors, " in done.stdout.splitlines()[-1]


def test_files_that_can_not_be_used_are_problems_in_json(tree: Path, edit: Edit) -> None:
    edit(FAQ, "    label: Cost\n", "")
    done = bot("check", "--json", tree=tree)
    assert done.returncode == ExitStatus.FAILED
    found = json.loads(done.stdout)
    assert found["ok"] is False
    [problem] = found["problems"]
    assert list(problem) == ["file", "line", "entry", "what", "expected"]
    assert problem["file"] == "knowledge/faq/schedule.yaml"
