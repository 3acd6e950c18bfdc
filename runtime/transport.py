"""How calls reach Telegram: python-telegram-bot's interface for requests, over aiohttp.

In place of the library's own, which stands on httpx and takes more than twice the processor time for a call. No error
raised here holds an address, for the token is part of it, nor a word of what Telegram answered, which may be people's.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import Any

import aiohttp
from telegram.error import BadRequest, NetworkError, RetryAfter, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

_UNSAID_PAUSE = 5
"""Seconds to wait after a 429 that does not say how long."""

_TELEGRAMS_REFUSALS = frozenset({400, 401, 403, 404, 409, 429})
_REQUEST_TIMEOUT = 408
_TOO_MANY = 429
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}

Seconds = Any
"""float, None for ever so long, or the library's DEFAULT_NONE."""


class ServerFaultError(NetworkError):
    """The server, or something before it, says that it can't do its work now (5xx)."""

    __slots__ = ()


class BrokenAnswerError(NetworkError):
    """An answer came that can't be read, so that nobody knows what became of the call."""

    __slots__ = ()


class Transport(BaseRequest):
    """A pool of connections to one Bot API server.

    There are more `connections` than updates handled at once, so that help goes out also while all of those hang.

    The timeouts are in seconds and hold where a call names none; `write_timeout` is added for what is uploaded. A call
    that takes longer than all that belong to it together is given up, however the answer drips.
    """

    def __init__(
        self,
        *,
        connections: int = 512,
        read_timeout: float = 10.0,
        connect_timeout: float = 5.0,
        pool_timeout: float = 5.0,
        write_timeout: float = 20.0,
    ) -> None:
        self.last_good: float | None = None
        """When a call was last answered with success, by time.monotonic(); None where none has been."""
        self._connections = connections
        self._read_timeout = read_timeout
        self._connect_timeout = connect_timeout
        self._pool_timeout = pool_timeout
        self._write_timeout = write_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        return self._read_timeout

    async def initialize(self) -> None:
        """Open the pool; again after `shutdown`, if need be."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=30, ttl_dns_cache=300),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Seconds = BaseRequest.DEFAULT_NONE,
        write_timeout: Seconds = BaseRequest.DEFAULT_NONE,
        connect_timeout: Seconds = BaseRequest.DEFAULT_NONE,
        pool_timeout: Seconds = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One exchange: the status and the body.

        Raises TimedOut and NetworkError; and, so that the library does not put the body into a message of its own, for
        every refusal that is not worded as Telegram words them.
        """
        if self._session is None or self._session.closed:
            raise NetworkError("the connection is not open (any more)")
        body = _encode(request_data)
        timeout = _timeouts(
            connect=_or(connect_timeout, self._connect_timeout),
            pool=_or(pool_timeout, self._pool_timeout),
            write=_or(write_timeout, self._write_timeout) if isinstance(body, aiohttp.FormData) else 0.0,
            read=_or(read_timeout, self._read_timeout),
        )
        headers = _FORM if isinstance(body, bytes) else None
        try:
            async with self._session.request(
                method, url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                status, payload = response.status, await response.read()
        except TimeoutError as error:
            raise TimedOut(f"no answer in time ({type(error).__name__})") from None
        except aiohttp.ClientPayloadError:
            raise BrokenAnswerError("the answer broke off") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise NetworkError(f"no connection ({type(error).__name__})") from None
        if 200 <= status <= 299:
            self.last_good = time.monotonic()
        else:
            _check_refusal(status, payload)
        return status, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """As the library's, which would log the whole of what it can't parse. Raises BrokenAnswerError."""
        answer = _parse(payload)
        if answer is None or ("result" not in answer and answer.get("ok") is not False):
            raise BrokenAnswerError("the answer can't be read")
        return answer


def _encode(request_data: RequestData | None) -> bytes | aiohttp.FormData | None:
    if request_data is None:
        return None
    if not request_data.contains_files:
        # An eighth of the time that the standard library's urlencode takes, which is most of a call's for a long text.
        return URL.build(query=request_data.json_parameters).raw_query_string.encode()
    form = aiohttp.FormData(quote_fields=False)
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, kind) in request_data.multipart_data.items():
        form.add_field(name, content, filename=file_name, content_type=kind)
    return form


def _or(value: Seconds, default: float) -> float | None:
    return default if value is BaseRequest.DEFAULT_NONE else value


def _timeouts(
    *, connect: float | None, pool: float | None, write: float | None, read: float | None
) -> aiohttp.ClientTimeout:
    """What aiohttp calls `connect` holds for the wait for a free connection and the making of a new one together."""
    reach = None if connect is None or pool is None else connect + pool
    total = None if reach is None or write is None or read is None else reach + write + read
    return aiohttp.ClientTimeout(
        total=total,
        connect=reach,
        sock_connect=connect,
        sock_read=None if read is None or write is None else read + write,
    )


def _check_refusal(status: int, payload: bytes) -> None:
    """Raise what the library would not raise, or not without the body in its message."""
    if status >= 500:
        raise ServerFaultError(f"the server answered {status}")
    answer = _parse(payload)
    if answer is None or not isinstance(answer.get("description", ""), str):
        if status == _TOO_MANY:
            raise RetryAfter(_UNSAID_PAUSE)
        raise BrokenAnswerError(f"the answer {status} is not one of Telegram's")
    if status == _TOO_MANY and not _says_when(answer):
        raise RetryAfter(_UNSAID_PAUSE)
    if 400 <= status < 500 and status not in _TELEGRAMS_REFUSALS and status != _REQUEST_TIMEOUT:
        raise BadRequest(f"the server answered {status}")  # the library takes it for a fault of the network


def _says_when(answer: dict[str, Any]) -> bool:
    parameters = answer.get("parameters")
    return isinstance(parameters, dict) and bool(parameters.get("retry_after"))


def _parse(payload: bytes) -> dict[str, Any] | None:
    """The JSON object in `payload`; None where there is none."""
    answer: Any = None
    with suppress(ValueError, RecursionError):
        answer = json.loads(payload.decode("utf-8", "replace"))
    return answer if isinstance(answer, dict) else None
