"""A Bot API server for load and faults: quick, failing where it is told to, and alive when the bot is not.

It knows what delivery needs (offsets that confirm, a second poller's 409, webhooks delivered again until 2xx) and the
shapes that a bot reads; it checks nothing of what is sent. For that there is tests/bot_api_server. It runs on the event
loop of whoever measures. `python -m evaluation.load server` says how many calls a second it takes.
"""

# ruff: noqa: S311, ASYNC109 - chance here has no secret to keep, and a measurement says how long it waits
from __future__ import annotations

import asyncio
import html
import itertools
import json
import math
import random
import re
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web

Json = dict[str, Any]

TOKEN: Final = "123456:a-token-for-measuring-0123456789"
SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
PUTS_MESSAGE: Final = ("sendMessage", "sendPhoto")
"""What an answer leaves by."""

Failure = Literal[
    "400", "401", "403", "429", "500", "502", "hang", "reset", "reset after", "broken body", "broken body after"
]
"""400: chat not found; 403: blocked by the user. "after": the call was carried out, and nobody is told."""

_BOT: Final[Json] = {
    "id": 123456,
    "is_bot": True,
    "first_name": "Measured",
    "username": "measured_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": True,
}
_LONGEST_POLL = 50.0
_MOST_UPDATES = 100
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 2.0
_DELIVERY_TIMEOUT = 60.0
_PNG_SIZE = {"file_unique_id": "unique", "width": 640, "height": 480, "file_size": 1000}


@dataclass
class Rule:
    """What goes wrong with a `share` of the calls of these chats (None: of all) and methods (None: of all)."""

    failure: Failure
    chats: Collection[int] | None = None
    methods: Collection[str] | None = None
    share: float = 1.0
    retry_after: int = 10
    seconds: float = 30.0
    hits: int = 0

    def meets(self, method: str, chat: int, chance: random.Random) -> bool:
        """Whether it is this call's turn to fail."""
        return (
            (self.methods is None or method in self.methods)
            and (self.chats is None or chat in self.chats)
            and (self.share >= 1 or chance.random() < self.share)
        )


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that was put into a chat, or an edit of one; `buttons`: the callback data of its buttons."""

    moment: float
    method: str
    text: str
    message_id: int
    buttons: tuple[str, ...] = ()


@dataclass(slots=True)
class Call:
    """A call as it came in; `outcome`: ok, limited (429 by Telegram's limits), or the failure that was planned."""

    moment: float
    method: str
    chat: int
    outcome: str


@dataclass
class Limits:
    """Telegram's limits of messages: so many in any second, in a private chat, in a group. Off by default."""

    enforced: bool = False
    per_second: int = 30
    private: tuple[int, float] = (3, 3.0)
    group: tuple[int, float] = (20, 60.0)
    _sent: dict[int, deque[float]] = field(default_factory=dict)

    def wait(self, chat: int, now: float) -> int:
        """Count a message; the seconds that its sender has to wait, 0 where it may go."""
        if not self.enforced:
            return 0
        windows = ((0, self.per_second, 1.0), (chat, *(self.group if chat < 0 else self.private)))
        for key, most, seconds in windows:
            sent = self._sent.setdefault(key, deque())
            while sent and sent[0] <= now - seconds:
                sent.popleft()
            if len(sent) >= most:
                return max(1, math.ceil(sent[0] + seconds - now))
        for key, _, _ in windows:
            self._sent[key].append(now)
        return 0


@dataclass
class Webhook:
    """Where updates are delivered to: `addresses` in turn, each tried when its turn comes."""

    url: str
    secret: str
    most_at_once: int
    addresses: list[str]
    tries: int = 0
    failures: Counter[str] = field(default_factory=Counter)


class TelegramServer:
    """The server with its updates, its record, and what it does wrong.

    `rules` are in force as long as they stand in the list. `record` False keeps counts and the chats' messages only,
    for long runs; `remember` False forgets the messages as well. What stands in `apologies` is no answer.
    """

    def __init__(self, *, seed: int = 1) -> None:
        self.pending: dict[int, Json] = {}
        self.calls: list[Call] = []
        self.counts: Counter[tuple[str, str]] = Counter()
        self.sent: dict[int, list[Sent]] = {}
        self.edited: dict[int, list[Sent]] = {}
        self.asked: dict[int, float] = {}
        self.rules: list[Rule] = []
        self.limits = Limits()
        self.admins: set[int] = set()
        self.apologies: Collection[str] = ()
        self.record = True
        self.remember = True
        self.polled = asyncio.Event()
        self.webhook: Webhook | None = None
        self.webhook_addresses: list[str] = []
        self.confirmed: set[int] = set()
        self._chance = random.Random(seed)
        self._next_update = 700_000_001
        self._next_message = itertools.count(1000)
        self._came = asyncio.Event()
        self._poll: asyncio.Future[None] | None = None
        self._delivery: asyncio.Task[None] | None = None
        self._runner: web.ServerRunner | None = None
        self._site: web.TCPSite | None = None
        self._port = 0

    # The door

    @property
    def url(self) -> str:
        """The root that the bot is given as TELEGRAM_API_URL."""
        return f"http://127.0.0.1:{self._port}"

    async def __aenter__(self) -> TelegramServer:
        server = web.Server(self._answer, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await self._runner.setup()
        await self.open_door()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stop_delivering()
        self._end_poll()
        if self._runner:
            await self._runner.cleanup()

    async def open_door(self) -> None:
        """Take connections (again), at the address that is already known."""
        if self._runner is None or self._site is not None:
            return
        self._site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True, backlog=1024)
        await self._site.start()
        self._port = int(self._runner.addresses[0][1])

    async def close_door(self) -> None:
        """Refuse new connections; those that are open stay so (see the failure "reset")."""
        if self._site is not None:
            await self._site.stop()
            self._site = None

    # What people do

    def put(self, kind: str, payload: Any, **more: Any) -> int:
        """Keep an update for the bot; its id."""
        return self.put_whole({kind: payload, **more})

    def put_whole(self, content: Mapping[str, Any]) -> int:
        """Keep an update with whatever it holds, be it nonsense; its id."""
        number = self._next_update
        self._next_update += 1
        self.pending[number] = {"update_id": number, **content}
        self._came.set()
        return number

    def ask(self, chat: int, text: str, **more: Any) -> int:
        """Somebody writes in private (`chat` is theirs alone), or in the group that `chat`, below 0, is; the update."""
        person = chat if chat > 0 else more.pop("person", 5_000_000)
        self.asked.setdefault(chat, time.monotonic())
        return self.put("message", self.message(chat, person, text, **more))

    def press(self, chat: int, answer: Sent, data: str, person: int | None = None) -> int:
        """Somebody presses a button of what the bot has sent; the update."""
        keyboard = [[{"text": "button", "callback_data": each}] for each in answer.buttons]
        message = self.message(chat, 0, _plain(answer.text)) | {"from": _BOT, "message_id": answer.message_id}
        query = {
            "id": str(next(self._next_message)),
            "from": {"id": person or abs(chat), "is_bot": False, "first_name": "Mia"},
            "chat_instance": "1",
            "data": data,
            "message": message | {"reply_markup": {"inline_keyboard": keyboard}},
        }
        return self.put("callback_query", query)

    def message(self, chat: int, person: int, text: str, **more: Any) -> Json:
        """A Message object."""
        return {
            "message_id": next(self._next_message),
            "date": int(time.time()),
            "chat": chat_object(chat),
            "from": {"id": person, "is_bot": False, "first_name": "Mia", "language_code": "en"},
            "text": text,
            **more,
        }

    def withdraw(self, update_id: int) -> None:
        """Take an update away, as Telegram does after 24 hours."""
        self.pending.pop(update_id, None)

    # What is seen

    def answers(self, chat: int) -> list[Sent]:
        """What the bot has put into the chat."""
        return self.sent.get(chat, [])

    def seconds(self, chat: int) -> float | None:
        """How long the chat waited for its first answer; None if none has come."""
        answers = self.sent.get(chat)
        return answers[0].moment - self.asked[chat] if answers else None

    def unanswered(self, chats: Iterable[int]) -> list[int]:
        """Those of the chats that got nothing."""
        return [chat for chat in chats if not self.sent.get(chat)]

    def count(self, method: str | None = None, outcome: str | None = None) -> int:
        """How many calls of a method (None: of all) had an outcome (None: any)."""
        return sum(
            number
            for (name, result), number in self.counts.items()
            if method in {None, name} and outcome in {None, result}
        )

    async def until(self, reached: Callable[[], object], timeout: float) -> bool:
        """Wait until it is so; False where that takes longer than `timeout` seconds."""
        end = time.monotonic() + timeout
        while not reached():
            if time.monotonic() > end:
                return False
            await asyncio.sleep(0.01)
        return True

    async def until_quiet(self, seconds: float, timeout: float) -> bool:
        """Wait until nothing is pending and no message has left for some seconds; False where that takes too long."""
        end = time.monotonic() + timeout
        before, since = -1, time.monotonic()
        while time.monotonic() < end:
            now = sum(number for (name, _), number in self.counts.items() if name.startswith(("send", "edit")))
            if now != before or self.pending:
                before, since = now, time.monotonic()
            if time.monotonic() - since > seconds:
                return True
            await asyncio.sleep(0.1)
        return False

    # Calls

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        now = time.monotonic()
        _, _, rest = request.path.partition("/bot")
        token, _, method = rest.partition("/")
        try:
            given = await _parameters(request)
        except ConnectionResetError:  # the bot was killed in the middle of it
            return web.Response(status=400)
        if token != TOKEN:
            return _error(401, "Unauthorized")
        chat = _number(given.get("chat_id"))
        for rule in self.rules:
            if rule.meets(method, chat, self._chance):
                rule.hits += 1
                return await self._fail(rule, request, method, chat, given)
        if method.startswith("send") and method != "sendChatAction" and (pause := self.limits.wait(chat, now)):
            self._note(now, method, chat, "limited")
            return _flood(pause)
        if method == "getUpdates":
            answer = await self._get_updates(given)
            # An outage that began meanwhile takes the poll under way with it.
            begun = next((rule for rule in self.rules if rule.share >= 1 and rule.meets(method, 0, self._chance)), None)
            return await self._fail(begun, request, method, 0, given) if begun else answer
        self._note(now, method, chat, "ok")
        return _result(await self._carry_out(method, chat, given))

    async def _fail(
        self, rule: Rule, request: web.BaseRequest, method: str, chat: int, given: Json
    ) -> web.StreamResponse:
        self._note(time.monotonic(), method, chat, rule.failure)
        if rule.failure.endswith(" after") and method != "getUpdates":
            await self._carry_out(method, chat, given)
        match rule.failure:
            case "400":
                return _error(400, "Bad Request: chat not found")
            case "401":
                return _error(401, "Unauthorized")
            case "403":
                return _error(403, "Forbidden: bot was blocked by the user")
            case "429":
                return _flood(rule.retry_after)
            case "500":
                return _error(500, "Internal Server Error")
            case "502":
                text = "<html><head><title>502 Bad Gateway</title></head></html>"
                return web.Response(status=502, text=text, content_type="text/html")
            case "broken body" | "broken body after":
                return web.Response(text='{"ok":true,"result":{"message_id":1', content_type="application/json")
            case "hang":
                await asyncio.sleep(rule.seconds)
        if request.transport:
            request.transport.abort()
        return web.Response(status=500)

    def _note(self, moment: float, method: str, chat: int, outcome: str) -> None:
        self.counts[method, outcome] += 1
        if self.record:
            self.calls.append(Call(moment, method, chat, outcome))

    async def _carry_out(self, method: str, chat: int, given: Json) -> Any:  # noqa: PLR0911 - a table of methods
        match method:
            case "getMe":
                return _BOT
            case "sendMessage" | "sendPhoto" | "sendDocument" | "sendAnimation":
                return self._sent(method, chat, given)
            case "editMessageText" | "editMessageCaption" | "editMessageMedia" | "editMessageReplyMarkup":
                return self._edited(method, chat, given)
            case "answerGuestQuery":
                return {"inline_message_id": "1"}
            case "getChatMember":
                return self._member(_number(given.get("user_id")))
            case "getChatAdministrators":
                return [self._member(user) for user in sorted(self.admins)]
            case "getChat":
                more = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _GIFTS}
                return chat_object(chat) | more
            case "setWebhook":
                return await self._set_webhook(given)
            case "deleteWebhook":
                await self._stop_delivering()
                if given.get("drop_pending_updates") in {"true", True}:
                    self.pending.clear()
                return True
            case "getWebhookInfo":
                url = self.webhook.url if self.webhook else ""
                return {"url": url, "has_custom_certificate": False, "pending_update_count": len(self.pending)}
            case _:
                return [] if method.startswith("get") else True

    def _sent(self, method: str, chat: int, given: Json) -> Json:
        text = str(given.get("text") or given.get("caption") or "")
        number = next(self._next_message)
        shape = self._shape(method, chat, number, text, given)
        if self.remember and text not in self.apologies:
            rows = shape.get("reply_markup", {}).get("inline_keyboard", ())
            buttons = tuple(button["callback_data"] for row in rows for button in row if "callback_data" in button)
            self.sent.setdefault(chat, []).append(Sent(time.monotonic(), method, text, number, buttons))
        return shape

    def _edited(self, method: str, chat: int, given: Json) -> Json | bool:
        if given.get("inline_message_id"):
            return True
        number = _number(given.get("message_id"))
        text = str(given.get("text") or given.get("caption") or "")
        if self.remember:
            self.edited.setdefault(chat, []).append(Sent(time.monotonic(), method, text, number))
        return self._shape("sendMessage", chat, number, text or "edited", given) | {"edit_date": int(time.time())}

    @staticmethod
    def _shape(method: str, chat: int, number: int, text: str, given: Json) -> Json:
        message: Json = {"message_id": number, "date": int(time.time()), "chat": chat_object(chat), "from": _BOT}
        if method == "sendMessage":
            message["text"] = text
        else:
            message["photo"] = [{"file_id": "a-photo-that-the-server-has", **_PNG_SIZE}]
            message["caption"] = text
        if markup := given.get("reply_markup"):
            found = json.loads(markup) if isinstance(markup, str) else markup
            if "inline_keyboard" in found:
                message["reply_markup"] = found
        return message

    def _member(self, user: int) -> Json:
        person = {"id": user, "is_bot": user == _BOT["id"], "first_name": "Olga"}
        if user in self.admins:
            return {"user": person, "status": "creator", "is_anonymous": False}
        return {"user": person, "status": "member"}

    # Updates by polling

    async def _get_updates(self, given: Json) -> web.StreamResponse:
        now = time.monotonic()
        if self.webhook:
            self._note(now, "getUpdates", 0, "conflict")
            return _error(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first")
        self._end_poll()
        offset = _number(given.get("offset"))
        if offset < 0:
            offset = next(iter(list(self.pending)[offset:]), 0)
        self._confirm(number for number in itertools.takewhile(lambda number: number < offset, list(self.pending)))
        limit = min(max(_number(given.get("limit")) or _MOST_UPDATES, 1), _MOST_UPDATES)
        seconds = min(float(_number(given.get("timeout"))), _LONGEST_POLL)
        self._note(now, "getUpdates", 0, "ok")
        poll = self._poll = asyncio.get_running_loop().create_future()
        self.polled.set()
        try:
            while not self.pending and (left := now + seconds - time.monotonic()) > 0 and not poll.done():
                self._came.clear()
                came = asyncio.ensure_future(self._came.wait())
                await asyncio.wait({came, poll}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
                came.cancel()
            if poll.done():
                self.counts["getUpdates", "conflict"] += 1
                why = "terminated by other getUpdates request; make sure that only one bot instance is running"
                return _error(409, f"Conflict: {why}")
            return _result(list(itertools.islice(self.pending.values(), limit)))
        finally:
            if self._poll is poll:
                self._poll = None

    def _end_poll(self) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
        self._poll = None

    def _confirm(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self.pending.pop(number, None)
            if self.remember:
                self.confirmed.add(number)

    # Updates by webhook

    async def _set_webhook(self, given: Json) -> bool:
        url = str(given.get("url") or "")
        if self.webhook is not None and self.webhook.url == url:
            return True
        await self._stop_delivering()
        if not url:
            return True
        self._end_poll()
        most = min(max(_number(given.get("max_connections")) or 40, 1), 100)
        hook = Webhook(url, str(given.get("secret_token") or ""), most, self.webhook_addresses or [url])
        self.webhook = hook
        self._delivery = asyncio.create_task(self._deliver(hook))
        return True

    async def _stop_delivering(self) -> None:
        self.webhook = None
        if self._delivery:
            self._delivery.cancel()
            await asyncio.gather(self._delivery, return_exceptions=True)
            self._delivery = None

    async def _deliver(self, hook: Webhook) -> None:
        free, in_hand = asyncio.Semaphore(hook.most_at_once), set[int]()
        turns = itertools.cycle(hook.addresses)
        headers = {SECRET_HEADER: hook.secret, "Content-Type": "application/json"}
        timeout, pool = aiohttp.ClientTimeout(total=_DELIVERY_TIMEOUT), aiohttp.TCPConnector(limit=0)

        async def deliver(number: int, session: aiohttp.ClientSession) -> None:
            body, pause = json.dumps(self.pending[number]).encode(), _FIRST_PAUSE
            while number in self.pending:
                async with free:
                    hook.tries += 1
                    outcome = await _post(session, next(turns), body, headers)
                if outcome == "delivered":
                    self._confirm([number])
                    break
                hook.failures[outcome] += 1
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            in_hand.discard(number)

        async with aiohttp.ClientSession(connector=pool, timeout=timeout) as session, asyncio.TaskGroup() as tasks:
            while True:
                self._came.clear()
                for number in list(itertools.islice(self.pending, 2 * hook.most_at_once + len(in_hand))):
                    if number not in in_hand and len(in_hand) < 4 * hook.most_at_once:
                        in_hand.add(number)
                        tasks.create_task(deliver(number, session))
                try:
                    await asyncio.wait_for(self._came.wait(), 0.02 if len(self.pending) > len(in_hand) else None)
                except TimeoutError:
                    continue


_GIFTS = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), True
)


def chat_object(chat: int) -> Json:
    """The Chat object of a private chat or, below 0, of a group."""
    if chat > 0:
        return {"id": chat, "type": "private", "first_name": "Mia"}
    return {"id": chat, "type": "supergroup", "title": "Friends"}


def _plain(text: str) -> str:
    return html.unescape(re.sub("<[^>]+>", "", text))


async def _parameters(request: web.BaseRequest) -> Json:
    if not request.body_exists:
        return dict(request.query)
    if request.content_type == "application/json":
        found: Json = json.loads(await request.read() or b"{}")
        return found
    if request.content_type == "application/x-www-form-urlencoded":
        return dict(parse_qsl((await request.read()).decode(), keep_blank_values=True))
    return {name: value for name, value in (await request.post()).items() if isinstance(value, str)}


async def _post(session: aiohttp.ClientSession, url: str, body: bytes, headers: Mapping[str, str]) -> str:
    try:
        async with session.post(url, data=body, headers=headers) as response:
            await response.read()
            return "delivered" if response.status // 100 == 2 else str(response.status)
    except (aiohttp.ClientError, OSError) as error:
        return type(error).__name__


def _number(value: Any) -> int:
    try:
        return int(value or 0)
    except (TypeError, ValueError):
        return 0


def _result(result: Any) -> web.Response:
    body = json.dumps({"ok": True, "result": result}).encode()
    return web.Response(body=body, content_type="application/json")


def _error(code: int, description: str, **more: Any) -> web.Response:
    body = json.dumps({"ok": False, "error_code": code, "description": description, **more}).encode()
    return web.Response(status=code, body=body, content_type="application/json")


def _flood(seconds: int) -> web.Response:
    return _error(429, f"Too Many Requests: retry after {seconds}", parameters={"retry_after": seconds})
