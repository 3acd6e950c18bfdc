"""Speed is measured on any checkout through its bot.py: here a small one stands in for a bot."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from evaluation.speed import ask, resident, start

ECHO = """\
import json, sys
held = bytearray(40_000_000)
for number, line in enumerate(sys.stdin):
    print(json.dumps({"text": json.loads(line), "micros": number}))
"""


def test_a_start_is_measured_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "bot.py").write_text(ECHO, encoding="utf-8")
    done = start(tmp_path, "ask", given='"one\\ntwo"\n')
    assert done.output == '{"text": "one\\ntwo", "micros": 0}\n'
    assert done.megabytes > 40
    assert done.seconds > 0
    assert done.processor > 0


def test_decisions_are_those_that_the_bot_counts(tmp_path: Path) -> None:
    (tmp_path / "bot.py").write_text(ECHO, encoding="utf-8")
    micros, processor = ask(tmp_path, ["a", "b\nc", "d"])
    assert micros == [0, 1, 2]
    assert processor < 10


def test_a_bot_that_fails_is_not_measured(tmp_path: Path) -> None:
    (tmp_path / "bot.py").write_text("raise SystemExit(3)", encoding="utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        start(tmp_path, "ask")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux only")
def test_the_memory_of_a_process_is_read() -> None:
    assert 10 < resident(os.getpid()) < 4000
