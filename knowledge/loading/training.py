"""The training messages: JSON Lines with the text, the class that it belongs to, and the voice that wrote it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from knowledge.loading.build import training_files
from knowledge.loading.problems import Problem
from knowledge.matching.train import Message

_KEYS = {"text", "label", "voice"}


class TrainingRow(NamedTuple):
    """A message, and where it stands."""

    message: Message
    file: str
    line: int


def read_training(folder: Path, labels: Collection[str], problems: list[Problem]) -> list[TrainingRow]:
    """The messages below `folder`, each of one of the `labels`; what is wrong with a line is added to `problems`."""
    rows: list[TrainingRow] = []
    for path in training_files(folder):
        name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Problem(name, 0, "", f"can't be read: {error}", "a readable file in the encoding UTF-8"))
            continue
        for number, line in enumerate(lines, 1):
            if line.strip():
                problems += _read(line, labels, name, number, rows)
    return rows


def _read(line: str, labels: Collection[str], name: str, number: int, rows: list[TrainingRow]) -> Iterator[Problem]:
    """Add the message of a line to `rows`, or say what is wrong with it."""
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    if not isinstance(row, dict) or set(row) != _KEYS or not all(isinstance(value, str) for value in row.values()):
        yield Problem(name, number, "", "is no training message", '{"text": "…", "label": "…", "voice": "…"}')
    elif row["label"] not in labels:
        yield Problem(
            name,
            number,
            row["label"],
            "there is no such entry or subject",
            "the id of an entry, or of a subject after “out-of-scope:”",
        )
    else:
        rows.append(TrainingRow(Message(**row), name, number))
