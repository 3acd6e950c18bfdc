"""What a case finds out: one line of the report, with what was asked for beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.load.questions import ROOT

Value = float | int | str | None


@dataclass(frozen=True, slots=True)
class Row:
    """`ours` must be at most `most` or at least `least`, where those are given; `echo` is the bare bot in the same run.

    `before` is what the study of reliability measured of the bot as it was, before issue 11.
    """

    what: str
    ours: Value
    echo: Value = None
    unit: str = ""
    most: float | None = None
    least: float | None = None
    before: str = ""

    @property
    def met(self) -> bool | None:
        """Whether it is as asked for; None where nothing was."""
        if self.most is None and self.least is None:
            return None
        if not isinstance(self.ours, int | float):
            return False
        return (self.most is None or self.ours <= self.most) and (self.least is None or self.ours >= self.least)


@dataclass(frozen=True, slots=True)
class Options:
    """How much of a case is run. `rounds`: of kills, in all; `scale`: how many updates of those that are asked for."""

    root: Path = ROOT
    rounds: int = 100
    scale: float = 1.0

    def some(self, number: int, least: int = 1) -> int:
        """So many, scaled."""
        return max(least, round(number * self.scale))


def p50_and_p99(seconds: Sequence[float]) -> tuple[float, float]:
    """Of any number of times; nan where there is none."""
    if not seconds:
        return float("nan"), float("nan")
    ranked = sorted(seconds)
    return ranked[(len(ranked) - 1) // 2], ranked[min(len(ranked) - 1, int(0.99 * len(ranked)))]
