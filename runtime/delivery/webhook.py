"""The webhook: where Telegram delivers updates by HTTP, each confirmed only when it has been handled."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from aiohttp import web

from runtime.delivery.incoming import Incoming
from runtime.http_server import MOST_BODY_BYTES, HttpServer, refuse
from runtime.tasks import Tasks

SETTING = "WEBHOOK_LISTEN"
BODY_SECONDS = 10.0
DEADLINE_SECONDS = 50.0
"""Telegram waits 60 s for an answer."""
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


def path_of(webhook_url: str) -> str:
    """The path at which `webhook_url` is called."""
    return "/" + webhook_url.partition("//")[2].partition("/")[2].partition("?")[0]


class WebhookServer:
    """Takes updates on `host`:`port` at `path`, from whoever knows the `secret`, and gives each to `deliver`.

    `deliver` returns True when the update has been handled, now or earlier: then Telegram is told to forget it. Where
    it returns False, fails, or takes longer than `deadline` seconds, Telegram is asked to deliver it again; the work
    at it goes on in any case, also when the other side has hung up. Nothing of a body is read before the secret was
    right.
    """

    def __init__(
        self,
        host: str,
        port: int,
        path: str,
        secret: str,
        deliver: Callable[[dict[str, Any]], Awaitable[bool]],
        *,
        deadline: float = DEADLINE_SECONDS,
    ) -> None:
        self._server = HttpServer(SETTING, host, port, self._answer)
        self._path = path
        self._secret = secret.encode()
        self._deliver = deliver
        self._deadline = deadline
        self._refusing = False
        self._tasks = Tasks()

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self._server.port

    async def start(self) -> None:
        """Listen. Raises ListenError."""
        await self._server.start()

    def refuse_new(self) -> None:
        """From now on ask for every update to be delivered again later; those in hand are still answered."""
        self._refusing = True

    async def stop(self, grace: float) -> None:
        """Close; deliveries in hand have `grace` seconds to be answered. The work at them is not stopped."""
        self.refuse_new()
        await self._server.stop(grace)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        refusal = self._check(request)
        if refusal:
            return refuse(refusal)
        self._server.trust(request)
        if self._refusing:
            return refuse(503)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return self._refuse(413)
        except TimeoutError:
            return self._refuse(408)
        except (OSError, aiohttp.ClientError, aiohttp.http.HttpProcessingError, web.RequestPayloadError):
            return self._refuse(400)  # cut off, or not the chunks that it said
        update = _read_update(body)
        if update is None:
            return self._refuse(400)
        if await self._hand_on(update):
            return web.Response(headers={"Server": "bot"})
        return refuse(503) if self._refusing else web.Response(status=503, headers={"Server": "bot"})

    def _check(self, request: web.BaseRequest) -> int:
        """The status with which the request is refused for its header; 0 where it is right."""
        if request.rel_url.raw_path != self._path:
            return self._note(404)
        if request.method != "POST":
            return self._note(405)
        shown = request.headers.get(_SECRET_HEADER, "").encode(errors="surrogateescape")
        if not hmac.compare_digest(shown, self._secret):
            self._server.note_refused("requests without the secret")
            return 403
        if request.content_type != "application/json" or "Content-Encoding" in request.headers:
            return self._note(415)
        if (request.content_length or 0) > MOST_BODY_BYTES:
            return self._note(413)
        return 0

    def _refuse(self, status: int) -> web.Response:
        return refuse(self._note(status))

    def _note(self, status: int) -> int:
        self._server.note_refused(f"requests with status {status}")
        return status

    async def _hand_on(self, update: dict[str, Any]) -> bool:
        """Whether the update was handled within the deadline."""
        work = self._tasks.start("a delivery", self._work_at(update))
        done, _ = await asyncio.wait([work], timeout=self._deadline)
        return bool(done) and not work.cancelled() and work.exception() is None and work.result()

    async def _work_at(self, update: dict[str, Any]) -> bool:
        return await self._deliver(update)


def _read_update(body: bytes) -> dict[str, Any] | None:
    """The update in a body; None where it is none. What is wrong is not said: it would quote the body."""
    try:
        return Incoming.of(json.loads(body.decode("utf-8"))).raw
    except (ValueError, RecursionError):
        return None
