"""The notes of a group's own: written by its admins, found by their names alone, and in no other place."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from handlers.group_settings.kinds import NotAcceptedError
from handlers.group_settings.own_notes import OwnNotes
from handlers.group_settings.panel import Panel
from handlers.groups.own_notes import asked_for
from handlers.texts import load_texts
from knowledge.model import Knowledge
from knowledge.reply import Answer, Suggestions, Unknown
from runtime.storage import ChatSettings, Note
from tests.bot_api_server import BotApiServer, BotMessage, Group, User
from tests.handlers.conftest import choose_quiet_hours, labels, link_of, new_group
from tests.handlers.test_group_settings import choose, data_of, menu

pytestmark = [pytest.mark.asyncio(loop_scope="module")]
running = pytest.mark.usefixtures("shared_bot")
Server = BotApiServer

NOT_WELL = "Not well, or not safe? Tell me in private"
MARK = "From the admins of this group, not from my sources."


async def write(admin: User, group: Group, *notes: str) -> BotMessage:
    """Write notes by the settings; the page as it is then."""
    shown = await menu(group, admin)
    await choose(admin, shown, "Own notes")
    for note in notes:
        await choose(admin, shown, "Write a new note")
        await admin.says(note, group, reply_to=await group.hears())
        shown = await group.hears()
        assert shown.text.startswith("Notes of your own: "), shown.text
    return shown


@running
async def test_a_note_is_written_changed_and_removed(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server)
    shown = await write(olga, group, "Our <rules>\nBe kind.\nNo <b>adverts</b> & no links.", "Café\nSundays at 4")
    assert "Notes of your own: Our <rules>, Café\n" in shown.text
    await choose(olga, shown, "Our <rules>")
    assert shown.text == "Our <rules>\nBe kind.\nNo <b>adverts</b> & no links."
    await choose(olga, shown, "Write it anew")
    await olga.says("our  RULES\nOnly: be kind.", group, reply_to=await group.hears())
    both = await group.hears()
    assert "Notes of your own: Our <rules>, Café, our RULES\n" in both.text
    await choose(olga, shown, "‹ Back", "Café", "Write it anew")
    await olga.says("CAFE\nMondays", group, reply_to=await group.hears())
    assert "Our <rules>, CAFE, our RULES\n" in (await group.hears()).text
    await mia.says("/note cafe", group)
    assert (await group.hears()).text == f"CAFE\nMondays\n\n{MARK}"
    await choose(olga, shown, "‹ Back", "our RULES")
    removal = data_of(shown, "Remove it")
    answer = await olga.presses(shown, "Remove it")
    assert answer.text == "Own notes: Our <rules>, CAFE (was: Our <rules>, CAFE, our RULES)"
    assert "our RULES" not in labels(shown)
    assert "out of date" in (await olga.presses(shown, removal, stale=True)).text
    assert "Own notes: Our <rules>, CAFE\n" in (await menu(group, olga)).text


@running
async def test_what_is_no_note_is_explained_and_asked_for_again(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server)
    shown = await menu(group, olga)
    await choose(olga, shown, "Own notes", "Write a new note")
    prompt = await group.hears()
    for typed, says in (
        ("only a name", "two things"),
        (f"{'n' * 33}\ntext", "33 characters; 32"),
        (f"rules\n{'x' * 501}", "501 characters; 500"),
        ("\u0301\ntext", "letters or digits"),
    ):
        await olga.says(typed, group, reply_to=prompt)
        prompt = await group.hears()
        assert says in prompt.text
    await mia.says("rules\nmine", group, reply_to=prompt)
    assert "Only admins" in (await group.hears()).text
    await olga.says(f"{'n' * 32}\n{'ü' * 500}", group, reply_to=prompt)
    assert "n" * 32 in (await group.hears()).text
    shown = await write(olga, group, *(f"note {letter}\ntext" for letter in "abcdefghi"))
    assert "Write a new note" not in labels(shown)
    await choose(olga, shown, "note a", "Write it anew")
    await olga.says("an eleventh\ntext", group, reply_to=await group.hears())
    again = await group.hears()
    assert "10 notes already" in again.text
    await olga.says("Note A\nchanged", group, reply_to=again)
    assert "Note A, note b" in (await group.hears()).text


@running
async def test_the_command_lists_and_forgives_typing_errors(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server)
    await mia.says("/note", group)
    assert "no notes yet" in (await group.hears()).text
    await write(olga, group, "Meeting place\n<the> café", "Rules\nBe kind")
    await mia.says("/note@test_bot", group)
    assert "• Meeting place\n• Rules" in (await group.hears()).text
    await mia.says("/note meting palce", group)
    shown = await group.hears()
    assert shown.text == f"Meeting place\n<the> café\n\n{MARK}"
    assert labels(shown) == ["🗑 Remove"]
    await mia.says("/note parking", group)
    assert "no note of that name" in (await group.hears()).text
    asked = await mia.says("/note rules", group)
    answer = await group.hears()
    await mia.edits(asked, "/note meeting place")
    await answer.is_edited()
    assert "<the> café" in answer.text
    assert not (await mia.presses(answer, "🗑 Remove")).alert
    assert answer.deleted


@running
async def test_a_note_is_found_by_its_name_in_each_way_to_ask(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server)
    await write(olga, group, "Meeting place\nThe café", "Side effects\nTell us of yours")
    answers = []
    for text in ("/ask MEETING  place?", "/ask@test_bot meeting place", "/ask meetingplace"):
        await mia.says(text, group)
        answers.append(await group.hears())
        assert answers[-1].text.startswith("Meeting place\nThe café\n"), text
    await mia.says("meeting place", group, reply_to=answers[0])
    assert MARK in (await group.hears()).text
    await mia.says("/ask where is the meeting place", group)
    assert MARK not in (await group.hears()).text
    await mia.says("/ask the café", group)
    assert MARK not in (await group.hears()).text
    await mia.says("meeting place", group)
    await group.hears_nothing(0.3)
    # Somebody else's words are no name that was typed.
    other = await olga.says("meeting place", group)
    await mia.says("/ask", group, reply_to=other)
    assert MARK not in (await group.hears()).text


@running
async def test_a_note_never_takes_the_place_of_an_answer(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server)
    await write(olga, group, "How often\nEvery week!")
    await mia.says("/ask how often", group)
    answer = await group.hears()
    assert "12 weeks" in answer.text
    assert MARK not in answer.text
    shown = "The admins' note: How often"
    assert shown in labels(answer)
    await mia.presses(answer, shown)
    note = await group.hears()
    assert note.text == f"How often\nEvery week!\n\n{MARK}"
    assert labels(note) == ["🗑 Remove"]
    assert not (await mia.presses(note, "🗑 Remove")).alert
    # Without the answer, which the group wants silent, there is nothing that it could hide.
    page = await menu(group, olga)
    await choose(olga, page, "Silent about", "Schedule", "Be silent about all of these")
    await mia.says("/ask how often", group)
    assert (await group.hears()).text == f"How often\nEvery week!\n\n{MARK}"
    await olga.says("/forget", group)
    await choose(olga, await group.hears(), "Yes, forget it all")
    assert "out of date" in (await mia.presses(answer, shown)).text


@running
async def test_a_request_for_a_note_stays_open_until_it_is_met(shared_server: Server) -> None:
    group, olga, _ = await new_group(shared_server)
    await choose(olga, await menu(group, olga), "Own notes", "Write a new note")
    first = await group.hears()
    await olga.says("Rules", group, reply_to=first)
    assert "two things" in (await group.hears()).text
    await olga.says("Rules\nBe kind", group, reply_to=first)
    assert "Notes of your own: Rules\n" in (await group.hears()).text


async def test_what_another_admin_wrote_meanwhile_counts_for_the_room() -> None:
    knowledge = cast("Knowledge", None)
    ten = tuple(Note(name=f"note {number}", text="x") for number in range(10))
    panel = Panel(-1, ChatSettings(notes=ten[:9]), knowledge, load_texts())
    setting = OwnNotes(name="notes", page="notes", field="notes")
    put = setting.change_typed("Rules\nBe kind", panel)
    with pytest.raises(NotAcceptedError) as refused:
        put(ChatSettings(notes=ten))
    assert "10 notes already" in refused.value.html
    assert len(put(panel.settings).notes) == 10


@running
async def test_a_note_goes_no_further_than_its_group(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server)
    await write(olga, group, "Meeting place\nThe café")
    elsewhere, _, eve = await new_group(shared_server)
    await eve.says("/ask meeting place", elsewhere)
    assert MARK not in (await elsewhere.hears()).text
    await eve.says("/note meeting place", elsewhere)
    assert "no notes yet" in (await elsewhere.hears()).text
    for text in ("/note meeting place", "/ask meeting place", "meeting place"):
        await mia.says(text)
        assert MARK not in (await mia.hears()).text


@running
async def test_attack_a_note_never_stands_before_help(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server)
    await write(olga, group, "I want to die\nDon't be silly", "I can't breathe\nWait a while", "Rules\nBe kind")
    for text in ("/note i want to die", "/ask i can't breathe"):
        await mia.says(text, group)
        reply = await group.hears()
        assert "silly" not in reply.text
        assert "Wait a while" not in reply.text
        assert MARK not in reply.text
        assert "call" in reply.text.lower()


@running
async def test_who_may_be_in_trouble_finds_the_way_beside_a_note(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server)
    await write(olga, group, "I feel hopeless\nCome on Sunday", "Rules\nBe kind")
    for text in ("/ask i feel hopeless", "/note i feel hopeless", "/note everything is pointless"):
        await mia.says(text, group)
        assert link_of(await group.hears(), NOT_WELL).startswith("check_"), text
    await mia.says("/note rules", group)
    assert NOT_WELL not in labels(await group.hears())


@running
async def test_notes_keep_to_quiet_hours_and_topics(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server, forum=True, bot_is_admin=True)
    await write(olga, group, "Rules\nBe kind")
    treatments = await group.opens_topic("Treatments", olga)
    shown = await menu(group, olga)
    await choose(olga, shown, "Forum topics", "Treatments")
    for text in ("/note rules", "/ask rules"):
        await mia.says(text, group)
        await group.hears_nothing(0.3)
        await mia.says(text, group, thread_id=treatments)
        assert (await group.hears()).thread_id == treatments
    await choose(olga, shown, "‹ Back", "Quiet hours", "Switch on")
    await choose_quiet_hours(olga, shown)
    for text in ("/note rules", "/ask rules"):
        asked = await mia.says(text, group, thread_id=treatments)
        await shared_server.wait_for_call("setMessageReaction")
        assert asked.reactions == ["😴"]
    await group.hears_nothing(0.3)


@running
async def test_notes_are_moved_reset_and_forgotten_with_the_settings(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server, "group")
    await write(olga, group, "Rules\nBe kind")
    bigger = await group.migrate(by=olga)
    await shared_server.wait_until_collected()
    await asyncio.sleep(0.2)
    for command, yes in (("/reset", "Yes, start over"), ("/forget", "Yes, forget it all")):
        await mia.says("/note@test_bot rules", bigger)
        assert MARK in (await bigger.hears()).text
        await olga.says(command, bigger)
        await choose(olga, await bigger.hears(), yes)
        await mia.says("/note rules", bigger)
        assert "no notes yet" in (await bigger.hears()).text
        await mia.says("/ask rules", bigger)
        assert MARK not in (await bigger.hears()).text
        await write(olga, bigger, "Rules\nBe kind")


@running
async def test_an_anonymous_admin_writes_and_removes_a_note(shared_server: Server) -> None:
    group, _, _ = await new_group(shared_server)
    ada = shared_server.user("Ada")
    group.add(ada, "administrator", anonymous=True)
    shown = await write(ada, group, "Rules\nBe kind")
    await choose(ada, shown, "Rules", "Remove it")
    assert "Notes of your own: none" in shown.text


# The rule alone

SETTINGS = ChatSettings(notes=(Note(name="Café", text="x"), Note(name="Fee", text="y"), Note(name="Fees", text="z")))


@pytest.mark.parametrize(
    ("asked", "name", "even_beside_a_sure_answer"),
    [
        ("cafe", "Café", True),
        (" CAFÉ? ", "Café", True),
        ("cafee", "Café", False),
        ("acfe", "Café", False),
        ("caffee", None, False),
        ("fee", "Fee", True),
        ("fe", None, False),
        ("feess", "Fees", False),
        ("the cafe", None, False),
        ("", None, False),
    ],
)
async def test_a_name_and_no_more_is_what_finds_a_note(
    asked: str, name: str | None, even_beside_a_sure_answer: bool
) -> None:
    for reply in (Unknown(), Suggestions((), 0.5), Answer((), 0.6, guess=True)):
        found = asked_for(asked, reply, SETTINGS)
        assert (found.name if found else None) == name
    found = asked_for(asked, Answer((), 0.99), SETTINGS)
    assert (found.name if found else None) == (name if even_beside_a_sure_answer else None)
