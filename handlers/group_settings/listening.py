"""When the bot answers in a group; and that it can't hear plain questions where Telegram keeps them from it."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.group_settings.kinds import Choice
from handlers.group_settings.panel import Panel
from runtime.storage import Mode


@dataclass(frozen=True, kw_only=True)
class WhenToAnswer(Choice):
    """The mode of a group. Its texts "cannot_hear" and "saved_but_cannot_hear" are for a wish that can't come true."""

    def remark(self, panel: Panel) -> str:
        return panel.words_of(self.name)["cannot_hear"] if _is_in_vain(panel) else ""

    def warning(self, panel: Panel) -> str:
        return panel.words_of(self.name)["saved_but_cannot_hear"] if _is_in_vain(panel) else ""


def _is_in_vain(panel: Panel) -> bool:
    return panel.settings.mode is Mode.LISTEN and not panel.hears_all
