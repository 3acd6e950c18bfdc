"""Imports go one way: bot.py → cli → handlers → knowledge, and handlers → runtime."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FORBIDDEN = {
    "knowledge": {"handlers", "runtime", "telegram", "cli", "bot"},
    "runtime": {"handlers", "knowledge", "cli", "bot"},
    "handlers": {"cli", "bot"},
    "cli": {"bot"},
}


def imported(path: Path) -> Iterator[str]:
    """Top-level names of everything that a module imports, wherever the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write the import out from the top"
            yield (node.module or "").partition(".")[0]


@pytest.mark.parametrize("package", FORBIDDEN)
def test_imports_go_one_way(package: str) -> None:
    modules = list((ROOT / package).rglob("*.py"))
    assert modules
    for module in modules:
        wrong = FORBIDDEN[package] & set(imported(module))
        assert not wrong, f"{module.relative_to(ROOT)} imports {wrong}"


def test_runtime_knows_nothing_of_the_subject() -> None:
    for module in (ROOT / "runtime").rglob("*.py"):
        assert not re.search("botox|migraine", module.read_text(encoding="utf-8"), re.IGNORECASE), module


def test_the_door_prints_nothing() -> None:
    called = {
        node.func.id
        for node in ast.walk(ast.parse((ROOT / "bot.py").read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert called
    assert "print" not in called


def test_asking_needs_neither_telegram_nor_validation() -> None:
    """`ask` has to answer at once, so it must not drag in the slow libraries."""
    code = (
        "import sys, bot; bot.main(['ask', '--json', 'how often']); "
        "slow = {'telegram', 'pydantic_settings', 'prompt_toolkit', 'rich', 'sqlalchemy', 'numpy', 'scipy'}; "
        "print(sorted(slow & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
