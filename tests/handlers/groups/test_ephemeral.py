"""Answers in a group that whoever asks alone sees: where Telegram can, where it can't, and never for help."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.bot_api_server import BotApiServer, BotMessage, Group, HumanMessage, Silence, User
from tests.handlers.conftest import TOKEN, UNCLEAR, bot_process, label_of, labels, link_of, new_group
from tests.handlers.test_group_settings import choose, data_of, menu

pytestmark = [pytest.mark.asyncio(loop_scope="module")]
running = pytest.mark.usefixtures("shared_bot")
Server = BotApiServer

QUESTION = "how often is it repeated"
OTHER = "what does botox cost"
CHOKING = "I can't swallow my own saliva since the botox yesterday"
CAN_WAIT = "vomiting for two days now and can't keep anything down"
REMOVE = "🗑 Remove"
SIGN = "how often is it repeated, my eyelid droops"
NOT_WELL = "Not well, or not safe? Tell me in private"
QUICKLY = (
    "import handlers.groups.scheduled_deletions as it; it.MINUTE = 0.1; import sys, bot; sys.exit(bot.main(['run']))"
)


async def discreet_group(
    server: Server, *, bot_is_admin: bool = True, forum: bool = False
) -> tuple[Group, User, User, BotMessage]:
    """A group in which whoever asks alone is to see the answer, its owner, a member, and the page that says so."""
    group, olga, mia = await new_group(server, forum=forum, bot_is_admin=bot_is_admin)
    shown = await menu(group, olga)
    await choose(olga, shown, "Answers")
    notice = await olga.presses(shown, "/ask: only whoever asks")
    assert notice.text == "Answers: /ask: only whoever asks (was: /ask: seen by all)"
    return group, olga, mia, shown


def comes_again(server: Server, message: HumanMessage) -> None:
    """The same message reaches the bot once more."""
    server.world.tell("message", message.raw.as_dict())


# Where Telegram can


@running
async def test_an_answer_is_for_whoever_asks_alone(shared_server: Server) -> None:
    group, olga, mia, shown = await discreet_group(shared_server)
    assert "is the only one to see what I answer" in shown.text
    said = await mia.says(f"/ask {QUESTION}", group)
    answer = await mia.hears_alone(group)
    assert "12 weeks" in answer.text
    assert REMOVE in labels(answer)
    sent = [call for call in shared_server.calls_of("sendMessage") if call.params["chat_id"] == group.id][-1]
    assert sent.params["ephemeral_message_parameters"] == {"receiver_user_id": mia.id}
    assert "reply_parameters" not in sent.params
    assert sent.result["message_id"] == 0
    comes_again(shared_server, said)
    await answer.is_edited()  # changed where it is, and not sent once more
    await group.hears_nothing(0.3)
    with pytest.raises(ValueError, match="alone sees"):
        await olga.presses(answer, REMOVE)
    await olga.says(f"/ask {OTHER}", group)
    assert "cost" in (await olga.hears_alone(group)).text.lower()


@running
async def test_only_commands_are_answered_so_and_nobody_else_is(shared_server: Server) -> None:
    group, _, mia, _ = await discreet_group(shared_server)
    asked = await mia.says(f"@test_bot {QUESTION}", group)
    answer = await group.hears()
    assert answer.reply_to_id == asked.id
    await mia.says("/note", group)
    assert "no notes yet" in (await mia.hears_alone(group)).text
    await mia.says("/note@test_bot rules", group)
    assert "no notes yet" in (await mia.hears_alone(group)).text
    await mia.says(f"/ask {QUESTION}")
    assert "12 weeks" in (await mia.hears()).text


@running
async def test_an_edited_question_changes_the_answer_that_one_alone_sees(shared_server: Server) -> None:
    group, _, mia, _ = await discreet_group(shared_server)
    said = await mia.says(f"/ask {QUESTION}", group)
    answer = await mia.hears_alone(group)
    for _ in range(2):
        await mia.edits(said, f"/ask {OTHER}")
        await answer.is_edited()
        assert "cost" in answer.text.lower()
    await group.hears_nothing(0.3)
    await mia.edits(said, f"@test_bot {QUESTION}")  # no command any more: all may see what it says now
    assert "12 weeks" in (await group.hears()).text


@running
async def test_presses_change_the_answer_in_place(shared_server: Server) -> None:
    group, _, mia, _ = await discreet_group(shared_server)
    offer = await offered_alone(mia, group)
    chosen = next(value for row in offer.buttons for _, value in row if value.startswith("answer:"))
    await mia.presses(offer, chosen)
    assert len(offer.edits) == 1
    answer = offer
    assert "Thank you" in (await mia.presses(answer, label_of(answer, "👍"))).text
    assert "already" in (await mia.presses(answer, label_of(answer, "👍"))).text
    old = await mia.presses(answer, chosen, stale=True)
    assert "out of date" in old.text
    assert not (await mia.presses(answer, REMOVE)).alert
    assert answer.deleted
    await mia.says(f"/ask {QUESTION}", group)
    other = await mia.hears_alone(group)
    assert "Thank you" in (await mia.presses(other, label_of(other, "👎"))).text
    await group.hears_nothing(0.3)


async def offered_alone(person: User, group: Group) -> BotMessage:
    """The suggestions that something unclear brings."""
    for text in (*UNCLEAR, "qwertz uiop asdf"):
        await person.says(f"/ask {text}", group)
        shown = await person.hears_alone(group)
        if any(value.startswith("answer:") for row in shown.buttons for _, value in row):
            return shown
    raise AssertionError("nothing was offered")


@running
async def test_a_removed_answer_is_gone_for_good(shared_server: Server) -> None:
    group, _, mia, _ = await discreet_group(shared_server)
    said = await mia.says(f"/ask {QUESTION}", group)
    answer = await mia.hears_alone(group)
    remove = data_of(answer, REMOVE)
    await mia.presses(answer, REMOVE)
    assert answer.deleted
    assert "out of date" in (await mia.presses(answer, remove, stale=True)).text
    await mia.edits(said, f"/ask {OTHER}")
    assert "cost" in (await mia.hears_alone(group)).text.lower()
    assert accept_refusals(shared_server, "editEphemeralMessageText") == 1


def accept_refusals(server: Server, *methods: str, what: str = "not found") -> int:
    """Take what a test has provoked for no fault of the bot's; how often it was refused."""
    provoked = [each for each in server.violations if each.method in methods and what in each.what]
    for each in provoked:
        server.violations.remove(each)
    return len(provoked)


@running
async def test_the_picture_comes_to_who_asked_for_it(shared_server: Server) -> None:
    group, _, mia, _ = await discreet_group(shared_server)
    await mia.says("/ask where are the shots given", group)
    answer = await mia.hears_alone(group)
    see = data_of(answer, "🖼 See the picture")
    shared_server.fail_next("sendPhoto", 400, "Bad Request: USER_NOT_PARTICIPANT", times=2)
    assert "can't send the picture" in (await mia.presses(answer, see)).text
    shared_server.forget_faults()
    await asyncio.gather(mia.presses(answer, see), mia.presses(answer, see))
    picture = await mia.hears_alone(group)
    assert picture.photo
    await answer.is_edited()
    assert "🖼 See the picture" not in labels(answer)
    assert answer.photo is None
    assert labels(picture) == [REMOVE]
    await mia.presses(picture, REMOVE)
    assert picture.deleted
    await group.hears_nothing(0.3)
    with pytest.raises(Silence):  # nor a second one for herself
        await mia.hears_alone(group, 0.1)


@running
async def test_an_answer_comes_into_the_topic_in_which_it_was_asked(shared_server: Server) -> None:
    group, olga, mia, _ = await discreet_group(shared_server, forum=True)
    topic = await group.opens_topic("Chat", olga)
    await mia.says(f"/ask {QUESTION}", group, thread_id=topic)
    answer = await mia.hears_alone(group)
    assert answer.thread_id == topic
    assert "Thank you" in (await mia.presses(answer, label_of(answer, "👍"))).text


@running
async def test_the_answer_is_counted_once(shared_server: Server) -> None:
    group, olga, mia, _ = await discreet_group(shared_server)
    said = await mia.says(f"/ask {QUESTION}", group)
    answer = await mia.hears_alone(group)
    comes_again(shared_server, said)
    await answer.is_edited()
    await olga.says("/stats", group)
    rows = {line[:20].strip(): line[20:].split() for line in (await group.hears()).text.splitlines()[2:]}
    assert rows["Answered"] == ["1", "1"]


@running
async def test_what_one_alone_has_seen_is_news_to_the_others_once(shared_server: Server) -> None:
    group, olga, mia, shown = await discreet_group(shared_server)
    await choose(olga, shown, "‹ Back", "When I answer", "plain questions too")
    await mia.says(f"/ask {QUESTION}", group)
    await mia.hears_alone(group)
    asked = await olga.says("How often is the Botox for migraine repeated?", group)
    assert (await group.hears()).reply_to_id == asked.id
    await mia.says("How often is the Botox for migraine repeated?", group)
    await group.hears_nothing(0.3)


@running
async def test_somebody_elses_message_is_answered_for_whoever_sent_the_command(shared_server: Server) -> None:
    group, olga, mia, _ = await discreet_group(shared_server)
    asked = await olga.says("How often is the Botox for migraine repeated?", group)
    await mia.says("/ask", group, reply_to=asked)
    assert "12 weeks" in (await mia.hears_alone(group)).text


async def test_the_answer_goes_after_the_minutes_that_the_group_has_chosen(tmp_path: Path) -> None:
    async with BotApiServer(TOKEN) as server, bot_process(server, tmp_path, code=QUICKLY):
        group, olga, mia, shown = await discreet_group(server)
        await choose(olga, shown, "gone after 5 minutes")
        await mia.says(f"/ask {QUESTION}", group)
        answer = await mia.hears_alone(group)
        await answer.is_deleted()
        await mia.says(f"/ask {QUESTION}", group)
        answer = await mia.hears_alone(group)
        await mia.presses(answer, REMOVE)
        await group.hears_nothing(0.7)
        assert server.violations == []
        assert len(server.calls_of("deleteEphemeralMessage")) == 2  # not once more when its time has come


# The settings


@running
async def test_the_settings_are_for_the_admin_alone_who_asked(shared_server: Server) -> None:
    group, olga, mia, _ = await discreet_group(shared_server)
    await olga.says("/settings", group)
    shown = await olga.hears_alone(group)
    assert "/ask: only whoever asks" in shown.text
    await choose(olga, shown, "Answers")
    assert "is the only one to see what I answer" in shown.text
    answer = await olga.presses(shown, "whole")
    assert answer.text == "Answers: whole (was: short)"
    assert "✓ whole" in labels(shown)
    assert (await olga.presses(shown, "✓ whole")).text == "Saved"
    await choose(olga, shown, "‹ Back", "Our own line", "Write a new one")
    prompt = await group.hears()
    assert prompt.reply_to_id is None
    await olga.says("be kind", group, reply_to=prompt)
    after = await olga.hears_alone(group)
    assert "be kind" in after.text
    await choose(olga, after, "‹ Back", "Start over", "Yes, start over")
    assert after.buttons == []
    await olga.presses(shown, "‹ Back")
    await olga.presses(shown, "Done")
    assert shown.deleted
    await mia.says("/settings", group)
    assert "Only admins" in (await group.hears()).text


@running
async def test_what_a_button_of_the_settings_sends_is_for_all_and_replies_to_nothing(shared_server: Server) -> None:
    group, olga, mia, _ = await discreet_group(shared_server)
    await mia.says(f"/ask {QUESTION}", group)
    await mia.hears_alone(group)
    await olga.says("/settings", group)
    shown = await olga.hears_alone(group)
    await choose(olga, shown, "Copy and keep", "Send me a file", "‹ Back", "How to ask", "Send and pin it")
    await choose(olga, shown, "Send and pin it", "‹ Back", "Statistics", "See them")
    file, pinned, chart = await group.hears(), await group.hears(), await group.hears()
    assert file.document
    assert '"only_for_asker": true' in file.document[1].decode()
    assert group.pinned == [pinned.text]
    assert chart.photo
    assert [each.reply_to_id for each in (file, pinned, chart)] == [None, None, None]


@running
async def test_who_writes_in_the_name_of_the_group_gets_an_ordinary_message(shared_server: Server) -> None:
    group, olga, _, _ = await discreet_group(shared_server)
    ada = shared_server.user("Ada")
    group.add(ada, anonymous=True)
    await group.promote(ada, by=olga)
    await ada.says("/settings", group)
    shown = await group.hears()
    await choose(ada, shown, "Answers", "whole")
    assert "✓ whole" in labels(shown)
    asked = await ada.says(f"/ask {QUESTION}", group)
    assert (await group.hears()).reply_to_id == asked.id


# Help is for all to see


@running
@pytest.mark.parametrize("text", [CHOKING, CAN_WAIT])
@pytest.mark.parametrize("command", ["/ask", "/note"])
async def test_an_urgent_reply_is_an_ordinary_message(shared_server: Server, text: str, command: str) -> None:
    group, _, mia, _ = await discreet_group(shared_server)
    said = await mia.says(f"{command} {text}", group)
    reply = await group.hears()
    assert reply.receiver_id is None
    assert reply.reply_to_id == said.id
    assert "Read this in private" in labels(reply)


@running
async def test_a_question_that_becomes_a_cry_for_help_is_answered_for_all(shared_server: Server) -> None:
    group, _, mia, _ = await discreet_group(shared_server)
    said = await mia.says(f"/ask {QUESTION}", group)
    await mia.hears_alone(group)
    await mia.edits(said, f"/ask {CHOKING}")
    assert (await group.hears()).reply_to_id == said.id


@running
async def test_the_way_to_be_asked_in_private_is_an_ordinary_message(shared_server: Server) -> None:
    group, _, mia, _ = await discreet_group(shared_server)
    for text in ("/ask i feel hopeless", "/note i feel hopeless"):
        said = await mia.says(text, group)
        reply = await group.hears()
        assert link_of(reply, NOT_WELL).startswith("check_")
        assert reply.reply_to_id == said.id
    said = await mia.says(f"/ask {QUESTION}", group)
    await mia.hears_alone(group)
    await mia.edits(said, "/ask i feel hopeless")
    assert link_of(await group.hears(), NOT_WELL).startswith("check_")


@running
async def test_who_told_of_a_sign_of_danger_is_answered_for_all(shared_server: Server) -> None:
    group, _, mia, _ = await discreet_group(shared_server)
    said = await mia.says(f"/ask {SIGN}", group)
    reply = await group.hears()
    assert reply.reply_to_id == said.id
    assert "Call your emergency number now" in reply.text


# Where Telegram can't


@running
async def test_a_bot_that_is_no_admin_answers_for_all_and_says_why(shared_server: Server) -> None:
    group, olga, mia, shown = await discreet_group(shared_server, bot_is_admin=False)
    assert "I am none here, so all see them." in shown.text
    for text in (QUESTION, OTHER):
        said = await mia.says(f"/ask {text}", group)
        assert (await group.hears()).reply_to_id == said.id
    assert accept_refusals(shared_server, "sendMessage", what="BOT_NOT_ADMIN") == 1  # and not tried each time
    await olga.says("/settings", group)
    shown = await group.hears()
    await group.promote(by=olga)
    await choose(olga, shown, "Answers")
    assert "is the only one to see what I answer" in shown.text
    await mia.says(f"/ask {QUESTION}", group)
    assert "12 weeks" in (await mia.hears_alone(group)).text


@running
async def test_what_telegram_refuses_for_one_is_sent_for_all(shared_server: Server) -> None:
    group, _, mia, _ = await discreet_group(shared_server)
    for code, description in ((400, "Bad Request: USER_NOT_PARTICIPANT"), (403, "Forbidden: user is deactivated")):
        shared_server.fail_next("sendMessage", code, description)
        said = await mia.says(f"/ask {QUESTION}", group)
        answer = await group.hears()
        assert answer.reply_to_id == said.id
        assert not (await mia.presses(answer, REMOVE)).alert
        assert answer.deleted
    await mia.says(f"/ask {QUESTION}", group)
    assert "12 weeks" in (await mia.hears_alone(group)).text


async def test_a_server_that_does_not_know_it_sends_for_all_and_that_is_said(tmp_path: Path) -> None:
    async with BotApiServer(TOKEN) as server, bot_process(server, tmp_path):
        server.world.knows_ephemeral = False
        group, olga, mia, shown = await discreet_group(server)
        assert "is the only one to see what I answer" in shown.text  # nothing has been tried so far
        said = await mia.says(f"/ask {QUESTION}", group)
        first = await group.hears()
        assert "12 weeks" in first.text
        comes_again(server, said)
        await mia.edits(said, f"/ask {OTHER}")
        await first.is_edited()
        assert "cost" in first.text.lower()
        said = await mia.says(f"/ask {QUESTION}", group)
        assert (await group.hears()).reply_to_id == said.id
        tried = [each for each in server.calls_of("sendMessage") if "ephemeral_message_parameters" in each.params]
        assert len(tried) == 1
        assert not (await mia.presses(first, REMOVE)).alert
        assert first.deleted
        await olga.says("/settings", group)
        shown = await group.hears()
        await choose(olga, shown, "Answers")
        assert "can't do that yet, so all see them." in shown.text
        await choose(olga, shown, "/ask: seen by all")
        assert "can't do that yet" not in shown.text
        assert accept_refusals(server, "editMessageText", what="not modified") == 1  # by the message that came again
        assert server.violations == []
    log = (tmp_path / "log.txt").read_text()
    assert log.count("does not know ephemeral messages") == 1
    assert str(mia.id) not in log
