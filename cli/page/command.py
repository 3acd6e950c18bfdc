"""`bot.py try`: the bot in a browser of this machine, without a token."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import sys
from types import FrameType

import uvicorn

from cli.loading import load_answerer
from cli.outcome import ExitStatus, MisuseError
from cli.page.server import build_app
from cli.page.session import Sessions
from knowledge.answering import Answerer
from runtime.logs import set_up

HOST = "127.0.0.1"
PORT = 8181
_TRIED = 20
"""Ports, from PORT on, that are tried where nobody named one."""

OPEN_WARNING = "Everybody who reaches {host} in your network can open this page."


def try_bot(listen: str | None) -> int:
    """Serve the page until Ctrl-C. `listen` is HOST:PORT; None: this machine alone, on the first port that is free."""
    listening = _listen(listen)
    set_up("ERROR", "text")
    answerer = load_answerer()
    try:
        asyncio.run(_serve(answerer, listening))
    except KeyboardInterrupt:
        pass  # it is how one leaves
    finally:
        listening.close()
    return ExitStatus.WELL


class _Server(uvicorn.Server):
    """Ends at once, also while a page waits for news."""

    def __init__(self, config: uvicorn.Config, sessions: Sessions) -> None:
        super().__init__(config)
        self._sessions = sessions

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self._sessions.wake()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        await self._sessions.close()  # here, since uvicorn raises the signal again when it is through


async def _serve(answerer: Answerer, listening: socket.socket) -> None:
    sessions = Sessions(answerer)
    host, port = listening.getsockname()[:2]
    is_open = not ipaddress.ip_address(host).is_loopback
    app = build_app(sessions, open_to_others=is_open)
    config = uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="off", server_header=False, timeout_graceful_shutdown=1
    )
    print(f"Try the bot in your browser: http://{_in_address(host)}:{port}/ (Ctrl-C ends it)", flush=True)
    if is_open:
        print(OPEN_WARNING.format(host=host), file=sys.stderr, flush=True)
    await _Server(config, sessions).serve(sockets=[listening])


def _listen(listen: str | None) -> socket.socket:
    """The socket to serve on. Raises MisuseError."""
    if listen is not None:
        host, _, number = listen.rpartition(":")
        if not host or not (number.isascii() and number.isdecimal()) or int(number) > 65535:
            raise MisuseError("--listen wants HOST:PORT, as 127.0.0.1:8181")
        return _bind(host.strip("[]"), int(number))
    for port in range(PORT, PORT + _TRIED - 1):
        try:
            return _bind(HOST, port)
        except MisuseError:
            continue
    return _bind(HOST, PORT + _TRIED - 1)


def _bind(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        bound = socket.socket(family, socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "that is no name of a machine"
        raise MisuseError(f"{host} can't be listened on: {why}.") from None
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen()
    except OSError as error:
        bound.close()
        raise MisuseError(f"{host}:{port} can't be listened on: {error.strerror}.") from None
    return bound


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host
