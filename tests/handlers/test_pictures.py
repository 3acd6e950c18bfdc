"""Pictures below answers: sent once each, uploaded once in all, and gone with the answer they belong to."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest

from knowledge.model import Knowledge
from knowledge.rendering.answer import CAPTION_LIMIT, caption
from tests.bot_api_server import BotApiServer, BotMessage, User
from tests.handlers.conftest import ROOT, labels, new_group

Process = asyncio.subprocess.Process
PNGS = {path.stem: path.read_bytes() for path in (ROOT / "knowledge" / "pictures").glob("*.png")}


def shows(message: BotMessage, picture: str) -> bool:
    return message.photo is not None and message.photo.content == PNGS[picture]


async def opens(person: User, entry: str) -> BotMessage:
    """The answer of an entry, opened by a link."""
    await person.says(f"/start {entry}")
    return await person.hears()


def uploads(server: BotApiServer) -> list[bool]:
    """For each photo that the bot sent with success, whether it was uploaded."""
    return ["photo" not in call.params for call in server.calls_of("sendPhoto") if call.ok]


async def test_a_picture_follows_its_answer_with_words_and_sources(
    server: BotApiServer, bot: Process, knowledge: Knowledge
) -> None:
    ann = server.user("Ann")
    await ann.says("where do the injections go")
    answer = await ann.hears()
    assert answer.text.startswith("Where do the Botox injections")
    picture = await ann.hears()
    assert shows(picture, "injection-sites")
    expected = caption(knowledge.pictures["injection-sites"], knowledge.wordings).plain()
    assert picture.text == expected.replace("\n\n", "\n")
    assert "31 injections" in picture.text
    assert "Sources: AbbVie" in picture.text
    assert '<a href="https://' in picture.html
    assert len(picture.text.encode("utf-16-le")) // 2 <= CAPTION_LIMIT
    [call] = server.calls_of("sendPhoto")
    assert call.params["disable_notification"]


async def test_every_picture_is_uploaded_once_and_then_sent_by_its_id(server: BotApiServer, bot: Process) -> None:
    ann, bob = server.user("Ann"), server.user("Bob")
    for person in (ann, bob):
        for entry, name in (
            ("where-injected", "injection-sites"),
            ("how-often", "treatment-cycle"),
            ("does-it-work", "headache-days"),
            ("common-side-effects", "after-treatment"),
        ):
            await opens(person, entry)
            assert shows(await person.hears(), name)
    assert uploads(server) == [True] * 4 + [False] * 4
    await opens(bob, "does-it-hurt")
    await bob.hears_nothing()


async def test_an_id_that_telegram_refuses_is_replaced(server: BotApiServer, bot: Process) -> None:
    ann = server.user("Ann")
    await opens(ann, "where-injected")
    await ann.hears()
    server.fail_next("sendPhoto", 400, "Bad Request: wrong file identifier/HTTP URL specified")
    for _ in range(2):
        await opens(ann, "where-injected")
        assert shows(await ann.hears(), "injection-sites")
    assert uploads(server) == [True, True, False]
    assert len({call.params["photo"] for call in server.calls_of("sendPhoto") if "photo" in call.params}) == 2


async def test_the_answer_stands_where_a_picture_can_not_be_sent(
    server: BotApiServer, bot: Process, tmp_path: Path
) -> None:
    ann = server.user("Ann")
    server.fail_next("sendPhoto", 400, "Bad Request: not enough rights to send photos to the chat")
    assert "forehead" in (await opens(ann, "where-injected")).text
    assert "hurt" in (await opens(ann, "does-it-hurt")).text
    assert "injection-sites could not be sent" in (tmp_path / "log.txt").read_text()


async def test_an_edited_question_keeps_changes_and_loses_its_picture(server: BotApiServer, bot: Process) -> None:
    ann = server.user("Ann")
    question = await ann.says("/ask where do the injections go")
    answer, first = await ann.hears(), await ann.hears()
    await ann.edits(question, "/ask where are the injections")
    await ann.edits(question, "/ask how many injections and units are given")
    await answer.is_edited()
    await ann.hears_nothing()
    assert not first.deleted
    await ann.edits(question, "/ask how often is botox for migraine repeated")
    second = await ann.hears()
    assert shows(second, "treatment-cycle")
    assert first.deleted
    await ann.edits(question, "/ask does it hurt")
    await second.is_deleted()
    await ann.hears_nothing()


async def test_topics_show_a_picture_as_long_as_its_answer_is_open(server: BotApiServer, bot: Process) -> None:
    ann = server.user("Ann")
    await ann.says("/topics")
    topics = await ann.hears()
    await ann.presses(topics, "Procedure")
    await ann.presses(topics, labels(topics)[0])
    picture = await ann.hears()
    assert shows(picture, "injection-sites")
    await ann.presses(topics, "‹ Back")
    await picture.is_deleted()
    await ann.hears_nothing()


async def test_several_answers_come_without_pictures(server: BotApiServer, bot: Process) -> None:
    ann = server.user("Ann")
    await ann.says("Where do the botox injections for migraine go? And how often is botox for migraine repeated?")
    answers = await ann.hears()
    whole = [label for label in labels(answers) if label.startswith("Whole answer:")]
    assert len(whole) == 2
    await ann.hears_nothing()
    await ann.presses(answers, whole[0])
    await ann.hears()
    assert (await ann.hears()).photo


async def test_a_group_has_pictures_below_whole_answers_unless_it_wants_none(
    server: BotApiServer, bot: Process
) -> None:
    group, olga, mia = await new_group(server)
    await mia.says("/ask where do the injections go", group)
    await group.hears()
    await group.hears_nothing()
    await olga.says("/settings", group)
    menu = await group.hears()
    for button in ("Answers", "whole"):
        await olga.presses(menu, button)
    question = await mia.says("/ask where do the injections go", group)
    answer, picture = await group.hears(), await group.hears()
    assert shows(picture, "injection-sites")
    assert picture.reply_to_id == question.id
    await mia.presses(answer, "🗑")
    await picture.is_deleted()
    assert answer.deleted
    await olga.presses(menu, "no pictures")
    await mia.says("/ask where do the injections go", group)
    await group.hears()
    await group.hears_nothing()


@pytest.mark.parametrize("picture", PNGS)
def test_the_loaded_pictures_are_those_on_the_disk(knowledge: Knowledge, picture: str) -> None:
    loaded = knowledge.pictures[picture]
    assert loaded.path.read_bytes() == PNGS[picture]
    assert loaded.digest == hashlib.sha256(PNGS[picture]).hexdigest()
