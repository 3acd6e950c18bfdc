"""The version of the program, which `pyproject.toml` names too (a test holds them equal)."""

from __future__ import annotations

VERSION = "0.2.0"
