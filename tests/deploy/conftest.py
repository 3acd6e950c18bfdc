"""What stands in deploy/, and where."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
