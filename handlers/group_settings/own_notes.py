"""The notes of a group's own: written, changed and removed by its admins."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

from handlers.group_settings.kinds import Change, NotAcceptedError, Rows, Typed
from handlers.group_settings.panel import Panel
from handlers.keyboards import in_rows, keyboard
from handlers.rendering import Rendered
from knowledge.model import Knowledge
from runtime.storage import MOST_NOTES, NOTE_LENGTH, NOTE_NAME_LENGTH, ChatSettings, Note

_TAG_BYTES = 6
"""Of the tag that stands for a note in callback data, in which a name has no room."""


@dataclass(frozen=True, kw_only=True)
class OwnNotes(Typed):
    """Up to MOST_NOTES notes, each with a page; a name that is typed again gets the new text."""

    def summary(self, panel: Panel) -> str:
        return ", ".join(escape(note.name) for note in panel.settings.notes) or panel.words.nothing

    def details(self, before: Panel, after: Panel) -> list[str]:
        told = after.words_of(self.name)["would_read"]
        new = [note for note in after.settings.notes if note not in before.settings.notes]
        return [told.format(name=escape(note.name), text=escape(note.text)) for note in new]

    def buttons(self, panel: Panel) -> Rows:
        notes = panel.settings.notes
        names = [panel.to(note.name, self.name, tag_of(note)) for note in notes]
        write = [panel.type(panel.words_of(self.name)["write"], self.name)] if len(notes) < MOST_NOTES else []
        return [*in_rows(names), write]

    def own_page(self, panel: Panel, arguments: Sequence[str]) -> Rendered | None:
        note = next((each for each in panel.settings.notes if [tag_of(each)] == list(arguments[:1])), None)
        if note is None:
            return None
        words = panel.words_of(self.name)
        rows = [
            [panel.type(words["change"], self.name), panel.set(words["remove"], self.name, f"-{tag_of(note)}")],
            [panel.to(panel.texts.buttons.back, self.page)],
        ]
        return Rendered(words["note"].format(name=escape(note.name), text=escape(note.text)), keyboard(rows))

    def change(self, value: str, _knowledge: Knowledge) -> Change:
        if value[:1] != "-" or not value[1:]:
            raise ValueError(value)
        return lambda before: replace(before, notes=tuple(note for note in before.notes if tag_of(note) != value[1:]))

    def change_typed(self, text: str, panel: Panel) -> Change:
        words = panel.words_of(self.name)
        first, _, rest = text.strip().partition("\n")
        name, told = " ".join(first.split()), rest.strip()
        if not name or not told:
            raise NotAcceptedError(words["incomplete"])
        if len(name) > NOTE_NAME_LENGTH:
            raise NotAcceptedError(words["long_name"].format(length=len(name)))
        if len(told) > NOTE_LENGTH:
            raise NotAcceptedError(words["long_text"].format(length=len(told)))
        try:
            note = Note(name=name, text=told)
        except ValueError:  # marks alone, which can't be seen or typed again
            raise NotAcceptedError(words["unusable"]) from None

        def put(before: ChatSettings) -> ChatSettings:
            notes = _with(before.notes, note)
            if len(notes) > MOST_NOTES:  # asked here, for another admin may be writing one, too
                raise NotAcceptedError(words["full"].format(most=MOST_NOTES))
            return replace(before, notes=notes)

        return put


def tag_of(note: Note) -> str:
    """What stands for a note in callback data."""
    return hashlib.blake2b(note.key.encode(), digest_size=_TAG_BYTES).hexdigest()


def _with(notes: tuple[Note, ...], note: Note) -> tuple[Note, ...]:
    """`notes` with one more, or with the one of this name replaced where it stands."""
    if any(each.key == note.key for each in notes):
        return tuple(note if each.key == note.key else each for each in notes)
    return (*notes, note)
