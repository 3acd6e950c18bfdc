"""What people write in a measurement: the canonical questions of the bot's own FAQ, read when they are needed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent.parent
URGENT = "I can't breathe"


@cache
def questions() -> tuple[str, ...]:
    """The question of every entry."""
    files = sorted((ROOT / "knowledge" / "faq").glob("*.yaml"))
    topics = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    return tuple(entry["question"] for topic in topics for entry in topic["entries"])


def one_after_another() -> Iterator[str]:
    """The questions, over and over."""
    return itertools.cycle(questions())


@cache
def apologies(root: Path = ROOT) -> frozenset[str]:
    """What the bot says when something went wrong: no answer to anything."""
    texts = yaml.safe_load((root / "handlers" / "texts.yaml").read_text(encoding="utf-8"))
    return frozenset({str(texts["failed"])})
