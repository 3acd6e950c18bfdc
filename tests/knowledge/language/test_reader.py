"""Reading messages: the same on every start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MISSPELT = "birned bame blin blint boaus cose cots coid datch beed boke"


def test_reading_does_not_depend_on_the_seed_of_hashes() -> None:
    """Python orders sets anew in each process; which of two equally near words is meant must not hang on that."""
    code = (
        "from knowledge.loading.load import load; from knowledge.matching.train import lexicon_of; "
        f"print([word.stem for word in lexicon_of(load()).read({MISSPELT!r})])"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2", "3", "4")
    }  # fmt: skip
    assert len(told) == 1
