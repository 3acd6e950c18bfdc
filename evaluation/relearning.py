"""What the bot learns from, and the words' part of it learnt anew from other messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.answering import Answerer
from knowledge.language.normalize import fold
from knowledge.loading.build import HERE
from knowledge.loading.compiled import Compiled
from knowledge.loading.compiling import compile_all
from knowledge.loading.training import class_names
from knowledge.loading.validate import validate_all
from knowledge.matching.confidence import Fitted, load_fitted
from knowledge.matching.trained import Message
from knowledge.model import Knowledge


@dataclass(frozen=True)
class Source:
    """The content, and all the messages that are learnt from."""

    knowledge: Knowledge
    messages: Sequence[Message]

    @classmethod
    def read(cls, folder: Path = HERE) -> Source:
        validated = validate_all(folder)
        return cls(validated.knowledge, validated.messages)

    def list_by_class(self) -> dict[str, list[str]]:
        """The folded messages of every class: our entries by their ids, then the subjects out of scope."""
        listed: dict[str, list[str]] = {name: [] for name in class_names(self.knowledge)}
        for message in self.messages:
            listed[message.label].append(fold(message.text))
        return listed

    def learn(self) -> Compiled:
        return compile_all(self.knowledge, self.messages, lambda _what, _share: None)


def assemble(knowledge: Knowledge, compiled: Compiled, fitted: Fitted | None = None) -> Answerer:
    """A bot of what was learnt, without a language model; its chances are those in force or `fitted`."""
    return Answerer(knowledge, compiled.lexicon, compiled.phrases, compiled.model, fitted or load_fitted())
