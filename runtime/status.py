"""What tools of the operator's ask over HTTP: is it alive, is it well, and the numbers. No text, no id of anybody."""

from __future__ import annotations

import json

from aiohttp import web
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from runtime.health import Health
from runtime.http_server import HttpServer, refuse
from runtime.metrics import REGISTRY

SETTING = "STATUS_LISTEN"
_MOST_CONNECTIONS = 32


class StatusServer:
    """Serves /healthz, /readyz and /metrics on `host`:`port`.

    /healthz says no more than that the process answers, and is what may restart it. /readyz tells what is wrong with
    each part, and is there to alarm people: most of what it finds does not keep the bot from answering, and would
    befall every replica at once.
    """

    def __init__(self, host: str, port: int, health: Health) -> None:
        self._server = HttpServer(SETTING, host, port, self._answer, most_connections=_MOST_CONNECTIONS)
        self._health = health

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self._server.port

    async def start(self) -> None:
        """Listen. Raises ListenError."""
        await self._server.start()

    async def stop(self, grace: float) -> None:
        """Close, after `grace` seconds at most."""
        await self._server.stop(grace)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        match request.rel_url.raw_path:
            case "/healthz":
                answer = self._tell_health
            case "/readyz":
                answer = self._tell_readiness
            case "/metrics":
                answer = self._tell_metrics
            case _:
                return refuse(404)
        return answer() if request.method in {"GET", "HEAD"} else refuse(405)

    def _tell_health(self) -> web.Response:
        return _respond(200, "text/plain; charset=utf-8", b"ok\n")

    def _tell_readiness(self) -> web.Response:
        parts = self._health.parts()
        ready = not any(part.is_fault for part in parts)
        body = {"ready": ready} | {part.name: part.words for part in parts}
        text = json.dumps(body, ensure_ascii=False, indent=2) + "\n"
        return _respond(200 if ready else 503, "application/json", text.encode())

    def _tell_metrics(self) -> web.Response:
        return _respond(200, CONTENT_TYPE_LATEST, generate_latest(REGISTRY))


def _respond(status: int, content_type: str, body: bytes) -> web.Response:
    headers = {"Server": "bot", "Content-Type": content_type, "Cache-Control": "no-store"}
    return web.Response(status=status, body=body, headers=headers)
