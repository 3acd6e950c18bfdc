"""What a page of /settings is drawn from, and the buttons that can stand on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from telegram import InlineKeyboardButton

from handlers.ephemeral import Standing
from handlers.keyboards import Action, button
from handlers.texts import SettingsTexts, Texts
from knowledge.model import Knowledge
from runtime.storage import ChatSettings


@dataclass(frozen=True)
class Panel:
    """The settings of the group `chat_id`, to be shown.

    `title` is the group's where the panel is not in the group itself; `topics` are the forum topics that are known,
    by thread id; None where the group is no forum. `private_link` leads to the same panel in private, and `copy_link`
    to where the settings can be copied to. `person_id` is the user in whose private chat it is shown; None in the
    group, where all admins see it. `hears_all`: whether Telegram shows the bot every message of the group; `for_one`:
    whether a message can be for one member alone; each asked only where it matters, else taken for granted.
    """

    chat_id: int
    settings: ChatSettings
    knowledge: Knowledge
    texts: Texts
    title: str = ""
    topics: Mapping[int, str] | None = None
    private_link: str = ""
    copy_link: str = ""
    person_id: int | None = None
    hears_all: bool = True
    for_one: Standing = Standing.ABLE

    @property
    def words(self) -> SettingsTexts:
        return self.texts.settings

    def words_of(self, setting: str) -> Mapping[str, str]:
        """The texts of one setting."""
        return self.words.fields[setting]

    def duration(self, minutes: int) -> str:
        return self.words.durations.get(minutes) or self.words.minutes.format(number=minutes)

    def to(self, text: str, page: str, *arguments: str | int) -> InlineKeyboardButton:
        """A button that turns to another page."""
        return button(text, Action.SETTINGS, self.chat_id, page, *arguments)

    def set(self, text: str, setting: str, value: str) -> InlineKeyboardButton:
        """A button that sets a setting."""
        return button(text, Action.SET, self.chat_id, setting, value)

    def choice(self, text: str, setting: str, value: str, *, chosen: bool) -> InlineKeyboardButton:
        """A button that sets a setting, with a tick where it stands so already."""
        return self.set(f"✓ {text}" if chosen else text, setting, value)

    def type(self, text: str, setting: str) -> InlineKeyboardButton:
        """A button after which the value is typed."""
        return button(text, Action.TYPE, self.chat_id, setting)
