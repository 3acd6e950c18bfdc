"""`bot.py check`: what an editor should see to, as lines for a person or as JSON for a program."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass, replace
from datetime import date, datetime
from typing import Any

from rapidfuzz import process
from rich.console import Console
from rich.text import Text

from cli.loading import load_knowledge
from cli.outcome import ExitStatus, MisuseError
from cli.progress import Progress
from knowledge.check.checks import review
from knowledge.check.findings import KINDS, Finding, Review, Severity
from knowledge.loading.problems import KnowledgeError
from knowledge.model import Knowledge

_COLOURS: Mapping[Severity, str] = {"error": "red", "note": "yellow", "info": "cyan"}
_LONGEST_QUOTE = 100
"""Characters shown of a text; `--json` has the whole."""
_NEAREST = 3
"""Entries proposed for an id that does not exist."""


def check(names: Sequence[str], *, as_json: bool) -> int:
    """Check the knowledge files, or what concerns the entries `names`; fails if anything is wrong.

    Raises KnowledgeError where the files can't be used (as JSON, the problems are printed instead), and MisuseError for
    an unknown entry.
    """
    try:
        knowledge = load_knowledge()
        _refuse_unknown(names, list(knowledge.entries))
        found = _review(knowledge, names)
    except KnowledgeError as error:
        if not as_json:
            raise
        problems = [asdict(problem) for problem in error.problems]
        print(json.dumps({"ok": False, "problems": problems}, indent=1, ensure_ascii=False))
        return ExitStatus.FAILED
    if as_json:
        print(json.dumps(to_data(found), indent=1, ensure_ascii=False))
    else:
        show(found, Console(highlight=False, soft_wrap=True), names)
    return ExitStatus.FAILED if found.errors else ExitStatus.WELL


def _review(knowledge: Knowledge, names: Collection[str]) -> Review:
    with Progress(said_elsewhere="") as progress:
        found = review(knowledge, datetime.now().astimezone().date(), progress=progress.tell)
    if not names:
        return found
    return replace(found, findings=tuple(finding for finding in found.findings if _concerns(finding, names)))


def _concerns(finding: Finding, names: Collection[str]) -> bool:
    return any(getattr(finding, field.name) in names for field in fields(finding))


def _refuse_unknown(names: Iterable[str], known: Sequence[str]) -> None:
    """Raises MisuseError, with the nearest ids, if any of `names` is the id of no entry."""
    lines = []
    for name in names:
        if name not in known:
            nearest = [match for match, *_ in process.extract(name, known, limit=_NEAREST)]
            lines.append(f"There is no entry “{name}”. The nearest are: {', '.join(nearest)}")
    if lines:
        raise MisuseError("\n".join(lines))


def to_data(found: Review) -> dict[str, Any]:
    """The review as values for JSON, always in the same order; every kind of finding has its list."""
    findings: dict[str, list[Any]] = {kind.kind: [] for kind in KINDS}
    for finding in found.findings:
        findings[finding.kind].append(_to_plain(finding))
    rest = {field.name: _to_plain(getattr(found, field.name)) for field in fields(found) if field.name != "findings"}
    return {
        "ok": not found.errors,
        "problems": [],
        "errors": len(found.errors),
        "notes": len(found.notes),
        "severities": {kind.kind: kind.severity for kind in KINDS},
        "findings": findings,
        **rest,
    }


def _to_plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _to_plain(getattr(value, field.name)) for field in fields(value)}
    match value:
        case date():
            return value.isoformat()
        case Mapping():
            return {key: _to_plain(item) for key, item in value.items()}
        case tuple():
            return [_to_plain(item) for item in value]
        case float():
            return round(value, 4)
    return value


def show(found: Review, console: Console, names: Collection[str] = ()) -> None:
    """Print what an editor has to see to, a line each, and a summary line, which is all where there is nothing.

    The errors stand at the end, above the summary, where a reader of many lines is left looking. What is merely good
    to know is listed for the entries `names` only, and else counted.
    """
    shown: tuple[Severity, ...] = ("info", "note", "error") if names else ("note", "error")
    for severity in shown:
        for kind in KINDS:
            lines = [to_line(finding) for finding in found.of(severity) if type(finding) is kind]
            if lines:
                heading = (severity, f"bold {_COLOURS[severity]}")
                console.print(Text.assemble(heading, f"  {kind.title}: {len(lines):,}"), *lines, "", sep="\n")
    console.print(Text(summarise(found, names), style="bold red" if found.errors else "bold green"))


def summarise(found: Review, names: Collection[str] = ()) -> str:
    """The review in one line."""
    to_do = f"{_count(len(found.errors), 'error')}, {_count(len(found.notes), 'note')}"
    info = f"{len(found.of('info')):,} good to know"
    if names:
        return f"{', '.join(names)}: {to_do}, {info}"
    size = f"{_count(found.entries, 'entry', 'entries')}, {_count(found.phrasings, 'phrasing')}"
    return f"{size}, leave-one-out {found.leave_one_out.accuracy:.1%}: {to_do}, {info} (--json lists these)"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{f'{number:,}' if number else 'no'} {one if number == 1 else many or one + 's'}"


def to_line(finding: Finding) -> Text:
    """A finding as the loader words a problem: where, about what, what is the matter, and what was expected."""
    concerned, *rest = (field.name for field in fields(finding) if field.name != "at")
    value = getattr(finding, concerned)
    place, about = (f"{finding.at}: " if finding.at else ""), ""
    if isinstance(value, str):
        about = f"{value}: " if rest else value
    else:
        rest.insert(0, concerned)
    expected = [name for name in rest if name in ("expected", "wanted")]
    said = ", ".join(_word(name, getattr(finding, name)) for name in rest if name not in expected)
    mend = "".join(f" (expected {_shorten(getattr(finding, name))})" for name in expected)
    return Text.assemble((place, "dim"), (about, "bold"), said, mend)


def _word(name: str, value: Any) -> str:
    """A value as part of a line, after its name where it does not speak for itself."""
    if name in ("place", "what"):
        return str(value)
    is_text = name.endswith("text")
    shown = f"“{_shorten(value)}”" if is_text or (isinstance(value, str) and " " in value) else _shorten(value)
    return shown if is_text else f"{name.replace('_', ' ')} {shown}"


def _shorten(value: Any) -> str:
    match value:
        case tuple():
            return ", ".join(map(str, value))
        case int():
            return f"{value:,}"
        case float():
            return f"{value:.1%}" if value <= 1 else f"{value:.1f}"  # up to 1, it is a share
    return textwrap.shorten(str(value), _LONGEST_QUOTE, placeholder=" …")
