"""The shape of red_flags.yaml and red_flag_words.yaml, and how they become `RedFlags`.

Run `python -m knowledge.loading.red_flags_file` to write their JSON Schemas anew after a change here.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from knowledge.language.spotting import Spelling, expanded, index, words_of
from knowledge.loading.problems import KnowledgeError, Problem
from knowledge.loading.schema import Id, Line, Strict, Web
from knowledge.loading.validation_messages import explained
from knowledge.loading.yaml_file import Document, plain, read
from knowledge.red_flags import WITHIN, Even, RedFlags, Tier
from knowledge.triage.context import REQUIRED

FlagId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$", max_length=48)]
SlotNames = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+( \| [a-z0-9_]+)*$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$", max_length=40)]
Listed = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[a-z0-9 |={}<>_./&'-]+$", max_length=80)]
Reply = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[a-z]{2,4})?$")]

PLACES = {"emergency", "advice", "poison", "crisis", "country"}
"""The names that a fixed text may hold in braces."""


class PageFile(Strict):
    id: Id
    title: Line
    publisher: Line
    url: Web
    read: bool = Field(description="Whether somebody opened the page, or a faithful stored copy of it.")
    note: str = ""


class NumberFile(Strict):
    name: Line
    contact: Line
    url: Web
    read: bool = Field(description="Whether somebody compared the number with the publisher's own page.")
    note: str = ""


class CountryFile(Strict):
    code: CountryCode
    name: Line
    suggested_for: list[LanguageCode] = Field(description="Language codes, in lower case, whose speakers may be there.")
    emergency: NumberFile
    urgent_advice: NumberFile | None
    poison: NumberFile | None
    crisis: Annotated[list[NumberFile], Field(min_length=1)]


class WatchingFile(Strict):
    EMERGENCY: Reply
    CRISIS: Reply
    PROMPT: Reply


class RepliesFile(Strict):
    emergency_numbers: Reply
    urgent_advice: Reply
    poison: Reply
    crisis: Reply
    watching: WatchingFile = Field(description="For each tier the line that says who is (not) watching.")
    elsewhere: Reply
    worse: Reply
    in_danger: Reply
    crisis_too: Reply
    numbers: Reply


class RuleFile(Strict):
    needs: Annotated[list[SlotNames], Field(min_length=1)] = Field(description="Lists of words, the sign first.")
    urgent: Annotated[list[Line], Field(min_length=1)] = Field(description="Messages that this rule has to find.")
    calm: Annotated[list[Line], Field(min_length=1)] = Field(
        description="Messages that sound alike and are not urgent."
    )
    within: Annotated[int, Field(ge=0, le=30)] = WITHIN
    together: list[SlotNames] = Field(default_factory=list)
    unless: list[Name] = Field(default_factory=list)
    unless_anywhere: list[Name] = Field(default_factory=list)
    someone: bool = False
    even: list[Even] = Field(default_factory=list)


class FlagFile(Strict):
    id: FlagId
    tier: Tier
    covers: Line
    action: Reply = Field(description="The first line of the reply: what to do now, with the number.")
    steps: Annotated[list[Reply], Field(min_length=1)]
    sources: Annotated[list[Id], Field(min_length=1)]
    crisis_line: bool = False
    poison: bool = False
    rules: Annotated[list[RuleFile], Field(min_length=1)]


class RedFlagsFile(Strict):
    replies: RepliesFile
    countries: Annotated[list[CountryFile], Field(min_length=1)]
    directories: list[NumberFile]
    red_flags: Annotated[list[FlagFile], Field(min_length=1)]
    pages: Annotated[list[PageFile], Field(min_length=1)]


class RedFlagWordsFile(Strict):
    short_forms: dict[Line, Line]
    articles: list[Listed]
    fillers: list[Listed]
    inabilities: list[Name]
    lists: dict[Name, Annotated[list[Listed], Field(min_length=1)]]
    circumstances: dict[Name, Annotated[list[Listed], Field(min_length=1)]]
    idioms: list[Listed]
    mentions: list[Listed]


SHAPES: dict[str, type[Strict]] = {"red_flags": RedFlagsFile, "red_flag_words": RedFlagWordsFile}
"""The model of each file, by the name of its schema in knowledge/schema/."""

_BRACES = re.compile(r"\{([^{}]*)\}")


def read_red_flags(path: Path) -> RedFlags:
    """The red flags of the file at `path`, with the words of red_flag_words.yaml beside it.

    Raises KnowledgeError with every problem of both files.
    """
    return RedFlags.from_data(validated(path))


def validated(path: Path) -> dict[str, Any]:
    """The validated data of both files, ready for `RedFlags.from_data` and for JSON. Raises as `read_red_flags`."""
    problems: list[Problem] = []
    flags = _document(path, "red_flags", problems)
    words = _document(path.with_name("red_flag_words.yaml"), "red_flag_words", problems)
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


def _document(path: Path, shape: str, problems: list[Problem]) -> tuple[Document, dict[str, Any]] | None:
    try:
        document = read(path, f"{path.parent.name}/{path.name}")
        content = SHAPES[shape].model_validate(document.data)
    except KnowledgeError as error:
        problems.extend(error.problems)
        return None
    except ValidationError as error:
        problems.extend(explained(error, document, SHAPES[shape]))
        return None
    data: dict[str, Any] = plain(content.model_dump())
    return document, data


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
        seen: set[str] = set()
        for number, item in enumerate(data[key]):
            if item[what] in seen:
                line = document.line((key, number, what))
                yield Problem(document.name, line, item[what], "this id is taken already", "an id of its own")
            seen.add(item[what])
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


def json_schema(name: str) -> str:
    """The JSON Schema (text, with a final line break) that the YAML file of this shape points to."""
    return json.dumps(TypeAdapter(SHAPES[name]).json_schema(), indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    folder = Path(__file__).parent.parent / "schema"
    folder.mkdir(exist_ok=True)
    for name in SHAPES:
        (folder / f"{name}.json").write_text(json_schema(name), encoding="utf-8")


if __name__ == "__main__":
    main()
