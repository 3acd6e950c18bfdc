"""Inline mode with other settings, and updates that are delivered twice; over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from book.thumbnails import SIDE
from handlers.inline import MOST_OFFERED
from tests.bot_api_server import BotApiServer, Silence
from tests.bot_api_server.updates import SECRET_HEADER
from tests.handlers.conftest import bot_process
from tests.handlers.private.test_check_in import ASKS_ALWAYS
from tests.handlers.test_inline import titles

SECRET = "a-secret-of-many-letters-0123456789"


@asynccontextmanager
async def listening_bot(
    server: BotApiServer, folder: Path, port: int
) -> AsyncIterator[Callable[[dict[str, Any]], Awaitable[int]]]:
    """The bot with a webhook, and what delivers an update to it once more: the status of the answer."""
    url = f"http://127.0.0.1:{port}/hook"
    settings = {"WEBHOOK_URL": url, "WEBHOOK_LISTEN": f"127.0.0.1:{port}", "WEBHOOK_SECRET": SECRET}

    async def deliver(update: dict[str, Any]) -> int:
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, json=update, headers={SECRET_HEADER: SECRET}) as answer,
        ):
            return answer.status

    async with bot_process(server, folder, **settings):
        yield deliver


async def test_thumbnails_stand_on_the_site(server: BotApiServer, tmp_path: Path) -> None:
    async with bot_process(server, tmp_path, SITE_URL="https://example.org/botox"):
        ann = server.user("Ann")
        first = (await ann.asks_inline("does it hurt")).results[0]
        assert first["thumbnail_url"].startswith("https://example.org/botox/thumbnails/")
        assert (first["thumbnail_width"], first["thumbnail_height"]) == (SIDE, SIDE)
        side_effects = (await ann.asks_inline("")).results[5]
        assert side_effects["thumbnail_url"].endswith("/thumbnails/side-effects.png")


async def test_a_check_in_offers_what_to_do_before_the_answers(server: BotApiServer, tmp_path: Path) -> None:
    async with bot_process(server, tmp_path, code=ASKS_ALWAYS):
        offered = await server.user("Ann").asks_inline("how often is it repeated")
        assert titles(offered)[:2] == ["What to do now", "How often is Botox for migraine repeated?"]
        assert len(offered.results) <= MOST_OFFERED
        assert offered.cache_time == 10


async def test_an_update_that_is_delivered_twice_is_answered_once(
    server: BotApiServer, tmp_path: Path, unused_tcp_port: int
) -> None:
    async with listening_bot(server, tmp_path, unused_tcp_port) as deliver:
        ann, group = server.user("Ann"), server.group("Strangers")
        asking = asyncio.create_task(ann.asks_inline("does it hurt"))
        await asyncio.sleep(0)
        typed = server.updates.pending[-1]
        assert (await asking).results
        await ann.calls_guest("@test_bot does it hurt?", group)
        called = server.updates.pending[-1]
        await group.hears()
        await server.wait_until_collected()
        for update in (typed, called):
            assert await deliver(update) == 200
        await group.hears_nothing()
        assert len(server.calls_of("answerInlineQuery")) == len(server.calls_of("answerGuestQuery")) == 1


async def test_a_query_that_is_too_old_is_no_fault(server: BotApiServer, bot: object) -> None:
    ann = server.user("Ann")
    server.fail_next("answerInlineQuery", 400, "Bad Request: query is too old and response timeout expired")
    with pytest.raises(Silence):
        await ann.asks_inline("does it hurt", timeout=0.5)
    await ann.says("/start")
    assert (await ann.hears()).text.startswith("Hello!")
