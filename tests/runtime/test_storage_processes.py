"""Storage under several processes, and under processes that are killed with signal 9 at any moment."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from runtime.storage import ChatSettings, open_storage

GROUP = -5
DEFAULT_COOLDOWN = ChatSettings().cooldown_minutes

FORKSERVER = multiprocessing.get_context("forkserver")
FORKSERVER.set_forkserver_preload(["runtime.storage.storage", "runtime.storage.opening", __name__])
"""A clean process that has imported everything and from which others are forked in a few milliseconds."""

Work = Callable[..., Any]


@contextmanager
def running(work: Work, *arguments: Any) -> Iterator[tuple[BaseProcess, Connection]]:
    """A process that does `work(report, *arguments)`, and what it reports; killed at the end if it still runs."""
    reading, report = FORKSERVER.Pipe(duplex=False)
    process = FORKSERVER.Process(target=_work, args=(work, report, *arguments))
    process.start()
    report.close()
    try:
        yield process, reading
    finally:
        process.kill()
        process.join()
        reading.close()
        process.close()


def _work(work: Work, report: Connection, *arguments: Any) -> None:
    asyncio.run(work(report, *arguments))


def reports(reading: Connection) -> list[str]:
    """All that a process that has ended reported."""
    found = []
    try:
        while True:
            found.append(reading.recv())
    except EOFError:
        return found


async def number_kept(url: str) -> int:
    """The number in the disclaimer; opening the database is part of what is tested."""
    storage = await open_storage(url)
    try:
        return int((await storage.settings(GROUP)).disclaimer or 0)
    finally:
        await storage.close()


async def _keep_counting(report: Connection, url: str) -> None:
    def one_more(settings: ChatSettings) -> ChatSettings:
        return replace(settings, disclaimer=str(int(settings.disclaimer or 0) + 1))

    storage = await open_storage(url)
    while True:
        report.send((await storage.change_settings(GROUP, one_more)).disclaimer)


@pytest.mark.services
async def test_100_kills_while_settings_change_lose_nothing_that_was_confirmed(
    database_url: str, tmp_path: Path
) -> None:
    moments = random.Random(9)
    kept = killed_at_work = 0
    for _ in range(100):
        with running(_keep_counting, database_url) as (process, reading):
            if moments.random() < 0.7:  # the others are killed while they start
                await asyncio.to_thread(reading.poll, 10)
            await asyncio.sleep(moments.uniform(0, 0.06))
            process.kill()
            process.join()
            confirmed = reports(reading)
        killed_at_work += bool(confirmed)
        last = int(confirmed[-1]) if confirmed else kept
        kept = await number_kept(database_url)
        assert kept in (last, last + 1)  # one change may have been kept without word of it
    assert killed_at_work >= 60
    if database_url.startswith("sqlite"):
        with closing(sqlite3.connect(tmp_path / "bot.db")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def _open(report: Connection, url: str) -> None:
    storage = await open_storage(url)
    await storage.close()
    report.send("opened")


@pytest.mark.services
def test_a_kill_while_the_file_is_made_leaves_one_that_opens(tmp_path: Path) -> None:
    moments = random.Random(9)
    cut_short = 0
    for number in range(40):
        url = f"sqlite:///{tmp_path}/{number}.db"
        with running(_open, url) as (process, reading):
            time.sleep(moments.uniform(0.005, 0.1))
            process.kill()
            process.join()
            cut_short += not reports(reading)
        assert asyncio.run(number_kept(url)) == 0
    assert cut_short >= 5


async def _open_together(report: Connection, barrier: Any, url: str) -> None:
    barrier.wait(20)
    await _open(report, url)


@pytest.mark.parametrize("times", range(5))
async def test_processes_that_start_together_make_the_tables_once(database_url: str, times: int) -> None:
    barrier = FORKSERVER.Barrier(4)
    with (
        running(_open_together, barrier, database_url) as first,
        running(_open_together, barrier, database_url) as second,
        running(_open_together, barrier, database_url) as third,
        running(_open_together, barrier, database_url) as fourth,
    ):
        for process, reading in (first, second, third, fourth):
            await asyncio.to_thread(process.join, 20)
            assert reports(reading) == ["opened"]
    assert await number_kept(database_url) == 0


async def _lengthen_cooldown(report: Connection, barrier: Any, url: str, times: int) -> None:
    storage = await open_storage(url)
    barrier.wait(20)
    for _ in range(times):
        await storage.change_settings(GROUP, lambda old: replace(old, cooldown_minutes=old.cooldown_minutes + 1))
    await storage.close()
    report.send("done")


async def test_two_processes_that_change_the_same_settings_lose_nothing(database_url: str) -> None:
    barrier = FORKSERVER.Barrier(2)
    with (
        running(_lengthen_cooldown, barrier, database_url, 100) as first,
        running(_lengthen_cooldown, barrier, database_url, 100) as second,
    ):
        for process, reading in (first, second):
            await asyncio.to_thread(process.join, 30)
            assert reports(reading) == ["done"]
    storage = await open_storage(database_url)
    assert (await storage.settings(GROUP)).cooldown_minutes == DEFAULT_COOLDOWN + 200
    await storage.close()
