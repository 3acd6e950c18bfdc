"""One step of one method in a process of its own, so that time and memory are that method's alone.

    python -m evaluation.benchmark_process JOB.json RESULT.json

"cold" builds the method from the phrasings and keeps it in the job's folder; "warm" starts from what was kept there,
is timed on the questions, and ranks them.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from evaluation.matchers import GROWN, METHODS, Embedded, Method, Ours, Phrasings
from evaluation.metrics import percentile

Step = Literal["cold", "warm"]

_WARMING_UP = 20
"""Questions asked before the clock runs, so that nothing is still being loaded, as for the first misspelt word."""

_GIGABYTE = 2**30

_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""One thread for each method: more of them wait for one another on a busy machine, up to fifty times as long."""

ROOT = Path(__file__).parent.parent


class MeasuringError(Exception):
    """A step did not end well; the message says why, for people."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a process has to do. `questions` are timed for `most_seconds` at most, `ranked` are ranked.

    `vectors` is where embeddings of the phrasings are shared.
    """

    method: str
    grown: bool
    step: Step
    phrasings: str
    kept: str
    vectors: str
    questions: Sequence[str]
    ranked: Sequence[str]
    most_seconds: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What one process may use; a step that needs more has failed, and the report says so."""

    seconds: float = 1800
    gigabytes: float = 12


def measured(
    method: str,
    phrasings: Phrasings,
    vectors: Path,
    questions: Sequence[str],
    ranked: Sequence[str],
    *,
    grown: bool = False,
    most_seconds: float = 20,
    limits: Limits = Limits(),
) -> dict[str, Any]:
    """Start-up, latency, memory, rankings and, for our own matcher, replies. Raises MeasuringError."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        (folder / "kept").mkdir()
        (folder / "phrasings.json").write_text(json.dumps(phrasings), encoding="utf-8")
        found: dict[str, Any] = {}
        for step in ("cold", "warm"):
            files = str(folder / "phrasings.json"), str(folder / "kept"), str(vectors)
            job = Job(method, grown, step, *files, questions, ranked, most_seconds)
            found |= _in_a_process(job, folder, limits)
        kept = [path.stat().st_size for path in (folder / "kept").rglob("*") if path.is_file()]
        return found | {"kept_megabytes": round(sum(kept) / 2**20, 1)}


def _in_a_process(job: Job, folder: Path, limits: Limits) -> dict[str, Any]:
    given, made = folder / "job.json", folder / "result.json"
    given.write_text(json.dumps(asdict(job)), encoding="utf-8")
    command = [sys.executable, "-m", "evaluation.benchmark_process", str(given), str(made), str(limits.gigabytes)]
    try:
        done = subprocess.run(  # noqa: S603 (our own module)
            command,
            cwd=ROOT,
            env=os.environ | _ONE_THREAD,
            timeout=limits.seconds,
            capture_output=True,
            text=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise MeasuringError(f"more than {limits.seconds / 60:.0f} min") from None
    if done.returncode:
        errors = done.stderr.strip()
        if "MemoryError" in errors or "alloc" in errors or done.returncode < 0:
            raise MeasuringError(f"more than {limits.gigabytes:.0f} GB")
        raise MeasuringError(errors.splitlines()[-1] if errors else f"ended with {done.returncode}")
    result: dict[str, Any] = json.loads(made.read_text(encoding="utf-8"))
    return result


def carried_out(job: Job) -> dict[str, Any]:
    """The figures of one step: seconds, and under `micros` the processor time of an answer, in microseconds."""
    phrasings = json.loads(Path(job.phrasings).read_text(encoding="utf-8"))
    method = (GROWN if job.grown else METHODS)[job.method]()
    begun = time.perf_counter()
    if job.step == "cold":
        if isinstance(method, Embedded):
            method.shared = Path(job.vectors)
        method.build(phrasings)
        ready = time.perf_counter() - begun
        if isinstance(method, Embedded):
            ready += method.spared_seconds
        method.keep(Path(job.kept))
        return {"cold_seconds": round(ready, 5), "cut_short": method.cut_short}
    method.restore(Path(job.kept))
    ready = time.perf_counter() - begun
    return {
        "warm_seconds": round(ready, 5),
        "micros": _latency(method, job.questions, job.most_seconds),
        "megabytes": _memory(),
        "ranked": [method.rank(text) for text in job.ranked],
        "replies": [method.shown(text) for text in job.ranked] if isinstance(method, Ours) and not job.grown else [],
    }


def _latency(method: Method, questions: Sequence[str], most_seconds: float) -> Mapping[str, float]:
    for text in questions[:_WARMING_UP]:
        method.answer(text)
    taken: list[float] = []
    end = time.perf_counter() + most_seconds
    for text in questions[_WARMING_UP:] or questions:
        begun = time.process_time_ns()  # of this process alone: whatever else the machine does is not counted
        method.answer(text)
        taken.append((time.process_time_ns() - begun) / 1000)
        if time.perf_counter() > end:
            break
    return {
        "median": round(percentile(taken, 0.5), 1),
        "p99": round(percentile(taken, 0.99), 1),
        "longest": round(max(taken), 1),
        "questions": len(taken),
    }


def _memory() -> float:
    """The most memory this process has held so far, in megabytes."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux: unlike getrusage, it does not count what the parent held before exec
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return round(int(line.split()[1]) / 1024, 1)
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit, 1)


def main() -> None:
    given, made, gigabytes = sys.argv[1:]
    most = round(float(gigabytes) * _GIGABYTE)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    job = Job(**json.loads(Path(given).read_text(encoding="utf-8")))
    Path(made).write_text(json.dumps(carried_out(job)), encoding="utf-8")


if __name__ == "__main__":
    main()
