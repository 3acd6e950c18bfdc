"""The fixed texts of the chat, read from texts.yaml beside this file."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict


class _Texts(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Buttons(_Texts):
    topics: str
    none_of_these: str
    back: str
    previous: str
    next: str
    whole_answer: str
    whole_in_private: str
    ask_in_private: str
    urgent_in_private: str
    settings: str
    remove: str


class GroupTexts(_Texts):
    """What is said in groups."""

    welcome: str
    reads_as_admin: str
    reads_all: str
    reads_little: str
    help: str
    topics_in_private: str
    silenced: str
    not_yours: str
    not_for_you: str
    removed: str


class SettingsTexts(_Texts):
    """The pages of /settings; `modes` by mode, `pages` by page, `times` by minutes where there is a nicer word."""

    not_admin: str
    only_in_group: str
    heading: str
    heading_of: str
    saved: str
    closed: str
    close: str
    in_private: str
    pages: dict[str, str]
    modes: dict[str, str]
    times: dict[int, str]
    minutes: str
    again_after: str
    about_mode: str
    short: str
    whole: str
    with_pictures: str
    without_pictures: str
    deleted_after: str
    never_deleted: str
    about_answers: str
    number_silenced: str
    nothing: str
    about_silenced: str
    about_silenced_in: str
    silence_all: str
    speak_again: str
    about_quiet: str
    quiet_from: str
    quiet_until: str
    zone: str
    switch_on: str
    switch_off: str
    about_topics: str
    everywhere: str
    general_topic: str
    topic: str
    about_line: str
    write_line: str
    remove_line: str
    about_statistics: str
    switched_on: str
    switched_off: str
    see_statistics: str
    type_line: str
    line_placeholder: str
    line_too_long: str
    type_zone: str
    zone_placeholder: str
    zone_similar: str
    zone_unknown: str


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


class OperatorTexts(_Texts):
    """/reload."""

    reloading: str
    reloaded: str
    none: str
    refused: str
    more_in_log: str


class Texts(_Texts):
    """Every text that the handlers send of themselves, as Telegram HTML; `thanks` are the words that thank them."""

    start: str
    help: str
    about: str
    privacy: str
    ask_what: str
    only_text: str
    unknown_command: str
    topics: str
    group: str
    sources: str
    gone: str
    old_button: str
    failed: str
    thanks: tuple[str, ...]
    buttons: Buttons
    groups: GroupTexts
    settings: SettingsTexts
    statistics: StatisticsTexts
    admins: AdminTexts
    feedback: FeedbackTexts
    operator: OperatorTexts
    kinds: dict[str, str]
    description: str
    short_description: str
    commands_private: dict[str, str]
    commands_group: dict[str, str]
    commands_admins: dict[str, str]


def load_texts() -> Texts:
    """Read texts.yaml; raises pydantic.ValidationError where a text is missing or unknown."""
    content = (Path(__file__).parent / "texts.yaml").read_text(encoding="utf-8")
    return Texts.model_validate(yaml.safe_load(content))
