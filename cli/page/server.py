"""The page's web server: what it serves, to whom, and what it refuses.

Nothing that anybody writes is logged. The page is for the browser that opened it: requests from other sites are refused
(Origin), and so are names that some server out there may lead here (Host), except where the page was opened to others.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cli.bot_api.text import ApiError
from cli.bot_api.world import Role
from cli.page.session import Session, Sessions

COOKIE = "conversation"
LONGEST_BODY = 32_768
"""Bytes of a request."""

PATIENCE = 25.0
"""Seconds that a question for news waits for some."""

_STATIC = Path(__file__).parent / "static"
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
_SHOWN_IN_PAGE = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})

Json = dict[str, Any]
Act = Callable[[Session, Json], Awaitable[Json | None]]


def build_app(sessions: Sessions, *, open_to_others: bool = False, patience: float = PATIENCE) -> ASGIApp:
    """The page over `sessions`. `open_to_others`: it is reached by this machine's addresses in the network, too."""
    routes = [
        Route("/", _page),
        Route("/static/{name}", _static),
        Route("/files/{file_id}", partial(_file, sessions)),
        Route("/news", partial(_news, sessions, patience)),
        Route("/begin", partial(_begin, sessions), methods=["POST"]),
        Route("/restart", partial(_restart, sessions), methods=["POST"]),
        *(Route(f"/{name}", partial(_act, sessions, act), methods=["POST"]) for name, act in _ACTS.items()),
    ]
    return Guard(Starlette(routes=routes), open_to_others=open_to_others)


class Guard:
    """Refuses requests under a foreign name, from a foreign page or of a size that nobody types; adds headers."""

    def __init__(self, app: ASGIApp, *, open_to_others: bool) -> None:
        self._app = app
        self._open = open_to_others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
                message = {**message, "headers": [*message["headers"], *own]}
            await send(message)

        refusal = self._refuse(scope)
        await (refusal or self._app)(scope, receive, send_guarded)

    def _refuse(self, scope: Scope) -> Response | None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get("host", "")
        if not self._is_ours(_parts(f"//{host}").hostname or ""):
            return PlainTextResponse("This page answers under its own address only.", 421)
        if scope["method"] != "POST":
            return None
        origin = headers.get("origin")
        if origin is not None and _parts(origin).netloc != host:
            return PlainTextResponse("This comes from another page.", 403)
        if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return PlainTextResponse("JSON is expected.", 415)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > LONGEST_BODY:
            return PlainTextResponse("This is too long.", 413)
        return None

    def _is_ours(self, name: str) -> bool:
        """A bare address can't be made to lead here by somebody else, as a name can."""
        return name in _LOCAL or (self._open and _is_address(name))


def _parts(address: str) -> SplitResult:
    """The parts of an address; none of what is no address."""
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", "", "", "")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


async def _page(_request: Request) -> Response:
    """The page alone, whoever asks: any site can have a browser get this address, and with it no cookie comes."""
    return FileResponse(_STATIC / "index.html")


async def _static(request: Request) -> Response:
    path = _STATIC / request.path_params["name"]
    if path.name not in {each.name for each in _STATIC.iterdir()}:
        raise HTTPException(404)
    return FileResponse(_STATIC / path.name)


async def _file(sessions: Sessions, request: Request) -> Response:
    file = _session(sessions, request).file(request.path_params["file_id"])
    if file is None:
        raise HTTPException(404)
    try:
        content = file.read()
    except OSError:
        raise HTTPException(404) from None
    if file.mime in _SHOWN_IN_PAGE:
        return Response(content, media_type=file.mime)
    disposition = {"content-disposition": f"attachment; filename*=utf-8''{quote(file.name, safe='')}"}
    return Response(content, media_type="application/octet-stream", headers=disposition)


async def _news(sessions: Sessions, patience: float, request: Request) -> Response:
    after = request.query_params.get("after", "0")
    number = int(after) if after.isdecimal() and after.isascii() and len(after) < 12 else 0
    return JSONResponse(await _session(sessions, request).news(number, patience))


async def _begin(sessions: Sessions, request: Request) -> Response:
    """Open a conversation for a browser that has none; another page of the same browser may have been first."""
    response = JSONResponse({})
    if sessions.of(request.cookies.get(COOKIE, "")) is None:
        _give(await sessions.begin(), response)
    return response


async def _restart(sessions: Sessions, request: Request) -> Response:
    await sessions.end(request.cookies.get(COOKIE, ""))
    response = JSONResponse({})
    _give(await sessions.begin(), response)
    return response


async def _act(sessions: Sessions, act: Act, request: Request) -> Response:
    session = _session(sessions, request)
    try:
        acting = act(session, await _read(request))
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError):
        return JSONResponse({"refused": "this can't be read"}, 400)
    try:
        told = await acting
    except ApiError as error:
        return JSONResponse({"refused": error.description.removeprefix("Bad Request: ")}, 400)
    return JSONResponse(told or {})


async def _read(request: Request) -> Json:
    """The JSON object of a request. Raises HTTPException where it is longer than it says, ValueError where none."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LONGEST_BODY:
            raise HTTPException(413)
    read = json.loads(body)
    if not isinstance(read, dict):
        raise TypeError
    return read


def _session(sessions: Sessions, request: Request) -> Session:
    session = sessions.of(request.cookies.get(COOKIE, ""))
    if session is None:
        raise HTTPException(401)
    return session


def _give(key: str, response: Response) -> None:
    response.set_cookie(COOKIE, key, httponly=True, samesite="strict")


# Each reads what it is asked at once, and acts when it is awaited: only what can't be read is refused as that.


def _send(session: Session, asked: Json) -> Awaitable[None]:
    return session.send(int(asked["chat"]), str(asked["text"]), int(asked.get("reply_to") or 0))


def _edit(session: Session, asked: Json) -> Awaitable[None]:
    return session.edit(int(asked["chat"]), int(asked["message"]), str(asked["text"]))


def _press(session: Session, asked: Json) -> Awaitable[None]:
    return session.press(int(asked["chat"]), int(asked["message"]), str(asked["data"]))


def _role(session: Session, asked: Json) -> Awaitable[None]:
    return session.take_role(Role(asked["role"]))


def _inline(session: Session, asked: Json) -> Awaitable[Json]:
    return session.ask_inline(int(asked["chat"]), str(asked["query"])[:256])


def _choose(session: Session, asked: Json) -> Awaitable[None]:
    return session.choose(str(asked["query"]), str(asked["result"]))


_ACTS: dict[str, Act] = {
    "send": _send,
    "edit": _edit,
    "press": _press,
    "role": _role,
    "inline": _inline,
    "choose": _choose,
}
