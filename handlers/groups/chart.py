"""A small bar chart of days, drawn with Pillow: it brings a font and a PNG writer, where plotting libraries weigh ten
times as much and take a second to import.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 800, 360
"""Pixels."""

_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 20, 56, 44
_INK, _BAR, _LINE, _PAPER = "#22313f", "#2f6f8f", "#d7d2c8", "#faf8f4"
_STEPS = (1, 2, 5)


def draw(values: Sequence[tuple[date, int]], title: str) -> bytes:
    """A PNG of one bar a day, with a scale in whole numbers; `values` are in the order of days, and not empty."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    canvas = ImageDraw.Draw(image)
    font, heading = ImageFont.load_default(18), ImageFont.load_default(22)
    canvas.text((_LEFT, 16), title, fill=_INK, font=heading)
    step = _step(max(number for _, number in values))
    top = step * max(1, -(-max(number for _, number in values) // step))
    floor = HEIGHT - _BOTTOM
    unit = (floor - _TOP) / top
    for mark in range(0, top + 1, step):
        y = floor - mark * unit
        canvas.line([(_LEFT, y), (WIDTH - _RIGHT, y)], fill=_LINE)
        canvas.text((_LEFT - 10, y), str(mark), fill=_INK, font=font, anchor="rm")
    width = (WIDTH - _LEFT - _RIGHT) / len(values)
    for place, (day, number) in enumerate(values):
        left = _LEFT + place * width
        if number:
            canvas.rectangle([left + width * 0.15, floor - number * unit, left + width * 0.85, floor], fill=_BAR)
        if (len(values) - 1 - place) % 7 == 0:
            label = f"{day.day} {day:%b}"
            canvas.text((left + width / 2, floor + 10), label, fill=_INK, font=font, anchor="mt")
    written = io.BytesIO()
    image.save(written, "PNG", optimize=True)
    return written.getvalue()


def _step(highest: int) -> int:
    """The distance of the scale's lines, so that there are at most five above the floor."""
    size = 1
    while True:
        for step in _STEPS:
            if step * size * 5 >= highest:
                return step * size
        size *= 10
