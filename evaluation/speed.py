"""How long a decision and a start take, and how much memory the bot holds: of this checkout or of another.

    python -m evaluation.speed                    # a minute or two; needs the tests' requirements for `run`
    python -m evaluation.speed --root ../before   # the same messages, the same machine, other code
    python -m evaluation.speed --keep now         # and write it into evaluation/results/speed.json, for the report
    python -m evaluation.speed --words-alone      # as on a machine that can't run the language model

Everything is measured from outside, through `bot.py`, so that two versions can be compared whatever their insides are
called. Starts work on a copy of the checkout, so that the first one finds no cache. Other work on the machine lengthens
what the clock on the wall shows, and hardly the processor time beside it: the load is printed first.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.metrics import percentile
from evaluation.sets import ROOT, read_set

RESULT = ROOT / "evaluation" / "results" / "speed.json"

_STARTS = 5
_PASSES = 3
"""How often all messages are asked; of each the shortest time counts, which other work disturbed least."""

_LEFT_OUT = ("tests", ".venv*", ".git", ".cache", ".mypy_cache", ".ruff_cache", ".pytest_cache", "__pycache__")
_TOKEN = "123456:a-token-for-measuring-0123456789"
_FIRST_START = 180.0
_SETTLED = 2.0
"""Seconds that a serving bot is left alone before its memory is read."""

LONG = ("I can't say if my throat, my arm or my eye is weak, numb or blurred since the jab. " * 50)[:4096]
"""As long as Telegram lets a message be, and full of signs: the most work that triage can be given."""


@dataclass(frozen=True, slots=True)
class Started:
    """A process that ran to its end: `seconds` by the clock, of the `processor`, and the most `megabytes` it held."""

    seconds: float
    processor: float
    megabytes: float
    output: str


def start(root: Path, *arguments: str, given: str = "") -> Started:
    """Run `bot.py` of the checkout `root` to its end. Raises CalledProcessError where it fails."""
    command = [sys.executable, "bot.py", *arguments]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as lines, tempfile.TemporaryFile("w+", encoding="utf-8") as out:
        lines.write(given)
        lines.seek(0)
        begun = time.perf_counter()
        process = subprocess.Popen(command, cwd=root, env=_environment(root), stdin=lines, stdout=out)  # noqa: S603
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        out.seek(0)
        unit = 2**20 if sys.platform == "darwin" else 2**10
        return Started(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / unit, out.read())


def ask(root: Path, texts: Sequence[str]) -> tuple[list[int], float]:
    """The microseconds by the clock that deciding on each of `texts` takes, and the seconds of processor for them all.

    The microseconds are those that `ask` counts, of deciding alone; the processor words and prints the replies as well.
    """
    given = [json.dumps(text, ensure_ascii=False) + "\n" for text in texts]
    begun, whole = start(root, "ask", "--json", given=given[0]), start(root, "ask", "--json", given="".join(given))
    return [int(json.loads(line)["micros"]) for line in whole.output.splitlines()], whole.processor - begun.processor


async def serve(root: Path) -> tuple[float, float, float]:
    """Seconds until `run` collects updates, and the megabytes it then holds, before and after an answer."""
    from tests.bot_api_server import BotApiServer

    with tempfile.TemporaryDirectory(prefix="speed-") as folder, (Path(folder) / "log.txt").open("wb") as log:
        async with BotApiServer(_TOKEN) as server:
            settings = {"TELEGRAM_BOT_TOKEN": _TOKEN, "TELEGRAM_API_URL": server.url}
            begun = time.perf_counter()
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                str(root / "bot.py"),
                "run",
                cwd=folder,
                env=_environment(root) | settings,
                stdout=log,
                stderr=log,
            )
            try:
                await server.wait_for_bot(_FIRST_START)
                seconds = time.perf_counter() - begun
                await asyncio.sleep(_SETTLED)
                before = resident(process.pid)
                person = server.user("Mia")
                await person.says("how often is it repeated?")
                await person.hears()
                await asyncio.sleep(_SETTLED)
                return seconds, before, resident(process.pid)
            finally:
                if process.returncode is None:
                    process.send_signal(signal.SIGTERM)
                    await process.wait()


def resident(pid: int) -> float:
    """The megabytes that a process holds in memory now (Linux only)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def measure(root: Path, texts: Sequence[str], *, words_alone: bool = False) -> dict[str, str]:
    """Every line of the table with its value, for people."""
    with tempfile.TemporaryDirectory(prefix="speed-") as folder:
        copy = Path(folder) / "bot"
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns(*_LEFT_OUT))
        if words_alone:
            (copy / "onnxruntime.py").write_text('raise ImportError("left out")\n', encoding="utf-8")
        first = start(copy, "ask", "does it hurt")
        later = [start(copy, "ask", "does it hurt") for _ in range(_STARTS)]
        passes = [ask(copy, texts) for _ in range(_PASSES)]
        micros = [min(taken) for taken in zip(*(taken for taken, _ in passes), strict=True)]
        processor = min(spent for _, spent in passes)
        long, _ = ask(copy, [LONG] * 3)
        rows = {
            "load of the machine meanwhile": f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "–",
            f"one decision, median of {len(micros):,}": f"{statistics.median(micros) / 1000:.2f} ms",
            "one decision, 99th percentile": f"{percentile(micros, 0.99) / 1000:.2f} ms",
            "one reply with its wording, mean": f"{1000 * processor / (len(texts) - 1):.2f} ms of processor",
            "the longest message, full of signs": f"{min(long) / 1000:.0f} ms",
            "`ask`, first start (it learns)": _shown([first]),
            f"`ask`, later starts (median of {_STARTS})": _shown(later),
        }
        return rows | _serving(copy)


def _shown(starts: Sequence[Started]) -> str:
    seconds = statistics.median(each.seconds for each in starts)
    processor = statistics.median(each.processor for each in starts)
    megabytes = max(each.megabytes for each in starts)
    return f"{seconds:.2f} s, {processor:.2f} s of processor, {megabytes:.0f} MB"


def _serving(root: Path) -> dict[str, str]:
    try:
        seconds, before, after = asyncio.run(serve(root))
    except ImportError as missing:
        return {"`run`": f"not measured: {missing.name} is not installed"}
    return {
        "`run`, until it serves": f"{seconds:.2f} s",
        "`run`, resident once it serves": f"{before:.0f} MB",
        "`run`, resident after an answer": f"{after:.0f} MB",
    }


def _environment(root: Path) -> dict[str, str]:
    own = ("TELEGRAM", "WEBHOOK", "DATABASE", "STATUS", "OWNER", "LOG_")
    return {name: value for name, value in os.environ.items() if not name.startswith(own)} | {"PYTHONPATH": str(root)}


def table(kept: Mapping[str, Mapping[str, str]]) -> tuple[list[str], list[list[str]]]:
    """Head and rows: what was measured of each version that was kept."""
    names = list(dict.fromkeys(name for rows in kept.values() for name in rows))
    return ["", *kept], [[name, *(rows.get(name, "–") for rows in kept.values())] for name in names]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m evaluation.speed", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout to measure (default: this one)")
    parser.add_argument("--keep", metavar="NAME", help=f"write it under this name into {RESULT.relative_to(ROOT)}")
    parser.add_argument("--words-alone", action="store_true", help="without the language model")
    options = parser.parse_args(arguments)
    messages = read_set("dev")
    kinds = (
        messages.questions,
        messages.out_of_scope,
        messages.posts,
        messages.chatter,
        messages.urgent,
        messages.calm,
    )
    texts = [row.text for kind in kinds for row in kind]
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"{options.root}: {os.cpu_count()} cores, load {load:.1f}")
    rows = measure(options.root.resolve(), texts, words_alone=options.words_alone)
    for name, value in rows.items():
        print(f"{name:<42} {value}", flush=True)
    if options.keep:
        kept = json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {}
        RESULT.write_text(json.dumps({**kept, options.keep: rows}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
