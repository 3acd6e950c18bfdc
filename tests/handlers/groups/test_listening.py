"""Listen mode: plain questions that nobody put to the bot, and silence on everything else."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from evaluation.sets import read_set
from knowledge.answering import Answerer
from tests.bot_api_server import BotApiServer, Group, User
from tests.handlers.conftest import TOKEN, bot_process, labels, new_group

QUICKLY = "import handlers.groups.speaking as it; it.MINUTE = 0.01; import sys, bot; sys.exit(bot.main(['run']))"
"""A bot for which a minute is over in no time, so that its pace hides no answer."""

OFTEN = "how often is botox for migraine repeated?"
COST = "how much does botox for migraine cost without insurance?"


async def listening(server: BotApiServer, *, forum: bool = False) -> tuple[Group, User, User]:
    """A group in listen mode in which the bot hears everything."""
    group, olga, mia = await new_group(server, forum=forum, bot_is_admin=True)
    await olga.says("/settings", group)
    shown = await group.hears()
    await olga.presses(shown, "When I answer")
    await olga.presses(shown, "plain questions too")
    return group, olga, mia


@pytest.mark.usefixtures("shared_bot")
@pytest.mark.asyncio(loop_scope="module")
async def test_a_plain_question_is_answered_once_a_minute(shared_server: BotApiServer) -> None:
    group, olga, mia = await listening(shared_server)
    asked = await mia.says(OFTEN, group)
    answer = await group.hears()
    assert "12 weeks" in answer.text
    assert answer.reply_to_id == asked.id
    sooner = await olga.says(COST, group)
    await shared_server.wait_for_call("setMessageReaction")
    assert sooner.reactions == ["😴"]
    await group.hears_nothing(0.3)
    await olga.edits(sooner, f"{COST} please")
    await olga.says("good morning to all of you", group)
    await olga.says(f"/ask {COST}", group)
    assert "🗑 Remove" in labels(await group.hears())
    await mia.edits(asked, COST)
    await answer.is_edited()
    assert answer.text.startswith("How much")
    later = await olga.says("good morning all", group)
    await olga.edits(later, OFTEN)
    await group.hears_nothing(0.3)
    assert not later.reactions
    assert len(shared_server.calls_of("setMessageReaction")) == 1


@pytest.mark.usefixtures("shared_bot")
@pytest.mark.asyncio(loop_scope="module")
async def test_no_quiet_sign_where_no_answer_would_have_come(shared_server: BotApiServer) -> None:
    group, olga, mia = await listening(shared_server)
    await olga.says("/settings", group)
    shown = await group.hears()
    for button in ("Silent about", "Schedule", "Be silent about all of these"):
        await olga.presses(shown, button)
    await mia.says(COST, group)
    await group.hears()
    others = [
        await mia.says("what will the weather be tomorrow?", group),
        await mia.says(OFTEN, group),
        await mia.says(f"@olga_friend {COST}", group),
        await mia.says("thanks, that is good to know", group),
    ]
    await group.hears_nothing(0.5)
    assert [each.reactions for each in others] == [[], [], [], []]


@pytest.mark.usefixtures("shared_bot")
@pytest.mark.asyncio(loop_scope="module")
async def test_the_same_update_again_gets_no_second_sign(shared_server: BotApiServer) -> None:
    group, olga, mia = await listening(shared_server)
    await mia.says(COST, group)
    await group.hears()
    before = len(shared_server.calls_of("setMessageReaction"))
    sooner = await olga.says(OFTEN, group)
    await shared_server.wait_until_collected()
    shared_server.updates.put_again()
    await shared_server.wait_until_collected()
    await group.hears_nothing(0.4)
    assert sooner.reactions == ["😴"]
    assert len(shared_server.calls_of("setMessageReaction")) == before + 1


@pytest.mark.usefixtures("shared_bot")
@pytest.mark.asyncio(loop_scope="module")
async def test_what_is_put_to_somebody_else_is_theirs(shared_server: BotApiServer) -> None:
    group, olga, mia = await listening(shared_server)
    said = await mia.says("I had my third round yesterday", group)
    await olga.says(OFTEN, group, reply_to=said)
    await olga.says(f"@mia_friend {OFTEN}", group)
    await olga.says(f"/ask@other_bot {OFTEN}", group)
    await group.hears_nothing(0.4)


@pytest.mark.usefixtures("shared_bot")
@pytest.mark.asyncio(loop_scope="module")
async def test_listening_keeps_to_topics_and_to_silenced_subjects(shared_server: BotApiServer) -> None:
    group, olga, mia = await listening(shared_server, forum=True)
    topic = await group.opens_topic("Treatments", olga)
    await olga.says("/settings", group)
    shown = await group.hears()
    silent = "Be silent about all of these"
    for button in ("Forum topics", "Treatments", "‹ Back", "Silent about", "Schedule", silent):
        await olga.presses(shown, button)
    await mia.says(COST, group)
    await mia.says(OFTEN, group, thread_id=topic)
    await group.hears_nothing(0.4)
    await mia.says(COST, group, thread_id=topic)
    assert (await group.hears()).thread_id == topic


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def quick_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BotApiServer]:
    async with BotApiServer(TOKEN) as server, bot_process(server, tmp_path_factory.mktemp("quick"), code=QUICKLY):
        yield server


@pytest.mark.asyncio(loop_scope="module")
async def test_the_same_answer_waits_for_the_cooldown(quick_server: BotApiServer) -> None:
    group, olga, mia = await listening(quick_server)  # an hour is over in 0.6 s, a day in 14 s
    await olga.says("/settings", group)
    shown = await group.hears()
    await olga.presses(shown, "When I answer")
    await olga.presses(shown, "1 day")
    await mia.says(OFTEN, group)
    assert "12 weeks" in (await group.hears()).text
    await mia.says(OFTEN, group)
    await group.hears_nothing(0.5)
    await mia.says(COST, group)
    assert (await group.hears()).text.startswith("How much")
    await olga.presses(shown, "at any time")
    await mia.says(OFTEN, group)
    assert "12 weeks" in (await group.hears()).text


@pytest.mark.asyncio(loop_scope="module")
async def test_chatter_gets_no_answer(quick_server: BotApiServer, answerer: Answerer) -> None:
    """What sounds like somebody in trouble gets help, whatever the group's mode; everything else gets silence."""
    group, _, mia = await listening(quick_server)
    texts = [row.text for row in read_set("dev").chatter if row.voice == "house"]
    urgent = {text for text in texts if answerer.triage.look_at(answerer.read(text), overheard=True).urgent}
    assert len(urgent) <= len(texts) // 100
    assert set(await poured(group, mia, texts, quick_server)) == urgent


async def poured(group: Group, member: User, texts: list[str], server: BotApiServer) -> list[str]:
    """Say all of `texts` in the group, one after the other; returns those that the bot answered."""
    said = {(await member.says(text, group)).id: text for text in texts}
    await server.wait_until_collected(timeout=60)
    await member.says("/ask how often", group)  # updates are handled in order: once this is answered, all are
    answered: list[str] = []
    while True:
        answer = await group.hears(timeout=60)
        if answer.reply_to_id not in said:
            return answered
        answered.append(said[answer.reply_to_id])
