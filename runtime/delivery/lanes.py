"""Chats side by side, one chat in order; and whoever may be in danger before all.

Each chat is a lane: its updates are handled one after another. Many lanes are at work at once, so that a chat that
Telegram makes wait holds up nobody else. What a person in danger writes stands in no queue at all.

Deciding on a reply is work for the processor, done on the event loop: it is begun for one update at a time, and the
loop turned once in between, so that nothing urgent waits for more than one of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from runtime import metrics
from runtime.delivery.incoming import Incoming
from runtime.handling import Handling, begin
from runtime.tasks import Tasks

log = logging.getLogger(__name__)

MOST_AT_ONCE = 256
"""Updates being handled, most of them waiting for Telegram."""

PAUSES = (0.5, 2.0)
"""Seconds before the second and the third try to handle an update; there is no fourth."""

_LONGEST_CATCHING_UP = 2.0
"""Seconds for which answers wait while what has gathered at Telegram is fetched."""

_Lane = tuple[str, int]


@dataclass(eq=False, slots=True)
class Item:
    """An update in hand. `done` tells, when it is: True for handled (or let go), False for given back."""

    incoming: Incoming
    done: asyncio.Future[bool]
    arrived: float = field(default_factory=time.monotonic)


class Lanes:
    """What is in hand, from its arrival until it has been handled, let go or given back.

    `process` parses and handles one raw update; it may raise, and it may leave a fault in the current `Handling`.
    `hurries` tells whether an update may come from somebody in danger; it is asked only where there is a queue to
    overtake, and has to be quick. `finish` is awaited for each that is done with, before its chat goes on: the sooner
    after an answer that is noted, the fewer get two when the process is killed.
    """

    def __init__(
        self,
        process: Callable[[Incoming], Awaitable[None]],
        hurries: Callable[[Incoming], bool],
        finish: Callable[[Incoming], Awaitable[None]],
    ) -> None:
        self._process = process
        self._hurries = hurries
        self._finish = finish
        self._waiting: dict[_Lane, deque[Item]] = {}
        self._ready: deque[_Lane] = deque()
        self._busy: set[_Lane] = set()
        self._items: dict[Item, None] = {}
        self._tasks = Tasks()
        self._running = 0
        self._wake = asyncio.Event()
        self._caught_up = asyncio.Event()
        self._caught_up.set()
        self._stopping = False
        self._dispatching: asyncio.Task[None] | None = None

    @property
    def backlog(self) -> int:
        """Updates in hand."""
        return len(self._items)

    @property
    def oldest(self) -> float:
        """Seconds since the oldest update in hand arrived; 0 where there is none."""
        first = next(iter(self._items), None)
        return time.monotonic() - first.arrived if first else 0.0

    def start(self) -> None:
        """Begin to handle; needs the event loop to run."""
        self._dispatching = self._tasks.start("starting lanes", self._dispatch())

    def catch_up(self, *, under_way: bool) -> None:
        """Hold answers back a moment while more is being fetched, so that what is urgent among it is found first."""
        if under_way:
            self._caught_up.clear()
        else:
            self._caught_up.set()

    def put(self, incoming: Incoming) -> Item:
        """Take an update in hand."""
        item = Item(incoming, asyncio.get_running_loop().create_future())
        self._items[item] = None
        metrics.BACKLOG.set(len(self._items))
        if self._stopping:
            self._give_back(item)
            return item
        lane = self._lane_of(incoming)
        if self._would_wait(lane) and self._may_hurry(incoming):
            self._tasks.start(f"update {incoming.update_id}", self._work(item, None, hurried=True))
            return item
        queue = self._waiting.setdefault(lane, deque())
        queue.append(item)
        if len(queue) == 1 and lane not in self._busy:
            self._ready.append(lane)
            self._wake.set()
        return item

    async def stop(self, grace: float) -> None:
        """Give back what has not begun; let the rest end within `grace` seconds, or give it back as well."""
        self._stopping = True
        if self._dispatching:
            self._dispatching.cancel()
        for queue in self._waiting.values():
            while queue:
                self._give_back(queue.popleft())
        if self._items:
            await asyncio.wait([item.done for item in self._items], timeout=grace)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await self._tasks.stop()
        for item in list(self._items):
            self._give_back(item)

    async def _dispatch(self) -> None:
        while True:
            if not self._caught_up.is_set():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_LONGEST_CATCHING_UP):
                        await self._caught_up.wait()
                self._caught_up.set()
            if self._ready and self._running < MOST_AT_ONCE:
                lane = self._ready.popleft()
                item = self._waiting[lane].popleft()
                self._busy.add(lane)
                self._tasks.start(f"update {item.incoming.update_id}", self._work(item, lane))
                await asyncio.sleep(0)
            else:
                self._wake.clear()
                await self._wake.wait()

    async def _work(self, item: Item, lane: _Lane | None, *, hurried: bool = False) -> None:
        self._running += lane is not None
        try:
            done = await self._handle(item, hurried=hurried)
            if done:
                await self._finish(item.incoming)
            self._end(item, done=done)
        except asyncio.CancelledError:
            self._give_back(item)
            raise
        finally:
            self._running -= lane is not None
            if lane is not None:
                self._free(lane)

    async def _handle(self, item: Item, *, hurried: bool) -> bool:
        """Try to handle an update, up to three times; whether it is done with."""
        incoming = item.incoming
        pauses = (*PAUSES, None)
        for pause in pauses:
            handling = Handling(
                incoming.update_id, incoming.kind, incoming.chat_id, hurried, is_last=pause is None, begun=item.arrived
            )
            begin(handling)
            try:
                await self._process(incoming)
            except RefusedError:
                return False
            except asyncio.CancelledError:  # by a stop
                if not handling.sent:
                    raise
                return True  # given back, it would be answered twice
            except Exception as fault:  # whatever it is, the others are served
                handling.fault = fault
            if handling.fault is None:
                _note(handling)
                return True
            if handling.sent or pause is None:
                break
            await asyncio.sleep(pause)
        # The kind of error only: what it says may quote what a person wrote.
        log.error("update %s (%s) was let go: %s", incoming.update_id, incoming.kind, type(handling.fault).__name__)
        metrics.UPDATES.labels(incoming.kind, "let_go").inc()
        return True

    def _would_wait(self, lane: _Lane) -> bool:
        """Whether an update that comes now is not begun at once."""
        is_full = self._running >= MOST_AT_ONCE
        return lane in self._busy or bool(self._ready) or is_full or not self._caught_up.is_set()

    def _may_hurry(self, incoming: Incoming) -> bool:
        try:
            return self._hurries(incoming)
        except Exception as fault:  # it has its three tries like any other, and those that came with it their own
            log.error("update %s could not be looked at: %s", incoming.update_id, type(fault).__name__)
            return False

    def _free(self, lane: _Lane) -> None:
        self._busy.discard(lane)
        if self._waiting.get(lane):
            self._ready.append(lane)
        else:
            self._waiting.pop(lane, None)
        self._wake.set()

    def _end(self, item: Item, *, done: bool) -> None:
        self._items.pop(item, None)
        metrics.BACKLOG.set(len(self._items))
        if not item.done.done():
            item.done.set_result(done)

    def _give_back(self, item: Item) -> None:
        self._end(item, done=False)

    @staticmethod
    def _lane_of(incoming: Incoming) -> _Lane:
        if incoming.chat_id is None:
            return "update", incoming.update_id
        return "chat", incoming.chat_id


class RefusedError(Exception):
    """Telegram refuses the token: nothing can be handled now, and what was in hand stays with Telegram."""


def _note(handling: Handling) -> None:
    """Count an update that was handled; a reply gets its line in the log, with ids and times and no word of anybody."""
    seconds = time.monotonic() - handling.begun
    metrics.UPDATES.labels(handling.kind, "handled").inc()
    if not handling.reply:
        return
    metrics.REPLIES.labels(handling.reply).inc()
    if not handling.sent:  # it kept silent
        return
    metrics.REPLYING.observe(seconds)
    about = "".join(f" {each}" for each in handling.entries)
    log.info("update %s (%s): %s%s, %.0f ms", handling.update_id, handling.kind, handling.reply, about, 1000 * seconds)
