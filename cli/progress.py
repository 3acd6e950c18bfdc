"""What long work says of itself: on a terminal one line that keeps up with it, elsewhere a line before and one after.

Made without a library, since `ask` may have to learn first and answers in a moment otherwise.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Collection
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

Say = Callable[[str], None]
"""Told a whole line, in a log or on standard error."""

LEARNING = "Learning from the messages, since the knowledge is new or changed"
_BAR = 24
"""Characters of the bar."""


def say_on_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


class Progress:
    """Shows work that may take long, and nothing where none is told of.

    On a terminal (`screen`: standard error) a line that is written over and gone at the end. Elsewhere
    `said_elsewhere` is handed to `say` when the work begins, and the seconds it took when it is done; nothing is said
    where it is empty. Steps of `brief` take a second or two: worth a look on a terminal, but no line elsewhere.

    `every`: a log that somebody waits in front of gets more than that, a line for each step of `brief`, too, and one
    after each so many seconds (0: none). `warn` is told what should be mended; None: `say` is.
    """

    def __init__(
        self,
        said_elsewhere: str = LEARNING,
        say: Say = say_on_stderr,
        screen: TextIO | None = None,
        brief: Collection[str] = (),
        every: float = 0.0,
        warn: Say | None = None,
    ) -> None:
        self._said_elsewhere = said_elsewhere
        self._brief = brief
        self._say = say
        self._warn = warn or say
        self._every = every
        self._last_said = 0.0
        self._screen = screen or sys.stderr
        self._on_terminal = self._screen is not None and self._screen.isatty() and os.environ.get("TERM") != "dumb"
        self._begun: float | None = None
        self._drawn = ""
        self._uncached = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._begun is None:
            return
        self._erase()
        if kind is None and not self._on_terminal and self._said_elsewhere:
            self._say(f"Done after {time.monotonic() - self._begun:.1f} s.")

    def tell(self, what: str, share: float) -> None:
        """Say that `what` is being done, and how much of it (0 to 1) is."""
        if what in self._brief and not self._on_terminal:
            if self._every and not share:
                self._say(f"{what} …")
            return
        if self._begun is None:
            self._begun = self._last_said = time.monotonic()
            if not self._on_terminal and self._said_elsewhere:
                self._say(f"{self._said_elsewhere} …")
        if self._on_terminal:
            self._draw(what, share)
        elif self._every and time.monotonic() - self._last_said >= self._every:
            self._last_said = time.monotonic()
            self._say(f"{what}: {share:.0%}")

    def tell_uncached(self, folder: Path, error: OSError) -> None:
        """Say once that what was learnt can't be kept in `folder`, and how to mend it."""
        if self._uncached:
            return
        self._uncached = True
        self._erase()
        self._warn(
            f"What was learnt can't be kept in {folder} ({error.strerror or error}), so every start has to learn anew. "
            "To mend it, make that folder and let this user write there."
        )

    def _draw(self, what: str, share: float) -> None:
        done = round(min(max(share, 0.0), 1.0) * _BAR)
        bar = f" [{'#' * done}{'.' * (_BAR - done)}]" if share else " …"
        line = f"{what[: max(0, shutil.get_terminal_size().columns - len(bar) - 1)]}{bar}"
        if line != self._drawn:
            self._screen.write(f"\r\x1b[2K{line}")
            self._screen.flush()
            self._drawn = line

    def _erase(self) -> None:
        if self._drawn:
            self._screen.write("\r\x1b[2K")
            self._screen.flush()
            self._drawn = ""
