"""From the knowledge files to an answerer: checked, compiled and learnt where anything has changed, else as kept."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from knowledge.answering import Answerer
from knowledge.loading.build import build, faq_files, pictures_file, training_files
from knowledge.loading.cache import Cache, OnUncached, combine, digest_files
from knowledge.loading.compiled import Compiled
from knowledge.matching.confidence import load_fitted

HERE = Path(__file__).parent.parent
CACHE = HERE.parent / ".cache"

Tell = Callable[[str, float], None]
"""Told what is being done, and how much of it is done (0 to 1)."""

CHECKING = "Checking the knowledge files"

_CONTENT, _MODEL = "content", "model"
_CONTENT_CODE = ("model.py", "red_flags.py", "reply.py", "loading/*.py", "rendering/*.py", "triage/context.py")
_MODEL_CODE = (
    "language/*.py", "matching/classifier.py", "matching/features.py", "matching/train.py", "matching/trained.py",
    "triage/compile.py", "loading/compiled.py", "loading/compiling.py",
)  # fmt: skip


class Prepared(NamedTuple):
    """The validated data of the knowledge files, and what was compiled and learnt of it under the key `model_key`."""

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
    knowledge = build(json.loads(prepared.content)["data"], folder)
    if unchanged is not None:
        return unchanged.with_content(knowledge)
    compiled = Compiled.from_bytes(prepared.compiled)
    return Answerer(knowledge, compiled.lexicon, compiled.phrases, compiled.model, load_fitted(), prepared.model_key)


def prepare(folder: Path, cache: Cache, tell: Tell, known_model: str = "") -> Prepared:
    """What `load` assembles; where the compiled part is that of the key `known_model`, it is left out."""
    content_key = combine(digest_files(_content_files(folder)), cache.sign_code(_modules(_CONTENT_CODE)))
    content = cache.read(_CONTENT, content_key)
    kept: dict[str, Any] | None = json.loads(content) if content else None
    model_code = cache.sign_code(_modules(_MODEL_CODE))
    if content is not None and kept is not None:
        model_key = combine(kept["learnt_from"], model_code)
        if model_key == known_model:
            return Prepared(content, model_key, b"")
        compiled = cache.read(_MODEL, model_key)
        if compiled is not None:
            return Prepared(content, model_key, compiled)

    # Pydantic, and what learns, are needed only where something changed.
    from knowledge.loading.compiling import compile_all
    from knowledge.loading.validate import validate_all

    tell(CHECKING, 0.0)
    validated = validate_all(folder)
    tell(CHECKING, 1.0)
    content = json.dumps(
        {"learnt_from": validated.learnt_from, "data": validated.data}, ensure_ascii=False, separators=(",", ":")
    ).encode()
    model_key = combine(validated.learnt_from, model_code)
    compiled = b"" if model_key == known_model else cache.read(_MODEL, model_key)
    if compiled is None:
        compiled = compile_all(validated.knowledge, validated.messages, tell).to_bytes()
        cache.keep(_MODEL, model_key, compiled)
    cache.keep(_CONTENT, content_key, content)
    return Prepared(content, model_key, compiled)


def settle_memory() -> None:
    """Give back what an earlier answerer and the loading left, and look through what is loaded now no more: it stays.

    To look through it again and again would make some answers late.
    """
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
    return [*sorted(folder.glob("*.yaml")), *faq_files(folder), pictures, *pngs, *training_files(folder)]


def _modules(patterns: tuple[str, ...]) -> list[Path]:
    return [path for pattern in patterns for path in sorted(HERE.glob(pattern))]
