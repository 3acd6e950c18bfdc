"""Settings as a file and from group to group; the pinned message on how to ask; the panel for anonymous admins."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest

from handlers.group_settings.links import Seal
from knowledge.model import Knowledge
from tests.bot_api_server import BotApiServer, BotMessage, Group, User
from tests.handlers.conftest import TOKEN, labels, link_of, new_group
from tests.handlers.test_group_settings import choose, data_of, menu

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("shared_bot")]
Server = BotApiServer


async def exported(admin: User, group: Group, room: User | None = None, shown: BotMessage | None = None) -> bytes:
    """The file with the settings of a group, sent to where they are shown."""
    shown = shown or await menu(group, admin)
    await choose(admin, shown, "Copy and keep", "Send me a file", "‹ Back")
    document = (await (room or group).hears()).document
    assert document
    return document[1]


async def prompted(admin: User, group: Group) -> BotMessage:
    """The message that asks for a file."""
    await choose(admin, await menu(group, admin), "Copy and keep", "Use a file")
    return await group.hears()


async def offered(admin: User, group: Group, file: bytes) -> BotMessage:
    """What the bot says to a file in a group."""
    await admin.sends_document(group, file=file, reply_to=await prompted(admin, group))
    return await group.hears()


def file_of(version: Any = 1, **values: Any) -> bytes:
    return json.dumps({"version": version, "settings": values}).encode()


async def choose_much(admin: User, group: Group) -> None:
    """Set something on many pages, also what is personal and what is of this group alone."""
    shown = await menu(group, admin)
    await choose(admin, shown, "Answers", "whole", "‹ Back", "Quiet hours", "Switch on", "‹ Back")
    await choose(admin, shown, "Silent about", "Cost and access", "Be silent about all of these", "‹ Back", "‹ Back")
    await choose(admin, shown, "Own notes", "Write a new note")
    await admin.says("Our <rules>\nBe kind", group, reply_to=await group.hears())
    await group.hears()


CHANGES = (
    "• Answers: whole (was: short)",
    "• Silent about: 1 chosen (was: none)",
    "• Quiet hours: 22:00–07:00, UTC (was: none)",
    "• Own notes: Our <rules> (was: none)",
)


def lines(message: BotMessage) -> Sequence[str]:
    return tuple(line for line in message.text.splitlines() if line.startswith("• "))


# The file


async def test_the_language_comes_with_it(shared_server: Server) -> None:
    group, olga, _ = await new_group(shared_server)
    shown = await offered(olga, group, file_of(language="es"))
    assert lines(shown) == ("• Language: Español (was: English)",)
    await choose(olga, shown, "Use these")
    assert (await menu(group, olga)).text.startswith("Ajustes de este grupo")


async def test_settings_go_by_file_to_another_group(shared_server: Server) -> None:
    group, olga, _ = await new_group(shared_server, forum=True)
    await olga.says("/start")
    await olga.hears()
    await choose_much(olga, group)
    shown = await menu(group, olga)
    await choose(olga, shown, "Urgent notes", "Tell me", "‹ Back", "Forum topics", "General", "‹ Back")
    await olga.hears()
    file = await exported(olga, group, shown=shown)
    assert str(olga.id).encode() not in file
    assert set(json.loads(file)["settings"]).isdisjoint({"topics", "urgent_notes_to"})
    elsewhere, eve, mia = await new_group(shared_server)
    shown = await offered(eve, elsewhere, file)
    assert lines(shown) == CHANGES
    assert labels(shown) == ["Use these", "Leave"]
    assert "Answers: short" in (await menu(elsewhere, eve)).text
    use = data_of(shown, "Use these")
    assert "Only admins" in (await mia.presses(shown, "Use these")).text
    await choose(eve, shown, "Use these")
    assert "in use now" in shown.text
    assert not shown.buttons
    now = (await menu(elsewhere, eve)).text
    assert "Answers: whole; with pictures; they stay; /ask: seen by all\n" in now
    assert "Urgent notes: none\n" in now
    assert "Own notes: Our <rules>\n" in now
    assert "out of date" in (await eve.presses(shown, use, stale=True)).text
    await mia.says("/note our rules", elsewhere)
    assert "Be kind" in (await elsewhere.hears()).text
    assert "Nothing would change" in (await offered(eve, elsewhere, file)).text


async def test_the_file_has_the_day_in_its_name(shared_server: Server) -> None:
    group, olga, _ = await new_group(shared_server)
    shown = await menu(group, olga)
    await choose(olga, shown, "Copy and keep", "Send me a file")
    document = (await group.hears()).document
    assert document
    name, content = document
    assert name.startswith("settings-20")
    assert name.endswith(".json")
    assert json.loads(content)["version"] == 1


async def test_what_a_file_would_change_can_be_left(shared_server: Server) -> None:
    group, olga, _ = await new_group(shared_server)
    shown = await offered(olga, group, file_of(mode="listen", cooldown_minutes=5))
    assert lines(shown) == (
        "• When I answer: plain questions too (was: when I am asked)",
        "• When I answer: changed, now the same answer unasked: 5 minutes",
    )
    await choose(olga, shown, "Leave")
    assert "Nothing was changed" in shown.text
    assert "When I answer: when I am asked\n" in (await menu(group, olga)).text


async def test_what_the_first_page_says_of_both_alike_is_told_too(shared_server: Server) -> None:
    group, olga, _ = await new_group(shared_server)
    await choose_much(olga, group)
    notes = [{"name": "Our <rules>", "text": "Be quick"}]
    shown = await offered(olga, group, file_of(notes=notes, silenced_groups=["side-effects"]))
    assert lines(shown) == ("• Silent about: changed, now 1 chosen", "• Own notes: changed, now Our <rules>")
    assert "🔇 silent: Side effects" in shown.text
    assert "Not silent any more: Cost and access" in shown.text
    assert "The note “Our <rules>” would read:\nBe quick" in shown.text


async def test_every_word_of_a_file_is_shown_before_it_is_used(shared_server: Server, knowledge: Knowledge) -> None:
    group, olga, _ = await new_group(shared_server)
    notes = [{"name": f"note {number}", "text": f"{number} {'<&>' * 160}"} for number in range(10)]
    entries = list(knowledge.entries.values())[:60]
    file = file_of(notes=notes, silenced_entries=[entry.id for entry in entries])
    shown = [await offered(olga, group, file)]
    while not shown[-1].buttons:
        shown.append(await group.hears())
    assert len(shown) > 1
    whole = "\n".join(each.text for each in shown)
    assert all(f"{note['name']}” would read:\n{note['text']}\n" in f"{whole}\n" for note in notes)
    assert all(f"🔇 silent: {entry.label}\n" in f"{whole}\n" for entry in entries)
    await choose(olga, shown[-1], "Use these")
    await olga.says("/note note 7", group)
    assert "<&><&>" in (await group.hears()).text


async def test_attack_made_up_questions_in_a_file_are_left_out(shared_server: Server) -> None:
    group, olga, _ = await new_group(shared_server)
    made_up = [f"made-up-{number}" for number in range(499)]
    assert "Nothing would change" in (await offered(olga, group, file_of(silenced_entries=made_up))).text
    shown = await offered(olga, group, file_of(silenced_entries=["cost", *made_up], silenced_groups=made_up))
    assert lines(shown) == ("• Silent about: 1 chosen (was: none)",)
    await choose(olga, shown, "Use these")
    assert "Silent about: 1 chosen\n" in (await menu(group, olga)).text
    shown = await offered(olga, group, file_of(silenced_groups=[*made_up, "more", "and more"]))
    assert "“silenced_groups”" in shown.text


async def test_each_request_for_a_file_stays_open_until_one_is_sent(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server)
    prompt = await prompted(olga, group)
    await olga.sends_document(group, file=b"[]", reply_to=prompt)
    assert "holds no settings" in (await group.hears()).text
    await olga.says("hello", group, reply_to=prompt)
    again = await group.hears()
    assert "Please send the file" in again.text
    await mia.says("how often is it repeated?", group, reply_to=again)
    assert "12 weeks" in (await group.hears()).text
    await olga.sends_document(group, file=file_of(pictures=False), reply_to=prompt)
    assert lines(await group.hears()) == ("• Answers: no pictures (was: with pictures)",)


async def test_words_in_place_of_a_file_in_private(shared_server: Server) -> None:
    group, olga, _ = await new_group(shared_server)
    await olga.says(f"/start {link_of(await menu(group, olga), 'Continue in private')}")
    await choose(olga, await olga.hears(), "Copy and keep", "Use a file")
    prompt = await olga.hears()
    await olga.says("hello", reply_to=prompt)
    again = await olga.hears()
    assert "Please send the file" in again.text
    await olga.says("i want to die", reply_to=again)
    assert "call" in (await olga.hears()).text.lower()


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (b" " * (64 * 1024 + 1), "64 kB are the most"),
        (b"%PDF-1.7", "can't read that file"),
        (b"[]", "holds no settings of mine"),
        (file_of(2), "newer version"),
        (file_of(mode="shout"), "“mode”"),
        (file_of(pictures=False, urgent_notes_to=[5]), "“urgent_notes_to”"),
        (file_of(**{"<b>" * 30: 1}), "“<b><b>"),
        (file_of(pictures=False, notes=[{"name": "rules"}]), "“notes”"),
    ],
)
async def test_attack_a_bad_file_is_named_and_changes_nothing(shared_server: Server, file: bytes, says: str) -> None:
    group, olga, mia = await new_group(shared_server)
    again = await offered(olga, group, file)
    assert says in again.text
    assert not again.buttons
    assert "Answers: short; with pictures; they stay; /ask: seen by all\n" in (await menu(group, olga)).text
    good = file_of(pictures=False)
    await mia.sends_document(group, file=good, reply_to=again)
    assert "Only admins" in (await group.hears()).text
    await olga.sends_document(group, file=good, reply_to=again)
    assert lines(await group.hears()) == ("• Answers: no pictures (was: with pictures)",)
    await olga.sends_document(group, file=good, reply_to=again)
    await group.hears_nothing(0.3)


async def test_a_large_file_is_not_fetched(shared_server: Server) -> None:
    group, olga, _ = await new_group(shared_server)
    fetched = len(shared_server.calls_of("getFile"))
    await offered(olga, group, b" " * (64 * 1024 + 1))
    assert len(shared_server.calls_of("getFile")) == fetched


async def test_attack_words_in_place_of_a_file_are_heard_as_any_others(shared_server: Server) -> None:
    group, olga, _ = await new_group(shared_server)
    prompt = await prompted(olga, group)
    await olga.says("i want to die", group, reply_to=prompt)
    assert "call" in (await group.hears()).text.lower()
    await olga.sends_document(group, caption="i can't breathe", file=file_of(), reply_to=prompt)
    assert "call" in (await group.hears()).text.lower()


async def test_a_file_in_private(shared_server: Server) -> None:
    group, olga, _ = await new_group(shared_server)
    await olga.says(f"/start {link_of(await menu(group, olga), 'Continue in private')}")
    shown = await olga.hears()
    file = await exported(olga, group, olga, shown)
    await choose(olga, shown, "Answers", "whole", "‹ Back", "Copy and keep", "Use a file")
    prompt = await olga.hears()
    assert prompt.markup
    assert prompt.markup["force_reply"]
    await olga.sends_document(file=file, reply_to=prompt)
    offer = await olga.hears()
    assert lines(offer) == ("• Answers: short (was: whole)",)
    await group.hears_nothing(0.1)
    group.add(olga, "member")
    assert "Only admins" in (await olga.presses(offer, "Use these")).text
    group.add(olga, "administrator")
    await choose(olga, offer, "Use these")
    assert "Answers: short" in (await menu(group, olga)).text


async def test_two_presses_at_once_use_it_once_and_say_nothing_wrong(shared_server: Server) -> None:
    group, olga, _ = await new_group(shared_server)
    offer = await offered(olga, group, file_of(pictures=False))
    answers = await asyncio.gather(*(olga.presses(offer, "Use these") for _ in range(2)))
    assert not any(answer.alert for answer in answers)
    assert len(offer.edits) == 1
    assert "no pictures" in (await menu(group, olga)).text


async def test_what_was_offered_is_gone_when_all_is_forgotten(shared_server: Server) -> None:
    group, olga, _ = await new_group(shared_server)
    offer = await offered(olga, group, file_of(pictures=False))
    await olga.says("/forget", group)
    await choose(olga, await group.hears(), "Yes, forget it all")
    refused = await olga.presses(offer, "Use these")
    assert refused.alert
    assert "begin anew" in refused.text
    assert "with pictures" in (await menu(group, olga)).text


# To another group


def copy_link(shown: BotMessage) -> str:
    """The payload of the link by which a group is chosen, once the page with it is shown."""
    address = data_of(shown, "Copy to another group")
    assert address.startswith("https://t.me/test_bot?startgroup=")
    payload = address.partition("=")[2]
    assert len(payload) <= 64
    return payload


async def link_to_copy(admin: User, group: Group) -> str:
    shown = await menu(group, admin)
    await choose(admin, shown, "Copy and keep")
    return copy_link(shown)


async def test_settings_are_copied_by_an_admin_of_both(shared_server: Server) -> None:
    group, olga, _ = await new_group(shared_server)
    elsewhere, eve, mia = await new_group(shared_server)
    elsewhere.add(olga, "administrator")
    await choose_much(olga, group)
    link = await link_to_copy(olga, group)
    for _ in range(2):
        await olga.says(f"/start@test_bot {link}", elsewhere)
        offer = await elsewhere.hears()
        assert lines(offer) == CHANGES
        assert "Migraine friends" not in offer.text
    assert "Only admins" in (await mia.presses(offer, "Use these")).text
    # An admin of this group alone may look, and leave it, but not take what is another group's.
    assert "both groups" in (await eve.presses(offer, "Use these")).text
    assert "Answers: short" in (await menu(elsewhere, eve)).text
    await choose(olga, offer, "Use these")
    assert "Answers: whole" in (await menu(elsewhere, eve)).text
    await olga.says(f"/start {link}", elsewhere)
    assert "Nothing would change" in (await elsewhere.hears()).text


async def test_attack_who_administers_one_group_only_copies_nothing(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server)
    elsewhere, eve, _ = await new_group(shared_server)
    await choose(olga, await menu(group, olga), "Answers", "whole")
    link = await link_to_copy(olga, group)
    await eve.says(f"/start {link}", elsewhere)
    assert "both groups" in (await elsewhere.hears()).text
    for person in (olga, mia):
        elsewhere.add(person)
        await person.says(f"/start {link}", elsewhere)
        assert "Only admins" in (await elsewhere.hears()).text
    await olga.says(f"/start {link}", group)
    assert "this very group" in (await group.hears()).text
    elsewhere.add(olga, "administrator")
    await olga.says(f"/start {link}", elsewhere)
    offer = await elsewhere.hears()
    group.add(olga, "member")
    assert "both groups" in (await olga.presses(offer, "Use these")).text


async def test_attack_made_up_links_copy_nothing(shared_server: Server) -> None:
    group, olga, _ = await new_group(shared_server)
    elsewhere, _, _ = await new_group(shared_server)
    elsewhere.add(olga, "administrator")
    settings_link = Seal(TOKEN).settings_link(group.id)
    for payload in (
        f"copy_{group.id}",
        f"copy_{group.id}_AAAAAAAAAAAAAAAA",
        settings_link.replace("settings_", "copy_"),
        f"copy_{elsewhere.id}_{copy_seal(group)}",
        "copy_x_y",
        "copy_",
    ):
        await olga.says(f"/start@test_bot {payload}", elsewhere)
        assert "Only admins" in (await elsewhere.hears()).text
    await olga.says(f"/start {Seal(TOKEN).copy_link(group.id).replace('copy_', 'settings_')}")
    assert "Only admins" in (await olga.hears()).text
    await olga.says(f"/start@test_bot {settings_link}", elsewhere)
    assert "/ask" in (await elsewhere.hears()).text


def copy_seal(group: Group) -> str:
    return Seal(TOKEN).copy_link(group.id).removeprefix(f"copy_{group.id}_")


async def test_the_longest_link_fits_and_tells_its_group() -> None:
    seal, longest = Seal(TOKEN), -1_997_852_516_352
    payload = seal.copy_link(longest)
    assert len(payload) <= 64
    assert payload.replace("-", "").replace("_", "").isalnum()
    assert (seal.copied_group(payload), seal.group_of(payload)) == (longest, None)
    assert seal.copied_group(seal.settings_link(longest)) is None
    assert Seal("7:another").copied_group(payload) is None


# The pinned message


async def test_how_to_ask_is_pinned_without_a_sound_and_once(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server, bot_is_admin=True)
    shown = await menu(group, olga)
    await choose(olga, shown, "How to ask")
    assert "Only admins" in (await mia.presses(shown, "Send and pin it")).text
    assert (await olga.presses(shown, "Send and pin it")).text == "Sent and pinned."
    assert (await olga.presses(shown, "Send and pin it")).text == "It is pinned already."
    message = await group.hears()
    assert "/ask@test_bot" in message.text
    assert group.pinned == [message.text]
    await group.hears_nothing(0.1)
    for method in ("sendMessage", "pinChatMessage"):
        assert shared_server.calls_of(method)[-1].params["disable_notification"]


@pytest.mark.parametrize("bot_is_admin", [False, True])
async def test_the_right_that_is_missing_is_named(shared_server: Server, bot_is_admin: bool) -> None:
    group, olga, _ = await new_group(shared_server, bot_is_admin=bot_is_admin)
    group.let_pin(bot=False)
    shown = await menu(group, olga)
    await choose(olga, shown, "How to ask")
    refused = await olga.presses(shown, "Send and pin it")
    assert refused.alert
    assert "“Pin messages”" in refused.text
    assert (await group.hears()).deleted
    group.let_pin(members=True, bot=True)
    await choose(olga, shown, "Send and pin it")
    assert len(group.pinned) == 1
    expected = [each for each in shared_server.violations if each.method == "pinChatMessage"]
    assert len(expected) == 1
    shared_server.violations.remove(expected[0])


async def test_what_could_not_be_pinned_is_taken_back(shared_server: Server) -> None:
    group, olga, _ = await new_group(shared_server, bot_is_admin=True)
    shown = await menu(group, olga)
    await choose(olga, shown, "How to ask")
    pinned = len(shared_server.calls_of("pinChatMessage"))
    shared_server.fail_next("pinChatMessage", 409, "Conflict: something Telegram has thought of since")
    press = asyncio.create_task(olga.presses(shown, "Send and pin it"))
    message = await group.hears()
    await shared_server.world.wait(lambda: message.deleted, 10, "the message to go")
    press.cancel()
    assert message.deleted
    assert group.pinned == []
    assert len(shared_server.calls_of("pinChatMessage")) == pinned + 1
    await choose(olga, shown, "Send and pin it")
    assert len(group.pinned) == 1


async def test_how_to_ask_comes_into_the_topic_of_the_panel_or_from_private_into_the_group(
    shared_server: Server,
) -> None:
    group, olga, _ = await new_group(shared_server, forum=True, bot_is_admin=True)
    thread = await group.opens_topic("Questions", olga)
    await olga.says("/settings", group, thread_id=thread)
    shown = await group.hears()
    link = link_of(shown, "Continue in private")
    await choose(olga, shown, "How to ask", "Send and pin it")
    assert (await group.hears()).thread_id == thread
    await olga.says(f"/start {link}")
    await choose(olga, await olga.hears(), "How to ask", "Send and pin it")
    assert (await group.hears()).thread_id is None
    assert len(group.pinned) == 2


# Anonymous admins


async def test_an_anonymous_admin_uses_a_file_and_pins(shared_server: Server) -> None:
    group, _, _ = await new_group(shared_server, bot_is_admin=True)
    ada = shared_server.user("Ada")
    group.add(ada, "administrator", anonymous=True)
    file = await exported(ada, group)
    await choose(ada, await menu(group, ada), "Answers", "whole")
    offer = await offered(ada, group, file)
    assert lines(offer) == ("• Answers: short (was: whole)",)
    await choose(ada, offer, "Use these")
    shown = await menu(group, ada)
    assert "Answers: short" in shown.text
    await choose(ada, shown, "How to ask", "Send and pin it")
    assert len(group.pinned) == 1


async def test_an_anonymous_admin_is_told_why_nothing_can_be_copied(shared_server: Server) -> None:
    group, olga, _ = await new_group(shared_server)
    elsewhere, _, _ = await new_group(shared_server)
    elsewhere.add(olga, "administrator", anonymous=True)
    link = await link_to_copy(olga, group)
    await olga.says(f"/start@test_bot {link}", elsewhere)
    assert "Remain anonymous" in (await elsewhere.hears()).text
    elsewhere.posts_from_channel(f"/start@test_bot {link}")
    assert "Only admins" in (await elsewhere.hears()).text


async def test_every_page_opens_for_an_anonymous_admin(shared_server: Server) -> None:
    group, _, _ = await new_group(shared_server, forum=True)
    ada = shared_server.user("Ada")
    group.add(ada, "administrator", anonymous=True)
    await ada.says("/start")
    await ada.hears()
    shown = await menu(group, ada)
    titles = [text for row in shown.buttons for text, data in row if data.startswith(f"settings:{group.id}:")]
    assert len(titles) == 14, "twelve pages, and the two buttons that end it"
    opened = set()
    for title in titles:
        if title != "Done":
            await choose(ada, shown, title)
            opened.add(shown.text)
            await choose(ada, shown, "‹ Back")
    assert len(opened) == len(titles) - 1
    await choose(ada, shown, "Urgent notes", "Tell me")
    assert "urgent reply" in (await ada.hears()).text
    await choose(ada, shown, "‹ Back", "Quiet hours", "Switch on", "Time zone: UTC")
    await ada.says("europe/paris", group, reply_to=await group.hears())
    assert "Europe/Paris" in (await group.hears()).text
    await choose(ada, shown, "‹ Back", "Statistics", "See them", "‹ Back", "Done")
    assert shown.deleted
