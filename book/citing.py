"""Numbering sources as a page cites them, with links that lead from a sentence to its source and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from knowledge.model import Evidence, Source, citations


@dataclass(frozen=True, slots=True)
class Mark:
    """The number of a source behind a sentence, and the place on the page where this number stands."""

    number: int
    anchor: str


@dataclass(slots=True)
class Listed:
    """A source in the list of a page: the places cited in it, and the anchors of the marks that lead here."""

    number: int
    source: Source
    locators: dict[str, None] = field(default_factory=dict)
    anchors: list[str] = field(default_factory=list)


class Numbering:
    """Numbers sources in the order in which a reader meets them."""

    def __init__(self) -> None:
        self._listed: dict[Source, Listed] = {}

    def marks(self, evidence: Iterable[Evidence]) -> tuple[Mark, ...]:
        """The marks of one sentence, each number once, the lowest first."""
        found: dict[int, Listed] = {}
        for place in citations(evidence):
            listed = self._listed.setdefault(place.source, Listed(len(self._listed) + 1, place.source))
            listed.locators[place.locator] = None
            found[listed.number] = listed
        return tuple(self._mark(found[number]) for number in sorted(found))

    def listed(self) -> tuple[Listed, ...]:
        """The sources by their numbers."""
        return tuple(self._listed.values())

    @staticmethod
    def _mark(listed: Listed) -> Mark:
        anchor = f"cite-{listed.number}-{len(listed.anchors) + 1}"
        listed.anchors.append(anchor)
        return Mark(listed.number, anchor)
