"""👎 asks why, and a question can be sent to the editors: over real HTTP, and with what the database then holds."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from handlers.editors import mask
from tests.bot_api_server import BotApiServer, BotMessage, User
from tests.handlers.conftest import bot_process, labels, new_group, offered_to
from tests.handlers.groups.test_statistics import report

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONTACT = "editors@example.org"
SEND_MINE = "Send my question to the editors"
REASONS = ["It's wrong", "It's unclear", "Not what I asked", "It's out of date"]
MISS = "qwertz zebra uiop asdf"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bot")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def taking(shared_server: BotApiServer, folder: Path) -> AsyncIterator[BotApiServer]:
    """A server with a bot whose operator can be reached."""
    async with bot_process(shared_server, folder, OPERATOR_CONTACT=CONTACT, LOG_LEVEL="DEBUG"):
        yield shared_server


def rows(folder: Path, statement: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(folder / "data" / "bot.db") as connection:
        return connection.execute(statement).fetchall()


def questions(folder: Path) -> list[tuple[object, ...]]:
    return rows(folder, "SELECT text, entry_id FROM editors_questions")


async def asked_to_type(person: User) -> BotMessage:
    """The message that asks somebody, who found an answer of no help, to type what they want to send."""
    await person.says("does it hurt")
    answer = await person.hears()
    await person.presses(answer, "👎 Not helpful")
    await person.presses(answer, "It's unclear")
    await person.presses(answer, SEND_MINE)
    return await person.hears()


async def preview_of(person_says: str, server: BotApiServer) -> BotMessage:
    ann = server.user("Ann")
    await ann.says(person_says)
    missed = await ann.hears()
    await ann.presses(missed, SEND_MINE)
    return await ann.hears()


async def test_a_miss_can_be_sent_and_is_stored_once(taking: BotApiServer, folder: Path) -> None:
    ann = taking.user("Annabelle", username="annabelle_secret")
    asked = await ann.says(f"{MISS} one")
    missed = await ann.hears()
    assert labels(missed)[-1] == SEND_MINE
    assert missed.reply_to_id == asked.id
    await ann.presses(missed, SEND_MINE)
    preview = await ann.hears()
    assert f"<blockquote>{MISS} one</blockquote>" in preview.html
    for piece in ("no name, no user id", "after 90 days", "can read them"):
        assert piece in preview.text
    assert labels(preview) == ["Send", "Don't send"]
    assert questions(folder) == []
    data = preview.buttons[0][0][1]
    await ann.presses(preview, "Send")
    await preview.is_edited()
    assert preview.text.startswith("Sent to the editors.")
    assert not preview.buttons
    await ann.presses(preview, data, stale=True)
    assert questions(folder) == [(f"{MISS} one", None)]
    assert {name for _, name, *_ in rows(folder, "PRAGMA table_info(editors_questions)")} == {
        "id",
        "day",
        "text",
        "entry_id",
    }
    log = (folder / "log.txt").read_text()
    for secret in ("zebra", "Annabelle", "annabelle_secret"):
        assert secret not in log
    everything = b"".join(path.read_bytes() for path in (folder / "data").iterdir())
    for secret in (str(ann.id), "Annabelle", "annabelle_secret"):
        assert secret.encode() not in everything
    told = json.loads(report(folder, "--json").stdout)["questions"]
    assert [(each["text"], each["entry"]) for each in told] == [(f"{MISS} one", None)]
    assert f"{told[0]['day']}:\n    {MISS} one" in report(folder).stdout


async def test_who_does_not_send_leaves_nothing(taking: BotApiServer, folder: Path) -> None:
    before = questions(folder)
    ann = taking.user("Ann")
    await ann.says(f"/ask {MISS} two")
    missed = await ann.hears()
    await ann.presses(missed, SEND_MINE)
    preview = await ann.hears()
    assert f"<blockquote>{MISS} two</blockquote>" in preview.html  # without the command
    data = preview.buttons[0][0][1]
    await ann.presses(preview, "Don't send")
    await preview.is_edited()
    assert preview.text == "Nothing was sent."
    assert "out of date" in (await ann.presses(preview, data, stale=True)).text
    assert questions(folder) == before


async def test_suggestions_can_be_sent_too_but_no_talk(taking: BotApiServer) -> None:
    ann = taking.user("Ann")
    assert labels(await offered_to(ann))[-1] == SEND_MINE
    for text in ("thank you", "tell me a joke", "you're useless", "stop", "that's not what i asked"):
        await ann.says(text)
        assert SEND_MINE not in labels(await ann.hears())


async def test_what_others_could_be_known_by_is_masked(taking: BotApiServer) -> None:
    ann = taking.user("Ann")
    await ann.says("is jo@example.org or 07700 900123 a <b>nurse</b>", reply_to=await asked_to_type(ann))
    preview = await ann.hears()
    assert "<blockquote>is […] or […] a &lt;b&gt;nurse&lt;/b&gt;</blockquote>" in preview.html
    assert "I put […]" in preview.text
    assert "I put […]" not in (await preview_of(f"{MISS} three", taking)).text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("see https://example.org/a?b=1 please", "see […] please"),
        ("on www.example.com, or example.co.uk/x", "on […] or […]"),
        ("write to jo.bloggs+x@mail.example.org", "write to […]"),
        ("ask @jo_bloggs", "ask […]"),
        ("call +44 (0)7700 900-123 now", "call […] now"),
        ("born 2001-03-14", "born […]"),
        ("every 12 weeks, 155 to 195 units, 8 in 10", "every 12 weeks, 155 to 195 units, 8 in 10"),
        ("it costs $1,200.50 i.e. a lot", "it costs $1,200.50 i.e. a lot"),
    ],
)
async def test_masks(text: str, masked: str) -> None:
    assert mask(text) == masked


async def test_a_long_question_is_cut_and_that_is_said(taking: BotApiServer, folder: Path) -> None:
    ann = taking.user("Ann")
    asking = await asked_to_type(ann)
    await ann.says("can I have a zebra " * 60, reply_to=asking)
    preview = await ann.hears()
    assert "Only its first 1,000 characters" in preview.text
    await ann.presses(preview, "Send")
    await preview.is_edited()
    assert max(len(str(text)) for text, _ in questions(folder)) in range(990, 1001)


async def test_a_thumb_down_asks_why_once(taking: BotApiServer, folder: Path) -> None:
    ann = taking.user("Ann")
    await ann.says("how often is it repeated")
    answer = await ann.hears()
    others = [label for label in labels(answer) if "elpful" not in label]
    assert "What is wrong" in (await ann.presses(answer, "👎 Not helpful")).text
    assert labels(answer) == [*others, *REASONS]
    assert "already" in (await ann.presses(answer, "vote:how-often:down", stale=True)).text
    assert "Thank you" in (await ann.presses(answer, "It's out of date")).text
    assert labels(answer) == [*others, SEND_MINE]
    assert "already" in (await ann.presses(answer, "why:how-often:out-of-date", stale=True)).text
    assert labels(answer) == [*others, SEND_MINE]
    for forged in ("why:how-often:because", "why:cost:wrong", "why", "vote:how-often:sideways"):
        assert "out of date" in (await ann.presses(answer, forged, stale=True)).text
    told = json.loads(report(folder, "--json").stdout)["entries"]
    reasons = {each["entry"]: each["reasons"] for each in told}
    assert reasons["how-often"] == {"wrong": 0, "unclear": 0, "not-asked": 0, "out-of-date": 1}
    assert "    out of date: 1" in report(folder).stdout


async def test_not_what_i_asked_offers_what_was_near(taking: BotApiServer) -> None:
    ann = taking.user("Ann")
    await ann.says("what does botox cost")
    answer = await ann.hears()
    await ann.presses(answer, "👎 Not helpful")
    await ann.presses(answer, "Not what I asked")
    near = await ann.hears()
    assert near.text == "These were also near to your question:"
    assert labels(near)[-1] == "None of these"
    assert len(labels(near)) > 1
    await ann.presses(near, labels(near)[0])
    assert "Sources" in near.text


async def test_the_preview_names_all_that_is_kept(taking: BotApiServer, folder: Path) -> None:
    """Who consents has to know of each column but the key, which is drawn at random."""
    ann = taking.user("Ann")
    await ann.says("can it be zebra?", reply_to=await asked_to_type(ann))
    preview = (await ann.hears()).text
    await ann.says("/privacy")
    privacy = (await ann.hears()).text
    named = {"day": "the day", "text": "these words", "entry_id": "answer"}
    columns = {name for _, name, *_ in rows(folder, "PRAGMA table_info(editors_questions)")}
    assert columns - {"id"} == set(named)
    for words in named.values():
        assert words in preview.partition("Only ")[2].partition("are kept")[0]
        assert words in privacy.partition("I keep these words")[1] + privacy.partition("I keep these words")[2]
    assert "the answer below which you pressed (“Does it hurt?”)" in preview
    assert "answer below which" not in (await preview_of(f"{MISS} ten", taking)).text


async def test_what_was_typed_for_the_editors_is_no_question_the_second_time(taking: BotApiServer) -> None:
    ann = taking.user("Ann")
    asking = await asked_to_type(ann)
    for text in ("how often is it repeated", "how much does it cost"):
        await ann.says(text, reply_to=asking)
        assert f"<blockquote>{text}</blockquote>" in (await ann.hears()).html


async def test_a_reason_that_was_counted_but_not_shown_is_shown_the_second_time(
    taking: BotApiServer, folder: Path
) -> None:
    ann = taking.user("Ann")
    await ann.says("how often is it repeated")
    answer = await ann.hears()
    await ann.presses(answer, "👎 Not helpful")
    taking.fail_next("editMessageReplyMarkup", 403, "Forbidden: bot was blocked by the user")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(ann.presses(answer, "It's wrong"), 2)
    assert "It's wrong" in labels(answer)
    assert "already" in (await ann.presses(answer, "It's wrong")).text
    assert "It's wrong" not in labels(answer)
    assert labels(answer)[-1] == SEND_MINE


async def test_what_was_sent_to_the_editors_is_no_small_talk_that_was_heard(taking: BotApiServer) -> None:
    ann = taking.user("Ann")
    await ann.says("tell me a joke", reply_to=await asked_to_type(ann))
    await ann.hears()
    await ann.says("tell me a joke")
    first = (await ann.hears()).text
    bob = taking.user("Bob")
    await bob.says("tell me a joke")
    assert (await bob.hears()).text == first


async def test_after_a_thumb_down_the_question_is_typed(taking: BotApiServer, folder: Path) -> None:
    ann = taking.user("Ann")
    asking = await asked_to_type(ann)
    assert asking.markup is not None
    assert asking.markup["force_reply"]
    await ann.says("what about numbing zebra cream", reply_to=asking)
    preview = await ann.hears()
    assert "<blockquote>what about numbing zebra cream</blockquote>" in preview.html
    await ann.presses(preview, "Send")
    await preview.is_edited()
    assert ("what about numbing zebra cream", "does-it-hurt") in questions(folder)


async def test_what_is_urgent_is_helped_and_never_offered(taking: BotApiServer, folder: Path) -> None:
    before = questions(folder)
    ann = taking.user("Ann")
    asking = await asked_to_type(ann)
    await ann.says("I can't breathe since the injection", reply_to=asking)
    assert (await ann.hears()).text.startswith("🚨")
    await ann.hears_nothing()
    asked = await ann.says(f"{MISS} four")
    missed = await ann.hears()
    await ann.edits(asked, "I want to kill myself")
    assert (await ann.hears()).text.startswith("💙")
    await ann.presses(missed, "to-editors", stale=True)
    assert (await ann.hears()).text.startswith("💙")
    assert questions(folder) == before


async def test_forged_presses_keep_nothing(taking: BotApiServer, folder: Path) -> None:
    before = questions(folder)
    ann = taking.user("Ann")
    await ann.says("how often is it repeated")
    answer = await ann.hears()
    for data in ("send:0123456789:", "send", "send:0123456789:cost"):  # an answer's folded sources are no preview
        await ann.presses(answer, data, stale=True)
    preview = await preview_of(f"{MISS} five", taking)
    for data in ("send", "send:short:", f"send:{'x' * 10}:"):
        assert "out of date" in (await ann.presses(preview, data, stale=True)).text
    assert questions(folder) == before


async def test_a_chat_sends_five_in_an_hour(taking: BotApiServer) -> None:
    ann = taking.user("Ann")
    alerts = []
    for number in range(6):
        await ann.says(f"{MISS} again {number}")
        missed = await ann.hears()
        await ann.presses(missed, SEND_MINE)
        alerts.append((await ann.presses(await ann.hears(), "Send")).alert)
    assert alerts == [False] * 5 + [True]


async def test_groups_vote_but_are_asked_nothing(taking: BotApiServer) -> None:
    group, _, mia = await new_group(taking)
    await mia.says("/ask how often is it repeated", group)
    answer = await group.hears()
    before = labels(answer)
    await mia.presses(answer, "👎 Not helpful")
    assert labels(answer) == before
    await mia.says(f"/ask {MISS}", group)
    missed = await group.hears()
    assert SEND_MINE not in labels(missed)
    for data in ("to-editors", "send:0123456789:"):
        assert "out of date" in (await mia.presses(missed, data, stale=True)).text


async def test_about_and_privacy_say_it(taking: BotApiServer) -> None:
    ann = taking.user("Ann")
    await ann.says("/about")
    assert CONTACT in (await ann.hears()).text
    await ann.says("/privacy")
    said = (await ann.hears()).text
    assert CONTACT in said
    assert "deleted after 90 days" in said


async def test_where_readers_went_on_to_is_counted(taking: BotApiServer, folder: Path) -> None:
    ann = taking.user("Ann")
    await ann.says("what is botox")
    answer = await ann.hears()
    label, data = answer.buttons[0][0]
    await ann.presses(answer, label)
    await ann.hears()
    after, entry = "what-is-botox", data.partition(":")[2]
    for _ in range(80):  # counts are written every few seconds
        told = json.loads(report(folder, "--json").stdout)["follow_ups"]
        if {"after": after, "entry": entry, "number": 1} in told:
            break
        await asyncio.sleep(0.2)
    assert {"after": after, "entry": entry, "number": 1} in told
    assert f"{after} → {entry}" in report(folder).stdout
    names = {name for _, name, *_ in rows(folder, "PRAGMA table_info(follow_ups)")}
    assert names == {"after_entry", "entry_id", "day", "number"}
