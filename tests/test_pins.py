"""What is installed into one environment is pinned to one version, whichever file pins it (`make pins`)."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
APART = "requirements-bench.txt"
"""An environment of its own, whose ChatterBot wants an older SQLAlchemy."""
FILES = sorted(path.name for path in ROOT.glob("requirements*.txt") if path.name != APART)


def pins(name: str) -> dict[str, set[str]]:
    """The versions of each package; where it depends on the Python, there are two."""
    found: dict[str, set[str]] = defaultdict(set)
    for package, version in re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE):
        found[package].add(version)
    return found


@pytest.mark.parametrize("name", FILES)
def test_no_file_pins_another_version_than_the_bots(name: str) -> None:
    ours, all_tests = pins("requirements.txt"), pins("requirements-test.txt")
    assert len(ours) > 20
    for package, versions in pins(name).items():
        for others in (ours, all_tests):
            assert others.get(package, versions) == versions, package
