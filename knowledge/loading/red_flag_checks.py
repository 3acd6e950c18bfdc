"""What can be wrong in red_flags.yaml, red_flag_rules.yaml and red_flag_words.yaml beyond their shape."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from knowledge.language.phrases import lists_in, words_in
from knowledge.loading.problems import Problem
from knowledge.loading.validation import Validated, repeated_ids
from knowledge.loading.yaml_file import Document
from knowledge.triage.context import REQUIRED

PLACES = {"emergency", "advice", "poison", "crisis", "country"}
"""The names that a fixed text may hold in braces."""

_BRACES = re.compile(r"\{([^{}]*)\}")


def check_red_flags(flags: Validated, rules: Validated, words: Validated) -> Iterator[Problem]:
    """Every problem of the three files."""
    yield from _check_words(*words)
    yield from _check_flags(*flags)
    yield from _check_rules(*rules, [flag["id"] for flag in flags[1]["red_flags"]], words[1]["lists"])


def combine_red_flags(flags: Validated, rules: Validated, words: Validated) -> dict[str, Any]:
    """The data of the three sound files as `RedFlags.from_data` takes it, with the line of each rule."""
    document, listed = rules[0], rules[1]["rules"]
    return {
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
    parts += [((section,), data[section]) for section in ("idioms", "mentions")]
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
    for key, text in data["replies"].items():
        if isinstance(text, str):
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


def _check_places(document: Document, way: tuple[str | int, ...], about: str, text: str) -> Iterator[Problem]:
    for name in _BRACES.findall(text):
        if name not in PLACES:
            expected = "one of " + ", ".join(sorted(f"{{{place}}}" for place in PLACES))
            yield Problem(document.name, document.line(way), about, f"“{{{name}}}” can't be filled", expected)


def _no_list(document: Document, way: tuple[str | int, ...], about: str, name: str) -> Problem:
    return Problem(
        document.name, document.line(way), about, f"there is no list “{name}”", "a list of red_flag_words.yaml"
    )
