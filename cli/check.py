"""`bot.py check`: what an editor should see to, as lines for a person or as JSON for a program."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from datetime import date, datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from cli.entries import refuse_unknown
from cli.loading import load_answerer
from cli.outcome import ExitStatus, MisuseError
from cli.progress import Progress
from knowledge.check.checks import review, review_texts
from knowledge.check.findings import KINDS, Finding, Review, Severity
from knowledge.check.readability import MissingLibraryError
from knowledge.loading.build import HERE
from knowledge.loading.problems import KnowledgeError
from knowledge.loading.validate import validate_all

_APART = ("findings", "confirmed")
"""Fields of a review that its JSON holds in another form."""
_COLOURS: Mapping[Severity, str] = {"error": "red", "note": "yellow", "info": "cyan"}
_LONGEST_QUOTE = 100
"""Characters shown of a text; `--json` has the whole."""
_HOW_TO_GET_IT = "Run `make check`, or first: python -m pip install -r requirements-check.txt"
_HOW_TO_CONFIRM = "Right as it is? Then confirm it by the letters in brackets, in knowledge/confirmed.yaml:"


def check(names: Sequence[str], *, as_json: bool, texts_only: bool = False) -> int:
    """Check the knowledge files, or what concerns the entries `names`; fails if anything is wrong.

    `texts_only`: only what is said and what it rests on, for which no model is needed.

    Raises KnowledgeError where the files can't be used (as JSON, the problems are printed instead), and MisuseError for
    an unknown entry.
    """
    today = datetime.now().astimezone().date()
    try:
        if texts_only:
            knowledge = validate_all(HERE).knowledge
            refuse_unknown(names, list(knowledge.entries))
            found = review_texts(knowledge, today, entries=names)
        else:
            answerer = load_answerer()
            refuse_unknown(names, list(answerer.knowledge.entries))
            with Progress(said_elsewhere="") as progress:
                found = review(answerer, today, progress=progress.tell, entries=names)
    except MissingLibraryError as error:
        raise MisuseError(f"check needs {error}, which the bot itself does not.\n{_HOW_TO_GET_IT}") from None
    except KnowledgeError as error:
        if not as_json:
            raise
        problems = [asdict(problem) for problem in error.problems]
        print(json.dumps({"ok": False, "problems": problems}, indent=1, ensure_ascii=False))
        return ExitStatus.FAILED
    if as_json:
        print(json.dumps(to_data(found), indent=1, ensure_ascii=False))
    else:
        show(found, Console(highlight=False, soft_wrap=True))
    return ExitStatus.FAILED if found.errors else ExitStatus.WELL


def to_data(found: Review) -> dict[str, Any]:
    """The review as values for JSON, always in the same order; every kind of finding has its list."""
    findings: dict[str, list[Any]] = {kind.kind: [] for kind in KINDS}
    for finding in found.findings:
        confirmation = {"id": finding.id, "confirmed": found.confirmed.get(finding.id)} if finding.id else {}
        findings[finding.kind].append(_to_plain(finding) | confirmation)
    rest = {field.name: _to_plain(getattr(found, field.name)) for field in fields(found) if field.name not in _APART}
    return {
        "ok": not found.errors,
        "problems": [],
        "errors": len(found.errors),
        "notes": len(found.notes),
        "confirmed": len(found.settled),
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


def show(found: Review, console: Console) -> None:
    """Print what an editor has to see to, a line each, and a summary line, which is all where there is nothing.

    The errors stand at the end, above the summary, where a reader of many lines is left looking. What is merely good
    to know is listed where only some entries were looked at, and else counted.
    """
    shown: tuple[Severity, ...] = ("info", "note", "error") if found.only else ("note", "error")
    for severity in shown:
        of_severity = found.of(severity)
        for kind in KINDS:
            lines = [to_line(finding) for finding in of_severity if type(finding) is kind]
            if lines:
                heading = (severity, f"bold {_COLOURS[severity]}")
                console.print(Text.assemble(heading, f"  {kind.title}: {len(lines):,}"))
                if kind.mend:
                    console.print(Text(kind.mend, "italic"))
                console.print(*lines, "", sep="\n")
    example = next((finding.id for finding in (*found.errors, *found.notes) if finding.id), "")
    if example:
        line = f"- {example}: why it may stay, who says so, and the day as 2026-11-29"
        console.print(Text(f"{_HOW_TO_CONFIRM}\n{line}\n", "dim"))
    console.print(Text(summarise(found), style="bold red" if found.errors else "bold green"))


def summarise(found: Review) -> str:
    """The review in one line."""
    to_do = f"{_count(len(found.errors), 'error')}, {_count(len(found.notes), 'note')}"
    rest = [f"{len(found.settled):,} confirmed"] if found.settled else []
    rest.append(f"{len(found.of('info')):,} good to know")
    if found.only:
        return f"{', '.join(found.only)}: {to_do}, {', '.join(rest)}"
    size = f"{_count(found.entries, 'entry', 'entries')}, {_count(found.phrasings, 'phrasing')}"
    accuracy = f", {found.cross_validation.accuracy:.1%} right in cross-validation" if found.cross_validation else ""
    return f"{size}{accuracy}: {to_do}, {', '.join(rest)} (--json lists these)"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{f'{number:,}' if number else 'no'} {one if number == 1 else many or one + 's'}"


def to_line(finding: Finding) -> Text:
    """A finding as the loader words a problem: where, about what, what is the matter, and what was expected.

    In brackets behind it stands the id by which it can be confirmed, if it can.
    """
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
    confirm = f" [{finding.id}]" if finding.id else ""
    return Text.assemble((place, "dim"), (about, "bold"), said, mend, (confirm, "dim"))


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
