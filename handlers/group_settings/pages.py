"""The pages of /settings: what is set, in words, and the buttons that set it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape, unescape

from telegram import InlineKeyboardButton
from telegram.constants import CallbackQueryLimit

from handlers.group_settings.kinds import Rows, Setting
from handlers.group_settings.panel import Panel
from handlers.group_settings.table import TABLE, Table
from handlers.keyboards import Action, button, in_rows, keyboard
from handlers.rendering import Rendered
from runtime.storage import MOST_NOTES

MAIN, RESET, CLOSE = "main", "reset", "close"
"""The pages that no row of the table names; the last one is none, but what the button that ends it all asks for."""

_LONGEST_NOTICE = CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH
"""Characters."""


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
    about = panel.words.pages[name].about.format(now=_summary(panel, name, here), most=MOST_NOTES)
    remarks = [remark for setting in here if (remark := setting.remark(panel))]
    return _with_way_back(
        panel, "\n\n".join([about, *remarks]), [row for setting in here for row in setting.buttons(panel)]
    )


def told_changes(before: Panel, after: Panel, table: Table = TABLE) -> list[str]:
    """What is set otherwise in `after` than in `before`, as HTML: one line or more for each page on which it is."""
    lines: list[str] = []
    for name in dict.fromkeys(setting.page for setting in table):
        here = [setting for setting in table if setting.page == name]
        if any(_differs(setting, before, after) for setting in here):
            words = after.words
            told = [_told(setting, before, after) for setting in here]
            changed = [line for line in told if line]
            now = _summary(after, name, here)
            lines += changed or [words.changed_now.format(title=words.pages[name].title, now=now)]
    return lines


def told_details(before: Panel, after: Panel, table: Table = TABLE) -> list[str]:
    """What the summaries leave out of what is set otherwise in `after`, as HTML, a short block for each."""
    return [block for setting in table for block in setting.details(before, after)]


def notice_of(before: Panel, after: Panel) -> str:
    """What changed, as plain text that fits the notice after a press."""
    told = "\n".join(unescape(line) for line in told_changes(before, after)) or after.words.saved
    return told if len(told) <= _LONGEST_NOTICE else f"{told[: _LONGEST_NOTICE - 1]}…"


def _told(setting: Setting, before: Panel, after: Panel) -> str:
    """The line for one setting; empty where nothing of it changed that its summary would tell."""
    words, title = after.words, after.words.pages[setting.page].title
    then, now = setting.summary(before), setting.summary(after)
    if then and now and then != now:
        return words.changed.format(title=title, now=now, before=then)
    if now and not then and _differs(setting, before, after):
        return words.changed_now.format(title=title, now=now)
    return ""


def _differs(setting: Setting, before: Panel, after: Panel) -> bool:
    field = setting.field
    return bool(field) and getattr(before.settings, field) != getattr(after.settings, field)


def _main(panel: Panel, offered: Table) -> Rendered:
    words = panel.words
    pages = list(dict.fromkeys(setting.page for setting in offered))
    rows = in_rows([panel.to(words.pages[name].title, name) for name in pages])
    if panel.private_link:
        rows.append([InlineKeyboardButton(words.in_private, url=panel.private_link)])
    rows.append([panel.to(words.start_over, RESET), panel.to(words.close, CLOSE)])
    heading = words.heading_of.format(title=escape(panel.title)) if panel.title else words.heading
    summaries = {name: _summary(panel, name, offered) for name in pages}
    lines = [f"• {words.pages[name].title}: {told}" for name, told in summaries.items() if told]
    return Rendered("\n".join([heading, *lines]), keyboard(rows))


def _summary(panel: Panel, name: str, offered: Table) -> str:
    told = [setting.summary(panel) for setting in offered if setting.page == name]
    return "; ".join(each for each in told if each)


def _with_way_back(panel: Panel, html: str, rows: Rows) -> Rendered:
    return Rendered(html, keyboard([*rows, [panel.to(panel.texts.buttons.back, MAIN)]]))
