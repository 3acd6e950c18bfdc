"""Problems found in the knowledge files, worded for the person who edits them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong: where it stands, what is wrong and what was expected instead.

    `file` is relative to the knowledge folder's parent, `line` counts from 1 (0: the whole file), `entry` is the id
    of the entry, fact or source concerned, or empty.
    """

    file: str
    line: int
    entry: str
    what: str
    expected: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        about = f"{self.entry}: " if self.entry else ""
        mend = f" (expected {self.expected})" if self.expected else ""
        return f"{place}: {about}{self.what}{mend}"


class KnowledgeError(Exception):
    """The knowledge files can't be used; `problems` holds every reason that was found, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))
