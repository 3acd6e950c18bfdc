"""A person talks with the bot in private, over real HTTP, with the bot as a process of its own."""

from __future__ import annotations

import asyncio
import re
import signal
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from knowledge.model import Knowledge
from runtime.version import VERSION
from tests.bot_api_server import BotApiServer
from tests.handlers.conftest import TOKEN, bot_process, label_of, labels, offered_to

Process = asyncio.subprocess.Process


async def test_a_question_is_answered_with_its_sources(server: BotApiServer, bot: Process) -> None:
    ann = server.user("Ann <b>")
    await ann.says("how offen do i need the injektions")
    answer = await ann.hears()
    assert answer.text.startswith("How often is Botox for migraine repeated?")
    assert "Every 12 weeks" in answer.text
    assert "Sources disagree" in answer.text
    assert re.search(r"\nSources: .+\n1\. ", answer.text)
    assert "guideline · section 2.1" in answer.text
    assert '<a href="https://www.nice.org.uk/guidance/ta260/chapter/1-Recommendations">' in answer.html
    assert "<blockquote expandable>" in answer.html
    assert answer.link_preview_disabled
    assert len(labels(answer)) >= 2


async def test_a_related_question_comes_below(server: BotApiServer, bot: Process) -> None:
    ann = server.user("Ann")
    await ann.says("how often is it repeated")
    answer = await ann.hears()
    pressed = labels(answer)[0]
    assert not (await ann.presses(answer, pressed)).text
    below = await ann.hears()
    assert below.id > answer.id
    assert below.text != answer.text
    assert not answer.edits


async def test_editing_a_question_edits_the_answer(server: BotApiServer, bot: Process) -> None:
    ann = server.user("Ann")
    question = await ann.says("what does botox cost")
    answer = await ann.hears()
    await ann.edits(question, "is a droopy eyelid normal after botox")
    await answer.is_edited()
    assert "eyelid" in answer.text
    await ann.hears_nothing(0.3)


async def test_start_greets_and_its_links_open_an_entry(server: BotApiServer, bot: Process) -> None:
    ann = server.user("Ann")
    await ann.says("/start")
    assert (await ann.hears()).text.startswith("Hello!")
    await ann.says("/start does-it-hurt")
    assert "hurt" in (await ann.hears()).text.lower()
    await ann.says("/start no-such-entry")
    assert (await ann.hears()).text.startswith("Hello!")


async def test_topics_lead_to_groups_pages_answers_and_back(
    server: BotApiServer, bot: Process, knowledge: Knowledge
) -> None:
    ann = server.user("Ann")
    await ann.says("/topics")
    topics = await ann.hears()
    counted = {label.partition(" (")[0]: label for label in labels(topics)}
    assert {"Basics", "Side effects", "Cost and access"} <= counted.keys()
    assert counted["Side effects"] == f"Side effects ({len(knowledge.topics['Side effects'])})"
    await ann.presses(topics, counted["Side effects"])
    assert "Side effects · page 1 of" in topics.text
    first = labels(topics)
    assert "More ›" in first
    await ann.presses(topics, "More ›")
    second = labels(topics)
    assert "Side effects · page 2 of" in topics.text
    assert not set(first) & set(second) - {"‹ Back", "More ›"}
    await ann.presses(topics, second[0])
    assert "Sources" in topics.text
    await ann.presses(topics, "‹ Back")
    assert labels(topics) == second  # the page that was left
    await ann.presses(topics, "‹ Earlier")
    assert labels(topics) == first
    await ann.presses(topics, first[0])
    await ann.presses(topics, "All topics")
    assert labels(topics)[0].startswith("Basics")


async def test_an_answer_is_shared_by_a_link_to_it(server: BotApiServer, bot: Process) -> None:
    ann = server.user("Ann")
    await ann.says("/start does-it-hurt")
    answer = await ann.hears()
    [url] = [value for row in answer.buttons for label, value in row if label == "Share this answer"]
    shared = parse_qs(urlsplit(url).query)
    assert shared["url"] == ["https://t.me/test_bot?start=does-it-hurt"]
    assert shared["text"] == [answer.text.partition("\n")[0]]


async def test_the_number_of_a_source_leads_to_it(server: BotApiServer, bot: Process) -> None:
    ann = server.user("Ann")
    await ann.says("/start how-often")
    answer = await ann.hears()
    address = re.search(r'\[<a href="([^"]+)">1</a>', answer.html)
    assert address
    assert f'1. <a href="{address[1]}">' in answer.html


async def test_an_unclear_question_gets_suggestions_and_a_way_out(server: BotApiServer, bot: Process) -> None:
    ann = server.user("Ann")
    offered = await offered_to(ann)
    assert "None of these" in labels(offered)
    await ann.presses(offered, labels(offered)[0])
    assert "Sources" in offered.text
    bob = server.user("Bob")  # nothing was said before that his message could lean on
    again = await offered_to(bob)
    await bob.presses(again, "None of these")
    assert label_of(again, "Basics (")


async def test_what_is_not_ours_is_said_kindly(server: BotApiServer, bot: Process) -> None:
    ann = server.user("Ann")
    await ann.says("what will the weather be tomorrow")
    reply = await ann.hears()
    assert "Botox for migraine" in reply.text
    assert "All topics" in labels(reply)


async def test_sources_by_kind(server: BotApiServer, bot: Process) -> None:
    ann = server.user("Ann")
    await ann.says("/sources")
    register = await ann.hears()
    assert labels(register)[0] == "Product labels"
    await ann.presses(register, "Reviews of studies")
    assert "1. " in register.text
    await ann.presses(register, "More ›")
    assert "11. " in register.text
    await ann.presses(register, "‹ Back")
    assert "Guidelines" in labels(register)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("/help", "/sources"),
        ("/about", "writes nothing of its own"),
        ("/about", f"Version {VERSION}"),
        ("/privacy", "not stored"),
        ("/ask", "Write it after the command"),
        ("/ask does it hurt", "Sources"),
        ("/nonsense", "don't know that command"),
    ],
)
async def test_commands(server: BotApiServer, bot: Process, command: str, said: str) -> None:
    ann = server.user("Ann")
    await ann.says(command)
    assert said in (await ann.hears()).text


async def test_what_is_no_text_gets_a_kind_line(server: BotApiServer, bot: Process) -> None:
    ann = server.user("Ann")
    for send in (ann.sends_sticker, ann.sends_voice, ann.sends_document, ann.sends_location, ann.sends_photo):
        await send()
        assert "I can only read text" in (await ann.hears()).text
    await ann.sends_photo("is a bruise normal after botox")
    assert "Sources" in (await ann.hears()).text


async def test_what_a_user_wrote_can_not_break_the_bot(server: BotApiServer, bot: Process) -> None:
    ann = server.user("<script>&", language_code="de")
    for text in ("<b>bold</b> & <unclosed", "&&&&", "\u202e\u200b", "x" * 4096, "how often\n" * 300, "/ask <i>"):
        await ann.says(text)
        assert (await ann.hears()).text


async def test_forged_and_old_presses_do_no_harm(server: BotApiServer, bot: Process) -> None:
    ann = server.user("Ann")
    await ann.says("/topics")
    topics = await ann.hears()
    for data in (
        "entry:no-such-entry",
        "topic:nowhere:0",
        "topic:side-effects:999",
        "topic:side-effects:-1",
        "sources-of:label:x",
        "sources-of",
        "entry",
    ):
        await ann.presses(topics, data, stale=True)
    await ann.presses(topics, "answer:no-such-entry", stale=True)
    assert label_of(await ann.hears(), "Basics (")
    await ann.says("how often")
    assert "12 weeks" in (await ann.hears()).text


async def test_menus_are_set_for_private_chats_and_groups_apart(server: BotApiServer, bot: Process) -> None:
    await server.wait_for_call("setMyShortDescription")
    calls = server.calls_of("setMyCommands")
    scopes = {call.params["scope"]["type"]: [each["command"] for each in call.params["commands"]] for call in calls}
    assert scopes["all_private_chats"][0] == "topics"
    assert "ask" in scopes["all_group_chats"]
    assert scopes["all_private_chats"] != scopes["all_group_chats"]


async def test_neither_token_nor_message_is_logged(server: BotApiServer, tmp_path: Path) -> None:
    async with bot_process(server, tmp_path, LOG_LEVEL="DEBUG"):
        ann = server.user("Annabelle", username="annabelle_secret")
        await ann.says("my very private question about zebras and botox")
        await ann.hears()
    log = (tmp_path / "log.txt").read_text()
    assert "polling" in log
    for secret in (TOKEN, TOKEN.partition(":")[2], "zebras", "Annabelle", "annabelle_secret"):
        assert secret not in log


async def test_a_failing_server_is_survived(server: BotApiServer, bot: Process) -> None:
    ann = server.user("Ann")
    server.fail_next("sendMessage", 429, "Too Many Requests: retry after 1", retry_after=1)
    await ann.says("how often")
    assert "12 weeks" in (await ann.hears()).text
    server.fail_next("getUpdates", 502, "Bad Gateway", times=2)
    await ann.says("what does it cost")
    assert "Sources" in (await ann.hears(timeout=20)).text


async def test_a_blocked_bot_goes_on_with_the_others(server: BotApiServer, bot: Process) -> None:
    ann, bob = server.user("Ann"), server.user("Bob")
    await ann.says("how often")
    await ann.hears()
    server.fail_next("sendMessage", 403, "Forbidden: bot was blocked by the user")
    await ann.says("does it hurt")
    await bob.says("does it hurt")
    assert "Sources" in (await bob.hears()).text


async def test_webhook_mode(server: BotApiServer, tmp_path: Path, unused_tcp_port: int) -> None:
    settings = {
        "WEBHOOK_URL": f"http://127.0.0.1:{unused_tcp_port}/hook",
        "WEBHOOK_LISTEN": f"127.0.0.1:{unused_tcp_port}",
        "WEBHOOK_SECRET": "a-secret-of-many-letters-0123456789",
    }
    async with bot_process(server, tmp_path, **settings):
        ann = server.user("Ann")
        await ann.says("how often")
        assert "12 weeks" in (await ann.hears()).text


async def test_a_wrong_token_is_explained(server: BotApiServer, tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *_run_command(),
        cwd=tmp_path,
        stderr=asyncio.subprocess.PIPE,
        env={"TELEGRAM_BOT_TOKEN": "1:wrong-token", "TELEGRAM_API_URL": server.url, "PATH": "/usr/bin:/bin"},
    )
    _, errors = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 1
    assert b"TELEGRAM_BOT_TOKEN" in errors
    assert b"Traceback" not in errors
    assert b"wrong-token" not in errors


async def test_an_interrupt_is_obeyed(server: BotApiServer, tmp_path: Path) -> None:
    async with bot_process(server, tmp_path) as process:
        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), 15) == 0


def _run_command() -> list[str]:
    import sys

    from tests.handlers.conftest import ROOT

    return [sys.executable, str(ROOT / "bot.py"), "run"]


async def test_a_question_beside_what_can_wait_is_one_press_away(server: BotApiServer, bot: Process) -> None:
    zoe = server.user("Zoe")
    await zoe.says("I've come out in hives since the injection. How often is botox for migraine repeated?")
    urgent = await zoe.hears()
    assert labels(urgent)[-1] == "How often is it given?"
    await zoe.presses(urgent, labels(urgent)[0])  # a country, whose numbers are put into the reply
    assert labels(urgent)[-1] == "How often is it given?"
    await zoe.presses(urgent, "How often is it given?")
    below = await zoe.hears()
    assert below.id > urgent.id
    assert below.text.startswith("How often is Botox for migraine repeated?\n")
