"""What follows from showing a reply, whichever way it leaves the bot."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.bot_api_server import BotApiServer, BotMessage, Group, User
from tests.handlers.conftest import bot_process, new_group, offered_to

Process = asyncio.subprocess.Process
QUICKLY = (
    "import handlers.groups.scheduled_deletions as it; it.MINUTE = 0.2; import sys, bot; sys.exit(bot.main(['run']))"
)


async def why(person: User) -> str:
    """What the bot replies to a follow-up that names no subject."""
    await person.says("why?")
    return (await person.hears()).text


async def test_a_follow_up_leans_on_what_was_shown_whatever_showed_it(server: BotApiServer, bot: Process) -> None:
    stranger = await why(server.user("Zoe"))
    replies = {}
    for way in ("typed", "link", "button", "topics"):
        ann = server.user("Ann")
        if way == "typed":
            await ann.says("does botox for migraine hurt")
        elif way == "link":
            await ann.says("/start does-it-hurt")
        else:
            await ann.says("/topics")
        shown = await ann.hears()
        if way == "button":
            await ann.presses(shown, "answer:does-it-hurt", stale=True)
        elif way == "topics":
            await ann.presses(shown, "entry:does-it-hurt", stale=True)
        assert "hurt" in shown.text.partition("\n")[0]
        replies[way] = await why(ann)
    assert len(set(replies.values())) == 1, replies
    assert replies["topics"] != stranger


async def pressed_where_an_edit_fails(server: BotApiServer, group: Group, asker: User, presser: User) -> BotMessage:
    """The answer that a member got who pressed a suggestion that somebody else had asked for."""
    offered = await offered_to(asker, "/ask ", group)
    choice = next(value for row in offered.buttons for _, value in row if value.startswith("answer:"))
    server.fail_next("editMessageText", 400, "Bad Request: message can't be edited")
    await presser.presses(offered, choice)
    answer = await group.hears()
    assert not offered.edits
    assert answer.reply_to_id == offered.id
    return answer


@pytest.mark.parametrize("who", ["presser", "asker"])
async def test_an_answer_sent_where_an_edit_fails_is_removed_by_who_pressed(
    server: BotApiServer, bot: Process, who: str
) -> None:
    group, _, mia = await new_group(server)
    ben = server.user("Ben")
    group.add(ben)
    answer = await pressed_where_an_edit_fails(server, group, mia, ben)
    pressed = await (ben if who == "presser" else mia).presses(answer, "🗑 Remove")
    assert answer.deleted is (who == "presser")
    assert pressed.alert is (who == "asker")


async def test_an_answer_sent_where_an_edit_fails_goes_away_by_itself(server: BotApiServer, tmp_path: Path) -> None:
    async with bot_process(server, tmp_path, code=QUICKLY):
        group, olga, mia = await new_group(server)
        await olga.says("/settings", group)
        settings = await group.hears()
        for button in ("Answers", "gone after 5 minutes"):
            await olga.presses(settings, button)
        answer = await pressed_where_an_edit_fails(server, group, mia, mia)
        await answer.is_deleted()


async def test_a_button_of_an_earlier_version_is_out_of_date(server: BotApiServer, bot: Process) -> None:
    ann = server.user("Ann")
    await ann.says("/topics")
    topics = await ann.hears()
    for data in ("a:does-it-hurt", "g:basics:0", "v:cost:1", "u:no-such:GB", "nonsense", "answerx:cost"):
        assert "out of date" in (await ann.presses(topics, data, stale=True)).text
    assert not topics.edits
    await ann.hears_nothing()
