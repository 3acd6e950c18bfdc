"""How a reply looks in a group: short, with the whole answer and its sources one press away in private."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from telegram import InlineKeyboardButton, Message
from telegram.helpers import create_deep_linked_url

from handlers.context import BotContext
from handlers.keyboards import (
    Action,
    button,
    entry_buttons,
    keyboard,
    page_button,
    picture_button,
    question_buttons,
    vote_buttons,
)
from handlers.private.topics import TOPICS_LINK
from handlers.rendering import Rendered, to_html
from handlers.texts import Texts
from knowledge.model import Entry, Knowledge, Language, topic_key
from knowledge.rendering.answer import group_text
from knowledge.reply import Answer, Reply, Suggestions, Unknown
from runtime.storage import ChatSettings


async def voice_in(message: Message, context: BotContext) -> GroupVoice:
    """How the bot speaks in the group of `message`."""
    return voice_by(await context.settings_of(message.chat_id), context)


def voice_by(settings: ChatSettings, context: BotContext) -> GroupVoice:
    """How the bot speaks in a group with these settings."""
    return GroupVoice(context.knowledge, context.texts, settings, context.bot.username, context.bot_data.site_url)


@dataclass(frozen=True, slots=True)
class GroupVoice:
    """What it takes to word a reply for one group.

    `username` is the bot's; `site_url` the site on which every entry has a page, None where there is none.
    """

    knowledge: Knowledge
    texts: Texts
    settings: ChatSettings
    username: str
    site_url: str | None = None

    def render(self, reply: Answer | Suggestions | Unknown, aside: Sequence[InlineKeyboardButton] = ()) -> Rendered:
        """The message for `reply`, of which nothing is silenced; the buttons `aside` stand above its own."""
        settings = self.settings
        text = group_text(reply, self.knowledge, whole=settings.whole_answers, own_line=settings.disclaimer)
        return Rendered(to_html(text), keyboard([aside, *self._rows(reply), self._last_row(reply)]), reply)

    def refuse(self, entry: Entry) -> Rendered:
        """What somebody is told who asked for what this group wants silent."""
        return Rendered(
            self.texts.groups.silenced,
            keyboard([[self._link(self.texts.buttons.ask_in_private, entry.id)], [self._bin]]),
        )

    def may_show(self, entry: Entry) -> bool:
        """Whether the group has not silenced the entry or its topic."""
        settings = self.settings
        return entry.id not in settings.silenced_entries and topic_key(entry.topic) not in settings.silenced_groups

    def may_show_picture(self, entry: Entry) -> bool:
        """Whether the group wants pictures, and has not silenced the entry."""
        return self.settings.pictures and self.may_show(entry)

    def allow(self, reply: Reply) -> Answer | Suggestions | Unknown | None:
        """`reply` without the entries that the group wants silent; None when nothing is left to be said."""
        match reply:
            case Answer():
                entries, others, left_out = map(self._allow, (reply.entries, reply.others, reply.left_out))
                return replace(reply, entries=entries, others=others, left_out=left_out) if entries else None
            case Suggestions():
                entries = self._allow(reply.entries)
                return replace(reply, entries=entries) if entries else None
            case Unknown(nearest=nearest):
                return replace(reply, nearest=self._allow(nearest))
        return None

    def _allow(self, entries: Iterable[Entry]) -> tuple[Entry, ...]:
        return tuple(filter(self.may_show, entries))

    def _rows(self, reply: Answer | Suggestions | Unknown) -> list[list[InlineKeyboardButton]]:
        words = self.texts.buttons
        match reply:
            case Answer(entries=[entry], left_out=()):
                others = [[each] for each in entry_buttons(reply.others, Action.ANSWER_HERE)]
                picture = picture_button(entry, words) if self.settings.pictures else []
                page = page_button(entry, self.site_url, words) if self.settings.whole_answers else []
                return [[*picture, *page], [self._link(words.whole_in_private, entry.id)], *others]
            case Answer(in_order=entries, left_out=left_out):
                asked = (*entries, *left_out)
                whole = [[self._link(words.whole_answer.format(label=entry.label), entry.id)] for entry in asked]
                return [*whole, *([each] for each in entry_buttons(reply.others, Action.ANSWER_HERE))]
            case Suggestions(entries=entries, language=Language() as language):
                rows = question_buttons(entries, Action.ANSWER_HERE, self.knowledge, language)
            case Suggestions(entries=entries):
                rows = [[each] for each in entry_buttons(entries, Action.ANSWER_HERE)]
            case Unknown(nearest=nearest):
                rows = [[each] for each in entry_buttons(nearest, Action.ANSWER_HERE)]
        return [*rows, [self._link(words.topics, TOPICS_LINK)]]

    def _last_row(self, reply: Reply) -> list[InlineKeyboardButton]:
        if isinstance(reply, Answer) and len(reply.entries) == 1:
            return [*vote_buttons(reply.entries[0], self.texts.buttons), self._bin]
        return [self._bin]

    @property
    def _bin(self) -> InlineKeyboardButton:
        return button(self.texts.buttons.remove, Action.REMOVE)

    def _link(self, text: str, payload: str) -> InlineKeyboardButton:
        return InlineKeyboardButton(text, url=create_deep_linked_url(self.username, payload))
