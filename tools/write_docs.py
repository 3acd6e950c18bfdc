"""Write the parts of the documentation that the program itself knows: what `--help` prints, settings, red flags.

    python -m tools.write_docs

A part stands between the lines `<!-- begin NAME -->` and `<!-- end -->`, NAME being one of TABLES, or a command such as
`bot.py ask --help`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

import yaml
from pydantic.fields import FieldInfo

from runtime.settings import Settings

ROOT = Path(__file__).parent.parent
PAGES = tuple(ROOT / "docs" / name for name in ("command-line.md", "operating.md", "safety.md"))
_PART = re.compile(r"(?<=<!-- begin )(?P<name>[^\n]+)( -->\n).*?(?=<!-- end -->)", re.DOTALL)
_WIDTH = "96"
"""Columns of the terminal in which `--help` is printed."""


def renew(page: str) -> str:
    """The text of a page with every generated part as it should be now."""
    return _PART.sub(lambda found: found["name"] + found[2] + _write_part(found["name"]), page)


def _write_part(name: str) -> str:
    if name in TABLES:
        return "".join(f"| {' | '.join(row)} |\n" for row in TABLES[name]())
    return f"```\n{_print_help(name.split())}```\n"


def _print_help(command: list[str]) -> str:
    done = subprocess.run(  # noqa: S603  (commands that this repository's pages name)
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": _WIDTH, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def _settings() -> Iterator[tuple[str, ...]]:
    yield from (("name", "meaning", "default"), ("---", "---", "---"))
    for name, field in Settings.model_fields.items():
        yield f"`{name.upper()}`", escape(field.description or "", quote=False), _default(field)


def _default(field: FieldInfo) -> str:
    return "unset" if field.default in (None, frozenset()) else f"`{field.default}`"


def _red_flags() -> Iterator[tuple[str, ...]]:
    yield from (("tier", "red flag", "what it covers"), ("---", "---", "---"))
    for flag in _read_red_flags()["red_flags"]:
        yield flag["tier"], f"`{flag['id']}`", flag["covers"]


def _unread_red_flags() -> Iterator[tuple[str, ...]]:
    """The red flags whose pages nobody could open, none of them."""
    yield from (("red flag", "pages"), ("---", "---"))
    data = _read_red_flags()
    pages = {page["id"]: page for page in data["pages"]}
    for flag in data["red_flags"]:
        rests_on = [pages[name] for name in flag["sources"]]
        if not any(page["read"] for page in rests_on):
            yield f"`{flag['id']}`", "; ".join(f"{page['title']} ({page['publisher']})" for page in rests_on)


def _numbers() -> Iterator[tuple[str, ...]]:
    """Whom to call by country, each number once, and the directories; what somebody verified has a mark."""
    yield from (("country", "numbers"), ("---", "---"))
    data = _read_red_flags()
    for country in data["countries"]:
        lines = (country["emergency"], country["urgent_advice"], country["poison"], *country["crisis"])
        yield country["name"], " · ".join(dict.fromkeys(_word_number(line) for line in lines if line))
    yield "directories", " · ".join(_word_number(line) for line in data["directories"])


def _word_number(line: Mapping[str, Any]) -> str:
    return f"{line['name']}: {line['contact']}{' ✓' if line['read'] else ''}"


def _read_red_flags() -> Any:
    return yaml.safe_load((ROOT / "knowledge" / "red_flags.yaml").read_text(encoding="utf-8"))


TABLES: Mapping[str, Callable[[], Iterator[tuple[str, ...]]]] = {
    "settings": _settings,
    "red flags": _red_flags,
    "red flags on unread pages": _unread_red_flags,
    "numbers": _numbers,
}
"""The parts that are tables, by name; each gives its rows, the head and the rule below it first."""


def main() -> None:
    for page in PAGES:
        page.write_text(renew(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
