"""`bot.py` as a process, on this repository or on a tree of its own with a small set of knowledge files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from knowledge.check.checks import review
from knowledge.check.findings import Review
from knowledge.loading.load import load
from tests.knowledge.small import keep_few_red_flags, write

ROOT = Path(__file__).parent.parent.parent
FIRST_START = 120.0
"""Seconds: a process may have to learn first, on a machine that runs other tests."""

_OURS = ("TELEGRAM", "WEBHOOK", "DATABASE", "LOG_", "OWNER", "SITE_")


def bare_environment(**settings: str) -> dict[str, str]:
    """The environment without any setting of the bot's but these."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)} | settings


def bot(
    *arguments: str, typed: str = "", folder: Path = ROOT, tree: Path = ROOT, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run the `bot.py` of `tree` to its end, in `folder`."""
    return subprocess.run(
        [sys.executable, str(tree / "bot.py"), *arguments],
        input=typed,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=FIRST_START,
        cwd=folder,
        env=bare_environment(**settings),
        check=False,
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The program with a small set of knowledge files, which a test may change, and with nothing learnt yet."""
    root = tmp_path / "tree"
    others = shutil.ignore_patterns(
        "*.pyc", "faq", "languages", "translations", "pictures", "training", "weights", "word_model.bin"
    )
    for package in ("cli", "handlers", "runtime", "knowledge", "book"):
        shutil.copytree(ROOT / package, root / package, ignore=others)
    shutil.copy(ROOT / "bot.py", root)
    small = write(tmp_path / "small")
    keep_few_red_flags(small)
    shutil.copytree(small, root / "knowledge", dirs_exist_ok=True)
    return root


@pytest.fixture(scope="session")
def small_review(tmp_path_factory: pytest.TempPathFactory) -> Review:
    """What a check finds in the small set of files, with the other files that it wants as they are here."""
    folder = write(tmp_path_factory.mktemp("sound"))
    for path in (ROOT / "knowledge").glob("*.yaml"):
        if not (folder / path.name).exists():
            shutil.copy(path, folder)
    return review(load(folder, cache=None), date(2026, 11, 22), folder)


Edit = Callable[[str, str, str], None]


@pytest.fixture
def edit(tree: Path) -> Edit:
    """Replaces a text by another in a knowledge file of `tree`."""

    def replace(file: str, old: str, new: str) -> None:
        path = tree / "knowledge" / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace
