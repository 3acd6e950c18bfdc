"""How long an answer takes a tired person: words, lines of a phone and seconds, before anything is tapped.

    python -m evaluation.reading                  # over all entries, and the ten longest
    python -m evaluation.reading --write FILE     # the texts as they are, to measure later beside others
    python -m evaluation.reading --texts FILE     # those of such a file instead, of another version of the answers

Counted is what stands open: points, when to get help and the last line, without the question and without the numbers
of sources. A phone shows some forty characters a line, and three lines of a folded part. Read aloud at 150 words a
minute, as audiobooks are (https://en.wikipedia.org/wiki/Words_per_minute). The grade is Flesch-Kincaid, as `check` has
it, of the points and of the whole entry.
"""

from __future__ import annotations

import argparse
import json
import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles

import yaml

from knowledge.check.readability import grade, names_in
from knowledge.loading.build import HERE
from knowledge.loading.load import load
from knowledge.model import Entry, Knowledge
from knowledge.rendering.answer import reply_text
from knowledge.reply import Answer

PHONE = 40
"""Characters a line, at the text size that most people have."""

FOLDED_LINES = 3
WORDS_A_MINUTE = 150

_MARKS = re.compile(r" \[\d+(, \d+)*\]")
_BULLETS = re.compile(r"^[•☐] ")


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer: its blocks of lines, each folded or not, the question first; and all that its entry says."""

    entry: str
    blocks: list[tuple[bool, list[str]]]
    points: str
    whole: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What one answer takes: `point_words` are of the points alone, the other figures of all that is open."""

    entry: str
    point_words: int
    words: int
    lines: int
    seconds: float
    grade: float
    whole_grade: float


def show_all(knowledge: Knowledge) -> Iterator[Shown]:
    """Every entry as somebody gets it who asks its question."""
    for entry in knowledge.entries.values():
        text = reply_text(Answer.chosen(entry), knowledge)
        blocks = [
            (block.folded, ["".join(span.text for span in line) for line in block.lines]) for block in text.blocks
        ]
        yield Shown(entry.id, blocks, " ".join(point.text for point in entry.answer), _whole(entry))


def _whole(entry: Entry) -> str:
    return " ".join(point.text for point in (*entry.answer, *((entry.help,) if entry.help else ()), *entry.more))


def measure(shown: Shown, grade_of: Callable[[str], float]) -> Reading:
    """What one answer takes."""
    opened = [
        _BULLETS.sub("", _MARKS.sub("", line)) for folded, lines in shown.blocks[1:] if not folded for line in lines
    ]
    words = sum(len(line.split()) for line in opened)
    return Reading(
        shown.entry,
        len(shown.points.split()),
        words,
        count_lines(shown.blocks),
        60 * words / WORDS_A_MINUTE,
        grade_of(shown.points),
        grade_of(shown.whole),
    )


def count_lines(blocks: Sequence[tuple[bool, Sequence[str]]]) -> int:
    """Lines on a phone before a tap, with an empty one between two blocks; of a folded block three at most."""
    heights = [sum(max(1, len(textwrap.wrap(line, PHONE))) for line in lines) for _, lines in blocks]
    shown = [
        min(FOLDED_LINES, height) if folded else height for (folded, _), height in zip(blocks, heights, strict=True)
    ]
    return sum(shown) + len(shown) - 1


def tabulate(readings: Sequence[Reading]) -> str:
    """Median, ninth tenth and most of every figure."""
    columns: dict[str, Callable[[Reading], float]] = {
        "words of the points": lambda each: each.point_words,
        "words before a tap": lambda each: each.words,
        "lines of 40 before a tap": lambda each: each.lines,
        "seconds read aloud": lambda each: each.seconds,
        "grade of the points": lambda each: each.grade,
        "grade of the whole entry": lambda each: each.whole_grade,
    }
    rows = [f"{len(readings)} answers{'':14}median    p90    max"]
    for name, column in columns.items():
        values = [column(each) for each in readings]
        rows.append(f"{name:<26}{median(values):>7.1f}{quantiles(values, n=10)[-1]:>7.1f}{max(values):>7.1f}")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--texts", type=Path, help="measure the texts of this file")
    parser.add_argument("--write", type=Path, help="write the texts to this file")
    options = parser.parse_args()
    if options.texts:
        shown = [Shown(**each) for each in json.loads(options.texts.read_text(encoding="utf-8"))]
    else:
        shown = list(show_all(load().knowledge))
    if options.write:
        options.write.write_text(json.dumps([asdict(each) for each in shown], ensure_ascii=False), encoding="utf-8")
    names = names_in(yaml.safe_load((HERE / "readability.yaml").read_text(encoding="utf-8"))["names"])
    readings = [measure(each, lambda text: grade(text, names)) for each in shown]
    print(tabulate(readings))
    longest = sorted(readings, key=lambda each: -each.words)[:10]
    print("Longest:", ", ".join(f"{each.entry} ({each.words})" for each in longest))


if __name__ == "__main__":
    main()
