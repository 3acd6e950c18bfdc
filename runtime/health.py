"""How the bot is, for /readyz, /status and the watchdog: who knows each part of that, and which limits there are."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

SILENT_SECONDS = 90.0
"""Polling, Telegram is called at least twice in that time; no good call means that the bot hears nothing."""
OLDEST_SECONDS = 120.0
"""An update should be handled long before that."""
STUCK_SECONDS = 900.0
"""In an outage an answer is tried for ten minutes; an update that is older shows that nothing moves any more."""


class Part(NamedTuple):
    """One part of the bot: how it is, in plain words, and whether that is a fault."""

    name: str
    words: str
    is_fault: bool = False


@dataclass
class Health:
    """What is known of the running bot; every function is quick and asks nobody over a network.

    `polling`: updates are asked for, not delivered. `storage`: what is wrong with it, empty where nothing is.
    `last_call`: when a call to Telegram last succeeded, by `time.monotonic`; None where none has. `oldest_unfinished`:
    seconds that the oldest update in hand has waited, 0 without one. `backlog`: how many are in hand. `limited_chats`:
    chats that Telegram has asked to leave alone for a while.
    """

    polling: bool
    storage: Callable[[], str]
    last_call: Callable[[], float | None]
    limited_chats: Callable[[], int]
    oldest_unfinished: Callable[[], float] = lambda: 0.0
    backlog: Callable[[], int] = lambda: 0
    knowledge_loaded: bool = False
    started: float = field(default_factory=time.monotonic)
    _beaten: float = field(default_factory=time.monotonic, repr=False)

    def beat(self) -> None:
        """Something has come to its end: an update was handled, or a poll ended, well or in an error."""
        self._beaten = time.monotonic()

    def alive(self) -> bool:
        """Whether things still move. Called on the event loop, which moves itself where this is asked at all.

        Polling, a poll ends at least every SILENT_SECONDS, whatever the network does. By webhook nothing may come for
        hours; there it takes an update that is older than any outage is waited for.
        """
        beats = time.monotonic() - self._beaten <= SILENT_SECONDS
        return beats or (not self.polling and self.oldest_unfinished() <= STUCK_SECONDS)

    def uptime(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    def last_call_age(self) -> float | None:
        """Seconds since a call to Telegram last succeeded; None where none has."""
        called = self.last_call()
        return None if called is None else time.monotonic() - called

    def parts(self) -> tuple[Part, ...]:
        """Each part with its state."""
        return self._knowledge(), self._storage(), self._telegram(), self._updates()

    def problems(self) -> list[str]:
        """What is not as it should be, in plain words; an alarm for people, since the bot may go on answering."""
        return [f"{part.name}: {part.words}" for part in self.parts() if part.is_fault]

    def is_ready(self) -> bool:
        """Whether all is as it should be."""
        return not self.problems()

    def _knowledge(self) -> Part:
        return Part("knowledge", "loaded") if self.knowledge_loaded else Part("knowledge", "not loaded yet", True)

    def _storage(self) -> Part:
        fault = self.storage()
        return Part("storage", fault, True) if fault else Part("storage", "works")

    def _telegram(self) -> Part:
        age = self.last_call_age()
        if age is None:
            return Part("telegram", "no call has succeeded yet", True)
        late = self.polling and age > SILENT_SECONDS
        limit = f", more than {SILENT_SECONDS:.0f} s ago" if late else ""
        return Part("telegram", f"the last good call was {age:.0f} s ago{limit}", late)

    def _updates(self) -> Part:
        backlog, oldest = self.backlog(), self.oldest_unfinished()
        if not backlog and not oldest:
            return Part("updates", "none waits")
        late = oldest > OLDEST_SECONDS
        limit = f", more than {OLDEST_SECONDS:.0f} s" if late else ""
        return Part("updates", f"{backlog} in hand, the oldest for {oldest:.0f} s{limit}", late)


def memory_bytes() -> int:
    """Memory that the process holds now; where the system does not tell that, the most that it has held."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        pass
    try:
        import resource
    except ImportError:  # Windows
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
