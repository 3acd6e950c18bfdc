"""Pictures of answers: one press away, sent once each, uploaded once in all."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest

from knowledge.model import Knowledge
from knowledge.rendering.answer import CAPTION_LIMIT, caption
from tests.bot_api_server import BotApiServer, BotMessage, User
from tests.handlers.conftest import ROOT, label_of, labels, new_group

Process = asyncio.subprocess.Process
PNGS = {path.stem: path.read_bytes() for path in (ROOT / "knowledge" / "pictures").glob("*.png")}


def shows(message: BotMessage, picture: str) -> bool:
    return message.photo is not None and message.photo.content == PNGS[picture]


PICTURE = "🖼 See the picture"


async def opens(person: User, entry: str) -> BotMessage:
    """The answer of an entry, opened by a link."""
    await person.says(f"/start {entry}")
    return await person.hears()


def uploads(server: BotApiServer) -> list[bool]:
    """For each photo that the bot sent with success, whether it was uploaded."""
    return ["photo" not in call.params for call in server.calls_of("sendPhoto") if call.ok]


async def test_an_answer_is_one_message_and_its_picture_one_press_away(
    server: BotApiServer, bot: Process, knowledge: Knowledge
) -> None:
    ann = server.user("Ann")
    await ann.says("where do the injections go")
    answer = await ann.hears()
    assert answer.text.startswith("Where do the Botox injections")
    assert labels(answer)[0] == PICTURE
    await ann.hears_nothing()
    others = labels(answer)[1:]
    await ann.presses(answer, PICTURE)
    picture = await ann.hears()
    assert shows(picture, "injection-sites")
    expected = caption(knowledge.pictures["injection-sites"], knowledge.wordings).plain()
    assert picture.text == expected.replace("\n\n", "\n")
    assert "31 injections" in picture.text
    assert "Sources: UK and European label, product label" in picture.text
    assert '<a href="https://' in picture.html
    assert len(picture.text.encode("utf-16-le")) // 2 <= CAPTION_LIMIT
    [call] = server.calls_of("sendPhoto")
    assert call.params["disable_notification"]
    await answer.is_edited()
    assert labels(answer) == others
    assert answer.text.startswith("Where do the Botox injections")


async def test_every_picture_is_uploaded_once_and_then_sent_by_its_id(server: BotApiServer, bot: Process) -> None:
    ann, bob = server.user("Ann"), server.user("Bob")
    for person in (ann, bob):
        for entry, name in (
            ("where-injected", "injection-sites"),
            ("how-often", "treatment-cycle"),
            ("does-it-work", "headache-days"),
            ("common-side-effects", "after-treatment"),
        ):
            await person.presses(await opens(person, entry), PICTURE)
            assert shows(await person.hears(), name)
    assert uploads(server) == [True] * 4 + [False] * 4
    assert PICTURE not in labels(await opens(bob, "does-it-hurt"))


async def test_whoever_presses_twice_gets_one_picture(server: BotApiServer, bot: Process) -> None:
    ann = server.user("Ann")
    answer = await opens(ann, "where-injected")
    await asyncio.gather(ann.presses(answer, PICTURE), ann.presses(answer, PICTURE))
    assert shows(await ann.hears(), "injection-sites")
    await ann.hears_nothing()


async def test_an_id_that_telegram_refuses_is_replaced(server: BotApiServer, bot: Process) -> None:
    ann = server.user("Ann")
    await ann.presses(await opens(ann, "where-injected"), PICTURE)
    await ann.hears()
    server.fail_next("sendPhoto", 400, "Bad Request: wrong file identifier/HTTP URL specified")
    for _ in range(2):
        await ann.presses(await opens(ann, "where-injected"), PICTURE)
        assert shows(await ann.hears(), "injection-sites")
    assert uploads(server) == [True, True, False]
    assert len({call.params["photo"] for call in server.calls_of("sendPhoto") if "photo" in call.params}) == 2


async def test_a_picture_that_can_not_be_sent_leaves_the_answer_as_it_is(
    server: BotApiServer, bot: Process, tmp_path: Path
) -> None:
    ann = server.user("Ann")
    answer = await opens(ann, "where-injected")
    server.fail_next("sendPhoto", 400, "Bad Request: not enough rights to send photos to the chat")
    notice = await ann.presses(answer, PICTURE)
    assert notice.alert
    assert "can't send the picture" in notice.text
    assert PICTURE in labels(answer)
    assert "injection-sites could not be sent" in (tmp_path / "log.txt").read_text()
    await ann.presses(answer, PICTURE)
    assert shows(await ann.hears(), "injection-sites")


async def test_an_edited_question_changes_the_answer_and_with_it_the_picture(
    server: BotApiServer, bot: Process
) -> None:
    ann = server.user("Ann")
    question = await ann.says("/ask where do the injections go")
    answer = await ann.hears()
    await ann.edits(question, "/ask how often is botox for migraine repeated")
    await answer.is_edited()
    await ann.presses(answer, PICTURE)
    assert shows(await ann.hears(), "treatment-cycle")


async def test_topics_offer_the_picture_of_an_open_answer(server: BotApiServer, bot: Process) -> None:
    ann = server.user("Ann")
    await ann.says("/topics")
    topics = await ann.hears()
    await ann.presses(topics, label_of(topics, "Procedure"))
    await ann.presses(topics, labels(topics)[0])
    await ann.presses(topics, PICTURE)
    picture = await ann.hears()
    assert shows(picture, "injection-sites")
    await ann.presses(topics, "‹ Back")
    assert not picture.deleted
    await ann.hears_nothing()


async def test_several_answers_come_without_pictures(server: BotApiServer, bot: Process) -> None:
    ann = server.user("Ann")
    await ann.says("Where do the botox injections for migraine go? And how often is botox for migraine repeated?")
    answers = await ann.hears()
    assert PICTURE not in labels(answers)
    whole = [label for label in labels(answers) if label.startswith("Whole answer:")]
    assert len(whole) == 2
    await ann.presses(answers, whole[0])
    assert PICTURE in labels(await ann.hears())


async def test_a_group_has_pictures_unless_it_wants_none(server: BotApiServer, bot: Process) -> None:
    group, olga, mia = await new_group(server)
    question = "/ask where do the injections go"
    await mia.says(question, group)
    answer = await group.hears()
    await group.hears_nothing()
    await mia.presses(answer, PICTURE)
    picture = await group.hears()
    assert shows(picture, "injection-sites")
    assert picture.reply_to_id == answer.id
    assert (await olga.presses(picture, "🗑 Remove")).text == ""
    await picture.is_deleted()
    await mia.says(question, group)
    open_answer = await group.hears()
    await olga.says("/settings", group)
    menu = await group.hears()
    for button in ("Answers", "no pictures"):
        await olga.presses(menu, button)
    await mia.says(question, group)
    assert PICTURE not in labels(await group.hears())
    assert "out of date" in (await mia.presses(open_answer, PICTURE)).text
    await group.hears_nothing()


async def test_a_picture_joins_an_answer_whose_text_fits_a_caption(server: BotApiServer, bot: Process) -> None:
    group, _, mia = await new_group(server)
    for _ in range(2):  # uploaded the first time, sent by its id the second
        await mia.says("/ask do I need to keep a headache diary for botox", group)
        answer = await group.hears()
        text, others = answer.text, [label for label in labels(answer) if label != PICTURE]
        await mia.presses(answer, PICTURE)
        await answer.is_edited()
        assert shows(answer, "headache-diary")
        assert answer.text.startswith(text)
        assert "In words:" in answer.text
        assert len(answer.text.encode("utf-16-le")) // 2 <= CAPTION_LIMIT
        assert labels(answer) == others
        await group.hears_nothing(0.3)
        assert "Thank you" in (await mia.presses(answer, "👍 Helpful")).text
        await mia.presses(answer, "🗑 Remove")
        await answer.is_deleted()
    media = [call.params["media"]["media"] for call in server.calls_of("editMessageMedia")]
    assert media[0].startswith("attach://")
    assert not media[1].startswith("attach://")


async def test_who_asked_for_a_picture_in_a_group_may_remove_it(server: BotApiServer, bot: Process) -> None:
    group, _, mia = await new_group(server)
    bob = server.user("Bob")
    group.add(bob)
    await mia.says("/ask where do the injections go", group)
    await bob.presses(await group.hears(), PICTURE)
    picture = await group.hears()
    assert (await mia.presses(picture, "🗑 Remove")).alert
    assert not picture.deleted
    await bob.presses(picture, "🗑 Remove")
    await picture.is_deleted()


@pytest.mark.parametrize("picture", PNGS)
def test_the_loaded_pictures_are_those_on_the_disk(knowledge: Knowledge, picture: str) -> None:
    loaded = knowledge.pictures[picture]
    assert loaded.path.read_bytes() == PNGS[picture]
    assert loaded.digest == hashlib.sha256(PNGS[picture]).hexdigest()
