"""The command line, as a shell uses it: real processes, real pipes."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shlex
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from cli.outcome import ExitStatus
from runtime.version import VERSION
from tests.cli.conftest import FIRST_START, ROOT, Edit, bare_environment, bot

TOKEN = "123456:a-token-for-tests-only-0123456789"


def asked(*questions: str, group: bool = False) -> list[dict[str, Any]]:
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    done = bot("ask", "--json", *(["--group"] if group else []), typed=lines)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_first_question_of_all() -> None:
    done = bot("ask", "--json", typed="how offen do i need the injektions\n")
    reply = json.loads(done.stdout)
    assert reply["kind"] == "answer"
    assert reply["entries"][0] == "how-often"
    assert "nice-ta260" in reply["sources"]
    assert "12 weeks" in reply["text"]
    assert 0.5 < reply["score"] <= 1
    assert reply["micros"] >= 0


def test_a_question_as_arguments() -> None:
    done = bot("ask", "does", "it", "hurt?")
    assert done.returncode == 0
    assert "[1" in done.stdout
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


@pytest.mark.parametrize("odd", ["", "   ", "?", "…", "😀😀", "\x00\x07", "a" * 20_000, "\u200b\u202e", "123", "-- -"])
def test_odd_messages_get_a_calm_reply(odd: str) -> None:
    [reply] = asked(odd)
    assert reply["kind"] in {"unknown", "suggestions"}
    assert reply["sources"] == []


def test_a_group_message_that_asks_nothing_is_met_with_silence() -> None:
    [reply] = asked("had my third round today, feeling ok so far", group=True)
    assert reply["kind"] == "silent"
    assert reply["text"] == ""


@pytest.mark.parametrize(
    ("message", "kind", "offers", "helps"),
    [
        ("how often is it given", "answer", False, False),
        ("is botox good", "closest", True, False),
        ("can it affect breathing?", "answer", False, True),
        ("i can't breathe since botox", "urgent", False, True),
        ("doctor botox", "closest", True, False),
        ("botox for sweating", "unknown", True, True),
    ],
)
def test_what_is_offered_and_who_is_named(message: str, kind: str, offers: bool, helps: bool) -> None:
    [reply] = asked(message)
    assert reply["kind"] == kind
    assert bool(reply["offered"]) is offers
    assert not set(reply["offered"]) & set(reply["entries"])
    assert reply["help"] is helps


def test_explained_json_stays_json() -> None:
    done = bot("ask", "--json", "--explain", "does it hurt")
    assert json.loads(done.stdout)["kind"] == "answer"
    assert "Candidates:" in done.stderr


def test_the_version_is_that_of_the_project() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"] == VERSION
    assert bot("--version").stdout == f"botox-for-migraine-bot {VERSION}\n"


# What a person can mend is said in a sentence, with an exit status and no stack.


def assert_said(done: subprocess.CompletedProcess[str], status: ExitStatus, *said: str) -> None:
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    for piece in said:
        assert piece in done.stderr


def test_run_without_a_token_explains_how_to_get_one(tmp_path: Path) -> None:
    done = bot("run", folder=tmp_path)
    assert_said(done, ExitStatus.MISUSED, "https://t.me/BotFather", "TELEGRAM_BOT_TOKEN=", "python bot.py try")
    assert len(done.stderr.splitlines()) == 5
    for name in re.findall(r"[\w/.]+\.(?:example|md|py)\b", done.stderr):
        assert (ROOT / name).exists(), name


def test_a_bad_setting_is_named(tmp_path: Path) -> None:
    done = bot("run", folder=tmp_path, TELEGRAM_BOT_TOKEN="nonsense", LOG_LEVEL="loud")
    assert_said(done, ExitStatus.MISUSED, "TELEGRAM_BOT_TOKEN: expected", "LOG_LEVEL: expected")
    assert "nonsense" not in done.stderr


@pytest.mark.parametrize("command", ["run", "report"])
def test_a_database_that_can_not_be_opened(tmp_path: Path, command: str) -> None:
    done = bot(command, folder=tmp_path, DATABASE_URL="sqlite:////proc/no/such.db", TELEGRAM_BOT_TOKEN=TOKEN)
    assert_said(done, ExitStatus.MISUSED, "DATABASE_URL")


@pytest.mark.parametrize("arguments", [("sing",), ("ask", "--jason"), ("report", "--days", "0"), ("run", "fast")])
def test_misuse_is_explained(arguments: tuple[str, ...]) -> None:
    assert_said(bot(*arguments), ExitStatus.MISUSED, "usage")


@pytest.mark.parametrize("command", ["ask", "chat", "check", "run"])
def test_bad_yaml_is_told_by_file_and_line(tree: Path, edit: Edit, command: str) -> None:
    edit("faq/schedule.yaml", "    label: Cost\n", "")
    done = bot(command, tree=tree, folder=tree, typed="how often\n", TELEGRAM_BOT_TOKEN=TOKEN)
    assert_said(done, ExitStatus.FAILED, "The knowledge files have 1 problem:", "knowledge/faq/schedule.yaml:")
    assert done.stdout == ""


def test_a_folder_without_its_files(tree: Path) -> None:
    shutil.rmtree(tree / "knowledge" / "faq")
    assert_said(bot("ask", "how often", tree=tree), ExitStatus.FAILED, "holds no .yaml file")


@pytest.mark.parametrize("arguments", [("ask", "does it hurt"), ("ask", "--json"), ("report",)])
def test_a_reader_who_has_gone(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """The other end of the pipe is closed before a word is written."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, str(ROOT / "bot.py"), *arguments],
        input="how often\n",
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=bare_environment(),
        timeout=FIRST_START,
        check=False,
    )
    os.close(writing)
    assert done.returncode == ExitStatus.FAILED
    assert done.stderr == ""


def test_ctrl_c_while_waiting_for_a_question() -> None:
    with subprocess.Popen(
        [sys.executable, "bot.py", "ask", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write("how often\n")
        process.stdin.flush()
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
        assert (process.returncode, said) == (ExitStatus.INTERRUPTED, "")


def test_input_that_is_not_utf_8_and_output_that_can_not_be() -> None:
    done = subprocess.run(
        [sys.executable, "bot.py", "ask"],
        input="is it repeated, José?\n".encode("latin-1"),
        capture_output=True,
        cwd=ROOT,
        timeout=FIRST_START,
        env=bare_environment(PYTHONIOENCODING="ascii", PYTHONUTF8="0"),
        check=False,
    )
    assert (done.returncode, done.stderr) == (ExitStatus.WELL, b"")
    assert "•" in done.stdout.decode("utf-8")


def test_no_standard_input_at_all() -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f"exec {shlex.quote(sys.executable)} bot.py ask <&-"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=FIRST_START,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (ExitStatus.WELL, "", "")


# The first start


def test_a_first_start_says_what_it_does_and_a_second_is_silent(tree: Path) -> None:
    first, second = (bot("ask", "how often", tree=tree) for _ in range(2))
    begun, done = first.stderr.splitlines()
    assert begun == "Learning from the messages, since the knowledge is new or changed …"
    assert re.fullmatch(r"Done after \d+\.\d s\.", done)
    assert second.stderr == ""
    assert first.stdout == second.stdout


def test_a_first_start_in_a_json_log_is_json(tree: Path) -> None:
    nowhere = "http://127.0.0.1:1"
    settings = bare_environment(TELEGRAM_BOT_TOKEN=TOKEN, TELEGRAM_API_URL=nowhere, LOG_FORMAT="json")
    command = [sys.executable, str(tree / "bot.py"), "run"]
    said: list[str] = []
    with subprocess.Popen(command, cwd=tree, env=settings, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            said.append(json.loads(line)["message"])
            if said[-1].startswith("Telegram can't be reached"):
                break
        process.terminate()
        assert process.wait(10) == ExitStatus.WELL
    assert any(each.startswith("Learning from the messages") for each in said)


# The chat


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
