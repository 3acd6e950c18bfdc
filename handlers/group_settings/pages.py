"""The pages of /settings: what is set, in words, and the buttons that set it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from telegram import InlineKeyboardButton

from handlers.group_settings.kinds import Rows
from handlers.group_settings.panel import Panel
from handlers.group_settings.table import TABLE, Table
from handlers.keyboards import Action, button, in_rows, keyboard
from handlers.rendering import Rendered

MAIN, RESET, CLOSE = "main", "reset", "close"
"""The pages that no row of the table names; the last one is none, but what the button that ends it all asks for."""


def page(panel: Panel, name: str = MAIN, arguments: Sequence[str] = (), table: Table = TABLE) -> Rendered:
    """One page: of the table, or of one of its settings; the first one for a name that there is none of."""
    if name == RESET:
        words = panel.texts.admins
        return _with_way_back(panel, words.reset_sure, [[button(words.reset_yes, Action.RESET, panel.chat_id)]])
    offered = [setting for setting in table if setting.is_offered(panel)]
    for setting in offered:
        shown = setting.own_page(panel, arguments) if setting.name == name else None
        if shown is not None:
            return shown
    here = [setting for setting in offered if setting.page == name]
    if not here:
        return _main(panel, offered)
    about = panel.words.pages[name].about.format(now=_summary(panel, name, here))
    return _with_way_back(panel, about, [row for setting in here for row in setting.buttons(panel)])


def _main(panel: Panel, offered: Table) -> Rendered:
    words = panel.words
    pages = list(dict.fromkeys(setting.page for setting in offered))
    rows = in_rows([panel.to(words.pages[name].title, name) for name in pages])
    if panel.private_link:
        rows.append([InlineKeyboardButton(words.in_private, url=panel.private_link)])
    rows.append([panel.to(words.start_over, RESET), panel.to(words.close, CLOSE)])
    heading = words.heading_of.format(title=escape(panel.title)) if panel.title else words.heading
    lines = [f"• {words.pages[name].title}: {_summary(panel, name, offered)}" for name in pages]
    return Rendered("\n".join([heading, *lines]), keyboard(rows))


def _summary(panel: Panel, name: str, offered: Table) -> str:
    told = [setting.summary(panel) for setting in offered if setting.page == name]
    return "; ".join(each for each in told if each)


def _with_way_back(panel: Panel, html: str, rows: Rows) -> Rendered:
    return Rendered(html, keyboard([*rows, [panel.to(panel.texts.buttons.back, MAIN)]]))
