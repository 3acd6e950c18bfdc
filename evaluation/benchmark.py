"""Measure this matcher beside what one would pick instead, and write docs/benchmarks.md from what was measured.

make bench                                    # everything, in its own environment
make bench QUESTIONS=FOLDER                   # the accuracy on another set of messages as well
python -m evaluation.benchmark --methods ours,fts5    # some methods only; the others stay as they were measured
python -m evaluation.benchmark --report       # write the report anew from the last results
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import os
import platform
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evaluation.benchmark_process import ROOT, MeasuringError, measured
from evaluation.benchmark_report import write_report
from evaluation.matchers import METHODS
from evaluation.metrics import Asked, Kind, chosen, figures, figures_of_replies
from evaluation.relearning import Source
from evaluation.sets import Ids, MessageSet, read_set
from evaluation.synthetic_faq import grown
from knowledge.language.spelling import tokenize

SIZES = (100, 1_000, 10_000, 100_000)
SEED = 1
ASKED = 1_000
"""How many messages of a set each method is judged by."""

RANKED = 30
"""How many questions to a FAQ that was made are ranked; all are timed, as far as time allows."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evaluation.benchmark", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--questions", type=Path, help="a folder with dev_short.jsonl and dev_scope.jsonl, measured too"
    )
    parser.add_argument("--methods", default=",".join(METHODS), help="names with commas between them (default: all)")
    parser.add_argument(
        "--sizes", default=",".join(map(str, SIZES)), help="numbers of phrasings (default: %(default)s; '': none)"
    )
    parser.add_argument("--into", type=Path, default=ROOT, help="where evaluation/results and docs go (default: here)")
    parser.add_argument("--report", action="store_true", help="measure nothing, write the report from the last results")
    options = parser.parse_args()
    names = options.methods.split(",")
    unknown = sorted(set(names) - set(METHODS))
    if unknown:
        parser.error(f"there is no method {', '.join(unknown)}; there are {', '.join(METHODS)}")
    if options.questions and not (options.questions / "dev_short.jsonl").exists():
        parser.error(f"{options.questions} holds no dev_short.jsonl")
    results: Path = options.into / "evaluation" / "results"
    if not options.report:
        results.mkdir(parents=True, exist_ok=True)
        begun = {"begun": datetime.now(UTC).isoformat(timespec="seconds")}
        sizes = [int(size) for size in options.sizes.split(",") if size]
        source = Source.read()
        _keep(results / "accuracy.json", begun | _accuracy(names, source, options.questions))
        if sizes:
            _keep(results / "growth.json", begun | _growth(names, source, sizes))
    print(f"written: {write_report(results, options.into / 'docs')}")


def _accuracy(names: Sequence[str], source: Source, folder: Path | None) -> dict[str, Any]:
    """Every method on our FAQ: the threshold chosen on what ours was fitted to, and reported on what nobody was."""
    phrasings = source.list_by_class()
    known = [text for texts in phrasings.values() for text in texts]
    ids = Ids.of(source.knowledge)
    training, held_out = asked_of(read_set("training", ids)), asked_of(read_set("held_out", ids))
    choosing, reported = (thin_out(unseen(asked, known)) for asked in (training, held_out))
    given = unseen(_given(folder), [*known, *(asked.text for asked in training)]) if folder else []
    rows: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="benchmark-") as shared:
        for name in names:
            print(f"our FAQ: {METHODS[name].name} …", flush=True)
            timed = [question.text for question in reported]
            ranked = [question.text for question in [*choosing, *reported, *given]]
            try:
                _require(name)
                found = measured(name, phrasings, Path(shared) / "vectors.npz", timed, ranked)
            except MeasuringError as failure:
                rows[name] = {"failed": str(failure)}
                continue
            rows[name] = _judged(found.pop("ranked"), found.pop("replies"), choosing, reported, given) | found
    return {
        "machine": _machine(),
        "entries": len(source.knowledge.entries),
        "phrasings": sum(map(len, phrasings.values())),
        "note": "",
        "chosen_on": {"messages": "messages in knowledge/training"} | _counted(choosing),
        "reported": {"messages": "messages in evaluation/data/held_out"} | _counted(reported),
        "given": _counted(given),
        "methods": rows,
    }


def _judged(
    ranked: list[list[tuple[str, float]]],
    replies: list[tuple[list[str], bool]],
    choosing: Sequence[Asked],
    reported: Sequence[Asked],
    given: Sequence[Asked],
) -> dict[str, Any]:
    """Figures of each set of questions; the rankings are those of all three sets, one after another."""
    choice = chosen(choosing, ranked[: len(choosing)])
    judged: dict[str, Any] = {"threshold": asdict(choice)}
    start = len(choosing)
    for key, questions in (("reported", reported), ("given", given)):
        part = slice(start, start + len(questions))
        if questions:
            judged[key] = asdict(figures(questions, ranked[part], choice))
            if replies:
                judged[f"{key}_as_shipped"] = asdict(figures_of_replies(questions, replies[part]))
        start = part.stop
    return judged


def _growth(names: Sequence[str], source: Source, sizes: Sequence[int]) -> dict[str, Any]:
    """Every method on FAQs of each size, made from the phrasings of our entries."""
    listed = source.list_by_class()
    real = {name: texts for name, texts in listed.items() if name in source.knowledge.entries}
    rows: dict[str, dict[str, Any]] = {name: {} for name in names}
    for size in sizes:
        made = grown(real, source.knowledge.vocabulary.concepts, size, seed=SEED)
        texts = [text for text, _ in made.questions]
        asked = made.questions[:: max(1, len(made.questions) // RANKED)]
        with tempfile.TemporaryDirectory(prefix="benchmark-") as shared:
            for name in names:
                print(f"{size} phrasings: {METHODS[name].name} …", flush=True)
                try:
                    _require(name)
                    vectors = Path(shared) / "vectors.npz"
                    found = measured(
                        name, made.phrasings, vectors, texts, [text for text, _ in asked], grown=True, most_seconds=10
                    )
                except MeasuringError as failure:
                    rows[name][str(size)] = {"failed": str(failure)}
                    continue
                ranked, _ = found.pop("ranked"), found.pop("replies")
                right = sum(bool(row) and row[0][0] == entry for row, (_, entry) in zip(ranked, asked, strict=True))
                rows[name][str(size)] = found | {"right_first": right / len(asked)}
    return {"sizes": list(sizes), "methods": rows}


def asked_of(messages: MessageSet) -> list[Asked]:
    """The short questions of a set, and its messages out of scope."""
    outside = (*messages.out_of_scope, *messages.out_of_scope_posts)
    ours = [Asked(row.text, frozenset(row.accept), "ours") for row in messages.questions]
    return ours + [Asked(row.text, frozenset(row.accept), row.scope) for row in outside]


def thin_out(asked: Sequence[Asked]) -> list[Asked]:
    """Every so manieth of them, ASKED at most: some methods take a tenth of a second for each."""
    return list(asked[:: max(1, math.ceil(len(asked) / ASKED))])


def _given(folder: Path) -> list[Asked]:
    """The messages of another folder: dev_short.jsonl with `q` and `accept`, dev_scope.jsonl with `kind` and `ok`."""
    paths = [folder / "dev_short.jsonl", folder / "dev_scope.jsonl"]
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    found = []
    for row in map(json.loads, lines):
        kind: Kind = "ours" if "accept" in row else "far" if row.get("kind") == "far" else "near-domain"
        found.append(Asked(row["q"], frozenset(row.get("accept", row.get("ok", []))), kind))
    return found


def unseen(questions: Sequence[Asked], known: Iterable[str]) -> list[Asked]:
    """Those of `questions` whose words don't stand, one by one and in order, among the texts `known`."""
    taken = {_as_words(text) for text in known}
    return [question for question in questions if _as_words(question.text) not in taken]


def _as_words(text: str) -> tuple[str, ...]:
    return tuple(token for token in tokenize(text) if token[0].isalnum())


def _require(name: str) -> None:
    missing = [module for module in METHODS[name].needs if importlib.util.find_spec(module) is None]
    if missing:
        raise MeasuringError(f"not installed ({', '.join(missing)})")


def _machine() -> str:
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def _counted(questions: Sequence[Asked]) -> dict[str, int]:
    return {kind: sum(question.kind == kind for question in questions) for kind in ("ours", "near-domain", "far")}


def _keep(path: Path, found: dict[str, Any]) -> None:
    """Write what was found; methods that were not measured stay as they are, where it was on as many messages."""
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if all(kept.get(key) == found.get(key) for key in ("phrasings", "chosen_on", "reported", "given", "sizes")):
        rows = kept["methods"] | found["methods"]
        found = found | {"methods": {name: rows[name] for name in METHODS if name in rows}}
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
