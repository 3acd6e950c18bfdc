"""What systemd is told, through a real datagram socket."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from runtime.health import SILENT_SECONDS, Health
from runtime.notify import Notifier
from runtime.serving import _stubbornly
from runtime.transport import Transport
from tests.runtime.test_status import Bot


class Manager:
    """Listens as systemd does."""

    def __init__(self, address: str) -> None:
        self.variable = address
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self.socket.setblocking(False)

    def heard(self) -> list[str]:
        messages = []
        with contextlib.suppress(BlockingIOError):
            while True:
                messages.append(self.socket.recv(4096).decode())
        return messages


@pytest.fixture(params=["file", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Manager]:
    listening = Manager(str(tmp_path / "notify") if request.param == "file" else f"@bot-{uuid4().hex}")
    yield listening
    listening.socket.close()


async def watch_for(seconds: float, notifier: Notifier, health: Health) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(notifier.watch(health), seconds)


async def test_systemd_learns_when_the_bot_serves_and_when_it_stops(manager: Manager) -> None:
    notifier = Notifier({"NOTIFY_SOCKET": manager.variable})
    notifier.tell("learning")
    notifier.ready()
    notifier.stopping()
    assert manager.heard() == ["STATUS=learning", "READY=1", "STOPPING=1"]


async def test_the_watchdog_is_fed_twice_in_its_time_while_things_move(
    manager: Manager, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    notifier = Notifier(
        {"NOTIFY_SOCKET": manager.variable, "WATCHDOG_USEC": "200000", "WATCHDOG_PID": str(os.getpid())}
    )
    health = Bot(backlog=3, oldest=1).health()
    await watch_for(0.55, notifier, health)
    heard = manager.heard()
    assert 4 <= heard.count("WATCHDOG=1") <= 6
    assert heard[0] == "STATUS=serving, updates in hand: 3"
    monkeypatch.setattr(Health, "alive", lambda self: False)
    await watch_for(0.35, notifier, health)
    assert "WATCHDOG=1" not in manager.heard()
    assert caplog.text.count("no longer fed") == 1


async def test_status_names_what_is_wrong(manager: Manager) -> None:
    await watch_for(0.05, Notifier({"NOTIFY_SOCKET": manager.variable}), Bot(storage="no connection").health())
    assert manager.heard() == ["STATUS=storage: no connection"]


async def test_a_watchdog_that_is_meant_for_another_process_is_not_fed(manager: Manager) -> None:
    variables = {"NOTIFY_SOCKET": manager.variable, "WATCHDOG_USEC": "100000", "WATCHDOG_PID": "1"}
    await watch_for(0.2, Notifier(variables), Bot().health())
    assert "WATCHDOG=1" not in manager.heard()


async def test_waiting_for_telegram_counts_as_moving(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the network comes up later than the machine, a new start every few minutes would only take longer."""
    transport, health, now = Transport(), Bot().health(), time.monotonic
    await transport.initialize()
    monkeypatch.setattr(time, "monotonic", lambda: now() + SILENT_SECONDS + 5)
    assert not health.alive()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.5):
            await _stubbornly("away", partial(transport.post, "http://127.0.0.1:1/bot1:token/getMe"), health.beat)
    await transport.shutdown()
    assert health.alive()


async def test_without_systemd_nothing_happens() -> None:
    notifier = Notifier({})
    notifier.ready()
    notifier.stopping()
    await asyncio.wait_for(notifier.watch(Bot().health()), 1)


async def test_a_manager_that_is_gone_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    notifier = Notifier({"NOTIFY_SOCKET": str(tmp_path / "gone")})
    notifier.ready()
    notifier.stopping()
    assert caplog.text.count("can't be reached") == 1
