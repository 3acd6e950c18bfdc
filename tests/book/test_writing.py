"""Writing the site: into new, empty and own folders only, and nothing of anybody else's is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from book.writing import MARK, ForeignFolderError, write_site

FILES = {"style.css": b"s", "pictures/a.png": b"p", "a.html": b"a", "index.html": b"i"}


def held(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("made", [False, True])
def test_a_new_or_an_empty_folder(tmp_path: Path, made: bool) -> None:
    out = tmp_path / "deep" / "out"
    if made:
        out.mkdir(parents=True)
    write_site(FILES, out)
    found = held(out)
    assert found.pop(MARK)
    assert found == FILES


def test_a_web_server_may_read_it(tmp_path: Path) -> None:
    write_site(FILES, tmp_path / "out")
    assert (tmp_path / "out" / "a.html").stat().st_mode & 0o777 == 0o644


def test_the_next_time_what_is_gone_goes_and_what_others_put_there_stays(tmp_path: Path) -> None:
    write_site(FILES, tmp_path)
    (tmp_path / "robots.txt").write_text("theirs")
    write_site({"b.html": b"b", "index.html": b"new"}, tmp_path)
    found = held(tmp_path)
    del found[MARK]
    assert found == {"b.html": b"b", "index.html": b"new", "robots.txt": b"theirs"}


@pytest.mark.parametrize("mark", [None, "no json"])
def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, mark: str | None) -> None:
    (tmp_path / "index.html").write_text("theirs")
    if mark is not None:
        (tmp_path / MARK).write_text(mark)
    with pytest.raises(ForeignFolderError):
        write_site(FILES, tmp_path)
    assert (tmp_path / "index.html").read_text() == "theirs"
    assert not (tmp_path / "a.html").exists()


def test_a_mark_can_not_reach_out_of_the_folder(tmp_path: Path) -> None:
    out, precious = tmp_path / "out", tmp_path / "precious"
    precious.write_text("theirs")
    out.mkdir()
    (out / MARK).write_text('["../precious", "gone.html"]')
    write_site(FILES, out)
    assert precious.read_text() == "theirs"


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(NotADirectoryError):
        write_site(FILES, tmp_path / "out")


def test_a_run_that_was_cut_short_is_known_as_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = Path.replace, []

    def replace(self: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == 3:
            raise OSError(28, os.strerror(28))
        return real(self, target)

    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", replace)
        with pytest.raises(OSError, match="space"):
            write_site(FILES, tmp_path)
    assert not list(tmp_path.rglob(".writing-*"))
    write_site(FILES, tmp_path)
    assert (tmp_path / "index.html").read_bytes() == b"i"
