"""A PostgreSQL server as the database."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy.ext.asyncio import create_async_engine

from runtime.storage.database import PATIENCE, Database, reason
from runtime.storage.errors import StorageError

_LONGEST_STATEMENT = 60.0
"""Seconds."""


def open_postgresql(url: str) -> Database:
    """The database at `url`, in libpq's form; nothing is sent before its first use."""

    async def connect() -> Any:
        try:
            return await asyncpg.connect(url, timeout=PATIENCE, command_timeout=_LONGEST_STATEMENT)
        except (ValueError, asyncpg.ClientConfigurationError):
            # What it says may quote a piece of the password.
            raise StorageError(
                "can't be read as postgresql://user:password@host:port/name; write special characters of the password "
                "as %40 for @, %2F for / and so on, and check the options behind the question mark"
            ) from None
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as fault:
            raise StorageError(f"can't connect to PostgreSQL: {_without_password(reason(fault), url)}") from None

    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=connect, pool_pre_ping=True, pool_timeout=PATIENCE, hide_parameters=True
    )
    return Database(engine, (OSError, asyncpg.PostgresError, asyncpg.InterfaceError))


def _without_password(text: str, url: str) -> str:
    password = urlsplit(url).password
    for spelling in {password, unquote(password)} if password else ():
        text = text.replace(spelling, "…")
    return text
