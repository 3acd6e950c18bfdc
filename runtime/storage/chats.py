"""The settings of chats, and whether the bot is still in them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from runtime.storage.chat_settings import ChatSettings, read_document, write_document
from runtime.storage.database import insert
from runtime.storage.tables import CHATS

_chat = CHATS.c


async def settings_of(connection: AsyncConnection, chat_id: int) -> ChatSettings:
    return read_document(await connection.scalar(select(_chat.document).where(_chat.chat_id == chat_id)))


async def change_once(
    connection: AsyncConnection, chat_id: int, change: Callable[[ChatSettings], ChatSettings]
) -> ChatSettings | None:
    """Apply `change`; returns the new settings, or None when somebody else changed them in the meantime."""
    found = (await connection.execute(select(_chat.document, _chat.version).where(_chat.chat_id == chat_id))).first()
    document, version = found if found is not None else (None, 0)
    before = read_document(document)
    after = change(before)
    if after == before:
        return after
    values = {"document": write_document(document, before, after), "version": version + 1}
    if found is None:
        done = await connection.execute(
            insert(connection, CHATS).values(chat_id=chat_id, **values).on_conflict_do_nothing()
        )
    else:
        done = await connection.execute(
            update(CHATS).where(_chat.chat_id == chat_id, _chat.version == version).values(**values)
        )
    return after if done.rowcount else None


async def reset(connection: AsyncConnection, chat_id: int) -> None:
    await connection.execute(
        update(CHATS).where(_chat.chat_id == chat_id).values(document=None, version=_chat.version + 1)
    )


async def move(connection: AsyncConnection, old_id: int, new_id: int) -> None:
    """Move the settings; those that were already chosen under `new_id` stay."""
    old = (await connection.execute(select(_chat.document).where(_chat.chat_id == old_id).with_for_update())).first()
    if old is None:
        return
    await connection.execute(delete(CHATS).where(_chat.chat_id == old_id))
    moved = insert(connection, CHATS).values(chat_id=new_id, document=old.document, version=1)
    await connection.execute(
        moved.on_conflict_do_update(
            index_elements=[_chat.chat_id],
            set_={"document": moved.excluded.document, "version": _chat.version + 1},
            where=_chat.document.is_(None),
        )
    )


async def mark_left(connection: AsyncConnection, chat_id: int, at: datetime) -> None:
    """Note when the bot left; a later departure without a return in between does not count."""
    left = insert(connection, CHATS).values(chat_id=chat_id, version=0, left_at=int(at.timestamp()))
    await connection.execute(
        left.on_conflict_do_update(
            index_elements=[_chat.chat_id],
            set_={"left_at": left.excluded.left_at},
            where=_chat.left_at.is_(None),
        )
    )


async def mark_joined(connection: AsyncConnection, chat_id: int) -> None:
    await connection.execute(update(CHATS).where(_chat.chat_id == chat_id).values(left_at=None))


async def left_until(connection: AsyncConnection, moment: datetime) -> list[int]:
    """The chats that the bot left at `moment` or earlier."""
    found = await connection.scalars(
        select(_chat.chat_id).where(_chat.left_at <= int(moment.timestamp())).with_for_update()
    )
    return list(found)


async def forget(connection: AsyncConnection, chat_id: int) -> None:
    await connection.execute(delete(CHATS).where(_chat.chat_id == chat_id))
