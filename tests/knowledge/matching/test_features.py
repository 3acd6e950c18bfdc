"""Features: what a message shows of its question."""

from __future__ import annotations

from knowledge.language.utterance import Term
from knowledge.matching.features import extract_features


def word(stem: str, *concepts: str, filler: bool = False) -> Term:
    return Term(stem, stem, concepts=concepts, filler=filler)


def test_features_of_a_question() -> None:
    terms = [word("how"), word("much", "price"), word("is", filler=True), word("botox")]
    assert extract_features(terms) == {
        "word:how": 1.0,
        "word:much": 1.0,
        "word:is": 0.6,
        "word:botox": 1.0,
        "means:price": 1.0,
        "then:how+much": 0.5,
        "then:much+is": 0.5,
        "then:is+botox": 0.5,
        "with:botox+how": 0.4,
        "with:botox+price": 0.4,
        "with:how+price": 0.4,
    }


def test_small_words_in_a_row_tell_questions_apart() -> None:
    works = extract_features([word("does", filler=True), word("it", filler=True), word("work")])
    hurts = extract_features([word("does", filler=True), word("it", filler=True), word("hurt")])
    assert works.keys() - hurts.keys() == {"word:work", "then:it+work"}


def test_a_filler_that_begins_a_phrase_with_a_meaning_tells_something() -> None:
    features = extract_features([word("on", "nhs", filler=True), word("wait")])
    assert features["means:nhs"] == 1.0
    assert features["with:nhs+wait"] == 0.4
    assert not any("+on" in name or ":on+" in name for name in features if name.startswith("with:"))


def test_a_meaning_stands_for_the_word_in_pairs_and_is_named_once() -> None:
    features = extract_features([word("cost", "price"), word("price", "price"), word("nhs")])
    assert [name for name in features if name.startswith("with:")] == ["with:nhs+price"]


def test_pairs_know_no_order() -> None:
    one, other = [word("nhs"), word("price")], [word("price"), word("nhs")]
    pairs = [{name for name in extract_features(terms) if name.startswith("with:")} for terms in (one, other)]
    assert pairs[0] == pairs[1] == {"with:nhs+price"}


def test_no_more_than_nine_meanings_are_combined() -> None:
    features = extract_features([word(f"w{number:02}") for number in range(20)])
    pairs = [name for name in features if name.startswith("with:")]
    assert len(pairs) == 9 * 8 // 2
    assert not any("w09" in name for name in pairs)


def test_no_words_show_nothing() -> None:
    assert extract_features([]) == {}
