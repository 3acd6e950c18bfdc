"""Questions that their authors sent to the editors: the text and the day, and nothing that says whose they are."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from runtime.storage.database import insert
from runtime.storage.records import EditorsQuestion
from runtime.storage.tables import EDITORS_QUESTIONS

_question = EDITORS_QUESTIONS.c


async def add(connection: AsyncConnection, key: str, question: EditorsQuestion) -> bool:
    """Keep a question once for each `key`; returns whether it is new."""
    done = await connection.execute(
        insert(connection, EDITORS_QUESTIONS)
        .values(id=key, day=question.day, text=question.text, entry_id=question.entry_id)
        .on_conflict_do_nothing()
    )
    return bool(done.rowcount)


async def since(connection: AsyncConnection, day: date) -> list[EditorsQuestion]:
    """The questions from `day` on, the newest last; those of one day in no order that tells when they came."""
    rows = await connection.execute(
        select(EDITORS_QUESTIONS).where(_question.day >= day).order_by(_question.day, _question.id)
    )
    return [EditorsQuestion(day=row.day, text=row.text, entry_id=row.entry_id) for row in rows]


async def forget_before(connection: AsyncConnection, day: date) -> int:
    """Remove the questions older than `day`; returns their number."""
    return (await connection.execute(delete(EDITORS_QUESTIONS).where(_question.day < day))).rowcount
