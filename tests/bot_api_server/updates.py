"""Handing updates to the bot: long polling or a webhook, one at a time."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import aiohttp
from telegram.constants import UpdateType

from tests.bot_api_server.bell import Bell
from tests.bot_api_server.errors import ApiError, Json, Silence, bad_request, conflict
from tests.bot_api_server.parameters import Parameters

KINDS = {str(kind.value) for kind in UpdateType}
ONLY_ON_REQUEST = {"chat_member", "message_reaction", "message_reaction_count"}
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"

_PORTS = {80, 88, 443, 8443}
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_SECRET = re.compile(r"[A-Za-z0-9_-]*")
_LONGEST_POLL = 50
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0


@dataclass(eq=False)
class _Poll:
    ended: ApiError | None = None


@dataclass
class Webhook:
    """Where the bot asked Telegram to deliver."""

    url: str
    secret: str
    max_connections: int
    ip_address: str
    has_certificate: bool
    last_error_date: int = 0
    last_error: str = ""


class Updates:
    """The updates that the bot has not yet confirmed."""

    def __init__(self, bell: Bell) -> None:
        self.pending: list[Json] = []
        self.allowed = KINDS - ONLY_ON_REQUEST
        self.webhook: Webhook | None = None
        self.deliver_to: str | None = None
        self._bell = bell
        self._next_id = 650_000_001
        self._last: Json | None = None
        self._poll: _Poll | None = None
        self._delivery: asyncio.Task[None] | None = None

    @property
    def is_collected(self) -> bool:
        """Whether the bot is listening: a poll is under way or a webhook is set."""
        return self._poll is not None or self.webhook is not None

    def put(self, kind: str, payload: Json) -> None:
        """Keep an update for the bot, if it asked for this kind."""
        if kind in self.allowed:
            self._last = {"update_id": self._next_id, kind: payload}
            self.pending.append(self._last)
            self._next_id += 1
            self._bell.ring()

    def put_again(self) -> None:
        """Deliver the last update once more under its number, as after a confirmation that was lost."""
        if self._last is None:
            raise ValueError("there has been no update")
        self.pending.append(self._last)
        self._bell.ring()

    async def get_updates(self, parameters: Parameters) -> list[Json]:
        """Long polling; a second poll ends the first."""
        if self.webhook:
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        self.end_poll("terminated by other getUpdates request; make sure that only one bot instance is running")
        self._allow(parameters)
        self._confirm(parameters.integer("offset", 0))
        limit = min(max(parameters.integer("limit", 100), 1), 100)
        seconds = min(max(parameters.integer("timeout", 0), 0), _LONGEST_POLL)
        poll = self._poll = _Poll()
        self._bell.ring()
        try:
            with contextlib.suppress(Silence):
                await self._bell.wait_for(lambda: poll.ended or self.pending, seconds)
            if poll.ended:
                raise poll.ended
            return self.pending[:limit]
        finally:
            if self._poll is poll:
                self._poll = None

    def end_poll(self, why: str) -> None:
        """Let the poll under way, if there is one, fail with status 409."""
        if self._poll:
            self._poll.ended = conflict(why)
            self._poll = None
            self._bell.ring()

    def _allow(self, parameters: Parameters) -> None:
        kinds = parameters.data("allowed_updates")
        if kinds is None:
            return
        if not isinstance(kinds, list):
            raise bad_request("can't parse allowed_updates: expected an Array of Strings")
        for kind in kinds:
            if kind not in KINDS:
                parameters.notes.append(f"allowed_updates names {kind!r}, which is no kind of update")
        self.allowed = KINDS & set(kinds) or KINDS - ONLY_ON_REQUEST

    def _confirm(self, offset: int) -> None:
        if offset > 0:
            self.pending = [update for update in self.pending if update["update_id"] >= offset]
        elif offset < 0:
            self.pending = self.pending[offset:]

    async def set_webhook(self, parameters: Parameters) -> bool:
        """Deliver to the bot's address from now on."""
        url = parameters.text("url")
        if not url:
            return await self.delete_webhook(parameters)
        _check_address(url)
        secret = parameters.text("secret_token")
        if len(secret) > 256:
            raise bad_request("secret token is too long")
        if not _SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        await self.stop()
        self.end_poll("terminated by setWebhook request")
        self._allow(parameters)
        if parameters.flag("drop_pending_updates"):
            self.pending.clear()
        self.webhook = Webhook(
            url,
            secret,
            min(max(parameters.integer("max_connections", 40), 1), 100),
            parameters.text("ip_address"),
            "certificate" in parameters.uploads,
        )
        self._delivery = asyncio.create_task(self._deliver(self.webhook))
        self._bell.ring()
        return True

    async def delete_webhook(self, parameters: Parameters) -> bool:
        """Deliver to nobody from now on."""
        await self.stop()
        if parameters.flag("drop_pending_updates"):
            self.pending.clear()
        return True

    async def stop(self) -> None:
        """End the delivery."""
        self.webhook = None
        if self._delivery:
            self._delivery.cancel()
            await asyncio.gather(self._delivery, return_exceptions=True)
            self._delivery = None

    def webhook_info(self) -> Json:
        """The WebhookInfo object."""
        info: Json = {"url": "", "has_custom_certificate": False, "pending_update_count": len(self.pending)}
        if not (hook := self.webhook):
            return info
        info |= {"url": hook.url, "has_custom_certificate": hook.has_certificate}
        info |= {"max_connections": hook.max_connections}
        if hook.ip_address:
            info["ip_address"] = hook.ip_address
        if self.allowed != KINDS - ONLY_ON_REQUEST:
            info["allowed_updates"] = sorted(self.allowed)
        if hook.last_error:
            info |= {"last_error_date": hook.last_error_date, "last_error_message": hook.last_error}
        return info

    async def _deliver(self, hook: Webhook) -> None:
        pause = _FIRST_PAUSE
        headers = {SECRET_HEADER: hook.secret} if hook.secret else {}
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
            while True:
                await self._bell.wait_for(lambda: self.pending, None)
                update = self.pending[0]
                failure = await _post(session, self._destination(hook.url), update, headers)
                if failure is None:
                    self.pending = [other for other in self.pending if other is not update]
                    self._bell.ring()
                    pause = _FIRST_PAUSE
                    continue
                hook.last_error, hook.last_error_date = failure, int(time.time())
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    def _destination(self, url: str) -> str:
        if not self.deliver_to:
            return url
        root, asked = urlsplit(self.deliver_to), urlsplit(url)
        return urlunsplit((root.scheme, root.netloc, asked.path, asked.query, ""))


async def _post(session: aiohttp.ClientSession, url: str, update: Any, headers: dict[str, str]) -> str | None:
    """Deliver one update; what went wrong, if anything."""
    try:
        async with session.post(url, json=update, headers=headers) as response:
            await response.read()
            if 200 <= response.status < 300:
                return None
            return f"Wrong response from the webhook: {response.status} {response.reason}"
    except aiohttp.ClientConnectorError:
        return "Connection refused"
    except (aiohttp.ClientError, TimeoutError) as error:
        return f"Connection failed: {type(error).__name__}"


def _check_address(url: str) -> None:
    """Telegram delivers to https on few ports; a Bot API server on the same machine also to http on loopback."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise bad_request("bad webhook: can't parse URL") from None
    if not host:
        raise bad_request("bad webhook: can't parse URL")
    if host in _LOOPBACK:
        return
    if parts.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if port not in {None, *_PORTS}:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
