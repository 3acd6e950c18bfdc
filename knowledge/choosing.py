"""Which points of an entry a message gets at once, which of them first, and which stand folded below."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from knowledge.model import CANONICAL, PASSING, WIDER, Asked, Entry, Fact, Knowledge, Point, Region

MOST_WORDS = 60
"""Words of an answer that are shown before the fold: a tired reader's one breath."""

MOST_POINTS = 3
"""Points of an answer that are shown before the fold."""

_MOST_LEADING = 2
"""Points that the message itself picked and that stand first."""

_GAP = re.compile(
    r"\b(?:our|the) (?:sources|articles|pages|texts) (?:do not|don't|did not)\b"
    r"|\b(?:our|the) (?:sources|articles|pages|texts) (?:name no|give no|hold no|say nothing|set no)\b"
    r"|\bwe (?:found|know of|have|saw|read) (?:no|nothing|none)\b"
    r"|\bno (?:reliable )?(?:source|study|trial|figure|rule)s? (?:that )?we\b"
    r"|\b(?:is|are) not known\b|\bnobody knows\b",
    re.IGNORECASE,
)
"""A line that says that the sources are silent."""

_YES_NO = re.compile(r"^(?:Yes|No)[.,:;!] +(\w)")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What one message gets of an entry: `shown` at once, `folded` below, in the order of reading.

    A Yes or No that answers another question than the one above it is left out. `nothing_on` is a region that the
    message names, and of which an answer that depends on the country says nothing.
    """

    entry: Entry
    shown: tuple[Point, ...]
    folded: tuple[Point, ...]
    nothing_on: Region | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Points below one heading; `steps` are to be taken, and ticked."""

    heading: str
    points: tuple[Point, ...]
    steps: bool


def sections(points: Iterable[Point], knowledge: Knowledge) -> Iterator[Section]:
    """The points below their headings, each where its heading first comes; those without one stand under `more`.

    A heading that names a region spares its points the mark of it.
    """
    wordings, names = knowledge.wordings, knowledge.asking.names
    under: dict[str, list[Point]] = {}
    for point in points:
        heading = point.under or wordings.more
        here = point.region and heading == wordings.in_region.format(region=names[point.region])
        under.setdefault(heading, []).append(replace(point, region=None) if here else point)
    for heading, below in under.items():
        yield Section(heading, tuple(below), heading == wordings.to_do)


def is_gap(text: str) -> bool:
    """Whether a point says that the sources are silent, which helps nobody as the first thing that they read."""
    return _GAP.search(text) is not None


def entry_on(region: Region, knowledge: Knowledge) -> Entry | None:
    """The entry that is about `region`: its label names it, and of these it holds the most that is true there alone."""
    name = re.compile(rf"\b{re.escape(knowledge.asking.names[region].removeprefix('the '))}\b")
    held = {
        entry.id: sum(point.region == region for point in entry.points)
        for entry in knowledge.entries.values()
        if name.search(entry.label)
    }
    most = max(held, key=lambda entry: held[entry], default=None)
    return knowledge.entries[most] if most and held[most] else None


def choose(entry: Entry, asked: Asked = CANONICAL, *, yes_no: bool = True) -> Chosen:
    """The points of `entry` for a message. `yes_no`: the Yes or No that answers the entry's question answers it too."""
    points = [point for point in entry.points if _holds_in(point, asked.regions)]
    elsewhere = [point for point in entry.points if point not in points]
    leading = _leading(points, asked)
    if asked.follows:
        told = leading or (entry.answer[:1] if asked.briefly else entry.more if asked.goes_on else ())
        return Chosen(entry, tuple(map(_without_yes_no, told)), ())
    canonical = [point for point in entry.answer if point in points and point not in leading]
    if leading and is_gap(leading[0].text):
        leading, canonical = [*canonical[:1], *leading], canonical[1:]
    first = _within_breath(leading, canonical) or entry.answer[:1]
    shown = tuple(
        point if (asked.yes_no and not asked.turned if point in leading else yes_no) else _without_yes_no(point)
        for point in first
    )
    folded = [point for point in (*canonical, *points, *elsewhere) if point not in first]
    unknown = _region_without_word(entry, asked.regions)
    return Chosen(entry, shown, tuple(map(_without_yes_no, dict.fromkeys(folded))), unknown)


def _leading(points: Sequence[Point], asked: Asked) -> list[Point]:
    """The points that the message picks, the best fitting first: by a name, by a country, by a kind of question."""

    def fit(point: Point) -> tuple[int, int, int]:
        named = len(asked.named.intersection(point.names))
        region = int(bool(point.region) and _covers(point.region, asked.regions))
        kinds = [place for place, kind in enumerate(asked.kinds) if kind in point.answers]
        return named, region, -kinds[0] + len(asked.kinds) if kinds else 0

    fits = {point: fit(point) for point in points}
    found = [point for point in points if any(fits[point])]
    found.sort(key=lambda point: fits[point], reverse=True)
    return sorted(found[:_MOST_LEADING], key=lambda point: is_gap(point.text))


def _within_breath(leading: Sequence[Point], others: Sequence[Point]) -> list[Point]:
    """Of the points in their order as many as one breath holds: the first in any case."""
    shown: list[Point] = []
    words = 0
    for point in (*leading, *others):
        words += len(point.text.split())
        if shown and (len(shown) == MOST_POINTS or words > MOST_WORDS):
            break
        shown.append(point)
    return shown


def _holds_in(point: Point, regions: Sequence[Region]) -> bool:
    return point.region is None or not regions or _covers(point.region, regions)


def _covers(region: Region | None, regions: Iterable[Region]) -> bool:
    """Whether what holds in `region` holds in one of `regions`."""
    return any(region in (each, WIDER.get(each)) for each in regions)


def _region_without_word(entry: Entry, regions: Sequence[Region]) -> Region | None:
    """The first region that was named, if the entry tells of prices or rules by country, and not of that one."""
    depends = [
        point.region
        for point in entry.points
        if point.region and any(isinstance(fact, Fact) and fact.subject in PASSING for fact in point.evidence)
    ]
    if not regions or not depends or any(_covers(region, regions) for region in depends):
        return None
    return regions[0]


def _without_yes_no(point: Point) -> Point:
    """The point without the Yes or No before its sentence, which then stands for itself."""
    text = _YES_NO.sub(lambda match: match[1].upper(), point.text)
    return point if text == point.text else replace(point, text=text)
