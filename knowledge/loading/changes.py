"""What differs between the knowledge of before and of now, by name."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.model import Knowledge

_OTHER_PARTS = ("sources", "facts", "claims", "elsewhere", "vocabulary", "wordings", "pictures")


@dataclass(frozen=True, slots=True)
class Changes:
    """Ids of entries that came, went and differ, in the editor's order; and the names of the other parts that differ.

    An entry differs, too, where something that it cites or carries does.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    others: tuple[str, ...]


def changes(before: Knowledge, after: Knowledge) -> Changes:
    """What it takes to get from `before` to `after`."""
    old, new = before.entries, after.entries
    return Changes(
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name in old if name not in new),
        changed=tuple(name for name in new if name in old and new[name] != old[name]),
        others=tuple(part for part in _OTHER_PARTS if getattr(before, part) != getattr(after, part)),
    )
