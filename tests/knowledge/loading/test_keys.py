"""Keys of a knowledge file are the words that stand there, whatever YAML takes them for."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from knowledge.loading.yaml_file import read


def test_on_is_a_word_as_a_key(tmp_path: Path) -> None:
    path = tmp_path / "any.yaml"
    path.write_text("changed:\n  - on: 2026-11-01\n    what: Something\nparagraphs: {1: one, 0: title}\nsafe: yes\n")
    assert read(path, "any.yaml").data == {
        "changed": [{"on": date(2026, 11, 1), "what": "Something"}],
        "paragraphs": {1: "one", 0: "title"},
        "safe": True,
    }
