"""What long work says of itself, on a terminal and elsewhere."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest

from cli.progress import LEARNING, Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True

    @property
    def lines(self) -> list[str]:
        """What stood on the line, one after the other."""
        return self.getvalue().split("\r\x1b[2K")[1:]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "xterm")
    return Terminal()


def test_work_that_is_not_told_of_is_not_shown(terminal: Terminal) -> None:
    said: list[str] = []
    with Progress(say=said.append, screen=terminal):
        pass
    assert (said, terminal.getvalue()) == ([], "")


def test_a_terminal_shows_a_bar_that_is_gone_at_the_end(terminal: Terminal) -> None:
    said: list[str] = []
    with Progress(say=said.append, screen=terminal) as progress:
        for share in (0.0, 0.5, 0.5, 1.0):
            progress.tell("Learning", share)
        progress.tell("Weighing", 2.0)
    assert terminal.lines == [
        "Learning …",
        "Learning [############............]",
        "Learning [########################]",
        "Weighing [########################]",
        "",
    ]
    assert said == []


def test_a_bar_fits_a_narrow_terminal(terminal: Terminal) -> None:
    with Progress(screen=terminal) as progress:
        progress.tell("w" * 100, 0.5)
    assert len(terminal.lines[0]) == 59


def test_elsewhere_a_line_before_and_a_line_after(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress() as progress:
        progress.tell("Reading", 0.0)
        assert capsys.readouterr().err == f"{LEARNING} …\n"
        progress.tell("Learning", 0.5)
    assert capsys.readouterr().err == "Done after 0.0 s.\n"


def test_elsewhere_nothing_where_nothing_is_to_be_said(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(said_elsewhere="") as progress:
        progress.tell("Comparing", 0.5)
    assert capsys.readouterr().err == ""


def test_a_dumb_terminal_gets_plain_lines(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    said: list[str] = []
    with Progress(say=said.append, screen=terminal) as progress:
        progress.tell("Learning", 0.5)
    assert said == [f"{LEARNING} …", "Done after 0.0 s."]
    assert terminal.getvalue() == ""


def test_work_that_fails_is_not_called_done(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        with Progress() as progress:
            progress.tell("Learning", 0.5)
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        work()
    assert capsys.readouterr().err == f"{LEARNING} …\n"


def test_a_folder_that_can_not_be_written_is_told_once_with_how_to_mend_it(terminal: Terminal) -> None:
    said: list[str] = []
    with Progress(say=said.append, screen=terminal) as progress:
        progress.tell("Learning", 0.5)
        for _ in range(2):
            progress.tell_uncached(Path("/srv/bot/.cache"), PermissionError(13, "Permission denied"))
    [line] = said
    assert "/srv/bot/.cache (Permission denied)" in line
    assert "To mend it" in line
    assert terminal.lines[-1] == ""


def test_a_log_gets_every_step_and_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    said: list[str] = []
    with Progress(say=said.append, screen=io.StringIO(), brief=("Checking",), every=5.0) as progress:
        for what, share, seconds in (
            ("Checking", 0.0, 1.0),
            ("Checking", 1.0, 0.0),
            ("Reading", 0.0, 3.0),
            ("Reading", 0.5, 2.0),
            ("Reading", 0.9, 1.0),
            ("Learning", 0.25, 4.0),
            ("Learning", 1.0, 1.5),
        ):
            progress.tell(what, share)
            now[0] += seconds
    assert said == ["Checking …", f"{LEARNING} …", "Reading: 90%", "Learning: 100%", "Done after 11.5 s."]


def test_a_log_is_warned_of_a_folder_that_can_not_be_written() -> None:
    said: list[str] = []
    warned: list[str] = []
    with Progress(say=said.append, screen=io.StringIO(), every=5.0, warn=warned.append) as progress:
        progress.tell_uncached(Path("/srv/bot/.cache"), PermissionError(13, "Permission denied"))
    assert said == []
    assert "every start has to learn anew" in warned[0]
