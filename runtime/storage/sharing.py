"""What replicas on one PostgreSQL decide together: whether it is too soon, and when a group's next message may go.

Where the database can't tell within a quarter of a second, the caller's own memory has to do.
"""

# ruff: noqa: S608  (constants of this module alone are put into statements; all else goes along as a parameter)

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime

from runtime.storage.errors import StorageError
from runtime.storage.quick_line import QuickLine
from runtime.tasks import Tasks

MESSAGES_A_MINUTE = 20
"""What Telegram takes for one group in any 60 seconds."""

_TIDY_EVERY = 30.0
"""Seconds."""

_RESERVE = """
WITH wanted AS (SELECT unnest($2::bytea[]) AS key, unnest($3::float8[]) AS pause),
busy AS (
    SELECT 1 FROM moments AS m JOIN wanted AS w USING (key)
    WHERE m.chat_id = $1 AND m.at > now() - w.pause * interval '1 s' AND (m.update_id = $4) IS NOT TRUE
),
taken AS (
    INSERT INTO moments AS m (chat_id, key, at, update_id, kept_until)
    SELECT $1, key, now(), $4, now() + $5 * interval '1 s' FROM wanted WHERE NOT EXISTS (SELECT FROM busy) ORDER BY key
    ON CONFLICT (chat_id, key) DO UPDATE
    SET at = excluded.at, update_id = excluded.update_id, kept_until = greatest(m.kept_until, excluded.kept_until)
    WHERE m.update_id = $4
        OR m.at <= now() - (SELECT w.pause FROM wanted AS w WHERE w.key = m.key) * interval '1 s'
    RETURNING 1
)
SELECT count(*) = cardinality($2) AS taken FROM taken"""

_NOTE = """
INSERT INTO moments AS m (chat_id, key, at, kept_until) VALUES ($1, $2, now(), now() + $3 * interval '1 s')
ON CONFLICT (chat_id, key) DO UPDATE
SET at = now(), update_id = NULL, kept_until = greatest(m.kept_until, excluded.kept_until)"""

_TURN = f"""
INSERT INTO turns AS t (chat_id, times) VALUES ($1, ARRAY[clock_timestamp()])
ON CONFLICT (chat_id) DO UPDATE SET times =
    CASE WHEN cardinality(t.times) < {MESSAGES_A_MINUTE} THEN t.times || clock_timestamp()
    ELSE t.times[2:] || greatest(clock_timestamp(), t.times[1] + interval '60 s') END
RETURNING extract(epoch FROM times[cardinality(times)] - clock_timestamp())::float8 AS seconds"""

_SECRET = """
INSERT INTO vote_secrets (day, secret) VALUES ($1, $2)
ON CONFLICT (day) DO UPDATE SET day = excluded.day RETURNING secret"""

_TIDY = (
    "DELETE FROM moments WHERE kept_until < now()",
    "DELETE FROM turns WHERE times[cardinality(times)] < now() - interval '60 s'",
)


class Sharing:
    """The part of storage that is quick and may fail; `Storage` stands before it."""

    def __init__(self, url: str) -> None:
        self._line = QuickLine(url, "the pace of speaking in groups")
        self._tasks = Tasks()
        self._secret: tuple[date, bytes] | None = None

    async def open(self) -> None:
        """Connect. Raises StorageError."""
        await self._line.open()
        await self._draw_secret()
        self._tasks.start("tidying up what replicas share", self._tidy())

    async def close(self) -> None:
        await self._tasks.stop()
        await self._line.close()

    def key_of(self, what: str) -> bytes | None:
        """What stands for `what`, which concerns a person: a hash whose secret is drawn anew each day, and deleted.

        None while the secret is not known.
        """
        return self._secret and hashlib.blake2b(what.encode(), key=self._secret[1], digest_size=16).digest()

    async def reserve(
        self, chat_id: int, pauses: Mapping[bytes, float], kept: float, update_id: int | None
    ) -> bool | None:
        """Note that all of `pauses` happen now, if each is that many seconds ago; None where nobody can tell.

        The same update may reserve again: it is then tried once more. `kept` is for how many seconds it is known.
        """
        try:
            keys, seconds = list(pauses), list(pauses.values())
            rows = await self._line.fetch(_RESERVE, chat_id, keys, seconds, update_id, kept)
        except StorageError:
            return None
        return bool(rows[0]["taken"])

    def note(self, chat_id: int, key: bytes, kept: float) -> None:
        """Note in the background that it happens now; lost where the database is away."""
        self._tasks.start("noting what a group has seen", self._note(chat_id, key, kept))

    async def turn(self, chat_id: int) -> float | None:
        """Seconds until the next message to a group may go; the turn is taken. None where nobody can tell."""
        try:
            rows = await self._line.fetch(_TURN, chat_id)
        except StorageError:
            return None
        return max(0.0, float(rows[0]["seconds"]))

    async def _note(self, chat_id: int, key: bytes, kept: float) -> None:
        try:
            await self._line.fetch(_NOTE, chat_id, key, kept)
        except StorageError:
            return

    async def _draw_secret(self) -> None:
        today = datetime.now(UTC).date()
        if self._secret is None or self._secret[0] != today:
            rows = await self._line.fetch(_SECRET, today, secrets.token_bytes(32))
            self._secret = today, bytes(rows[0]["secret"])

    async def _tidy(self) -> None:
        while True:
            await asyncio.sleep(_TIDY_EVERY)
            try:
                await self._draw_secret()
                for statement in _TIDY:
                    await self._line.fetch(statement)
            except StorageError:
                continue
