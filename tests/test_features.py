"""docs/features.md: what is said of this bot is shown by a test, and every test that is named exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "features.md"
COLUMNS = 8
_TEST = re.compile(r"\[([^\]]+)\]\((\.\./tests/[^)]+\.py)\)")


def rows() -> list[list[str]]:
    """The rows that compare: a feature, five others, this bot, and what shows it."""
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.read_text("utf-8").splitlines()]
    return [row for row in found if len(row) == COLUMNS and row[0] and not set(row[0]) <= set("- ")]


ROWS = rows()
TESTS = sorted(set(_TEST.findall(PAGE.read_text("utf-8"))))


def test_there_is_a_row_for_each_feature_and_no_feature_twice() -> None:
    features = [row[0] for row in ROWS]
    assert len(features) > 30
    assert len(set(features)) == len(features)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_is_done_here_is_shown_and_what_is_not_claims_no_test(row: list[str]) -> None:
    *others, here, shown_by = row[1:]
    assert all(re.match(r"(?:yes|part|no|\?|–)(?:: \w|$)", other) for other in others)
    verdict = re.match(r"\*\*(yes|part|no)\*\*", here)
    assert verdict, f"“{here}” is neither yes, part nor no"
    assert bool(_TEST.findall(shown_by)) == (verdict[1] != "no")
    assert _TEST.sub("", shown_by).strip(" ,") == ""


@pytest.mark.parametrize(("words", "file"), TESTS, ids=[words for words, _ in TESTS])
def test_the_test_that_is_named_exists(words: str, file: str) -> None:
    source = (PAGE.parent / file).resolve()
    assert source.is_file()
    name = re.escape("test_" + words.replace(" ", "_"))
    assert re.search(rf"^ *(?:async )?def {name}\(", source.read_text("utf-8"), re.MULTILINE)
