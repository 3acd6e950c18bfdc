"""Making the editor's words ready for reading: what is compiled once and kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

from knowledge.language.lexicon import Lexicon
from knowledge.language.normalize import Stemmer
from knowledge.language.phrases import PhraseLists, index_phrases
from knowledge.language.spelling import Speller, Standardiser, tokenize
from knowledge.model import English, Vocabulary


class Writer:
    """Writes texts without typing errors in the forms in which messages are read: what the lists are compiled by."""

    def __init__(self, spellings: Mapping[str, str], synonyms: Mapping[str, str], english: English) -> None:
        self.stem = lru_cache(maxsize=None)(Stemmer(english.endings, english.kept, english.keep_e).stem)
        self._speller = Speller(spellings, {}, {})
        self._standardiser = Standardiser(synonyms)

    def write_words(self, text: str) -> tuple[str, ...]:
        """The words, short forms written out."""
        return tuple(word for typed in tokenize(text) if typed[0].isalnum() for word in self._speller.write_out(typed))

    def write_terms(self, text: str) -> tuple[str, ...]:
        """The words in the form of terms."""
        return tuple(word for _, terms in self._standardiser.replace(self.write_words(text)) for word in terms)


def compile_lexicon(
    vocabulary: Vocabulary, english: English, messages: Iterable[str], urgent: Mapping[str, int]
) -> Lexicon:
    """The lexicon of a vocabulary.

    Typing errors are mended to the words of `messages`, which are our own and hold none, and to `urgent`, the words of
    the red flags with how often each is used; and to those of the vocabulary itself.
    """
    spellings = {variant: standard for standard, variants in vocabulary.spellings.items() for variant in variants}
    plain = Writer(spellings, {}, english)
    synonyms: dict[str, str] = {}
    for standard, variants in vocabulary.synonyms.items():
        for variant in variants:
            synonyms.setdefault(" ".join(plain.write_words(variant)), " ".join(plain.write_words(standard)))
    writer = Writer(spellings, synonyms, english)
    known = Counter(word for message in messages for word in writer.write_terms(message))
    targets = Counter(known)
    targets.update(urgent)
    listed = [term for terms in (*vocabulary.concepts.values(), *vocabulary.off_topic.values()) for term in terms]
    for words in (*map(writer.write_words, listed), *(text.split() for pair in synonyms.items() for text in pair)):
        for word in words:
            targets.setdefault(word, 0)

    def compile_lists(lists: Mapping[str, Iterable[str]]) -> PhraseLists:
        phrases = [[tuple(map(writer.stem, writer.write_terms(term))) for term in terms] for terms in lists.values()]
        return PhraseLists(list(lists), index_phrases(phrases))

    return Lexicon(
        spellings=spellings,
        synonyms=synonyms,
        targets=dict(targets),
        urgent=dict(urgent),
        concepts=compile_lists(vocabulary.concepts),
        off_topic=compile_lists(vocabulary.off_topic),
        generic_concepts=vocabulary.generic_concepts,
        weightless=frozenset(
            writer.stem(word) for filler in vocabulary.weightless for word in writer.write_words(filler)
        ),
        skippable=vocabulary.skippable,
        treatment=frozenset(map(writer.stem, vocabulary.treatment_words)),
        known=frozenset(map(writer.stem, known)),
        english=english,
    )
