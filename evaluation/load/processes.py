"""The bots as processes: started, asked of the kernel, signalled, killed."""

from __future__ import annotations

import asyncio
import ctypes
import os
import resource
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, Literal

from evaluation.load.questions import ROOT, apologies
from evaluation.load.server import TOKEN, TelegramServer

Kind = Literal["ours", "without encoder", "echo"]
Mode = Literal["polling", "webhook"]

SECRET: Final = "a-secret-for-measuring-0123"
FIRST_START: Final = 180.0
"""Seconds: the bot may have to learn first."""

_DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG."""

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_OWN = ("TELEGRAM", "WEBHOOK", "DATABASE", "STATUS", "SENDING", "OWNER_IDS", "LOG_")
_LEFT_OUT = ("tests", ".venv*", ".git", ".cache", ".mypy_cache", ".ruff_cache", ".pytest_cache", "__pycache__", "data")


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process holds and has used: megabytes, seconds of processor, open files, threads."""

    megabytes: float
    processor: float
    files: int
    threads: int


@dataclass
class Bot:
    """A bot to be run on `server`, in a `folder` of its own; started as often as it takes.

    `root` is the checkout whose bot.py runs. `limits` off: as fast as it can. `most_files`: its limit of open files.
    """

    server: TelegramServer
    folder: Path
    kind: Kind = "ours"
    mode: Mode = "polling"
    root: Path = ROOT
    limits: bool = True
    settings: Mapping[str, str] = field(default_factory=dict)
    most_files: int | None = None
    port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None

    @property
    def log(self) -> Path:
        """The file with everything that its processes have printed."""
        return self.folder / "log.txt"

    @property
    def pid(self) -> int:
        """Of the process that runs."""
        assert self.process is not None  # noqa: S101 - a mistake of the measurement, not of what is measured
        return self.process.pid

    @property
    def address(self) -> str:
        """Where it listens for updates, in webhook mode."""
        return f"http://127.0.0.1:{self.port}/updates"

    def _command(self) -> Sequence[str]:
        if self.kind == "echo":
            return [sys.executable, "-m", "evaluation.load.echo_bot"]
        if self.kind == "without encoder":
            program = "import sys; sys.modules['onnxruntime'] = None; import bot; sys.exit(bot.main(['run']))"
            return [sys.executable, "-c", program]
        return [sys.executable, str(self.root / "bot.py"), "run"]

    def _environment(self) -> dict[str, str]:
        given: dict[str, str] = {name: value for name, value in os.environ.items() if not name.startswith(_OWN)}
        given |= {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": self.server.url}
        given |= {"PYTHONPATH": str(ROOT if self.kind == "echo" else self.root), "PYTHONUNBUFFERED": "1"}
        if not self.limits:
            given["SENDING_LIMITS"] = "off"
        if self.mode == "webhook":
            given |= {"WEBHOOK_URL": self.address, "WEBHOOK_LISTEN": f"127.0.0.1:{self.port}"}
            given["WEBHOOK_SECRET"] = SECRET
        return given | dict(self.settings)

    async def launch(self) -> None:
        """Start the process, and do not wait for it."""
        self.server.polled.clear()
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self._command(),
                cwd=self.folder,
                env=self._environment(),
                stdout=log,
                stderr=log,
                preexec_fn=partial(_prepare, self.most_files),
            )

    async def ready(self, patience: float = FIRST_START) -> float:
        """Wait until it collects updates; the seconds that took. Raises RuntimeError where it never does."""
        begun = time.monotonic()
        while time.monotonic() - begun < patience:
            if self.process is not None and self.process.returncode is not None:
                break
            if self.server.polled.is_set() if self.mode == "polling" else await self._listens():
                return time.monotonic() - begun
            await asyncio.sleep(0.02)
        raise RuntimeError(f"the bot does not serve:\n{self.said()[-2000:]}")

    async def _listens(self) -> bool:
        if self.server.webhook is None:
            return False
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True

    async def start(self) -> float:
        """Start it and wait until it collects updates; the seconds from the start."""
        begun = time.monotonic()
        await self.launch()
        await self.ready()
        return time.monotonic() - begun

    async def kill(self) -> None:
        """SIGKILL."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def stop(self, patience: float = 60.0) -> tuple[float, int | None]:
        """SIGTERM; the seconds until it is gone and its exit status: None if it had to be killed after `patience`."""
        begun = time.monotonic()
        if self.process is None:
            return 0.0, None
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await self.gone(patience, begun)

    async def gone(self, patience: float, begun: float | None = None) -> tuple[float, int | None]:
        """Wait until it ends by itself; as `stop`."""
        begun = time.monotonic() if begun is None else begun
        assert self.process is not None  # noqa: S101
        try:
            status = await asyncio.wait_for(self.process.wait(), patience)
        except TimeoutError:
            await self.kill()
            return time.monotonic() - begun, None
        return time.monotonic() - begun, status

    def said(self) -> str:
        """Everything that it has printed."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def usage(self) -> Usage:
        """What the running process holds now."""
        return usage(self.pid)

    def most_megabytes(self) -> float:
        """The most it has held since `forget_most`."""
        return _status(self.pid)["VmHWM"] / 1024

    def forget_most(self) -> None:
        """Begin to count the most memory anew."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5", encoding="ascii")


def _prepare(most_files: int | None) -> None:
    """In the process to be: never outlive the measurement, and open so many files at most."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if most_files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most_files, most_files))


def usage(pid: int) -> Usage:
    """What a process holds now (Linux only)."""
    status = _status(pid)
    times = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return Usage(status["VmRSS"] / 1024, (int(times[11]) + int(times[12])) / _TICKS, files, status["Threads"])


def _status(pid: int) -> dict[str, int]:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    fields = (line.split()[:2] for line in lines if line.startswith(("VmRSS", "VmHWM", "Threads")))
    return {name.rstrip(":"): int(value) for name, value in fields}


@asynccontextmanager
async def running(
    kind: Kind = "ours",
    mode: Mode = "polling",
    *,
    root: Path = ROOT,
    start: bool = True,
    limits: bool = True,
    most_files: int | None = None,
    settings: Mapping[str, str] | None = None,
) -> AsyncIterator[tuple[TelegramServer, Bot]]:
    """A server and a bot on it, in a temporary folder; killed at the end, for what is measured is over then."""
    with tempfile.TemporaryDirectory(prefix="bench-load-", ignore_cleanup_errors=True) as folder:
        async with TelegramServer() as server:
            server.apologies = apologies(root)
            bot = Bot(server, Path(folder), kind, mode, root, limits, settings or {}, most_files)
            try:
                if start:
                    await bot.start()
                yield server, bot
            finally:
                await bot.kill()


def copy_checkout(root: Path, into: Path) -> Path:
    """A copy of the checkout that has not learnt anything yet."""
    target = into / "checkout"
    shutil.copytree(root, target, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    return target
