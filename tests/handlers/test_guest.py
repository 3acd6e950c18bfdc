"""Guest mode: called by @name where the bot is no member, it answers once and does nothing else; over real HTTP."""

from __future__ import annotations

import pytest

from knowledge.model import Knowledge
from knowledge.rendering.answer import short_text
from knowledge.rendering.urgent import urgent_text
from knowledge.reply import Answer
from tests.bot_api_server import BotApiServer
from tests.handlers.conftest import labels, link_of

pytestmark = [pytest.mark.usefixtures("shared_bot"), pytest.mark.asyncio(loop_scope="module")]

HARMLESS = {"getUpdates", "getMe", "deleteWebhook"}
"""Calls that concern no chat, beside those about the menu."""


async def test_it_answers_shortly_with_the_way_to_the_whole(shared_server: BotApiServer, knowledge: Knowledge) -> None:
    ann, group = shared_server.user("Ann"), shared_server.group("Strangers")
    asked = await ann.calls_guest("@test_bot how often is it repeated", group)
    answer = await group.hears()
    assert answer.text == short_text(Answer.chosen(knowledge.entries["how-often"]), knowledge).plain()
    assert answer.reply_to_id == asked.id
    assert answer.link_preview_disabled
    assert link_of(answer, "Whole answer and sources") == "how-often"
    assert all(value.startswith("https://t.me/test_bot") for row in answer.buttons for _, value in row)


async def test_nothing_but_the_answer_is_called(shared_server: BotApiServer) -> None:
    before = len(shared_server.calls)
    ann, group = shared_server.user("Ann"), shared_server.group("Strangers")
    for text in ("does it hurt", "thanks", "i cant breathe since the injection", "", "xqzw"):
        await ann.calls_guest(f"@test_bot {text}", group)
        await group.hears()
    await shared_server.wait_until_collected()
    called = [
        call.method for call in shared_server.calls[before:] if call.method not in HARMLESS and "My" not in call.method
    ]
    assert called == ["answerGuestQuery"] * 5


async def test_the_urgent_card_comes_whole_and_first(shared_server: BotApiServer, knowledge: Knowledge) -> None:
    ann, group = shared_server.user("Ann", language_code="en-GB"), shared_server.group("Strangers")
    await ann.calls_guest("@test_bot how often is it given? i cant breathe since the injection", group)
    card = await group.hears()
    flag = knowledge.red_flags.flags[link_of(card, "Read this in private").removeprefix("urgent_")]
    assert card.text == urgent_text(flag, knowledge.red_flags.replies).plain()
    country = knowledge.red_flags.countries["GB"].name
    before = labels(card)[: labels(card).index(country)]
    assert before[-1] == "Read this in private"
    assert before[:-1]  # the numbers of the country that her language points to, to be copied
    assert all(label.startswith("Copy ") for label in before[:-1])
    ben = shared_server.user("Ben")
    assert (await ben.presses(card, country)).text == ""
    assert "999" in (await card.is_edited()).text
    await ben.says(f"/start urgent_{flag.id}")
    assert (await ben.hears()).text == urgent_text(flag, knowledge.red_flags.replies).plain()


async def test_a_name_alone_asks_what_the_message_says_that_it_replies_to(shared_server: BotApiServer) -> None:
    ann, ben, group = shared_server.user("Ann"), shared_server.user("Ben"), shared_server.group("Strangers")
    said = await ben.says("how often is it repeated?", group)
    await ann.calls_guest("@test_bot", group, reply_to=said)
    assert "Every 12 weeks" in (await group.hears()).text
    said = await ben.says("i cant breathe since the injection", group)
    await ann.calls_guest("@test_bot", group, reply_to=said)
    assert "Read this in private" in labels(await group.hears())


async def test_a_name_without_a_question_is_asked_what(shared_server: BotApiServer) -> None:
    ann, group = shared_server.user("Ann"), shared_server.group("Strangers")
    await ann.calls_guest("@test_bot", group)
    assert "@test_bot how often is it repeated" in (await group.hears()).text


async def test_a_reply_to_its_answer_asks_again_and_chatter_is_left_alone(shared_server: BotApiServer) -> None:
    ann, ben, group = shared_server.user("Ann"), shared_server.user("Ben"), shared_server.group("Strangers")
    await ann.calls_guest("@test_bot how often is it repeated", group)
    answer = await group.hears()
    await ben.calls_guest("haha so true", group, reply_to=answer)
    await ben.calls_guest("i heard that @test_bot is nice", group)
    await group.hears_nothing()
    await ben.calls_guest("does it hurt?", group, reply_to=answer)
    assert "hurt" in (await group.hears()).text


async def test_another_bot_is_not_answered(shared_server: BotApiServer) -> None:
    ann, group = shared_server.user("Ann"), shared_server.group("Strangers")
    await ann.calls_guest("@test_bot does it hurt?", group, as_bot=True)
    await group.hears_nothing()


async def test_the_private_chat_of_two_people_is_not_taken_for_the_bots_own(shared_server: BotApiServer) -> None:
    ann, ben = shared_server.user("Ann"), shared_server.user("Ben")
    await ben.says("how often is it repeated")
    assert "Every 12 weeks" in (await ben.hears()).text
    chat = shared_server.conversation(ann, ben)
    await ann.calls_guest("@test_bot does it hurt?", chat)
    assert "hurt" in (await chat.hears()).text
    await ann.calls_guest("@test_bot why?", chat)
    assert "Every 12 weeks" not in (await chat.hears()).text
    await ben.hears_nothing()
    await ben.says("why?")
    assert "How often" in (await ben.hears()).text


async def test_a_second_answer_is_refused_and_no_fault(shared_server: BotApiServer) -> None:
    """A process that was killed after its answer gets the update again."""
    ann, group = shared_server.user("Ann"), shared_server.group("Strangers")
    old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    shared_server.fail_next("answerGuestQuery", 400, old)
    await ann.calls_guest("@test_bot does it hurt?", group)
    await shared_server.wait_until_collected()
    await group.hears_nothing()
    await ann.says("/start")
    assert (await ann.hears()).text.startswith("Hello!")


async def test_an_answer_that_gets_lost_on_its_way_is_sent_again(shared_server: BotApiServer) -> None:
    ann, group = shared_server.user("Ann"), shared_server.group("Strangers")
    shared_server.drop_next("answerGuestQuery")
    await ann.calls_guest("@test_bot does it hurt?", group)
    assert "hurt" in (await group.hears()).text


async def test_it_keeps_what_it_answers_out_of_a_group_it_joins_later(shared_server: BotApiServer) -> None:
    ann, group = shared_server.user("Ann"), shared_server.group("Strangers")
    await ann.calls_guest("@test_bot how often is it repeated", group)
    await group.hears()
    group.add(ann, "creator")
    await group.add_bot(by=ann)
    await group.hears()
    await ann.says("/stats", group)
    assert "Nothing was asked here" in (await group.hears()).text


async def test_small_talk_of_a_guest_is_not_remembered_for_the_chat_of_that_id(shared_server: BotApiServer) -> None:
    ann, bea = shared_server.user("Ann"), shared_server.user("Bea")
    chat = shared_server.conversation(ann, bea)
    heard = []
    for _ in range(2):
        await ann.calls_guest("@test_bot tell me a joke", chat)
        heard.append((await chat.hears()).text)
    await bea.says("tell me a joke")
    first = (await bea.hears()).text
    assert heard[0] == heard[1]
    assert heard[0].splitlines()[0] == first.splitlines()[0]
