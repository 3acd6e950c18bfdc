"""Imports go one way, and down the rooms of knowledge.

bot.py → cli → handlers → knowledge, handlers → runtime, and cli → book → knowledge.
"""

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
    "knowledge": {"handlers", "runtime", "telegram", "book", "cli", "bot"},
    "runtime": {"handlers", "knowledge", "book", "cli", "bot"},
    "handlers": {"book", "cli", "bot"},
    "book": {"handlers", "runtime", "telegram", "cli", "bot"},
    "cli": {"bot"},
}

ROOMS = (
    ("check",),
    ("loading",),
    ("answering",),
    ("rendering", "matching", "triage"),
    ("reply",),
    ("choosing", "signatures"),
    ("language",),
    ("model",),
)
"""The rooms of knowledge: each imports of itself and of those below it, and none of those beside it."""

FLOORS = 7
"""How many modules of knowledge may stand on one another: the longest way down through imports."""


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


def read_imports() -> dict[str, set[str]]:
    """For each module of knowledge the others that it imports, even inside a function."""
    paths = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in (ROOT / "knowledge").rglob("*.py")
    }
    found: dict[str, set[str]] = {}
    for name, path in paths.items():
        named = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                named |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                named |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        found[name] = named & paths.keys() - {name}
    return found


IMPORTS = read_imports()


def room_of(module: str) -> str:
    return module.split(".")[1]


def test_imports_go_down_the_rooms_of_knowledge() -> None:
    level = {room: number for number, rooms in enumerate(ROOMS) for room in rooms}
    modules = {module: others for module, others in IMPORTS.items() if module != "knowledge"}
    assert {room_of(module) for module in modules} == level.keys()
    for module, others in modules.items():
        for other in others:
            here, there = room_of(module), room_of(other)
            assert here == there or level[here] < level[there], f"{module} imports {other}"


def test_no_import_goes_in_a_circle_and_none_stands_too_high() -> None:
    floors: dict[str, int] = {}

    def count(module: str, above: tuple[str, ...] = ()) -> int:
        assert module not in above, " → ".join((*above, module))
        if module not in floors:
            floors[module] = 1 + max((count(other, (*above, module)) for other in IMPORTS[module]), default=0)
        return floors[module]

    highest = max(IMPORTS, key=count)
    assert floors[highest] <= FLOORS, f"{highest} stands on {floors[highest]} floors"


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
    """`ask` has to answer at once, so it must not drag in the slow libraries; triage takes numpy with onnxruntime."""
    code = (
        "import sys, bot; bot.main(['ask', '--json', 'how often']); "
        "slow = {'telegram', 'pydantic', 'pydantic_settings', 'yaml', 'prompt_toolkit', 'rich', 'sqlalchemy', "
        "'scipy', 'sklearn', 'jinja2'}; "
        "print(sorted(slow & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
