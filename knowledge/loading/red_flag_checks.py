"""What can be wrong in red_flags.yaml, red_flag_rules.yaml and red_flag_words.yaml beyond their shape."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from knowledge.language.phrases import lists_in, words_in
from knowledge.language.spelling import common_words
from knowledge.loading.problems import Problem
from knowledge.loading.validation import Validated, repeated_ids
from knowledge.loading.yaml_file import Document
from knowledge.triage.context import REQUIRED
from knowledge.triage.cries import to_plain

TAUGHT = ("words", "latin")
"""What of a language's texts only the recogniser of languages learns from."""

LANGUAGE_PLACES = {"emergency", "helpline"}
"""The names that a reply in another language may hold in braces."""

PLACES = {"emergency", "advice", "poison", "crisis", "country", "understood"}
"""The names that a fixed text may hold in braces."""

_BRACES = re.compile(r"\{([^{}]*)\}")


def check_red_flags(
    flags: Validated, rules: Validated, words: Validated, languages: Sequence[Validated]
) -> Iterator[Problem]:
    """Every problem of the three files and of those of the languages."""
    ids = [flag["id"] for flag in flags[1]["red_flags"]]
    yield from _check_words(*words)
    yield from _check_flags(*flags)
    yield from _check_rules(*rules, ids, words[1]["lists"])
    for language in languages:
        yield from _check_language(*language, ids)


def combine_red_flags(
    flags: Validated, rules: Validated, words: Validated, languages: Sequence[Validated]
) -> dict[str, Any]:
    """The data of the sound files as `build_red_flags` takes it, with the line of each rule.

    The sentences of the languages are brought to their plain form here, so that a start need not do it.
    """
    document, listed = rules[0], rules[1]["rules"]
    return {
        "languages": [
            {
                **data,
                "cries": {flag: _plain_forms(sentences) for flag, sentences in data["cries"].items()},
                "calm": _plain_forms(data["calm"]),
                "foreign": {key: text for key, text in data["foreign"].items() if key not in TAUGHT},
            }
            for _, data in languages
        ],
        **flags[1],
        "red_flags": [
            {
                **flag,
                "rules": [
                    {**rule, "line": document.line(("rules", flag["id"], place))}
                    for place, rule in enumerate(listed[flag["id"]])
                ],
            }
            for flag in flags[1]["red_flags"]
        ],
        "words": words[1],
    }


def _check_words(document: Document, data: dict[str, Any]) -> Iterator[Problem]:
    """Lists that the engine needs and lacks, phrases that name a list that isn't there, and those without a word."""
    for name in sorted(REQUIRED - set(data["circumstances"])):
        yield Problem(
            document.name,
            document.line(("circumstances",)),
            "",
            f"the list “{name}” is missing",
            "every circumstance that the engine looks for",
        )
    every = {**data["lists"], **data["circumstances"]}
    for number, name in enumerate(data["inabilities"]):
        if name not in data["lists"]:
            yield _no_list(document, ("inabilities", number), "", name)
    parts: list[tuple[tuple[str, ...], list[str]]] = []
    for section in ("lists", "circumstances"):
        parts += [((section, name), phrases) for name, phrases in data[section].items()]
    parts += [((section,), data[section]) for section in ("idioms", "mentions", "harmless")]
    for way, phrases in parts:
        for number, phrase in enumerate(phrases):
            named = lists_in(phrase)
            for name in named:
                if name not in every:
                    yield _no_list(document, (*way, number), way[-1], name)
            if not named and not any(words_in([phrase])) and not any(sign.isdigit() for sign in phrase):
                yield Problem(
                    document.name, document.line((*way, number)), way[-1], f"“{phrase}” holds no word", "a word"
                )


def _check_flags(document: Document, data: dict[str, Any]) -> Iterator[Problem]:
    """Ids that stand twice, pages that don't exist, and texts with a place that can't be filled."""
    for key, what in (("red_flags", "id"), ("pages", "id"), ("countries", "code")):
        yield from repeated_ids(document, key, data[key], set(), what)
    pages = {page["id"] for page in data["pages"]}
    for number, flag in enumerate(data["red_flags"]):
        for place, page in enumerate(flag["sources"]):
            if page not in pages:
                line = document.line(("red_flags", number, "sources", place))
                yield Problem(document.name, line, flag["id"], f"there is no page “{page}”", "an id from `pages` below")
        for key in ("action", "steps"):
            for text in [flag[key]] if isinstance(flag[key], str) else flag[key]:
                yield from _check_places(document, ("red_flags", number, key), flag["id"], text)
    for key, value in data["replies"].items():
        texts = value if isinstance(value, list) else value.values() if isinstance(value, dict) else [value]
        for text in texts:
            yield from _check_places(document, ("replies", key), "", text)


def _check_rules(
    document: Document, data: dict[str, Any], flags: Collection[str], lists: Collection[str]
) -> Iterator[Problem]:
    """Red flags without rules, rules of no red flag, and lists that don't exist."""
    for flag in flags:
        if flag not in data["rules"]:
            yield Problem(document.name, 0, flag, "this red flag has no rule, so nothing finds it", "a rule at least")
    for flag, rules in data["rules"].items():
        if flag not in flags:
            line = document.line(("rules", flag))
            yield Problem(document.name, line, flag, "there is no such red flag", "an id of red_flags.yaml")
        for place, rule in enumerate(rules):
            for slot in (*rule["needs"], *rule["together"], *rule["unless"], *rule["unless_anywhere"]):
                for name in slot.split(" | "):
                    if name not in lists:
                        yield _no_list(document, ("rules", flag, place), flag, name)
            for other in rule["mistaken_for"]:
                if other not in flags:
                    line = document.line(("rules", flag, place))
                    yield Problem(
                        document.name, line, flag, f"there is no red flag “{other}”", "an id of red_flags.yaml"
                    )


def _check_language(document: Document, data: dict[str, Any], flags: Collection[str]) -> Iterator[Problem]:
    """A file of another name, unknown red flags, sentences without a letter, and places that can't be filled."""
    if document.name.rpartition("/")[2] != f"{data['code']}.yaml":
        line = document.line(("code",))
        yield Problem(document.name, line, data["code"], "is not the name of the file", f"a file {data['code']}.yaml")
    for flag, sentences in data["cries"].items():
        if flag not in flags:
            line = document.line(("cries", flag))
            yield Problem(document.name, line, flag, "there is no such red flag", "an id of red_flags.yaml")
        for number, sentence in enumerate(sentences):
            plain, line = to_plain(sentence), document.line(("cries", flag, number))
            if not plain:
                yield Problem(document.name, line, flag, f"“{sentence}” holds no letter", "words")
            elif plain.isascii() and plain in common_words():
                yield Problem(document.name, line, flag, f"“{sentence}” is an English word too", "more words")
    for tier, text in data["reply"].items():
        for name in _BRACES.findall(text):
            if name not in LANGUAGE_PLACES:
                line = document.line(("reply", tier))
                expected = "one of " + ", ".join(sorted(f"{{{place}}}" for place in LANGUAGE_PLACES))
                yield Problem(document.name, line, tier, f"“{{{name}}}” can't be filled", expected)
    yield from _check_foreign(document, data["foreign"])


def _check_foreign(document: Document, data: dict[str, Any]) -> Iterator[Problem]:
    """Texts with other places than the one of the number to call."""
    for key, text in data.items():
        wanted = ["emergency"] if key == "way_out" else []
        if isinstance(text, str) and _BRACES.findall(text) != wanted:
            expected = "{emergency} once" if wanted else "no braces"
            yield Problem(document.name, document.line(("foreign", key)), key, "the braces are not right", expected)


def _plain_forms(sentences: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, map(to_plain, sentences))))


def _check_places(document: Document, way: tuple[str | int, ...], about: str, text: str) -> Iterator[Problem]:
    for name in _BRACES.findall(text):
        if name not in PLACES:
            expected = "one of " + ", ".join(sorted(f"{{{place}}}" for place in PLACES))
            yield Problem(document.name, document.line(way), about, f"“{{{name}}}” can't be filled", expected)


def _no_list(document: Document, way: tuple[str | int, ...], about: str, name: str) -> Problem:
    return Problem(
        document.name, document.line(way), about, f"there is no list “{name}”", "a list of red_flag_words.yaml"
    )
