"""Which messages of a group are for the bot, and how it answers there."""

from __future__ import annotations

import asyncio
import re

import pytest

from tests.bot_api_server import BotApiServer
from tests.handlers.conftest import label_of, labels, link_of, new_group, offered_to

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("shared_bot")]
Server = BotApiServer

QUESTION = "how often is it repeated"


@pytest.mark.parametrize("kind", ["group", "supergroup"])
@pytest.mark.parametrize("text", [f"/ask {QUESTION}", f"/ask@test_bot {QUESTION}", f"/ASK@Test_Bot {QUESTION}"])
async def test_ask_is_answered_shortly(shared_server: Server, kind: str, text: str) -> None:
    group, _, mia = await new_group(shared_server, kind)
    asked = await mia.says(text, group)
    answer = await group.hears()
    assert "12 weeks" in answer.text
    assert answer.reply_to_id == asked.id
    assert "[1]" not in answer.text
    assert "Sources: " not in answer.text
    assert "blockquote" not in answer.html
    assert len(answer.text) <= 400
    assert link_of(answer, "Whole answer and sources") == "how-often"
    assert labels(answer)[-3:] == ["👍 Helpful", "👎 Not helpful", "🗑 Remove"]
    await mia.says(f"/start {link_of(answer, 'Whole answer and sources')}")
    whole = await mia.hears()
    assert re.search(r"\nSources: .+\n1\. ", whole.text)
    assert labels(whole)[-3:-1] == ["👍 Helpful", "👎 Not helpful"]


@pytest.mark.parametrize(
    "text",
    [f"@test_bot {QUESTION}", f"{QUESTION}, @Test_Bot", f"hi 👩‍🦰 @test_bot {QUESTION}?", f"@test_bot, {QUESTION}"],
)
async def test_a_name_anywhere_is_a_call(shared_server: Server, text: str) -> None:
    group, _, mia = await new_group(shared_server, bot_is_admin=True)
    await mia.says(text, group)
    assert "12 weeks" in (await group.hears()).text


async def test_in_privacy_mode_beside_another_bot_the_sure_ways_reach_it(shared_server: Server) -> None:
    group, _, mia = await new_group(shared_server)
    group.posts_as_bot("Welcome, Mia!")
    await mia.says(f"@test_bot {QUESTION}", group)
    await mia.says(f"/ask {QUESTION}", group)
    await group.hears_nothing(0.3)
    await mia.says(f"/ask@test_bot {QUESTION}", group)
    answer = await group.hears()
    assert "12 weeks" in answer.text
    group.posts_as_bot("Have you read the rules?")
    await mia.says("does it hurt?", group, reply_to=answer)
    assert "hurt" in (await group.hears()).text.lower()


async def test_where_telegram_delivers_names_all_the_same_they_are_answered(
    shared_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    group, _, mia = await new_group(shared_server)
    monkeypatch.setattr(shared_server.world.doubtful, "mentions", True)
    await mia.says(f"@test_bot {QUESTION}", group)
    assert "12 weeks" in (await group.hears()).text


async def test_a_name_in_a_caption_is_a_call(shared_server: Server) -> None:
    group, _, mia = await new_group(shared_server, bot_is_admin=True)
    await mia.sends_photo(f"@test_bot {QUESTION}", group)
    assert "12 weeks" in (await group.hears()).text
    await mia.sends_photo(f"/ask {QUESTION}", group)
    assert "12 weeks" in (await group.hears()).text


async def test_ask_below_a_question_answers_that_question(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server, bot_is_admin=True)
    for call in ("/ask", "/ask@test_bot", "@test_bot"):
        question = await mia.says("hello all, is a droopy eyelid normal after botox?", group)
        await olga.says(call, group, reply_to=question)
        answer = await group.hears()
        assert "droopy lid" in answer.text
        assert answer.reply_to_id == question.id


async def test_a_bare_call_is_asked_what_it_wants(shared_server: Server) -> None:
    group, _, mia = await new_group(shared_server, bot_is_admin=True)
    for call in ("/ask", "@test_bot"):
        await mia.says(call, group)
        assert "What would you like to know?" in (await group.hears()).text


async def test_a_reply_to_the_bot_is_a_question_or_thanks_or_a_remark(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server, bot_is_admin=True)
    await mia.says(f"/ask {QUESTION}", group)
    answer = await group.hears()
    await mia.says("and does it hurt?", group, reply_to=answer)
    below = await group.hears()
    assert "hurt" in below.text.lower()
    thanks = await mia.says("Thank you so much!", group, reply_to=answer)
    await shared_server.wait_for_call("setMessageReaction")
    assert thanks.reactions == ["❤"]
    remark = await mia.says("my doctor said much the same", group, reply_to=answer)
    await olga.says("same here, for years. does your neck hurt too?", group, reply_to=remark)
    await olga.says("@mia_friend does it hurt you too?", group, reply_to=answer)
    await group.hears_nothing(0.5)
    assert not remark.reactions


async def test_a_reply_is_read_by_the_answer_it_replies_to(shared_server: Server) -> None:
    group, _, mia = await new_group(shared_server)
    await mia.says(f"/ask {QUESTION}", group)
    older = await group.hears()
    await mia.says("/ask is a droopy eyelid normal?", group)
    newer = await group.hears()
    await mia.says("why?", group, reply_to=older)
    assert link_of(await group.hears(), "Whole answer and sources") == "how-often"
    await mia.says("why?", group, reply_to=newer)
    assert link_of(await group.hears(), "Whole answer and sources") == "droopy-eyelid"


async def test_a_reply_that_goes_on_or_complains_is_answered(shared_server: Server) -> None:
    group, _, mia = await new_group(shared_server)
    await mia.says(f"/ask {QUESTION}", group)
    answer = await group.hears()
    await mia.says("more", group, reply_to=answer)
    assert link_of(await group.hears(), "Whole answer and sources") == "how-often"
    await mia.says("not what I asked", group, reply_to=answer)
    assert (await group.hears()).text.startswith("Sorry, I misread you there.")
    await mia.says("and for how long", group, reply_to=answer)
    await group.hears()
    await mia.says("you are useless", group, reply_to=answer)
    assert (await group.hears()).text.startswith("I'm sorry, that was no help.")
    for text in ("lol", "that's what my neuro said too", "i had a droopy eyelid too"):
        await mia.says(text, group, reply_to=answer)
    await group.hears_nothing(0.3)


async def test_stop_and_hello_have_words_of_their_own_in_groups(shared_server: Server) -> None:
    group, _, mia = await new_group(shared_server)
    await mia.says(f"/ask {QUESTION}", group)
    answer = await group.hears()
    lines = []
    for _ in range(2):
        await mia.says("shut up", group, reply_to=answer)
        lines.append((await group.hears()).text)
    assert all("/settings" in line and "block me" not in line for line in lines)
    assert lines[0] != lines[1]
    await mia.says("/ask hello", group)
    assert "Write /ask and your question" in (await group.hears()).text


async def test_thanks_with_a_question_is_a_question(shared_server: Server) -> None:
    group, _, mia = await new_group(shared_server)
    await mia.says(f"/ask {QUESTION}", group)
    answer = await group.hears()
    await mia.says("thanks! does it hurt?", group, reply_to=answer)
    assert "hurt" in (await group.hears()).text.lower()


async def test_others_talk_is_left_alone(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server, bot_is_admin=True)
    for text in (
        QUESTION,
        "how often is botox for migraine repeated?",
        f"/ask@other_bot {QUESTION}",
        "/weather london",
        "/unknown@test_bot",
        "/help@other_bot",
        "I asked @test_bot about eyelids and it was fine",
        "what the weather will be tomorrow?",
    ):
        await mia.says(text, group)
    await olga.sends_sticker(group)
    await olga.sends_photo("is a bruise normal after botox?", group)
    await group.hears_nothing(0.5)


async def test_not_understood_is_said_only_to_who_asked(shared_server: Server) -> None:
    group, _, mia = await new_group(shared_server, bot_is_admin=True)
    await mia.says("what will the weather be tomorrow", group)
    await group.hears_nothing(0.3)
    await mia.says("/ask what will the weather be tomorrow", group)
    reply = await group.hears()
    assert "Botox for migraine" in reply.text
    assert link_of(reply, "All topics") == "topics"
    await mia.says("/start topics")
    assert label_of(await mia.hears(), "Side effects (")


async def test_bots_and_forwarded_posts_are_ignored(shared_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    group, olga, _ = await new_group(shared_server, bot_is_admin=True)
    monkeypatch.setattr(shared_server.world.doubtful, "bots", True)
    group.posts_as_bot(f"@test_bot {QUESTION}")
    group.posts_from_channel(f"@test_bot {QUESTION}", automatic=True)
    await olga.says(f"@test_bot {QUESTION}", group, via_bot=True)
    await group.hears_nothing(0.5)


async def test_people_who_write_as_a_chat_are_answered(shared_server: Server) -> None:
    group, _, _ = await new_group(shared_server, bot_is_admin=True)
    group.posts_from_channel(f"@test_bot {QUESTION}")
    assert "12 weeks" in (await group.hears()).text
    ada = shared_server.user("Ada")
    group.add(ada, "administrator", anonymous=True)
    await ada.says(f"/ask {QUESTION}", group)
    assert "12 weeks" in (await group.hears()).text


async def test_an_edit_changes_the_answer_or_calls_the_bot(shared_server: Server) -> None:
    group, _, mia = await new_group(shared_server, bot_is_admin=True)
    message = await mia.says("/ask what does botox cost", group)
    answer = await group.hears()
    await mia.edits(message, "/ask is a droopy eyelid normal")
    await answer.is_edited()
    assert "droopy lid" in answer.text
    assert labels(answer)[-1] == "🗑 Remove"
    plain = await mia.says("does it hurt", group)
    await group.hears_nothing(0.3)
    await mia.edits(plain, "@test_bot does it hurt")
    assert "hurt" in (await group.hears()).text.lower()


async def test_replies_stay_in_their_topic(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server, forum=True)
    topic = await group.opens_topic("Treatments", olga)
    await mia.says(f"/ask {QUESTION}", group, thread_id=topic)
    answer = await group.hears()
    assert answer.thread_id == topic
    assert "12 weeks" in answer.text
    await mia.says(QUESTION, group, thread_id=topic)
    await group.hears_nothing(0.3)
    await mia.says(f"/ask {QUESTION}", group)
    assert (await group.hears()).thread_id is None


async def test_suggestions_turn_into_a_short_answer(shared_server: Server) -> None:
    group, _, mia = await new_group(shared_server)
    offered = await offered_to(mia, "/ask ", group)
    choices = [value for row in offered.buttons for _, value in row if value.startswith("answer:")]
    await mia.presses(offered, choices[0])
    await asyncio.wait_for(offered.is_edited(), 5)
    assert link_of(offered, "Whole answer and sources") == choices[0].removeprefix("answer:")


@pytest.mark.parametrize("who", ["the asker", "an admin", "the author", "a member"])
async def test_who_may_remove_an_answer(shared_server: Server, who: str) -> None:
    group, olga, mia = await new_group(shared_server, bot_is_admin=True)
    zoe, ben = shared_server.user("Zoe"), shared_server.user("Ben")
    for each in (zoe, ben):
        group.add(each)
    question = await mia.says("is a droopy eyelid normal after botox?", group)
    await zoe.says("/ask", group, reply_to=question)
    answer = await group.hears()
    presser = {"the asker": zoe, "an admin": olga, "the author": mia, "a member": ben}[who]
    pressed = await presser.presses(answer, "🗑 Remove")
    assert answer.deleted is (who != "a member")
    assert pressed.alert is (who == "a member")


async def test_made_up_and_stale_presses_change_nothing(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server)
    await olga.says(f"/ask {QUESTION}", group)
    answer = await group.hears()
    before = answer.html
    for data in (
        "answer:does-it-hurt",
        "answer-below:does-it-hurt",
        "topics",
        "entry:does-it-hurt",
        f"remove:{mia.id}",
        "vote:cost:up",
        "a:does-it-hurt",
        "nonsense",
    ):
        assert "out of date" in (await mia.presses(answer, data, stale=True)).text
    await group.hears_nothing(0.3)
    assert answer.html == before


async def test_help_names_only_the_ways_that_reach_the_bot(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server)
    for admin in (False, True, False):
        if admin:
            await group.promote(by=olga)
        elif group.chat.member(shared_server.world.bot).status == "administrator":
            await group.demote(by=olga)
        await mia.says("/help@test_bot", group)
        said = (await group.hears()).text
        assert "/ask@test_bot how often" in said
        assert "reply to one of my messages" in said
        assert ("call me by my name" in said) is admin
    await mia.says("/ask", group)
    assert "/ask@test_bot how often" in (await group.hears()).text
    await mia.says("/help")
    assert "write /ask@test_bot and your question" in (await mia.hears()).text


async def test_short_commands_in_groups(shared_server: Server) -> None:
    group, _, mia = await new_group(shared_server)
    for command, said in {
        "/help": "/ask",
        "/start": "/ask",
        "/privacy": "not stored",
        "/about": "writes nothing of its own",
    }.items():
        await mia.says(command, group)
        assert said in (await group.hears()).text
    await mia.says("/topics", group)
    assert link_of(await group.hears(), "All topics") == "topics"
