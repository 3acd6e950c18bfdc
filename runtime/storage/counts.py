"""Counts of what became of messages, by chat, entry and day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from runtime.storage.database import insert
from runtime.storage.records import NO_CHAT, Count, What
from runtime.storage.tables import COUNTS

_NO_ENTRY = ""
_count = COUNTS.c


async def add(connection: AsyncConnection, counts: Iterable[Count]) -> None:
    """Add to the counts that are there; several for the same chat, day and entry are summed."""
    sums: Counter[tuple[int, date, str, str]] = Counter()
    for each in counts:
        sums[each.chat_id, each.day, each.what.value, each.entry_id or _NO_ENTRY] += each.number
    if not sums:
        return
    upsert = insert(connection, COUNTS)
    upsert = upsert.on_conflict_do_update(
        index_elements=[_count.chat_id, _count.day, _count.what, _count.entry_id],
        set_={"number": _count.number + upsert.excluded.number},
    )
    # In one order for everybody, so that two replicas never wait for each other's rows.
    await connection.execute(
        upsert,
        [
            {"chat_id": chat_id, "day": day, "what": what, "entry_id": entry_id, "number": number}
            for (chat_id, day, what, entry_id), number in sorted(sums.items())
        ],
    )


async def of_chat(connection: AsyncConnection, chat_id: int, since: date, until: date) -> list[Count]:
    rows = await connection.execute(
        select(COUNTS)
        .where(_count.chat_id == chat_id, _count.day.between(since, until))
        .order_by(_count.day, _count.what, _count.entry_id)
    )
    return [
        Count(chat_id=chat_id, entry_id=row.entry_id or None, what=What(row.what), day=row.day, number=row.number)
        for row in rows
    ]


async def of_all_chats(connection: AsyncConnection, since: date, until: date) -> list[Count]:
    number = func.sum(_count.number).label("number")
    rows = await connection.execute(
        select(_count.entry_id, _count.what, _count.day, number)
        .where(_count.day.between(since, until))
        .group_by(_count.day, _count.what, _count.entry_id)
        .order_by(_count.day, _count.what, _count.entry_id)
    )
    return [
        Count(chat_id=NO_CHAT, entry_id=row.entry_id or None, what=What(row.what), day=row.day, number=int(row.number))
        for row in rows
    ]


async def move(connection: AsyncConnection, old_id: int, new_id: int) -> None:
    """Add the counts of `old_id` to those of `new_id`."""
    rows = await connection.execute(
        select(COUNTS)
        .where(_count.chat_id == old_id)
        .order_by(_count.day, _count.what, _count.entry_id)
        .with_for_update()  # a second replica that moves the same chat finds nothing left to add
    )
    moved = [
        Count(chat_id=new_id, entry_id=row.entry_id or None, what=What(row.what), day=row.day, number=row.number)
        for row in rows
    ]
    await forget(connection, old_id)
    await add(connection, moved)


async def forget(connection: AsyncConnection, chat_id: int) -> int:
    """Remove all counts of a chat; returns the number of rows."""
    return (await connection.execute(delete(COUNTS).where(_count.chat_id == chat_id))).rowcount


async def forget_before(connection: AsyncConnection, day: date) -> int:
    """Remove the counts older than `day`; returns the number of rows."""
    return (await connection.execute(delete(COUNTS).where(_count.day < day))).rowcount
