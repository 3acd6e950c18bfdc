"""Somebody in a group is in trouble: answered whatever the settings, once, for that person, with a way to private."""

from __future__ import annotations

import pytest

from tests.bot_api_server import BotApiServer, BotMessage, Group, User
from tests.handlers.conftest import choose_quiet_hours, labels, link_of, new_group

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("shared_bot")]
Server = BotApiServer

CHOKING = "I can't swallow my own saliva since the botox yesterday"
CRISIS = "I want to kill myself"
CAN_WAIT = "vomiting for two days now and can't keep anything down"


async def press(admin: User, shown: BotMessage, *buttons: str) -> None:
    for button in buttons:
        await admin.presses(shown, button)


async def menu(group: Group, admin: User) -> BotMessage:
    await admin.says("/settings", group)
    return await group.hears()


@pytest.mark.parametrize("kind", ["group", "supergroup"])
@pytest.mark.parametrize("text", [CHOKING, CRISIS])
async def test_danger_is_answered_whatever_the_settings(shared_server: Server, kind: str, text: str) -> None:
    group, olga, mia = await new_group(shared_server, kind, bot_is_admin=True)
    shown = await menu(group, olga)
    await press(olga, shown, "When I answer", "commands only", "‹ Back", "Quiet hours", "Switch on")
    await choose_quiet_hours(olga, shown)
    said = await mia.says(text, group)
    reply = await group.hears()
    assert reply.reply_to_id == said.id
    assert text not in reply.text
    assert "saliva" not in reply.text.partition("\n")[0]
    assert "🗑 Remove" not in labels(reply)
    assert "👍 Helpful" not in labels(reply)
    payload = link_of(reply, "Read this in private")
    await mia.says(f"/start {payload}")
    private = await mia.hears()
    assert private.text.partition("\n")[0] == reply.text.partition("\n")[0]


async def test_danger_is_answered_in_every_topic(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server, forum=True, bot_is_admin=True)
    topic = await group.opens_topic("Chat", olga)
    shown = await menu(group, olga)
    await press(olga, shown, "Forum topics", "General")
    await mia.says(CAN_WAIT, group, thread_id=topic)
    await group.hears_nothing(0.3)
    await mia.says(CHOKING, group, thread_id=topic)
    assert (await group.hears()).thread_id == topic
    await mia.says(CAN_WAIT, group)
    assert (await group.hears()).thread_id is None


async def test_once_a_person_and_flag(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server, bot_is_admin=True)
    await mia.says(CHOKING, group)
    await group.hears()
    await mia.says("help " + CHOKING, group)
    await group.hears_nothing(0.3)
    await olga.says(CHOKING, group)
    await group.hears()
    await mia.says(CRISIS, group)
    await group.hears()


async def test_a_call_below_somebodys_message_answers_that_person(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server)
    said = await mia.says(CHOKING, group)
    await group.hears_nothing(0.2)  # privacy mode: Telegram did not show it to the bot
    await olga.says("/ask", group, reply_to=said)
    assert (await group.hears()).reply_to_id == said.id


async def test_the_country_is_chosen_by_who_it_is_meant_for(shared_server: Server) -> None:
    group, olga, _ = await new_group(shared_server, bot_is_admin=True)
    liz, ben = shared_server.user("Liz", language_code="en-gb"), shared_server.user("Ben")
    group.add(liz)
    group.add(ben)
    await liz.says(CHOKING, group)
    reply = await group.hears()
    numbers = [label for label in labels(reply) if label.startswith("Copy ")]
    assert numbers[0] == "Copy Emergency: 999"  # of the country that her language points to
    assert labels(reply)[: len(numbers)] == numbers
    assert labels(reply)[len(numbers) + 1] == "United Kingdom"
    assert "000 in Australia" in reply.text.partition("\n")[0]
    assert (await ben.presses(reply, "United Kingdom")).alert
    await liz.presses(reply, "United Kingdom")
    assert "999" in reply.text.partition("\n")[0]
    assert "000" not in reply.text.partition("\n")[0]
    await olga.presses(reply, "United States")
    assert "911" in reply.text.partition("\n")[0]
    assert "out of date" in (await liz.presses(reply, "country:no-such:GB", stale=True)).text


async def test_in_private_every_message_in_danger_is_answered(shared_server: Server) -> None:
    mia = shared_server.user("Mia")
    for _ in range(2):
        await mia.says(CHOKING)
        reply = await mia.hears()
        assert "Read this in private" not in labels(reply)
    await mia.presses(reply, "Australia")
    assert "000" in reply.text.partition("\n")[0]
    await mia.says("/start urgent_no_such")
    assert (await mia.hears()).text.startswith("Hello!")
