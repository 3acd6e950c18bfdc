"""Between alarm and silence: the bot asks in private whether it is happening, over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bot_api_server import BotApiServer
from tests.handlers.conftest import bot_process, labels, link_of, new_group

ASKS_ALWAYS = """
import sys
from dataclasses import replace
from functools import partial
from knowledge import answering
from knowledge.triage import policy
never = dict.fromkeys(policy.LIMITS.urgent, 2.0)
always = dict.fromkeys(never, 0.0)
policy.LIMITS = replace(policy.LIMITS, urgent=never, overheard=2.0, check_in=always, doubted=0.0, spoken_of=2.0)
answering.Policy = partial(answering.Policy, outweighs=2.0, outweighs_doubt=2.0)
from bot import main
sys.exit(main(["run"]))
"""
"""The bot with limits by which everything is unsure, however plain a question it is."""

QUESTION = "how often is it repeated"


@pytest.fixture
async def asking(server: BotApiServer, tmp_path: Path) -> AsyncIterator[BotApiServer]:
    async with bot_process(server, tmp_path, code=ASKS_ALWAYS):
        yield server


async def test_yes_leads_to_the_urgent_reply(asking: BotApiServer) -> None:
    ann = asking.user("Ann")
    await ann.says(QUESTION)
    asked = await ann.hears()
    assert "Is this happening to you now?" in asked.text
    assert "nobody is watching" in asked.text
    assert labels(asked) == ["Yes, it's happening now", "I'm not safe", "No, just a question"]
    await ann.presses(asked, "Yes, it's happening now")
    await asked.is_edited()
    assert "obody is watching" in asked.text
    assert labels(asked)


async def test_no_leads_to_the_answer_at_once_and_nobody_is_asked_twice(asking: BotApiServer) -> None:
    ann = asking.user("Ann")
    await ann.says(QUESTION)
    asked = await ann.hears()
    await ann.presses(asked, "No, just a question")
    await asked.is_edited()
    assert "Every 12 weeks" in asked.text
    await ann.says(f"{QUESTION}?")
    answer = await ann.hears()
    assert "Every 12 weeks" in answer.text
    assert "Is this happening" not in answer.text


async def test_not_safe_leads_to_the_crisis_reply(asking: BotApiServer) -> None:
    ben = asking.user("Ben")
    await ben.says(QUESTION)
    asked = await ben.hears()
    await ben.presses(asked, "I'm not safe")
    await asked.is_edited()
    assert "findahelpline.com" in asked.html


async def test_groups_are_never_asked_but_shown_the_way(asking: BotApiServer) -> None:
    group, _, mia = await new_group(asking)
    await mia.says(f"/ask {QUESTION}", group)
    answer = await group.hears()
    assert "Is this happening" not in answer.text
    assert labels(answer)[0] == "Not well, or not safe? Tell me in private"
    await mia.says(f"/start {link_of(answer, labels(answer)[0])}")
    asked = await mia.hears()
    assert "Is this happening to you now?" in asked.text
