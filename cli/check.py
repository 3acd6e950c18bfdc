"""The findings of a check as tables for a person in a terminal, the gravest and the summary last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from rapidfuzz import process
from rich import box
from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TaskID, TextColumn
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from knowledge.check.checks import Progress
from knowledge.check.findings import (
    KINDS,
    LEAST_KEPT,
    Collision,
    CrossValidation,
    Finding,
    LostPhrasing,
    LowAccuracy,
    Review,
    Severity,
)
from knowledge.model import Knowledge

_WEAKEST = 12
"""Entries shown of those that lose phrasings."""
_COLOURS: Mapping[Severity, str] = {"error": "red", "note": "yellow", "info": "cyan"}

Row = Mapping[str, Text]
"""The cells of a table's row, by the heads of their columns."""


@contextmanager
def progress(console: Console) -> Iterator[Progress]:
    """Bars for what takes long, which vanish at the end; nothing where `console` is no terminal."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn())
    with Bars(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        tasks: dict[str, TaskID] = {}

        def tell(what: str, share: float) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=None)
            if share:
                bars.update(tasks[what], total=1.0, completed=share)

        yield tell


def show(review: Review, console: Console) -> None:
    """Print the review: a table for each kind of note and error, counts of the rest, and the summary line.

    The errors stand at the end, above the summary, where a reader of a long report is left looking.
    """
    _show_kinds("note", review, console)
    if review.cross_validation:
        _show_weakest(review.cross_validation, console)
    else:
        _show_kind(LostPhrasing, "info", review.of("info"), console)
    counts = Counter(type(finding) for finding in review.of("info"))
    for kind, count in counts.items():
        title = kind.title[0].lower() + kind.title[1:]
        console.print(Text.assemble(("info", f"bold {_COLOURS['info']}"), f"  {count:,} {title}"))
    if review.settled:
        _show_settled(review, console)
    if counts:
        console.print("--json lists these.\n", style="dim")
    _show_kinds("error", review, console)
    style = "bold red" if review.errors else "bold green"
    console.print(Text(summary(review), style=style), soft_wrap=True)


def _show_settled(review: Review, console: Console) -> None:
    """A line for each kind that somebody confirmed: what may stay is never hidden."""
    counts = Counter(type(finding) for finding in review.settled)
    for kind, count in counts.items():
        title = kind.title[0].lower() + kind.title[1:]
        line = Text.assemble(("info", f"bold {_COLOURS['info']}"), f"  {count:,} confirmed earlier: {title}")
        console.print(line.append(" (list: knowledge/confirmed.yaml)", "dim"))


def _show_kinds(severity: Severity, review: Review, console: Console) -> None:
    open_findings = review.of(severity)
    for kind in KINDS:
        _show_kind(kind, severity, open_findings, console)
    example = next((finding for finding in reversed(open_findings) if finding.id), None)
    if example:
        line = Text("Right as it is? Then confirm it with its letters, in knowledge/confirmed.yaml:", "dim")
        console.print(line.append(f"\n- {example.id}: why it may stay, who says so, {_today()}\n"), soft_wrap=True)


def _show_kind(kind: type[Finding], severity: Severity, findings: Sequence[Finding], console: Console) -> None:
    rows = [_row(finding) for finding in findings if type(finding) is kind]
    if rows:
        title = _title(severity, f"{kind.title}: {len(rows):,}")
        _show_table(title.append(f"\n{kind.mend}", "dim") if kind.mend else title, rows, console)


def unknown(name: str, knowledge: Knowledge) -> str:
    """What to say to somebody who asks for an entry that is not there."""
    near = process.extractOne(name, list(knowledge.entries), score_cutoff=60)
    return f"There is no entry “{name}”" + (f"; did you mean “{near[0]}”?" if near else ".")


def summary(review: Review) -> str:
    """The review in one line."""
    validated = review.cross_validation
    return (
        f"{_counted(review.entries, 'entry', 'entries')}, {_counted(review.phrasings, 'phrasing')}"
        + (f", cross-validation {validated.accuracy:.1%}" if validated else "")
        + f": {_counted(len(review.errors), 'error')}, {_counted(len(review.notes), 'note')}"
        + (f", {len(review.settled):,} confirmed earlier" if review.settled else "")
    )


def _today() -> date:
    return datetime.now().astimezone().date()


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _title(severity: Severity, text: str) -> Text:
    return Text.assemble((severity, f"bold {_COLOURS[severity]}"), f"  {text}")


def _row(finding: Finding) -> Row:
    """A finding as a row: the thing concerned with its place below, then what is said of it."""
    match finding:
        case LowAccuracy():
            return {"accuracy": Text(f"{finding.accuracy:.1%}"), "wanted": Text(f"{finding.wanted:.0%} or more")}
        case Collision():
            one = _placed(f"“{finding.text}”", finding.at, finding.entry)
            other = _placed(f"“{finding.other_text}”", finding.other_at, finding.other)
            return {
                "phrasing": _with_id(one, finding), "competes with": other, "both to": Text(finding.winner),
            }  # fmt: skip
    values = {field.name: getattr(finding, field.name) for field in fields(finding) if field.name != "at"}
    row = {name.replace("_", " "): Text(_shown(value)) for name, value in values.items()}
    first = next(iter(row))
    return {**row, first: _with_id(_placed(row[first].plain, finding.at), finding)}


def _with_id(text: Text, finding: Finding) -> Text:
    """With the letters by which the finding is confirmed below, if it can be."""
    return text.append(f"\n{finding.id}", "dim") if finding.id else text


def _placed(text: str, at: str, entry: str = "") -> Text:
    """A text, and in quieter letters below it the entry and the file and line, without folders."""
    place = " ".join(part for part in (entry, at.rpartition("/")[2]) if part)
    return Text.assemble(text, (f"\n{place}", "dim")) if place else Text(text)


def _shown(value: Any) -> str:
    match value:
        case tuple():
            return ", ".join(value)
        case int():
            return f"{value:,}"
        case float():
            return f"{value:.1f}"
    return str(value)


def _show_weakest(validated: CrossValidation, console: Console) -> None:
    """The entries that keep the fewest of their phrasings, and to which others they lose most."""
    rows = []
    for share, name in sorted((share, name) for name, share in validated.by_entry.items() if share < LEAST_KEPT):
        winners = Counter(validated.lost[name].values())
        lost_to = ", ".join(f"{winner} {count}" for winner, count in winners.most_common(3))
        rows.append({"entry": Text(name), "kept": Text(f"{share:.0%}"), "loses most to": Text(lost_to)})
    if rows:
        title = _title("info", f"Entries that lose more than {1 - LEAST_KEPT:.0%} of their phrasings: {len(rows):,}")
        title.append(
            f"\n{validated.accuracy:.1%} of all come out first, {validated.first_three:.1%} among three", "dim"
        )
        _show_table(title, rows[:_WEAKEST], console, more=max(0, len(rows) - _WEAKEST))


def _show_table(title: Text, rows: Sequence[Row], console: Console, *, more: int = 0) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    for head, cell in rows[0].items():
        short = len(cell.plain) <= max(len(head), 5)
        table.add_column(head, overflow="fold", no_wrap=short, justify="right" if cell.plain[:1].isdigit() else "left")
    for row in rows:
        table.add_row(*row.values())
    console.print(title)
    console.print(table)
    if more:
        console.print(f"… and {more:,} more (--json lists all)", style="dim")
    console.print()
