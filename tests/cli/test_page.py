"""The page of `bot.py try` over HTTP: conversations apart, bounded, and refused to whoever should not have them."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from cli.bot_api.text import ApiError
from cli.bot_api.transport import InProcessBotApi
from cli.bot_api.world import World
from cli.page.server import COOKIE, LONGEST_BODY, build_app
from cli.page.session import GROUP, MOST_MESSAGES, Session, Sessions
from handlers.group_settings import command
from knowledge.answering import Answerer
from tests.cli.conftest import ROOT, bare_environment, bot

ADDRESS = "http://127.0.0.1:8181"
Json = dict[str, Any]


class Browser:
    """Somebody with the page open."""

    def __init__(self, app: Any) -> None:
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS)
        self.messages: dict[int, dict[int, Json]] = {}
        self.happenings: list[Json] = []
        self.commands: dict[int, list[str]] = {}
        self.pinned: dict[int, Json | None] = {}
        self.number = 0

    async def open(self) -> Browser:
        (await self.http.get("/")).raise_for_status()
        (await self.http.post("/begin", json={})).raise_for_status()
        await self.look()
        return self

    async def look(self) -> None:
        news = (await self.http.get("/news", params={"after": self.number})).raise_for_status().json()
        self.number = news["number"]
        for chat in news["chats"]:
            here = self.messages.setdefault(chat["id"], {})
            self.commands[chat["id"]] = [each["command"] for each in chat["commands"]]
            self.pinned[chat["id"]] = chat["pinned"]
            here |= {each["id"]: each for each in chat["messages"]}
        self.happenings += news["happenings"]

    async def post(self, path: str, **body: Any) -> httpx.Response:
        answer = await self.http.post(path, json=body)
        await self.look()
        return answer

    @property
    def private(self) -> int:
        return next(chat for chat in self.messages if chat > 0)

    @property
    def group(self) -> int:
        return next(chat for chat in self.messages if chat < 0)

    def latest(self, chat: int) -> Json:
        return list(self.messages[chat].values())[-1]

    async def says(self, text: str, chat: int | None = None, reply_to: int = 0) -> Json:
        """Send it; the latest message after that."""
        where = self.private if chat is None else chat
        (await self.post("/send", chat=where, text=text, reply_to=reply_to)).raise_for_status()
        return self.latest(where)

    async def presses(self, message: Json, label: str, chat: int | None = None) -> httpx.Response:
        """Press the first button with `label` in its text, or at the beginning of its data."""
        keys = [key for row in message["rows"] for key in row if "callback_data" in key]
        data = next(
            key["callback_data"] for key in keys if label in key["text"] or key["callback_data"].startswith(label)
        )
        where = self.private if chat is None else chat
        return await self.post("/press", chat=where, message=message["id"], data=data)


def hold_up(method: str, monkeypatch: pytest.MonkeyPatch) -> tuple[asyncio.Event, asyncio.Event]:
    """Have the bot's calls of `method` wait; returns the events of the first such call, and for going on."""
    begun, go_on = asyncio.Event(), asyncio.Event()
    carry_out = InProcessBotApi.do_request

    async def carry_out_late(self: InProcessBotApi, url: str, *more: Any, **named: Any) -> tuple[int, bytes]:
        if url.endswith(f"/{method}"):
            begun.set()
            await go_on.wait()
        return await carry_out(self, url, *more, **named)

    monkeypatch.setattr(InProcessBotApi, "do_request", carry_out_late)
    return begun, go_on


@pytest.fixture
async def sessions(answerer: Answerer) -> AsyncIterator[Sessions]:
    made = Sessions(answerer, most=3)
    yield made
    await made.close()


@pytest.fixture
async def app(sessions: Sessions) -> Any:
    return build_app(sessions, patience=0.05)


@pytest.fixture
async def you(app: Any) -> Browser:
    return await Browser(app).open()


async def test_a_greeting_in_both_chats(you: Browser) -> None:
    assert you.latest(you.private)["text"].startswith("Hello!")
    greeting = you.latest(you.group)
    assert greeting["bot"]
    assert "/ask" in greeting["text"]
    assert "topics" in you.commands[you.private]


async def test_a_question_is_answered_and_edited_and_its_answer_changes(you: Browser) -> None:
    answer = await you.says("how often is it given")
    assert "Every 12 weeks" in answer["text"]
    there = set(you.messages[you.private])
    question = answer["id"] - 1
    assert (await you.post("/edit", chat=you.private, message=question, text="does it hurt")).status_code == 200
    assert you.messages[you.private][question]["edited"]
    assert you.latest(you.private)["id"] == answer["id"]
    assert "hurt" in you.latest(you.private)["text"]
    again = await you.post("/edit", chat=you.private, message=question, text="does it hurt")
    assert again.status_code == 200
    assert set(you.messages[you.private]) == there


async def test_half_a_character_is_no_trouble(you: Browser) -> None:
    for text in ("\ud83d how often is it given\x00", "how often is it given \udc00"):
        body = json.dumps({"chat": you.private, "text": text})  # pure ASCII, as a browser would not write it
        sent = await you.http.post("/send", content=body, headers={"content-type": "application/json"})
        assert sent.status_code == 200
    await you.look()
    assert "Every 12 weeks" in you.latest(you.private)["text"]


async def test_nobody_edits_what_the_bot_wrote(you: Browser) -> None:
    answer = await you.says("how often is it given")
    refused = await you.post("/edit", chat=you.private, message=answer["id"], text="something else")
    assert (refused.status_code, refused.json()) == (400, {"refused": "message can't be edited"})


async def test_a_button_is_pressed_twice_and_made_up_data_is_none(you: Browser) -> None:
    answer = await you.says("how often is it given")
    for _ in range(2):
        assert (await you.presses(answer, "vote:")).status_code == 200
    assert [each["kind"] for each in you.happenings] == ["notice", "notice"]
    forged = await you.post("/press", chat=you.private, message=answer["id"], data="forget")
    assert forged.status_code == 400


async def test_a_picture_is_sent_and_served_to_nobody_else(you: Browser, app: Any) -> None:
    answer = await you.says("where are the injections given")
    await you.presses(answer, "picture:")
    shown = you.latest(you.private)
    assert shown["picture"]["width"] > 300
    got = await you.http.get(f"/files/{shown['picture']['id']}")
    assert got.headers["content-type"] == "image/png"
    assert got.content.startswith(b"\x89PNG")
    stranger = await Browser(app).open()
    assert (await stranger.http.get(f"/files/{shown['picture']['id']}")).status_code == 404


async def test_an_urgent_message_is_met_as_it_is_on_telegram(you: Browser) -> None:
    reply = await you.says("i can't breathe since the injections")
    assert "999" in reply["text"]
    check = await you.says("kms")
    assert "988" in check["text"]
    await you.presses(check, "I'm not safe")
    assert "988" in you.latest(you.private)["text"]


async def test_settings_are_the_admins(you: Browser) -> None:
    refused = await you.says("/settings", you.group)
    assert not refused["rows"]
    assert "settings" not in you.commands[you.group]
    assert (await you.post("/role", role="admin")).status_code == 200
    assert "settings" in you.commands[you.group]
    panel = await you.says("/settings", you.group)
    assert panel["rows"]
    await you.presses(panel, "Statistics", you.group)
    assert you.messages[you.group][panel["id"]]["edited"]
    assert (await you.post("/role", role="member")).status_code == 200
    page = you.messages[you.group][panel["id"]]
    await you.presses(page, page["rows"][0][0]["text"], you.group)
    assert you.happenings[-1]["alert"], "what an admin opened is refused to a member"


async def test_a_fault_while_settings_are_shown_is_not_told_as_an_old_button(
    you: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise ValueError("ours")

    await you.post("/role", role="admin")
    panel = await you.says("/settings", you.group)
    await you.presses(panel, "When I answer", you.group)
    page = you.messages[you.group][panel["id"]]
    with monkeypatch.context() as patch:
        patch.setattr(command, "panel_of", fail)
        await you.presses(page, "commands only", you.group)
    assert "went wrong" in you.happenings[-1]["text"]


async def test_an_anonymous_admin_writes_as_the_group(you: Browser) -> None:
    await you.post("/role", role="anonymous")
    panel = await you.says("/settings", you.group)
    asked = you.messages[you.group][panel["id"] - 1]
    assert (asked["name"], asked["mine"]) == (GROUP, True)
    assert panel["rows"]


async def test_what_is_set_is_in_force_in_this_conversation_alone(you: Browser, app: Any) -> None:
    await you.post("/role", role="admin")
    panel = await you.says("/settings", you.group)
    await you.presses(panel, "When I answer", you.group)
    page = you.messages[you.group][panel["id"]]
    other = next(key for row in page["rows"] for key in row if "listen" in key.get("callback_data", ""))
    await you.post("/press", chat=you.group, message=panel["id"], data=other["callback_data"])
    stranger = await Browser(app).open()
    await stranger.post("/role", role="admin")
    theirs = await stranger.says("/settings", stranger.group)
    ours = await you.says("/settings", you.group)
    assert theirs["text"] == panel["text"]
    assert ours["text"] != panel["text"]


async def test_a_reply_points_at_what_it_answers(you: Browser) -> None:
    bens = next(each for each in you.messages[you.group].values() if "does it hurt" in each["text"])
    answer = await you.says("/ask", you.group, bens["id"])
    assert answer["reply"]["id"] == bens["id"]
    assert "hurt" in answer["text"].lower()


async def test_members_talk_and_the_bot_is_silent(you: Browser) -> None:
    said = await you.says("had my third round today, feeling ok", you.group)
    assert said["mine"]


async def test_inline_queries_come_back_with_results_or_none(you: Browser) -> None:
    for _ in range(2):
        got = await you.post("/inline", chat=you.private, query="how often")
        assert got.status_code == 200
    offered = got.json()
    if not offered["results"]:
        pytest.skip("the bot answers no inline queries yet")
    before = len(you.messages[you.group])
    offered = (await you.post("/inline", chat=you.group, query="how often")).json()
    chosen = await you.post("/choose", query=offered["query"], result=offered["results"][0]["id"])
    assert chosen.status_code == 200
    assert you.latest(you.group)["via"]
    assert len(you.messages[you.group]) == before + 1


async def test_many_inline_queries_at_once_are_all_met(you: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = hold_up("answerInlineQuery", monkeypatch)
    typed = {"chat": you.private, "query": "how often"}
    asking = [asyncio.create_task(you.http.post("/inline", json=typed)) for _ in range(60)]
    await begun.wait()
    await asyncio.sleep(0.1)
    go_on.set()
    met = await asyncio.gather(*asking)
    assert {each.status_code for each in met} == {200}
    assert met[-1].json()["results"]


async def test_a_fault_of_ours_is_not_told_as_one_of_the_request(you: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_session: Session, _role: object) -> None:
        raise KeyError("ours")

    monkeypatch.setattr(Session, "take_role", fail)
    with pytest.raises(KeyError, match="ours"):
        await you.post("/role", role="admin")
    assert (await you.post("/role", role="king")).status_code == 400


async def test_what_was_never_offered_is_not_chosen(you: Browser) -> None:
    assert (await you.post("/choose", query="1", result="1")).status_code == 400


async def test_conversations_are_apart_and_bounded(app: Any, sessions: Sessions) -> None:
    browsers = [await Browser(app).open() for _ in range(3)]
    await browsers[0].says("how often is it given")
    assert all("Every 12 weeks" not in each.latest(each.private)["text"] for each in browsers[1:])
    await Browser(app).open()
    assert len(sessions) == 3
    assert (await browsers[1].http.get("/news")).status_code == 401, "the one that was idle longest has gone"
    assert (await browsers[0].http.get("/news")).status_code == 200


async def test_looking_at_the_page_opens_and_ends_no_conversation(app: Any, sessions: Sessions) -> None:
    browsers = [await Browser(app).open() for _ in range(3)]
    foreign = {"sec-fetch-site": "cross-site", "referer": "http://evil.example/"}
    for _ in range(2):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as stranger:
            got = await stranger.get("/", headers=foreign)
            assert (got.status_code, "set-cookie" in got.headers) == (200, False)
            begun = await stranger.post("/begin", json={}, headers={"origin": "http://evil.example"})
            assert begun.status_code == 403
        assert "set-cookie" not in (await browsers[0].http.get("/")).headers
    assert [(await each.http.get("/news")).status_code for each in browsers] == [200, 200, 200]
    assert len(sessions) == 3


async def test_a_conversation_ends_when_what_is_being_handled_is_through(
    answerer: Answerer, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session(answerer)
    await session.open()
    begun, go_on = hold_up("sendMessage", monkeypatch)
    sending = asyncio.create_task(session.send(2, "how often is it given"))
    await begun.wait()
    closing = asyncio.create_task(session.close())
    done, _ = await asyncio.wait({closing}, timeout=1)
    assert not done
    go_on.set()
    await asyncio.gather(sending, closing)
    with pytest.raises(ApiError, match="has ended"):
        await session.send(2, "does it hurt")
    await session.close()


async def test_a_page_that_has_a_conversation_begins_no_other(you: Browser, sessions: Sessions) -> None:
    await you.says("how often is it given")
    for _ in range(2):
        again = await you.http.post("/begin", json={})
        assert (again.status_code, "set-cookie" in again.headers) == (200, False)
    assert len(sessions) == 1
    await you.look()
    assert "Every 12 weeks" in you.latest(you.private)["text"]


async def test_a_conversation_keeps_its_latest_messages_only() -> None:
    world = World(lambda _message, _change: None, lambda _said: None, kept=MOST_MESSAGES)
    for number in range(MOST_MESSAGES + 20):
        world.says(f"line {number}")
    assert len(world.private.messages) == MOST_MESSAGES


async def test_who_always_replies_keeps_no_more_than_others() -> None:
    world = World(lambda _message, _change: None, lambda _said: None, kept=3)
    before = 0
    for number in range(10):
        before = world.says(f"line {number}", reply_to=before)["message"]["message_id"]
    message, there = world.message(world.private.id, before), 0
    while message.reply_to is not None:
        message, there = message.reply_to, there + 1
    assert there == 3


async def test_begin_anew(you: Browser, sessions: Sessions) -> None:
    await you.says("how often is it given")
    before = you.http.cookies[COOKIE]
    you.messages, you.number = {}, 0
    assert (await you.post("/restart")).status_code == 200
    assert you.http.cookies[COOKIE] != before
    assert sessions.of(before) is None
    assert you.latest(you.private)["text"].startswith("Hello!")


async def test_the_cookie_is_for_this_page_alone(app: Any) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as http:
        got = await http.post("/begin", json={})
    assert "HttpOnly" in got.headers["set-cookie"]
    assert "samesite=strict" in got.headers["set-cookie"].lower()
    assert "default-src 'self'" in got.headers["content-security-policy"]
    assert got.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1:8181", 200), ("localhost", 200), ("[::1]:8181", 200), ("evil.example", 421), ("192.0.2.7", 421)],
)
async def test_only_our_own_names_are_answered(sessions: Sessions, app: Any, host: str, status: int) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as http:
        assert (await http.get("/static/style.css", headers={"host": host})).status_code == status


async def test_opened_to_others_it_still_answers_to_no_foreign_name(sessions: Sessions) -> None:
    app = build_app(sessions, open_to_others=True)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as http:
        assert (await http.get("/static/style.css", headers={"host": "192.0.2.7:80"})).status_code == 200
        assert (await http.get("/static/style.css", headers={"host": "evil.example"})).status_code == 421


async def test_other_pages_and_forms_are_refused(you: Browser) -> None:
    body = json.dumps({"chat": you.private, "text": "how often"})
    kind = {"content-type": "application/json"}
    foreign = await you.http.post("/send", content=body, headers={**kind, "origin": "http://evil.example"})
    other_port = await you.http.post("/send", content=body, headers={**kind, "origin": "http://127.0.0.1:1"})
    form = await you.http.post("/send", content=body, headers={"content-type": "text/plain"})
    own = await you.http.post("/send", content=body, headers={**kind, "origin": ADDRESS})
    assert [each.status_code for each in (foreign, other_port, form, own)] == [403, 403, 415, 200]
    for origin in ("http://[", "null", "", "http://"):
        no_address = await you.http.post("/send", content=body, headers={**kind, "origin": origin})
        assert no_address.status_code == 403, origin


async def test_what_is_too_long_is_refused(you: Browser) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b" " * (LONGEST_BODY // 5)

    kind = {"content-type": "application/json"}
    assert (await you.post("/send", chat=you.private, text="a" * 40_000)).status_code == 413
    assert (await you.http.post("/send", content=pieces(), headers=kind)).status_code == 413
    too_long = await you.post("/send", chat=you.private, text="a" * 4097)
    assert (too_long.status_code, too_long.json()) == (400, {"refused": "message is too long"})


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"chat": "x", "text": "a"}',
        '{"chat": 99, "text": "a"}',
        '{"chat": Infinity, "text": "a"}',
        '{"chat": 2, "text": " \\u0007 "}',
        "[" * 30_000,
        "\xff",
    ],
    ids=range(9),
)
async def test_what_makes_no_sense_is_refused(you: Browser, body: str) -> None:
    answer = await you.http.post("/send", content=body.encode("latin-1"), headers={"content-type": "application/json"})
    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/static/../server.py", "/static/%2e%2e/server.py", "/static/nothing", "/files/1"])
async def test_no_other_file_is_served(you: Browser, path: str) -> None:
    assert (await you.http.get(path)).status_code == 404


async def test_news_wait_until_there_are_some(answerer: Answerer) -> None:
    sessions = Sessions(answerer)
    you = await Browser(build_app(sessions, patience=20)).open()
    waiting = asyncio.create_task(you.look())
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await you.http.post("/send", json={"chat": you.private, "text": "how often is it given"})
    await asyncio.wait_for(waiting, 5)
    await sessions.close()


async def test_a_method_that_is_not_played_is_one_that_telegram_does_not_know() -> None:
    api = InProcessBotApi(World(lambda _message, _change: None, lambda _said: None))
    status, body = await api.do_request("https://api.telegram.org/bot1:x/sendNonsense", "POST")
    assert (status, json.loads(body)["description"]) == (404, "Not Found")


# The command


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def process() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The page as a process, and its address."""
    command = [sys.executable, "bot.py", "try", "--listen", f"127.0.0.1:{free_port()}"]
    with subprocess.Popen(
        command, cwd=ROOT, env=bare_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout
        line = running.stdout.readline()
        yield running, line.split("browser: ")[1].split()[0]
        if running.poll() is None:
            running.kill()


def test_ctrl_c_ends_it_at_once_and_nothing_is_logged_or_left(process: tuple[subprocess.Popen[str], str]) -> None:
    running, address = process
    with httpx.Client(base_url=address) as http:
        http.get("/").raise_for_status()
        http.post("/begin", json={}).raise_for_status()
        http.post("/send", json={"chat": 2, "text": "a secret of mine"}).raise_for_status()
        number = http.get("/news").json()["number"]
        waiting = threading.Thread(target=http.get, args=(f"/news?after={number}",), kwargs={"timeout": 30})
        waiting.start()
        time.sleep(0.5)
        begun = time.monotonic()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=10)
        waiting.join(10)
    assert not waiting.is_alive()
    assert time.monotonic() - begun < 4
    assert (running.returncode, err) == (0, "")
    assert "secret" not in out


def test_a_port_that_is_taken(process: tuple[subprocess.Popen[str], str]) -> None:
    _, address = process
    done = bot("try", "--listen", address.removeprefix("http://").rstrip("/"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "can't be listened on" in done.stderr


@pytest.mark.parametrize("listen", ["8181", "127.0.0.1:", "127.0.0.1:99999", "no such host:1", f"{'a' * 64}:1"])
def test_an_address_that_can_not_be(listen: str) -> None:
    done = bot("try", "--listen", listen)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
