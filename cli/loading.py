"""The knowledge as every command gets it: read in one way, with a word on what takes long."""

from __future__ import annotations

from cli.progress import Progress, Say, say_on_stderr
from knowledge.answering import Answerer
from knowledge.loading.load import CHECKING, load, settle_memory


def load_answerer(say: Say = say_on_stderr, warn: Say | None = None, every: float = 0.0) -> Answerer:
    """What answers messages, from the knowledge files, checked and learnt from. Raises KnowledgeError.

    `say`, `warn` and `every` (seconds) are those of `Progress`.
    """
    with Progress(say=say, warn=warn, every=every, brief=(CHECKING,)) as progress:
        answerer = load(tell=progress.tell, on_uncached=progress.tell_uncached)
    settle_memory()
    return answerer
