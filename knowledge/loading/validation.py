"""Holding a YAML file against its shape, and saying what is wrong in words that help the person who edits it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from rapidfuzz import process

from knowledge.loading.problems import KnowledgeError, Problem
from knowledge.loading.schema import SHAPES
from knowledge.loading.yaml_file import Document, plain, read

_SHOWN = 60

Validated = tuple[Document, dict[str, Any]]
"""A file, and its validated data as plain values."""


def validate(path: Path, shape: str, problems: list[Problem], folder: Path | None = None) -> Validated | None:
    """The file at `path`, if it has the shape of that name; otherwise None, with what is wrong added to `problems`.

    Its name in messages starts at `folder`, which is the folder of the file unless it is given.
    """
    folder = folder or path.parent
    try:
        document = read(path, f"{folder.name}/{path.relative_to(folder).as_posix()}")
        content = SHAPES[shape].model_validate(document.data)
    except KnowledgeError as error:
        problems.extend(error.problems)
        return None
    except ValidationError as error:
        problems.extend(explain(error, document, shape))
        return None
    data: dict[str, Any] = plain(content.model_dump())
    return document, data


def repeated_ids(
    document: Document, key: str, items: Sequence[dict[str, Any]], seen: set[str], name: str = "id"
) -> Iterator[Problem]:
    """The items of the list `key` whose id was `seen` before, here or in another file; all ids are added to `seen`."""
    for number, item in enumerate(items):
        if item[name] in seen:
            line = document.line((key, number, name))
            yield Problem(document.name, line, item[name], "this id is taken already", "an id of its own")
        seen.add(item[name])


def explain(error: ValidationError, document: Document, shape: str) -> Iterator[Problem]:
    """One problem for each thing that pydantic found in `document`, with line and entry."""
    schema = SHAPES[shape].model_json_schema()
    for fault in error.errors(include_url=False):
        path = fault["loc"]
        what, expected = _worded(fault, path, schema)
        yield Problem(document.name, document.line(path), entry_at(document.data, path), what, expected)


def entry_at(data: Any, path: tuple[str | int, ...]) -> str:
    """Id of the entry, fact, source … that `path` leads into; its number in the list where it has no id yet."""
    if len(path) < 2 or not isinstance(path[1], int):
        return ""
    try:
        item = data[path[0]][path[1]]
    except (KeyError, IndexError, TypeError):
        return ""
    name = (item.get("id") or item.get("kind")) if isinstance(item, dict) else None
    return name if isinstance(name, str) else f"{path[0]}[{path[1] + 1}]"


def place_in_entry(path: tuple[str | int, ...]) -> str:
    """The way to a value inside its entry, counted as people count: "answer 2, cites 1"."""
    steps: list[str] = []
    for step in path:
        if isinstance(step, int) and steps:
            steps[-1] += f" {step + 1}"
        elif isinstance(step, str):
            steps.append(step)
    return ", ".join(steps)


def _worded(  # noqa: C901, PLR0911, PLR0912 - one case for each fault that pydantic tells apart
    fault: Any, path: tuple[str | int, ...], schema: dict[str, Any]
) -> tuple[str, str]:
    kind, context = fault["type"], fault.get("ctx", {})
    where = place_in_entry(path[2:] if len(path) > 2 else path)
    shown = repr(fault["input"])
    shown = shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
    at = f"{where}: " if where else ""
    match kind:
        case "missing":
            described = _fields(schema, path[:-1]).get(str(path[-1]), {}).get("description", "")
            return f"the key “{path[-1]}” is missing", described or f"a value for “{path[-1]}”"
        case "extra_forbidden":
            known = sorted(_fields(schema, path[:-1]))
            near = process.extractOne(str(path[-1]), known, score_cutoff=60)
            hint = f"; did you mean “{near[0]}”?" if near else ""
            return f"unknown key “{path[-1]}”{hint}", "one of " + ", ".join(known)
        case "string_type":
            return f"{at}{shown} is not text", "text; put it in quotes if YAML reads it as something else"
        case "string_too_short":
            return f"{at}the text is empty", "some text"
        case "string_too_long":
            return f"{at}the text is too long ({len(fault['input'])})", f"at most {context['max_length']} characters"
        case "string_pattern_mismatch":
            return f"{at}{shown} has the wrong form", _form(context["pattern"])
        case "too_short":
            return f"{at}holds {context['actual_length']}", f"at least {context['min_length']}"
        case "literal_error" | "enum":
            return f"{at}{shown} is not a choice here", f"one of {context['expected']}"
        case "list_type":
            return f"{at}{shown} is not a list", "a list: each item on a line of its own after “- ”"
        case "model_type" | "dict_type" | "model_attributes_type":
            return f"{at}{shown} is not a set of keys", "keys with values, as “id: …”"
        case "bool_type":
            return f"{at}{shown} is not yes or no", "true or false"
        case "date_type" | "date_parsing" | "date_from_datetime_inexact":
            return f"{at}{shown} is not a date", "a day that exists, without quotes, as 2026-11-21"
        case "no_such_day":
            return f"{at}{shown} is not in the calendar", "a day that exists, as 2026-11-21"
        case "markup":
            what = f"{at}“{context['found']}” is markup, and people would see its signs"
            return what, "plain words; the bot sets what is bold and what is a link"
        case "int_type" | "int_parsing":
            return f"{at}{shown} is not a whole number", "a whole number"
        case _:
            return f"{at}{fault['msg']}", ""


def _form(pattern: str) -> str:
    if pattern.endswith(r"\.png$"):
        return "the name of a PNG in knowledge/pictures, as injection-sites.png"
    if pattern.startswith("^[a-z0-9]"):
        return "lower-case words joined by hyphens, as how-often"
    if pattern.startswith("^https"):
        return "a web address that starts with https://"
    if pattern.startswith("^[b-df-hj"):
        return "the eight letters that `check` prints beside a finding"
    if pattern.endswith(r", \d{4}-\d{2}-\d{2}$"):
        return "why it may stay, who says so and the day, with commas, as “counted in the table, Ada, 2026-11-21”"
    if pattern.startswith(r"^\d{4}"):
        return "2018, 2018-05 or 2018-05-24"
    return "text on one line"


def _fields(schema: dict[str, Any], path: tuple[str | int, ...]) -> dict[str, Any]:
    """The properties that the JSON Schema allows at `path`."""
    node = schema
    for step in path:
        named: dict[str, Any] = next(
            iter(node.get("patternProperties", {}).values()), {}
        )  # of a mapping whose keys are ids
        node = node.get("items", {}) if isinstance(step, int) else node.get("properties", {}).get(step, named)
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]]
    fields: dict[str, Any] = node.get("properties", {})
    return fields
