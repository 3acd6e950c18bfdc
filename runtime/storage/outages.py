"""Troubles that last: said when they begin and when they are over, not each time that they are met."""

from __future__ import annotations

import logging
import math
import time


class Outage:
    """One kind of trouble.

    `begins` is logged with the reason when it begins (and every `again` seconds while it is met), `ends` with the
    number of seconds when it is over.
    """

    def __init__(self, log: logging.Logger, begins: str, ends: str, again: float = math.inf) -> None:
        self._log, self._begins, self._ends, self._again = log, begins, ends, again
        self._since: float | None = None
        self._said = 0.0

    def note(self, why: object) -> None:
        """The trouble is met, because of `why`."""
        now = time.monotonic()
        if self._since is None:
            self._since = now
        elif now - self._said < self._again:
            return
        self._said = now
        self._log.warning(self._begins, why)

    def end(self) -> None:
        """It is not met any more."""
        if self._since is not None:
            self._log.warning(self._ends, round(time.monotonic() - self._since))
            self._since = None
