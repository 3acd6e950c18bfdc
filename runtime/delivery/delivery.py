"""An update's way from Telegram to its confirmation, whichever way it came.

Handled once: what has been handled before is known from the ledger, what is in hand already is waited for. Confirmed
only when it has been handled, or when there is no use in trying again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any

from runtime import metrics
from runtime.delivery.incoming import Incoming
from runtime.delivery.lanes import Lanes
from runtime.delivery.ledger import Ledger, Standing
from runtime.delivery.seal import Seal
from runtime.tasks import Tasks

log = logging.getLogger(__name__)

MOST_AWAITED = 50
"""Updates in hand for which Telegram may wait: it delivers a hundred at once, and no emergency must come after them.

What is more is kept by us instead, sealed, and confirmed at once.
"""

_POURING, _LONGEST_POURING = 0.05, 2.0
"""Seconds after such an update for which no other answer is begun, as more may come; and for how long at most.

An emergency behind a thousand questions is found as soon as it arrives, and every answer begun before delays that.
"""

_ASK_AGAIN = 0.3
"""Seconds until the ledger is asked again about an update that another process has in hand."""


class Delivery:
    """Takes updates in hand, each once, and tells when it may be confirmed."""

    def __init__(
        self,
        process: Callable[[Incoming], Awaitable[None]],
        hurries: Callable[[Incoming], bool],
        ledger: Ledger,
        make_seal: Callable[[], Seal],
        beat: Callable[[], None],
    ) -> None:
        """`process` and `hurries`: see `Lanes`. `beat` is called for each update that ends.

        A seal is made only where something has to be kept: what it is made with takes time and memory to load.
        """
        self.lanes = Lanes(process, hurries, self._finish)
        self._ledger = ledger
        self._make_seal = make_seal
        self._seal: Seal | None = None
        self._beat = beat
        self._in_hand: dict[int, asyncio.Future[bool]] = {}
        self._given_back: set[int] = set()
        self._claiming = Tasks()
        self._poured_since: float | None = None
        self._caught_up: asyncio.TimerHandle | None = None

    async def deliver(self, raw: Any) -> bool:
        """Handle an update that waits for a yes or no: whether it may be confirmed.

        Raises ValueError for what is no update. Somebody who stops waiting stops nothing.
        """
        incoming = Incoming.of(raw)
        found = self._in_hand.get(incoming.update_id)
        if found is None:
            found = self._take(incoming)
            self._claiming.start(f"claiming update {incoming.update_id}", self._claim_one(incoming, found))
        return await asyncio.shield(found)

    async def take(self, updates: Iterable[Incoming]) -> dict[int, asyncio.Future[bool]]:
        """Take in hand those of `updates` that nobody has handled; what each will end with, by its id."""
        new = {each.update_id: each for each in updates if each.update_id not in self._in_hand}
        if not new:
            return {}
        futures = {update_id: self._take(incoming) for update_id, incoming in new.items()}
        try:
            standings = await self._ledger.claim(list(new))
        except BaseException:
            for update_id, incoming in new.items():
                self._end(incoming, futures[update_id], done=False)
            raise
        for update_id, incoming in new.items():
            if standings.get(update_id) is Standing.DONE:
                self._end_seen(incoming, futures[update_id])
            else:
                self._put(incoming, futures[update_id])
        return futures

    async def keep(self, raws: Iterable[dict[str, Any]]) -> bool:
        """Keep updates that are in hand, sealed, so that Telegram can be told to forget them; whether that worked."""
        seal = self._get_seal()
        return await self._ledger.keep({raw["update_id"]: seal.close(raw) for raw in raws})

    async def take_kept(self) -> int:
        """Take in hand what Telegram was told to forget and nobody finished; the number.

        That is, what an earlier process has left, and what this one gave back while Telegram refused its token.
        """
        await self._let_others()
        found = await self._ledger.take_kept()
        kept = {update_id: sealed for update_id, sealed in found.items() if update_id not in self._in_hand}
        for update_id, sealed in kept.items():
            try:
                incoming = Incoming.of(self._get_seal().open(sealed))
            except ValueError as error:
                log.error("update %s waited here and can't be read any more (%s)", update_id, error)
                await self._ledger.finish(update_id)
                continue
            self._put(incoming, self._take(incoming))
        if kept:
            log.info("%s updates waited here from before", len(kept))
        return len(kept)

    async def stop(self, grace: float) -> None:
        """Finish what can be finished within `grace` seconds, and give back the rest."""
        await self._claiming.stop()
        await self.lanes.stop(grace)
        left = [update_id for update_id, future in self._in_hand.items() if not future.done()]
        for update_id in left:
            self._in_hand.pop(update_id).set_result(False)
        await asyncio.sleep(0)
        self._given_back.update(left)
        await self._let_others()

    def _take(self, incoming: Incoming) -> asyncio.Future[bool]:
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._in_hand[incoming.update_id] = future
        return future

    async def _claim_one(self, incoming: Incoming, future: asyncio.Future[bool]) -> None:
        while True:
            standing = (await self._ledger.claim([incoming.update_id])).get(incoming.update_id, Standing.OURS)
            if standing is not Standing.ELSEWHERE:
                break
            await asyncio.sleep(_ASK_AGAIN)
        if standing is Standing.DONE:
            self._end_seen(incoming, future)
        else:
            self._put(incoming, future)
            if self.lanes.backlog <= MOST_AWAITED:
                self._poured_since = None
                return
            self._await_more()
            if await self.keep([incoming.raw]) and not future.done():
                future.set_result(True)

    def _await_more(self) -> None:
        """Let what pours in be looked at first, but not for ever: somebody may keep it pouring."""
        loop = asyncio.get_running_loop()
        if self._poured_since is None:
            self._poured_since = loop.time()
        if loop.time() - self._poured_since > _LONGEST_POURING:
            return
        self.lanes.catch_up(under_way=True)
        if self._caught_up is not None:
            self._caught_up.cancel()
        self._caught_up = loop.call_later(_POURING, partial(self.lanes.catch_up, under_way=False))

    def _put(self, incoming: Incoming, future: asyncio.Future[bool]) -> None:
        item = self.lanes.put(incoming)
        item.done.add_done_callback(lambda done: self._end(incoming, future, done=done.result()))

    async def _let_others(self) -> None:
        """Give up the claims to what was given back, unless it came again in the meantime."""
        given_back, self._given_back = self._given_back.difference(self._in_hand), set()
        if given_back:
            await self._ledger.give_back(given_back)

    async def _finish(self, incoming: Incoming) -> None:
        await self._ledger.finish(incoming.update_id)

    def _end_seen(self, incoming: Incoming, future: asyncio.Future[bool]) -> None:
        metrics.UPDATES.labels(incoming.kind, "seen").inc()
        self._end(incoming, future, done=True)

    def _end(self, incoming: Incoming, future: asyncio.Future[bool], *, done: bool) -> None:
        self._beat()
        self._in_hand.pop(incoming.update_id, None)
        if not done:
            self._given_back.add(incoming.update_id)
        if not future.done():
            future.set_result(done)

    def _get_seal(self) -> Seal:
        if self._seal is None:
            self._seal = self._make_seal()
        return self._seal
