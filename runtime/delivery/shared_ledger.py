"""The ledger of any number of replicas on one PostgreSQL: each update is handled by one, by another if that dies."""

# ruff: noqa: S608  (constants of this module alone are put into statements; all else goes along as a parameter)

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Awaitable, Callable, Collection, Mapping
from itertools import islice
from typing import Any

from runtime.delivery.ledger import KEPT_SECONDS, Standing
from runtime.storage.errors import StorageError
from runtime.storage.quick_line import QuickLine
from runtime.tasks import Tasks

ALIVE_SECONDS = 5.0
"""A replica that has not been seen for so long, by the server's clock, is dead, and its updates are anybody's."""

_SEEN_EVERY = 1.5
"""Seconds."""

_REMOVED_AT_ONCE = 1000
_WRITTEN_AT_ONCE = 1000
_TAKEN_AT_ONCE = 200
"""Rows of one statement: it has to be done within `QuickLine`'s patience, or it would be for nothing, ever again."""

# Nobody is declared dead in the seconds after an outage of the database, when none could be seen: that takes a replica
# which has itself been seen without a gap for as long.
_DEAD = f"""(
    {{replica}} <> $1
    AND NOT EXISTS (
        SELECT FROM replicas AS r
        WHERE r.id = {{replica}} AND r.seen_at > now() - interval '{ALIVE_SECONDS} s'
    )
    AND ({{replica}} = '' OR EXISTS (
        SELECT FROM replicas AS r WHERE r.id = $1 AND r.since < now() - interval '{ALIVE_SECONDS} s'
    )))"""

_SEEN = f"""
WITH seen AS (
    INSERT INTO replicas AS r (id, seen_at, since) VALUES ($1, now(), now())
    ON CONFLICT (id) DO UPDATE SET
        since = CASE WHEN r.seen_at < now() - interval '{ALIVE_SECONDS} s' THEN now() ELSE r.since END,
        seen_at = now()
)
SELECT 1 + count(*) AS alive FROM replicas WHERE id <> $1 AND seen_at > now() - interval '{ALIVE_SECONDS} s'"""

_CLAIM = f"""
WITH asked AS (SELECT unnest($2::bigint[]) AS update_id),
ours AS (
    INSERT INTO updates AS u (update_id, replica, claimed_at)
    SELECT update_id, $1, now() FROM asked ORDER BY update_id
    ON CONFLICT (update_id) DO UPDATE SET replica = $1, claimed_at = now()
    WHERE u.replica = $1 OR {_DEAD.format(replica="u.replica")}
    RETURNING update_id
)
SELECT asked.update_id, ours.update_id IS NOT NULL AS ours, u.update_id IS NOT NULL AND u.replica IS NULL AS done
FROM asked LEFT JOIN ours USING (update_id) LEFT JOIN updates AS u USING (update_id)"""

_FINISH = """
INSERT INTO updates (update_id, replica, claimed_at) SELECT unnest($1::bigint[]) AS update_id, NULL, now() ORDER BY 1
ON CONFLICT (update_id) DO UPDATE SET replica = NULL, sealed = NULL"""

_GIVE_BACK = """
WITH kept AS (
    UPDATE updates SET replica = '' WHERE replica = $1 AND update_id = ANY($2::bigint[]) AND sealed IS NOT NULL
)
DELETE FROM updates WHERE replica = $1 AND update_id = ANY($2::bigint[]) AND sealed IS NULL"""

_KEEP = """
WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true))
INSERT INTO updates (update_id, replica, claimed_at, sealed)
SELECT it.update_id, $1, now(), it.sealed
FROM unnest($2::bigint[], $3::bytea[]) AS it (update_id, sealed) CROSS JOIN durable ORDER BY 1
ON CONFLICT (update_id) DO UPDATE SET sealed = excluded.sealed WHERE updates.replica IS NOT NULL"""

_TAKE_KEPT = f"""
UPDATE updates SET replica = $1, claimed_at = now() WHERE update_id IN (
    SELECT update_id FROM updates AS u
    WHERE u.replica IS NOT NULL AND u.sealed IS NOT NULL AND {_DEAD.format(replica="u.replica")}
    ORDER BY update_id LIMIT {_TAKEN_AT_ONCE} FOR UPDATE SKIP LOCKED)
RETURNING update_id, sealed"""

_TIDY = f"""
DELETE FROM updates WHERE update_id IN (
    SELECT update_id FROM updates WHERE claimed_at < now() - interval '{KEPT_SECONDS} s'
    LIMIT {_REMOVED_AT_ONCE} FOR UPDATE SKIP LOCKED)"""

_TIDY_REPLICAS = "DELETE FROM replicas WHERE seen_at < now() - interval '1 hour'"

_LEAVE = """
WITH kept AS (UPDATE updates SET replica = '' WHERE replica = $1 AND sealed IS NOT NULL),
open AS (DELETE FROM updates WHERE replica = $1 AND sealed IS NULL)
DELETE FROM replicas WHERE id = $1"""


class SharedLedger:
    """A ledger in PostgreSQL; `open` makes one. See `Ledger` for what each method promises.

    An update that this process has in hand is OURS again: it knows best itself what it is doing.
    """

    is_shared = True

    def __init__(self, url: str) -> None:
        self._id = uuid.uuid4().hex
        self._alive = 1
        self._line = QuickLine(url, "the ledger of updates", self._greet)
        self._tasks = Tasks()
        self._claims = _Crowd(self._claim_now)
        self._ends = _Crowd(self._finish_now)
        self._keeps = _Crowd(self._keep_now)
        self._to_keep: dict[int, bytes] = {}
        self._unwritten: set[int] = set()
        self._given_back: set[int] = set()

    @classmethod
    async def open(cls, url: str) -> SharedLedger:
        """The ledger in the database at `url` (postgresql://…), whose tables `open_storage` has made.

        Raises StorageError.
        """
        ledger = cls(url)
        await ledger._line.open()
        ledger._tasks.start("telling other replicas of this one", ledger._stay_alive())
        return ledger

    def replicas(self) -> int:
        """How many replicas are alive, this one included, as of a second or two ago."""
        return self._alive

    async def claim(self, update_ids: Collection[int]) -> Mapping[int, Standing]:
        self._given_back.difference_update(update_ids)
        return await self._claims.ask(update_ids)

    async def finish(self, update_id: int) -> None:
        await self._ends.ask((update_id,))

    async def give_back(self, update_ids: Collection[int]) -> None:
        self._given_back |= set(update_ids)
        with contextlib.suppress(StorageError):
            await self._write_what_waits()

    async def keep(self, sealed: Mapping[int, bytes]) -> bool:
        self._to_keep.update(sealed)
        return all((await self._keeps.ask(sealed)).values())

    async def take_kept(self) -> Mapping[int, bytes]:
        taken: dict[int, bytes] = {}
        with contextlib.suppress(StorageError):
            while rows := await self._line.fetch(_TAKE_KEPT, self._id):
                taken.update((row["update_id"], bytes(row["sealed"])) for row in rows)
        return dict(sorted(taken.items()))

    async def close(self) -> None:
        await self._tasks.stop()
        with contextlib.suppress(StorageError):
            await self._write_what_waits()
            await self._line.fetch(_LEAVE, self._id)
        await self._line.close()

    async def _claim_now(self, update_ids: list[int]) -> dict[int, Standing]:
        try:
            rows = await self._line.fetch(_CLAIM, self._id, update_ids)
            found = {row["update_id"]: _standing(row) for row in rows}
        except StorageError:
            found = dict.fromkeys(update_ids, Standing.OURS)
        return found | dict.fromkeys(self._unwritten.intersection(update_ids), Standing.DONE)

    async def _finish_now(self, update_ids: list[int]) -> dict[int, None]:
        self._unwritten |= set(update_ids)
        with contextlib.suppress(StorageError):
            await self._write_what_waits()
        return dict.fromkeys(update_ids)

    async def _keep_now(self, update_ids: list[int]) -> dict[int, bool]:
        """All in one statement: each waits for the disk, and claims, of an emergency perhaps, wait for their turn."""
        sealed = {each: self._to_keep.pop(each) for each in update_ids if each in self._to_keep}
        try:
            await self._line.fetch(_KEEP, self._id, list(sealed), list(sealed.values()))
        except StorageError:
            return dict.fromkeys(update_ids, False)
        return dict.fromkeys(update_ids, True)

    async def _write_what_waits(self) -> None:
        """Write which updates are done and which given back; what can't be written waits for the next time."""
        while self._unwritten:
            done = list(islice(self._unwritten, _WRITTEN_AT_ONCE))
            await self._line.fetch(_FINISH, done)
            self._unwritten.difference_update(done)
        while self._given_back:
            given_back = list(islice(self._given_back, _WRITTEN_AT_ONCE))
            await self._line.fetch(_GIVE_BACK, self._id, given_back)
            self._given_back.difference_update(given_back)

    async def _greet(self, connection: Any) -> None:
        """Be seen before anything else is asked over a new connection."""
        self._alive = (await connection.fetchrow(_SEEN, self._id))["alive"]

    async def _stay_alive(self) -> None:
        while True:
            with contextlib.suppress(StorageError):
                self._alive = (await self._line.fetch(_SEEN, self._id))[0]["alive"]
                await self._write_what_waits()
                await self._line.fetch(_TIDY)
                await self._line.fetch(_TIDY_REPLICAS)
            await asyncio.sleep(_SEEN_EVERY)


def _standing(row: Any) -> Standing:
    if row["ours"]:
        return Standing.OURS
    return Standing.DONE if row["done"] else Standing.ELSEWHERE


class _Crowd:
    """Asks for many at once: one statement at a time, with all that has gathered while the last one ran."""

    def __init__(self, ask: Callable[[list[int]], Awaitable[dict[int, Any]]]) -> None:
        self._ask = ask
        self._waiting: list[tuple[Collection[int], asyncio.Future[Mapping[int, Any]]]] = []
        self._tasks = Tasks()
        self._is_asking = False

    async def ask(self, update_ids: Collection[int]) -> Mapping[int, Any]:
        answer: asyncio.Future[Mapping[int, Any]] = asyncio.get_running_loop().create_future()
        self._waiting.append((update_ids, answer))
        if not self._is_asking:
            self._is_asking = True
            self._tasks.start("asking for all that has gathered", self._ask_for_all())
        return await answer

    async def _ask_for_all(self) -> None:
        try:
            while self._waiting:
                taken, self._waiting = self._waiting, []
                found = await self._ask(list({each for update_ids, _ in taken for each in update_ids}))
                for update_ids, answer in taken:
                    if not answer.done():
                        answer.set_result({each: found[each] for each in update_ids})
        finally:
            self._is_asking = False
