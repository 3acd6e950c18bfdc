"""From DATABASE_URL to a database that is there, durable and up to date.

Each kind of database is imported only where it is asked for: its driver and its dialect stay in memory for good.
"""

from __future__ import annotations

from runtime.storage.database import Database
from runtime.storage.errors import StorageError
from runtime.storage.migrating import migrate

_SQLITE, _POSTGRESQL = "sqlite:///", "postgresql://"


async def open_database(url: str) -> Database:
    """Open, create and migrate. Raises StorageError without the password that `url` may hold."""
    if url.startswith(_SQLITE) and len(url) > len(_SQLITE):
        from runtime.storage.sqlite import open_sqlite

        database = await open_sqlite(url.removeprefix(_SQLITE))
    elif url.startswith(_POSTGRESQL) and len(url) > len(_POSTGRESQL):
        from runtime.storage.postgresql import open_postgresql

        database = open_postgresql(url)
    else:
        raise StorageError("expected sqlite:///path or postgresql://user@host/name")
    try:
        await migrate(database)
    except BaseException:
        await database.close()
        raise
    database.watch()
    return database
