"""Who sees the answers to commands: all, or whoever asks alone; and what stands in the way of that."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.ephemeral import Standing
from handlers.group_settings.kinds import Choice
from handlers.group_settings.panel import Panel

_REMARKS = {Standing.ABLE: "what_it_means", Standing.UNKNOWN: "unknown_here", Standing.NO_ADMIN: "no_admin"}


@dataclass(frozen=True, kw_only=True)
class SeenBy(Choice):
    """Its texts "what_it_means", "unknown_here" and "no_admin" tell what becomes of the wish that one alone sees it."""

    def remark(self, panel: Panel) -> str:
        return panel.words_of(self.name)[_REMARKS[panel.for_one]] if self._now(panel) else ""
