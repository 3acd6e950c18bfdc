"""The knowledge as every command gets it: read in one way, with a word on what takes long."""

from __future__ import annotations

from cli.progress import Progress, Say, say_on_stderr
from knowledge.answering import Answerer
from knowledge.loading.load import CHECKING, load, settle_memory


def load_answerer(say: Say = say_on_stderr) -> Answerer:
    """What answers messages, from the knowledge files, checked and learnt from. Raises KnowledgeError."""
    with Progress(say=say, brief=(CHECKING,)) as progress:
        answerer = load(tell=progress.tell, on_uncached=progress.tell_uncached)
    settle_memory()
    return answerer
