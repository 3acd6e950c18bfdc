"""/settings by buttons: who may, what each setting does, and what becomes of forged and replayed presses."""

from __future__ import annotations

import asyncio
import re

import pytest

from tests.bot_api_server import BotApiServer, BotMessage, Group, User
from tests.handlers.conftest import choose_quiet_hours, labels, link_of, new_group

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("shared_bot")]
Server = BotApiServer

QUESTION = "how often is it repeated"


async def menu(group: Group, admin: User) -> BotMessage:
    await admin.says("/settings@test_bot", group)
    return await group.hears()


async def choose(admin: User, shown: BotMessage, *buttons: str) -> None:
    """Press one button after the other, each as it stands on the message then."""
    for button in buttons:
        answer = await admin.presses(shown, button)
        assert not answer.alert, answer.text


def data_of(shown: BotMessage, label: str) -> str:
    return next(value for row in shown.buttons for text, value in row if text == label)


@pytest.mark.parametrize("kind", ["group", "supergroup"])
async def test_modes(shared_server: Server, kind: str) -> None:
    group, olga, mia = await new_group(shared_server, kind, bot_is_admin=True)
    shown = await menu(group, olga)
    assert "When I answer: when I am asked" in shown.text
    await choose(olga, shown, "When I answer", "commands only", "‹ Back")
    assert "When I answer: commands only" in shown.text
    await mia.says(f"@test_bot {QUESTION}", group)
    await group.hears_nothing(0.3)
    await mia.says(f"/ask {QUESTION}", group)
    answer = await group.hears()
    await mia.says("does it hurt?", group, reply_to=answer)
    await group.hears_nothing(0.3)
    await choose(olga, shown, "When I answer", "when I am asked")
    assert "✓ when I am asked" in labels(shown)
    await mia.says(f"@test_bot {QUESTION}", group)
    assert "12 weeks" in (await group.hears()).text


async def test_whole_answers_and_a_line_of_their_own(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server)
    shown = await menu(group, olga)
    await choose(olga, shown, "Answers", "whole", "‹ Back", "Our own line", "Write a new one")
    prompt = await group.hears()
    assert prompt.markup is None
    await olga.says("x" * 201, group, reply_to=prompt)
    again = await group.hears()
    assert "201 characters" in again.text
    await mia.says("our <b>rules</b>", group, reply_to=again)
    assert "Only admins" in (await group.hears()).text
    await olga.says("Read <our> rules & be\nkind", group, reply_to=again)
    assert "Read <our> rules & be kind" in (await group.hears()).text
    await mia.says(f"/ask {QUESTION}", group)
    answer = await group.hears()
    assert re.search(r"\nSources: .+\n1\. ", answer.text)
    assert answer.text.endswith("📌 Read <our> rules & be kind")
    await choose(olga, shown, "‹ Back", "Our own line", "Remove it")
    await mia.says(f"/ask {QUESTION}", group)
    assert "📌" not in (await group.hears()).text


async def test_the_notice_after_a_press_says_what_changed(shared_server: Server) -> None:
    group, olga, _ = await new_group(shared_server)
    shown = await menu(group, olga)
    await choose(olga, shown, "Answers")
    assert (await olga.presses(shown, "whole")).text == "Answers: whole (was: short)"
    assert (await olga.presses(shown, "✓ whole")).text == "Saved"
    await choose(olga, shown, "‹ Back", "Our own line", "Write a new one")
    await olga.says("<our> & " + "x" * 190, group, reply_to=await group.hears())
    notice = (await olga.presses(await group.hears(), "Remove it")).text
    assert notice.startswith("Our own line: none (was: <our> & xx")
    assert len(notice) == 200


async def test_silenced_subjects(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server)
    shown = await menu(group, olga)
    await choose(olga, shown, "Silent about", "Cost and access", "Be silent about all of these", "‹ Back")
    assert "🔇 silent: Cost and access" in labels(shown)
    await mia.says("/ask what does botox cost", group)
    refusal = await group.hears()
    assert "keep this subject out" in refusal.text
    assert link_of(refusal, "Ask me in private") == "cost"
    await choose(olga, shown, "🔇 silent: Cost and access", "Speak about these again")
    price = next(label for label in labels(shown) if data_of(shown, label).endswith("+cost"))
    await choose(olga, shown, price, "‹ Back", "‹ Back")
    assert "Silent about: 1 chosen" in shown.text
    await mia.says("/ask what does botox cost", group)
    assert "keep this subject out" in (await group.hears()).text
    await choose(olga, shown, "Silent about", "Side effects", "More ›")
    late = next(label for label in labels(shown) if ":entry:+" in data_of(shown, label))
    await choose(olga, shown, late)
    assert f"🔇 silent: {late}" in labels(shown)


async def test_quiet_hours_and_their_zone(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server, bot_is_admin=True)
    shown = await menu(group, olga)
    await choose(olga, shown, "Quiet hours", "Switch on")
    assert "22:00–07:00, UTC" in shown.text
    await choose(olga, shown, "Time zone: UTC")
    prompt = await group.hears()
    await olga.says("europe/londn", group, reply_to=prompt)
    again = await group.hears()
    assert "Europe/London" in again.text
    await olga.says("the moon", group, reply_to=again)
    again = await group.hears()
    assert "Europe/London" in again.text
    await olga.says("america/new york", group, reply_to=again)
    assert "22:00–07:00, America/New_York" in (await group.hears()).text
    await choose(olga, shown, "‹ Back", "Quiet hours")
    await choose_quiet_hours(olga, shown, "America/New_York")
    asked = await mia.says(f"/ask {QUESTION}", group)
    await shared_server.wait_for_call("setMessageReaction")
    assert asked.reactions == ["😴"]
    await group.hears_nothing(0.3)
    await choose(olga, shown, "‹ Back", "Quiet hours", "Switch off")
    await mia.says(f"/ask {QUESTION}", group)
    assert "12 weeks" in (await group.hears()).text


async def test_chosen_topics(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server, forum=True)
    treatments, chat = await group.opens_topic("Treatments <3", olga), await group.opens_topic("Chat", olga)
    shown = await menu(group, olga)
    await choose(olga, shown, "Forum topics", "Treatments <3", "‹ Back")
    assert "Forum topics: Treatments <3" in shown.text
    for thread, answered in ((treatments, True), (chat, False), (None, False)):
        await mia.says(f"/ask {QUESTION}", group, thread_id=thread)
        if answered:
            assert (await group.hears()).thread_id == thread
        else:
            await group.hears_nothing(0.3)
    await choose(olga, shown, "Forum topics", "General", "✓ Treatments <3")
    await mia.says(f"/ask {QUESTION}", group)
    assert (await group.hears()).thread_id is None
    await choose(olga, shown, "everywhere")
    await mia.says(f"/ask {QUESTION}", group, thread_id=chat)
    assert (await group.hears()).thread_id == chat


async def test_settings_from_private(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server)
    link = link_of(await menu(group, olga), "Continue in private")
    await olga.says(f"/start {link}")
    shown = await olga.hears()
    assert "Settings of “Migraine friends”" in shown.text
    await choose(olga, shown, "Our own line", "Write a new one")
    prompt = await olga.hears()
    assert prompt.markup is not None
    assert prompt.markup["force_reply"]
    await olga.says("be kind", reply_to=prompt)
    assert "be kind" in (await olga.hears()).text
    await group.hears_nothing(0.2)
    await mia.says(f"/ask {QUESTION}", group)
    assert "📌 be kind" in (await group.hears()).text
    await choose(olga, shown, "‹ Back", "Done")
    assert shown.deleted


async def test_settings_in_private_without_a_link(shared_server: Server) -> None:
    olga = shared_server.user("Olga")
    for command in ("/settings", "/stats", "/reset"):
        await olga.says(command)
        assert "in a group that you administer" in (await olga.hears()).text


async def test_an_anonymous_admin_is_an_admin(shared_server: Server) -> None:
    group, _, _ = await new_group(shared_server)
    ada = shared_server.user("Ada")
    group.add(ada, "administrator", anonymous=True)
    shown = await menu(group, ada)
    await choose(ada, shown, "Our own line", "Write a new one")
    await ada.says("from the team", group, reply_to=await group.hears())
    assert "from the team" in (await group.hears()).text


async def test_who_writes_as_a_channel_is_no_admin(shared_server: Server) -> None:
    group, _, _ = await new_group(shared_server, bot_is_admin=True)
    group.posts_from_channel("/settings")
    assert "Only admins" in (await group.hears()).text


@pytest.mark.parametrize("standing", ["member", "left", "kicked"])
async def test_attack_a_member_presses_an_admins_button(shared_server: Server, standing: str) -> None:
    group, olga, mia = await new_group(shared_server)
    shown = await menu(group, olga)
    group.add(mia, standing)
    before = shown.html
    for button in ("When I answer", "Start over", "Done"):
        refused = await mia.presses(shown, button)
        assert refused.alert
        assert "Only admins" in refused.text
    assert shown.html == before
    assert not shown.deleted
    if standing == "member":
        for command in ("/settings", "/stats", "/reset", "/forget"):
            await mia.says(command, group)
            assert "Only admins" in (await group.hears()).text


async def test_attack_forged_data(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server)
    shown = await menu(group, olga)
    elsewhere, others_admin, _ = await new_group(shared_server)
    await mia.says("/start")
    own = await mia.hears()
    forged = [f"set:{group.id}:mode:commands", f"set:{group.id}:statistics:off", f"reset:{group.id}"]
    forged += [f"forget:{group.id}", f"settings:{group.id}:mode", f"type:{group.id}:line", f"stats:{group.id}"]
    for data in (*forged, "set:x:mode:commands", "set:", "settings:", f"set:{group.id}"):
        for presser, message in ((mia, shown), (mia, own), (others_admin, shown)):
            refused = await presser.presses(message, data, stale=True)
            assert "out of date" in refused.text or "Only admins" in refused.text
    theirs = await menu(elsewhere, others_admin)
    assert "out of date" in (await others_admin.presses(theirs, f"set:{group.id}:mode:commands", stale=True)).text
    earlier = ("w:{}:m:commands", "w:{}:pi:0", "c:{}:mode", "y:{}:li", "r:{}", "f:{}", "set:{}:urgent-notes:7")
    for data in (
        *earlier,
        "set:{}:mode:nonsense",
        "set:{}:cooldown:-5",
        "set:{}:entry:+no-such",
        "set:{}:urgent-notes:7",
        "set:{}:m:commands",
    ):
        assert "out of date" in (await olga.presses(shown, data.format(group.id), stale=True)).text
    await group.hears_nothing(0.2)
    assert "When I answer: when I am asked" in (await menu(group, olga)).text


@pytest.mark.parametrize("bot_is_admin", [False, True])
async def test_attack_an_old_press_is_replayed(shared_server: Server, bot_is_admin: bool) -> None:
    group, olga, _ = await new_group(shared_server, bot_is_admin=bot_is_admin)
    eve = shared_server.user("Eve")
    group.add(eve)
    await group.promote(eve, by=olga)
    shown = await menu(group, eve)
    await choose(eve, shown, "When I answer")
    recorded = data_of(shown, "commands only")
    await group.demote(eve, by=olga)
    await shared_server.wait_until_collected()
    assert "Only admins" in (await eve.presses(shown, recorded)).text
    await choose(olga, shown, "‹ Back")
    assert "out of date" in (await eve.presses(shown, recorded, stale=True)).text
    assert "When I answer: when I am asked" in (await menu(group, olga)).text


async def test_attack_a_settings_link_of_anothers_group(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server)
    shown = await menu(group, olga)
    link = link_of(shown, "Continue in private")
    stranger = shared_server.user("Sam")
    made_up = [f"settings_{group.id}", f"settings_{group.id}_AAAAAAAAAAAAAAAA", "settings_x_y", "settings"]
    for person in (mia, stranger):
        for payload in (link, *made_up):
            await person.says(f"/start {payload}")
            assert "Only admins" in (await person.hears()).text
    for payload in made_up:
        await olga.says(f"/start {payload}")
        assert "Only admins" in (await olga.hears()).text
    await olga.says(f"/start {link}")
    private = await olga.hears()
    group.add(olga, "left")
    assert "Only admins" in (await olga.presses(private, "When I answer")).text


async def test_the_admin_list_is_kept_and_dropped(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server, bot_is_admin=True)
    shown = await menu(group, olga)
    asked = len(shared_server.calls_of("getChatAdministrators"))
    await choose(olga, shown, "When I answer", "‹ Back", "Answers", "‹ Back")
    assert len(shared_server.calls_of("getChatAdministrators")) == asked
    await group.promote(mia, by=olga)
    await shared_server.wait_until_collected()
    await choose(mia, shown, "When I answer")
    assert len(shared_server.calls_of("getChatAdministrators")) == asked + 1


async def test_reset_and_forget_ask_first(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server)
    shown = await menu(group, olga)
    await choose(olga, shown, "When I answer", "commands only")
    for command, yes in (("/reset", "Yes, start over"), ("/forget", "Yes, forget it all")):
        await olga.says(command, group)
        question = await group.hears()
        assert "Only admins" in (await mia.presses(question, yes)).text
        await choose(olga, question, "No")
        assert "Nothing was changed" in question.text
        assert "commands only" in (await menu(group, olga)).text
        await olga.says(command, group)
        question = await group.hears()
        await choose(olga, question, yes)
        assert "When I answer: when I am asked" in (await menu(group, olga)).text
        await choose(olga, shown, "‹ Back", "When I answer", "commands only")
    mine = shared_server.user("Max")
    await mine.says("/forget")
    assert "nothing about you" in (await mine.hears()).text


async def test_changes_survive_a_restart_and_a_migration(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server, "group", bot_is_admin=True)
    await choose(olga, await menu(group, olga), "When I answer", "commands only")
    bigger = await group.migrate(by=olga)
    await shared_server.wait_until_collected()
    await asyncio.sleep(0.2)
    assert "commands only" in (await menu(bigger, olga)).text
    await mia.says(f"@test_bot {QUESTION}", bigger)
    await bigger.hears_nothing(0.3)
