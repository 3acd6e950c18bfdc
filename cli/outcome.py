"""How a command ends: its exit status, and what it says where it can't go on."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from enum import IntEnum


class ExitStatus(IntEnum):
    """What a script learns from a command."""

    WELL = 0
    FAILED = 1
    MISUSED = 2
    INTERRUPTED = 130


class MisuseError(Exception):
    """What the person at the keyboard has to mend, said to them; nothing of it is the program's fault."""


def carry_out(command: Callable[[], int]) -> int:
    """Run `command` to its exit status; what a person can mend is said on standard error, without a stack."""
    from knowledge.loading.problems import KnowledgeError

    _speak_utf8()
    try:
        status = command()
        if sys.stdout is not None:
            sys.stdout.flush()  # here a closed pipe can still be told; at the end of the process it could not
    except KnowledgeError as error:
        count = len(error.problems)
        print(f"The knowledge files have {count:,} {'problem' if count == 1 else 'problems'}:", file=sys.stderr)
        print(error, file=sys.stderr)
        return ExitStatus.FAILED
    except MisuseError as error:
        print(error, file=sys.stderr)
        return ExitStatus.MISUSED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitStatus.FAILED
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED
    return status


def _speak_utf8() -> None:
    """Read and write UTF-8 through pipes whatever the locale, and let no odd byte end the program."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")
