"""What has become of each update, kept beyond the life of the process: so that none is lost and none answered twice.

Ids alone are kept, for as long as Telegram would deliver an update again. The one exception are updates that Telegram
is told to forget while they still wait for their turn here: those are kept sealed (encrypted), until they are handled.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import Enum, auto
from typing import Protocol

KEPT_SECONDS = 24 * 3600.0
"""How long Telegram delivers an update again, and so how long its id has to be known."""


class Standing(Enum):
    """Whose an update is."""

    OURS = auto()
    """Nobody has handled it: it is now this process's to handle."""
    DONE = auto()
    """It has been handled."""
    ELSEWHERE = auto()
    """Another process that is alive has it in hand."""


class Ledger(Protocol):
    """Where that is kept. No method raises: a ledger that can't be reached says OURS, since twice is better than never.

    There is no high-water mark: ids may come in any order. `is_shared`: other processes may use it at the same time.
    """

    is_shared: bool

    async def claim(self, update_ids: Collection[int]) -> Mapping[int, Standing]:
        """Whose each of these updates is; those that were nobody's are claimed by this process, all at once."""

    async def finish(self, update_id: int) -> None:
        """Note that an update of ours has been handled, and forget what was kept of it."""

    async def give_back(self, update_ids: Collection[int]) -> None:
        """Let anybody handle these updates of ours, at once."""

    async def keep(self, sealed: Mapping[int, bytes]) -> bool:
        """Keep updates, sealed, until they are finished; False where that failed, and Telegram has to keep them."""

    async def take_kept(self) -> Mapping[int, bytes]:
        """What a process that ended has left behind, unfinished; claimed by this one."""

    def replicas(self) -> int:
        """How many processes share it now, this one included."""

    async def close(self) -> None:
        """Give up what is still claimed, and close."""
