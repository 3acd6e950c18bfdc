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

from telegram import InlineKeyboardButton

from handlers.group_settings.panel import Panel
from handlers.keyboards import Action, button, in_rows
from handlers.rendering import Rendered
from knowledge.model import Knowledge
from runtime.storage import DISCLAIMER_LENGTH, ChatSettings

Change = Callable[[ChatSettings], ChatSettings]
Rows = list[list[InlineKeyboardButton]]

ON_OFF: Mapping[str, Any] = MappingProxyType({"on": True, "off": False})
LONGEST_NAME = 29
"""Bytes of a subject's or an entry's name in callback data, which Telegram limits to 64 with all that stands beside."""


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

    def details(self, _before: Panel, _after: Panel) -> list[str]:
        """What its summary leaves out of a change, as HTML, each in a short block; for most settings nothing."""
        return []

    def remark(self, _panel: Panel) -> str:
        """What has to be said on its page as things stand, as HTML; for most settings nothing."""
        return ""

    def warning(self, _panel: Panel) -> str:
        """What whoever has just changed it has to be told at once, in an alert; for most settings nothing."""
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

    def change_by(self, _person_id: int, value: str, knowledge: Knowledge) -> Change:
        """The change that it stands for when this user presses it; for most settings that is all the same."""
        return self.change(value, knowledge)

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
class CopyLink(Setting):
    """No setting, but the link by which an admin chooses a group to copy all settings to."""

    field: str = ""

    def is_offered(self, panel: Panel) -> bool:
        return bool(panel.copy_link)

    def buttons(self, panel: Panel) -> Rows:
        return [[InlineKeyboardButton(panel.words_of(self.name)["label"], url=panel.copy_link)]]


@dataclass(frozen=True, kw_only=True)
class Typed(Setting):
    """A value that is typed. Its texts "question" and "placeholder" ask for it."""

    def change_typed(self, text: str, panel: Panel) -> Change:
        """The change to what was typed. Raises NotAcceptedError, and so may the change itself."""
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
class Members(Setting):
    """A set, into which buttons put one thing each, and out of which they take it again."""

    def change(self, value: str, knowledge: Knowledge) -> Change:
        sign, member = value[:1], self._member(value[1:], knowledge)
        if sign not in {"+", "-"}:
            raise ValueError(value)
        return _switch(self.field, member, on=sign == "+")

    def _member(self, name: str, knowledge: Knowledge) -> Any:
        """What a name in callback data stands for. Raises ValueError."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class ForumTopics(Members):
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
                switched(str(thread), thread not in chosen),
                chosen=thread in chosen,
            )
            for thread in sorted({*(panel.topics or {}), *chosen})
        ]
        return [[everywhere], *in_rows(topics)]

    def change(self, value: str, knowledge: Knowledge) -> Change:
        return self._put(frozenset()) if value == "all" else super().change(value, knowledge)

    def _member(self, name: str, _knowledge: Knowledge) -> int:
        return int(name)

    def _label(self, thread: int, panel: Panel) -> str:
        return (panel.topics or {}).get(thread) or panel.words_of(self.name)["number"].format(number=thread)


@dataclass(frozen=True, kw_only=True)
class Personal(Setting):
    """Something that each admin switches for themselves: a set of user ids, into which nobody can put another's.

    All admins see the page where it stands in the group; so only in private a tick shows what one has chosen. Whoever
    switches it on is told so in private (text "confirmed"), and it stays off where that can't be done ("start_first").
    `most` is how many may have it; the text "full" is for the next.
    """

    most: int

    def has(self, person_id: int, panel: Panel) -> bool:
        """Whether this user has it switched on."""
        return person_id in self._now(panel)

    def is_full(self, panel: Panel) -> bool:
        return len(self._now(panel)) >= self.most

    def summary(self, panel: Panel) -> str:
        number = len(self._now(panel))
        return panel.words_of(self.name)["number"].format(number=number) if number else panel.words.nothing

    def buttons(self, panel: Panel) -> Rows:
        words = panel.words_of(self.name)
        now = None if panel.person_id is None else self.has(panel.person_id, panel)
        return [[panel.choice(words[word], self.name, word, chosen=now is on) for word, on in ON_OFF.items()]]

    def change_by(self, person_id: int, value: str, _knowledge: Knowledge) -> Change:
        if value not in ON_OFF:
            raise ValueError(value)
        return _switch(self.field, person_id, on=ON_OFF[value])


def _switch(name: str, member: Any, *, on: bool) -> Change:
    """The change that puts `member` into the set in the field `name`, or takes it out."""

    def change(before: ChatSettings) -> ChatSettings:
        members = getattr(before, name)
        return replace(before, **{name: members | {member} if on else members - {member}})

    return change


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


def switched(name: str, on: bool) -> str:
    """What a button carries that puts `name` into a set, or takes it out."""
    return f"{'+' if on else '-'}{short(name)}"
