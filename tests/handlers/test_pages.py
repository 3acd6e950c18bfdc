"""With SITE_URL: the way from a whole answer to the entry's page on the site, over a real Bot API exchange."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.bot_api_server import BotApiServer, BotMessage
from tests.handlers.conftest import TOKEN, bot_process, new_group

pytestmark = pytest.mark.asyncio(loop_scope="module")

LABEL = "🔗 Open as a page"
SITE = "https://example.org/botox"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def linking_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BotApiServer]:
    """A server with a bot that knows a site."""
    folder: Path = tmp_path_factory.mktemp("bot")
    async with BotApiServer(TOKEN) as server:
        async with bot_process(server, folder, SITE_URL=f"{SITE}/"):
            yield server
        assert server.violations == []


def pages(message: BotMessage) -> list[str]:
    return [value for row in message.buttons for text, value in row if text == LABEL]


async def test_a_whole_answer_links_to_its_page(linking_server: BotApiServer) -> None:
    ann = linking_server.user("Ann")
    await ann.says("where do the injections go")
    answer = await ann.hears()
    assert pages(answer) == [f"{SITE}/where-injected.html"]
    await ann.presses(answer, "🖼 See the picture")
    await ann.hears()
    await answer.is_edited()
    assert pages(answer) == [f"{SITE}/where-injected.html"]


async def test_what_answers_nothing_links_nowhere(linking_server: BotApiServer) -> None:
    ann = linking_server.user("Ann")
    for said in ("what is the capital of France", "I can't breathe"):
        await ann.says(said)
        assert pages(await ann.hears()) == []


async def test_a_group_gets_the_link_with_whole_answers_only(linking_server: BotApiServer) -> None:
    group, olga, mia = await new_group(linking_server)
    await mia.says("/ask how often is it repeated", group)
    assert pages(await group.hears()) == []
    await olga.says("/settings", group)
    shown = await group.hears()
    await olga.presses(shown, "Answers")
    await olga.presses(shown, "whole")
    await mia.says("/ask do the injections hurt", group)
    assert pages(await group.hears()) == [f"{SITE}/does-it-hurt.html"]
