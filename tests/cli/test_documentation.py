"""docs/command-line.md and docs/operating.md say what the program does: every command, option, status and setting."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

import pytest

from bot import build_parser
from cli.ask import to_json_line
from cli.check import to_data
from cli.outcome import ExitStatus
from knowledge.answering import Answerer
from knowledge.check.findings import Review
from runtime.settings import Settings
from runtime.version import VERSION
from tests.cli.conftest import ROOT
from tools.write_docs import PAGES, renew

COMMAND_LINE = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")


def commands() -> dict[str, argparse.ArgumentParser]:
    [choices] = [action.choices for action in build_parser()._actions if isinstance(action.choices, dict)]
    return choices


def section(heading: str) -> str:
    """The text of the page below a heading, up to the next."""
    _, found, rest = COMMAND_LINE.partition(f"\n## {heading}\n")
    assert found, f"docs/command-line.md has no heading “{heading}”"
    return rest.partition("\n## ")[0]


def rows(text: str) -> list[str]:
    """What stands in the first column of the tables of `text`."""
    return re.findall(r"^\| ([^|]+?) \|", text, re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_quoted_is_current(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert "<!-- begin " in text
    assert renew(text) == text, "run `make docs`"


@pytest.mark.parametrize("command", commands())
def test_every_command_has_its_place_with_all_its_options(command: str) -> None:
    text = section(f"`{command}`")
    assert f"<!-- begin bot.py {command} --help -->" in text
    for action in commands()[command]._actions:
        for name in action.option_strings or [str(action.metavar)]:
            assert name in text, name


def test_the_page_has_no_command_that_is_gone() -> None:
    assert re.findall(r"^## `(.+)`$", COMMAND_LINE, re.MULTILINE) == list(commands())
    for action in build_parser()._actions:
        assert all(option in COMMAND_LINE for option in action.option_strings)


def test_every_option_is_told_of_in_words_too() -> None:
    """Not only in the box that `--help` fills."""
    for command, parser in commands().items():
        words = re.sub(r"<!-- begin .*?<!-- end -->", "", section(f"`{command}`"), flags=re.DOTALL)
        for action in parser._actions:
            name = (action.option_strings or [str(action.metavar)])[-1]
            assert name in words or name in ("--help", "--days"), f"{command} {name}"


def test_every_exit_status_is_in_the_table() -> None:
    assert rows(section("Exit status"))[2:] == [str(status.value) for status in ExitStatus]


def test_the_keys_of_ask_are_those_of_the_table(answerer: Answerer) -> None:
    keys = json.loads(to_json_line("how often", answerer, overheard=False))
    assert re.findall(r"`(\w+)`", " ".join(rows(section("`ask`")))) == list(keys)


def test_the_keys_of_check_are_those_of_the_table(small_review: Review) -> None:
    keys = to_data(small_review)
    assert set(re.findall(r"`(\w+)`", " ".join(rows(section("`check`"))))) == set(keys)


def test_every_setting_is_in_the_table() -> None:
    table = OPERATING.partition("<!-- begin settings -->")[2].partition("<!-- end -->")[0]
    assert [f"`{name.upper()}`" for name in Settings.model_fields] == rows(table)[2:]


def test_the_version_has_its_place_in_the_changelog() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## \[(.+?)\] - ", changelog, re.MULTILINE)[0] == VERSION
