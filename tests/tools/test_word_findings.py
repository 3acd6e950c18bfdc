"""The comment on a pull request says what the check found, and nothing in a text can be anything but text."""

from __future__ import annotations

import json
from typing import Any

from tools.word_findings import MOST_CHARACTERS, word


def found(*findings: dict[str, Any], severity: str = "error", problems: tuple[dict[str, Any], ...] = ()) -> str:
    return json.dumps(
        {
            "ok": False,
            "problems": problems,
            "errors": len(findings),
            "notes": 0,
            "severities": {"hard-text": severity},
            "findings": {"hard-text": findings},
        }
    )


def test_a_finding_is_a_line_with_its_place() -> None:
    text = word(found({"at": "knowledge/faq/schedule.yaml:7", "entry": "how-often", "grade": 9.1}))
    assert "Errors: 1, notes: 0" in text
    assert "\nerror hard-text: knowledge/faq/schedule.yaml:7: entry how-often, grade 9.1\n" in text


def test_what_is_good_to_know_or_confirmed_is_left_out() -> None:
    assert "```" not in word(found({"at": "", "entry": "how-often"}, severity="info"))
    assert "```" not in word(found({"at": "", "entry": "how-often", "confirmed": "right as it is"}))


def test_problems_of_the_files_stand_alone() -> None:
    problem = {"file": "a.yaml", "line": 3, "entry": "how-often", "what": "is odd", "expected": "even"}
    assert "a.yaml:3: how-often: is odd (expected even)" in word(found(problems=(problem,)))


def test_a_text_can_not_leave_its_block() -> None:
    evil = "````\n# Heading @everybody <img src=x>\n`````"
    lines = word(found({"at": "", "text": evil})).splitlines()
    assert lines[2] == "``````text"
    assert lines[-1] == "``````"
    assert not any(line.startswith("`" * 6) for line in lines[3:-1])
    assert len(lines) == 5


def test_a_comment_is_never_too_long() -> None:
    many = [{"at": "knowledge/faq/schedule.yaml:7", "text": "long " * 40} for _ in range(1000)]
    text = word(found(*many))
    assert len(text) < MOST_CHARACTERS + 1000
    assert "more: see the log" in text


def test_a_check_that_broke_is_told() -> None:
    assert "no result" in word("")
