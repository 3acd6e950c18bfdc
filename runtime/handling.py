"""What is known of the update that is being handled now, for whoever works at it: the lane, the handler, the sender."""

from __future__ import annotations

import time
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(slots=True)
class Handling:
    """One try to handle one update.

    `hurried`: somebody may be in danger, so its calls overtake all others. `sent`: messages that Telegram took for it;
    what fails after the first is not tried again as a whole, or people would get answers twice. `is_last`: there will
    be no further try. `fault`: what went wrong, if that is worth another try. `reply`, `entries`: what it was answered
    with, for the log and the metrics: the kind of the reply and ids of entries, never a word of anybody's.
    """

    update_id: int
    kind: str
    chat_id: int | None = None
    hurried: bool = False
    is_last: bool = True
    sent: int = 0
    fault: BaseException | None = None
    reply: str = ""
    entries: tuple[str, ...] = ()
    begun: float = field(default_factory=time.monotonic)


_CURRENT: ContextVar[Handling | None] = ContextVar("handling", default=None)


def current() -> Handling | None:
    """The update that the running task handles; None outside of that (at start, in background tasks)."""
    return _CURRENT.get()


def begin(handling: Handling) -> None:
    """Let `handling` be current in the running task and in the tasks that it starts from now on."""
    _CURRENT.set(handling)


def note_reply(kind: str, entries: tuple[str, ...] = ()) -> None:
    """Note what the current update is answered with; a later note replaces an earlier one."""
    handling = current()
    if handling is not None:
        handling.reply, handling.entries = kind, entries


def hurry() -> None:
    """From now on let the calls of the current update overtake all others: somebody may be in danger."""
    handling = current()
    if handling is not None:
        handling.hurried = True
