"""Entries that are named on the command line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rapidfuzz import process

from cli.outcome import MisuseError

_NEAREST = 3
"""Entries proposed for an id that does not exist."""


def refuse_unknown(names: Iterable[str], known: Sequence[str]) -> None:
    """Raises MisuseError, with the nearest ids, if any of `names` is the id of no entry."""
    lines = []
    for name in names:
        if name not in known:
            nearest = [match for match, *_ in process.extract(name, known, limit=_NEAREST)]
            lines.append(f"There is no entry “{name}”. The nearest are: {', '.join(nearest)}")
    if lines:
        raise MisuseError("\n".join(lines))
