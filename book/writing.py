"""Writing the site into a folder, so that a web server which serves it never meets a half-written file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from knowledge.loading.replacing import replace_file

MARK = ".written-by-bot-book.json"
"""The file by which a folder is known as our own output; it lists the files that we wrote."""

_READABLE = 0o644
"""The rights of a file that a web server reads."""


class ForeignFolderError(Exception):
    """The folder holds files that were not written here."""


def write_site(files: Mapping[str, bytes], folder: Path) -> None:
    """Write `files` (in their order) below `folder`, and remove what an earlier site had besides.

    Each file is replaced at once, and what somebody else put beside ours stays. Raises ForeignFolderError, and
    OSError where the folder can't be written.
    """
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(folder)
    earlier = _written_before(folder)
    folder.mkdir(parents=True, exist_ok=True)
    _note(folder, {*earlier, *files})  # first, so that a run that is cut short is known as ours by the next
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        replace_file(path, content, _READABLE)
    for name in earlier - set(files):
        path = folder / name
        if path.resolve().is_relative_to(folder.resolve()):
            path.unlink(missing_ok=True)
    _note(folder, files)


def _written_before(folder: Path) -> set[str]:
    """The names of the files that an earlier run wrote. Raises ForeignFolderError."""
    if not folder.exists():
        return set()
    try:
        listed = json.loads((folder / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        if any(folder.iterdir()):
            raise ForeignFolderError(folder) from None
        return set()
    return {name for name in listed if isinstance(name, str)} if isinstance(listed, list) else set()


def _note(folder: Path, names: Iterable[str]) -> None:
    replace_file(folder / MARK, json.dumps(sorted(names), indent=0).encode(), _READABLE)
