"""What the tests of knowledge share: the red flags, which are long, are compiled once for all folders with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from knowledge.loading import red_flags_file


@pytest.fixture(autouse=True, scope="session")
def red_flags_compiled_once() -> Iterator[None]:
    """The same two files give the same data; tests of what is wrong in them call the module themselves."""
    kept: dict[bytes, dict[str, Any]] = {}
    compile_anew = red_flags_file.validated

    def validated(path: Path) -> dict[str, Any]:
        words = path.with_name("red_flag_words.yaml")
        if not (path.exists() and words.exists()):
            return compile_anew(path)
        content = path.read_bytes() + b"\0" + words.read_bytes()
        if content not in kept:
            kept[content] = compile_anew(path)
        return kept[content]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(red_flags_file, "validated", validated)
        yield
