"""What of the FAQ a group does not want answered: whole subjects, and single entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from telegram import InlineKeyboardButton

from handlers.group_settings.kinds import Members, Rows, meant, short, switched
from handlers.group_settings.panel import Panel
from handlers.keyboards import ON_ONE_PAGE, Action, in_rows, keyboard, turn_to
from handlers.rendering import Rendered
from knowledge.model import Entry, Knowledge, topic_key


@dataclass(frozen=True, kw_only=True)
class SilencedSubjects(Members):
    """Subjects of the FAQ that the group does not want answered.

    The page of each has its entries, too, which the setting named `entries` silences one by one.
    """

    entries: str

    def summary(self, panel: Panel) -> str:
        number = len(panel.settings.silenced_groups) + len(panel.settings.silenced_entries)
        return panel.words_of(self.name)["number"].format(number=number) if number else panel.words.nothing

    def details(self, before: Panel, after: Panel) -> list[str]:
        words = after.words_of(self.name)
        was, is_ = _silenced(before), _silenced(after)
        silent = [words["silent"].format(title=escape(title)) for title in is_ if title not in was]
        return silent + [words["speaking"].format(title=escape(title)) for title in was if title not in is_]

    def buttons(self, panel: Panel) -> Rows:
        silenced, words = self._now(panel), panel.words_of(self.name)
        subjects = ((title, topic_key(title)) for title in panel.knowledge.topics)
        return in_rows(
            [panel.to(_marked(title, key in silenced, words), self.name, short(key)) for title, key in subjects]
        )

    def own_page(self, panel: Panel, arguments: Sequence[str]) -> Rendered | None:
        named, number, *_ = (*arguments, "", "")
        subjects = _subjects(panel.knowledge)
        try:
            key = meant(named, subjects)
        except ValueError:
            return None
        words, entries = panel.words_of(self.name), subjects[key]
        whole = key in self._now(panel)
        rows = [[panel.set(words["speak" if whole else "silence"], self.name, switched(key, not whole))]]
        if not whole:
            shown, silenced = turn_to(entries, number), panel.settings.silenced_entries
            rows += in_rows([self._switch(entry, entry.id in silenced, panel) for entry in shown.items])
            rows.append(shown.turns(panel.texts.buttons, Action.SETTINGS, str(panel.chat_id), self.name, short(key)))
        rows.append([panel.to(panel.texts.buttons.back, self.page)])
        return Rendered(words["about"].format(group=escape(entries[0].topic)), keyboard(rows))

    def place(self, value: str, _knowledge: Knowledge) -> tuple[str, Sequence[str]]:
        return self.name, (value[1:],)

    def _member(self, name: str, knowledge: Knowledge) -> str:
        return meant(name, _subjects(knowledge))

    def _switch(self, entry: Entry, silenced: bool, panel: Panel) -> InlineKeyboardButton:
        title = _marked(entry.label, silenced, panel.words_of(self.name))
        return panel.set(title, self.entries, switched(entry.id, not silenced))


@dataclass(frozen=True, kw_only=True)
class SilencedEntries(Members):
    """Entries that the group does not want answered; their buttons stand on the pages of the setting `subjects`."""

    subjects: str

    def place(self, value: str, knowledge: Knowledge) -> tuple[str, Sequence[str]]:
        entry = knowledge.entries[meant(value[1:], knowledge.entries)]
        number = knowledge.topics[entry.topic].index(entry) // ON_ONE_PAGE
        return self.subjects, (short(topic_key(entry.topic)), str(number))

    def _member(self, name: str, knowledge: Knowledge) -> str:
        return meant(name, knowledge.entries)


def _subjects(knowledge: Knowledge) -> Mapping[str, Sequence[Entry]]:
    return {topic_key(title): entries for title, entries in knowledge.topics.items()}


def _silenced(panel: Panel) -> list[str]:
    """The titles of what the group wants silent, whole subjects first."""
    settings, knowledge = panel.settings, panel.knowledge
    subjects = [title for title in knowledge.topics if topic_key(title) in settings.silenced_groups]
    return subjects + [entry.label for entry in knowledge.entries.values() if entry.id in settings.silenced_entries]


def _marked(title: str, silenced: bool, words: Mapping[str, str]) -> str:
    return words["silent"].format(title=title) if silenced else title
