"""What is known of an update when its handlers are done with it: the kind of the reply, and the time it took."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from handlers.application import build_application
from handlers.context import BotApplication
from knowledge.answering import Answerer
from runtime.handling import Handling, begin
from runtime.metrics import REGISTRY
from runtime.sending import Sender
from runtime.storage import open_storage
from runtime.version import VERSION
from tests.bot_api_server import BotApiServer, User
from tests.handlers.conftest import TOKEN
from tests.runtime.test_status import Bot


@pytest.fixture
def owner(server: BotApiServer) -> User:
    """Somebody who may use operator commands."""
    return server.user("Olga")


@pytest.fixture
async def application(
    server: BotApiServer, owner: User, answerer: Answerer, tmp_path: Path
) -> AsyncIterator[BotApplication]:
    """The bot without what serves it: a test hands on each update."""
    storage = await open_storage(f"sqlite:///{tmp_path}/bot.db")
    built = build_application(
        answerer, TOKEN, server.url, sender=Sender(), storage=storage, owner_ids=frozenset({owner.id})
    )
    async with built:
        yield built
        await built.bot_data.tasks.stop()
    await storage.close()


async def handle(application: BotApplication) -> Handling:
    """Handle what waits; gives what is known of the last."""
    updates = await application.bot.get_updates(allowed_updates=[], timeout=5)
    handling = Handling(0, "none")
    for update in updates:
        handling = Handling(update.update_id, "message")

        async def work(update: object = update, handling: Handling = handling) -> None:
            begin(handling)
            await application.process_update(update)

        await asyncio.create_task(work())
        await application.bot.get_updates(offset=update.update_id + 1, timeout=0)
    return handling


def matched() -> float:
    return REGISTRY.get_sample_value("bot_matching_seconds_count") or 0.0


async def say(text: str, person: User, application: BotApplication) -> tuple[str, tuple[str, ...]]:
    waiting = asyncio.create_task(handle(application))
    await person.says(text)
    handling = await waiting
    return handling.reply, handling.entries


async def test_private_replies_are_known_by_their_kind(server: BotApiServer, application: BotApplication) -> None:
    ann, before = server.user("Ann"), matched()
    assert await say("does botox for migraine hurt", ann, application) == ("answer", ("does-it-hurt",))
    assert await say("I can't breathe", ann, application) == ("urgent", ())
    assert (await say("what is the capital of France", ann, application))[0] == "unknown"
    assert matched() == before + 3
    assert await say("/help", ann, application) == ("", ())
    assert await say("/start does-it-hurt", ann, application) == ("answer", ("does-it-hurt",))


async def test_silence_in_a_group_is_known_too(server: BotApiServer, application: BotApplication, owner: User) -> None:
    group = server.group("Friends", "supergroup")
    group.add(owner, "creator")
    waiting = asyncio.create_task(handle(application))
    await group.add_bot(by=owner, admin=True)
    await waiting

    async def say_there(text: str) -> str:
        waiting = asyncio.create_task(handle(application))
        await owner.says(text, group)
        return (await waiting).reply

    assert await say_there("see you all on Monday") == "silent"
    assert await say_there("/ask does botox for migraine hurt") == "answer"
    assert await say_there("/ask") == "ask_what"
    assert await say_there("I can't breathe") == "urgent"


async def test_status_tells_an_owner_how_the_bot_is(
    server: BotApiServer, application: BotApplication, owner: User
) -> None:
    async def status() -> str:
        await say("/status", owner, application)
        return (await owner.hears()).text

    assert f"Version {VERSION}" in await status()
    bot = Bot(storage="no <connection>", call_age=125, oldest=3700, backlog=12, limited=2)
    application.bot_data.health = bot.health()
    told = await status()
    assert "Running for 0 s, with " in told
    assert told.endswith(
        "Storage: no <connection>\n"
        "Last good call to Telegram: 2 min ago\n"
        "Updates in hand: 12, the oldest for 1 h 1 min\n"
        "Chats that Telegram limits at present: 2"
    )
    bot.storage, bot.call_age, bot.oldest = "", None, 200_000
    told = await status()
    assert "Storage: works\nLast good call to Telegram: none yet\n" in told
    assert "the oldest for 2 days 7 h" in told
    stranger = server.user("Ann")
    await say("/status", stranger, application)
    assert "Version" not in (await stranger.hears()).text
