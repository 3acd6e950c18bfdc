"""The hours of the day in which a group does not want to hear from the bot: switched, their span, their time zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from zoneinfo import available_timezones

from rapidfuzz import fuzz, process

from handlers.group_settings.kinds import Change, Choice, NotAcceptedError, Rows, Setting, Typed
from handlers.group_settings.panel import Panel
from handlers.keyboards import keyboard
from handlers.rendering import Rendered
from knowledge.model import Knowledge
from runtime.storage import QuietHours

HOURS = tuple(f"{hour:02}" for hour in range(24))
USUAL_NIGHT = QuietHours(start="22:00", end="07:00", zone="UTC")
"""What switching quiet hours on begins with."""

_SIMILAR = 70.0
"""Least similarity, 0 to 100, of a city that could be meant; below it, hardly a letter is where it should be."""


@dataclass(frozen=True, kw_only=True)
class QuietSwitch(Choice):
    """Quiet hours, on or off; switched on again they are as they were set."""

    def summary(self, panel: Panel) -> str:
        hours = panel.settings.quiet_hours
        return f"{hours.start}–{hours.end}, {escape(hours.zone)}" if hours else panel.words.nothing

    def buttons(self, panel: Panel) -> Rows:
        other = "off" if panel.settings.quiet_hours else "on"
        return [[panel.set(panel.words_of(self.name)[other], self.name, other)]]

    def change(self, value: str, knowledge: Knowledge) -> Change:
        switched = super().change(value, knowledge)
        return _with() if value == "on" else switched


@dataclass(frozen=True, kw_only=True)
class QuietSpan(Setting):
    """When quiet hours begin and when they end, by the hour; each on a page of its own."""

    def is_offered(self, panel: Panel) -> bool:
        return panel.settings.quiet_hours is not None

    def buttons(self, panel: Panel) -> Rows:
        hours, words = panel.settings.quiet_hours or USUAL_NIGHT, panel.words_of(self.name)
        return [
            [
                panel.to(f"{words['from']} {hours.start}", self.name, "from"),
                panel.to(f"{words['until']} {hours.end}", self.name, "until"),
            ]
        ]

    def own_page(self, panel: Panel, arguments: Sequence[str]) -> Rendered | None:
        side, hours = "".join(arguments[:1]), panel.settings.quiet_hours or USUAL_NIGHT
        if side not in {"from", "until"}:
            return None
        now, other = (hours.start, hours.end) if side == "from" else (hours.end, hours.start)
        offered = [
            panel.choice(f"{hour}:00", self.name, f"{side}-{hour}", chosen=f"{hour}:00" == now)
            for hour in HOURS
            if f"{hour}:00" != other
        ]
        rows = [offered[at : at + 4] for at in range(0, len(offered), 4)]
        rows.append([panel.to(panel.texts.buttons.back, self.page)])
        return Rendered(f"<b>{panel.words_of(self.name)[side]}</b>", keyboard(rows))

    def change(self, value: str, _knowledge: Knowledge) -> Change:
        side, _, hour = value.partition("-")
        if side not in {"from", "until"} or hour not in HOURS:
            raise ValueError(value)
        return _with(start=f"{hour}:00") if side == "from" else _with(end=f"{hour}:00")


@dataclass(frozen=True, kw_only=True)
class Zone(Typed):
    """The time zone of quiet hours."""

    def is_offered(self, panel: Panel) -> bool:
        return panel.settings.quiet_hours is not None

    def buttons(self, panel: Panel) -> Rows:
        hours = panel.settings.quiet_hours or USUAL_NIGHT
        return [[panel.type(panel.words_of(self.name)["label"].format(zone=hours.zone), self.name)]]

    def change_typed(self, text: str, panel: Panel) -> Change:
        zones = {zone.casefold(): zone for zone in sorted(available_timezones())}
        wanted = "_".join(text.split()).casefold()
        if wanted in zones:
            return _with(zone=zones[wanted])
        cities = {name.rpartition("/")[2]: zone for name, zone in zones.items()}
        city = wanted.rpartition("/")[2]
        near = process.extract(city, list(cities), scorer=fuzz.ratio, limit=3, score_cutoff=_SIMILAR)
        words = panel.words_of(self.name)
        similar = ", ".join(cities[city] for city, *_ in near)
        raise NotAcceptedError(words["similar"].format(zones=similar) if similar else words["unknown"])


def _with(**changed: str) -> Change:
    """Quiet hours with a part of them changed; where they are off, those that they begin with."""
    return lambda before: replace(before, quiet_hours=replace(before.quiet_hours or USUAL_NIGHT, **changed))
