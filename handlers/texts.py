"""The fixed texts of the chat, read from texts.yaml beside this file."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict


class Buttons(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    topics: str
    none_of_these: str
    back: str
    previous: str
    next: str
    whole_answer: str


class Texts(BaseModel):
    """Every text that the handlers send of themselves, as Telegram HTML."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: str
    start_in_group: str
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
    failed: str
    buttons: Buttons
    kinds: dict[str, str]
    description: str
    short_description: str
    commands_private: dict[str, str]
    commands_group: dict[str, str]


def load_texts() -> Texts:
    """Read texts.yaml; raises pydantic.ValidationError where a text is missing or unknown."""
    content = (Path(__file__).parent / "texts.yaml").read_text(encoding="utf-8")
    return Texts.model_validate(yaml.safe_load(content))
