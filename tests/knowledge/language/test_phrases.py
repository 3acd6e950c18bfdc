"""The one phrase matcher: gaps, fillers, edges, exact forms, ranges and lists."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pytest

from knowledge.language.phrases import PhraseLists, PhraseMatcher, expand_phrase, index_phrases, lists_in, words_in
from knowledge.language.utterance import EDGES, Span

ARTICLES = frozenset({"a", "my", "the"})
FILLERS = ARTICLES | {"really", "just"}


def stem(word: str) -> str:
    return word if word in EDGES else word.removesuffix("s")


def forms(piece: str) -> list[tuple[str, str]]:
    words = [word for word in piece.replace("=", "").replace("'", "").split("-") if word]
    return [(word, stem(word)) for word in words]


def expand(phrase: str, lists: Mapping[str, Sequence[str]] | None = None) -> list[tuple[str, ...]]:
    return list(expand_phrase(phrase, lists or {}, ARTICLES, forms))


def find(phrases: str | Sequence[str], message: str, fillers: Collection[str] = FILLERS) -> list[Span]:
    """Where `phrases` stand in `message`, which is given as words and edges, a space between each two."""
    listed = [phrases] if isinstance(phrases, str) else phrases
    index = index_phrases([[keys for phrase in listed for keys in expand(phrase)]])
    words = message.split()
    return PhraseMatcher(PhraseLists(["it"], index), fillers).find(words, [stem(word) for word in words]).get("it", [])


@pytest.mark.parametrize(
    ("phrase", "message", "found"),
    [
        ("throat closes", ". my throat closes .", [Span(2, 4)]),
        ("throats close", ". throat closes .", [Span(1, 3)]),
        ("throat closes", ". throat and closes .", []),
        ("throat closes", ". throat .", []),
        ("throat", ". throat . throat .", [Span(1, 2), Span(3, 4)]),
        # fillers may stand between words, three in a row, and no more
        ("throat closes", ". throat just closes .", [Span(1, 4)]),
        ("throat closes", ". throat just really just closes .", [Span(1, 6)]),
        ("throat closes", ". throat just really just just closes .", []),
        # but not across an edge, nor for an edge
        ("throat closes", ". throat , closes .", []),
        ("throat closes", ". throat just , closes .", []),
        # articles inside count for nothing, on either side; at the ends they count
        ("lost the feeling", ". lost feeling .", [Span(1, 3)]),
        ("lost the feeling", ". lost my feeling .", [Span(1, 4)]),
        ("lost the", ". lost feeling .", []),
        ("the end", ". end .", []),
        # an exact form
        ("=feels odd", ". feels odd .", [Span(1, 3)]),
        ("=feels odd", ". feel odd .", []),
        ("feels odd", ". feel odd .", [Span(1, 3)]),
        ("odd =feels", ". odd feel .", []),
        # the edge of a clause
        ("| cannot see", ". cannot see .", [Span(0, 3)]),
        ("| cannot see", ". and , cannot see .", [Span(2, 5)]),
        ("| cannot see", ". i cannot see .", []),
        ("| cannot see", ". really cannot see .", []),
        ("cannot see |", ". cannot see .", [Span(1, 4)]),
        ("cannot see |", ". cannot see him .", []),
        # any number of a range
        ("for {4..9} days", ". for 6 days .", [Span(1, 4)]),
        ("for {4..9} days", ". for 4 days . for 9 days .", [Span(1, 4), Span(5, 8)]),
        ("for {4..9} days", ". for 3 days . for 10 days .", []),
    ],
)
def test_where_a_phrase_stands(phrase: str, message: str, found: list[Span]) -> None:
    assert find(phrase, message) == found


def test_without_fillers_there_is_no_gap() -> None:
    assert find("throat closes", ". throat just closes .", fillers=()) == []


def test_of_phrases_that_begin_together_the_longest_counts() -> None:
    assert find(["throat", "throat closes", "throat closes fast"], ". throat closes fast .") == [Span(1, 4)]


def test_lists_are_told_apart() -> None:
    index = index_phrases([[("sore",), ("numb", "arm")], [("numb",)], [("numb", "arm")]])
    matcher = PhraseMatcher(PhraseLists(["pain", "numbness", "limb"], index))
    words = [".", "numb", "arm", "sore", "."]
    assert matcher.find(words, words) == {
        "pain": [Span(1, 3), Span(3, 4)],
        "numbness": [Span(1, 2)],
        "limb": [Span(1, 3)],
    }
    assert sorted(matcher.find_at(words, words, 1)) == [("limb", 3), ("numbness", 2), ("pain", 3)]
    assert matcher.find_at(words, words, 1)[-1] == ("numbness", 2)
    assert matcher.find_at(words, words, 2) == []


@pytest.mark.parametrize(
    ("message", "may"), [("numb arm", True), ("feels odd", True), ("feel odd", False), ("arm", False)]
)
def test_most_messages_are_ruled_out_by_their_words(message: str, may: bool) -> None:
    matcher = PhraseMatcher(PhraseLists(["it"], index_phrases([[("numb", "arm"), ("=feels", "odd")]])))
    words = message.split()
    assert matcher.may_match(words, [stem(word) for word in words]) is may


def test_an_edge_may_begin_any_message() -> None:
    matcher = PhraseMatcher(PhraseLists(["it"], index_phrases([[("|", "cannot")]])))
    assert matcher.may_match([".", "hello", "."], [".", "hello", "."])


def test_a_list_inside_a_phrase_stands_for_each_of_its_phrases() -> None:
    lists = {"limb": ["arm", "left <side>"], "side": ["leg", "my foot"]}
    assert expand("numb <limb> now", lists) == [
        ("numb", "arm", "now"),
        ("numb", "left", "leg", "now"),
        ("numb", "left", "foot", "now"),
    ]
    assert lists_in("numb <limb> and <side>") == ["limb", "side"]


def test_a_range_stands_for_each_number_even_twice() -> None:
    assert expand("{1..2} or {3..4}") == [("1", "or", "3"), ("1", "or", "4"), ("2", "or", "3"), ("2", "or", "4")]


def test_a_phrase_needs_a_word() -> None:
    with pytest.raises(ValueError, match="=="):
        expand("==")


def test_a_list_must_be_there() -> None:
    with pytest.raises(KeyError, match="limb"):
        expand("numb <limb>")


def test_the_words_of_phrases_are_those_that_people_write() -> None:
    assert list(words_in(["can't =feels <limb> {4..9} days", "| no"])) == ["cant", "feels", "days", "no"]


def test_a_phrase_that_stands_twice_is_kept_once() -> None:
    assert index_phrases([[("numb", "arm"), ("numb", "arm")], [("numb", "arm")]]) == {"numb": "arm;0,1"}
