"""Compiling and learning: from the content and the messages to all that an answerer needs beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from knowledge.language.compile import Writer, compile_lexicon
from knowledge.language.lexicon import Lexicon
from knowledge.loading.compiled import Compiled
from knowledge.loading.training import class_names
from knowledge.matching.train import fit_model, read_examples
from knowledge.matching.trained import OUT_OF_SCOPE, Message
from knowledge.model import Knowledge
from knowledge.triage.compile import compile_phrases, count_words
from knowledge.triage.rules import RulePhrases

Tell = Callable[[str, float], None]
"""Told what is being done, and how much of it is done (0 to 1)."""

READING, LEARNING = "Reading the messages", "Learning from them"


def compile_lexicon_of(knowledge: Knowledge, messages: Sequence[Message]) -> Lexicon:
    """The lexicon of the vocabulary; the messages of our entries are taken to hold no typing errors."""
    ours = (message.text for message in messages if not message.label.startswith(OUT_OF_SCOPE))
    return compile_lexicon(knowledge.vocabulary, knowledge.english, ours, count_words(knowledge.red_flags))


def compile_all(knowledge: Knowledge, messages: Sequence[Message], tell: Tell) -> Compiled:
    """Compile and learn; some seconds for twenty thousand messages."""
    tell(READING, 0.0)
    lexicon = compile_lexicon_of(knowledge, messages)
    phrases: list[RulePhrases] = []

    def compile_rules() -> None:
        writer = Writer(lexicon.spellings, lexicon.synonyms, lexicon.english)
        phrases.append(compile_phrases(knowledge.red_flags, writer, knowledge.vocabulary.articles))

    examples = read_examples(messages, lexicon, lambda share: tell(READING, share), compile_rules)
    model = fit_model(examples, class_names(knowledge), lambda share: tell(LEARNING, share))
    return Compiled(lexicon, phrases[0], model)
