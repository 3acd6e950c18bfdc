"""A question in another language: told in that language what there is, with buttons that lead to English answers."""

from __future__ import annotations

import pytest

from knowledge.model import Knowledge
from tests.bot_api_server import BotApiServer
from tests.handlers.conftest import labels, new_group

pytestmark = [pytest.mark.usefixtures("shared_bot"), pytest.mark.asyncio(loop_scope="module")]

PRICE = "botox migraña precio"
SMALL_TALK = "sabes a que hora juega el madrid hoy?"
WEATHER = "какая завтра погода в питере"


async def test_a_question_in_spanish_gets_its_question_as_a_button(
    shared_server: BotApiServer, knowledge: Knowledge
) -> None:
    ann = shared_server.user("Ana")
    await ann.says(PRICE)
    shown = await ann.hears()
    texts = knowledge.red_flags.languages["es"].foreign
    assert shown.text.startswith(texts.english_only)
    assert "Traducir" in shown.text
    assert "112 · 911 · 999" in shown.text
    assert "findahelpline.com" in shown.text
    assert shown.text.endswith(texts.perhaps)
    asked = knowledge.translations["es"].questions["cost"].ask
    assert labels(shown)[0] == asked
    assert len(labels(shown)) <= 4
    for _ in range(2):  # the same press again
        assert not (await ann.presses(shown, asked)).text
        below = await ann.hears()
        assert below.text.startswith(knowledge.entries["cost"].question)
    assert not shown.edits  # it says how to have the answer translated


async def test_what_is_not_ours_gets_the_topics_in_that_language(
    shared_server: BotApiServer, knowledge: Knowledge
) -> None:
    ann = shared_server.user("Ana")
    await ann.says(SMALL_TALK)
    shown = await ann.hears()
    translation, texts = knowledge.translations["es"], knowledge.red_flags.languages["es"].foreign
    assert shown.text.endswith(texts.topics)
    assert labels(shown) == [translation.topics[title] for title in knowledge.topics]
    title = translation.topics["Side effects"]
    for _ in range(2):
        await ann.presses(shown, "topic-in:es:side-effects:0", stale=True)
    assert shown.text.endswith(title)
    asked = [translation.questions[entry.id].ask for entry in knowledge.topics["Side effects"]]
    assert labels(shown)[:8] == asked[:8]
    await ann.presses(shown, asked[0])
    assert (await ann.hears()).text.startswith(knowledge.topics["Side effects"][0].question)
    await ann.presses(shown, "More ›")
    assert labels(shown)[0] == asked[8]
    for _ in range(2):
        await ann.presses(shown, "topics-in:es", stale=True)
    assert shown.text.endswith(texts.topics)


async def test_a_language_without_translations_gets_the_english_titles(
    shared_server: BotApiServer, knowledge: Knowledge
) -> None:
    ann = shared_server.user("Anna")
    await ann.says("ile kosztuje botoks na migrenę")
    shown = await ann.hears()
    assert shown.text.startswith(knowledge.red_flags.languages["pl"].foreign.english_only)
    assert labels(shown) == list(knowledge.topics)
    await ann.presses(shown, "Basics")
    assert knowledge.topics["Basics"][0].button in labels(shown)


async def test_forged_presses_lead_to_the_topics(shared_server: BotApiServer, knowledge: Knowledge) -> None:
    ann = shared_server.user("Ana")
    await ann.says(SMALL_TALK)
    shown = await ann.hears()
    for data in ("topic-in:es:nothing:0", "topic-in:es", "topics-in:es:x:y"):
        await ann.presses(shown, "topic-in:es:basics:7000", stale=True)
        await ann.presses(shown, data, stale=True)
        assert shown.text.endswith(knowledge.red_flags.languages["es"].foreign.topics)
    for data in ("topics-in:xx", "topics-in", "topic-in:xx:basics:0", "topic-in::::"):
        await ann.presses(shown, "topics-in:es", stale=True)
        await ann.presses(shown, data, stale=True)
        assert "What would you like to know about?" in shown.text


async def test_who_asks_again_in_english_gets_the_answer_there(
    shared_server: BotApiServer, knowledge: Knowledge
) -> None:
    ann = shared_server.user("Ana")
    question = await ann.says(PRICE)
    shown = await ann.hears()
    await ann.edits(question, "what does botox cost")
    await shown.is_edited()
    assert shown.text.startswith(knowledge.entries["cost"].question)
    await ann.edits(question, "what does botox cost")  # the same edit again
    await ann.hears_nothing(0.3)
    await ann.edits(question, PRICE)
    await shown.is_edited()
    assert shown.text.startswith(knowledge.red_flags.languages["es"].foreign.english_only)


async def test_a_cry_for_help_comes_first(shared_server: BotApiServer) -> None:
    ann = shared_server.user("Ana")
    await ann.says(f"{PRICE}. no puedo respirar")
    shown = await ann.hears()
    assert shown.text.startswith("🚨 Llame ahora mismo")


async def test_in_a_group_it_is_short_and_only_for_who_asks(shared_server: BotApiServer, knowledge: Knowledge) -> None:
    group, olga, mia = await new_group(shared_server, bot_is_admin=True)
    await olga.says("/settings", group)
    panel = await group.hears()
    await olga.presses(panel, "When I answer")
    await olga.presses(panel, "plain questions too")
    await mia.says("¿cada cuánto se pone el botox para la migraña?", group)
    await group.hears_nothing(0.4)
    for asked in (PRICE, WEATHER):
        question = await mia.says(f"/ask {asked}", group)
        shown = await group.hears()
        assert shown.reply_to_id == question.id
        assert len(shown.text) <= 400
        assert "🗑 Remove" in labels(shown)
    await mia.says(f"/ask {PRICE}", group)
    shown = await group.hears()
    await mia.presses(shown, knowledge.translations["es"].questions["cost"].ask)
    assert shown.text.startswith(knowledge.entries["cost"].question)
