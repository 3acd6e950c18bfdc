"""From knowledge to a matcher: its lexicon, its classes, and what is learnt from their phrasings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from knowledge.features import features
from knowledge.learning import Learnt, fit
from knowledge.lexicon import Lexicon
from knowledge.matching import Matcher
from knowledge.model import Knowledge
from knowledge.text import fold

ELSEWHERE = "elsewhere:"
"""What the names of classes that are not ours begin with."""


def class_phrasings(knowledge: Knowledge) -> dict[str, list[str]]:
    """The folded phrasings of every class: our entries by their ids, then the subjects elsewhere by prefixed ids."""
    classes = {
        entry.id: [fold(text) for text in (entry.question, *entry.phrasings)] for entry in knowledge.entries.values()
    }
    for subject in knowledge.elsewhere.values():
        classes[ELSEWHERE + subject.id] = [fold(text) for text in subject.phrasings]
    return classes


def lexicon_of(knowledge: Knowledge) -> Lexicon:
    """The vocabulary, with the words of the FAQ's own phrasings as the known ones."""
    if knowledge.learnt.known:
        return Lexicon(knowledge.vocabulary, knowledge.learnt.known)
    spelling = Lexicon(knowledge.vocabulary, {})
    texts = (fold(text) for entry in knowledge.entries.values() for text in (entry.question, *entry.phrasings))
    counted = Counter(word for text in texts for word in spelling.in_standard_spelling(text))
    return Lexicon(knowledge.vocabulary, dict(counted))


def examples(knowledge: Knowledge, lexicon: Lexicon) -> Iterator[tuple[int, str, dict[str, float]]]:
    """Every phrasing as a training example: number of its class, its text, its features."""
    for number, phrasings in enumerate(class_phrasings(knowledge).values()):
        for text in phrasings:
            found = features(lexicon.read(text), lexicon)
            if found:
                yield number, text, found


def learnt(knowledge: Knowledge) -> Learnt:
    """What the phrasings teach; some seconds for ten thousand of them."""
    lexicon = lexicon_of(knowledge)
    readings = {name: [lexicon.read(text) for text in texts] for name, texts in class_phrasings(knowledge).items()}
    rows = [(number, features(read, lexicon)) for number, texts in enumerate(readings.values()) for read in texts]
    labels, found = zip(*((number, row) for number, row in rows if row), strict=True)
    weights = fit(found, labels, len(readings))
    ours = {name: texts for name, texts in readings.items() if name in knowledge.entries}
    return Learnt(
        weights,
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


def matcher_of(knowledge: Knowledge) -> Matcher:
    """A matcher over all classes of `knowledge`, with what was learnt."""
    names = [*knowledge.entries, *(ELSEWHERE + name for name in knowledge.elsewhere)]
    found = knowledge.learnt
    return Matcher(lexicon_of(knowledge), found.weights, names, len(knowledge.entries), found.stemmed)
