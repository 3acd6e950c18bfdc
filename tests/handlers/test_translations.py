"""The bot's own words in other languages: what a catalogue may hold, and what is said where it holds nothing good."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from string import Formatter
from types import SimpleNamespace

import pytest
from telegram import Chat, Message, Update, User

from handlers import translations
from handlers.application import build_application
from handlers.context import BotContext
from handlers.texts import load_texts
from handlers.translations import LANGUAGES, ORIGINAL, Translations, catalogue_of, language_of
from knowledge.answering import Answerer
from tests.bot_api_server.html import parse_html
from tests.bot_api_server.text import utf16_length
from tools.write_catalogues import COMPLETE, KEPT_ENGLISH, TEMPLATE, limit_of, read, render, texts

ENGLISH = texts()
HANDLERS = Path(translations.__file__).parent
LONGEST_MESSAGE = 4096
OTHERS = [language for language in LANGUAGES if language != ORIGINAL]


def translated(language: str) -> dict[str, str]:
    """What a catalogue holds, fuzzy or not, by the path of the key."""
    return {path: str(message.string) for path, message in read(catalogue_of(language)).items() if message.string}


def fields(text: str) -> Counter[str]:
    """The placeholders, each as often as it stands there."""
    return Counter(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def filled(text: str) -> str:
    """`text` with something as long as what is usually filled in."""
    names = {name: "https://t.me/c/1/2" if name == "url" else f"[{name}]" for name in fields(text)}
    return text.format(**names)


# Catalogues as they are.


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_catalogue_is_stale(language: str) -> None:
    path = catalogue_of(language)
    assert render(path, language) == path.read_text(encoding="utf-8"), "run `make catalogues`"


def test_the_template_is_not_stale() -> None:
    assert render(TEMPLATE, "") == TEMPLATE.read_text(encoding="utf-8"), "run `make catalogues`"


def test_there_is_a_catalogue_for_each_language_and_for_no_other() -> None:
    assert sorted(LANGUAGES) == sorted(path.name for path in translations.FOLDER.iterdir() if path.is_dir())
    assert set(LANGUAGES) >= COMPLETE >= {"en", "es"}


@pytest.mark.parametrize("language", sorted(COMPLETE))
def test_a_complete_catalogue_lacks_nothing(language: str) -> None:
    messages = read(catalogue_of(language))
    assert set(messages) == set(ENGLISH)
    assert [path for path, message in messages.items() if not message.string or message.fuzzy] == []


@pytest.mark.parametrize("language", sorted(COMPLETE - {ORIGINAL}))
def test_a_complete_language_is_really_spoken(language: str) -> None:
    """What is the same in both languages can be counted on two hands."""
    same = [path for path, text in translated(language).items() if text == ENGLISH[path]]
    assert len(same) < 10, same


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_says_who_has_read_it(language: str) -> None:
    state = catalogue_of(language).read_text(encoding="utf-8").splitlines()[1]
    assert state.startswith("# ")
    if translated(language):
        assert "translated by" in state.lower()
        assert "read by" in state.lower()


@pytest.mark.parametrize("language", OTHERS)
def test_placeholders_tags_and_commands_are_kept(language: str) -> None:
    for path, text in translated(language).items():
        english = ENGLISH[path]
        assert fields(text) == fields(english), path
        for pattern in (r"</?[a-z-]+[ >]", r'href="[^"]*"'):
            assert Counter(re.findall(pattern, text)) == Counter(re.findall(pattern, english)), path
        for pattern in (r"(?<![\w<])/[a-z]{3,}\b", r"@\{\w+\}", r"[👍👎😴🔇🗑🖼🔗‹›]"):
            assert set(re.findall(pattern, text)) == set(re.findall(pattern, english)), path


@pytest.mark.parametrize("language", LANGUAGES)
def test_telegram_takes_the_markup(language: str) -> None:
    for path, text in translated(language).items():
        read_by_telegram = parse_html(filled(text))
        assert read_by_telegram.losses == [], path
        assert read_by_telegram.text.strip(), path


def test_what_stands_where_a_value_is_typed_and_what_answers_a_press_has_a_limit() -> None:
    assert {limit_of(path) for path in ENGLISH if path.endswith("placeholder")} == {64}
    for path in ("copying.run_out", "pinning.pinned_already", "editors.not_now", "settings.saved"):
        assert limit_of(path) == 200, path


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_short_enough(language: str) -> None:
    for path, text in translated(language).items():
        assert text == text.strip(), path
        assert utf16_length(filled(text)) <= (limit_of(path) or LONGEST_MESSAGE), path


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_kept_fits_one_message_with_everything_switched_on(language: str) -> None:
    words = Translations().of(language)
    longest_contact = "https://" + 192 * "x"
    said = parse_html(f"{words.privacy}\n\n{words.editors.privacy.format(contact=longest_contact)}").text
    assert longest_contact in said
    assert utf16_length(said) <= LONGEST_MESSAGE


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_statistics_cuts_no_name(language: str) -> None:
    words = Translations().of(language).statistics
    assert max(map(len, words.kinds.values())) <= 20
    assert max(len(words.week), len(words.month)) < 8


def test_every_text_that_answers_a_press_has_its_limit() -> None:
    calls = re.compile(r"(?:alert|answer_press)\([\w.]+, context\.texts\.([a-z_.]+)\)")
    paths = {path for module in HANDLERS.rglob("*.py") for path in calls.findall(module.read_text(encoding="utf-8"))}
    assert len(paths) >= 5
    assert {path for path in paths if limit_of(path) != 200} == set()


def test_what_stays_english_is_there() -> None:
    content = load_texts().model_dump(by_alias=True)
    for path in KEPT_ENGLISH:
        here = content
        for key in path.split("."):
            here = here[key]


# From a catalogue to the texts.


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("es", "es"),
        ("es-419", "es"),
        ("pt-br", "pt"),
        ("PT_BR", "pt"),
        ("ar", "ar"),
        ("en-gb", "en"),
        ("nl", "en"),
        ("zh-hans", "en"),
        ("esperanto", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_which_language_a_code_means(code: str | None, language: str) -> None:
    assert language_of(code) == language


def test_the_original_is_said_as_it_stands() -> None:
    assert Translations().of("en") == load_texts()
    assert Translations().of("nl") == load_texts()


def test_a_language_is_read_once() -> None:
    spoken = Translations()
    assert spoken.of("es") is spoken.of("es-419")
    assert spoken.of("es").buttons.topics == "Todos los temas"
    assert spoken.of("es").commands_private["help"] == "Cómo preguntar"
    assert spoken.of("es").settings.durations[60] == "1 hora"


def test_what_is_no_text_to_translate_stays() -> None:
    spanish, english = Translations().of("es"), load_texts()
    assert spanish.thanks == english.thanks
    assert spanish.operator == english.operator


CATALOGUE = """\
# Some language.
# Translated by a test; read by nobody.
msgid ""
msgstr ""
"Language: es\\n"

msgctxt "buttons.topics"
msgid "All topics"
msgstr "Temas"

#, fuzzy
msgctxt "buttons.back"
msgid "‹ Back"
msgstr "‹ Atrás"

msgctxt "buttons.remove"
msgid "Remove"
msgstr "Quitar"

msgctxt "buttons.settings"
msgid "Settings (for admins)"
msgstr ""

msgctxt "buttons.long_gone"
msgid "Gone"
msgstr "Ido"
"""


@pytest.fixture
def small_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(translations, "FOLDER", tmp_path)
    path = catalogue_of("es")
    path.parent.mkdir(parents=True)
    path.write_text(CATALOGUE, encoding="utf-8")
    return path


def test_what_is_fuzzy_missing_or_of_another_english_is_said_in_english(small_catalogue: Path) -> None:
    spoken, english = Translations().of("es").buttons, load_texts().buttons
    assert spoken.topics == "Temas"
    assert spoken.back == english.back
    assert spoken.remove == english.remove
    assert spoken.settings == english.settings
    assert spoken.next == english.next


def test_renewing_keeps_translations_marks_changed_english_and_drops_what_is_gone(small_catalogue: Path) -> None:
    small_catalogue.write_text(render(small_catalogue, "es"), encoding="utf-8")
    renewed = read(small_catalogue)
    assert set(renewed) == set(ENGLISH)
    assert (renewed["buttons.topics"].string, renewed["buttons.topics"].fuzzy) == ("Temas", False)
    assert (renewed["buttons.back"].string, renewed["buttons.back"].fuzzy) == ("‹ Atrás", True)
    assert (renewed["buttons.remove"].string, renewed["buttons.remove"].fuzzy) == ("Quitar", True)
    assert (renewed["buttons.settings"].string, renewed["buttons.settings"].fuzzy) == ("", False)
    text = small_catalogue.read_text(encoding="utf-8")
    assert text.startswith("# Some language.\n# Translated by a test; read by nobody.\n")
    assert "Ido" not in text
    assert "#. At most 512 characters." in text
    assert render(small_catalogue, "es") == text, "renewing twice changes nothing"


# Which language an update is answered in.


def said(answerer: Answerer, kind: str, code: str | None, language: str | None = None) -> str:
    """The language in which somebody whose app speaks `code` is answered in a chat, which may have set a language."""
    application = build_application(answerer, "1:token")
    settings = SimpleNamespace(language=language or "en")
    application.bot_data.group_settings.known = lambda chat_id: settings  # type: ignore[assignment, method-assign, return-value]
    user = User(2, "Ann", is_bot=False, language_code=code)
    message = Message(1, None, Chat(-1 if kind != "private" else 2, kind), from_user=user)  # type: ignore[arg-type]
    context = BotContext.from_update(Update(1, message=message), application)
    assert context.texts == Translations().of(context.language)
    return context.language


def test_a_private_chat_is_in_the_language_of_its_person(answerer: Answerer) -> None:
    assert said(answerer, "private", "es-419") == "es"
    assert said(answerer, "private", "nl") == "en"
    assert said(answerer, "private", None) == "en"


def test_a_group_is_in_the_language_that_it_has_set(answerer: Answerer) -> None:
    assert said(answerer, "supergroup", "es") == "en"
    assert said(answerer, "group", "en", language="es") == "es"
    assert said(answerer, "supergroup", "de", language="xx") == "en"


def test_without_an_update_it_is_english(answerer: Answerer) -> None:
    assert BotContext.from_update(None, build_application(answerer, "1:token")).language == "en"
