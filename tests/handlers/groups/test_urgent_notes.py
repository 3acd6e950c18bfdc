"""Admins who want it are told in private that an urgent reply was given: where, when, how urgent, and nothing else."""

from __future__ import annotations

import re

import pytest

from runtime.storage import MOST_NOTIFIED
from tests.bot_api_server import BotApiServer
from tests.handlers.conftest import ask_for_urgent_notes, labels, link_of, new_group, start, told_in, urgent_notes

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("shared_bot")]
Server = BotApiServer

CHOKING = "I can't swallow my own saliva since the botox yesterday"
CRISIS = "I want to kill myself"
CAN_WAIT = "vomiting for two days now and can't keep anything down"


@pytest.mark.parametrize("kind", ["supergroup", "group"])
@pytest.mark.parametrize(
    ("text", "tier"), [(CHOKING, "Emergency:"), (CRISIS, "Crisis:"), (CAN_WAIT, "Not an emergency:")]
)
async def test_a_note_says_where_when_and_how_urgent_and_no_more(
    shared_server: Server, kind: str, text: str, tier: str
) -> None:
    group, olga, mia = await new_group(shared_server, kind, bot_is_admin=True)
    assert "“Migraine friends”" in (await ask_for_urgent_notes(olga, group)).text
    assert await told_in(group, olga) == "for 1 of the admins"
    await mia.says(text, group)
    reply = await group.hears()
    note = await olga.hears()
    assert note.text.startswith("Urgent reply in “Migraine friends”\n")
    assert note.text.splitlines()[1].startswith(tier)
    assert re.search(r"\b\d\d:\d\d UTC\b", note.text)
    links = [entity["url"] for entity in note.entities if "url" in entity]
    number = str(group.id).removeprefix("-100")
    assert links == ([f"https://t.me/c/{number}/{reply.id}"] if kind == "supergroup" else [])
    assert note.markup is None
    for secret in (text, *re.findall(r"saliva|kill|vomiting", text), "Mia", str(mia.id)):
        assert secret not in note.html
    await mia.hears_nothing(0.1)
    await mia.says(f"help {text}", group)
    await group.hears_nothing(0.3)
    await olga.hears_nothing(0.1)


async def test_a_title_is_no_html_and_a_public_group_has_a_public_link(shared_server: Server) -> None:
    group, olga, mia = (
        shared_server.group("<b>You & I</b> {tier}"),
        shared_server.user("Olga"),
        shared_server.user("Mia"),
    )
    group.chat.username = "you_and_i"
    group.add(olga, "creator")
    await group.add_bot(by=olga, admin=True)
    await group.hears()
    assert "“<b>You & I</b> {tier}”" in (await ask_for_urgent_notes(olga, group)).text
    await mia.says(CHOKING, group)
    reply = await group.hears()
    note = await olga.hears()
    assert "“<b>You & I</b> {tier}”" in note.text
    assert [each["url"] for each in note.entities if "url" in each] == [f"https://t.me/you_and_i/{reply.id}"]


async def test_nobody_is_told_unless_they_asked_for_it(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server, bot_is_admin=True)
    eve = shared_server.user("Eve")
    group.add(eve, "administrator")
    for person in (olga, eve):
        await start(person)
    assert await told_in(group, olga) == "none"
    await mia.says(CHOKING, group)
    await group.hears()
    await olga.hears_nothing(0.3)
    await ask_for_urgent_notes(eve, group)
    await mia.says(CRISIS, group)
    await group.hears()
    assert "Crisis" in (await eve.hears()).text
    await olga.hears_nothing(0.2)


async def test_each_admin_switches_for_themselves_and_back(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server, bot_is_admin=True)
    eve = shared_server.user("Eve")
    group.add(eve, "administrator")
    await olga.says("/settings", group)
    await olga.says(f"/start {link_of(await group.hears(), 'Continue in private')}")
    shown = await olga.hears()
    await olga.presses(shown, "Urgent notes")
    assert "✓ Don't tell me" in labels(shown)
    await olga.presses(shown, "Tell me")
    assert "“Migraine friends”" in (await olga.hears()).text
    assert "✓ Tell me" in labels(shown)
    await olga.presses(shown, "✓ Tell me")
    await olga.hears_nothing(0.2)
    await ask_for_urgent_notes(eve, group)
    assert await told_in(group, olga) == "for 2 of the admins"
    await olga.presses(shown, "Don't tell me")
    await mia.says(CHOKING, group)
    await group.hears()
    assert "Emergency" in (await eve.hears()).text
    await olga.hears_nothing(0.2)


async def test_who_never_started_the_bot_is_asked_to_do_that_first(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server, bot_is_admin=True)
    shown = await urgent_notes(group, olga)
    refused = await olga.presses(shown, "Tell me")
    assert refused.alert
    assert "private" in refused.text
    assert len(refused.text) <= 200
    assert await told_in(group, olga) == "none"
    await mia.says(CHOKING, group)
    await group.hears()
    await start(olga)
    await olga.hears_nothing(0.2)
    assert not (await olga.presses(shown, "Tell me")).alert
    assert "“Migraine friends”" in (await olga.hears()).text


async def test_no_more_than_ten_are_told(shared_server: Server) -> None:
    group, olga, _ = await new_group(shared_server)
    shown = await urgent_notes(group, olga)
    for number in range(MOST_NOTIFIED):
        admin = shared_server.user(f"Admin {number}")
        group.add(admin, "administrator")
        await start(admin)
        assert not (await admin.presses(shown, "Tell me")).alert
    await start(olga)
    refused = await olga.presses(shown, "Tell me")
    assert refused.alert
    assert "10 admins" in refused.text
    assert await told_in(group, olga) == "for 10 of the admins"
    await olga.hears_nothing(0.1)


@pytest.mark.parametrize("bot_is_admin", [False, True])
@pytest.mark.parametrize("became", ["member", "left", "kicked"])
async def test_who_is_no_admin_any_more_is_told_nothing_and_dropped(
    shared_server: Server, bot_is_admin: bool, became: str
) -> None:
    group, olga, mia = await new_group(shared_server, bot_is_admin=bot_is_admin)
    eve = shared_server.user("Eve")
    group.add(eve)
    await group.promote(eve, by=olga)
    for person in (olga, eve):
        await ask_for_urgent_notes(person, group)
    await group.demote(eve, by=olga)
    group.add(eve, became)
    await shared_server.wait_until_collected()
    await mia.says(f"/ask {CHOKING}", group)
    await group.hears()
    assert "Emergency" in (await olga.hears()).text
    await eve.hears_nothing(0.2)
    assert await told_in(group, olga) == "for 1 of the admins"
    await group.promote(eve, by=olga)
    await shared_server.wait_until_collected()
    await mia.says(f"/ask {CRISIS}", group)
    await group.hears()
    assert "Crisis" in (await olga.hears()).text
    await eve.hears_nothing(0.2)
