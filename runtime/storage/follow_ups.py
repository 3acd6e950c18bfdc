"""Counts of which entry readers went on to after which, by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from runtime.storage.database import insert
from runtime.storage.records import FollowUp
from runtime.storage.tables import FOLLOW_UPS

_follow_up = FOLLOW_UPS.c


async def add(connection: AsyncConnection, new: Iterable[FollowUp], day: date) -> None:
    """Add to the counts of `day`; several of the same are summed."""
    sums: Counter[tuple[str, str]] = Counter()
    for each in new:
        sums[each.after_entry, each.entry_id] += each.number
    if not sums:
        return
    upsert = insert(connection, FOLLOW_UPS)
    upsert = upsert.on_conflict_do_update(
        index_elements=[_follow_up.after_entry, _follow_up.entry_id, _follow_up.day],
        set_={"number": _follow_up.number + upsert.excluded.number},
    )
    # In one order for everybody, so that two replicas never wait for each other's rows.
    await connection.execute(
        upsert,
        [
            {"after_entry": after, "entry_id": entry_id, "day": day, "number": number}
            for (after, entry_id), number in sorted(sums.items())
        ],
    )


async def since(connection: AsyncConnection, day: date) -> list[FollowUp]:
    """The counts from `day` on, the most frequent first."""
    number = func.sum(_follow_up.number).label("number")
    rows = await connection.execute(
        select(_follow_up.after_entry, _follow_up.entry_id, number)
        .where(_follow_up.day >= day)
        .group_by(_follow_up.after_entry, _follow_up.entry_id)
        .order_by(number.desc(), _follow_up.after_entry, _follow_up.entry_id)
    )
    return [FollowUp(after_entry=row.after_entry, entry_id=row.entry_id, number=int(row.number)) for row in rows]


async def forget_before(connection: AsyncConnection, day: date) -> int:
    """Remove the counts older than `day`; returns the number of rows."""
    return (await connection.execute(delete(FOLLOW_UPS).where(_follow_up.day < day))).rowcount
