"""Somebody whose Telegram speaks another language gets the bot's own words in it, around answers that are English."""

from __future__ import annotations

from asyncio.subprocess import Process

import pytest

from handlers.translations import Translations
from tests.bot_api_server import BotApiServer
from tests.handlers.conftest import labels, new_group

pytestmark = pytest.mark.asyncio(loop_scope="module")

SPANISH = Translations().of("es")
ENGLISH = Translations().of("en")


async def test_a_private_chat_in_spanish(shared_server: BotApiServer, shared_bot: Process) -> None:
    ana = shared_server.user("Ana", language_code="es-419")
    for _ in range(2):
        await ana.says("/start")
        greeting = await ana.hears()
        assert greeting.text.startswith("¡Hola!")
        assert labels(greeting) == [SPANISH.buttons.topics]
    await ana.says("how often is it repeated")
    answer = await ana.hears()
    assert "12 weeks" in answer.text
    assert SPANISH.buttons.picture in labels(answer)
    assert ENGLISH.buttons.picture not in labels(answer)


async def test_the_same_answer_in_the_next_language(shared_server: BotApiServer, shared_bot: Process) -> None:
    """An answer that was rendered once is kept, and must not bring somebody else's words with it."""
    for code, words in (("es", SPANISH), ("en", ENGLISH), (None, ENGLISH), ("es", SPANISH), ("nl", ENGLISH)):
        person = shared_server.user("Ann", language_code=code)
        await person.says("/start how-often")
        assert words.buttons.picture in labels(await person.hears())


async def test_presses_and_their_notices(shared_server: BotApiServer, shared_bot: Process) -> None:
    ana = shared_server.user("Ana", language_code="es")
    await ana.says("/topics")
    topics = await ana.hears()
    assert topics.text == "¿Sobre qué quieres saber?"
    for _ in range(2):
        assert (await ana.presses(topics, "no-such-action", stale=True)).text == SPANISH.old_button
    await ana.presses(topics, "topic:side-effects:0")
    assert SPANISH.buttons.back in labels(topics)


async def test_an_edit_is_answered_in_the_same_language(shared_server: BotApiServer, shared_bot: Process) -> None:
    ana = shared_server.user("Ana", language_code="es")
    sent = await ana.says("/ask how often is it repeated")
    answer = await ana.hears()
    await ana.edits(sent, "/ask how often is it given")
    assert SPANISH.buttons.picture in labels(answer)


async def test_an_unknown_language_gets_english(shared_server: BotApiServer, shared_bot: Process) -> None:
    for code in ("nl", "zh-hans", None):
        person = shared_server.user("Ann", language_code=code)
        await person.says("/start")
        assert (await person.hears()).text.startswith("Hello!")


async def test_a_group_keeps_its_language_whoever_writes(shared_server: BotApiServer, shared_bot: Process) -> None:
    group, _, _ = await new_group(shared_server)
    ana = shared_server.user("Ana", language_code="es")
    group.add(ana)
    await ana.says("/help", group)
    assert (await group.hears()).text.startswith("I answer questions")
    await ana.says("/ask how often is it repeated", group)
    answer = await group.hears()
    assert ENGLISH.buttons.whole_in_private in labels(answer)
    await ana.says("/settings", group)
    assert (await group.hears()).text == ENGLISH.settings.not_admin
    assert (await ana.presses(answer, "no-such-action", stale=True)).text == ENGLISH.old_button


async def test_settings_in_private_are_in_the_language_of_the_admin(
    shared_server: BotApiServer, shared_bot: Process
) -> None:
    group, _, _ = await new_group(shared_server)
    ana = shared_server.user("Ana", language_code="es")
    group.add(ana, "administrator")
    await ana.says("/settings", group)
    shown = await group.hears()
    assert shown.text.startswith("Settings of this group")
    link = next(value for row in shown.buttons for text, value in row if text == ENGLISH.settings.in_private)
    await ana.says(f"/start {link.partition('?start=')[2]}")
    panel = await ana.hears()
    assert panel.text.startswith("Ajustes de «Migraine friends»")
    await ana.presses(panel, SPANISH.settings.pages["mode"].title)
    words = SPANISH.settings.fields["mode"]
    told = SPANISH.settings.changed.format(
        title=SPANISH.settings.pages["mode"].title, now=words["commands"], before=words["mention"]
    )
    assert (await ana.presses(panel, words["commands"])).text == told


async def test_urgent_help_is_not_delayed_or_lost(shared_server: BotApiServer, shared_bot: Process) -> None:
    ana = shared_server.user("Ana", language_code="es")
    await ana.says("i can't swallow since my botox")
    assert "112" in (await ana.hears()).text


async def test_a_group_that_became_a_supergroup_keeps_what_it_set(
    shared_server: BotApiServer, shared_bot: Process
) -> None:
    group, olga, _ = await new_group(shared_server, "group")
    await olga.says("/settings", group)
    shown = await group.hears()
    await olga.presses(shown, "When I answer")
    await olga.presses(shown, "commands only")
    bigger = await group.migrate(by=olga)
    for _ in range(2):
        await olga.says("/settings@test_bot", bigger)
        assert "When I answer: commands only" in (await bigger.hears()).text
