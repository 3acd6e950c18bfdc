"""The questions that matchers are measured on: messages with the entries that answer them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from knowledge.language.text import fold, words

OWN = Path(__file__).parent.parent / "tests" / "data"

Kind = Literal["ours", "near-domain", "far"]


@dataclass(frozen=True, slots=True)
class Question:
    """A message. `accept`: the entries that answer it or, where it is out of scope, those that are no fault."""

    text: str
    accept: frozenset[str]
    kind: Kind


def own_questions(folder: Path = OWN) -> list[Question]:
    """The project's own messages: short questions and messages out of scope."""
    return [
        question
        for path in [folder / "questions.jsonl", *sorted(folder.glob("outside*.jsonl"))]
        for question in _read(path)
    ]


def given_questions(folder: Path) -> list[Question]:
    """The messages of another folder that holds dev_short.jsonl and dev_scope.jsonl."""
    return [*_read(folder / "dev_short.jsonl"), *_read(folder / "dev_scope.jsonl")]


def unseen(questions: Sequence[Question], known: Iterable[str]) -> list[Question]:
    """Those of `questions` whose words don't stand, one by one and in order, among the texts `known`."""
    taken = {_as_words(text) for text in known}
    return [question for question in questions if _as_words(question.text) not in taken]


def _as_words(text: str) -> tuple[str, ...]:
    return tuple(words(fold(text)))


def halves(questions: Sequence[Question], seed: int) -> tuple[list[Question], list[Question]]:
    """Two halves, drawn by lot within each kind of question."""
    chance = random.Random(seed)  # noqa: S311 (for sameness, not for secrets)
    first: list[Question] = []
    second: list[Question] = []
    for kind in ("ours", "near-domain", "far"):
        rows = [question for question in questions if question.kind == kind]
        chance.shuffle(rows)
        first += rows[: len(rows) // 2]
        second += rows[len(rows) // 2 :]
    return first, second


def _read(path: Path) -> list[Question]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [_question(row) for row in rows]


def _question(row: dict[str, object]) -> Question:
    accept = row.get("accept", row.get("ok", []))
    if not isinstance(accept, list):
        raise TypeError(f"the accepted ids of a question must be a list, not {accept!r}")
    kind: Kind = "ours" if "accept" in row else "far" if row.get("kind") == "far" else "near-domain"
    return Question(str(row["q"]), frozenset(map(str, accept)), kind)
