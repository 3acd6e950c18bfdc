"""Telling systemd how the service is: one datagram a message (sd_notify), and nothing where there is no systemd.

Ours, since the protocol is ten lines, and the libraries for it are either bindings to compile or no longer kept.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Mapping

from runtime.health import Health

_STATUS_SECONDS = 30.0

log = logging.getLogger(__name__)


class Notifier:
    """Talks to the service manager that `environment` names; without one every method does nothing."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        # An @ stands for the NUL of an abstract address, which no variable of the environment can hold.
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._watchdog = _watchdog_seconds(environment)
        self._has_failed = False

    def ready(self) -> None:
        """The bot serves."""
        self._send("READY=1")

    def stopping(self) -> None:
        """The bot is about to end."""
        self._send("STOPPING=1")

    def tell(self, status: str) -> None:
        """Have one line shown by `systemctl status`."""
        self._send(f"STATUS={status}")

    async def watch(self, health: Health) -> None:
        """For ever, tell how the bot is; feed the watchdog, twice in its time, as long as things move."""
        if not self._address:
            return
        stuck = False
        while True:
            self.tell("; ".join(health.problems()) or f"serving, updates in hand: {health.backlog()}")
            if health.alive():
                stuck = False
                if self._watchdog:
                    self._send("WATCHDOG=1")
            elif not stuck:
                stuck = True
                log.error("nothing has come to an end for a long time; systemd's watchdog is no longer fed")
            await asyncio.sleep(min(self._watchdog / 2 or _STATUS_SECONDS, _STATUS_SECONDS))

    def _send(self, message: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to_manager:
                to_manager.setblocking(False)
                to_manager.connect(self._address)
                to_manager.send(message.encode())
        except OSError as error:
            if not self._has_failed:
                log.warning(
                    "NOTIFY_SOCKET can't be reached (%s): systemd does not learn how the bot is", error.strerror
                )
            self._has_failed = True


def _watchdog_seconds(environment: Mapping[str, str]) -> float:
    """The time within which systemd wants to hear from this process; 0 where it does not."""
    meant_for = environment.get("WATCHDOG_PID", "")
    microseconds = environment.get("WATCHDOG_USEC", "")
    if not microseconds.isdecimal() or (meant_for and meant_for != str(os.getpid())):
        return 0.0
    return int(microseconds) / 1_000_000
