"""All that is compiled and learnt from the content, as one file: lexicon, phrases of the red flags, and the model."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from knowledge.language.lexicon import Lexicon, Writer, compile_lexicon
from knowledge.matching.train import Message, fit_model, read_examples
from knowledge.matching.trained import OUT_OF_SCOPE, TrainedModel
from knowledge.model import Knowledge
from knowledge.triage.compile import RulePhrases, compile_phrases, count_words

Tell = Callable[[str, float], None]
"""Told what is being done, and how much of it is done (0 to 1)."""

READING, LEARNING = "Reading the messages", "Learning from them"


@dataclass(frozen=True)
class Compiled:
    """What an answerer needs beside the content."""

    lexicon: Lexicon
    phrases: RulePhrases
    model: TrainedModel

    def to_bytes(self) -> bytes:
        """A line of JSON, and the model."""
        head = {"lexicon": self.lexicon.to_data(), "phrases": self.phrases.to_data()}
        line = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
        return b"\n".join([line, self.model.to_bytes()])

    @classmethod
    def from_bytes(cls, kept: bytes) -> Compiled:
        """Raises ValueError, KeyError or TypeError for what `to_bytes` did not write."""
        end = kept.index(b"\n")
        head = json.loads(kept[:end])
        return cls(
            Lexicon.from_data(head["lexicon"]),
            RulePhrases.from_data(head["phrases"]),
            TrainedModel.from_bytes(kept[end + 1 :]),
        )


def class_names(knowledge: Knowledge) -> list[str]:
    """The classes that messages are told apart into: our entries, then the subjects out of scope."""
    return [*knowledge.entries, *(OUT_OF_SCOPE + name for name in knowledge.out_of_scope)]


def list_messages(knowledge: Knowledge, training: Sequence[Message]) -> list[Message]:
    """What is learnt from: what the editor keeps with each entry and subject, and the training messages."""
    editors = [Message(text, entry.id) for entry in knowledge.entries.values() for text in entry.asked]
    editors += [
        Message(text, OUT_OF_SCOPE + subject.id)
        for subject in knowledge.out_of_scope.values()
        for text in subject.asked
    ]
    return [*editors, *training]


def compile_lexicon_of(knowledge: Knowledge, messages: Sequence[Message]) -> Lexicon:
    """The lexicon of the vocabulary; the messages of our entries are taken to hold no typing errors."""
    ours = (message.text for message in messages if not message.label.startswith(OUT_OF_SCOPE))
    return compile_lexicon(knowledge.vocabulary, knowledge.english, ours, count_words(knowledge.red_flags))


def compile_all(knowledge: Knowledge, messages: Sequence[Message], tell: Tell) -> Compiled:
    """Compile and learn; some seconds for twenty thousand messages."""
    tell(READING, 0.0)
    lexicon = compile_lexicon_of(knowledge, messages)
    writer = Writer(lexicon.spellings, lexicon.synonyms, lexicon.english)
    phrases = compile_phrases(knowledge.red_flags, writer, knowledge.vocabulary.articles)
    examples = read_examples(messages, lexicon, lambda share: tell(READING, share))
    model = fit_model(examples, class_names(knowledge), lambda share: tell(LEARNING, share))
    return Compiled(lexicon, phrases, model)
