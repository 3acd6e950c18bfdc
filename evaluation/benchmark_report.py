"""docs/benchmarks.md from the results: the text of report.md with tables and figures put in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

from evaluation.ablation import table as ablation_table
from evaluation.benchmark_process import Limits
from evaluation.calibration import list_errors
from evaluation.calibration import table as calibration_table
from evaluation.curve import table as curve_table
from evaluation.matchers import METHODS
from evaluation.plots import PICTURES, RELIABILITY, draw, draw_reliability
from evaluation.speed import table as speed_table

_TEXT = Path(__file__).parent / "report.md"
_RESULTS = Path(__file__).parent / "results"
_FEW = 100
"""Below so many timed questions the longest time stands for the 99th percentile."""

Row = Mapping[str, Any]


def write_report(results: Path, folder: Path) -> Path:
    """Write benchmarks.md and its pictures into `folder` from what was measured, a JSON file each in `results`.

    Of what other commands measure, the project's own results are shown where `results` has none.
    """
    accuracy, growth = _measured(results, "accuracy"), _measured(results, "growth")
    ablated, curved, calibrated, speeds = (
        _measured(results if (results / f"{name}.json").exists() else _RESULTS, name)
        for name in ("ablation", "curve", "calibration", "speed")
    )
    draw(growth, folder / "benchmarks")
    draw_reliability(calibrated["rows"][0]["bands"], folder / "benchmarks")
    path = folder / "benchmarks.md"
    path.write_text(report(accuracy, growth, ablated, curved, calibrated, speeds), encoding="utf-8")
    return path


def _measured(results: Path, name: str) -> Row:
    found: Row = json.loads((results / f"{name}.json").read_text(encoding="utf-8"))
    return found


def report(accuracy: Row, growth: Row, ablated: Row, curved: Row, calibrated: Row, speeds: Row) -> str:
    """The text of docs/benchmarks.md."""
    given = ""
    if accuracy["given"]["ours"]:
        given = (
            "### Another set\n\nReal messages, given for developing against, so known to those who wrote the FAQ "
            f"({_numbers(accuracy['given'])}).\nAll are reported, at the thresholds chosen above.\n\n"
            f"{_accuracy(accuracy, 'given')}\n"
        )
    return Template(_TEXT.read_text(encoding="utf-8")).substitute(
        date=_day(accuracy),
        runs="" if accuracy["begun"] == growth["begun"] else " Accuracy and growth come from two runs.",
        machine=accuracy["machine"],
        entries=accuracy["entries"],
        phrasings=f"{accuracy['phrasings']:,}",
        chosen_on=_described(accuracy["chosen_on"]),
        reported=_described(accuracy["reported"]),
        note=f"- {accuracy['note']}\n" if accuracy["note"] else "",
        ablated=_day(ablated),
        parts=_table(*ablation_table(ablated)),
        curved=_day(curved),
        curve=_table(*curve_table(curved)),
        calibrated=_day(calibrated),
        messages_calibrated=f"{calibrated['rows'][0]['messages']:,}",
        errors=list_errors(calibrated),
        reliability=f"![How often the likeliest entry was right](benchmarks/{RELIABILITY}.png)",
        calibration=_table(*calibration_table(calibrated)),
        accuracy=_accuracy(accuracy, "reported"),
        given=given,
        versions=_table(*speed_table(speeds)),
        speed=_speed(accuracy),
        beside=_beside(accuracy, growth),
        minutes=f"{Limits().seconds / 60:.0f}",
        gigabytes=f"{Limits().gigabytes:.0f}",
        growth="\n".join(_growth(growth, title, shown) for title, shown in _GROWTH.items()),
        pictures="\n\n".join(f"![{title}](benchmarks/{file}.png)" for file, (title, _, _) in PICTURES.items()),
        settings="\n".join(f"- **{method.name}**: {method.settings}." for method in METHODS.values()),
    )


def _accuracy(accuracy: Row, questions: str) -> str:
    rows = []
    for name, row in accuracy["methods"].items():
        title = METHODS[name].name
        if "failed" in row:
            rows.append([title, row["failed"]])
            continue
        found = row[questions]
        rows.append([title, *(_percent(found[key]) for key in _SHARES)])
        shipped = row.get(f"{questions}_as_shipped")
        if shipped:
            shares = (shipped[key] for key in _SHARES)
            rows.append(
                [f"{title}, as the bot replies", *("" if share is None else _percent(share) for share in shares)]
            )
    return _table(["", *_SHARES.values()], rows)


_SHARES = {
    "right_first": "right first",
    "right_in_three": "among three",
    "right_in_four": "among four",
    "wrong_at_80": "wrong at 80 %",
    "near_at_80": "near at 80 %",
    "far_at_80": "far at 80 %",
    "answered_rightly": "answered rightly",
    "wrong_with_confidence": "wrong with confidence",
    "false_near": "near, answered",
    "false_far": "far, answered",
}
"""The columns of a table of accuracy, by their names among the figures."""


def _speed(accuracy: Row) -> str:
    rows = []
    for name, row in accuracy["methods"].items():
        if "failed" in row:
            rows.append([METHODS[name].name, row["failed"]])
            continue
        micros = row["micros"]
        rows.append(
            [
                METHODS[name].name,
                _milliseconds(micros["median"]),
                _milliseconds(micros["p99"]),
                f"{row['megabytes']:.0f} MB",
                _seconds(row["cold_seconds"]),
                _seconds(row["warm_seconds"]),
                f"{row['kept_megabytes']:.1f} MB",
            ]
        )
    head = ["", "median", "99th percentile", "memory", "start from text", "start from what is kept", "kept on disk"]
    return _table(head, rows)


def _beside(accuracy: Row, growth: Row) -> str:
    """How many times as long as ours the others take."""
    largest = str(growth["sizes"][-1])
    rows = []
    ours = accuracy["methods"].get("ours", {}), growth["methods"].get("ours", {}).get(largest, {})
    for name in accuracy["methods"]:
        theirs = accuracy["methods"][name], growth["methods"].get(name, {}).get(largest, {})
        if name != "ours":
            rows.append([METHODS[name].name, *(_times(own, other) for own, other in zip(ours, theirs, strict=True))])
    return _table(["", "at our FAQ's size", f"at {int(largest):,} phrasings"], rows)


def _times(own: Row, other: Row) -> str:
    if "micros" not in own or "micros" not in other:
        return "–"
    ratio = other["micros"]["median"] / own["micros"]["median"]
    return f"{ratio:.0f} ×" if ratio >= 10 else f"{ratio:.1f} ×" if ratio >= 0.95 else f"{ratio:.2f} ×"


def _p99(row: Row) -> str:
    micros = row["micros"]
    if micros["questions"] < _FEW:
        return f"{_milliseconds(micros['longest'])} (longest of {micros['questions']})"
    return _milliseconds(micros["p99"])


_GROWTH: Mapping[str, Callable[[Row], str]] = {
    "Median processor time for one answer": lambda row: _milliseconds(row["micros"]["median"]),
    "99th percentile of it": _p99,
    "Memory": lambda row: f"{row['megabytes']:.0f} MB",
    "Start from text": lambda row: ("more than " if row["cut_short"] else "") + _seconds(row["cold_seconds"]),
    "Start from what is kept": lambda row: _seconds(row["warm_seconds"]),
    "Right first": lambda row: "–" if row["cut_short"] else _percent(row["right_first"]),
}


def _growth(growth: Row, title: str, shown: Callable[[Row], str]) -> str:
    rows = []
    for name, sizes in growth["methods"].items():
        cells = (sizes[str(size)] for size in growth["sizes"])
        rows.append([METHODS[name].name, *(row["failed"] if "failed" in row else shown(row) for row in cells)])
    return f"### {title}\n\n{_table(['', *(f'{size:,}' for size in growth['sizes'])], rows)}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; columns but the first are set flush right, and short rows are filled up."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)]]
    lines += [[*row, *[""] * (len(head) - len(row))] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _day(measured: Row) -> str:
    return str(measured["begun"]).partition("T")[0]


def _described(messages: Row) -> str:
    return f"{messages['messages']} ({_numbers(messages)})"


def _numbers(counted: Row) -> str:
    return f"{counted['ours']} questions of ours, {counted['near-domain']} near ones, {counted['far']} far ones"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _milliseconds(micros: float) -> str:
    return f"{micros / 1000:.2f} ms" if micros < 10_000 else f"{micros / 1000:,.0f} ms"


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:,.0f} s"
