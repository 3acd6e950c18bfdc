"""Inline mode: what is offered as one types, what is sent, and what Telegram may keep of it; over real HTTP."""

from __future__ import annotations

import asyncio

import pytest

from handlers.inline import MOST_OFFERED
from knowledge.model import Knowledge
from knowledge.rendering.answer import short_text
from knowledge.rendering.urgent import urgent_text
from knowledge.reply import Answer
from tests.bot_api_server import BotApiServer, InlineAnswer, User
from tests.bot_api_server.errors import Json
from tests.handlers.conftest import labels, new_group

pytestmark = [pytest.mark.usefixtures("shared_bot"), pytest.mark.asyncio(loop_scope="module")]

URGENT = "i cant breathe since the injection"
"""What the floor of rules finds."""


def titles(answer: InlineAnswer) -> list[str]:
    return [result["title"] for result in answer.results]


def urls(result: Json) -> list[str]:
    return [button.get("url", "") for row in result["reply_markup"]["inline_keyboard"] for button in row]


async def test_the_answer_is_offered_before_the_question_is_finished(
    shared_server: BotApiServer, knowledge: Knowledge
) -> None:
    entry = knowledge.entries["how-often"]
    for typed in ("how oft", "How often is Botox for migr"):
        offered = await shared_server.user("Ann").asks_inline(typed)
        assert titles(offered)[0] == entry.question
        assert len(offered.results) <= MOST_OFFERED
    first = offered.results[0]
    assert first["description"] == entry.answer[0].text
    assert "thumbnail_url" not in first


async def test_what_is_sent_is_the_short_answer_with_one_way_to_the_whole(
    shared_server: BotApiServer, knowledge: Knowledge
) -> None:
    ann = shared_server.user("Ann")
    group, _, _ = await new_group(shared_server)
    result = (await ann.asks_inline("how often is it repe")).results[0]
    sent = ann.chooses(result, group)
    expected = short_text(Answer.chosen(knowledge.entries["how-often"]), knowledge)
    assert sent.text == expected.plain()
    assert sent.link_preview_disabled
    assert urls(result) == ["https://t.me/test_bot?start=how-often"]
    await group.hears_nothing()


async def test_nothing_depends_on_who_asks_so_telegram_may_keep_it(shared_server: BotApiServer) -> None:
    ann, bea = shared_server.user("Ann"), shared_server.user("Bea", language_code="de")
    for typed in ("does it hurt", "", URGENT):
        one, other = await ann.asks_inline(typed), await bea.asks_inline(typed)
        assert one == other
        assert not one.is_personal
        assert one.cache_time == (10 if typed == URGENT else 300)


async def test_an_empty_query_offers_the_topics_with_their_questions(
    shared_server: BotApiServer, knowledge: Knowledge
) -> None:
    ann = shared_server.user("Ann")
    offered = await ann.asks_inline(" ")
    assert titles(offered) == list(knowledge.topics)
    for result, (title, entries) in zip(offered.results, knowledge.topics.items(), strict=True):
        assert result["description"] == f"Questions: {len(entries)}"
        assert result["text"].startswith(title)
        html = result["input_message_content"]["message_text"]
        for entry in entries:
            assert entry.question in result["text"]
            assert f'<a href="https://t.me/test_bot?start={entry.id}">' in html
    assert offered.button == {"text": "Ask me in private", "start_parameter": "ask"}
    await ann.says("/start ask")
    assert (await ann.hears()).text.startswith("Hello!")


async def test_an_urgent_text_offers_the_urgent_card_alone(shared_server: BotApiServer, knowledge: Knowledge) -> None:
    ann, group = shared_server.user("Ann"), shared_server.group("Friends")
    offered = await ann.asks_inline(URGENT)
    [card] = offered.results
    assert offered.button
    flag = knowledge.red_flags.flags[offered.button["start_parameter"].removeprefix("urgent_")]
    sent = ann.chooses(card, group)
    assert sent.text == urgent_text(flag, knowledge.red_flags.replies).plain()
    assert labels(sent)[0] == "Read this in private"
    assert card["title"] == "What to do now"
    assert card["description"] in sent.text
    await ann.says(f"/start {offered.button['start_parameter']}")
    assert (await ann.hears()).text == sent.text


async def test_the_numbers_of_a_country_come_into_the_card_in_place(shared_server: BotApiServer) -> None:
    ann, bea, group = shared_server.user("Ann"), shared_server.user("Bea"), shared_server.group("Friends")
    sent = ann.chooses((await ann.asks_inline(URGENT)).results[0], group)
    data = next(value for row in sent.buttons for text, value in row if text == "United Kingdom")
    assert not (await bea.presses(sent, "United Kingdom")).alert
    await sent.is_edited()
    assert "999" in sent.text
    assert "United Kingdom" not in labels(sent)
    assert (await bea.presses(sent, data, stale=True)).text == ""
    assert len(sent.edits) == 1
    sent.raw.deleted = True
    assert "out of date" in (await bea.presses(sent, data, stale=True)).text
    refused = [each for each in shared_server.violations if "MESSAGE_ID_INVALID" in each.what]
    assert len(refused) == 1  # the bot can't know before
    shared_server.violations.remove(refused[0])


MADE_UP = ("card", "card:x:y", "card:{flag}:nowhere", "country:{flag}:GB", "answer:how-often", "vote:how-often:up", "?")


@pytest.mark.parametrize("data", MADE_UP)
async def test_made_up_presses_below_an_inline_message_are_out_of_date(
    shared_server: BotApiServer, knowledge: Knowledge, data: str
) -> None:
    ann, group = shared_server.user("Ann"), shared_server.group("Friends")
    sent = ann.chooses((await ann.asks_inline("does it hurt")).results[0], group)
    data = data.format(flag=next(iter(knowledge.red_flags.flags)))
    assert "out of date" in (await ann.presses(sent, data, stale=True)).text
    assert sent.edits == []


async def test_a_card_pressed_in_a_chat_with_the_bot_changes_nothing(shared_server: BotApiServer) -> None:
    ann = shared_server.user("Ann")
    await ann.says("how often is it repeated")
    answer = await ann.hears()
    flag = (await ann.asks_inline(URGENT)).results[0]["id"].removeprefix("urgent:")
    assert "out of date" in (await ann.presses(answer, f"card:{flag}:GB", stale=True)).text
    assert answer.edits == []


@pytest.mark.parametrize("typed", ["rent in berlin", "pizza", "thanks", "x" * 200])
async def test_what_is_not_ours_offers_only_the_button(shared_server: BotApiServer, typed: str) -> None:
    offered = await shared_server.user("Ann").asks_inline(typed)
    assert offered.results == []
    assert offered.button


async def test_long_and_odd_queries_are_answered(shared_server: BotApiServer) -> None:
    ann = shared_server.user("Ann")
    for typed in ("does it hurt " * 19, "?" * 256, "<b>&amp;</b>", "😀" * 100, "how often\nand\nwhat cost"):
        assert (await ann.asks_inline(typed[:256])).button


async def test_an_inline_message_in_a_group_of_the_bot_is_not_answered(shared_server: BotApiServer) -> None:
    group, _, mia = await new_group(shared_server)
    mia.chooses((await mia.asks_inline("does it hurt")).results[0], group)
    await group.hears_nothing()


async def test_two_people_who_type_at_once_get_their_own(shared_server: BotApiServer) -> None:
    async def ask(person: User, typed: str) -> str:
        return titles(await person.asks_inline(typed))[0]

    people = [shared_server.user(f"P{number}") for number in range(8)]
    asked = ["how often", "preg", "does it hurt", "cost"] * 2
    found = await asyncio.gather(*map(ask, people, asked))
    assert found[:4] == found[4:]
    assert len(set(found)) == 4


async def test_in_its_own_chat_the_bot_leaves_what_it_answered_inline_alone(shared_server: BotApiServer) -> None:
    ann = shared_server.user("Ann")
    for said in ("how often is it repeated", URGENT):
        await ann.says(said, via_bot=True)
        await ann.hears_nothing()
