"""Draws the pictures that some answers carry: knowledge/pictures/<id>.yaml in, knowledge/pictures/<id>.png out.

Run `python -m tools.draw_pictures` after a change of the data, or with ids to draw only these. Lengths and places are
pixels on a card 1080 wide, with y downwards; a view of a head has its own origin and scale. The same data always
gives the same bytes.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import matplotlib as mpl
import numpy as np
import yaml
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, PathPatch, Rectangle
from matplotlib.path import Path as Outline
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field

FOLDER = Path(__file__).parent.parent / "knowledge" / "pictures"
WIDTH = 1080
LONGEST_MONTH = 31
MARGIN = 48
SHOWN = 330  # how wide a chat shows it
SMALLEST_TEXT = 46  # 14 pixels there
DPI = 100
SHADES = 64  # colours kept in the file, edges of letters included: keeps it small

# For people who flee light: a dark, warm ground, nothing near white, no blue. Told apart by lightness as well as by
# hue, so that neither colour vision nor a dim screen matters.
COLOURS = {
    "card": "#1f1a17",
    "ink": "#eadfd3",
    "quiet": "#b9aa9a",
    "line": "#85776a",
    "skin": "#382f29",
    "hair": "#50453c",
    "copper": "#dc9a5a",
    "clay": "#77553c",
    "stone": "#665b52",
    "panel": "#2d2622",
    "alarm": "#e58a68",
    "ember": "#3d261e",
}
# For a sheet to print: the dark card would take much ink.
ON_PAPER = COLOURS | {"card": "#ffffff", "ink": "#1f1a17", "quiet": "#4a423b", "line": "#6f655c", "panel": "#f1ede8"}
PAPER = FOLDER.parent.parent / "docs" / "pictures"

Point = Annotated[list[float], Field(min_length=2, max_length=2)]
Places = list[Point]
Colour = Literal["card", "ink", "quiet", "line", "skin", "hair", "copper", "clay", "stone", "panel", "alarm", "ember"]


class Strict(BaseModel):
    """No unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Strict):
    say: str
    at: Point = Field(description="Left, middle or right of the first line's base, as `align` says.")
    size: Annotated[int, Field(ge=SMALLEST_TEXT)] = SMALLEST_TEXT
    bold: bool = False
    colour: Colour = "ink"
    align: Literal["left", "center", "right"] = "left"


class Card(Strict):
    """What every picture has: a title, a line below it, its sources, and words anywhere else."""

    height: int = 1480
    title: str
    subtitle: str
    sources: str
    words: list[Words] = []


class Curve(Strict):
    """A smooth line through its points; a point given twice makes a corner."""

    points: Places
    closed: bool = False
    mirror: Literal["no", "copy", "join"] = Field("no", description="Draw it again at -x, or join both to one outline.")
    fill: Colour | None = None
    line: Colour | None = "line"
    width: float = 3.5


class View(Strict):
    """A head seen from one side."""

    id: str
    at: Point
    scale: float = 1.0
    turned: bool = Field(False, description="Look the other way: x becomes -x.")
    curves: list[Curve] = []
    like: str | None = Field(None, description="The view whose curves it shares.")


class Dots(Strict):
    view: str
    points: Places
    mirror: bool = False


class Muscle(Strict):
    name: str
    sites: int
    units: int


class Area(Strict):
    label: str
    at: Point
    align: Literal["left", "center", "right"] = "center"
    more: bool = Field(False, description="Extra injections are possible here, where it hurts most.")
    muscles: list[Muscle]
    dots: list[Dots]
    leaders: list[Places] = Field([], description="Thin lines from the label to the dots.")


class InjectionSites(Card):
    views: list[View]
    areas: list[Area]
    dot_radius: float


class Phase(Strict):
    label: str
    days: float = Field(description="Headache days in that month.")
    from_week: int
    to_week: int
    fill: Colour
    text_colour: Colour = "ink"


class NoteBox(Strict):
    at: Point
    size: Point
    title: str
    lines: list[str]


class TreatmentCycle(Card):
    weeks: int = Field(description="Weeks from one treatment to the next.")
    before_label: str
    before_days: float
    phases: list[Phase]
    axis_at: Point
    week_width: float
    day_height: float
    before_x: float
    box: NoteBox = Field(description="What this study can't tell.")


class Arm(Strict):
    label: str
    people: str
    days: float = Field(description="How many headache days fewer in 28 days.")
    top: float


class HeadacheDays(Card):
    arms: list[Arm]
    left: float
    day_width: float
    day_height: float
    shared_label: str
    extra_label: str
    box: NoteBox


class Step(Strict):
    when: str
    what: list[str]
    top: float


class HelpBox(NoteBox):
    when: str | None = None


class Timeline(Card):
    steps: list[Step]
    line_x: float
    text_x: float
    line_height: float
    end: float
    box: HelpBox


class HeadacheDiary(Card):
    columns: list[str]
    lefts: Annotated[list[float], Field(min_length=2, max_length=2)]
    top: float
    row: float
    rows: int = Field(description="Days in the left half.")
    day_column: float
    column: float
    rules: list[Places] = Field(description="Lines to write on.")


Picture = TypeVar("Picture", bound=Card)


class Canvas:
    """A card to draw on in pixels, with y downwards."""

    def __init__(self, card: Card, colours: dict[str, str] = COLOURS) -> None:
        self.colours = colours
        self.figure = Figure(figsize=(WIDTH / DPI, card.height / DPI), dpi=DPI, facecolor=self.colours["card"])
        FigureCanvasAgg(self.figure)
        self.axes: Axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_xlim(0, WIDTH)
        self.axes.set_ylim(card.height, 0)
        self.axes.axis("off")
        self._frame(card)

    def _frame(self, card: Card) -> None:
        """Title, subtitle, sources and free words."""
        lines = card.sources.count("\n")
        self.words(card.title, (MARGIN, 104), size=64, bold=True)
        self.words(card.subtitle, (MARGIN, 174), colour="quiet")
        self.words(card.sources, (MARGIN, card.height - 44 - 60 * lines), colour="quiet")
        for piece in card.words:
            self.words(piece.say, piece.at, piece.size, piece.bold, piece.colour, piece.align)

    def words(
        self,
        say: str,
        at: Sequence[float],
        size: int = SMALLEST_TEXT,
        bold: bool = False,
        colour: str = "ink",
        align: str = "left",
        upright: bool = False,
    ) -> None:
        """Text whose first line stands on `at`; further lines go below."""
        for number, line in enumerate(say.split("\n")):
            self.axes.text(
                at[0],
                at[1] + number * round(size * 1.32),
                line,
                fontsize=size * 72 / DPI,
                fontweight="bold" if bold else "normal",
                color=self.colours[colour],
                ha=align,
                rotation=90 if upright else 0,
                va="baseline",
                zorder=5,
            )

    def outline(self, outline: Outline, fill: str | None, line: str | None, width: float = 3.5) -> None:
        """A path, filled or drawn or both; later ones cover earlier ones."""
        self.axes.add_patch(
            PathPatch(
                outline,
                facecolor=self.colours[fill] if fill else "none",
                edgecolor=self.colours[line] if line else "none",
                linewidth=points(width),
                capstyle="round",
                joinstyle="round",
            )
        )

    def dot(
        self, at: Sequence[float], radius: float, fill: str = "copper", line: str = "card", width: float = 2.5
    ) -> None:
        self.axes.add_patch(
            Circle(
                (at[0], at[1]),
                radius,
                facecolor=self.colours[fill],
                edgecolor=self.colours[line],
                linewidth=points(width),
                zorder=4,
            )
        )

    def block(self, left: float, top: float, width: float, height: float, fill: str) -> None:
        """A plain rectangle."""
        self.axes.add_patch(Rectangle((left, top), width, height, facecolor=self.colours[fill], edgecolor="none"))

    def box(
        self,
        left: float,
        top: float,
        width: float,
        height: float,
        fill: str,
        line: str | None = None,
        radius: float = 18,
    ) -> None:
        """A rectangle with round corners."""
        self.axes.add_patch(
            FancyBboxPatch(
                (left, top),
                width,
                height,
                boxstyle=f"round,pad=0,rounding_size={radius}",
                facecolor=self.colours[fill],
                edgecolor=self.colours[line] if line else "none",
                linewidth=points(4),
            )
        )

    def stroke(self, places: Sequence[Sequence[float]], colour: str = "line", width: float = 3) -> None:
        """Straight lines from place to place."""
        self.axes.plot(
            [place[0] for place in places],
            [place[1] for place in places],
            color=self.colours[colour],
            linewidth=points(width),
            solid_capstyle="round",
            zorder=3,
        )


def points(pixels: float) -> float:
    """Pixels as the typographic points in which matplotlib measures line widths."""
    return pixels * 72 / DPI


def smooth(places: Sequence[Sequence[float]], closed: bool) -> Outline:
    """A curve through all places (a Catmull-Rom spline, as Bézier pieces)."""
    knots = np.asarray(places, dtype=float)
    ends = (knots[-1:], knots[:2]) if closed else (knots[:1], knots[-1:])
    around = np.vstack([ends[0], knots, ends[1]])
    corners: list[tuple[float, float]] = [(float(around[1][0]), float(around[1][1]))]
    codes = [Outline.MOVETO]
    for before, start, end, after in zip(around, around[1:], around[2:], around[3:], strict=False):
        if (start == end).all():
            continue
        for x, y in (start + (end - before) / 6, end - (after - start) / 6, end):
            corners.append((float(x), float(y)))
        codes += [Outline.CURVE4] * 3
    return Outline(corners, codes)


def mirrored(places: Iterable[Sequence[float]]) -> Places:
    return [[-x, y] for x, y in places]


def outlines(curve: Curve) -> list[Outline]:
    """The paths of a curve, its mirrored half included, in its view's own measures."""
    if curve.mirror == "join":
        other = [[x, y] for x, y in reversed(mirrored(curve.points)) if x]
        return [smooth([*curve.points, *other], closed=True)]
    halves = [curve.points] if curve.mirror == "no" else [curve.points, mirrored(curve.points)]
    return [smooth(half, curve.closed) for half in halves]


def placed(view: View, places: Iterable[Sequence[float]]) -> Places:
    """From a view's own measures to the card's."""
    side = -1 if view.turned else 1
    return [[view.at[0] + side * view.scale * x, view.at[1] + view.scale * y] for x, y in places]


def draw_view(canvas: Canvas, view: View, curves: list[Curve]) -> None:
    for curve in curves:
        for outline in outlines(curve):
            corners = placed(view, np.asarray(outline.vertices).tolist())
            canvas.outline(Outline(corners, outline.codes), curve.fill, curve.line, curve.width)


def dots_of(dots: Dots) -> Places:
    return [*dots.points, *mirrored(dots.points)] if dots.mirror else list(dots.points)


def draw_area(canvas: Canvas, area: Area, views: dict[str, View], radius: float) -> None:
    """An area's dots and its label; the label's numbers are the sums over its muscles."""
    sites, units = sum(muscle.sites for muscle in area.muscles), sum(muscle.units for muscle in area.muscles)
    drawn = [place for dots in area.dots for place in placed(views[dots.view], dots_of(dots))]
    if len(drawn) != sites:
        raise ValueError(f"{area.label}: {len(drawn)} dots drawn, {sites} sites given")
    for place in drawn:
        canvas.dot(place, radius)
    for leader in area.leaders:
        canvas.stroke(leader, "line", 2.5)
    canvas.words(area.label + (" +" if area.more else ""), area.at, bold=True, align=area.align)
    canvas.words(f"{units} units", (area.at[0], area.at[1] + 56), colour="quiet", align=area.align)


def injection_sites(data: InjectionSites) -> Canvas:
    canvas = Canvas(data)
    views = {view.id: view for view in data.views}
    for view in data.views:
        draw_view(canvas, view, views[view.like].curves if view.like else view.curves)
    for area in data.areas:
        draw_area(canvas, area, views, data.dot_radius)
    return canvas


def draw_month(canvas: Canvas, data: TreatmentCycle, phase: Phase) -> None:
    """One month's bar of headache days, and its piece of the week band below."""
    left, base = data.axis_at[0] + phase.from_week * data.week_width, data.axis_at[1]
    width = (phase.to_week - phase.from_week) * data.week_width
    height = phase.days * data.day_height
    middle = left + width / 2
    canvas.block(left + 22, base - height, width - 44, height, phase.fill)
    canvas.words(f"{phase.days:.0f}", (middle, base - height - 16), 64, bold=True, align="center")
    canvas.block(left, base + 16, width, 134, phase.fill)
    canvas.words(phase.label, (middle, base + 70), colour=phase.text_colour, align="center")


def draw_weeks(canvas: Canvas, data: TreatmentCycle) -> None:
    """Ticks with week numbers under the band; a dot marks a treatment."""
    left, base = data.axis_at
    for week in [0, *(phase.to_week for phase in data.phases)]:
        x = left + week * data.week_width
        treated = week in (0, data.weeks)
        canvas.stroke([[x, base + 16], [x, base + 164]], "ink" if treated else "line", 4)
        canvas.words(f"{week}", (x, base + 226), bold=treated, align="center")
        if treated:
            canvas.dot((x, base + 164), 15, "ink", "card", 4)


def treatment_cycle(data: TreatmentCycle) -> Canvas:
    canvas = Canvas(data)
    base = data.axis_at[1]
    height = data.before_days * data.day_height
    canvas.block(data.before_x - 60, base - height, 120, height, "stone")
    canvas.words(f"{data.before_days:.0f}", (data.before_x, base - height - 16), 64, bold=True, align="center")
    canvas.words(data.before_label, (data.before_x, base + 70), align="center")
    for phase in data.phases:
        draw_month(canvas, data, phase)
    draw_weeks(canvas, data)
    draw_note(canvas, data.box)
    return canvas


def draw_days(canvas: Canvas, data: HeadacheDays, arm: Arm, shared: float) -> None:
    """A row of days, a cell each: those also gained with placebo pale, those on top of it dark."""
    for fill, start, end in (("clay", 0.0, min(shared, arm.days)), ("copper", shared, arm.days)):
        if end > start:
            canvas.block(
                data.left + start * data.day_width, arm.top, (end - start) * data.day_width, data.day_height, fill
            )
    for day in range(1, int(np.ceil(arm.days))):
        x = data.left + day * data.day_width
        canvas.stroke([[x, arm.top], [x, arm.top + data.day_height]], "card", 5)


def draw_shares(canvas: Canvas, data: HeadacheDays, arm: Arm, shared: float) -> None:
    """Brackets under a row that name its pale and its dark part."""
    y = arm.top + data.day_height + 18
    parts = ((0.0, shared, data.shared_label, "ink", False), (shared, arm.days, data.extra_label, "copper", True))
    for start, end, label, colour, bold in parts:
        left, right = data.left + start * data.day_width + 4, data.left + end * data.day_width - 4
        canvas.stroke([[left, y], [left, y + 14], [right, y + 14], [right, y]], colour, 3)
        canvas.words(label, ((left + right) / 2, y + 68), SMALLEST_TEXT, bold, colour, "center")


def draw_note(canvas: Canvas, box: NoteBox) -> None:
    left, top = box.at
    canvas.box(left, top, box.size[0], box.size[1], "panel", "copper")
    canvas.words(box.title, (left + 28, top + 66), bold=True)
    for number, line in enumerate(box.lines, start=1):
        canvas.words(line, (left + 28, top + 66 + number * 60))


def headache_days(data: HeadacheDays) -> Canvas:
    canvas = Canvas(data)
    shared = min(arm.days for arm in data.arms)
    for arm in data.arms:
        canvas.words(arm.label, (data.left, arm.top - 26), 50, bold=True)
        canvas.words(arm.people, (WIDTH - MARGIN, arm.top - 26), colour="quiet", align="right")
        draw_days(canvas, data, arm, shared)
        if arm.days > shared:
            draw_shares(canvas, data, arm, shared)
    draw_note(canvas, data.box)
    return canvas


def draw_step(canvas: Canvas, data: Timeline, step: Step) -> None:
    canvas.dot((data.line_x, step.top - 17), 18, "copper", "card", 6)
    canvas.words(step.when, (data.text_x, step.top), 50, bold=True, colour="copper")
    for number, line in enumerate(step.what, start=1):
        canvas.words(line, (data.text_x, step.top + 4 + number * data.line_height))


def draw_box(canvas: Canvas, box: HelpBox) -> None:
    """The one box that must not be missed: when to get help."""
    left, top = box.at
    canvas.box(left, top, box.size[0], box.size[1], "ember", "alarm")
    canvas.dot((left + 62, top + 60), 34, "alarm", "alarm")
    canvas.words("!", (left + 62, top + 78), 50, bold=True, colour="card", align="center")
    canvas.words(box.title, (left + 116, top + 78), 50, bold=True)
    y = top + 148
    if box.when:
        canvas.words(box.when, (left + 30, y))
        y += 62
    for line in box.lines:
        canvas.dot((left + 42, y - 16), 9, "alarm", "alarm")
        canvas.words(line, (left + 68, y))
        y += 58


def timeline(data: Timeline) -> Canvas:
    """Steps down a line, and the box with what can't wait."""
    canvas = Canvas(data)
    canvas.stroke([[data.line_x, data.steps[0].top - 17], [data.line_x, data.end]], "clay", 8)
    for step in data.steps:
        draw_step(canvas, data, step)
    draw_box(canvas, data.box)
    return canvas


def draw_half(canvas: Canvas, data: HeadacheDiary, left: float, days: Sequence[int]) -> None:
    """Half a month: a row a day, a column for each thing to note."""
    right = left + data.day_column + len(data.columns) * data.column
    top, rows = data.top, range(data.rows + 1)
    for number, name in enumerate(data.columns):
        canvas.words(name, (left + data.day_column + (number + 0.5) * data.column, top - 14), upright=True)
    for number, day in enumerate(days):
        y = top + number * data.row
        if number % 2 == 0:
            canvas.block(left, y, right - left, data.row, "panel")
        canvas.words(f"{day}", (left + data.day_column - 12, y + data.row - 9), align="right")
    for number in rows[: len(days) + 1]:
        y = top + number * data.row
        canvas.stroke([[left, y], [right, y]], "line", 2)
    for number in range(len(data.columns) + 1):
        x = left + data.day_column + number * data.column
        canvas.stroke([[x, top], [x, top + len(days) * data.row]], "line", 2)


def headache_diary(data: HeadacheDiary, colours: dict[str, str] = COLOURS) -> Canvas:
    canvas = Canvas(data, colours)
    days = range(1, LONGEST_MONTH + 1)
    for left, half in zip(data.lefts, (days[: data.rows], days[data.rows :]), strict=True):
        draw_half(canvas, data, left, half)
    for rule in data.rules:
        canvas.stroke(rule, "line", 2)
    return canvas


def read(picture: str, kind: type[Picture]) -> Picture:
    text = (FOLDER / f"{picture}.yaml").read_text(encoding="utf-8")
    return kind.model_validate(yaml.safe_load(text))


DRAW: dict[str, Callable[[], Canvas]] = {
    "injection-sites": lambda: injection_sites(read("injection-sites", InjectionSites)),
    "treatment-cycle": lambda: treatment_cycle(read("treatment-cycle", TreatmentCycle)),
    "headache-days": lambda: headache_days(read("headache-days", HeadacheDays)),
    "after-treatment": lambda: timeline(read("after-treatment", Timeline)),
    "first-twelve-weeks": lambda: timeline(read("first-twelve-weeks", Timeline)),
    "headache-diary": lambda: headache_diary(read("headache-diary", HeadacheDiary)),
}
# The same sheets in dark ink on white paper, which no message carries.
TO_PRINT: dict[str, Callable[[], Canvas]] = {
    "headache-diary": lambda: headache_diary(read("headache-diary", HeadacheDiary), ON_PAPER),
}


def drawn(picture: str, paper: bool = False) -> Figure:
    """The picture as a figure, whatever settings the user of matplotlib keeps."""
    draw = TO_PRINT[picture] if paper else DRAW[picture]
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams["font.family"] = "DejaVu Sans"
        figure = draw().figure
        figure.canvas.draw()
    return figure


def png(picture: str, paper: bool = False) -> bytes:
    """The picture as a small PNG with a palette and without any text about itself."""
    figure, pixels = drawn(picture, paper), io.BytesIO()
    with mpl.rc_context():
        mpl.rcdefaults()
        figure.savefig(pixels, format="rgba", dpi=DPI)
    size = (WIDTH, round(figure.get_figheight() * DPI))
    image = Image.frombytes("RGBA", size, pixels.getvalue()).convert("RGB")
    few = image.quantize(colors=SHADES, method=Image.Quantize.MEDIANCUT, kmeans=3, dither=Image.Dither.NONE)
    out = io.BytesIO()
    few.save(out, format="PNG", optimize=True)
    return out.getvalue()


def main(ids: Sequence[str]) -> None:
    for picture in ids or list(DRAW):
        data = png(picture)
        (FOLDER / f"{picture}.png").write_bytes(data)
        print(f"{picture}.png: {len(data) / 1000:.0f} kB")
        if picture in TO_PRINT:
            (PAPER / f"{picture}.png").write_bytes(png(picture, paper=True))


if __name__ == "__main__":
    main(sys.argv[1:])
