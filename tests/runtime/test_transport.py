"""Calls over HTTP: what comes back, what fails, and what no error may hold."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from telegram import InputFile
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from runtime.delivery.lanes import MOST_AT_ONCE
from runtime.transport import BrokenAnswerError, ServerFaultError, Transport
from tests.runtime.loopback import TOKEN, Arrival, Telegram, flood, refused, reset, result, telegram

PRIVATE = "what somebody wrote"


@pytest.fixture
async def server() -> AsyncIterator[Telegram]:
    async with telegram() as running:
        yield running


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    async with Transport(read_timeout=0.3, connect_timeout=0.5) as opened:
        yield opened


def data(**values: object) -> RequestData:
    return RequestData([RequestParameter.from_input(name, value) for name, value in values.items()])


def at(server: Telegram, method: str = "sendMessage") -> str:
    return f"{server.url}/bot{TOKEN}/{method}"


async def test_parameters_arrive_as_they_were(server: Telegram, transport: Transport) -> None:
    text = "Ünïcode & = + % 😀\nand a line"
    answer = await transport.post(at(server), data(chat_id=7, text=text, reply_markup={"a": [1, "ü"]}))
    assert isinstance(answer, dict)
    assert answer["chat"]["id"] == 7
    values = server.arrivals[0].values
    assert values == {"chat_id": "7", "text": text, "reply_markup": '{"a": [1, "\\u00fc"]}'}
    assert transport.last_good is not None
    assert time.monotonic() - transport.last_good < 1


async def test_a_file_is_uploaded_with_its_parameters(server: Telegram, transport: Transport) -> None:
    got: dict[str, object] = {}

    async def decide(arrival: Arrival, request: web.Request) -> web.Response:
        form = await request.post()
        photo = form["photo"]
        assert isinstance(photo, web.FileField)
        got.update(name=photo.filename, kind=photo.content_type, content=photo.file.read(), chat=form["chat_id"])
        return result(True)

    server.decide = decide
    content = bytes(range(256)) * 100
    await transport.post(at(server, "sendPhoto"), data(chat_id=7, photo=InputFile(content, "ä picture.png")))
    assert got == {"name": "ä picture.png", "kind": "image/png", "content": content, "chat": "7"}


async def test_connections_are_used_again(server: Telegram, transport: Transport) -> None:
    ports = set()

    async def decide(arrival: Arrival, request: web.Request) -> None:
        assert request.transport is not None
        ports.add(request.transport.get_extra_info("peername")[1])

    server.decide = decide
    for _ in range(5):
        await transport.post(at(server), data(chat_id=7, text="x"))
    assert len(ports) == 1


async def _html(arrival: Arrival, request: web.Request) -> web.Response:
    return web.Response(status=502, text=f"<h1>{PRIVATE}</h1>")


async def _html_200(arrival: Arrival, request: web.Request) -> web.Response:
    return web.Response(text=f"<h1>{PRIVATE}</h1>")


async def _html_404(arrival: Arrival, request: web.Request) -> web.Response:
    return web.Response(status=404, text=f"<h1>{PRIVATE}</h1>")


async def _list(arrival: Arrival, request: web.Request) -> web.Response:
    return web.json_response([PRIVATE])


async def _no_result(arrival: Arrival, request: web.Request) -> web.Response:
    return web.json_response({"ok": True, "text": PRIVATE})


async def _deep(arrival: Arrival, request: web.Request) -> web.Response:
    return web.Response(text="[" * 100_000)


async def _half(arrival: Arrival, request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"ok": true, "result": {"text": "' + PRIVATE.encode())
    assert request.transport is not None
    request.transport.close()
    return response


async def _reset(arrival: Arrival, request: web.Request) -> web.Response:
    return reset(request)


async def _hang(arrival: Arrival, request: web.Request) -> web.Response:
    await asyncio.sleep(2)
    return result(True)


async def _drip(arrival: Arrival, request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(100):
        await response.write(b" ")
        await asyncio.sleep(0.1)
    return response


async def _flood_html(arrival: Arrival, request: web.Request) -> web.Response:
    return web.Response(status=429, text=f"<h1>{PRIVATE}</h1>")


async def _redirect(arrival: Arrival, request: web.Request) -> web.Response:
    return web.Response(status=302, headers={"Location": f"http://127.0.0.1:1/{TOKEN}"})


@pytest.mark.parametrize(
    ("decide", "kind"),
    [
        (_html, ServerFaultError),
        (_html_200, BrokenAnswerError),
        (_html_404, BrokenAnswerError),
        (_list, BrokenAnswerError),
        (_no_result, BrokenAnswerError),
        (_deep, BrokenAnswerError),
        (_half, BrokenAnswerError),
        (_redirect, BrokenAnswerError),
        (_reset, NetworkError),
        (_hang, TimedOut),
        (_drip, TimedOut),
        (_flood_html, RetryAfter),
    ],
)
async def test_faults_become_errors_that_hold_nothing_private(
    server: Telegram, caplog: pytest.LogCaptureFixture, decide: object, kind: type[TelegramError]
) -> None:
    caplog.set_level(logging.DEBUG)
    server.decide = decide  # type: ignore[assignment]
    async with Transport(read_timeout=0.3, connect_timeout=0.5, pool_timeout=0.5) as transport:
        with pytest.raises(kind) as raised:
            await transport.post(at(server), data(chat_id=7, text=PRIVATE))
    error: BaseException | None = raised.value
    while error is not None:
        assert type(error) is kind
        assert TOKEN not in repr(error)
        assert PRIVATE not in repr(error)
        error = error.__cause__
    assert PRIVATE not in caplog.text


async def test_no_server_and_no_name_are_network_errors(transport: Transport) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    for address in (f"http://127.0.0.1:{port}", "http://no-such-host.invalid"):
        with pytest.raises(NetworkError) as raised:
            await transport.post(f"{address}/bot{TOKEN}/getMe")
        assert TOKEN not in repr(raised.value)
        assert raised.value.__cause__ is None


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (lambda: refused(400, "Bad Request: chat not found"), BadRequest),
        (lambda: refused(401, "Unauthorized"), InvalidToken),
        (lambda: refused(403, "Forbidden: bot was blocked by the user"), Forbidden),
        (lambda: refused(409, "Conflict: terminated by other getUpdates request"), Conflict),
        (lambda: refused(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1009), ChatMigrated),
        (lambda: flood(9), RetryAfter),
        (lambda: refused(413, "Request Entity Too Large"), BadRequest),
        (lambda: refused(500, "Internal Server Error"), ServerFaultError),
    ],
)
async def test_refusals_are_the_librarys(
    server: Telegram, transport: Transport, response: object, kind: type[TelegramError]
) -> None:
    async def decide(arrival: Arrival, request: web.Request) -> web.Response:
        return response()  # type: ignore[operator, no-any-return]

    server.decide = decide
    with pytest.raises(TelegramError) as raised:
        await transport.post(at(server), data(chat_id=7, text="x"))
    assert type(raised.value) is kind
    assert transport.last_good is None


async def test_a_call_may_have_its_own_patience(server: Telegram, transport: Transport) -> None:
    async def decide(arrival: Arrival, request: web.Request) -> None:
        await asyncio.sleep(0.6)

    server.decide = decide
    with pytest.raises(TimedOut):
        await transport.post(at(server), data(chat_id=7, text="x"))
    assert await transport.post(at(server), data(chat_id=7, text="x"), read_timeout=2)


async def test_a_full_pool_is_a_timeout(server: Telegram) -> None:
    server.decide = _hang
    async with Transport(connections=1, read_timeout=1, connect_timeout=0.1, pool_timeout=0.1) as transport:
        first = asyncio.create_task(transport.post(at(server), data(chat_id=7, text="x"), read_timeout=5))
        await asyncio.sleep(0.05)
        with pytest.raises(TimedOut):
            await transport.post(at(server), data(chat_id=8, text="x"))
        assert await first is True


async def test_closed_and_opened_again(server: Telegram) -> None:
    transport = Transport()
    with pytest.raises(NetworkError):
        await transport.post(at(server), data(chat_id=7, text="x"))
    for _ in range(2):
        async with transport:
            assert await transport.post(at(server), data(chat_id=7, text="x"))
    with pytest.raises(NetworkError):
        await transport.post(at(server), data(chat_id=7, text="x"))


async def test_a_call_goes_out_though_as_many_hang_as_updates_may_be_handled_at_once(server: Telegram) -> None:
    hang = asyncio.Event()

    async def decide(arrival: Arrival, request: web.Request) -> web.StreamResponse | None:
        if arrival.chat_id == 7:
            return None
        await hang.wait()
        return None

    server.decide = decide
    async with Transport() as transport:
        hanging = [
            asyncio.create_task(transport.post(at(server), data(chat_id=8, text="x"))) for _ in range(MOST_AT_ONCE)
        ]
        await asyncio.sleep(1)
        async with asyncio.timeout(3):
            await transport.post(at(server), data(chat_id=7, text="x"))
        hang.set()
        await asyncio.gather(*hanging)
