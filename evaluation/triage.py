"""How well triage tells people in trouble from everybody else, and what it costs.

Run `python -m evaluation.triage`; `--misses` also lists the messages that it gets wrong.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from knowledge.loading.red_flags_file import read_red_flags
from knowledge.red_flags import TIERS
from knowledge.triage.rules import Triage

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "data"
LABELLED = ("triage.jsonl", "triage_more.jsonl")
ORDINARY = ("questions.jsonl", "posts.jsonl", "posts_more.jsonl", "chatter.jsonl", "chatter_more.jsonl",
            "outside.jsonl", "outside_more.jsonl")  # fmt: skip

Row = dict[str, Any]


def read(name: str) -> list[Row]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def percent(hits: Iterable[bool]) -> str:
    counted = list(hits)
    return f"{sum(counted)}/{len(counted)} = {100 * sum(counted) / len(counted):.1f}%" if counted else "none"


def labelled(name: str, triage: Triage, misses: list[str]) -> None:
    """Print the figures of a set whose rows say which tier, if any, is right."""
    rows = [(row, triage.look(row["text"])) for row in read(name)]
    print(f"\n{name}, {len(rows)} messages")
    for tier in TIERS:
        found = [(row, found.urgent) for row, found in rows if row["tier"] == tier]
        print(f"  {tier:<10} found {percent(urgent is not None for _, urgent in found)}", end="")
        print(f"   in its tier {percent(urgent is not None and urgent.tier == tier for _, urgent in found)}")
        misses += [f"missed {tier}: {row['text']}" for row, urgent in found if urgent is None]
    for kind in ("question", "ordinary"):
        calm = [(row, found) for row, found in rows if row["kind"] == kind]
        print(f"  {kind:<10} alarmed {percent(found.urgent is not None for _, found in calm)}", end="")
        noted = percent(found.mentions_sign for row, found in calm if row["note"] and not found.urgent)
        print(f"   note where wanted {noted}")
        misses += [f"alarmed {kind}: {row['text']}" for row, found in calm if found.urgent]


def written_for_other_ends(name: str, triage: Triage, misses: list[str]) -> None:
    """Print how many messages of a set that has nothing to do with triage are urgent; some of them rightly."""
    texts = [row.get("q") or row["text"] for row in read(name)]
    found = [(text, triage.look(text).urgent) for text in texts]
    print(f"  {name:<20} urgent {percent(urgent is not None for _, urgent in found)}")
    misses += [f"{name}: {urgent.flag.id}: {text[:200]}" for text, urgent in found if urgent]


def cost(triage: Triage) -> None:
    texts = [row["q"] for name in ("questions.jsonl", "posts.jsonl") for row in read(name)]
    for text in texts:
        triage.look(text)
    taken = []
    for text in texts:
        begun = time.perf_counter()
        triage.look(text)
        taken.append(1e6 * (time.perf_counter() - begun))
    taken.sort()
    median, slowest = statistics.median(taken), taken[len(taken) * 99 // 100]
    print(f"\nCost of a message: median {median:.0f} µs, 99th percentile {slowest:.0f} µs")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="list the messages that went wrong, or were urgent")
    listed = parser.parse_args().misses
    triage = Triage(read_red_flags(ROOT / "knowledge" / "red_flags.yaml"))
    misses: list[str] = []
    for name in LABELLED:
        labelled(name, triage, misses)
    print("\nWritten for other ends")
    for name in ORDINARY:
        written_for_other_ends(name, triage, misses)
    cost(triage)
    if listed:
        print("", *misses, sep="\n")


if __name__ == "__main__":
    main()
