"""The command line, as a shell uses it: real processes, real pipes."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
KEYS = {"kind", "entries", "score", "tier", "flag", "sources", "safety_note", "text", "micros"}


def bot(*arguments: str, typed: str = "", folder: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("TELEGRAM", "WEBHOOK", "LOG_"))}
    return subprocess.run(
        [sys.executable, str(ROOT / "bot.py"), *arguments],
        input=typed, capture_output=True, text=True, timeout=60, cwd=folder, env=clean | environment, check=False,
    )  # fmt: skip


def asked(*questions: str, group: bool = False) -> list[dict[str, Any]]:
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    done = bot("ask", "--json", *(["--group"] if group else []), typed=lines)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_first_question_of_all() -> None:
    done = bot("ask", "--json", typed="how offen do i need the injektions\n")
    reply = json.loads(done.stdout)
    assert set(reply) == KEYS
    assert reply["kind"] == "answer"
    assert reply["entries"][0] == "how-often"
    assert "nice-ta260" in reply["sources"]
    assert "12 weeks" in reply["text"]
    assert 0.5 < reply["score"] <= 1
    assert reply["micros"] >= 0


def test_a_question_as_arguments() -> None:
    done = bot("ask", "does", "it", "hurt?")
    assert done.returncode == 0
    assert "[1]" in done.stdout
    assert "https://" in done.stdout


def test_one_reply_a_line_in_order_with_line_breaks_inside() -> None:
    replies = asked("how often is it given?", "what does it cost?", "hi all\n\nis a droopy eyelid normal?\nthanks")
    assert [reply["entries"][:1] for reply in replies] == [["how-often"], ["cost"], ["droopy-eyelid"]]


def test_a_line_that_only_looks_like_json() -> None:
    done = bot("ask", "--json", typed='"how often\n"12 weeks" they said, how long does it last\n')
    assert [json.loads(line)["kind"] for line in done.stdout.splitlines()] == ["answer", "answer"]


def test_each_reply_is_flushed_as_it_is_made() -> None:
    with subprocess.Popen(
        [sys.executable, "bot.py", "ask", "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write("how often\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["entries"][0] == "how-often"
        process.stdin.close()
        assert process.wait(10) == 0


@pytest.mark.parametrize("odd", ["", "   ", "?", "…", "😀😀", "\x00\x07", "a" * 20_000, "​‮", "123", "-- -"])
def test_odd_messages_get_a_calm_reply(odd: str) -> None:
    [reply] = asked(odd)
    assert reply["kind"] in {"unknown", "suggestions"}
    assert reply["sources"] == []


def test_a_group_message_that_asks_nothing_is_met_with_silence() -> None:
    [reply] = asked("had my third round today, feeling ok so far", group=True)
    assert reply["kind"] == "silent"
    assert reply["text"] == ""


def test_run_without_a_token_explains_how_to_get_one(tmp_path: Path) -> None:
    done = bot("run", folder=tmp_path)
    assert done.returncode == 2
    assert "@BotFather" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bad_setting_is_named(tmp_path: Path) -> None:
    done = bot("run", folder=tmp_path, TELEGRAM_BOT_TOKEN="nonsense", LOG_LEVEL="loud")
    assert done.returncode == 2
    assert "TELEGRAM_BOT_TOKEN: expected" in done.stderr
    assert "LOG_LEVEL: expected" in done.stderr
    assert "nonsense" not in done.stderr
    assert "Traceback" not in done.stderr


def test_misuse_is_explained() -> None:
    done = bot("sing")
    assert done.returncode == 2
    assert "usage" in done.stderr


def test_chat_reads_a_pipe_and_leaves_at_its_end(tmp_path: Path) -> None:
    done = bot("chat", typed="how often is it given\n1\n/topics\nedit what does it cost\n", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.lstrip().startswith("Hello!")
    assert "Every 12 weeks" in done.stdout
    assert "\x1b[" not in done.stdout
    assert done.stderr == ""


class Terminal:
    """`bot.py chat` on a pseudo-terminal."""

    def __init__(self, folder: Path) -> None:
        self.child, self.screen = pty.fork()
        if self.child == 0:
            os.chdir(folder)
            os.environ["TERM"] = "xterm-256color"
            os.execv(sys.executable, [sys.executable, str(ROOT / "bot.py"), "chat"])

    def until(self, text: str, seconds: float = 20) -> str:
        seen = ""
        end = time.monotonic() + seconds
        while text not in seen:
            ready, _, _ = select.select([self.screen], [], [], max(0, end - time.monotonic()))
            assert ready, f"{text!r} did not come; seen: {seen[-500:]!r}"
            piece = os.read(self.screen, 65536)
            seen += piece.decode(errors="replace")
            if b"\x1b[6n" in piece:
                os.write(self.screen, b"\x1b[1;1R")
        return seen

    def type(self, text: str) -> None:
        os.write(self.screen, text.encode())

    def status(self) -> int:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            done, status = os.waitpid(self.child, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
            if select.select([self.screen], [], [], 0.05)[0]:
                try:
                    os.read(self.screen, 65536)
                except OSError:
                    continue
        os.kill(self.child, signal.SIGKILL)
        os.waitpid(self.child, 0)
        raise AssertionError("the chat did not leave")


@pytest.mark.parametrize("leave", ["\x04", "\x03"])
def test_chat_on_a_terminal_folds_unfolds_and_leaves_politely(tmp_path: Path, leave: str) -> None:
    terminal = Terminal(tmp_path)
    greeting = terminal.until("you ›")
    assert "\x1b[" in greeting
    terminal.type("how often is it given\r")
    terminal.until("type “more”")
    terminal.until("you ›")
    terminal.type("more\r")
    terminal.until("guideline")
    terminal.until("you ›")
    terminal.type(leave)
    assert terminal.status() == 0
