"""Write the parts of the documentation that the program itself knows: what `--help` prints, and the settings.

    python -m tools.write_docs

A part stands between the lines `<!-- begin NAME -->` and `<!-- end -->`, NAME being a command such as
`bot.py ask --help`, or `settings`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html import escape
from pathlib import Path

from pydantic.fields import FieldInfo

from runtime.settings import Settings

ROOT = Path(__file__).parent.parent
PAGES = (ROOT / "docs" / "command-line.md", ROOT / "docs" / "operating.md")
_PART = re.compile(r"(?<=<!-- begin )(?P<name>[^\n]+)( -->\n).*?(?=<!-- end -->)", re.DOTALL)
_WIDTH = "96"
"""Columns of the terminal in which `--help` is printed."""


def renew(page: str) -> str:
    """The text of a page with every generated part as it should be now."""
    return _PART.sub(lambda found: found["name"] + found[2] + _write_part(found["name"]), page)


def _write_part(name: str) -> str:
    if name == "settings":
        return "".join(_settings_rows())
    return f"```\n{_print_help(name.split())}```\n"


def _print_help(command: list[str]) -> str:
    done = subprocess.run(  # noqa: S603  (commands that this repository's pages name)
        [sys.executable, *command],
        cwd=ROOT, env={**os.environ, "COLUMNS": _WIDTH, "NO_COLOR": "1"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def _settings_rows() -> list[str]:
    rows = [
        f"| `{name.upper()}` | {escape(field.description or '', quote=False)} | {_default(field)} |\n"
        for name, field in Settings.model_fields.items()
    ]
    return ["| name | meaning | default |\n", "| --- | --- | --- |\n", *rows]


def _default(field: FieldInfo) -> str:
    return "unset" if field.default in (None, frozenset()) else f"`{field.default}`"


def main() -> None:
    for page in PAGES:
        page.write_text(renew(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
