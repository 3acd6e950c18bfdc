"""Draws the bot's profile picture, docs/pictures/profile.png, which Telegram shows cut to a circle.

    python -m tools.draw_profile_picture

A speech bubble, and in it a wave that calms down. Dark, for people who flee light; no syringe, no needle, no doctor, no
trade mark. The same code always gives the same bytes.
"""

from __future__ import annotations

import io
import math
from pathlib import Path

from PIL import Image, ImageDraw

PICTURE = Path(__file__).parent.parent / "docs" / "pictures" / "profile.png"
SIZE = 640
"""Pixels of a side."""
FINE = 4
"""Drawn so many times larger and then made smaller, which smooths the edges."""
SHADES = 64
"""Colours kept in the file."""

# As in the pictures of answers: a dark, warm ground, nothing near white, no blue.
GROUND, BUBBLE, WAVE = "#1f1a17", "#dc9a5a", "#1f1a17"

_BUBBLE = (112, 128, 528, 448)
_CORNER = 110
_TAIL = ((222, 430), (212, 540), (350, 430))
_WAVE = (180, 462)
_MIDDLE, _HEIGHT, _CALMING, _LENGTH = 290, 112, 130, 94
_THICK = 34


def draw() -> bytes:
    """The picture as PNG."""
    image = Image.new("RGB", (SIZE * FINE, SIZE * FINE), GROUND)
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle([FINE * each for each in _BUBBLE], radius=FINE * _CORNER, fill=BUBBLE)
    pen.polygon([(FINE * x, FINE * y) for x, y in _TAIL], fill=BUBBLE)
    radius = FINE * _THICK / 2
    for step in range(FINE * _WAVE[0], FINE * _WAVE[1] + 1):
        x, y = step, FINE * _height(step / FINE)
        pen.ellipse([x - radius, y - radius, x + radius, y + radius], fill=WAVE)
    small = image.resize((SIZE, SIZE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.quantize(SHADES, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _height(x: float) -> float:
    """How far down the wave is at `x`: high at first, and nearly still at its end."""
    along = x - _WAVE[0]
    return _MIDDLE - _HEIGHT * math.exp(-along / _CALMING) * math.sin(2 * math.pi * along / _LENGTH)


if __name__ == "__main__":
    PICTURE.write_bytes(draw())
