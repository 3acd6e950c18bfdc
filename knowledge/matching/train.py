"""From knowledge to a matcher: its lexicon, its classes, and what is learnt from their phrasings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from knowledge.language.lexicon import Lexicon, Word
from knowledge.language.text import fold
from knowledge.matching.classifier import Learnt, fit
from knowledge.matching.features import features
from knowledge.matching.ranking import Matcher
from knowledge.model import Knowledge

ELSEWHERE = "elsewhere:"
"""What the names of classes that are not ours begin with."""


def class_phrasings(knowledge: Knowledge) -> dict[str, list[str]]:
    """The folded phrasings of every class: our entries by their ids, then the subjects elsewhere by prefixed ids."""
    classes = {entry.id: [fold(text) for text in entry.asked] for entry in knowledge.entries.values()}
    for subject in knowledge.elsewhere.values():
        classes[ELSEWHERE + subject.id] = [fold(text) for text in subject.phrasings]
    return classes


def lexicon_of(knowledge: Knowledge) -> Lexicon:
    """The vocabulary, with the words of the FAQ's own phrasings as the known ones."""
    if knowledge.learnt.known:
        return Lexicon(knowledge.vocabulary, knowledge.learnt.known)
    spelling = Lexicon(knowledge.vocabulary, {})
    texts = (fold(text) for entry in knowledge.entries.values() for text in entry.asked)
    counted = Counter(word for text in texts for word in spelling.in_standard_spelling(text))
    return Lexicon(knowledge.vocabulary, dict(counted))


class Example(NamedTuple):
    """A phrasing to learn from: the number of its class, its folded text, the words it is read as, its features."""

    number: int
    text: str
    read: Sequence[Word]
    features: Mapping[str, float]


def examples(knowledge: Knowledge, lexicon: Lexicon) -> Iterator[Example]:
    """Every phrasing that shows any feature."""
    for number, phrasings in enumerate(class_phrasings(knowledge).values()):
        for text in phrasings:
            read = lexicon.read(text)
            found = features(read, lexicon)
            if found:
                yield Example(number, text, read, found)


def learnt(knowledge: Knowledge) -> Learnt:
    """What the phrasings teach; some seconds for ten thousand of them."""
    lexicon = lexicon_of(knowledge)
    names = _class_names(knowledge)
    readings: dict[str, list[Sequence[Word]]] = {name: [] for name in names}
    found = list(examples(knowledge, lexicon))
    for example in found:
        readings[names[example.number]].append(example.read)
    ours = {name: readings[name] for name in knowledge.entries}
    return Learnt(
        fit([example.features for example in found], [example.number for example in found], len(names)),
        lexicon.known,
        stemmed={name: [" ".join(word.stem for word in read) for read in texts] for name, texts in readings.items()},
        concepts={
            name: sorted({concept for read in texts for word in read for concept in word.concepts})
            for name, texts in ours.items()
        },
        names_treatment={
            name: round(sum(map(lexicon.names_treatment, texts)) / len(texts), 3) for name, texts in ours.items()
        },
        stems={name: dict(Counter(word.stem for read in texts for word in read)) for name, texts in readings.items()},
    )


def _class_names(knowledge: Knowledge) -> list[str]:
    """The classes in the order of the model."""
    return [*knowledge.entries, *(ELSEWHERE + name for name in knowledge.elsewhere)]


def matcher_of(knowledge: Knowledge) -> Matcher:
    """A matcher over all classes of `knowledge`, with what was learnt."""
    found = knowledge.learnt
    return Matcher(lexicon_of(knowledge), found.weights, _class_names(knowledge), len(knowledge.entries), found.stemmed)
