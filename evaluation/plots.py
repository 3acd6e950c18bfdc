"""The pictures of docs/benchmarks.md: what grows with the number of phrasings, and how true the chances are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.matchers import METHODS

Value = Callable[[Mapping[str, Any]], float]

PICTURES: Mapping[str, tuple[str, str, Value]] = {
    "latency": ("Processor time for one answer, median", "milliseconds", lambda row: row["micros"]["median"] / 1000),
    "memory": ("Memory of the process that answers", "megabytes", lambda row: row["megabytes"]),
    "start-cold": ("Start-up from the phrasings' text", "seconds", lambda row: max(row["cold_seconds"], 0.001)),
    "start-warm": ("Start-up from what is kept on disk", "seconds", lambda row: max(row["warm_seconds"], 0.001)),
}
"""Name of the file: title, unit, and what is read from the figures of a method at a size."""

_COLOURS = (
    "#c0392b",
    "#1f77b4",
    "#6baed6",
    "#2ca02c",
    "#8c564b",
    "#9467bd",
    "#c5b0d5",
    "#ff7f0e",
    "#e6b800",
    "#17becf",
    "#e377c2",
    "#7f7f7f",
)
_MARKERS = "osDs^vPXd<>*"


RELIABILITY = "reliability"
"""Name of the picture of how true the chances are."""


def draw_reliability(bands: Sequence[Mapping[str, float]], folder: Path) -> None:
    """A PNG: in each band of chance the share of right entries with its interval, and the number of messages."""
    plt = _plot()
    folder.mkdir(parents=True, exist_ok=True)
    figure, (above, below) = plt.subplots(
        2, figsize=(5.6, 6.4), height_ratios=(4, 1), sharex=True, layout="constrained"
    )
    said, held = [each["said"] for each in bands], [each["held"] for each in bands]
    reach = [[max(0.0, each["held"] - each["low"]) for each in bands], [each["high"] - each["held"] for each in bands]]
    above.plot([0, 1], [0, 1], color="#999999", linewidth=1, linestyle="--", label="as said")
    above.errorbar(
        said, held, reach, color=_COLOURS[0], marker="o", capsize=3, label="this matcher, with 95 % intervals"
    )
    above.set(ylabel="of these, right", xlim=(0, 1), ylim=(0, 1.02))
    above.set_title("How often the likeliest entry was right", loc="left", fontsize=11)
    above.legend(loc="upper left", frameon=False, fontsize=8.5)
    width = 1 / len(bands)
    below.bar(
        [each["from"] + width / 2 for each in bands], [each["messages"] for each in bands], width * 0.9, color="#bbbbbb"
    )
    below.set(xlabel="chance that the bot gave it", ylabel="messages", yscale="log")
    for axes in (above, below):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(visible=True, color="#e4e4e4", linewidth=0.8)
        axes.set_axisbelow(True)
    figure.savefig(folder / f"{RELIABILITY}.png", dpi=110)
    plt.close(figure)


def _plot() -> Any:
    """The pyplot of matplotlib, drawing without a screen."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    return plt


def draw(growth: Mapping[str, Any], folder: Path) -> None:
    """One PNG for each of PICTURES, both axes logarithmic; a method ends where it failed."""
    plt = _plot()
    folder.mkdir(parents=True, exist_ok=True)
    for file, (title, unit, value) in PICTURES.items():
        figure, axes = plt.subplots(figsize=(8, 4.2), layout="constrained")
        for method, colour, marker in zip(METHODS, _COLOURS, _MARKERS, strict=True):
            rows = growth["methods"].get(method, {})
            points = [(int(size), value(row)) for size, row in rows.items() if "failed" not in row]
            if points:
                strong = method == "ours"
                axes.plot(
                    *zip(*points, strict=True),
                    color=colour,
                    marker=marker,
                    markersize=6 if strong else 4.5,
                    linewidth=2.6 if strong else 1.3,
                    zorder=3 if strong else 2,
                    label=METHODS[method].name,
                )
        axes.set(xscale="log", yscale="log", xlabel="phrasings", ylabel=unit)
        axes.xaxis.set_major_formatter(lambda size, _: f"{size:,.0f}")
        axes.yaxis.set_major_formatter(lambda level, _: f"{level:,g}")
        axes.set_title(title, loc="left", fontsize=11)
        axes.grid(visible=True, which="major", color="#e4e4e4", linewidth=0.8)
        axes.spines[["top", "right"]].set_visible(False)
        figure.legend(loc="outside right center", frameon=False, fontsize=8.5)
        figure.savefig(folder / f"{file}.png", dpi=110)
        plt.close(figure)
