"""Changed knowledge files in a running bot: a real process on a tree of its own, real signals, real broken files."""

from __future__ import annotations

import asyncio
import os
import pty
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from knowledge.loading.load import load
from tests.bot_api_server import BotApiServer, User
from tests.handlers.conftest import ROOT, bot_process
from tests.knowledge.small import write

Process = asyncio.subprocess.Process
PATIENCE = 60.0
FAQ = "knowledge/faq/schedule.yaml"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The program with a small set of knowledge files, which a test may change."""
    root = tmp_path / "tree"
    own = shutil.ignore_patterns("*.pyc", "faq", "pictures", "training", "translations")
    for package in ("cli", "handlers", "runtime", "knowledge"):
        shutil.copytree(ROOT / package, root / package, ignore=own)
    shutil.copy(ROOT / "bot.py", root)
    small = write(tmp_path / "small")
    shutil.copytree(small, root / "knowledge", dirs_exist_ok=True)
    load(root / "knowledge", root / ".cache")
    return root


@asynccontextmanager
async def running(server: BotApiServer, tree: Path, *owners: User) -> AsyncIterator[Process]:
    """The bot of `tree`, with these owners."""
    environment = {"PYTHONPATH": str(tree), "OWNER_IDS": ",".join(str(each.id) for each in owners)}
    code = "import sys, bot; sys.exit(bot.main(['run']))"
    async with bot_process(server, tree, code=code, **environment) as process:
        yield process


def change(tree: Path, old: str, new: str, file: str = FAQ) -> None:
    text = (tree / file).read_text(encoding="utf-8")
    assert old in text
    (tree / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def log_of(tree: Path) -> str:
    return (tree / "log.txt").read_text(encoding="utf-8")


async def until(happened: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        await asyncio.sleep(0.05)


async def logged(tree: Path, line: str, times: int = 1) -> None:
    await until(lambda: log_of(tree).count(line) >= times, line)


async def says(person: User, entry: str) -> str:
    """What the bot says of an entry."""
    await person.says(f"/start {entry}")
    return (await person.hears()).text


async def test_a_signal_brings_changed_files(server: BotApiServer, tree: Path) -> None:
    ann = server.user("Ann")
    async with running(server, tree) as process:
        assert "Every 12 weeks." in await says(ann, "how-often")
        change(tree, "say: Every 12 weeks.", "say: Every twelve weeks.")
        change(tree, "id: cost", "id: price")
        change(tree, "related: [cost]", "related: [price]")
        change(tree, "unknown: I don't know.", "unknown: I do not know.", "knowledge/wordings.yaml")
        process.send_signal(signal.SIGHUP)
        await logged(tree, "took the knowledge files anew: 2 entries; added: price; removed: cost; changed: how-often;")
        assert "other parts: wordings" in log_of(tree)
        assert "Every twelve weeks." in await says(ann, "how-often")
        await ann.says("what is the price")
        assert "depends on where you live" in (await ann.hears()).text


async def test_broken_files_change_nothing_and_are_told(server: BotApiServer, tree: Path) -> None:
    olga, ann = server.user("Olga"), server.user("Ann")
    async with running(server, tree, olga) as process:
        await olga.says("/start")
        await olga.hears()
        change(tree, "say: Every 12 weeks.", "say: Every 13 weeks.")
        change(tree, "label: Cost\n", "lable: <Cost> & more\n")
        change(tree, "kind: article", "kind: blog", "knowledge/sources.yaml")
        process.send_signal(signal.SIGHUP)
        told = await olga.hears(PATIENCE)
        assert "Nothing has changed" in told.text
        line = (tree / FAQ).read_text(encoding="utf-8").splitlines().index("    lable: <Cost> & more") + 1
        assert f"knowledge/faq/schedule.yaml:{line}: cost: unknown key “lable”" in told.text
        assert "knowledge/sources.yaml:" in told.text
        assert "problems in the knowledge files: 3;" in log_of(tree)
        assert f"knowledge/faq/schedule.yaml:{line}: cost: unknown key “lable”" in log_of(tree)
        assert "Every 12 weeks." in await says(ann, "how-often")
        await ann.hears_nothing()
        change(tree, "lable: <Cost> & more\n", "label: Cost\n")
        change(tree, "kind: blog", "kind: article", "knowledge/sources.yaml")
        process.send_signal(signal.SIGHUP)
        await logged(tree, "changed: how-often")
        assert "Every 13 weeks." in await says(ann, "how-often")
        await olga.hears_nothing()


async def test_an_owner_reloads_and_hears_what_came_of_it(server: BotApiServer, tree: Path) -> None:
    olga = server.user("Olga")
    async with running(server, tree, olga):
        change(tree, "say: Every 12 weeks.", "say: Every twelve weeks.")
        await olga.says("/reload")
        assert "I am reading" in (await olga.hears()).text
        told = await olga.hears(PATIENCE)
        assert "Entries: 2 (0 added, 0 removed, 1 changed)" in told.text
        assert "Other parts that changed: none" in told.text
        assert "Every twelve weeks." in await says(olga, "how-often")
        change(tree, "kind: article", "kind: blog", "knowledge/sources.yaml")
        await olga.says("/reload")
        await olga.hears()
        told = await olga.hears(PATIENCE)
        assert "Nothing has changed" in told.text
        assert "'blog' is not a choice here" in told.text


async def test_a_hundred_problems_fit_into_one_message(server: BotApiServer, tree: Path) -> None:
    olga = server.user("Olga")
    async with running(server, tree, olga):
        bad = "".join(f"  - {{id: s{number}, title: x, publisher: x, '{'&' * 500}': x}}\n" for number in range(50))
        change(tree, "sources:\n", f"sources:\n{bad}", "knowledge/sources.yaml")
        await olga.says("/reload")
        await olga.hears()
        told = await olga.hears(PATIENCE)
        assert "… and 92 more: see the log." in told.text
        assert log_of(tree).count("knowledge/sources.yaml:") == 100


async def test_for_others_and_in_groups_there_is_no_such_command(server: BotApiServer, tree: Path) -> None:
    olga, ann, group = server.user("Olga"), server.user("Ann"), server.group("Migraine friends")
    group.add(olga, "creator")
    async with running(server, tree, olga):
        await ann.says("/reload")
        assert "don't know that command" in (await ann.hears()).text
        await group.add_bot(by=olga)
        await group.hears()
        await olga.says("/reload", group)
        await group.hears_nothing()
        await olga.hears_nothing()
        assert "anew" not in log_of(tree)


async def test_questions_are_answered_while_files_are_read(server: BotApiServer, tree: Path) -> None:
    olga, ann = server.user("Olga"), server.user("Ann")
    async with running(server, tree, olga):
        async with slow_file(tree) as give:
            change(tree, "say: Every 12 weeks.", "say: Every twelve weeks.")
            await olga.says("/reload")
            assert "I am reading" in (await olga.hears()).text
            assert "Every 12 weeks." in await says(ann, "how-often")
            await ann.says("how often do i need it")
            assert "Every 12 weeks." in (await ann.hears()).text
            await olga.hears_nothing()
            await give()
        assert "1 changed" in (await olga.hears(PATIENCE)).text
        assert "Every twelve weeks." in await says(ann, "how-often")


async def test_all_who_ask_at_once_hear_the_same_and_the_last_change_counts(server: BotApiServer, tree: Path) -> None:
    olga, otto = server.user("Olga"), server.user("Otto")
    async with running(server, tree, olga, otto) as process:
        async with slow_file(tree) as give:
            await olga.says("/reload")
            await olga.hears()
            await until(lambda: len(readers(process.pid)) == 1, "one process that reads")
            change(tree, "say: Every 12 weeks.", "say: Every twelve weeks.")
            for _ in range(3):
                process.send_signal(signal.SIGHUP)
            for _ in range(2):
                await otto.says("/reload")
                await otto.hears()
            assert len(readers(process.pid)) == 1
            await give()
        assert "Entries: 2" in (await olga.hears(PATIENCE)).text
        for _ in range(2):
            assert "Entries: 2" in (await otto.hears(PATIENCE)).text
        assert log_of(tree).count("took the knowledge files anew") == 2
        assert "Every twelve weeks." in await says(olga, "how-often")
        assert readers(process.pid) == []


async def test_stopping_does_not_wait_for_the_reading(server: BotApiServer, tree: Path) -> None:
    async with running(server, tree) as process, slow_file(tree):
        process.send_signal(signal.SIGHUP)
        await until(lambda: len(readers(process.pid)) == 1, "a process that reads")
        [reader] = readers(process.pid)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 10) == 0
        await until(lambda: not Path(f"/proc/{reader}").exists(), "the end of the process that reads")


async def test_a_program_that_was_changed_asks_to_be_restarted(server: BotApiServer, tree: Path) -> None:
    olga = server.user("Olga")
    async with running(server, tree, olga):
        change(tree, "say: Every 12 weeks.", "say: Every twelve weeks.")
        change(tree, "MOST_BYTES = 2_000_000", "MOST_BYTES = 3_000_000", "knowledge/loading/yaml_file.py")
        await olga.says("/reload")
        await olga.hears()
        assert "restart it" in (await olga.hears(PATIENCE)).text
        assert "Every 12 weeks." in await says(olga, "how-often")


@pytest.mark.parametrize("nohup", [False, True])
async def test_the_bot_ends_with_its_terminal_unless_told_otherwise(
    server: BotApiServer, tree: Path, nohup: bool
) -> None:
    environment = {
        "TELEGRAM_BOT_TOKEN": server.token,
        "TELEGRAM_API_URL": server.url,
        "PATH": os.environ["PATH"],
    }
    child, terminal = pty.fork()
    if not child:
        if nohup:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
        log = os.open(tree / "log.txt", os.O_WRONLY | os.O_CREAT)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.chdir(tree)
        os.execve(sys.executable, [sys.executable, "bot.py", "run"], environment)
    try:
        await server.wait_for_bot()
        os.kill(child, signal.SIGHUP)
        await logged(tree, "took the knowledge files anew")
        os.close(terminal)
        if nohup:
            await logged(tree, "took the knowledge files anew", 2)
            os.kill(child, signal.SIGTERM)
        _, status = await asyncio.wait_for(asyncio.to_thread(os.waitpid, child, 0), 60)
    except BaseException:
        os.kill(child, signal.SIGKILL)
        raise
    assert os.waitstatus_to_exitcode(status) == 0


@asynccontextmanager
async def slow_file(tree: Path) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """A knowledge file that is not there to be read before it is given: all reading waits for it."""
    path = tree / "knowledge" / "vocabulary.yaml"
    content = path.read_bytes()
    path.unlink()
    os.mkfifo(path)

    def put_back() -> None:
        pipe = os.open(path, os.O_RDWR)  # opening a pipe for writing alone would wait for a reader
        replacement = path.with_suffix(".new")
        replacement.write_bytes(content)
        replacement.replace(path)
        os.write(pipe, content)
        os.close(pipe)

    async def give() -> None:
        await asyncio.to_thread(put_back)

    yield give


def readers(bot: int) -> list[int]:
    """Ids of the processes that read files for the process `bot`."""
    found = []
    for task in Path(f"/proc/{bot}/task").iterdir():
        found += [int(child) for child in (task / "children").read_text().split()]
    return found
