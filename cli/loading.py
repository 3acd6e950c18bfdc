"""The knowledge as every command gets it: read in one way, with a word on what takes long."""

from __future__ import annotations

import gc
from functools import partial

from cli.progress import LEARNING, Progress, Say, say_on_stderr
from knowledge.answering import Answerer
from knowledge.loading.load import load
from knowledge.model import Knowledge


def load_knowledge(say: Say = say_on_stderr) -> Knowledge:
    """The knowledge files, checked and learnt from. Raises KnowledgeError."""
    with Progress(say=say) as progress:
        return load(when_compiling=partial(progress.tell, LEARNING, 0.0))


def load_answerer(say: Say = say_on_stderr) -> Answerer:
    """What answers messages. Raises KnowledgeError."""
    answerer = Answerer(load_knowledge(say))
    gc.freeze()  # what was loaded stays: looking through it again and again would make some answers late
    return answerer
