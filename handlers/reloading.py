"""Taking changed knowledge files while the bot runs: whole, or not at all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.loading.load import Changes, ReloadError, compare, read_anew, settle_memory
from knowledge.loading.problems import KnowledgeError
from runtime.tasks import Tasks

if TYPE_CHECKING:
    from handlers.context import BotData

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why everything stayed as it was: a line for each problem, with file and line number where it has them."""

    problems: tuple[str, ...]


Outcome = Changes | Refusal


class Reloading:
    """One reading of the files at a time. Whoever asks while one is under way gets the next, and all such share it."""

    def __init__(self, tasks: Tasks) -> None:
        self._one_at_a_time = asyncio.Lock()
        self._next: asyncio.Task[Outcome] | None = None
        self._tasks = tasks

    def begin(self, data: BotData, tell: Callable[[Outcome], Awaitable[None]]) -> None:
        """Begin to read the files as they are now or a little later; `tell` is told what came of it.

        What they say takes the place of `data.answerer` all at once, or not at all.
        """
        if self._next is None:
            self._next = self._tasks.start("reading the knowledge files", self._in_turn(data), awaited=True)
        self._tasks.start("telling what came of a reload", _tell_of(self._next, tell))

    async def _in_turn(self, data: BotData) -> Outcome:
        async with self._one_at_a_time:
            self._next = None
            return await _reload(data)


async def _tell_of(reading: asyncio.Task[Outcome], tell: Callable[[Outcome], Awaitable[None]]) -> None:
    await tell(await asyncio.shield(reading))


async def _reload(data: BotData) -> Outcome:
    try:
        answerer = await read_anew(data.answerer)
    except KnowledgeError as error:
        problems = tuple(map(str, error.problems))
        log.error("problems in the knowledge files: %s; the bot goes on with what it knew", len(problems))
        for problem in problems:
            log.error("%s", problem)
        return Refusal(problems)
    except (ReloadError, OSError, ValueError) as error:
        log.error("the knowledge files could not be read anew, so the bot goes on with what it knew: %s", error)
        return Refusal((str(error),))
    found = compare(data.answerer, answerer)
    data.answerer = answerer
    settle_memory()
    log.info(
        "took the knowledge files anew: %s entries; added: %s; removed: %s; changed: %s; other parts: %s",
        len(answerer.knowledge.entries),
        _listed(found.added),
        _listed(found.removed),
        _listed(found.changed),
        _listed(found.others),
    )
    return found


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "none"
