"""The pages of /settings: what is set, in words, and the buttons that set it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape

from telegram import InlineKeyboardButton

from handlers.group_settings.changes import Field
from handlers.keyboards import Action, button, in_rows, keyboard, topic_key
from handlers.rendering import Rendered
from handlers.texts import SettingsTexts, Texts
from knowledge.model import Entry, Knowledge
from runtime.storage import ChatSettings, Mode

COOLDOWNS = (0, 15, 60, 240, 1440)
DELETED_AFTER = (0, 5, 30, 60, 720)
HOURS = tuple(f"{hour:02}:00" for hour in range(24))
ON_ONE_PAGE = 8

Rows = list[list[InlineKeyboardButton]]


class Page(StrEnum):
    """A page, as callback data names it."""

    MAIN = "main"
    MODE = "mode"
    ANSWERS = "answers"
    SILENCED = "silenced"
    SILENCED_IN = "in"
    QUIET = "quiet"
    QUIET_FROM = "from"
    QUIET_UNTIL = "until"
    TOPICS = "topics"
    OWN_LINE = "line"
    STATISTICS = "stats"
    RESET = "reset"
    CLOSE = "close"


PAGE_OF: Mapping[Field, Page] = {
    Field.MODE: Page.MODE,
    Field.COOLDOWN: Page.MODE,
    Field.WHOLE: Page.ANSWERS,
    Field.PICTURES: Page.ANSWERS,
    Field.AUTO_DELETE: Page.ANSWERS,
    Field.SILENCED_GROUP: Page.SILENCED_IN,
    Field.SILENCED_ENTRY: Page.SILENCED_IN,
    Field.QUIET: Page.QUIET,
    Field.QUIET_FROM: Page.QUIET,
    Field.QUIET_UNTIL: Page.QUIET,
    Field.ZONE: Page.QUIET,
    Field.TOPIC: Page.TOPICS,
    Field.OWN_LINE: Page.OWN_LINE,
    Field.STATISTICS: Page.STATISTICS,
}
"""The page on which each setting stands, and which is shown again after it was set."""


@dataclass(frozen=True)
class Panel:
    """The settings of the group `chat_id`, to be shown.

    `title` is the group's where the panel is not in the group itself; `topics` are the forum topics that are known,
    by thread id; None where the group is no forum. `private_link` leads to the same panel in private.
    """

    chat_id: int
    settings: ChatSettings
    knowledge: Knowledge
    texts: Texts
    title: str = ""
    topics: Mapping[int, str] | None = None
    private_link: str = ""

    @property
    def words(self) -> SettingsTexts:
        return self.texts.settings

    def page(self, name: str, arguments: Sequence[str] = ()) -> Rendered:
        """One page; the first one for a name that there is none of."""
        match name:
            case Page.MODE:
                return self._mode()
            case Page.ANSWERS:
                return self._answers()
            case Page.SILENCED:
                return self._silenced()
            case Page.SILENCED_IN:
                return self._silenced_in(*(*arguments, "", "")[:2])
            case Page.QUIET:
                return self._quiet()
            case Page.QUIET_FROM:
                return self._hours(self.words.quiet_from, Field.QUIET_FROM)
            case Page.QUIET_UNTIL:
                return self._hours(self.words.quiet_until, Field.QUIET_UNTIL)
            case Page.TOPICS if self.topics is not None:
                return self._topics(self.topics)
            case Page.OWN_LINE:
                return self._own_line()
            case Page.STATISTICS:
                return self._statistics()
            case Page.RESET:
                return self._reset()
        return self._main()

    @staticmethod
    def page_of(entry: Entry, knowledge: Knowledge) -> int:
        """On which page of its group's entries an entry stands."""
        return knowledge.groups[entry.group].index(entry) // ON_ONE_PAGE

    def _main(self) -> Rendered:
        words, pages = self.words, self.words.pages
        names = [Page.MODE, Page.ANSWERS, Page.SILENCED, Page.QUIET, Page.OWN_LINE, Page.STATISTICS]
        if self.topics is not None:
            names.append(Page.TOPICS)
        rows = in_rows([self._to(pages[name], name) for name in names])
        if self.private_link:
            rows.append([InlineKeyboardButton(words.in_private, url=self.private_link)])
        rows.append([self._to(pages[Page.RESET], Page.RESET), self._to(words.close, Page.CLOSE)])
        heading = words.heading_of.format(title=escape(self.title)) if self.title else words.heading
        return Rendered("\n".join([heading, *self._summary()]), keyboard(rows))

    def _summary(self) -> list[str]:
        words, settings = self.words, self.settings
        length = words.whole if settings.whole_answers else words.short
        pictures = words.with_pictures if settings.pictures else words.without_pictures
        silenced = len(settings.silenced_groups) + len(settings.silenced_entries)
        values = {
            Page.MODE: self._when(),
            Page.ANSWERS: f"{length}, {pictures}; {self._deleted(settings.auto_delete_minutes)}",
            Page.SILENCED: words.number_silenced.format(number=silenced) if silenced else words.nothing,
            Page.QUIET: self._quiet_hours(),
            Page.OWN_LINE: escape(settings.disclaimer) or words.nothing,
            Page.STATISTICS: words.switched_on if settings.statistics else words.switched_off,
        }
        if self.topics is not None:
            chosen = [escape(self._topic(thread)) for thread in sorted(settings.topics)]
            values[Page.TOPICS] = ", ".join(chosen) or words.everywhere
        return [f"• {words.pages[name]}: {value}" for name, value in values.items()]

    def _when(self) -> str:
        mode = self.words.modes[self.settings.mode]
        if self.settings.mode is not Mode.LISTEN:
            return mode
        return f"{mode}; {self.words.again_after.format(time=self._time(self.settings.cooldown_minutes))}"

    def _mode(self) -> Rendered:
        words, settings = self.words, self.settings
        modes = [[self._choice(words.modes[mode], Field.MODE, mode, settings.mode is mode)] for mode in Mode]
        waits = [
            self._choice(self._time(minutes), Field.COOLDOWN, minutes, settings.cooldown_minutes == minutes)
            for minutes in COOLDOWNS
        ]
        return self._rendered(words.about_mode, [*modes, *in_rows(waits, 3)])

    def _answers(self) -> Rendered:
        words, settings = self.words, self.settings
        rows = [
            [
                self._choice(words.short, Field.WHOLE, 0, not settings.whole_answers),
                self._choice(words.whole, Field.WHOLE, 1, settings.whole_answers),
            ],
            [
                self._choice(words.with_pictures, Field.PICTURES, 1, settings.pictures),
                self._choice(words.without_pictures, Field.PICTURES, 0, not settings.pictures),
            ],
        ]
        ends = [
            self._choice(self._deleted(minutes), Field.AUTO_DELETE, minutes, settings.auto_delete_minutes == minutes)
            for minutes in DELETED_AFTER
        ]
        return self._rendered(words.about_answers, [*rows, *in_rows(ends)])

    def _silenced(self) -> Rendered:
        groups = [
            self._to(
                self._marked(title, topic_key(title) in self.settings.silenced_groups),
                Page.SILENCED_IN,
                topic_key(title),
            )
            for title in self.knowledge.groups
        ]
        return self._rendered(self.words.about_silenced, in_rows(groups))

    def _silenced_in(self, key: str, number: str) -> Rendered:
        entries = next((e for title, e in self.knowledge.groups.items() if topic_key(title) == key), None)
        if entries is None:
            return self._silenced()
        words, settings = self.words, self.settings
        last = (len(entries) - 1) // ON_ONE_PAGE
        shown = min(int(number), last) if number.isdecimal() else 0
        whole = key in settings.silenced_groups
        rows = [
            [self._set(words.speak_again if whole else words.silence_all, Field.SILENCED_GROUP, _switched(key, whole))]
        ]
        if not whole:
            rows += in_rows([self._entry(entry) for entry in entries[shown * ON_ONE_PAGE : (shown + 1) * ON_ONE_PAGE]])
            rows.append(self._turns(key, shown, last))
        rows.append([self._to(self.texts.buttons.back, Page.SILENCED)])
        heading = words.about_silenced_in.format(group=escape(entries[0].group))
        return Rendered(heading, keyboard(rows))

    def _entry(self, entry: Entry) -> InlineKeyboardButton:
        silenced = entry.id in self.settings.silenced_entries
        return self._set(self._marked(entry.label, silenced), Field.SILENCED_ENTRY, _switched(entry.id, silenced))

    def _turns(self, key: str, shown: int, last: int) -> list[InlineKeyboardButton]:
        turns = [self._to(self.texts.buttons.previous, Page.SILENCED_IN, key, shown - 1)] if shown else []
        return [
            *turns,
            *([self._to(self.texts.buttons.next, Page.SILENCED_IN, key, shown + 1)] if shown < last else []),
        ]

    def _quiet(self) -> Rendered:
        words, hours = self.words, self.settings.quiet_hours
        if hours is None:
            rows = [[self._set(words.switch_on, Field.QUIET, 1)]]
        else:
            rows = [
                [
                    self._to(f"{words.quiet_from} {hours.start}", Page.QUIET_FROM),
                    self._to(f"{words.quiet_until} {hours.end}", Page.QUIET_UNTIL),
                ],
                [self._type(words.zone.format(zone=hours.zone), Field.ZONE)],
                [self._set(words.switch_off, Field.QUIET, 0)],
            ]
        return self._rendered(words.about_quiet.format(now=self._quiet_hours()), rows)

    def _hours(self, heading: str, field: Field) -> Rendered:
        hours = self.settings.quiet_hours
        if hours is None:
            return self._quiet()
        chosen, other = (hours.start, hours.end) if field is Field.QUIET_FROM else (hours.end, hours.start)
        buttons = [self._choice(hour, field, hour.replace(":", "."), hour == chosen) for hour in HOURS if hour != other]
        rows = [buttons[at : at + 4] for at in range(0, len(buttons), 4)]
        rows.append([self._to(self.texts.buttons.back, Page.QUIET)])
        return Rendered(f"<b>{heading}</b>", keyboard(rows))

    def _topics(self, known: Mapping[int, str]) -> Rendered:
        chosen = self.settings.topics
        rows = [[self._choice(self.words.everywhere, Field.TOPIC, "all", not chosen)]]
        topics = sorted({*known, *chosen})
        rows += in_rows([self._choice_of_topic(thread, thread in chosen) for thread in topics])
        return self._rendered(self.words.about_topics, rows)

    def _choice_of_topic(self, thread: int, chosen: bool) -> InlineKeyboardButton:
        return self._choice(self._topic(thread), Field.TOPIC, _switched(str(thread), chosen), chosen)

    def _topic(self, thread: int) -> str:
        return (self.topics or {}).get(thread) or self.words.topic.format(number=thread)

    def _own_line(self) -> Rendered:
        words, line = self.words, self.settings.disclaimer
        rows = [[self._type(words.write_line, Field.OWN_LINE)]]
        if line:
            rows.append([self._set(words.remove_line, Field.OWN_LINE, "")])
        return self._rendered(words.about_line.format(line=escape(line) or words.nothing), rows)

    def _statistics(self) -> Rendered:
        words, counted = self.words, self.settings.statistics
        on = self._choice(words.switched_on, Field.STATISTICS, 1, counted)
        off = self._choice(words.switched_off, Field.STATISTICS, 0, not counted)
        see = button(words.see_statistics, Action.STATISTICS, self.chat_id)
        return self._rendered(words.about_statistics, [[on, off], [see]])

    def _reset(self) -> Rendered:
        return self._rendered(
            self.texts.admins.reset_sure, [[button(self.texts.admins.reset_yes, Action.RESET, self.chat_id)]]
        )

    def _rendered(self, html: str, rows: Rows) -> Rendered:
        return Rendered(html, keyboard([*rows, [self._to(self.texts.buttons.back, Page.MAIN)]]))

    def _to(self, text: str, page: Page, *arguments: str | int) -> InlineKeyboardButton:
        return button(text, Action.SETTINGS, self.chat_id, page, *arguments)

    def _set(self, text: str, field: Field, value: str | int) -> InlineKeyboardButton:
        return button(text, Action.SET, self.chat_id, field, value)

    def _type(self, text: str, field: Field) -> InlineKeyboardButton:
        return button(text, Action.TYPE, self.chat_id, field)

    def _choice(self, text: str, field: Field, value: str | int, chosen: bool) -> InlineKeyboardButton:
        return self._set(f"✓ {text}" if chosen else text, field, value)

    @staticmethod
    def _marked(text: str, silenced: bool) -> str:
        return f"🔇 {text}" if silenced else text

    def _deleted(self, minutes: int) -> str:
        return self.words.deleted_after.format(time=self._time(minutes)) if minutes else self.words.never_deleted

    def _time(self, minutes: int) -> str:
        return self.words.times.get(minutes) or self.words.minutes.format(number=minutes)

    def _quiet_hours(self) -> str:
        hours = self.settings.quiet_hours
        return f"{hours.start}–{hours.end}, {escape(hours.zone)}" if hours else self.words.nothing


def _switched(name: str, now: bool) -> str:
    """What a button carries that turns `name` on or off, the other way round than it is now."""
    return f"-{name}" if now else f"+{name}"
