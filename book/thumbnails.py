"""One small picture for each topic, beside it where people choose: its initials on a dark ground, in a colour of its
own.
"""

from __future__ import annotations

import colorsys
import io
from collections.abc import Iterable, Mapping

from PIL import Image, ImageDraw, ImageFont

SIDE = 160
"""Pixels."""

_GROUND, _INK = "#161b26", "#f4f1ea"
_RIM, _WIDTH, _LETTERS = 12, 8, 54
"""Pixels: from the edge to the ring, the ring, and the letters."""

_SMOOTH = 4
"""It is drawn so many times as large and then made small, for Pillow's own lines have steps."""


def draw_thumbnails(topics: Iterable[str]) -> Mapping[str, bytes]:
    """A PNG for each topic, by its title."""
    titles = list(topics)
    return {title: _draw(title, place / len(titles)) for place, title in enumerate(titles)}


def _draw(title: str, hue: float) -> bytes:
    side = SIDE * _SMOOTH
    image = Image.new("RGB", (side, side), _GROUND)
    canvas = ImageDraw.Draw(image)
    red, green, blue = (round(255 * part) for part in colorsys.hls_to_rgb(hue, 0.6, 0.5))
    rim = _RIM * _SMOOTH
    canvas.ellipse((rim, rim, side - rim, side - rim), outline=(red, green, blue), width=_WIDTH * _SMOOTH)
    letters = ImageFont.load_default(_LETTERS * _SMOOTH)
    canvas.text((side / 2, side / 2), _initials(title), fill=_INK, font=letters, anchor="mm")
    written = io.BytesIO()
    image.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(written, "PNG", optimize=True)
    return written.getvalue()


def _initials(title: str) -> str:
    """The first letters of the first and the last word; the first two letters of a single one."""
    words = title.split()
    return f"{words[0][0]}{words[-1][0]}".upper() if len(words) > 1 else title[:2].capitalize()
