"""What was worked out once need not be worked out again: one key a stage, made of all that goes into it and no more.

The key of a stage is a digest of its inputs and of the code that works on them; comments, docstrings and layout of that
code don't count. A checksum is kept with each product, so that a damaged file counts for nothing.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import json
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from knowledge.loading.replacing import replace_file

_MOST_BYTES = 10_000_000
_SIGNATURES = "code-signatures.json"

OnUncached = Callable[[Path, OSError], None]
"""Told once which folder can't be written, and why."""


class Cache:
    """A folder with the newest product of each stage. Without a folder nothing is kept."""

    def __init__(self, folder: Path | None, on_uncached: OnUncached | None = None) -> None:
        self._folder = folder
        self._on_uncached = on_uncached

    def read(self, stage: str, key: str) -> bytes | None:
        """The product of that key, if it is kept and whole."""
        if self._folder is None:
            return None
        try:
            checksum, _, product = (self._folder / f"{stage}-{key}").read_bytes().partition(b"\n")
        except OSError:
            return None
        return product if checksum == _checksum(product) else None

    def keep(self, stage: str, key: str, product: bytes) -> None:
        """Keep the product instead of what was kept of the stage; a folder that can't be written is told of once."""
        if self._folder is None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            replace_file(self._folder / f"{stage}-{key}", _checksum(product) + b"\n" + product)
            for old in self._folder.glob(f"{stage}-*"):
                if old.name != f"{stage}-{key}":
                    old.unlink(missing_ok=True)
        except OSError as error:
            tell, self._on_uncached = self._on_uncached, None
            if tell is not None:
                tell(self._folder, error)

    def sign_code(self, modules: Iterable[Path]) -> str:
        """A digest of what the modules do. The syntax is looked at only where a file differs from the last time."""
        raw = digest_files(modules := sorted(modules))
        known: dict[str, str] = {}
        with contextlib.suppress(OSError, ValueError):
            known = json.loads((self.read(_SIGNATURES, "last") or b"{}").decode())
        if raw not in known:
            total = hashlib.sha256()
            for module in modules:
                total.update(f"{module.name}\n{_syntax(module.read_text(encoding='utf-8'))}\n".encode())
            known = {**dict(list(known.items())[-7:]), raw: total.hexdigest()[:32]}
            self.keep(_SIGNATURES, "last", json.dumps(known).encode())
        return known[raw]


def digest_files(paths: Iterable[Path]) -> str:
    """A digest of the names and contents of files; those that can't be read count by their name alone."""
    total = hashlib.sha256()
    for path in paths:
        try:
            content = path.read_bytes() if path.stat().st_size <= _MOST_BYTES else b"too large"
        except OSError:
            content = b"unreadable"
        total.update(f"{path.name} {len(content)}\n".encode())
        total.update(content)
    return total.hexdigest()[:32]


def digest_values(values: Any) -> str:
    """A digest of values that JSON can hold."""
    return hashlib.sha256(json.dumps(values, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:32]


def combine(*parts: str) -> str:
    """One key of several digests."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _checksum(product: bytes) -> bytes:
    return b"%08x" % zlib.crc32(product)


def _syntax(code: str) -> str:
    """The syntax tree of a module as text, without docstrings and the texts that stand beside fields."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [line for line in body if not _is_text(line)]  # type: ignore[attr-defined]
    return ast.dump(tree)


def _is_text(line: ast.AST) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) and isinstance(line.value.value, str)
