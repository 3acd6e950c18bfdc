"""Reading one YAML file: safe against hostile or broken files, with the line of every value at hand.

PyYAML's C loader is fast but trusting: deep nesting overflows its stack, aliases can multiply a few bytes into
gigabytes, and the last of two equal keys silently wins. So the parser's events, which cost no recursion, are looked
through first, and only a tame file is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from knowledge.loading.problems import KnowledgeError, Problem

MOST_BYTES = 2_000_000
DEEPEST = 12

_DEPTH = {
    yaml.MappingStartEvent: 1,
    yaml.SequenceStartEvent: 1,
    yaml.MappingEndEvent: -1,
    yaml.SequenceEndEvent: -1,
}


_BRACKETS = {
    yaml.FlowSequenceStartToken: 1,
    yaml.FlowMappingStartToken: 1,
    yaml.FlowSequenceEndToken: -1,
    yaml.FlowMappingEndToken: -1,
}

_ID = re.compile(r"^(\s*)- +id: *[\"']?([^\s\"'#]+)")
_COMMENT_BEHIND = re.compile(r"\S[ \t]+#")
_COMMENT = re.compile(r"[ \t]+(#[^\n]*)")


class _Loader(yaml.CSafeLoader):
    """The safe loader, with equal keys refused instead of the last one winning, and with keys as they are written.

    YAML takes an unquoted `on` for the truth value; as a key it is a word here.
    """

    def construct_yaml_timestamp(self, node: yaml.ScalarNode) -> Any:
        """A date; one that the calendar lacks stays text, which the file's shape refuses with line and entry."""
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError:
            return node.value

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
        elif any(isinstance(key, bool) for key in mapping):
            pairs = zip(node.value, mapping.items(), strict=True)
            return {written.value if isinstance(key, bool) else key: value for (written, _), (key, value) in pairs}
        return mapping


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_yaml_timestamp)


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
        problems = list(_wild_or_cut(text, name))
        if problems:
            raise KnowledgeError(problems)
        data = yaml.load(text, _Loader)  # noqa: S506 - a subclass of the safe loader
    except yaml.MarkedYAMLError as error:
        line, what, expected = _worded(error, text)
        raise KnowledgeError([Problem(name, line, _entry_around(text, line), what, expected)]) from None
    except yaml.YAMLError as error:
        raise KnowledgeError([Problem(name, 0, "", str(error).splitlines()[0], "plain text in YAML")]) from None
    return Document(name, text, data)


def _worded(error: yaml.MarkedYAMLError, text: str) -> tuple[int, str, str]:
    """The line where an editor has to mend what the parser stumbled over, what is wrong and what was expected."""
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 0
    quoted = _broken_quote(text)
    if quoted:
        line, runs_on = quoted
        what = "a quote (\" or ') opens here and does not close on this line" if runs_on else "more text after a quote"
        return line, what, "quotes around the whole text, of the other kind where it holds some itself"
    what = error.problem or error.context or "this is not YAML"
    if mark and ("cannot start any token" in what or "alphabetic or numeric" in what):
        sign = text.splitlines()[mark.line][mark.column : mark.column + 1]
        if sign == "\t":
            return line, "a tab", "spaces in its place"
        return line, f"a text can't start with “{sign}”", "quotes around the whole text"
    if "mapping values are not allowed" in what:
        return line, what, "quotes around a text that holds a colon and a space; or else mind the indentation"
    return line, what, "valid YAML; mind indentation, colons and quotes"


def _broken_quote(text: str) -> tuple[int, bool] | None:
    """The line (from 1) of the quote that brings the parser down, and whether it runs on over its line.

    Either it is never closed, or it takes the next quote, which opens another text, for its end: what follows makes no
    sense then, and only there the parser complains.
    """
    inside = 0
    try:
        for token in yaml.scan(text, yaml.CSafeLoader):
            inside += _BRACKETS.get(type(token), 0)
            if isinstance(token, yaml.ScalarToken) and token.style in ("'", '"'):
                start, end = token.start_mark, token.end_mark
                behind = text[end.index : text.find("\n", end.index) % (len(text) + 1)].strip() if end else ""
                if start and end and behind and behind[0] not in (":", "#", *(",]}" if inside else "")):
                    return start.line + 1, end.line > start.line
    except yaml.MarkedYAMLError as error:
        if "quoted scalar" in (error.context or "") and "end of stream" in (error.problem or ""):
            return (error.context_mark.line + 1, True) if error.context_mark else None
    return None


def _entry_around(text: str, line: int) -> str:
    """The id of the list item that holds that line, as far as the layout tells; empty where none does."""
    lines = text.splitlines()[:line]
    if not lines:
        return ""
    indentation = len(lines[-1]) - len(lines[-1].lstrip())
    for above in reversed(lines):
        found = _ID.match(above)
        if found and (len(found[1]) < indentation or above is lines[-1]):
            return found[2]
    return ""


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


def _wild_or_cut(text: str, name: str) -> Iterator[Problem]:
    """What a tame file doesn't hold (the first such thing only, for one alone can be vast), and texts cut short."""
    depth = 0
    cut = {number for number, line in enumerate(text.split("\n")) if _COMMENT_BEHIND.search(line)}
    for event in yaml.parse(text, yaml.CSafeLoader):
        depth += _DEPTH.get(type(event), 0)
        line = event.start_mark.line + 1 if event.start_mark else 0
        if depth > DEEPEST:
            yield Problem(name, line, "", "nested too deeply", f"at most {DEEPEST} levels; the schema needs 7")
            return
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            expected = "the value itself; quote a text that starts so"
            yield Problem(name, line, _entry_around(text, line), "an anchor or alias (& or *)", expected)
            return
        if tag := getattr(event, "tag", None):
            expected = "no tags; quote a text that starts with “!”"
            yield Problem(name, line, _entry_around(text, line), f"the tag {tag}", expected)
            return
        end = event.end_mark
        if cut and end and end.line in cut and isinstance(event, yaml.ScalarEvent) and not event.style:
            lost = _COMMENT.match(text, end.index)
            if lost and (" " in event.value or lost[1][1:2].strip()):
                line = end.line + 1
                what = f"“{lost[1]}” is lost: a “#” after a space starts a comment"
                expected = "quotes around the whole text; or, if it is a comment, a line of its own"
                yield Problem(name, line, _entry_around(text, line), what, expected)


def plain(value: Any) -> Any:
    """`value` with dates as ISO text, so that it can be stored as JSON."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value
