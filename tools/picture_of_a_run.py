"""Draw docs/pictures/conversation.svg: a real conversation with the bot in the terminal, as text in a window.

    python -m tools.picture_of_a_run

The bot runs as anybody would run it (`bot.py chat`), with the lines below as its input; what it prints is drawn as it
is, cut to the length of a page.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "pictures" / "conversation.svg"
ASKED = ("how offen do i need the injektions", "and who can give them")
WIDTH = 88
_LINES = 62

# Rich's own template fetches its font from a server; this one makes do with the reader's.
_TEMPLATE = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: {char_height}px;
  line-height: {line_height}px; font-variant-east-asian: full-width; }}
.{unique_id}-title {{ font-size: 18px; font-family: sans-serif; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" /></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g></g></svg>
"""


def conversation() -> str:
    """What the terminal shows, colours and all."""
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(WIDTH)}
    environment.pop("TELEGRAM_BOT_TOKEN", None)
    ran = subprocess.run(
        [sys.executable, "bot.py", "chat"],
        cwd=ROOT,
        env=environment,
        input="\n".join(ASKED),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return ran.stdout


def main() -> None:
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    for line in conversation().strip("\n").split("\n")[:_LINES]:
        console.print(Text.from_ansi(line), soft_wrap=True)
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    console.save_svg(str(PICTURE), title="make chat", code_format=_TEMPLATE, unique_id="run")
    print(f"drawn: {PICTURE.relative_to(ROOT)}, {PICTURE.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
