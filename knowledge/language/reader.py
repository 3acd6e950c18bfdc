"""Reading: from the text of a message to an `Utterance`, once, for triage and matching alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from knowledge.language.lexicon import Lexicon
from knowledge.language.normalize import Stemmer
from knowledge.language.phrases import PhraseMatcher
from knowledge.language.spelling import Speller, Standardiser, common_words, tokenize
from knowledge.language.utterance import COMMA, EDGES, SENTENCE, Part, Span, Term, Utterance

_SENTENCE_MARKS = ".!?\n"
_DASHES = "-–—"
_LISTING = ",;"
"""Behind these a second question may begin."""

_COMMA_GAP = 2
_SENTENCE_GAP = 8
"""How many words the edge of a sentence counts for, when it is asked how far apart two words stand."""

_RARE = 2
"""The Zipf step of a word that the list of common words lacks."""

_POSSESSIVE = "s"
_REMEMBERED_WORDS = 5_000
"""Whoever writes uses few words again and again; all that is remembered of these takes some megabytes."""
_MOST_OPENERS = 6
"""Words before a question word that are looked past: "hi all, and also …"."""


class _Token(NamedTuple):
    """A token, as `Utterance` has them column by column."""

    word: str
    stem: str
    place: int
    clause: int
    sentence: int


class _Word(NamedTuple):
    """A word in broad spelling on its way to a term. `lists`: a comma stands before it."""

    word: str
    typed: str
    corrected: bool
    part: int
    lists: bool


class _Form(NamedTuple):
    """A word that a typed word stands for, in strict spelling with its stem, and in broad spelling.

    `turns`: it begins a clause; `counts`: it is no filler.
    """

    strict: str
    stem: str
    word: str
    corrected: bool
    turns: bool
    counts: bool


class Reader:
    """Reads messages by a lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._english = english = lexicon.english
        self.lexicon = lexicon
        self.stem = lru_cache(maxsize=_REMEMBERED_WORDS)(Stemmer(english.endings, english.kept, english.keep_e).stem)
        self._speller = Speller(lexicon.spellings, lexicon.targets, lexicon.urgent)
        self._standardiser = Standardiser(lexicon.synonyms)
        self._concepts = PhraseMatcher(lexicon.concepts)
        self._off_topic = PhraseMatcher(lexicon.off_topic)
        self._forms_of = lru_cache(maxsize=_REMEMBERED_WORDS)(self._find_forms)
        self._term = lru_cache(maxsize=_REMEMBERED_WORDS)(self._make_term)
        self._back_first = tuple(tuple(phrase.split()) for phrase in english.back_first)

    def read(self, text: str) -> Utterance:
        """`text`, whose typing errors are mended, as an utterance."""
        tokens = [_Token(SENTENCE, SENTENCE, 0, 0, 0)]
        place, clause, sentence = _SENTENCE_GAP, 0, 0
        broad: list[_Word] = []
        part, asking, lists, misspelt = 0, set[int](), False, False
        for typed in tokenize(text):
            if typed[0].isalnum():
                forms = self._forms_of(typed)
                misspelt = misspelt or (len(forms) == 1 and forms[0].word != typed)
                for each in forms:
                    clause += each.turns
                    tokens.append(_Token(each.strict, each.stem, place, clause, sentence))
                    place += each.counts
                    if each.word != _POSSESSIVE:
                        broad.append(_Word(each.word, typed, each.corrected, part, lists))
                        lists = False
                continue
            ends = typed[0] in _SENTENCE_MARKS
            if "?" in typed:
                asking.add(part)
            if (ends or typed[0] in _DASHES) and broad and broad[-1].part == part:
                part += 1
            lists = typed in _LISTING
            if tokens[-1].stem not in EDGES:
                edge = SENTENCE if ends else COMMA
                tokens.append(_Token(edge, edge, place, clause, sentence))
                place += _SENTENCE_GAP if ends else _COMMA_GAP
                clause += 1
                sentence += ends
            elif ends and tokens[-1].stem == COMMA:
                tokens[-1] = tokens[-1]._replace(word=SENTENCE, stem=SENTENCE)
                place += _SENTENCE_GAP - _COMMA_GAP
                sentence += 1
        if tokens[-1].stem != SENTENCE:
            tokens.append(_Token(SENTENCE, SENTENCE, place, clause, sentence))
        terms, parts, questions = self._read_terms(broad, asking)
        words, stems, places, clauses, sentences = zip(*tokens, strict=True)
        return Utterance(
            words,
            stems,
            places,
            clauses,
            sentences,
            terms,
            parts,
            questions,
            refers_back=self._refers_back(broad),
            speaks_to_someone=any(each.word in self._english.second_person for each in broad),
            text=text,
            mended=" ".join(each.word for each in broad) if misspelt else "",
        )

    def _find_forms(self, typed: str) -> tuple[_Form, ...]:
        spelled = self._speller.spell(typed)
        corrected = spelled.reason in ("slip", "doubled letters")
        return tuple(
            _Form(
                strict,
                self.stem(strict),
                word,
                corrected,
                turns=strict in self._english.turns,
                counts=strict not in self.lexicon.skippable,
            )
            for word, strict in zip(spelled.words, spelled.strict, strict=True)
        )

    def _read_terms(
        self, broad: Sequence[_Word], asking: set[int]
    ) -> tuple[tuple[Term, ...], tuple[Part, ...], tuple[Span, ...]]:
        """The terms, the parts that they make up, and the clauses of these that ask."""
        terms: list[Term] = []
        parts: list[Part] = []
        questions: list[Span] = []
        for number, group in groupby(broad, key=lambda each: each.part):
            sentence = list(group)
            clauses = list(self._split(sentence))
            begun = len(terms)
            found: list[Term] = []
            end = 0
            for clause in clauses:
                found += self._standardise(sentence[end : clause.start])
                first = len(found)
                found += self._standardise(sentence[clause.start : clause.end])
                end = clause.end
                if (number in asking and end == len(sentence)) or self._begins_question(sentence[clause.start : end]):
                    questions.append(Span(begun + first, begun + len(found)))
            self._mark(found)
            terms += found
            parts.append(Part(begun, len(terms), number in asking or self._begins_question(sentence)))
        return tuple(terms), tuple(parts), tuple(questions)

    def _split(self, sentence: Sequence[_Word]) -> Iterator[Span]:
        """The clauses of a sentence: cut where a comma or a joint leads to a further question word."""
        start = place = 0
        while place < len(sentence):
            behind = place
            while behind < len(sentence) and sentence[behind].word in self._english.joints:
                behind += 1
            leads = behind > place or sentence[place].lists
            if leads and place > start and behind < len(sentence) and sentence[behind].word in self._english.again:
                yield Span(start, place)
                start = behind
            place = behind + 1
        yield Span(start, len(sentence))

    def _begins_question(self, words: Sequence[_Word]) -> bool:
        for each in words[: _MOST_OPENERS + 1]:
            if each.word in self._english.begin:
                return True
            if each.word not in self._english.before:
                return False
        return False

    def _refers_back(self, words: Sequence[_Word]) -> bool:
        first = tuple(each.word for each in words[:2])
        return any(first[: len(phrase)] == phrase for phrase in self._back_first) or any(
            each.word in self._english.back_anywhere for each in words
        )

    def _standardise(self, words: Sequence[_Word]) -> Iterator[Term]:
        """The terms that `words` come to, before anything is found in them."""
        place = 0
        for length, standard in self._standardiser.replace([each.word for each in words]):
            if length == 1:
                typed, corrected = words[place].typed, words[place].corrected
            else:
                replaced = words[place : place + length]
                typed = " ".join(dict.fromkeys(each.typed for each in replaced))
                corrected = any(each.corrected for each in replaced)
            for word in standard:
                yield self._term(word, typed, corrected)
            place += length

    def _mark(self, terms: list[Term]) -> None:
        """Note in the terms of a part what the phrases that begin with them stand for."""
        stems = [term.stem for term in terms]
        for place, term in enumerate(terms):
            concepts = tuple(name for name, _ in self._concepts.find_at(stems, stems, place))
            off_topic = self._off_topic.find_at(stems, stems, place)
            if concepts or off_topic:
                terms[place] = replace(
                    term,
                    concepts=concepts,
                    generic=self.lexicon.generic_concepts.issuperset(concepts),
                    off_topic=off_topic[0][0] if off_topic else "",
                )

    def _make_term(self, word: str, typed: str, corrected: bool) -> Term:
        stem = self.stem(word)
        return Term(
            typed,
            stem,
            treatment=stem in self.lexicon.treatment,
            filler=stem in self.lexicon.weightless,
            known=stem in self.lexicon.known,
            commonness=common_words().get(word, _RARE),
            corrected=corrected,
        )
