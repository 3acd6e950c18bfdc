"""Bringing the tables up to date at start, by one process at a time and all at once or not at all."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import BigInteger, Connection, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from runtime.storage.database import Database
from runtime.storage.errors import StorageError

FOLDER = Path(__file__).parent / "migrations"
_LOCK = int.from_bytes(b"migrate", "big")
"""Key of PostgreSQL's advisory lock: any number, as long as every version of the bot uses the same."""


async def migrate(database: Database) -> None:
    """Apply the migrations that the database lacks. Raises StorageError.

    On SQLite the write transaction itself keeps other processes out; on PostgreSQL an advisory lock does, which ends
    with the transaction.
    """
    await database.write(_migrate_alone)


async def _migrate_alone(connection: AsyncConnection) -> None:
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(literal(_LOCK, BigInteger))))
    try:
        await connection.run_sync(_upgrade)
    except CommandError as fault:
        raise StorageError(f"the database was made by another version of the bot ({fault})") from None


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
