"""From knowledge to a matcher: its lexicon, its classes, and the weights learnt from its phrasings."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.features import features
from knowledge.learning import Weights, fit
from knowledge.lexicon import Lexicon
from knowledge.matching import Matcher
from knowledge.model import Knowledge
from knowledge.text import fold

ELSEWHERE = "elsewhere:"
"""What the names of classes that are not ours begin with."""


def class_phrasings(knowledge: Knowledge) -> dict[str, list[str]]:
    """The folded phrasings of every class: each entry by its id, each subject elsewhere by its prefixed id."""
    classes = {
        entry.id: [fold(text) for text in (entry.question, *entry.phrasings)] for entry in knowledge.entries.values()
    }
    for subject in knowledge.elsewhere.values():
        classes[ELSEWHERE + subject.id] = [fold(text) for text in subject.phrasings]
    return classes


def lexicon_of(knowledge: Knowledge) -> Lexicon:
    """The vocabulary, with the words of the FAQ's own phrasings as the known ones."""
    ours = (fold(text) for entry in knowledge.entries.values() for text in (entry.question, *entry.phrasings))
    return Lexicon(knowledge.vocabulary, ours)


def examples(knowledge: Knowledge, lexicon: Lexicon) -> Iterator[tuple[int, str, dict[str, float]]]:
    """Every phrasing as a training example: number of its class, its text, its features."""
    for number, phrasings in enumerate(class_phrasings(knowledge).values()):
        for text in phrasings:
            found = features(lexicon.read(text), lexicon)
            if found:
                yield number, text, found


def learnt(knowledge: Knowledge) -> Weights:
    """The weights of the model, fitted to all phrasings; some seconds at most for thousands of them."""
    labels, _, rows = zip(*examples(knowledge, lexicon_of(knowledge)), strict=True)
    return fit(rows, labels, len(knowledge.entries) + len(knowledge.elsewhere))


def matcher_of(knowledge: Knowledge) -> Matcher:
    """A matcher over all classes of `knowledge`, with its learnt weights."""
    lexicon = lexicon_of(knowledge)
    classes = class_phrasings(knowledge)
    stemmed = {
        name: [" ".join(word.stem for word in lexicon.read(text)) for text in texts] for name, texts in classes.items()
    }
    return Matcher(lexicon, knowledge.weights, tuple(classes), stemmed)
