"""Knowledge read anew while the bot runs: in a process of its own, so that the bot answers as fast as ever meanwhile.

Run as `python -m knowledge.loading.reload KEY`, this prints what was prepared of the knowledge files: a line of JSON
with the lengths of the two parts, and these; of the compiled part nothing where its key is KEY. Where there are
problems it prints these instead.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from dataclasses import astuple, dataclass, fields
from typing import Any

from knowledge.answering import Answerer
from knowledge.loading.cache import Cache, digest_files
from knowledge.loading.load import CACHE, HERE, Prepared, assemble, prepare
from knowledge.loading.problems import KnowledgeError, Problem

LONGEST = 600.0
"""Seconds after which reading is given up."""


def _digest_program() -> str:
    return digest_files(sorted(HERE.rglob("*.py")))


_PROGRAM_AT_START = _digest_program()


class ReloadError(Exception):
    """The files could not be read anew, for a reason that does not lie in them."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Ids of entries that came, went and differ, in the editor's order; and the names of the other parts that differ.

    An entry differs, too, where something that it cites or carries does. "training" is what was learnt.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    others: tuple[str, ...]


def compare(before: Answerer, after: Answerer) -> Changes:
    """What it takes to get from `before` to `after`: every part of the content is looked at, and what was learnt."""
    old, new = before.knowledge.entries, after.knowledge.entries
    others = [
        part.name
        for part in fields(after.knowledge)
        if part.name not in ("entries", "topics")
        and getattr(before.knowledge, part.name) != getattr(after.knowledge, part.name)
    ]
    if _list_topics(before) != _list_topics(after):
        others.append("topics")
    if before.model_key != after.model_key:
        others.append("training")
    return Changes(
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name in old if name not in new),
        changed=tuple(name for name in new if name in old and new[name] != old[name]),
        others=tuple(others),
    )


def _list_topics(answerer: Answerer) -> list[tuple[str, list[str]]]:
    """The topics and the ids of their entries, in order."""
    return [(title, [entry.id for entry in entries]) for title, entries in answerer.knowledge.topics.items()]


async def read_anew(answerer: Answerer) -> Answerer:
    """An answerer of what the knowledge files say now; it has all that did not change in common with `answerer`.

    Raises KnowledgeError with every problem of every file, and ReloadError where the reading itself fails.
    """
    try:
        async with asyncio.timeout(LONGEST):
            printed = await _run(answerer.model_key)
    except TimeoutError:
        raise ReloadError(f"reading them took longer than {LONGEST / 60:.0f} minutes") from None
    return await asyncio.to_thread(_understand, printed, answerer)


async def _run(model_key: str) -> bytes:
    """What this module prints when it is run."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, model_key, cwd=HERE.parent, stdin=DEVNULL, stdout=PIPE, start_new_session=True
    )
    try:
        printed, _ = await process.communicate()
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode:
        raise ReloadError(f"the process that reads them ended with status {process.returncode}")
    return printed


def _understand(printed: bytes, answerer: Answerer) -> Answerer:
    line, _, rest = printed.partition(b"\n")
    head: dict[str, Any] = json.loads(line)
    if head["program"] != _PROGRAM_AT_START:
        raise ReloadError("the program itself has changed since it was started: restart it")
    if "problems" in head:
        raise KnowledgeError(Problem(*each) for each in head["problems"])
    prepared = Prepared(rest[: head["content"]], head["model_key"], rest[head["content"] :])
    return assemble(prepared, HERE, unchanged=None if prepared.compiled else answerer)


def main() -> None:
    with contextlib.suppress(OSError):
        os.nice(5)
    head: dict[str, Any] = {"program": _digest_program()}
    parts: tuple[bytes, ...] = ()
    try:
        prepared = prepare(HERE, Cache(CACHE), lambda _what, _share: None, known_model="".join(sys.argv[1:]))
    except KnowledgeError as error:
        head["problems"] = [astuple(problem) for problem in error.problems]
    else:
        head |= {"content": len(prepared.content), "model_key": prepared.model_key}
        parts = prepared.content, prepared.compiled
    sys.stdout.buffer.write(b"".join([json.dumps(head).encode(), b"\n", *parts]))


if __name__ == "__main__":
    main()
