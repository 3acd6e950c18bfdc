"""The bot as a process of its own, on a Bot API server of the tests."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from tests.bot_api_server import BotApiServer, BotMessage, Group, User

ROOT = Path(__file__).parent.parent.parent
FIRST_START = 120.0
"""Seconds: after a change of the knowledge files the bot learns from them anew, on a machine that runs other tests."""

TOKEN = "123456:a-token-for-tests-only-0123456789"


@asynccontextmanager
async def started_bot(
    url: str, folder: Path, *, code: str = "", **settings: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """`bot.py run` in `folder` with a Bot API server at `url`, just started; killed at the end if it still runs.

    It does not keep to Telegram's limits, which would make tests wait, unless SENDING_LIMITS says so. `code` starts it
    instead, where a test needs shorter minutes. What it says goes to `log.txt`.
    """
    command = ["-c", code] if code else [str(ROOT / "bot.py"), "run"]
    own = ("TELEGRAM", "WEBHOOK", "DATABASE", "SENDING", "SITE", "STATUS")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    environment |= {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": url, "SENDING_LIMITS": "off"}
    environment |= {"PYTHONPATH": str(ROOT)} | settings
    with (folder / "log.txt").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, cwd=folder, env=environment, stdout=log, stderr=log
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


@asynccontextmanager
async def bot_process(
    server: BotApiServer, folder: Path, *, code: str = "", **settings: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The bot on `server`, collecting; stopped by SIGTERM at the end, which it has to obey at once."""
    async with started_bot(server.url, folder, code=code, **settings) as process:
        try:
            await server.wait_for_bot(FIRST_START)
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 15) == 0, (folder / "log.txt").read_text()


@pytest.fixture
async def server() -> AsyncIterator[BotApiServer]:
    """A Bot API server that nothing wrong was sent to."""
    async with BotApiServer(TOKEN) as running:
        yield running
        # Pressing a button twice is no mistake of the bot's; Telegram refuses the second edit, and that is handled.
        assert [each for each in running.violations if "not modified" not in str(each)] == []


@pytest.fixture
async def bot(server: BotApiServer, tmp_path: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """The bot, polling."""
    async with bot_process(server, tmp_path) as process:
        yield process


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_server() -> AsyncIterator[BotApiServer]:
    """A server for all tests of a module, each of which has people and groups of its own."""
    async with BotApiServer(TOKEN) as running:
        yield running
        assert [each for each in running.violations if "not modified" not in str(each)] == []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_bot(
    shared_server: BotApiServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The bot for all tests of a module."""
    async with bot_process(shared_server, tmp_path_factory.mktemp("bot")) as process:
        yield process


UNCLEAR = ("botox music", "botox window", "jab letter", "botox river", "jabs phone")
"""Messages of which at least one leaves the matcher in doubt, whatever it has learnt lately."""


async def offered_to(person: User, before: str = "", group: Group | None = None) -> BotMessage:
    """The suggestions that the first of UNCLEAR brings which brings any."""
    for text in UNCLEAR:
        await person.says(f"{before}{text}", group)
        shown = await (group or person).hears()
        if shown.text.startswith("Did you mean"):
            return shown
    raise AssertionError("the matcher is sure of everything")


async def new_group(
    server: BotApiServer, kind: str = "supergroup", *, forum: bool = False, bot_is_admin: bool = False
) -> tuple[Group, User, User]:
    """A group that the bot has greeted, its owner, and a member."""
    group, owner, member = server.group("Migraine friends", kind, forum=forum), server.user("Olga"), server.user("Mia")
    group.add(owner, "creator")
    group.add(member)
    await group.add_bot(by=owner, admin=bot_is_admin)
    assert (await group.hears()).text.startswith("Hello!")
    return group, owner, member


def labels(message: BotMessage) -> list[str]:
    return [button[0] for row in message.buttons for button in row]


def label_of(message: BotMessage, beginning: str) -> str:
    """The text of the first button that begins so."""
    return next(label for label in labels(message) if label.startswith(beginning))


def link_of(message: BotMessage, label: str) -> str:
    """The payload of the deep link behind a button."""
    return next(value for row in message.buttons for text, value in row if text == label).partition("?start=")[2]


async def choose_quiet_hours(admin: User, shown: BotMessage, zone: str = "UTC") -> None:
    """On the page of quiet hours that are switched on, choose 23 hours that hold the present moment in `zone`."""
    hour = datetime.now(ZoneInfo(zone)).hour
    start, end = f"{(hour - 2) % 24:02}:00", f"{(hour - 3) % 24:02}:00"
    for page, wanted in (("From", start), ("Until", end), ("From", start)):
        await admin.presses(shown, next(label for label in labels(shown) if label.startswith(page)))
        # The hour at the other end is not offered; the third turn sets it once that end has moved.
        offered = [label for label in labels(shown) if label.removeprefix("✓ ") == wanted]
        await admin.presses(shown, offered[0] if offered else "‹ Back")
    assert f"From {start}" in labels(shown)
    assert f"Until {end}" in labels(shown)


async def start(person: User) -> None:
    """Somebody opens their private chat with the bot."""
    await person.says("/start")
    await person.hears()


async def urgent_notes(group: Group, admin: User) -> BotMessage:
    """The page of the settings on which an admin can ask to be told of urgent replies."""
    await admin.says("/settings", group)
    shown = await group.hears()
    await admin.presses(shown, "Urgent notes")
    return shown


async def ask_for_urgent_notes(admin: User, group: Group) -> BotMessage:
    """An admin starts the bot and asks to be told of urgent replies; what the bot says to that in private."""
    await start(admin)
    answer = await admin.presses(await urgent_notes(group, admin), "Tell me")
    assert not answer.alert, answer.text
    return await admin.hears()


async def told_in(group: Group, admin: User) -> str:
    """Who is told of urgent replies, as the first page of the settings has it."""
    await admin.says("/settings@test_bot", group)
    return (await group.hears()).text.partition("Urgent notes: ")[2].partition("\n")[0]
