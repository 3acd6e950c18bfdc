"""Writes the gettext catalogues of the bot's own words anew: handlers/texts.yaml in, handlers/locales/ out.

    python -m tools.write_catalogues

A translation is kept by the path of its key. Where the English text has changed since, it is marked as fuzzy, and the
bot says the English until somebody has looked at it and taken the mark away. Texts that are gone go here, too. The head
of a catalogue, which says who has read it, is its translators' and is left as it is. The same texts always give the
same bytes.
"""

from __future__ import annotations

import io
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from handlers.texts import read_original
from handlers.translations import FOLDER, LANGUAGES, ORIGINAL, catalogue_of, leaves

COMPLETE = frozenset({ORIGINAL, "es", "pt", "fr", "de", "it", "ru", "hi", "ar"})
"""The languages in which every text has a translation; the tests hold them to it."""

TEMPLATE = FOLDER / "bot.pot"
WIDTH = 120

KEPT_ENGLISH = {
    "operator": "only the owner reads it, beside log lines and documentation that are English",
    "statistics.chart": "drawn into a picture, whose font has neither Hindi nor joined Arabic letters",
    "settings.fields.language": "each language by its own name, whoever reads it",
    "settings.fields.zone.placeholder": "a name of the time zone database, which is English",
}
"""Paths whose texts, and all below, are not to be translated, and why. Lists, as `thanks`, never are: they are data."""

LIMITS = {
    "description": 512,
    "short_description": 120,
    "commands_private": 256,
    "commands_group": 256,
    "commands_admins": 256,
    # What a press is answered with.
    "old_button": 200,
    "failed": 200,
    "gone": 200,
    "no_picture": 200,
    "feedback": 200,
    "groups.not_yours": 200,
    "groups.not_for_you": 200,
    "settings.not_admin": 200,
    "settings.saved": 200,
    "settings.fields.urgent-notes.start_first": 200,
    "settings.fields.urgent-notes.full": 200,
    "settings.fields.mode.saved_but_cannot_hear": 200,
    "copying.run_out": 200,
    "copying.only_of_both": 200,
    "pinning.pinned": 200,
    "pinning.pinned_already": 200,
    "pinning.right_is_missing": 200,
    "editors.too_many": 200,
    "editors.not_now": 200,
    # What stands where a value is to be typed.
    "settings.fields.line.placeholder": 64,
    "settings.fields.notes.placeholder": 64,
    "settings.fields.zone.placeholder": 64,
    "settings.fields.import.placeholder": 64,
    "editors.placeholder": 64,
}
"""The most characters that Telegram takes, by path: of descriptions, of what a press is answered with, of a prompt."""

HEAD = """\
# The bot's own words in {name}.
# {state}
#
# The original is handlers/texts.yaml. Keep {{placeholders}}, HTML tags, /commands and @names as they are. Where a
# number is filled in, word it so that every number fits, as in "Number of questions: {{count}}". Plain words, short
# sentences. A text without a translation, or marked as fuzzy, is said in English. docs/translating.md has the rest.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


def texts() -> dict[str, str]:
    """Every text that is to be translated, by the path of its key."""
    return {path: text for path, text in leaves(read_original()) if not _under(path, KEPT_ENGLISH)}


def limit_of(path: str) -> int | None:
    """The most characters that a text may have; None where only the length of a message limits it."""
    found = _under(path, LIMITS)
    return LIMITS[found] if found else None


def read(path: Path) -> dict[str, Message]:
    """The messages of a catalogue by the path of their key; none where there is no such file yet."""
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {message.context or "": message for message in read_po(file) if message.id}


def write_all() -> None:
    """Write the template and every catalogue."""
    TEMPLATE.parent.mkdir(exist_ok=True)
    TEMPLATE.write_text(render(TEMPLATE, ""), encoding="utf-8")
    for language in LANGUAGES:
        path = catalogue_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render(path, language), encoding="utf-8")


def render(path: Path, language: str) -> str:
    """What stands in the catalogue `path` once it is renewed; `language` is empty for the template."""
    catalogue, known = Catalog(), read(path)
    for context, english in texts().items():
        before = known.get(context)
        string = str(before.string or "") if before and language else ""
        fuzzy = bool(string and before and (before.fuzzy or before.id != english))
        limit = limit_of(context)
        catalogue.add(
            english,
            english if language == ORIGINAL else string,
            flags={"fuzzy"} if fuzzy and language != ORIGINAL else (),
            auto_comments=[f"At most {limit} characters."] if limit else (),
            user_comments=before.user_comments if before else (),
            context=context,
        )
    body = io.BytesIO()
    write_po(body, catalogue, width=WIDTH, omit_header=True)
    return f"{_head(path, language)}\n{body.getvalue().decode('utf-8').rstrip()}\n"


def _head(path: Path, language: str) -> str:
    """The head of the file, up to its first blank line; a new one where there is none."""
    if path.exists():
        return path.read_text(encoding="utf-8").partition("\n\n")[0] + "\n"
    if not language:
        return HEAD.format(name="a new language", state="A template: copy it, or run `make catalogues`.", language="")
    name = Locale.parse(language).get_display_name("en")
    state = "The original, written by `make catalogues`." if language == ORIGINAL else "Nobody has translated it yet."
    return HEAD.format(name=name, state=state, language=language)


def _under(path: str, names: dict[str, str] | dict[str, int]) -> str:
    """Which of `names` a path is, or is below; empty where none."""
    return next((name for name in names if path == name or path.startswith(f"{name}.")), "")


if __name__ == "__main__":
    write_all()
