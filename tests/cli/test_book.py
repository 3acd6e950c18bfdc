"""`bot.py book`: what it writes, what it says, and where it refuses to write."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from book.writing import MARK
from cli.outcome import ExitStatus
from knowledge.model import Knowledge
from tests.cli.conftest import ROOT, bot


def test_the_site_is_written_and_written_again(tmp_path: Path, knowledge: Knowledge) -> None:
    out = tmp_path / "out"
    for _ in range(2):
        done = bot("book", str(out))
        assert (done.returncode, done.stderr) == (ExitStatus.WELL, "")
        assert f"{len(knowledge.entries) + 3} pages: {len(knowledge.entries)} answers" in done.stdout
        assert str(out / "index.html") in done.stdout
        assert str(out / "review.html") in done.stdout
    assert {path.stem for path in out.glob("*.html")} == {*knowledge.entries, "index", "review", "404"}


def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("theirs")
    done = bot("book", str(tmp_path))
    assert done.returncode == ExitStatus.MISUSED
    assert "holds files that `bot.py book` did not write" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["precious.txt"]


def test_a_place_that_can_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("")
    for place in (tmp_path / "a-file", tmp_path / "a-file" / "below"):
        done = bot("book", str(place))
        assert done.returncode == ExitStatus.MISUSED, done.stderr
        assert "can't be written" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("missing", ["jinja2", "book"])
def test_without_its_library_it_says_how_to_get_it(tmp_path: Path, missing: str) -> None:
    code = f"import sys; sys.modules['{missing}'] = None; import bot; sys.exit(bot.main(['book', sys.argv[1]]))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "out")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == ExitStatus.MISUSED
    assert f"book needs {missing}" in done.stderr
    assert "requirements-book.txt" in done.stderr
    assert not (tmp_path / "out").exists()


def test_an_output_whose_mark_is_lost_counts_as_somebody_elses(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert bot("book", str(out)).returncode == ExitStatus.WELL
    (out / MARK).unlink()
    assert bot("book", str(out)).returncode == ExitStatus.MISUSED
    shutil.rmtree(out)
