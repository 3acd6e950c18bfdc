"""Backs up the database that DATABASE_URL names, while the bot runs, and restores it.

    python -m deploy.backup save FOLDER [--keep N]
    python -m deploy.backup restore FILE

A backup of SQLite is a database file, made by SQLite's own online backup and checked; one of PostgreSQL is an archive
of pg_dump, which with pg_restore has to be on the PATH, of the server's version or newer. It appears under its name
only when it is whole, readable by its owner only; of those in FOLDER the newest N are kept. What passes within days is
left out: codes for votes, whose secret is to be destroyed, and what replicas share. A file is restored whole or not at
all. Exit status 0: done; 1: it could not be, and why on standard error.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from runtime.settings import SettingsError, read_settings

_SQLITE = "sqlite:///"
_VOTES = ("votes", "vote_secrets")
"""Tables of which no row is backed up: a secret that is destroyed after two days must not live on in a backup."""
_OF_REPLICAS = ("updates", "replicas", "moments", "turns")
"""The same, with PostgreSQL (in SQLite they are empty): what was in hand then would be handled once more."""
_PATIENCE = 60.0
"""Seconds that a restore waits for whoever writes."""


class BackupError(Exception):
    """It could not be done; the message says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m deploy.backup", description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    saving = commands.add_parser("save", help="back the database up")
    saving.add_argument("folder", type=Path, metavar="FOLDER")
    saving.add_argument("--keep", type=int, default=14, metavar="N", help="the newest N stay (default: 14)")
    restoring = commands.add_parser("restore", help="put a backup in the place of what is there; stop the bot first")
    restoring.add_argument("file", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    os.umask(0o077)
    try:
        url = read_settings().database_url
        if options.command == "save":
            print(save(url, options.folder, options.keep))
        else:
            for line in restore(url, options.file):
                print(line)
    except (BackupError, SettingsError, OSError, sqlite3.Error) as fault:
        print(f"{options.command}: {fault}", file=sys.stderr)
        return 1
    return 0


def save(url: str, folder: Path, keep: int = 14) -> Path:
    """Back up to a new file in `folder`, and remove all but the newest `keep`.

    Raises BackupError, OSError and sqlite3.Error.
    """
    if keep < 1:
        raise BackupError("expected to keep at least one")
    folder.mkdir(parents=True, exist_ok=True)
    ending = "db" if url.startswith(_SQLITE) else "dump"
    goal = folder / f"bot-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}.{ending}"
    unfinished = goal.with_name(f".{goal.name}.unfinished")
    try:
        if url.startswith(_SQLITE):
            _copy_sqlite(Path(url.removeprefix(_SQLITE)), unfinished)
        else:
            left_out = [f"--exclude-table-data={table}" for table in (*_VOTES, *_OF_REPLICAS)]
            _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", *left_out, f"--file={unfinished}")
            _run("pg_restore", None, "--list", str(unfinished))
        unfinished.chmod(0o600)
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.replace(goal)
    finally:
        unfinished.unlink(missing_ok=True)
    for old in sorted(folder.glob(f"bot-*Z.{ending}"))[:-keep]:
        old.unlink(missing_ok=True)
    return goal


def restore(url: str, file: Path) -> list[str]:
    """Put what is in `file` in the place of the database; returns what to tell. Raises as `save` does."""
    if not file.is_file():
        raise BackupError(f"{file} does not exist")
    if not url.startswith(_SQLITE):
        options = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
        _run("pg_restore", url, *options, str(file))
        return [f"restored from {file}"]
    path = Path(url.removeprefix(_SQLITE))
    _check(file)
    told = []
    if path.exists() and (fault := _why_unusable(path)):
        aside = f"{path}.broken-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        for ending in ("", "-wal", "-shm"):
            if Path(f"{path}{ending}").exists():
                Path(f"{path}{ending}").replace(f"{aside}{ending}")
        told.append(f"what was there can't be used ({fault}) and is now {aside}: restart the bot")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    # Into the file that is there, in one transaction: a bot that has it open sees the one or the other, no mixture.
    with closing(_open(file)) as source, closing(sqlite3.connect(path, timeout=_PATIENCE)) as goal:
        source.backup(goal)
    _check(path)
    return [*told, f"restored from {file}"]


def _copy_sqlite(path: Path, goal: Path) -> None:
    if not path.is_file():
        raise BackupError(f"there is no database at {path}")
    with closing(_open(path)) as source, closing(sqlite3.connect(goal)) as copy:
        # All in one step: who writes meanwhile does not wait for it, but would make it begin again between two.
        source.backup(copy)
        # A single file, without a log beside it that could be forgotten.
        copy.execute("PRAGMA journal_mode = DELETE")
    _check(goal)
    with closing(sqlite3.connect(goal, isolation_level=None)) as copy:
        for table in _VOTES:
            copy.execute(f"DELETE FROM {table}")  # noqa: S608  (names of ours)
        copy.execute("VACUUM")  # what is deleted would else still lie in the file


def _open(path: Path) -> sqlite3.Connection:
    """Open a file that is there; SQLite itself would make one that is not."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=_PATIENCE)


def _check(path: Path) -> None:
    if fault := _why_unusable(path):
        raise BackupError(f"{path} is not a sound database: {fault}")


def _why_unusable(path: Path) -> str:
    """What SQLite finds wrong with a file; empty where it is sound and the bot's."""
    try:
        with closing(_open(path)) as connection:
            [found] = connection.execute("PRAGMA integrity_check(1)").fetchone()
            if found != "ok":
                return str(found)
            connection.execute("SELECT version_num FROM alembic_version")
    except sqlite3.DatabaseError as fault:
        if fault.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise
        return str(fault)
    return ""


def _run(program: str, url: str | None, *options: str) -> None:
    """Run a program of PostgreSQL's; the password goes by the environment, since anybody can see a command line."""
    found = shutil.which(program)
    if found is None:
        raise BackupError(f"{program} is not installed (on Debian: apt install postgresql-client)")
    environment = dict(os.environ)
    if url is not None:
        parts = urlsplit(url)
        if parts.password:
            environment["PGPASSWORD"] = unquote(parts.password)
        user, at, place = parts.netloc.rpartition("@")
        options = (f"--dbname={urlunsplit(parts._replace(netloc=user.partition(':')[0] + at + place))}", *options)
    done = subprocess.run(  # noqa: S603  (a program of PostgreSQL's, and names that its operator gave)
        [found, *options], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise BackupError(f"{program} ended with status {done.returncode}: {said}")


if __name__ == "__main__":
    sys.exit(main())
