"""How red_flags.yaml and red_flag_words.yaml become `RedFlags`: what is wrong in them, and their words indexed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from knowledge.language.spotting import Spelling, expanded, index, words_of
from knowledge.loading.problems import KnowledgeError, Problem
from knowledge.loading.validation import repeated_ids, validate
from knowledge.loading.yaml_file import Document
from knowledge.red_flags import RedFlags
from knowledge.triage.context import REQUIRED

PLACES = {"emergency", "advice", "poison", "crisis", "country"}
"""The names that a fixed text may hold in braces."""

_BRACES = re.compile(r"\{([^{}]*)\}")


def read_red_flags(path: Path) -> RedFlags:
    """The red flags of the file at `path`, with the words of red_flag_words.yaml beside it.

    Raises KnowledgeError with every problem of both files.
    """
    return RedFlags.from_data(validated(path))


def validated(path: Path) -> dict[str, Any]:
    """The validated data of both files, ready for `RedFlags.from_data` and for JSON. Raises as `read_red_flags`."""
    problems: list[Problem] = []
    flags = validate(path, "red_flags", problems)
    words = validate(path.with_name("red_flag_words.yaml"), "red_flag_words", problems)
    if flags is None or words is None:
        raise KnowledgeError(problems)
    (flags_document, data), (words_document, word_data) = flags, words
    problems = [*_wrong_words(words_document, word_data), *_wrong_references(flags_document, data, word_data)]
    if problems:
        raise KnowledgeError(problems)
    for number, flag in enumerate(data["red_flags"]):
        for place, rule in enumerate(flag["rules"]):
            rule["line"] = flags_document.line(("red_flags", number, "rules", place))
    return {**data, "words": _compiled(word_data, data["red_flags"])}


def _compiled(words: dict[str, Any], flags: list[dict[str, Any]]) -> dict[str, Any]:
    """The words ready for `Words.from_data`: the terms of every list indexed, so that a start need not do it."""
    lists, circumstances = words["lists"], words["circumstances"]
    every = {**lists, **circumstances}
    rules = [rule for flag in flags for rule in flag["rules"]]
    signs = {name for rule in rules for name in rule["needs"][0].split(" | ")}
    others = {
        name
        for rule in rules
        for slot in (*rule["needs"][1:], *rule["together"], *rule["unless"], *rule["unless_anywhere"])
        for name in slot.split(" | ")
    }
    groups = {
        "signs": {name: lists[name] for name in sorted(signs)},
        "others": {name: lists[name] for name in sorted(others - signs)},
        "circumstances": circumstances,
        "idioms": {"idiom": words["idioms"]},
        "mentions": {"mention": words["mentions"]},
    }
    uses = Counter(word for group in groups.values() for terms in group.values() for word in words_of(terms))
    vocabulary = sorted(uses, key=lambda word: (-uses[word], word))
    spelled = Spelling(words["short_forms"], vocabulary).of
    articles = frozenset(words["articles"])
    compiled = {
        name: {"names": list(group), "index": index(group.values(), every, articles, spelled)}
        for name, group in groups.items()
    }
    return {
        "short_forms": words["short_forms"],
        "articles": words["articles"],
        "fillers": words["articles"] + words["fillers"],
        "turns": circumstances["turn"],
        "inabilities": words["inabilities"],
        "vocabulary": vocabulary,
        **compiled,
    }


def _wrong_words(document: Document, data: dict[str, Any]) -> Iterator[Problem]:
    """Lists that the engine needs and lacks, terms that name a list that isn't there, and terms without a word."""
    for name in sorted(REQUIRED - set(data["circumstances"])):
        yield Problem(
            document.name, document.line(("circumstances",)), "", f"the list “{name}” is missing",
            "every circumstance that the engine looks for",
        )  # fmt: skip
    every = {**data["lists"], **data["circumstances"]}
    for number, name in enumerate(data["inabilities"]):
        if name not in data["lists"]:
            yield _no_list(document, ("inabilities", number), "", name)
    spelled = Spelling(data["short_forms"]).of
    articles = frozenset(data["articles"])
    parts: list[tuple[tuple[str, ...], list[str]]] = []
    for section in ("lists", "circumstances"):
        parts += [((section, name), terms) for name, terms in data[section].items()]
    parts += [((section,), data[section]) for section in ("idioms", "mentions")]
    for way, terms in parts:
        for number, term in enumerate(terms):
            try:
                list(expanded(term, every, articles, spelled))
            except KeyError as missing:
                yield _no_list(document, (*way, number), way[-1], str(missing.args[0]))
            except ValueError:
                yield Problem(
                    document.name, document.line((*way, number)), way[-1], f"“{term}” holds no word", "a word"
                )


def _wrong_references(document: Document, data: dict[str, Any], words: dict[str, Any]) -> Iterator[Problem]:
    """Ids that stand twice, lists and pages that don't exist, and texts with a place that can't be filled."""
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
                yield from _wrong_places(document, ("red_flags", number, key), flag["id"], text)
        for place, rule in enumerate(flag["rules"]):
            way = ("red_flags", number, "rules", place)
            for slot in (*rule["needs"], *rule["together"], *rule["unless"], *rule["unless_anywhere"]):
                for name in slot.split(" | "):
                    if name not in words["lists"]:
                        yield _no_list(document, way, flag["id"], name)
    for key, text in data["replies"].items():
        if isinstance(text, str):
            yield from _wrong_places(document, ("replies", key), "", text)


def _wrong_places(document: Document, way: tuple[str | int, ...], about: str, text: str) -> Iterator[Problem]:
    for name in _BRACES.findall(text):
        if name not in PLACES:
            expected = "one of " + ", ".join(sorted(f"{{{place}}}" for place in PLACES))
            yield Problem(document.name, document.line(way), about, f"“{{{name}}}” can't be filled", expected)


def _no_list(document: Document, way: tuple[str | int, ...], about: str, name: str) -> Problem:
    return Problem(
        document.name, document.line(way), about, f"there is no list “{name}”", "a list of red_flag_words.yaml"
    )
