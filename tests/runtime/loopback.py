"""A server on loopback that notes when each call came, and answers as a test wants it to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from telegram.ext import ExtBot

from runtime.sending import Sender
from runtime.transport import Transport

TOKEN = "123456:a-token-for-tests-only-0123456789"
Answer = web.StreamResponse | None


@dataclass
class Arrival:
    """One call, and whether the server carried it out."""

    method: str
    values: dict[str, str]
    at: float
    taken: bool = False

    @property
    def chat_id(self) -> int:
        return int(self.values.get("chat_id", "0"))


@dataclass
class Telegram:
    """`decide` gives the answer to a call; where it gives none, the call is carried out."""

    decide: Callable[[Arrival, web.Request], Awaitable[Answer]] | None = None
    on_the_way: Callable[[], float] = lambda: 0.0
    """Seconds that a call takes to come here."""
    url: str = ""
    arrivals: list[Arrival] = field(default_factory=list)

    def came(self, method: str = "sendMessage", chat_id: int | None = None) -> list[Arrival]:
        """The calls that were carried out."""
        return [
            each for each in self.arrivals if each.taken and each.method == method and chat_id in {None, each.chat_id}
        ]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        await asyncio.sleep(self.on_the_way())
        values = {name: str(value) for name, value in form.items()}
        arrival = Arrival(request.match_info["method"], values, time.monotonic())
        self.arrivals.append(arrival)
        if self.decide is not None:
            answer = await self.decide(arrival, request)
            if answer is not None:
                return answer
        arrival.taken = True
        return taken(arrival)


def taken(arrival: Arrival) -> web.Response:
    """What Telegram answers to a call that it has carried out."""
    if arrival.method == "getMe":
        return result({"id": 123456, "is_bot": True, "first_name": "Bot", "username": "a_bot"})
    if arrival.method.startswith(("send", "edit")):
        kind = "private" if arrival.chat_id > 0 else "group"
        return result({"message_id": 1, "date": 1, "chat": {"id": arrival.chat_id, "type": kind}, "text": "x"})
    return result(True)


def result(value: object) -> web.Response:
    return web.json_response({"ok": True, "result": value})


def refused(code: int, description: str, **parameters: int) -> web.Response:
    body = {"ok": False, "error_code": code, "description": description, "parameters": parameters}
    return web.json_response(body, status=code)


def flood(seconds: int) -> web.Response:
    return refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def reset(request: web.Request) -> web.Response:
    """Break the connection off."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


@asynccontextmanager
async def telegram() -> AsyncIterator[Telegram]:
    server = Telegram()
    app = web.Application()
    app.router.add_route("*", "/bot{token:[^/]+}/{method}", server.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    server.url = f"http://{host}:{port}"
    try:
        yield server
    finally:
        await runner.cleanup()


@asynccontextmanager
async def bot_on(server: Telegram, sender: Sender, transport: Transport | None = None) -> AsyncIterator[ExtBot[int]]:
    """A bot that sends through `sender`, started before anything goes wrong."""
    transport = transport or Transport()
    bot = ExtBot(
        TOKEN,
        f"{server.url}/bot",
        request=transport,
        get_updates_request=Transport(),
        rate_limiter=sender,
    )
    decide, server.decide = server.decide, None
    async with bot:
        server.arrivals.clear()
        server.decide = decide
        yield bot
