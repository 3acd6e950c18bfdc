"""Making the server fail on purpose, and limiting how fast the bot may send."""

from __future__ import annotations

import math
import time
from collections import deque
from dataclasses import dataclass, field

from tests.bot_api_server.errors import ApiError, too_many_requests

ANY_METHOD = "*"


@dataclass
class Fault:
    """What shall go wrong: an error, or (where there is none) a dropped connection, `hang` seconds later."""

    method: str
    times: int
    error: ApiError | None = None
    after: bool = False
    hang: float = 0.0


class Faults:
    """The failures that a test has planned, in order."""

    def __init__(self) -> None:
        self._planned: list[Fault] = []

    def plan(self, fault: Fault) -> None:
        """Let it happen at the next call of its method."""
        self._planned.append(fault)

    def forget(self) -> None:
        """Let nothing more go wrong."""
        self._planned.clear()

    def take(self, method: str) -> Fault | None:
        """The failure planned for this call, if any."""
        for fault in self._planned:
            if fault.method in {method, ANY_METHOD}:
                fault.times -= 1
                if fault.times <= 0:
                    self._planned.remove(fault)
                return fault
        return None


@dataclass
class FloodControl:
    """Telegram's limits for sending: about one message a second to a chat, 20 a minute to a group. Off by default."""

    enabled: bool = False
    per_second: float = 1.0
    burst: int = 3
    per_minute_in_group: int = 20
    _sent: dict[int, deque[float]] = field(default_factory=dict)
    _credit: dict[int, tuple[float, float]] = field(default_factory=dict)

    def check(self, chat_id: int, *, is_group: bool) -> None:
        """Count one message to the chat; raises ApiError with status 429 where it is one too many."""
        if not self.enabled:
            return
        now = time.monotonic()
        credit, since = self._credit.get(chat_id, (float(self.burst), now))
        credit = min(float(self.burst), credit + (now - since) * self.per_second)
        sent = self._sent.setdefault(chat_id, deque())
        while sent and sent[0] <= now - 60:
            sent.popleft()
        self._credit[chat_id] = (credit, now)
        if is_group and len(sent) >= self.per_minute_in_group:
            raise too_many_requests(math.ceil(sent[0] + 60 - now))
        if credit < 1:
            raise too_many_requests(math.ceil((1 - credit) / self.per_second))
        self._credit[chat_id] = (credit - 1, now)
        sent.append(now)
