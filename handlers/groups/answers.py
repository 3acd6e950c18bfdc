"""How a reply looks in a group: short, with the whole answer and its sources one press away in private."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from telegram import InlineKeyboardButton
from telegram.helpers import create_deep_linked_url

from handlers.feedback import vote_buttons
from handlers.keyboards import Action, button, entry_buttons, keyboard
from handlers.private.topics import TOPICS_LINK
from handlers.rendering import Rendered, group_key
from handlers.telegram_html import to_html
from handlers.texts import Texts
from knowledge.model import Entry, Knowledge, citations
from knowledge.rendering.answer import MESSAGE_LIMIT, reply_text
from knowledge.rendering.rich_text import Block, Span, Text
from knowledge.reply import Answer, Reply, Suggestions, Unknown
from runtime.storage import ChatSettings

_MOST_PUBLISHERS = 3


@dataclass(frozen=True, slots=True)
class GroupVoice:
    """What it takes to word a reply for one group; `username` is the bot's."""

    knowledge: Knowledge
    texts: Texts
    settings: ChatSettings
    username: str

    def rendered(self, reply: Answer | Suggestions | Unknown) -> Rendered:
        """The message for `reply`, of which nothing is silenced."""
        return Rendered(to_html(self._text(reply)), keyboard([*self._rows(reply), self._last_row(reply)]))

    def refusal(self, entry: Entry) -> Rendered:
        """What somebody is told who asked for what this group wants silent."""
        return Rendered(
            self.texts.groups.silenced,
            keyboard([[self._link(self.texts.buttons.ask_in_private, entry.id)], [self._bin]]),
        )

    def may_show(self, entry: Entry) -> bool:
        """Whether the group has not silenced the entry or its group of entries."""
        settings = self.settings
        return entry.id not in settings.silenced_entries and group_key(entry.group) not in settings.silenced_groups

    def allowed(self, reply: Reply) -> Answer | Suggestions | Unknown | None:
        """`reply` without the entries that the group wants silent; None when nothing is left to be said."""
        match reply:
            case Answer():
                entries = self._allowed(reply.entries)
                return replace(reply, entries=entries, others=self._allowed(reply.others)) if entries else None
            case Suggestions():
                entries = self._allowed(reply.entries)
                return replace(reply, entries=entries) if entries else None
            case Unknown(nearest=nearest):
                shown = nearest if nearest is not None and self.may_show(nearest) else None
                return replace(reply, nearest=shown)
        return None

    def _allowed(self, entries: Iterable[Entry]) -> tuple[Entry, ...]:
        return tuple(filter(self.may_show, entries))

    def _text(self, reply: Answer | Suggestions | Unknown) -> Text:
        whole = reply_text(reply, self.knowledge)
        if not isinstance(reply, Answer):
            return whole
        if self.settings.whole_answers:
            text = self._with_own_line(whole)
            if text.length <= MESSAGE_LIMIT:
                return text
        return self._with_own_line(self._short(reply))

    def _short(self, reply: Answer) -> Text:
        words = self.texts.groups
        blocks = []
        for entry in reply.entries:
            points = tuple((Span("• "), *_region(point.region), Span(point.text)) for point in entry.answer)
            blocks.append(Block(((Span(entry.question, "bold"),), *points)))
        if any(entry.disputes for entry in reply.entries):
            blocks.append(Block(((Span(words.disputed),),)))
        if reply.safety_note:
            blocks.append(Block(((Span(words.get_help, "bold"), Span(self.knowledge.wordings.safety_note)),)))
        ending = (
            f"{words.from_sources.format(publishers=_publishers(reply.entries))} {self.knowledge.wordings.disclaimer}"
        )
        blocks.append(Block(((Span(ending, "italic"),),)))
        if reply.others:
            blocks.append(Block(((Span(self.knowledge.wordings.or_else, "bold"),),)))
        return Text(tuple(blocks))

    def _with_own_line(self, text: Text) -> Text:
        line = self.settings.disclaimer
        return Text((*text.blocks, Block(((Span(f"📌 {line}"),),)))) if line else text

    def _rows(self, reply: Answer | Suggestions | Unknown) -> list[list[InlineKeyboardButton]]:
        words = self.texts.buttons
        match reply:
            case Answer(entries=[entry]):
                others = [[each] for each in entry_buttons(reply.others, Action.ANSWER_HERE)]
                return [[self._link(words.whole_in_private, entry.id)], *others]
            case Answer(entries=entries):
                return [[self._link(words.whole_answer.format(label=entry.label), entry.id)] for entry in entries]
            case Suggestions(entries=entries):
                rows = [[each] for each in entry_buttons(entries, Action.ANSWER_HERE)]
            case Unknown(nearest=nearest):
                rows = [entry_buttons([nearest], Action.ANSWER_HERE)] if nearest else []
        return [*rows, [self._link(words.topics, TOPICS_LINK)]]

    def _last_row(self, reply: Reply) -> list[InlineKeyboardButton]:
        votes = vote_buttons(reply.entries[0]) if isinstance(reply, Answer) and len(reply.entries) == 1 else []
        return [*votes, self._bin]

    @property
    def _bin(self) -> InlineKeyboardButton:
        return button(self.texts.buttons.remove, Action.REMOVE)

    def _link(self, text: str, payload: str) -> InlineKeyboardButton:
        return InlineKeyboardButton(text, url=create_deep_linked_url(self.username, payload))


def _region(region: str | None) -> tuple[Span, ...]:
    return (Span(f"{region}: ", "bold"),) if region else ()


def _publishers(entries: Sequence[Entry]) -> str:
    evidence = [item for entry in entries for point in entry.answer for item in point.evidence]
    names = list(dict.fromkeys(place.source.publisher for place in citations(evidence)))
    shown = ", ".join(names[:_MOST_PUBLISHERS])
    return f"{shown} …" if len(names) > _MOST_PUBLISHERS else shown
