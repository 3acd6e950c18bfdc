"""Knowledge read anew while the bot runs: in a process of its own, so that the bot answers as fast as ever meanwhile.

Run as `python -m knowledge.loading.reload`, this prints the checked data of the knowledge files, or their problems, as
JSON.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from dataclasses import astuple
from typing import Any

from knowledge.loading.load import HERE, build, checked, code_digest
from knowledge.loading.problems import KnowledgeError, Problem
from knowledge.model import Knowledge

LONGEST = 600.0
"""Seconds after which reading is given up."""

_CODE_AT_START = code_digest()


class RereadingError(Exception):
    """The files could not be read anew, for a reason that does not lie in them."""


async def read_anew() -> Knowledge:
    """What the knowledge files say now.

    Raises KnowledgeError with every problem of every file, and RereadingError where the reading itself fails.
    """
    try:
        async with asyncio.timeout(LONGEST):
            printed = await _printed()
    except TimeoutError:
        raise RereadingError(f"reading them took longer than {LONGEST / 60:.0f} minutes") from None
    return await asyncio.to_thread(_understood, printed)


async def _printed() -> bytes:
    """What this module prints when it is run."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, cwd=HERE.parent, stdin=DEVNULL, stdout=PIPE, start_new_session=True
    )
    try:
        printed, _ = await process.communicate()
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode:
        raise RereadingError(f"the process that reads them ended with status {process.returncode}")
    return printed


def _understood(printed: bytes) -> Knowledge:
    told: dict[str, Any] = json.loads(printed)
    if told["code"] != _CODE_AT_START:
        raise RereadingError("the program itself has changed since it was started: restart it")
    if "problems" in told:
        raise KnowledgeError(Problem(*each) for each in told["problems"])
    return build(told["data"], HERE)


def main() -> None:
    with contextlib.suppress(OSError):
        os.nice(5)
    told: dict[str, Any] = {"code": code_digest()}
    try:
        told["data"] = checked()
    except KnowledgeError as error:
        told["problems"] = [astuple(problem) for problem in error.problems]
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
