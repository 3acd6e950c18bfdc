"""The bot's own words in other languages, from gettext catalogues beside this file.

texts.yaml is the original. A catalogue maps each of its texts, by the path of its key ("buttons.topics"), to a
translation; `make catalogues` writes them. What the FAQ says is not translated here, and stays English.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from handlers.texts import Texts, load_texts, read_original
from runtime import storage

ORIGINAL = "en"
LANGUAGES = storage.LANGUAGES
"""The languages that have a catalogue, as ISO 639-1 codes, the original first: those that a group can choose."""

FOLDER = Path(__file__).parent / "locales"

Messages = Mapping[tuple[str, str], str]
"""Translations by the path of the key and the English text that they translate."""


def language_of(code: str | None) -> str:
    """Which of LANGUAGES a code means that Telegram gives for a user ("pt-br", "es-419"); the original for all others.

    Two people may read Portuguese of different countries here: one catalogue serves them all.
    """
    language = (code or "").lower().replace("_", "-").partition("-")[0]
    return language if language in LANGUAGES else ORIGINAL


def catalogue_of(language: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / "bot.po"


def leaves(content: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text of texts.yaml with the path of its key, in their order. Lists hold data for matching, and no texts."""
    if isinstance(content, dict):
        for key, value in content.items():
            yield from leaves(value, f"{path}.{key}" if path else str(key))
    elif isinstance(content, str):
        yield path, content


class Translations:
    """The texts in each language; the original at once, the others when they are first wanted.

    A text that nobody has translated is the English one; so is one whose translation is of an English text that has
    changed since, or is marked as fuzzy.
    """

    def __init__(self) -> None:
        self._known = {ORIGINAL: load_texts()}

    def of(self, code: str | None) -> Texts:
        """The texts for a user or a group with this code; reading a language takes some hundredths of a second."""
        language = language_of(code)
        if language not in self._known:
            self._known[language] = Texts.model_validate(_translated(read_original(), _read(language)))
        return self._known[language]


def _read(language: str) -> Messages:
    from babel.messages.pofile import read_po  # slow to import, and of no use where all read English

    with catalogue_of(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    return {
        (message.context or "", str(message.id)): str(message.string)
        for message in catalogue
        if message.id and message.string and not message.fuzzy
    }


def _translated(content: Any, messages: Messages, path: str = "") -> Any:
    if isinstance(content, dict):
        return {
            key: _translated(value, messages, f"{path}.{key}" if path else str(key)) for key, value in content.items()
        }
    return messages.get((path, content), content) if isinstance(content, str) else content
