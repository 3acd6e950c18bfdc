"""`bot.py book`: the answers as a web site, with the review book that a clinician prints and signs."""

from __future__ import annotations

from pathlib import Path

from cli.outcome import ExitStatus, MisuseError
from knowledge.loading.build import HERE
from knowledge.loading.validate import validate_all

_HOW_TO_GET_IT = "Run `make book`, or first: python -m pip install -r requirements-book.txt"
_NEEDED = ("book", "jinja2", "markupsafe")


def book(out: Path) -> int:
    """Write the site below `out`.

    Raises KnowledgeError where the files can't be used, and MisuseError where `out` can't take the site: it is not
    ours, or not writable.
    """
    try:
        from book.site import INDEX, PAGES_OF_THEIR_OWN, REVIEW, TakenNameError, render_site
        from book.writing import ForeignFolderError, write_site
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in _NEEDED:
            raise
        raise MisuseError(f"book needs {missing}, which the bot itself does not.\n{_HOW_TO_GET_IT}") from None
    knowledge = validate_all(HERE).knowledge
    try:
        files = render_site(knowledge)
        write_site(files, out)
    except TakenNameError as error:
        raise MisuseError(f"The site has a page of its own of this name; give the entry another id: {error}") from None
    except ForeignFolderError:
        raise MisuseError(
            f"{out} holds files that `bot.py book` did not write, and it would mix its own with them.\n"
            "Name an empty folder, a new one, or the one that it wrote last time."
        ) from None
    except OSError as error:
        raise MisuseError(
            f"{error.filename or out} can't be written: {error.strerror or 'it is not a folder'}"
        ) from None
    pages = sum(name.endswith(".html") for name in files)
    print(
        f"{pages} pages: {len(knowledge.entries)} answers and {len(PAGES_OF_THEIR_OWN)} more.\n"
        f"Begin with {out / INDEX}; print {out / REVIEW} for a clinician."
    )
    return ExitStatus.WELL
