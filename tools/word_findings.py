"""What `bot.py check --json` found, as Markdown for a comment on a pull request.

    python bot.py check --json | python -m tools.word_findings

Texts of the knowledge files stand in a block of code, whose fence is longer than any row of backticks in it: nothing in
them can become a heading, a link, HTML or a mention of somebody.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

MOST_CHARACTERS = 60_000
"""A comment on GitHub holds 65,536."""
_LONGEST_VALUE = 200
_BROKEN = "`bot.py check` gave no result: see the log of the run.\n"


def word(found: str) -> str:
    """The Markdown for the JSON that the check printed; for anything else, that it printed none."""
    try:
        data = json.loads(found)
    except ValueError:
        return _BROKEN
    if data["problems"]:
        problems = [
            f"{each['file']}:{each['line']}: {each['entry']}: {each['what']} (expected {each['expected']})"
            for each in data["problems"]
        ]
        return f"**The knowledge files can't be used. To mend: {len(problems)}**\n\n{_fence(problems)}"
    lines = list(_to_lines(data))
    heading = f"**The editor's check. Errors: {data['errors']}, notes: {data['notes']}**\n"
    return f"{heading}\n{_fence(lines)}" if lines else heading


def _to_lines(data: Mapping[str, Any]) -> Iterator[str]:
    """Errors first, then notes, without what somebody has confirmed."""
    for severity in ("error", "note"):
        for kind, findings in data["findings"].items():
            for finding in findings:
                if data["severities"][kind] == severity and not finding.get("confirmed"):
                    yield f"{severity} {kind}: {_word(finding)}"


def _word(finding: Mapping[str, Any]) -> str:
    values = [f"{name} {_shorten(value)}" for name, value in finding.items() if name not in ("at", "confirmed")]
    return ": ".join(filter(None, [str(finding["at"]), ", ".join(values)]))


def _shorten(value: Any) -> str:
    text = " ".join((", ".join(map(str, value)) if isinstance(value, list) else str(value)).split())
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]} …"


def _fence(lines: list[str]) -> str:
    """The lines as a block of code, cut where a comment would be too long."""
    shown: list[str] = []
    left = MOST_CHARACTERS
    for line in lines:
        left -= len(line) + 1
        if left < 0:
            shown.append(f"… and {len(lines) - len(shown)} more: see the log of the run.")
            break
        shown.append(" ".join(line.splitlines()))
    text = "\n".join(shown)
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}text\n{text}\n{fence}\n"


def main() -> None:
    print(word(sys.stdin.read()), end="")


if __name__ == "__main__":
    main()
