"""Bringing the tables up to date at start, by one process at a time and all at once or not at all."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    func,
    inspect,
    literal,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from runtime.storage.database import BACKGROUND_PATIENCE, Database
from runtime.storage.errors import StorageError
from runtime.storage.tables import METADATA

FOLDER = Path(__file__).parent / "migrations"
NEWEST = "0003"
"""The revision of the last migration."""

_APPLIED = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32)),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""Where Alembic notes which migration a database has, as it would make it itself."""
_LOCK = int.from_bytes(b"migrate", "big")
"""Key of PostgreSQL's advisory lock: any number, as long as every version of the bot uses the same."""


async def migrate(database: Database) -> None:
    """Apply the migrations that the database lacks; an empty one gets the tables as they are after all of them.

    Alembic is imported only to change tables that are there: it would stay in memory for good, some 12 MB. On SQLite
    the write transaction itself keeps other processes out; on PostgreSQL an advisory lock does, which ends with the
    transaction. Raises StorageError.
    """
    if not await database.read(lambda connection: connection.run_sync(_is_up_to_date), within=BACKGROUND_PATIENCE):
        await database.write(_migrate_alone, within=BACKGROUND_PATIENCE)


def _is_up_to_date(connection: Connection) -> bool:
    if not inspect(connection).has_table(_APPLIED.name):
        return False
    return connection.scalars(select(_APPLIED.c.version_num)).all() == [NEWEST]


async def _migrate_alone(connection: AsyncConnection) -> None:
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(literal(_LOCK, BigInteger))))
    await connection.run_sync(make_or_upgrade)


def make_or_upgrade(connection: Connection) -> None:
    """As `migrate`, in the transaction of `connection`, which writes."""
    if {_APPLIED.name, *METADATA.tables}.isdisjoint(inspect(connection).get_table_names()):
        METADATA.create_all(connection)
        _APPLIED.create(connection)
        connection.execute(_APPLIED.insert().values(version_num=NEWEST))
    else:
        _upgrade(connection)


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
