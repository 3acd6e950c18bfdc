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
from tests.handlers.test_inline import URGENT, titles

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


async def test_what_to_do_is_offered_where_a_rule_is_doubted_and_not_where_something_was_only_learnt(
    server: BotApiServer, tmp_path: Path
) -> None:
    assert "doubted=0.0" in ASKS_ALWAYS
    async with bot_process(server, tmp_path, code=ASKS_ALWAYS.replace("doubted=0.0", "doubted=2.0")):
        ann = server.user("Ann")
        offered = await ann.asks_inline(f"how often is it repeated? {URGENT}")
        assert titles(offered)[0] == "What to do now"
        assert 1 < len(offered.results) <= MOST_OFFERED
        assert offered.cache_time == 10
        await ann.says("how often is it repeated")
        assert "Is this happening to you now?" in (await ann.hears()).text, "it is unsure of this, too"
        offered = await ann.asks_inline("how often is it repeated")
        assert titles(offered)[0] == "How often is Botox for migraine repeated?"
        assert "What to do now" not in titles(offered)


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
