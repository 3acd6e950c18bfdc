"""Reading messages: tokens, terms, parts, questions, and what they say of whom; the same on every start."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import FrozenInstanceError
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.answering import Answerer
from knowledge.language.compile import compile_lexicon
from knowledge.language.reader import Reader
from knowledge.language.utterance import EDGES, REMOVED, Span, Term, Utterance
from knowledge.model import English, Vocabulary

ROOT = Path(__file__).parents[3]
MISSPELT = "birned bame blin blint boaus cose cots coid datch beed boke"

ENGLISH = English(
    endings=(("ing", ""), ("ed", ""), ("s", "")),
    kept=frozenset({"is", "does", "was", "this", "its", "yours", "price", "needle"}),
    keep_e=frozenset({"side"}),
    begin=frozenset({"how", "what", "does", "is", "can", "why"}),
    before=frozenset({"hi", "and", "so"}),
    again=frozenset({"how", "what", "does"}),
    joints=frozenset({"and", "also"}),
    back_first=("and", "what about", "why"),
    back_anywhere=frozenset({"that"}),
    second_person=frozenset({"you", "yours"}),
    turns=frozenset({"but", "although"}),
)
VOCABULARY = Vocabulary(
    spellings={"botox": ("btx",), "side effect": ("sideeffect",), "cannot": ("cant",)},
    synonyms={
        "injection": ("jab", "needle stick"),
        "family doctor": ("gp", "general practitioner"),
        "can not": ("cannot",),
        "price": ("cost",),
    },
    concepts={
        "price": ("price", "how much"),
        "side-effects": ("side effect",),
        "when": ("how long",),
        "pain": ("hurt",),
        "bruise": ("side effect hurt",),
    },
    off_topic={"medicine": ("topiramate", "beta blocker")},
    treatment_words=frozenset({"botox", "injection"}),
    generic_concepts=frozenset({"when"}),
    articles=frozenset({"the", "a"}),
    weightless=frozenset({"the", "a", "is", "it", "please"}),
    skippable=frozenset({"the", "a", "really"}),
)
READER = Reader(
    compile_lexicon(VOCABULARY, ENGLISH, ["how long does the injection hurt", "botox doctors"], {"swallowing": 3})
)


@pytest.fixture
def real(answerer: Answerer) -> Reader:
    return answerer.reader


def typed(text: str) -> list[tuple[str, str]]:
    return [(term.typed, term.stem) for term in READER.read(text).terms]


def in_terms(text: str) -> str:
    return " ".join(term.stem for term in READER.read(text).terms)


def term_of(text: str, stem: str) -> Term:
    return next(term for term in READER.read(text).terms if term.stem == stem)


def asked(text: str) -> list[str]:
    """The questions of a text, in the stems of their terms."""
    read = READER.read(text)
    return [" ".join(term.stem for term in read.terms[start:end]) for start, end in read.questions]


def test_tokens_stand_between_edges() -> None:
    read = READER.read("It really hurts, but is it the jab? Btx")
    assert read.words == (".", "it", "really", "hurts", ",", "but", "is", "it", "the", "jab", ".", "botox", ".")
    assert read.stems == (".", "it", "really", "hurt", ",", "but", "is", "it", "the", "jab", ".", "botox", ".")
    assert read.sentences == (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1)
    # a comma ends a clause, and so does "but"
    assert [read.clauses[read.words.index(word)] for word in ("really", "hurts", ",", "but", "jab", "botox")] == [
        0,
        0,
        0,
        2,
        2,
        3,
    ]
    # fillers don't count; the edge of a sentence counts for eight words, and a comma's for two
    assert read.gap(Span(1, 2), Span(3, 4)) == 0
    assert read.gap(Span(3, 4), Span(5, 6)) == 2
    assert read.gap(Span(9, 10), Span(11, 12)) == 8
    assert read.gap(Span(11, 12), Span(9, 10)) == 8
    assert read.gap(Span(1, 3), Span(2, 4)) == -1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", (".",)),
        (" ?! ", (".",)),
        ("hurt", (".", "hurt", ".")),
        ("hurt!!!", (".", "hurt", ".")),
        ("(hurt)", (".", "hurt", ",", ".")),
        ("hurt, ... it", (".", "hurt", ".", "it", ".")),
        ("it, , hurt", (".", "it", ",", "hurt", ".")),
        ("doctor's jab", (".", "doctor", "s", "jab", ".")),
    ],
)
def test_edges_of_a_text(text: str, words: tuple[str, ...]) -> None:
    assert READER.read(text).words == words


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("jab", [("jab", "injection")]),
        ("needle stick hurts", [("needle stick", "injection"), ("hurts", "hurt")]),
        ("gp jab", [("gp", "family"), ("gp", "doctor"), ("jab", "injection")]),
        (
            "my general practitioner",
            [("my", "my"), ("general practitioner", "family"), ("general practitioner", "doctor")],
        ),
        ("sideeffect", [("sideeffect", "side"), ("sideeffect", "effect")]),
        ("cant", [("cant", "can"), ("cant", "not")]),
        ("doctor's jab", [("doctor's", "doctor"), ("jab", "injection")]),
        ("needle hurts", [("needle", "needle"), ("hurts", "hurt")]),
    ],
)
def test_terms_stand_instead_of_what_comes_to_the_same(text: str, terms: list[tuple[str, str]]) -> None:
    assert typed(text) == terms


def test_no_synonym_reaches_across_a_sentence_or_into_a_question() -> None:
    assert in_terms("a needle. stick it") == "a needle stick it"
    assert in_terms("a needle, does stick") == "a needle does stick"


def test_what_a_term_says() -> None:
    assert term_of("the price", "price").concepts == ("price",)
    assert term_of("how much", "how").concepts == ("price",)
    assert term_of("how much", "much").concepts == ()
    assert term_of("side effect hurt", "side").concepts == ("bruise", "side-effects")
    assert term_of("beta blockers", "beta").off_topic == "medicine"
    assert term_of("price", "price").off_topic == ""
    assert term_of("how long", "how").generic
    assert not term_of("price", "price").generic
    assert term_of("btx", "botox").treatment
    assert not term_of("price", "price").treatment
    assert term_of("the price", "the").filler
    assert not term_of("the price", "price").filler
    assert term_of("injection", "injection").known
    assert not term_of("beta blockers", "beta").known
    assert term_of("the", "the").commonness == 7
    assert term_of("qwertz", "qwertz").commonness == 2


def test_what_was_corrected() -> None:
    assert term_of("injektion", "injection").corrected
    assert term_of("botoxx", "botox").corrected
    assert not term_of("injection", "injection").corrected
    assert not term_of("btx", "botox").corrected  # a short form is no error
    assert [term.corrected for term in READER.read("needel stick").terms] == [True]
    assert term_of("needel stick", "injection").typed == "needel stick"


def test_triage_reads_by_stricter_limits_than_matching() -> None:
    read = READER.read("swalowng cots")
    assert read.words == (".", "swalowng", "cots", ".")
    assert [term.stem for term in read.terms] == ["swallow", "price"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("the jab hurts", [("the injection hurt", False)]),
        ("It hurts. Is it the jab?", [("it hurt", False), ("is it the injection", True)]),
        ("it hurts - price?", [("it hurt", False), ("price", True)]),
        ("it hurts\nhow long", [("it hurt", False), ("how long", True)]),
        ("well-known", [("well known", False)]),
        ("", []),
    ],
)
def test_parts_are_sentences_and_what_stands_beside_a_dash(text: str, parts: list[tuple[str, bool]]) -> None:
    read = READER.read(text)
    assert [(" ".join(term.stem for term in read.terms_of(part)), part.asks) for part in read.parts] == parts
    assert read.asks is any(asks for _, asks in parts)


@pytest.mark.parametrize(
    ("text", "wordings"),
    [
        ("The JAB hurts. Is it btx?", ["the jab hurts", "is it btx"]),
        ("see a gp - sideeffects?", ["see a gp", "sideeffects"]),  # two terms each, typed as one word
        ("how much, and does it hurt", ["how much and does it hurt"]),
    ],
)
def test_a_part_is_worded_as_it_was_typed(text: str, wordings: list[str]) -> None:
    read = READER.read(text)
    assert [read.wording(part) for part in read.parts] == wordings


def test_a_question_is_worded_as_it_was_typed() -> None:
    read = READER.read("Hi, how much (btx) and what jab?")
    assert [read.wording(question) for question in read.questions] == ["how much btx", "what jab"]


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("how much", ["how much"]),
        ("hi and so how much", ["hi and so how much"]),
        ("btx how much", []),
        ("btx how much?", ["botox how much"]),
        ("how much and does it hurt", ["how much", "does it hurt"]),
        ("how much, does it hurt", ["how much", "does it hurt"]),
        ("how much, also what jab", ["how much", "what injection"]),
        ("how much does it hurt", ["how much does it hurt"]),
        ("how much, it hurts", ["how much it hurt"]),
        ("hi, how much and does it hurt?", ["how much", "does it hurt"]),
        ("how much? It hurts. Is it btx", ["how much", "is it botox"]),
        ("it hurts", []),
    ],
)
def test_questions_of_a_text(text: str, questions: list[str]) -> None:
    assert asked(text) == questions


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("and the price", True),
        ("why", True),
        ("what about the price", True),
        ("is that so", True),
        ("what price", False),
        ("the price and so", False),
        ("about the price", False),
        ("", False),
    ],
)
def test_what_refers_back(text: str, back: bool) -> None:
    assert READER.read(text).refers_back is back


@pytest.mark.parametrize(
    ("text", "to_someone"), [("did yours work", True), ("do YOU hurt", True), ("does it work for young people", False)]
)
def test_speaking_to_someone(text: str, to_someone: bool) -> None:
    assert READER.read(text).speaks_to_someone is to_someone


def test_what_a_message_is_about() -> None:
    assert READER.read("jab").names_treatment
    assert not READER.read("price").names_treatment
    assert READER.read("price").names_subject
    assert not READER.read("how long").names_subject


def test_words_of_a_saying_are_taken_for_nothing() -> None:
    read = READER.read("it hurts, really")
    without = read.without([Span(2, 5)])
    assert without.words == (".", "it", REMOVED, ",", REMOVED, ".")
    assert without.stems == without.words
    assert (read.words, without.terms, without.places) == (
        (".", "it", "hurts", ",", "really", "."),
        read.terms,
        read.places,
    )


def test_nobody_can_change_what_was_read() -> None:
    read = READER.read("jab")
    with pytest.raises(FrozenInstanceError):
        read.terms = ()  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        read.terms[0].stem = "x"  # type: ignore[misc]
    assert hash(read) == hash(READER.read("jab"))


@given(st.text(st.sampled_from("ab jw.,?!-\n'him is how and"), max_size=80) | st.text(max_size=80))
def test_what_holds_of_every_reading(text: str) -> None:
    read = READER.read(text)
    assert isinstance(read, Utterance)
    assert read.words[0] == read.words[-1] == "."
    assert len({len(each) for each in (read.words, read.stems, read.places, read.clauses, read.sentences)}) == 1
    for numbers in (read.places, read.clauses, read.sentences):
        assert list(numbers) == sorted(numbers)
    edges = [place for place, word in enumerate(read.words[:-1]) if word in EDGES]
    assert not any(other - one == 1 for one, other in pairwise(edges))
    assert [term for part in read.parts for term in read.terms_of(part)] == list(read.terms)
    for question in read.questions:
        assert question.start < question.end
        assert any(part.start <= question.start and question.end <= part.end and part.asks for part in read.parts)


REAL_QUESTIONS = ["how often", "and does it hurt", "ok so can i drive", "it hurts?", "anyone had this"]
REAL_STATEMENTS = ["i had it yesterday", "thanks all", "the doctor who did it was kind", "howling wind"]


@pytest.mark.parametrize("text", REAL_QUESTIONS)
def test_questions_by_the_real_rules(real: Reader, text: str) -> None:
    assert real.read(text).asks


@pytest.mark.parametrize("text", REAL_STATEMENTS)
def test_statements_by_the_real_rules(real: Reader, text: str) -> None:
    assert not real.read(text).asks


def test_sentences_by_the_real_rules(real: Reader) -> None:
    read = real.read("Hi. How often? Fine\nsecond line - third")
    assert [read.wording(part) for part in read.parts] == ["hi", "how often", "fine", "second line", "third"]


def test_speaking_to_someone_by_the_real_rules(real: Reader) -> None:
    assert real.read("did yours work").speaks_to_someone
    assert not real.read("does it work for young people").speaks_to_someone


def test_reading_does_not_depend_on_the_seed_of_hashes() -> None:
    """Python orders sets anew in each process; which of two equally near words is meant must not hang on that."""
    code = f"from knowledge.loading.load import load; print([term.stem for term in load().read({MISSPELT!r}).terms])"
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3", "4")
    }
    assert len(told) == 1
