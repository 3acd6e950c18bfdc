"""Without an operator's address nothing can be sent to the editors, over real HTTP."""

from __future__ import annotations

import asyncio

import pytest

from tests.bot_api_server import BotApiServer
from tests.handlers.conftest import labels

Process = asyncio.subprocess.Process
pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_nothing_is_offered_taken_or_said(shared_server: BotApiServer, shared_bot: Process) -> None:
    ann = shared_server.user("Ann")
    await ann.says("qwertz zebra uiop asdf")
    missed = await ann.hears()
    assert labels(missed)[-1] == "All topics"
    assert missed.reply_to_id is None
    for data in ("to-editors", "send:0123456789:", "to-editors:cost"):
        assert "out of date" in (await ann.presses(missed, data, stale=True)).text
    await ann.says("how often is it repeated")
    answer = await ann.hears()
    await ann.presses(answer, "👎 Not helpful")
    before = labels(answer)
    await ann.presses(answer, "It's wrong")
    assert labels(answer) == before[:-4]
    for command in ("/about", "/privacy"):
        await ann.says(command)
        said = (await ann.hears()).text
        assert "reached at" not in said
        assert "editors" not in said.lower()
