"""Bringing the tables up to date at start, by one process at a time and all at once or not at all."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import BigInteger, Connection, column, func, inspect, literal, select, table
from sqlalchemy.ext.asyncio import AsyncConnection

from runtime.storage.database import Database
from runtime.storage.errors import StorageError

FOLDER = Path(__file__).parent / "migrations"
NEWEST = "0001"
"""The revision of the last migration: a database that has it needs none, and so no migration tool in memory."""

_APPLIED = table("alembic_version", column("version_num"))
_LOCK = int.from_bytes(b"migrate", "big")
"""Key of PostgreSQL's advisory lock: any number, as long as every version of the bot uses the same."""


async def migrate(database: Database) -> None:
    """Apply the migrations that the database lacks. Raises StorageError.

    On SQLite the write transaction itself keeps other processes out; on PostgreSQL an advisory lock does, which ends
    with the transaction.
    """
    if not await database.read(lambda connection: connection.run_sync(_is_up_to_date)):
        await database.write(_migrate_alone)


def _is_up_to_date(connection: Connection) -> bool:
    if not inspect(connection).has_table(_APPLIED.name):
        return False
    return connection.scalars(select(_APPLIED.c.version_num)).all() == [NEWEST]


async def _migrate_alone(connection: AsyncConnection) -> None:
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(literal(_LOCK, BigInteger))))
    await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as fault:
        raise StorageError(f"the database was made by another version of the bot ({fault})") from None
