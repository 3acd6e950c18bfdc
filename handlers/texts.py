"""The fixed texts of the chat, in English, read from texts.yaml beside this file; see translations.py for others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The quick one, where this machine has it."""


class _Texts(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Buttons(_Texts):
    topics: str
    topic: str
    none_of_these: str
    back: str
    previous: str
    next: str
    picture: str
    page: str
    whole_answer: str
    whole_in_private: str
    ask_in_private: str
    urgent_in_private: str
    happening: str
    not_safe: str
    just_asking: str
    to_editors: str
    not_well: str
    settings: str
    note: str
    remove: str
    copy_number: str
    helpful: str
    unhelpful: str
    share: str


class GroupTexts(_Texts):
    """What is said in groups; `…_hears_all` where Telegram shows the bot every message."""

    welcome: str
    welcome_hears_all: str
    help: str
    help_hears_all: str
    ask_what: str
    topics_in_private: str
    silenced: str
    not_yours: str
    not_for_you: str
    removed: str


class PageTexts(_Texts):
    """A page of /settings: its name, and what stands above its buttons; `{now}` is what is set."""

    title: str
    about: str


class SettingsTexts(_Texts):
    """/settings: `pages` by page and `fields` by setting (see the table in group_settings/table.py).

    `durations` are by minutes, where there is a nicer word than `minutes`.
    """

    not_admin: str
    only_in_group: str
    heading: str
    heading_of: str
    saved: str
    changed: str
    changed_now: str
    closed: str
    close: str
    in_private: str
    start_over: str
    nothing: str
    minutes: str
    durations: dict[int, str]
    pages: dict[str, PageTexts]
    fields: dict[str, dict[str, str]]


class CopyingTexts(_Texts):
    """Settings from a file or another group; `faults` by what is wrong with a file (see runtime's settings_file)."""

    file: str
    question: str
    no_file: str
    faults: dict[str, str]
    sure: str
    use: str
    leave: str
    used: str
    nothing_new: str
    run_out: str
    anonymous: str
    same_group: str
    only_of_both: str


class PinningTexts(_Texts):
    """The pinned message on how to ask."""

    how_to_ask: str
    pinned: str
    pinned_already: str
    right_is_missing: str


class NoteTexts(_Texts):
    """The notes of a group's own, as its members see them."""

    shown: str
    list: str
    none: str
    unknown: str


class UrgentNoteTexts(_Texts):
    """What an admin is told of an urgent reply; `tiers` by how urgent it was."""

    note: str
    link: str
    tiers: dict[str, str]


class StatisticsTexts(_Texts):
    """/stats; `kinds` by what became of a message, "answered" first."""

    title: str
    week: str
    month: str
    kinds: dict[str, str]
    gone: str
    nothing: str
    switched_off: str
    chart: str


class InlineTexts(_Texts):
    """What is offered by @name in any chat: `topic` is sent for a topic, with its questions on lines of their own."""

    urgent: str
    topic_size: str
    topic: str


class GuestTexts(_Texts):
    """What is said in a chat that the bot is no member of."""

    ask_what: str


class AdminTexts(_Texts):
    """/reset and /forget."""

    reset_sure: str
    reset_yes: str
    reset_done: str
    forget_sure: str
    forget_yes: str
    forgotten: str
    forgotten_private: str
    keep: str
    unchanged: str


class FeedbackTexts(_Texts):
    thanks_yes: str
    thanks_no: str
    again: str
    closed: str
    why: str
    reasons: dict[str, str]
    thanks_reason: str
    near: str


class EditorsTexts(_Texts):
    """Sending a question to the editors; `{text}` is what would be sent, `{answer}` below which answer, `{contact}`
    where whoever runs the bot is.
    """

    about: str
    privacy: str
    preview: str
    preview_after_answer: str
    masked: str
    shortened: str
    send: str
    do_not_send: str
    sent: str
    not_sent: str
    write: str
    placeholder: str
    too_many: str
    not_now: str


class OperatorTexts(_Texts):
    """/reload and /status; `health` is what stands there of a bot that serves."""

    status: str
    health: str
    storage_works: str
    never: str
    ago: str
    days: str
    hours: str
    minutes: str
    seconds: str
    triage_whole: str
    triage_lacks: str
    reloading: str
    reloaded: str
    none: str
    refused: str
    more_in_log: str


class Texts(_Texts):
    """Every text that the handlers send of themselves, as Telegram HTML; `thanks` are the words that thank them."""

    start: str
    help: str
    help_now: str
    about: str
    privacy: str
    ask_what: str
    only_text: str
    unknown_command: str
    topics: str
    topic: str
    topic_page: str
    sources: str
    gone: str
    no_picture: str
    old_button: str
    failed: str
    thanks: tuple[str, ...]
    buttons: Buttons
    groups: GroupTexts
    settings: SettingsTexts
    copying: CopyingTexts
    pinning: PinningTexts
    notes: NoteTexts
    urgent_notes: UrgentNoteTexts
    statistics: StatisticsTexts
    admins: AdminTexts
    inline: InlineTexts
    guest: GuestTexts
    feedback: FeedbackTexts
    editors: EditorsTexts
    operator: OperatorTexts
    kinds: dict[str, str]
    description: str
    short_description: str
    commands_private: dict[str, str]
    commands_group: dict[str, str]
    commands_admins: dict[str, str]


def load_texts() -> Texts:
    """The texts in English; raises pydantic.ValidationError where one is missing or unknown."""
    return Texts.model_validate(read_original())


def read_original() -> Any:
    """What texts.yaml holds, as it stands there."""
    content = (Path(__file__).parent / "texts.yaml").read_text(encoding="utf-8")
    return yaml.load(content, _LOADER)  # noqa: S506 - safe either way
