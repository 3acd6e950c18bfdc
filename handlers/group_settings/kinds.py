"""The kinds of group setting: how each is shown, summed up and changed, whichever setting it is.

A button says what is to be, not what is to change, so that pressing it twice changes nothing more. Its data may be old
or made up: whatever no button of ours carries is refused with a ValueError.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from types import MappingProxyType
from typing import Any
from zoneinfo import available_timezones

from rapidfuzz import fuzz, process
from telegram import InlineKeyboardButton

from handlers.group_settings.panel import Panel
from handlers.keyboards import ON_ONE_PAGE, Action, button, in_rows, keyboard, turn_to
from handlers.rendering import Rendered, group_key
from knowledge.model import Entry, Knowledge
from runtime.storage import DISCLAIMER_LENGTH, ChatSettings, QuietHours

Change = Callable[[ChatSettings], ChatSettings]
Rows = list[list[InlineKeyboardButton]]

ON_OFF: Mapping[str, Any] = MappingProxyType({"on": True, "off": False})
HOURS = tuple(f"{hour:02}" for hour in range(24))
USUAL_NIGHT = QuietHours(start="22:00", end="07:00", zone="UTC")
"""What switching quiet hours on begins with."""

LONGEST_NAME = 29
"""Bytes of a subject's or an entry's name in callback data, which Telegram limits to 64 with all that stands beside."""

_SIMILAR = 70.0
"""Least similarity, 0 to 100, of a city that could be meant; below it, hardly a letter is where it should be."""


class NotAcceptedError(ValueError):
    """A typed value that can't be used; `html` tells whoever typed it why."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html


def minutes(*numbers: int) -> Mapping[str, int]:
    """Options that are times."""
    return {str(number): number for number in numbers}


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A row of the table: what can be set on a page.

    `name` is that of its callback data, of its own page if it has one, and of its texts in texts.yaml; `field` the
    field of ChatSettings that it changes.
    """

    name: str
    page: str
    field: str

    def is_offered(self, _panel: Panel) -> bool:
        """Whether this group can set it, now."""
        return True

    def summary(self, _panel: Panel) -> str:
        """What is set, as HTML; empty where another setting of its page says so, or where it does not matter."""
        return ""

    def buttons(self, _panel: Panel) -> Rows:
        """The buttons on its page."""
        return []

    def own_page(self, _panel: Panel, _arguments: Sequence[str]) -> Rendered | None:
        """A page further down, for a setting that needs more room than its page has."""
        return None

    def change(self, value: str, _knowledge: Knowledge) -> Change:
        """The change that a button with `value` stands for. Raises ValueError."""
        raise ValueError(value)

    def place(self, _value: str, _knowledge: Knowledge) -> tuple[str, Sequence[str]]:
        """The page to show after `value` was set, and its arguments."""
        return self.page, ()

    def _now(self, panel: Panel) -> Any:
        return getattr(panel.settings, self.field)

    def _put(self, value: Any) -> Change:
        return lambda before: replace(before, **{self.field: value})


@dataclass(frozen=True, kw_only=True)
class Choice(Setting):
    """One of several values. `options` has them by word: the word stands in callback data, and names their texts.

    A time that has no text of its own is told by the text "other". `width` is the number of buttons in a row; where
    `matters` says no, the summary leaves the setting out.
    """

    options: Mapping[str, Any] = field(default_factory=lambda: ON_OFF)
    width: int = 2
    matters: Callable[[ChatSettings], bool] = lambda _: True

    def summary(self, panel: Panel) -> str:
        if not self.matters(panel.settings):
            return ""
        told = panel.words_of(self.name).get("summary", "{option}")
        return told.format(option=self._label(self._now(panel), panel))

    def buttons(self, panel: Panel) -> Rows:
        now = self._now(panel)
        return in_rows(
            [
                panel.choice(self._label(value, panel), self.name, word, chosen=value == now)
                for word, value in self.options.items()
            ],
            self.width,
        )

    def change(self, value: str, _knowledge: Knowledge) -> Change:
        if value not in self.options:
            raise ValueError(value)
        return self._put(self.options[value])

    def _label(self, value: Any, panel: Panel) -> str:
        words = panel.words_of(self.name)
        word = next((word for word, option in self.options.items() if option == value), "")
        return words.get(word) or words["other"].format(time=panel.duration(value))


@dataclass(frozen=True, kw_only=True)
class Link(Setting):
    """No setting, but a button beside one, which leads elsewhere."""

    field: str = ""
    action: Action

    def buttons(self, panel: Panel) -> Rows:
        return [[button(panel.words_of(self.name)["label"], self.action, panel.chat_id)]]


@dataclass(frozen=True, kw_only=True)
class Typed(Setting):
    """A value that is typed. Its texts "question" and "placeholder" ask for it."""

    def change_typed(self, text: str, panel: Panel) -> Change:
        """The change to what was typed. Raises NotAcceptedError."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class OwnLine(Typed):
    """A line of the group's own, which can be written and removed."""

    def summary(self, panel: Panel) -> str:
        return escape(self._now(panel)) or panel.words.nothing

    def buttons(self, panel: Panel) -> Rows:
        words = panel.words_of(self.name)
        remove = [[panel.set(words["remove"], self.name, "none")]] if self._now(panel) else []
        return [[panel.type(words["write"], self.name)], *remove]

    def change(self, value: str, _knowledge: Knowledge) -> Change:
        if value != "none":
            raise ValueError(value)
        return self._put("")

    def change_typed(self, text: str, panel: Panel) -> Change:
        line = " ".join(text.split())
        if len(line) > DISCLAIMER_LENGTH:
            raise NotAcceptedError(panel.words_of(self.name)["too_long"].format(length=len(line)))
        return self._put(line)


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
        return _at_night() if value == "on" else switched


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
        return _at_night(start=f"{hour}:00") if side == "from" else _at_night(end=f"{hour}:00")


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
            return _at_night(zone=zones[wanted])
        cities = {name.rpartition("/")[2]: zone for name, zone in zones.items()}
        near = process.extract(
            wanted.rpartition("/")[2], list(cities), scorer=fuzz.ratio, limit=3, score_cutoff=_SIMILAR
        )
        words = panel.words_of(self.name)
        similar = ", ".join(cities[city] for city, _, _ in near)
        raise NotAcceptedError(words["similar"].format(zones=similar) if similar else words["unknown"])


@dataclass(frozen=True, kw_only=True)
class SilencedSubjects(Setting):
    """Subjects of the FAQ that the group does not want answered.

    The page of each has its entries, too, which the setting named `entries` silences one by one.
    """

    entries: str

    def summary(self, panel: Panel) -> str:
        number = len(panel.settings.silenced_groups) + len(panel.settings.silenced_entries)
        return panel.words_of(self.name)["number"].format(number=number) if number else panel.words.nothing

    def buttons(self, panel: Panel) -> Rows:
        silenced = self._now(panel)
        subjects = ((title, group_key(title)) for title in panel.knowledge.groups)
        return in_rows([panel.to(_marked(title, key in silenced), self.name, short(key)) for title, key in subjects])

    def own_page(self, panel: Panel, arguments: Sequence[str]) -> Rendered | None:
        named, number, *_ = (*arguments, "", "")
        subjects = _subjects(panel.knowledge)
        try:
            key = meant(named, subjects)
        except ValueError:
            return None
        words, entries = panel.words_of(self.name), subjects[key]
        whole = key in self._now(panel)
        rows = [[panel.set(words["speak" if whole else "silence"], self.name, _switched(key, not whole))]]
        if not whole:
            shown, silenced = turn_to(entries, number), panel.settings.silenced_entries
            rows += in_rows([self._switch(entry, entry.id in silenced, panel) for entry in shown.items])
            rows.append(shown.turns(panel.texts.buttons, Action.SETTINGS, str(panel.chat_id), self.name, short(key)))
        rows.append([panel.to(panel.texts.buttons.back, self.page)])
        return Rendered(words["about"].format(group=escape(entries[0].group)), keyboard(rows))

    def change(self, value: str, knowledge: Knowledge) -> Change:
        return _change_members(self.field, value, _subjects(knowledge))

    def place(self, value: str, _knowledge: Knowledge) -> tuple[str, Sequence[str]]:
        return self.name, (value[1:],)

    def _switch(self, entry: Entry, silenced: bool, panel: Panel) -> InlineKeyboardButton:
        return panel.set(_marked(entry.label, silenced), self.entries, _switched(entry.id, not silenced))


@dataclass(frozen=True, kw_only=True)
class SilencedEntries(Setting):
    """Entries that the group does not want answered; their buttons stand on the pages of the setting `subjects`."""

    subjects: str

    def change(self, value: str, knowledge: Knowledge) -> Change:
        return _change_members(self.field, value, knowledge.entries)

    def place(self, value: str, knowledge: Knowledge) -> tuple[str, Sequence[str]]:
        entry = knowledge.entries[meant(value[1:], knowledge.entries)]
        number = knowledge.groups[entry.group].index(entry) // ON_ONE_PAGE
        return self.subjects, (short(group_key(entry.group)), str(number))


@dataclass(frozen=True, kw_only=True)
class ForumTopics(Setting):
    """The topics of a forum in which the bot may write; none chosen: everywhere."""

    def is_offered(self, panel: Panel) -> bool:
        return panel.topics is not None

    def summary(self, panel: Panel) -> str:
        chosen = [escape(self._label(thread, panel)) for thread in sorted(self._now(panel))]
        return ", ".join(chosen) or panel.words_of(self.name)["all"]

    def buttons(self, panel: Panel) -> Rows:
        chosen: frozenset[int] = self._now(panel)
        everywhere = panel.choice(panel.words_of(self.name)["all"], self.name, "all", chosen=not chosen)
        topics = [
            panel.choice(
                self._label(thread, panel),
                self.name,
                _switched(str(thread), thread not in chosen),
                chosen=thread in chosen,
            )
            for thread in sorted({*(panel.topics or {}), *chosen})
        ]
        return [[everywhere], *in_rows(topics)]

    def change(self, value: str, _knowledge: Knowledge) -> Change:
        if value == "all":
            return self._put(frozenset())
        return _with(self.field, int(value[1:]), _is_on(value))

    def _label(self, thread: int, panel: Panel) -> str:
        return (panel.topics or {}).get(thread) or panel.words_of(self.name)["number"].format(number=thread)


def short(name: str) -> str:
    """`name` as callback data carries it; `meant` finds it again."""
    return name.encode()[:LONGEST_NAME].decode(errors="ignore")


def meant(name: str, known: Collection[str]) -> str:
    """Which of `known` a name in callback data stands for. Raises ValueError for none, and for more than one."""
    if name in known:
        return name
    fitting = [each for each in known if name == short(each)]
    if len(fitting) != 1:
        raise ValueError(name)
    return fitting[0]


def _subjects(knowledge: Knowledge) -> Mapping[str, Sequence[Entry]]:
    return {group_key(title): entries for title, entries in knowledge.groups.items()}


def _at_night(**changed: str) -> Change:
    """Quiet hours with a part of them changed; where they are off, those that they begin with."""
    return lambda before: replace(before, quiet_hours=replace(before.quiet_hours or USUAL_NIGHT, **changed))


def _marked(text: str, silenced: bool) -> str:
    return f"🔇 {text}" if silenced else text


def _switched(name: str, on: bool) -> str:
    """What a button carries that puts `name` into a set, or takes it out."""
    return f"{'+' if on else '-'}{short(name)}"


def _is_on(value: str) -> bool:
    if value[:1] not in {"+", "-"}:
        raise ValueError(value)
    return value[0] == "+"


def _change_members(field_name: str, value: str, known: Collection[str]) -> Change:
    return _with(field_name, meant(value[1:], known), _is_on(value))


def _with(field_name: str, member: Any, on: bool) -> Change:
    def change(before: ChatSettings) -> ChatSettings:
        members = getattr(before, field_name)
        return replace(before, **{field_name: members | {member} if on else members - {member}})

    return change
