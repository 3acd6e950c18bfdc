"""From the knowledge files to an answerer: checked, compiled and learnt where anything has changed, else as kept.

While the bot runs, the files are read anew in a process of its own, so that it answers as fast as ever meanwhile. Run
as `python -m knowledge.loading.load KEY`, this prints what was prepared of the knowledge files: a line of JSON with the
lengths of the two parts, and these; of the compiled part nothing where its key is KEY. Where there are problems it
prints these instead.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

from knowledge.answering import Answerer
from knowledge.language.language_model import find_language_model
from knowledge.language.languages import load_recogniser
from knowledge.loading.build import (
    HERE,
    build,
    faq_files,
    language_files,
    language_messages_file,
    pictures_file,
    training_files,
    translation_files,
)
from knowledge.loading.cache import Cache, OnUncached, combine, digest_files
from knowledge.loading.compiled import Compiled
from knowledge.loading.problems import KnowledgeError, Problem
from knowledge.matching.confidence import load_fitted
from knowledge.triage.opinion import Opinion
from knowledge.triage.word_model import WORD_MODEL, WordModel

CACHE = HERE.parent / ".cache"

Tell = Callable[[str, float], None]
"""Told what is being done, and how much of it is done (0 to 1)."""

LONGEST = 600.0
"""Seconds after which reading anew is given up."""

CHECKING = "Checking the knowledge files"

_CONTENT, _MODEL = "content", "model"
_CONTENT_CODE = ("model.py", "reply.py", "loading/*.py", "rendering/*.py", "triage/context.py", "triage/cries.py")
_MODEL_CODE = (
    "language/*.py",
    "matching/classifier.py",
    "matching/features.py",
    "matching/train.py",
    "matching/trained.py",
    "triage/compile.py",
    "loading/compiled.py",
    "loading/compiling.py",
)


class Prepared(NamedTuple):
    """The validated data of the knowledge files as JSON, and what was compiled and learnt under the key `model_key`.

    `learnt_from` is the digest of all that was learnt from.
    """

    learnt_from: str
    content: bytes
    model_key: str
    compiled: bytes


def load(
    folder: Path = HERE,
    cache: Path | None = CACHE,
    tell: Tell = lambda _what, _share: None,
    on_uncached: OnUncached | None = None,
) -> Answerer:
    """An answerer for the knowledge files below `folder`.

    `cache` is the folder for what was worked out (None: work it out anew and keep nothing); `tell` is called during
    that work, which takes some seconds, and `on_uncached` once if the folder can't be written. Raises KnowledgeError
    with every problem of every file.
    """
    with _collector_resting():
        return assemble(prepare(folder, Cache(cache, on_uncached), tell), folder)


def assemble(prepared: Prepared, folder: Path, unchanged: Answerer | None = None) -> Answerer:
    """The answerer of what was prepared; `unchanged` is one that was made of the same compiled part."""
    knowledge = build(json.loads(prepared.content), folder)
    if unchanged is not None:
        return unchanged.with_content(knowledge)
    compiled = Compiled.from_bytes(prepared.compiled)
    return Answerer(
        knowledge,
        compiled.lexicon,
        compiled.phrases,
        compiled.model,
        load_fitted(),
        prepared.model_key,
        opinion=load_opinion(),
        recogniser=load_recogniser(),
    )


def load_opinion() -> Opinion | None:
    """The second opinion, if `make train` left one."""
    try:
        words = WordModel.from_bytes(WORD_MODEL.read_bytes())
    except FileNotFoundError:
        return None
    return Opinion(words, find_language_model())


def prepare(folder: Path, cache: Cache, tell: Tell, known_model: str = "") -> Prepared:
    """What `load` assembles; where the compiled part is that of the key `known_model`, it is left out."""
    content_key = combine(digest_files(_content_files(folder)), cache.sign_code(_modules(_CONTENT_CODE)))
    model_code = cache.sign_code(_modules(_MODEL_CODE))
    kept = cache.read(_CONTENT, content_key)
    if kept is not None:
        head, _, content = kept.partition(b"\n")
        learnt_from = head.decode()
        model_key = combine(learnt_from, model_code)
        compiled = b"" if model_key == known_model else cache.read(_MODEL, model_key)
        if compiled is not None:
            return Prepared(learnt_from, content, model_key, compiled)

    # Pydantic, and what learns, are needed only where something changed.
    from knowledge.loading.compiling import compile_all
    from knowledge.loading.validate import validate_all

    tell(CHECKING, 0.0)
    validated = validate_all(folder)
    tell(CHECKING, 1.0)
    learnt_from = validated.learnt_from
    content = json.dumps(validated.data, ensure_ascii=False, separators=(",", ":")).encode()
    model_key = combine(learnt_from, model_code)
    compiled = b"" if model_key == known_model else cache.read(_MODEL, model_key)
    if compiled is None:
        compiled = compile_all(validated.knowledge, validated.messages, tell).to_bytes()
        cache.keep(_MODEL, model_key, compiled)
    cache.keep(_CONTENT, content_key, b"\n".join([learnt_from.encode(), content]))
    return Prepared(learnt_from, content, model_key, compiled)


def settle_memory() -> None:
    """Give back what an earlier answerer and the loading left, and look through what is loaded now no more: it stays.

    To look through it again and again would make some answers late.
    """
    if gc.get_freeze_count():
        gc.unfreeze()
        gc.collect()
    gc.freeze()
    with contextlib.suppress(OSError, AttributeError):  # only the C library of GNU can be asked to
        ctypes.CDLL(None).malloc_trim(0)


@contextmanager
def _collector_resting() -> Iterator[None]:
    """No garbage collection meanwhile: of what is loaded, hundreds of thousands of objects, nothing is garbage."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _content_files(folder: Path) -> list[Path]:
    pictures = pictures_file(folder)
    pngs = sorted(pictures.parent.glob("*.png"))
    yaml = [*sorted(folder.glob("*.yaml")), *faq_files(folder), *language_files(folder), *translation_files(folder)]
    messages = language_messages_file(folder)
    return [*yaml, pictures, *pngs, *training_files(folder), *([messages] if messages.exists() else ())]


def _modules(patterns: tuple[str, ...]) -> list[Path]:
    return [path for pattern in patterns for path in sorted(HERE.glob(pattern))]


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
    import asyncio  # slow to import, and of no use to whoever only asks

    try:
        async with asyncio.timeout(LONGEST):
            printed = await _run(answerer.model_key)
    except TimeoutError:
        raise ReloadError(f"reading them took longer than {LONGEST / 60:.0f} minutes") from None
    return await asyncio.to_thread(_understand, printed, answerer)


async def _run(model_key: str) -> bytes:
    """What this module prints when it is run."""
    import asyncio
    from asyncio.subprocess import DEVNULL, PIPE

    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "knowledge.loading.load",
        model_key,
        cwd=HERE.parent,
        stdin=DEVNULL,
        stdout=PIPE,
        start_new_session=True,
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
    prepared = Prepared(head["learnt_from"], rest[: head["content"]], head["model_key"], rest[head["content"] :])
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
        head |= {
            "learnt_from": prepared.learnt_from,
            "content": len(prepared.content),
            "model_key": prepared.model_key,
        }
        parts = prepared.content, prepared.compiled
    sys.stdout.buffer.write(b"".join([json.dumps(head).encode(), b"\n", *parts]))


if __name__ == "__main__":
    main()
