"""Collecting updates by getUpdates, so that each is confirmed only when it has been handled.

Telegram forgets what lies below the offset of a call, and gives at most a hundred updates from there on. So the offset
is the oldest update that is unfinished, and what is in hand already is passed over when it comes again. Two things
would make that window stand still: an update that takes long, and more than a hundred that wait. Both are then kept by
us, sealed, and Telegram is told to forget them: so nobody waits for somebody else, an emergency behind a thousand
questions is seen at once, and still nothing is lost when the process is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError

from runtime.delivery.delivery import Delivery
from runtime.delivery.incoming import Incoming

log = logging.getLogger(__name__)

WINDOW = 100
"""How many updates Telegram gives at once."""

LONG_POLL = 30
"""Seconds that Telegram waits for an update."""

_MOMENTS = (0.03, 0.06, 0.1)
"""Seconds to wait for what is in hand before Telegram is asked again; then always the last."""

_LONG = 1.0
"""Seconds in hand after which an update is kept by us, so that Telegram need not be asked over and over."""

_MOST_IN_HAND = 20_000
"""Updates in memory; more are left with Telegram."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.3, 3.0
_CONFLICT_PAUSE = 5.0
_SAY_AGAIN = 60.0
_QUIET = 24 * 3600.0
"""Seconds. After a week without updates Telegram begins to number anew, perhaps lower: then no offset may be given."""

CONFLICT = (
    "another process collects this bot's updates with the same token: stop it, or give it a token of its own; trying "
    "again every few seconds"
)

GetUpdates = Callable[[dict[str, Any]], Awaitable[Any]]


class Poller:
    """`get_updates` makes one call with the given parameters and returns its raw result; it raises TelegramError."""

    def __init__(
        self, get_updates: GetUpdates, delivery: Delivery, allowed: Sequence[str], beat: Callable[[], None]
    ) -> None:
        self._get_updates = get_updates
        self._delivery = delivery
        self._allowed = list(allowed)
        self._beat = beat
        self._unfinished: dict[int, tuple[Incoming, float]] = {}
        self._finished: set[int] = set()
        self._given_back: set[int] = set()
        """Those that Telegram still has and has to send again: it must not be asked from beyond them."""
        self._next = 0
        self._may_be_more = False
        self._all_finished = asyncio.Event()
        self._fault = ""
        self._said = 0.0
        self._heard = time.monotonic()
        self._quiet = 0

    async def poll(self) -> None:
        """Collect for ever. Raises InvalidToken when Telegram refuses the token."""
        pause = _FIRST_PAUSE
        while True:
            try:
                found = await self._ask()
            except InvalidToken:
                raise
            except Conflict:
                self._say(CONFLICT)
                await asyncio.sleep(_CONFLICT_PAUSE)
            except RetryAfter as error:
                await asyncio.sleep(_seconds(error))
            except (NetworkError, TelegramError, ValueError) as error:
                self._say(f"no updates can be collected from Telegram ({type(error).__name__}); trying on")
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                pause = _FIRST_PAUSE
                self._recovered()
                await self._take(found)
            self._beat()  # also where Telegram is away: nothing hangs here, and a new start would not help

    async def confirm(self) -> None:
        """Tell Telegram what has been handled; for when the bot stops."""
        await self._get_updates({"offset": self._offset(), "limit": 1, "timeout": 0, "allowed_updates": self._allowed})

    def _offset(self) -> int:
        return min([self._next, *self._given_back, *self._unfinished])

    async def _ask(self) -> list[Any]:
        parameters: dict[str, Any] = {"limit": WINDOW, "allowed_updates": self._allowed}
        parameters["timeout"] = 0 if self._unfinished or self._may_be_more else LONG_POLL
        if self._unfinished or time.monotonic() - self._heard < _QUIET:
            parameters["offset"] = self._offset()
        else:
            self._next = 0  # lower numbers may come from now on, and go on
        found = await self._get_updates(parameters)
        if not isinstance(found, list):
            raise ValueError("a list of updates was expected")
        return found

    async def _take(self, found: list[Any]) -> None:
        """Take in hand what is new among `found`, then wait a moment for what is in hand."""
        self._may_be_more = len(found) >= WINDOW
        came, new = [], []
        for raw in found:
            try:
                incoming = Incoming.of(raw)
            except ValueError:
                log.error("Telegram sent something that is no update; it was passed over")
                continue
            came.append(incoming.update_id)
            if incoming.update_id not in self._unfinished and incoming.update_id not in self._finished:
                new.append(incoming)
        self._next = max([self._next, *(each + 1 for each in came)])
        first = min(came, default=self._next)
        self._given_back = {each for each in self._given_back if each >= first}  # Telegram has no others any more
        if new:
            self._heard = time.monotonic()
            self._delivery.lanes.catch_up(under_way=self._may_be_more)
            await self._take_in_hand(new)
        else:
            self._delivery.lanes.catch_up(under_way=False)
        if self._may_be_more:
            await self._hand_over(0.0)
            while self._delivery.lanes.backlog > _MOST_IN_HAND:
                await self._wait(_MOMENTS[-1])
        elif self._unfinished:
            self._quiet = 0 if new else self._quiet + 1
            await self._wait(_MOMENTS[min(self._quiet, len(_MOMENTS) - 1)])
            await self._hand_over(_LONG)
        elif found and not came:  # what has no number can't be confirmed, and would come again at once
            await asyncio.sleep(_MOMENTS[-1])
        self._finished = {each for each in self._finished if each >= self._offset()}

    async def _take_in_hand(self, new: list[Incoming]) -> None:
        now = time.monotonic()
        for incoming in new:
            self._unfinished[incoming.update_id] = incoming, now
            self._given_back.discard(incoming.update_id)
        try:
            futures = await self._delivery.take(new)
        except BaseException:  # broken off, most likely: nobody has them in hand
            for incoming in new:
                self._give_back(incoming.update_id)
            raise
        for incoming in new:
            future = futures.get(incoming.update_id)
            if future is None:  # in hand from before, and kept
                self._unfinished.pop(incoming.update_id, None)
                self._finished.add(incoming.update_id)
            else:
                future.add_done_callback(partial(self._end, incoming.update_id))

    def _end(self, update_id: int, done: asyncio.Future[bool]) -> None:
        if not done.result():
            self._give_back(update_id)
        elif self._unfinished.pop(update_id, None):
            self._finished.add(update_id)
        if not self._unfinished:
            self._all_finished.set()

    def _give_back(self, update_id: int) -> None:
        """Leave an update with Telegram, unless it was told to forget it."""
        if self._unfinished.pop(update_id, None):
            self._given_back.add(update_id)

    async def _hand_over(self, age: float) -> None:
        """Keep here what has been in hand for `age` seconds, and let Telegram forget it."""
        limit = time.monotonic() - age
        old = [incoming for incoming, since in self._unfinished.values() if since <= limit]
        if not old:
            return
        if not await self._delivery.keep([each.raw for each in old]):
            # Nothing is lost as long as the process lives; and an emergency must not wait behind the window.
            if len(self._unfinished) < WINDOW:
                return
            log.error("%s updates wait in memory alone", len(old))
        for each in old:
            if self._unfinished.pop(each.update_id, None):
                self._finished.add(each.update_id)

    async def _wait(self, seconds: float) -> None:
        """Until all is finished, and `seconds` at most."""
        self._all_finished.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._all_finished.wait()

    def _say(self, what: str) -> None:
        """One line when a trouble begins, and one a minute while it lasts."""
        now = time.monotonic()
        if what != self._fault or now - self._said >= _SAY_AGAIN:
            log.warning("%s", what)
            self._fault, self._said = what, now

    def _recovered(self) -> None:
        if self._fault:
            log.info("updates are collected again")
            self._fault = ""


def _seconds(error: RetryAfter) -> float:
    after = error.retry_after
    return float(after) if isinstance(after, int | float) else after.total_seconds()
