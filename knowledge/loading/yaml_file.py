"""Reading one YAML file: safe against hostile or broken files, with the line of every value at hand.

PyYAML's C loader is fast but trusting: deep nesting overflows its stack, aliases can multiply a few bytes into
gigabytes, and the last of two equal keys silently wins. So the parser's events, which cost no recursion, are looked
through first, and only a tame file is loaded.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from knowledge.loading.problems import KnowledgeError, Problem

MOST_BYTES = 2_000_000
DEEPEST = 12

type_of_event = {
    yaml.MappingStartEvent: 1,
    yaml.SequenceStartEvent: 1,
    yaml.MappingEndEvent: -1,
    yaml.SequenceEndEvent: -1,
}


class _Loader(yaml.CSafeLoader):
    """The safe loader, with equal keys refused instead of the last one winning."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            seen: set[Any] = set()
            for key, _ in node.value:
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"the key “{key.value}” stands here for the second time", key.start_mark
                    )
                seen.add(key.value)
        return mapping


class Document:
    """The content of one YAML file: `data` as plain Python values, and the line of each of them."""

    def __init__(self, name: str, text: str, data: Any) -> None:
        self.name = name
        self.data = data
        self._text = text
        self._root: yaml.Node | None = None

    def line(self, path: tuple[str | int, ...]) -> int:
        """Line (from 1) of the value at `path`, or of its nearest parent that exists."""
        if self._root is None:
            self._root = yaml.compose(self._text, yaml.CSafeLoader)
        node, line = self._root, 1
        for step in path:
            found: yaml.Node | None = None
            if isinstance(node, yaml.MappingNode):
                for key, value in node.value:
                    if key.value == str(step):
                        found, line = value, key.start_mark.line + 1
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                found = node.value[step]
                line = found.start_mark.line + 1
            if found is None:
                break
            node = found
        return line


def read(path: Path, name: str) -> Document:
    """Read the YAML file at `path`, called `name` in messages.

    Raises KnowledgeError, with the line where there is one, for a file that is missing, too large, not UTF-8, not
    YAML, nested too deeply, or that uses anchors, aliases, tags or the same key twice.
    """
    text = _text(path, name)
    try:
        _refuse_wild(text, name)
        data = yaml.load(text, _Loader)  # noqa: S506 - a subclass of the safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = error.problem or error.context or "this is not YAML"
        raise KnowledgeError(
            [Problem(name, mark.line + 1 if mark else 0, "", what, "valid YAML; mind indentation, colons and quotes")]
        ) from None
    except yaml.YAMLError as error:
        raise KnowledgeError([Problem(name, 0, "", str(error).splitlines()[0], "plain text in YAML")]) from None
    except ValueError as error:
        raise KnowledgeError([Problem(name, 0, "", str(error), "a date that exists, as 2026-11-21")]) from None
    return Document(name, text, data)


def _text(path: Path, name: str) -> str:
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise KnowledgeError(
                [Problem(name, 0, "", f"the file holds {size:,} bytes", f"at most {MOST_BYTES:,}; split it by group")]
            )
        raw = path.read_bytes()
    except OSError as error:
        raise KnowledgeError([Problem(name, 0, "", f"can't be read: {error.strerror}", "a readable file")]) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise KnowledgeError(
            [Problem(name, line, "", f"byte {error.start} is not UTF-8", "a file saved in the encoding UTF-8")]
        ) from None


def _refuse_wild(text: str, name: str) -> None:
    depth = 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        depth += type_of_event.get(type(event), 0)
        line = event.start_mark.line + 1 if event.start_mark else 0
        if depth > DEEPEST:
            raise KnowledgeError(
                [Problem(name, line, "", "nested too deeply", f"at most {DEEPEST} levels; the schema needs 7")]
            )
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise KnowledgeError(
                [
                    Problem(
                        name, line, "", "an anchor or alias (& or *)", "the value itself; quote a text that starts so"
                    )
                ]
            )
        tag = getattr(event, "tag", None)
        if tag:
            raise KnowledgeError(
                [Problem(name, line, "", f"the tag {tag}", "no tags; quote a text that starts with “!”")]
            )


def plain(value: Any) -> Any:
    """`value` with dates as ISO text, so that it can be stored as JSON."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value
