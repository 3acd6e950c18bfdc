"""Small talk, fear and complaints in a private chat, over real HTTP: as to a person, not to a form."""

from __future__ import annotations

import asyncio

import pytest

from tests.bot_api_server import BotApiServer
from tests.handlers.conftest import labels

Process = asyncio.subprocess.Process
pytestmark = pytest.mark.asyncio(loop_scope="module")

FEAR = ("makes sense to feel scared", "is all right", "easy to understand", "Thank you for saying")
"""What is said before an answer to who is afraid."""


def first_line(text: str) -> str:
    return text.partition("\n")[0]


@pytest.mark.parametrize(
    "texts",
    [
        ("thanks", "thank you so much", "thanks again", "ok thanks"),
        ("tell me a joke", "another joke", "got any jokes?", "be funny"),
        ("you're brilliant", "great answer", "so helpful", "good job"),
        ("this is useless", "you are stupid", "that's wrong", "you are no help"),
        ("stop messaging me", "shut up", "leave me alone", "unsubscribe"),
        ("good morning", "hello bot", "hi", "good morning"),
    ],
)
async def test_no_line_comes_again_within_three(
    shared_server: BotApiServer, shared_bot: Process, texts: tuple[str, ...]
) -> None:
    ann = shared_server.user("Ann")
    heard = []
    for text in (*texts, *texts):
        await ann.says(text)
        heard.append(first_line((await ann.hears()).text))
    for number, line in enumerate(heard):
        assert line not in heard[max(0, number - 3) : number]
    assert len(set(heard)) == 4


async def test_other_chats_and_the_forgetful_hear_the_first_line(
    shared_server: BotApiServer, shared_bot: Process
) -> None:
    ann, bob = shared_server.user("Ann"), shared_server.user("Bob")
    heard = []
    for person in (ann, ann, bob):
        await person.says("tell me a joke")
        heard.append((await person.hears()).text)
    assert heard[0] == heard[2] != heard[1]
    await ann.says("/forget")
    await ann.hears()
    await ann.says("tell me a joke")
    assert (await ann.hears()).text == heard[0]


async def test_stop_says_how(shared_server: BotApiServer, shared_bot: Process) -> None:
    ann = shared_server.user("Ann")
    await ann.says("stop")
    said = (await ann.hears()).text
    for piece in ("write only when somebody writes", "block me", "/forget"):
        assert piece in said


async def test_not_what_i_asked_offers_what_else_was_near(shared_server: BotApiServer, shared_bot: Process) -> None:
    ann = shared_server.user("Ann")
    await ann.says("how often is botox for migraine repeated")
    answer = await ann.hears()
    await ann.says("that's not what i asked")
    offered = await ann.hears()
    assert first_line(offered.text).startswith("Sorry, I misread you")
    assert labels(offered)[-1] == "None of these"
    assert len(labels(offered)) > 1
    assert "How often is Botox for migraine repeated?" not in offered.text
    await ann.presses(offered, labels(offered)[0])
    assert "Sources" in offered.text
    assert first_line(offered.text) != first_line(answer.text)
    await ann.says("how often is botox for migraine repeated")
    await ann.hears()
    await ann.says("no, that's not what i asked")
    assert "misread" not in first_line((await ann.hears()).text)  # the same in other words
    await ann.says("not that")
    refused = await ann.hears()
    assert labels(refused) == ["All topics"]
    assert "topics below" in first_line(refused.text)


async def test_not_what_i_asked_after_nothing_says_sorry(shared_server: BotApiServer, shared_bot: Process) -> None:
    ann = shared_server.user("Ann")
    await ann.says("that's not what i asked")
    said = await ann.hears()
    assert first_line(said.text).startswith("Sorry")
    assert labels(said) == ["All topics"]


async def test_fear_gets_a_clause_of_comfort_and_then_its_answer(
    shared_server: BotApiServer, shared_bot: Process
) -> None:
    ann = shared_server.user("Ann")
    for text, answered in (
        ("i'm scared of needles", "numb"),
        ("i am terrified of a droopy eyelid after botox", "eyelid"),
        ("I'm scared", "numb"),
    ):
        await ann.says(text)
        said = (await ann.hears()).text
        assert any(piece in first_line(said) for piece in FEAR), said
        assert answered in said.lower()
        assert "Sources" in said
    await ann.says("I'm not scared of needles, but does it hurt")
    said = (await ann.hears()).text
    assert not any(piece in first_line(said) for piece in FEAR)


async def test_nobody_is_there_is_said_honestly(shared_server: BotApiServer, shared_bot: Process) -> None:
    ann = shared_server.user("Ann")
    await ann.says("are you human?")
    said = (await ann.hears()).text
    assert first_line(said) == "I am a program. No human reads or types here."
    assert "What is this bot" in said


@pytest.mark.parametrize(
    "text",
    [
        "stop, I can't breathe",
        "I hate this, I want to die",
        "you are useless, I want to kill myself",
        "I'm scared, I can't swallow",
        "not what I asked, my throat is closing",
        "are you human? i took all my pills",
        "thanks for everything, goodbye forever",
    ],
)
async def test_what_is_urgent_is_no_small_talk(shared_server: BotApiServer, shared_bot: Process, text: str) -> None:
    ann = shared_server.user("Ann")
    await ann.says(text)
    said = await ann.hears()
    assert said.text[0] in "🚨💙"
    assert "obody is watching" in said.text or "can't call" in said.text or "112" in said.text
    assert not any(label.startswith("Send my question") for label in labels(said))


@pytest.mark.parametrize(
    "text",
    [
        "thanks, does it hurt?",
        "what can i do if botox is useless for me",
        "can I stop botox",
        "is it true that botox is a joke",
        "great, and how often is it repeated?",
        "that's wrong side of my neck hurting after the jabs",
    ],
)
async def test_a_question_in_small_talk_is_answered(
    shared_server: BotApiServer, shared_bot: Process, text: str
) -> None:
    ann = shared_server.user("Ann")
    await ann.says(text)
    assert "Sources" in (await ann.hears()).text


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("thanks for nothing", "I'm sorry, that was no help"),
        ("fuck off", "I'm sorry, that was no help"),
        ("😡", "I'm sorry, that was no help"),
        ("👎🏽", "I'm sorry, that was no help"),
        ("no thanks", "All right."),
        ("ok", "All right."),
        ("👍", "You're welcome."),
        ("❤️ 🙏", "You're welcome."),
        ("sorry", "I only know about Botox for migraine."),
    ],
)
async def test_the_tone_fits(shared_server: BotApiServer, shared_bot: Process, text: str, begins: str) -> None:
    ann = shared_server.user("Ann")
    await ann.says(text)
    assert (await ann.hears()).text.startswith(begins)


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("topics", "What would you like to know about?"),
        ("Menu", "What would you like to know about?"),
        ("back!", "What would you like to know about?"),
        ("cancel", "What would you like to know about?"),
        ("start", "Hello!"),
        ("about", "About this bot"),
        ("privacy", "What is kept"),
        ("sources", "Where the answers come from"),
        ("ask", "What would you like to know?"),
        ("forget", "I keep nothing about you"),
        ("settings", "That works in a group"),
    ],
)
async def test_a_command_works_without_its_slash(
    shared_server: BotApiServer, shared_bot: Process, text: str, begins: str
) -> None:
    ann = shared_server.user("Ann")
    await ann.says(text)
    assert (await ann.hears()).text.startswith(begins)


async def test_help_alone_may_be_a_cry_for_help(shared_server: BotApiServer, shared_bot: Process) -> None:
    ann = shared_server.user("Ann", language_code="en-GB")
    for text in ("help", "HELP!!!"):
        await ann.says(text)
        said = await ann.hears()
        assert "999" in first_line(said.text)
        assert "116 123" in first_line(said.text)
        assert "/topics" in said.text
        assert labels(said)[0] == "I'm not safe"
        assert any(label.startswith("Copy ") for label in labels(said))
    await ann.presses(said, "I'm not safe")
    assert (await said.is_edited()).text.startswith("💙")
