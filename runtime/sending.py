"""When a call to Telegram may go, and what becomes of it when it fails: limits, pauses and retries.

It stands behind python-telegram-bot's interface for rate limiters, so that every call of the bot passes here. Each call
waits in the coroutine that makes it; nobody waits for another chat's limit.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from telegram.error import BadRequest, ChatMigrated, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.ext import BaseRateLimiter

from runtime.handling import Handling, current
from runtime.metrics import LIMITED_CHATS, RETRIES
from runtime.refusals import Refusal, meaning_of
from runtime.transport import BrokenAnswerError, ServerFaultError

log = logging.getLogger(__name__)

UNHURRIED = -1
"""As `rate_limit_args` of a call: it goes behind all others, and holds up nobody."""

Result = bool | dict[str, Any] | list[dict[str, Any]]
ChatId = int | str

_SENDING = ("send", "copy", "forward")
_ANSWERING = "answer"
_EDITING = "edit"
_SILENT = frozenset({"sendChatAction", "sendMessageDraft", "sendChatJoinRequestWebApp"})
"""What begins like sending, and puts no message into a chat."""

_BRIEF = frozenset({"answerCallbackQuery", "answerInlineQuery", "sendChatAction"})
_WORTH_OF_BRIEF = 10.0
_WORTH_OF_MESSAGE = 600.0
_WORTH_OF_REST = 30.0
"""Seconds for which it is worth to try a call again."""

_FIRST_PAUSE, _PAUSE_GROWS, _LONGEST_PAUSE = 0.3, 1.7, 3.0
_LONGEST_JITTER = 0.25
_PATIENCE_WITH_TURN = 0.25
_LOOK_AGAIN = 0.2
"""Seconds."""

_ON_THE_WAY = 1.0
"""Seconds after which a message counts as seen by Telegram, even if no answer has come; until then it counts as new."""

_FLOODS_TOGETHER = 10.0
_SLOW_FOR = 30.0
_SLOW_PART = 0.5
_STEP_EVERY, _STEP = 5.0, 0.125
_SWEEP_EVERY = 60.0


class Limit(NamedTuple):
    """At most so many messages in any so many seconds."""

    most: int
    seconds: float


OVERALL = Limit(29, 1.0)
"""Telegram's is 30; one is left for what overtakes."""
PER_CHAT = Limit(3, 3.0)
"""One a second, so counted that an answer and its picture go together."""
PER_GROUP = Limit(20, 60.0)
UNHURRIED_IN_ALL = Limit(5, 1.0)


@dataclass(slots=True, eq=False)
class _Permit:
    """One message that may go; `seen_by`: the time by which Telegram has it, as far as is known."""

    seen_by: float


class _Window:
    """The messages of the last seconds: a sliding count, from when Telegram had each and not from when it set out.

    So no window of as many seconds, wherever it begins, holds more at Telegram, whatever each took on its way.
    """

    __slots__ = ("_permits", "limit")

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self._permits: list[_Permit] = []

    def opens(self, now: float, room: int = 1, most: int | None = None) -> float:
        """The time at which `room` more may go; not after `now` if they may go now."""
        most = self.limit.most if most is None else most
        self._forget(now)
        excess = len(self._permits) + min(room, most) - most
        if excess <= 0:
            return now
        return sorted(permit.seen_by for permit in self._permits)[excess - 1] + self.limit.seconds

    def add(self, permit: _Permit, room: int = 1) -> None:
        self._permits.extend([permit] * room)

    def remove(self, permit: _Permit) -> None:
        self._permits = [each for each in self._permits if each is not permit]

    def is_empty(self, now: float) -> bool:
        self._forget(now)
        return not self._permits

    def _forget(self, now: float) -> None:
        if self._permits:
            since = now - self.limit.seconds
            self._permits = [permit for permit in self._permits if permit.seen_by > since]


@dataclass(slots=True, eq=False)
class _Waiter:
    room: int
    turn: asyncio.Future[_Permit]


class _Chat:
    """One chat: what it was sent lately, who waits to send to it, and until when Telegram wants it left alone."""

    __slots__ = ("due", "hurried", "id", "in_line", "is_group", "order", "stopped_until", "waiting", "windows")

    def __init__(self, chat_id: ChatId, per_chat: Limit, per_group: Limit) -> None:
        self.id = chat_id
        self.is_group = isinstance(chat_id, str) or chat_id < 0
        self.windows = [_Window(per_chat), _Window(per_group)] if self.is_group else [_Window(per_chat)]
        self.hurried = _Window(per_chat)
        self.waiting: deque[_Waiter] = deque()
        self.stopped_until = 0.0
        self.in_line = False
        self.due: float | None = None
        self.order = asyncio.Lock()

    def opens(self, now: float, room: int = 1) -> float:
        """The time at which `room` messages may go into it."""
        return max(self.stopped_until, *(window.opens(now, room) for window in self.windows))

    def is_idle(self, now: float) -> bool:
        return (
            not self.waiting
            and self.stopped_until <= now
            and not self.order.locked()
            and all(window.is_empty(now) for window in self.windows)
        )


@dataclass(slots=True)
class _Call:
    endpoint: str
    data: dict[str, Any]
    handling: Handling | None
    unhurried: bool
    begun: float = field(default_factory=time.monotonic)
    failed: int = 0

    @property
    def hurried(self) -> bool:
        return not self.unhurried and self.handling is not None and self.handling.hurried

    @property
    def chat_id(self) -> ChatId | None:
        chat_id = self.data.get("chat_id")
        try:
            return None if chat_id is None else int(chat_id)
        except (TypeError, ValueError):
            return str(chat_id)

    @property
    def puts(self) -> int:
        """How many messages it puts into a chat."""
        if not self.endpoint.startswith(_SENDING) or self.endpoint in _SILENT:
            return 0
        several = self.data.get("media" if self.endpoint == "sendMediaGroup" else "message_ids")
        return len(several) if isinstance(several, (list, tuple)) and several else 1

    @property
    def is_seen(self) -> bool:
        """Whether people see what it does: a message, a changed one, an answered press."""
        return bool(self.puts) or self.endpoint.startswith((_EDITING, _ANSWERING))

    @property
    def worth_until(self) -> float:
        if self.endpoint in _BRIEF:
            return self.begun + _WORTH_OF_BRIEF
        if not self.is_seen:
            return self.begun + _WORTH_OF_REST
        # What one handling does last still has some time of its own.
        asked = self.handling.begun if self.handling is not None else self.begun
        return max(asked + _WORTH_OF_MESSAGE, self.begun + _WORTH_OF_REST)


class Sender(BaseRateLimiter[int]):
    """Lets each call go when it may, and tries again what failed for as long as it is worth having.

    `limits=False` switches off the counting of messages, for a server that has no limits; what Telegram says (429) is
    heeded all the same. For replicas that share one bot: `turn` is asked for each message to a group and says in how
    many seconds it may go (0: now, and it is counted there); None, an error, or no answer within 250 ms: the local
    count decides alone. `share` gives the part (above 0, up to 1) of the overall rate that is this replica's.

    `on_migrated`, if set, is told of each group that turned out to have become a supergroup: its old and its new id.

    The limits are there to be shortened by tests.
    """

    def __init__(
        self,
        *,
        limits: bool = True,
        turn: Callable[[int], Awaitable[float | None]] | None = None,
        share: Callable[[], float] | None = None,
        overall: Limit = OVERALL,
        per_chat: Limit = PER_CHAT,
        per_group: Limit = PER_GROUP,
    ) -> None:
        self.on_migrated: Callable[[int, int], Awaitable[None]] | None = None
        self._limits = limits
        self._turn = turn
        self._share = share
        self._overall = _Window(overall)
        self._of_unhurried = _Window(UNHURRIED_IN_ALL)
        self._per_chat, self._per_group = per_chat, per_group
        self._chats: dict[ChatId, _Chat] = {}
        self._stopped_endpoints: dict[str, float] = {}
        self._line: deque[_Chat] = deque()
        """Chats whose next message waits for nothing but the overall limit."""
        self._later: list[tuple[float, int, _Chat]] = []
        """A heap of chats whose next message waits for the chat's own limits until a time."""
        self._numbers = itertools.count()
        self._timer: asyncio.TimerHandle | None = None
        self._last_flood: tuple[ChatId | None, float] = (None, 0.0)
        self._slow_since: float | None = None
        self._swept = 0.0
        self._is_closing = False

    async def initialize(self) -> None:
        self._is_closing = False
        LIMITED_CHATS.set_function(self.limited)

    async def shutdown(self) -> None:
        """Try nothing again from now on."""
        self._is_closing = True

    def limited(self) -> int:
        """How many chats Telegram wants left alone now."""
        now = time.monotonic()
        return sum(chat.stopped_until > now for chat in self._chats.values())

    def is_limited(self, chat_id: int) -> bool:
        """Whether Telegram wants this chat left alone now."""
        chat = self._chats.get(chat_id)
        return chat is not None and chat.stopped_until > time.monotonic()

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Result]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Result:
        """Call Telegram when its turn has come, and again as long as it fails and is worth having.

        Raises TelegramError: a refusal at once, anything else when it is given up.
        """
        call = _Call(endpoint, data, current(), rate_limit_args == UNHURRIED)
        has_moved = False
        while True:
            permit = await self._wait_for_turn(call)
            try:
                result = await callback(*args, **kwargs)
            except RetryAfter as error:
                self._note_flood(call, permit, error)
            except ChatMigrated as error:
                if has_moved:
                    raise
                has_moved = True
                await self._move(call, error.new_chat_id)
            except BadRequest as error:
                if not (call.failed and _is_done(endpoint, error)):
                    raise
                result = True
                break
            except NetworkError as error:
                await self._pause(call, permit, error)
            else:
                break
            finally:
                self._end(call, permit)
        if call.handling is not None and call.is_seen and not call.unhurried:
            call.handling.sent += 1
        return result

    # Waiting for one's turn.

    async def _wait_for_turn(self, call: _Call) -> _Permit | None:
        """Return when the call may go: with a permit where it puts a message into a chat. Raises TelegramError."""
        chat_id, room = call.chat_id, call.puts
        if call.hurried:
            return await self._overtake(call, chat_id, room)
        if chat_id is None or not room or not self._limits:
            await self._wait_out_stop(call)
            return None
        if call.unhurried:
            return await self._wait_behind_all(call, chat_id, room)
        chat = self._chat(chat_id)
        if self._turn is None or not chat.is_group or call.failed:
            return await self._wait_in_line(call, chat, room)
        async with chat.order:
            return await self._wait_for_shared_turn(call, chat, room, self._turn)

    async def _overtake(self, call: _Call, chat_id: ChatId | None, room: int) -> _Permit | None:
        """Go before all others, and whatever else the chat was sent; only help without end waits for itself.

        Or one chat that cries for it sixty times would use up the limit of all.
        """
        while True:
            if call.failed:
                await self._wait_out_stop(call)
            if chat_id is None or not room or not self._limits:
                return None
            chat, now = self._chat(chat_id), time.monotonic()
            until = chat.hurried.opens(now, room)
            if until <= now:
                permit = self._grant(chat, room)
                chat.hurried.add(permit, room)
                return permit
            await self._sleep_until(until, call)

    async def _wait_out_stop(self, call: _Call) -> None:
        chat_id = call.chat_id
        while True:
            if chat_id is None:
                until = self._stopped_endpoints.get(call.endpoint, 0.0)
            else:
                chat = self._chats.get(chat_id)
                until = chat.stopped_until if chat is not None else 0.0
            if until <= time.monotonic():
                return
            await self._sleep_until(until, call)

    async def _wait_behind_all(self, call: _Call, chat_id: ChatId, room: int) -> _Permit:
        """Wait until nobody else does; one place is always left in the chat, and most of the overall limit."""
        while True:
            chat, now = self._chat(chat_id), time.monotonic()
            until = max(
                chat.opens(now, room + 1),
                self._of_unhurried.opens(now, room),
                self._overall.opens(now, room, self._most(now)),
                now + _LOOK_AGAIN if self._line or chat.waiting else now,
            )
            if until <= now:
                permit = self._grant(chat, room)
                self._of_unhurried.add(permit, room)
                return permit
            await self._sleep_until(until + random.uniform(0, _LOOK_AGAIN), call)  # noqa: S311 - no secret

    async def _wait_for_shared_turn(
        self, call: _Call, chat: _Chat, room: int, turn: Callable[[int], Awaitable[float | None]]
    ) -> _Permit:
        while True:
            permit = await self._wait_in_line(call, chat, room)
            try:
                seconds = await self._ask(turn, chat.id)
            except BaseException:
                self._give_back(chat, permit)
                raise
            if seconds <= 0:
                return permit
            self._give_back(chat, permit)
            await self._sleep_until(time.monotonic() + seconds, call)

    async def _ask(self, turn: Callable[[int], Awaitable[float | None]], chat_id: ChatId) -> float:
        if isinstance(chat_id, str):
            return 0.0
        try:
            async with asyncio.timeout(_PATIENCE_WITH_TURN):
                return await turn(chat_id) or 0.0
        except Exception as error:
            log.debug("the shared count of a group can't be asked: %s", type(error).__name__)
            return 0.0

    async def _wait_in_line(self, call: _Call, chat: _Chat, room: int) -> _Permit:
        now = time.monotonic()
        is_free = not chat.waiting and not self._line and chat.opens(now, room) <= now
        if is_free and self._overall.opens(now, room, self._most(now)) <= now:
            return self._grant(chat, room)
        waiter = _Waiter(room, asyncio.get_running_loop().create_future())
        if call.failed:
            chat.waiting.appendleft(waiter)
        else:
            chat.waiting.append(waiter)
        self._place(chat, now)
        self._pump()
        try:
            async with asyncio.timeout(call.worth_until - now):
                return await waiter.turn
        except BaseException as error:
            if waiter.turn.done() and not waiter.turn.cancelled():
                self._give_back(chat, waiter.turn.result())
            elif waiter in chat.waiting:
                chat.waiting.remove(waiter)
            self._pump()
            if isinstance(error, TimeoutError):
                raise self._given_up(call, TimedOut("it waited too long for its turn")) from None
            raise

    async def _sleep_until(self, until: float, call: _Call) -> None:
        """Raises RetryAfter where that is later than the call is worth waiting for."""
        now = time.monotonic()
        if until > call.worth_until or self._is_closing:
            raise self._given_up(call, RetryAfter(max(1, round(until - now))))
        await asyncio.sleep(until - now)

    # Who may go, and when.

    def _chat(self, chat_id: ChatId) -> _Chat:
        chat = self._chats.get(chat_id)
        if chat is None:
            self._sweep()
            chat = self._chats[chat_id] = _Chat(chat_id, self._per_chat, self._per_group)
        return chat

    def _sweep(self) -> None:
        """Forget the chats of which nothing has to be known."""
        now = time.monotonic()
        if now - self._swept < _SWEEP_EVERY:
            return
        self._swept = now
        self._chats = {chat_id: chat for chat_id, chat in self._chats.items() if not chat.is_idle(now)}
        self._stopped_endpoints = {name: until for name, until in self._stopped_endpoints.items() if until > now}

    def _most(self, now: float) -> int:
        """How many messages a second may go in all, now."""
        part = 1.0
        if self._slow_since is not None:
            steps = max(0.0, (now - self._slow_since - _SLOW_FOR) // _STEP_EVERY + 1)
            part = min(1.0, _SLOW_PART + steps * _STEP)
        if self._share is not None:
            part *= min(1.0, max(0.0, self._share()))
        return max(1, int(self._overall.limit.most * part))

    def _grant(self, chat: _Chat, room: int) -> _Permit:
        permit = _Permit(time.monotonic() + _ON_THE_WAY)
        for window in (self._overall, *chat.windows):
            window.add(permit, room)
        return permit

    def _give_back(self, chat: _Chat, permit: _Permit) -> None:
        for window in (self._overall, self._of_unhurried, *chat.windows):
            window.remove(permit)
        self._place(chat, time.monotonic())
        self._pump()

    def _end(self, call: _Call, permit: _Permit | None) -> None:
        """Note that Telegram has the message by now."""
        now = time.monotonic()
        if permit is None or permit.seen_by <= now:
            return
        permit.seen_by = now
        chat_id = call.chat_id
        chat = self._chats.get(chat_id) if chat_id is not None else None
        if chat is not None and chat.waiting:
            self._place(chat, now)
        if self._line or self._later:
            self._pump()

    def _place(self, chat: _Chat, now: float) -> None:
        """Put a chat where its next message waits: in the line, or to be looked at when its own limits let it."""
        if not chat.waiting or chat.in_line:
            return
        opens = chat.opens(now, chat.waiting[0].room)
        if opens <= now:
            chat.in_line, chat.due = True, None
            self._line.append(chat)
        elif chat.due is None or opens < chat.due:
            chat.due = opens
            heapq.heappush(self._later, (opens, next(self._numbers), chat))

    def _pump(self) -> None:
        """Let go whoever may; and be called again when the next one may."""
        now = time.monotonic()
        while self._later and self._later[0][0] <= now:
            due, _, chat = heapq.heappop(self._later)
            if chat.due == due:
                chat.due = None
                self._place(chat, now)
        opens = now
        while self._line:
            chat = self._line[0]
            room = chat.waiting[0].room if chat.waiting else 0
            may_go = bool(room) and chat.opens(now, room) <= now
            if may_go:
                opens = self._overall.opens(now, room, self._most(now))
                if opens > now:
                    break
            self._line.popleft()
            chat.in_line = False
            if may_go:
                waiter = chat.waiting.popleft()
                if not waiter.turn.done():
                    waiter.turn.set_result(self._grant(chat, room))
            self._place(chat, now)
        self._set_timer(opens if self._line else None, now)

    def _set_timer(self, opens: float | None, now: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._later and self._later[0][2].due != self._later[0][0]:
            heapq.heappop(self._later)
        times = [each for each in (opens, self._later[0][0] if self._later else None) if each is not None]
        if times:
            self._timer = asyncio.get_running_loop().call_later(max(0.0, min(times) - now), self._pump)

    # What failed.

    def _note_flood(self, call: _Call, permit: _Permit | None, error: RetryAfter) -> None:
        """Telegram asks to wait: with this chat, or with this method where no chat is named. Raises where that's long.

        Two chats within seconds, and it is most likely the bot as a whole that is too fast.
        """
        asked = error.retry_after
        seconds = asked if isinstance(asked, int) else asked.total_seconds()
        now = time.monotonic()
        until = now + seconds + random.uniform(0.05, _LONGEST_JITTER)  # noqa: S311 - no secret
        chat_id = call.chat_id
        if chat_id is None:
            self._stopped_endpoints[call.endpoint] = max(until, self._stopped_endpoints.get(call.endpoint, 0.0))
        else:
            chat = self._chat(chat_id)
            chat.stopped_until = max(until, chat.stopped_until)
            self._uncount(chat, permit)
            other, when = self._last_flood
            if other not in {None, chat_id} and now - when < _FLOODS_TOGETHER:
                self._slow_since = now
            self._last_flood = (chat_id, now)
        call.failed += 1
        if until > call.worth_until or self._is_closing:
            raise self._given_up(call, error)
        RETRIES.labels("flood").inc()

    async def _pause(self, call: _Call, permit: _Permit | None, error: NetworkError) -> None:
        """Wait before the next try, or raise `error` where there is none."""
        reason = _reason(error)
        chat_id = call.chat_id
        if reason != "body" and chat_id is not None and permit is not None:
            self._uncount(self._chat(chat_id), permit)  # most likely it never came into the chat
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * _PAUSE_GROWS ** min(call.failed, 16))
        pause *= random.uniform(0.6, 1.0)  # noqa: S311 - no secret
        call.failed += 1
        self._end(call, permit)
        if self._is_closing or time.monotonic() + pause > call.worth_until:
            raise self._given_up(call, error)
        RETRIES.labels(reason).inc()
        await asyncio.sleep(pause)

    def _uncount(self, chat: _Chat, permit: _Permit | None) -> None:
        """Let what did not come into the chat not count there; it was a call all the same, and counts in all."""
        if permit is not None:
            for window in chat.windows:
                window.remove(permit)

    def _given_up(self, call: _Call, error: TelegramError) -> TelegramError:
        number = call.handling.update_id if call.handling is not None else None
        kind = type(error).__name__
        seconds = time.monotonic() - call.begun
        log.warning(
            "update %s: %s is given up after %.0f s and %s tries: %s", number, call.endpoint, seconds, call.failed, kind
        )
        return error

    async def _move(self, call: _Call, new_id: int) -> None:
        old_id = call.chat_id
        call.data["chat_id"] = new_id
        if self.on_migrated is None or not isinstance(old_id, int):
            return
        try:
            await self.on_migrated(old_id, new_id)
        except Exception as error:
            log.error("what is kept of group %s could not be moved to %s: %s", old_id, new_id, type(error).__name__)


def _reason(error: NetworkError) -> str:
    if isinstance(error, ServerFaultError):
        return "server"
    return "body" if isinstance(error, BrokenAnswerError) else "network"


def _is_done(endpoint: str, error: BadRequest) -> bool:
    """Whether the refusal of a second try means that the first one, which brought no answer, was carried out."""
    meaning = meaning_of(error)
    if endpoint.startswith(_EDITING):
        return meaning is Refusal.NOT_MODIFIED
    return endpoint == "deleteMessage" and meaning is Refusal.MESSAGE_GONE
