"""All that a group can set, a row each: the one place to add a setting.

A row needs a field of ChatSettings, which says what may be stored and what a new group has, and its texts in
texts.yaml under `settings.fields`. A page is there as soon as a row names it; its texts stand under `settings.pages`.
"""

from __future__ import annotations

from collections.abc import Sequence

from handlers.group_settings.kinds import Choice, CopyLink, ForumTopics, Link, OwnLine, Personal, Setting, minutes
from handlers.group_settings.listening import WhenToAnswer
from handlers.group_settings.own_notes import OwnNotes
from handlers.group_settings.quiet_hours import USUAL_NIGHT, QuietSpan, QuietSwitch, Zone
from handlers.group_settings.seen_by import SeenBy
from handlers.group_settings.silencing import SilencedEntries, SilencedSubjects
from handlers.keyboards import Action
from runtime.storage import LANGUAGES, MOST_NOTIFIED, Mode

Table = Sequence[Setting]

LENGTHS = {"short": False, "whole": True}
SEEN_BY = {"all": False, "asker": True}
SHOWN = {"with": True, "without": False}
NIGHT = {"on": USUAL_NIGHT, "off": None}

TABLE: Table = (
    WhenToAnswer(name="mode", page="mode", field="mode", options={mode.value: mode for mode in Mode}, width=1),
    Choice(
        name="cooldown",
        page="mode",
        field="cooldown_minutes",
        options=minutes(0, 15, 60, 240, 1440),
        width=3,
        matters=lambda settings: settings.mode is Mode.LISTEN,
    ),
    Choice(name="length", page="answers", field="whole_answers", options=LENGTHS),
    Choice(name="pictures", page="answers", field="pictures", options=SHOWN),
    Choice(name="deletion", page="answers", field="auto_delete_minutes", options=minutes(0, 5, 30, 60, 720)),
    SeenBy(name="seen", page="answers", field="only_for_asker", options=SEEN_BY),
    SilencedSubjects(name="subject", page="silenced", field="silenced_groups", entries="entry"),
    SilencedEntries(name="entry", page="silenced", field="silenced_entries", subjects="subject"),
    QuietSwitch(name="quiet", page="quiet", field="quiet_hours", options=NIGHT),
    QuietSpan(name="hours", page="quiet", field="quiet_hours"),
    Zone(name="zone", page="quiet", field="quiet_hours"),
    OwnLine(name="line", page="line", field="disclaimer"),
    Personal(name="urgent-notes", page="urgent", field="urgent_notes_to", most=MOST_NOTIFIED),
    Choice(name="statistics", page="stats", field="statistics"),
    Link(name="see-statistics", page="stats", action=Action.STATISTICS),
    ForumTopics(name="topic", page="topics", field="topics"),
    OwnNotes(name="notes", page="notes", field="notes"),
    Choice(name="language", page="language", field="language", options={code: code for code in LANGUAGES}, width=3),
    Link(name="export", page="copy", action=Action.EXPORT),
    Link(name="import", page="copy", action=Action.IMPORT),
    CopyLink(name="copy-to", page="copy"),
    Link(name="pin", page="pin", action=Action.PIN),
)
"""In the order in which pages stand on the first one, and settings on their page."""


def setting_named(name: str, table: Table = TABLE) -> Setting:
    """The row that callback data names. Raises ValueError where there is none."""
    for setting in table:
        if setting.name == name:
            return setting
    raise ValueError(name)
