"""Votes on answers: counted by entry and day, with nothing that says who voted.

That a reader votes once is told by a keyed hash (BLAKE2b, RFC 7693, section 2.9) of who pressed under which message.
Its secret is drawn anew for each day; once the secret is deleted, nobody can tell whose the keys were, and the keys are
deleted with it.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import date
from typing import NamedTuple

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from runtime.storage.database import insert
from runtime.storage.records import Feedback, Reason, ReasonCount
from runtime.storage.tables import FEEDBACK, REASONS, VOTE_SECRETS, VOTES

_SECRET_BYTES = 32
_KEY_BYTES = 16

_vote, _secret, _feedback, _reason = VOTES.c, VOTE_SECRETS.c, FEEDBACK.c, REASONS.c


class _Given(NamedTuple):
    """A vote, and why it was one against; None where that was not said."""

    helpful: bool
    reason: str | None


async def secret_of(connection: AsyncConnection, day: date) -> bytes | None:
    return await connection.scalar(select(_secret.secret).where(_secret.day == day))


async def draw_secret(connection: AsyncConnection, day: date) -> bytes:
    """The secret of `day`, drawn now unless another replica has just done so."""
    drawn = secrets.token_bytes(_SECRET_BYTES)
    await connection.execute(insert(connection, VOTE_SECRETS).values(day=day, secret=drawn).on_conflict_do_nothing())
    return await secret_of(connection, day) or drawn


def voter_key(secret: bytes, user_id: int, chat_id: int, message_id: int) -> bytes:
    """The key, 16 bytes, of a reader's vote on one message."""
    who = f"{user_id} {chat_id} {message_id}".encode()
    return hashlib.blake2b(who, key=secret, digest_size=_KEY_BYTES).digest()


async def vote(connection: AsyncConnection, entry_id: str, day: date, key: bytes, *, helpful: bool) -> bool:
    """Count a vote; returns whether it changed anything."""
    if not await _is_open(connection, day):
        return False
    first = await connection.execute(
        insert(connection, VOTES)
        .values(voter_key=key, entry_id=entry_id, day=day, helpful=helpful)
        .on_conflict_do_nothing()
    )
    if first.rowcount:
        await _add(connection, entry_id, day, helpful=int(helpful), unhelpful=int(not helpful))
        return True
    given = await _given(connection, entry_id, day, key)
    if given is None or given.helpful == helpful:
        return False
    changed = update(VOTES).where(_vote.voter_key == key, _vote.entry_id == entry_id, _vote.day == day)
    await connection.execute(changed.values(helpful=helpful, reason=None))
    turn = 1 if helpful else -1
    await _add(connection, entry_id, day, helpful=turn, unhelpful=-turn)
    if given.reason is not None:
        await _add_reason(connection, entry_id, day, given.reason, -1)
    return True


async def say_why(connection: AsyncConnection, entry_id: str, day: date, key: bytes, reason: Reason) -> bool:
    """Count why a reader who found the answer unhelpful did so; returns whether it changed anything."""
    if not await _is_open(connection, day):
        return False
    given = await _given(connection, entry_id, day, key)
    if given is None or given.helpful or given.reason == reason:
        return False
    changed = update(VOTES).where(_vote.voter_key == key, _vote.entry_id == entry_id, _vote.day == day)
    await connection.execute(changed.values(reason=reason.value))
    if given.reason is not None:
        await _add_reason(connection, entry_id, day, given.reason, -1)
    await _add_reason(connection, entry_id, day, reason.value, 1)
    return True


async def _given(connection: AsyncConnection, entry_id: str, day: date, key: bytes) -> _Given | None:
    """The vote that a reader has given; it stays so until the transaction ends."""
    found = await connection.execute(
        select(_vote.helpful, _vote.reason)
        .where(_vote.voter_key == key, _vote.entry_id == entry_id, _vote.day == day)
        .with_for_update()
    )
    row = found.one_or_none()
    return None if row is None else _Given(row.helpful, row.reason)


async def _is_open(connection: AsyncConnection, day: date) -> bool:
    """Whether the secret of `day` is still there; it stays until the transaction ends."""
    found = await connection.scalar(
        select(_secret.day).where(_secret.day == day).with_for_update(read=True, key_share=True)
    )
    return found is not None


async def _add(connection: AsyncConnection, entry_id: str, day: date, *, helpful: int, unhelpful: int) -> None:
    upsert = insert(connection, FEEDBACK).values(entry_id=entry_id, day=day, helpful=helpful, unhelpful=unhelpful)
    await connection.execute(
        upsert.on_conflict_do_update(
            index_elements=[_feedback.entry_id, _feedback.day],
            set_={"helpful": _feedback.helpful + helpful, "unhelpful": _feedback.unhelpful + unhelpful},
        )
    )


async def _add_reason(connection: AsyncConnection, entry_id: str, day: date, reason: str, number: int) -> None:
    upsert = insert(connection, REASONS).values(entry_id=entry_id, day=day, reason=reason, number=number)
    await connection.execute(
        upsert.on_conflict_do_update(
            index_elements=[_reason.entry_id, _reason.day, _reason.reason], set_={"number": _reason.number + number}
        )
    )


async def reasons(connection: AsyncConnection, since: date) -> list[ReasonCount]:
    """Why answers were no help, from `since` on, by entry; the most frequent reason of each first."""
    number = func.sum(_reason.number).label("number")
    rows = await connection.execute(
        select(_reason.entry_id, _reason.reason, number)
        .where(_reason.day >= since)
        .group_by(_reason.entry_id, _reason.reason)
        .having(func.sum(_reason.number) > 0)
        .order_by(_reason.entry_id, number.desc(), _reason.reason)
    )
    return [ReasonCount(entry_id=row.entry_id, reason=Reason(row.reason), number=int(row.number)) for row in rows]


async def by_entry(connection: AsyncConnection, since: date) -> list[Feedback]:
    """The votes from `since` on, entries with the largest share of unhelpful ones first, then with the most."""
    helpful, unhelpful = func.sum(_feedback.helpful), func.sum(_feedback.unhelpful)
    rows = await connection.execute(
        select(_feedback.entry_id, helpful.label("helpful"), unhelpful.label("unhelpful"))
        .where(_feedback.day >= since)
        .group_by(_feedback.entry_id)
        .having(helpful + unhelpful > 0)
    )
    found = [Feedback(entry_id=row.entry_id, helpful=int(row.helpful), unhelpful=int(row.unhelpful)) for row in rows]
    return sorted(
        found, key=lambda each: (-each.unhelpful / (each.helpful + each.unhelpful), -each.unhelpful, each.entry_id)
    )


async def forget_votes_before(connection: AsyncConnection, day: date) -> int:
    """Delete the secrets older than `day`, and their votes with them; returns the number of votes."""
    number = await connection.scalar(select(func.count()).select_from(VOTES).where(_vote.day < day))
    await connection.execute(delete(VOTE_SECRETS).where(_secret.day < day))
    return number or 0


async def forget_counts_before(connection: AsyncConnection, day: date) -> int:
    """Delete the counted votes and reasons older than `day`; returns the number of rows."""
    votes = (await connection.execute(delete(FEEDBACK).where(_feedback.day < day))).rowcount
    return votes + (await connection.execute(delete(REASONS).where(_reason.day < day))).rowcount
