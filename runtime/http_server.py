"""An HTTP server that strangers can't wear out: bounded in connections, time, memory, files and log lines.

aiohttp reads and writes HTTP. What its server leaves open stands here: how long a request's header may take, how many
connections there may be and which of them gives way, and that nobody's request gets a log line of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

HEADER_SECONDS = 5.0
"""A connection whose request has not shown its whole header after that is closed."""
IDLE_SECONDS = 75.0
"""A connection kept for a next request is closed after that; a proxy's own limit has to be lower (nginx: 60)."""
MOST_CONNECTIONS = 256
MOST_BODY_BYTES = 1024**2
"""aiohttp's own limit for what a request's `read` gathers."""
_ACCEPTED_AT_ONCE = 16
"""In one turn of the event loop, of which a request needs some five to be read: it must not have to give way before."""
_MOST_WAITING = 1024
"""Connections that the system keeps until they are accepted; asyncio has one number for both."""
_LOG_SECONDS = 60.0
_MOST_LINE = 2048
_MOST_HEADERS = 40
_MOST_FIELD = 1024

log = logging.getLogger(__name__)

_UNHEARD = logging.getLogger(f"{__name__}.unheard")
"""Where aiohttp says what is wrong with requests, of which it quotes pieces."""
_UNHEARD.disabled = True


class ListenError(Exception):
    """The address can't be listened on; the message names the setting, the address, and what to do."""


class HttpServer:
    """Listens on one address and gives each request to `answer`, which is called as soon as the header is there.

    Where there are `most_connections`, a new one takes the place of the oldest that nobody trusts, so that whoever
    only holds connections open keeps nobody out. `setting` is the one that names the address.
    """

    def __init__(
        self,
        setting: str,
        host: str,
        port: int,
        answer: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
        *,
        most_connections: int = MOST_CONNECTIONS,
    ) -> None:
        self.port = port
        """Where this is 0, the system chooses one at `start`."""
        self._setting, self._host = setting, host
        self._answer = answer
        self._most = most_connections
        self._strangers: dict[_Connection, None] = {}
        self._trusted: set[_Connection] = set()
        self._refused: Counter[str] = Counter()
        self._logging: asyncio.TimerHandle | None = None
        self._logged = float("-inf")
        self._http: _Connections | None = None
        self._listener: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen. Raises ListenError."""
        self._most = min(self._most, _raise_file_limit() // 2)
        self._http = _Connections(self)
        try:
            self._listener = await asyncio.get_running_loop().create_server(
                self._http, self._host, self.port, backlog=_ACCEPTED_AT_ONCE
            )
            for listening in self._listener.sockets:
                with listening.dup() as same:
                    same.listen(_MOST_WAITING)
        except OSError as error:
            raise ListenError(f"{self._setting}: {_explain(error, f'{self._host}:{self.port}')}") from None
        self.port = self._listener.sockets[0].getsockname()[1]

    async def stop(self, grace: float) -> None:
        """Close: at once what is idle, and after `grace` seconds at most what still waits for its answer."""
        if self._listener is not None:
            self._listener.close()
        if self._http is not None:
            self._http.pre_shutdown()
            await self._http.shutdown(grace / 2)  # it waits so long twice: for the answer, and for its way out
        if self._logging is not None:
            self._logging.cancel()
            self._log_refused()

    def trust(self, request: web.BaseRequest) -> None:
        """Let the connection of `request` stay, whoever else comes."""
        connection = request.protocol
        if isinstance(connection, _Connection) and connection in self._strangers:
            del self._strangers[connection]
            self._trusted.add(connection)

    def note_refused(self, what: str) -> None:
        """Count something that was refused (`what`, in the plural) for the one log line a minute that tells of it."""
        self._refused[what] += 1
        if self._logging is None:
            loop = asyncio.get_running_loop()
            due = max(loop.time() + 1.0, self._logged + _LOG_SECONDS)
            self._logging = loop.call_at(due, self._log_refused)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request whose header has come."""
        connection = request.protocol
        if not isinstance(connection, _Connection):
            raise TypeError("a request of another server's")
        connection.begin_request()
        try:
            return await self._answer(request)
        finally:
            connection.end_request()

    def admit(self, connection: _Connection) -> bool:
        """Whether a new connection may stay; for its sake another may have to go."""
        if len(self._strangers) + len(self._trusted) >= self._most:
            self.note_refused(f"connections above {self._most}")
            oldest = next(iter(self._strangers), None)
            if oldest is None:
                return False
            del self._strangers[oldest]
            oldest.abort()
        self._strangers[connection] = None
        return True

    def forget(self, connection: _Connection) -> None:
        """A connection is gone."""
        self._strangers.pop(connection, None)
        self._trusted.discard(connection)

    def _log_refused(self) -> None:
        self._logging, self._logged = None, asyncio.get_running_loop().time()
        what = ", ".join(f"{number} {what}" for what, number in self._refused.most_common())
        self._refused.clear()
        log.warning("%s: refused %s", self._setting, what)


def refuse(status: int) -> web.Response:
    """An answer without a word that closes the connection, and leaves unread what is still on its way."""
    response = web.Response(status=status, headers={"Server": "bot"})
    response.force_close()
    return response


class _Connections(web.Server):
    """Makes the connections of an HttpServer."""

    def __init__(self, owner: HttpServer) -> None:
        super().__init__(
            owner.handle,
            access_log=None,
            logger=_UNHEARD,
            keepalive_timeout=IDLE_SECONDS,
            lingering_time=0,
            auto_decompress=False,
            max_line_size=_MOST_LINE,
            max_headers=_MOST_HEADERS,
            max_field_size=_MOST_FIELD,
        )
        self._owner = owner

    def __call__(self) -> web.RequestHandler:
        return _Connection(self._owner, self, loop=self._loop, **self._kwargs)


class _Connection(web.RequestHandler):
    """One connection: aiohttp's, with a limit of time for the header of each request."""

    def __init__(self, owner: HttpServer, manager: _Connections, **options: Any) -> None:
        super().__init__(manager, **options)
        self._owner = owner
        self._due: asyncio.TimerHandle | None = None
        self._busy = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not self._owner.admit(self):
            if isinstance(transport, asyncio.Transport):
                transport.abort()
            return
        super().connection_made(transport)
        self._limit_header()

    def data_received(self, data: bytes) -> None:
        if data and not self._busy and self._due is None:
            self._limit_header()
        super().data_received(data)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._owner.forget(self)
        self._stop_limit()
        super().connection_lost(exc)

    def begin_request(self) -> None:
        """The header is complete."""
        self._busy = True
        self._stop_limit()

    def end_request(self) -> None:
        """The request is answered; whatever comes now is the next one's."""
        self._busy = False

    def abort(self) -> None:
        """Close at once, and leave unsent what is not sent yet."""
        if self.transport is not None:
            self.transport.abort()

    def _limit_header(self) -> None:
        self._due = self._loop.call_later(HEADER_SECONDS, self._header_is_late)

    def _stop_limit(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _header_is_late(self) -> None:
        self._owner.note_refused("slow requests")
        self.abort()


def _raise_file_limit() -> int:
    """Let the process open as many files as the system allows; returns how many that is."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return 8192
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):  # some systems allow less than the limit that they tell
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        soft = hard
    return soft if soft != resource.RLIM_INFINITY else 1 << 20


def _explain(error: OSError, address: str) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"another program listens on {address} already: stop that one or choose another port"
        case errno.EADDRNOTAVAIL:
            return f"this machine has no address {address}: choose one that it has, such as 127.0.0.1 or 0.0.0.0"
        case errno.EACCES | errno.EPERM:
            return f"this user may not listen on {address}: choose a port above 1023"
        case _:
            return f"{address} can't be listened on ({error.strerror or error}): choose another host or port"
