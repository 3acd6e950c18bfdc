"""`bot.py sign`: enter what a clinician signed on paper."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from cli.entries import refuse_unknown
from cli.outcome import ExitStatus, MisuseError
from knowledge.loading.build import HERE
from knowledge.loading.problems import KnowledgeError
from knowledge.loading.replacing import replace_file
from knowledge.loading.validate import validate_all
from knowledge.model import Entry
from knowledge.rendering.answer import spoken_date
from knowledge.signatures import digest_of

_KEY = "reviewed_by"
_WIDTH = 120


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on a signed sheet; `of` is the digest printed on it, empty where nobody typed it in."""

    name: str
    role: str
    on: date | None = None
    of: str = ""


def sign(name: str, paper: Paper, folder: Path = HERE) -> int:
    """Enter the signature below the answer of the entry `name`, in place of an earlier one of the same person.

    Raises MisuseError where there is no such entry, the day is to come, or the answer is not the one that was signed;
    and KnowledgeError where the files can't be used, before or after: then they are as they were.
    """
    today = datetime.now().astimezone().date()
    knowledge = validate_all(folder).knowledge
    refuse_unknown([name], list(knowledge.entries))
    entry, on = knowledge.entries[name], paper.on or today
    digest = digest_of(entry)
    _refuse(entry, paper, on, today, digest)
    path = folder / f"{_KEY}.yaml"
    before, mode = path.read_text(encoding="utf-8"), path.stat().st_mode & 0o777
    listed: list[dict[str, Any]] = yaml.safe_load(before)[_KEY]
    signature = {"entry": name, "name": paper.name.strip(), "role": paper.role.strip(), "on": on, "of": digest}
    kept = [each for each in listed if (each["entry"], _who(each["name"])) != (name, _who(paper.name))]
    try:
        replace_file(path, (_header(before) + _listed([*kept, signature])).encode(), mode)
    except OSError as error:
        raise MisuseError(f"{path} can't be written: {error.strerror}") from None
    try:
        validate_all(folder)
    except KnowledgeError:
        replace_file(path, before.encode(), mode)
        raise
    instead = " instead of an earlier one" if len(kept) < len(listed) else ""
    day = spoken_date(on.isoformat())
    print(f"{name}: signed by {signature['name']}, {signature['role']}, {day}{instead}.\nWhat was signed: {digest}")
    if not paper.of:
        print(
            "Compare it with the sheet: if another stands there, the answer was changed since, and this line must go."
        )
    print("It lapses with any change of the answer or of its facts; `bot.py check` lists it then.")
    return ExitStatus.WELL


def _refuse(entry: Entry, paper: Paper, on: date, today: date, digest: str) -> None:
    if not paper.name.strip() or not paper.role.strip():
        raise MisuseError("A signature needs a name and a role.")
    if on > today:
        raise MisuseError(f"{spoken_date(on.isoformat())} is still to come; nobody has signed on it.")
    if paper.of and paper.of != digest:
        raise MisuseError(
            f"{entry.id}: what was signed is {paper.of}, but the answer is {digest} now. It was changed since.\n"
            "Print it anew (`bot.py book`), and ask for another signature."
        )
    changed = max((change.on for change in entry.changed), default=None)
    if not paper.of and changed and on < changed:
        raise MisuseError(
            f"{entry.id} was changed on {spoken_date(changed.isoformat())}, after that day.\n"
            "Print it anew (`bot.py book`), and ask for another signature."
        )


def _who(name: str) -> str:
    """A name without what people write now so and now otherwise."""
    return " ".join(name.casefold().split())


def _header(text: str) -> str:
    """The lines above the list, which hold comments alone."""
    lines = text.splitlines(keepends=True)
    return "".join(itertools.takewhile(lambda line: not line.startswith(f"{_KEY}:"), lines))


def _listed(signatures: list[dict[str, Any]]) -> str:
    return yaml.safe_dump({_KEY: signatures}, sort_keys=False, allow_unicode=True, width=_WIDTH)
