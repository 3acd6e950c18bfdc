"""The units of systemd: locked down as they say, and in step with the program and its page."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.conftest import DEPLOY, ROOT

SERVICES = sorted(DEPLOY.glob("*.service"))
UNIT = (DEPLOY / "botox-for-migraine-bot.service").read_text(encoding="utf-8")


def values(name: str, text: str = UNIT) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", text, re.MULTILINE)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_systemd_finds_little_that_is_open(unit: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    [level] = re.findall(r"Overall exposure level for \S+: ([\d.]+)", done.stdout) or pytest.fail(done.stderr)
    assert float(level) <= 2.0


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
@pytest.mark.parametrize(
    "unit", sorted(DEPLOY.glob("*.service")) + sorted(DEPLOY.glob("*.timer")), ids=lambda unit: unit.name
)
def test_systemd_understands_it(unit: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    complaints = [line for line in done.stderr.splitlines() if unit.name in line and not expected(line)]
    assert complaints == []


def expected(line: str) -> bool:
    """What this machine lacks: the installed bot, or a systemd that knows pauses that grow."""
    return "is not executable" in line or "RestartSteps" in line or "RestartMaxDelaySec" in line


def test_it_is_stopped_reloaded_and_watched_as_the_program_wants() -> None:
    assert values("Type") == ["notify"]
    assert 8 < int(values("TimeoutStopSec")[0]) <= 15, "the bot is gone within 8 s"
    assert 90 <= int(values("WatchdogSec")[0]) <= 120
    assert values("ExecReload") == ["/bin/kill -HUP $MAINPID"]


def test_it_starts_again_whatever_it_ended_with() -> None:
    assert values("Restart") == ["on-failure"]
    assert not values("RestartPreventExitStatus"), "1 may be a fault of the program, 2 a database that comes up late"
    assert values("StartLimitIntervalSec") == ["0"]


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_the_settings_are_in_a_file_and_not_in_the_unit(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    assert values("EnvironmentFile", text) == ["/etc/botox-for-migraine-bot.env"], "and not optional"
    assert "TOKEN" not in " ".join(values("Environment", text))


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_the_commands_are_of_this_repository(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    [home] = values("WorkingDirectory", text)
    [command] = values("ExecStart", text)
    program, *words = command.split()
    assert program == f"{home}/.venv/bin/python"
    assert (ROOT / words[0]).is_file() or (ROOT / f"{words[1].replace('.', '/')}.py").is_file()


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_the_page_installs_it_where_it_looks(unit: Path) -> None:
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    text = unit.read_text(encoding="utf-8")
    for name in ("User", "WorkingDirectory", "EnvironmentFile"):
        assert values(name, text)[0] in page, name
    assert unit.name in page
