"""The phrases of the red flags, compiled."""

from __future__ import annotations

import json

import pytest

from knowledge.answering import Answerer
from knowledge.language.compile import Writer
from knowledge.language.lexicon import Lexicon
from knowledge.model import RedFlags
from knowledge.triage.compile import compile_phrases, count_words
from knowledge.triage.rules import Floor, RulePhrases


@pytest.fixture(scope="module")
def red_flags(answerer: Answerer) -> RedFlags:
    return answerer.knowledge.red_flags


@pytest.fixture(scope="module")
def phrases(answerer: Answerer, red_flags: RedFlags) -> RulePhrases:
    lexicon: Lexicon = answerer.reader.lexicon
    writer = Writer(lexicon.spellings, lexicon.synonyms, lexicon.english)
    return compile_phrases(red_flags, writer, answerer.knowledge.vocabulary.articles)


def test_they_survive_json_and_find_the_same(answerer: Answerer, red_flags: RedFlags, phrases: RulePhrases) -> None:
    kept = RulePhrases.from_data(json.loads(json.dumps(phrases.to_data())))
    assert kept == phrases
    floor = Floor(red_flags, kept, answerer.knowledge.vocabulary)
    for flag in red_flags.flags.values():
        for text in (*flag.rules[0].urgent, *flag.rules[0].calm):
            utterance = answerer.read(text)
            assert floor.look_at(utterance) == answerer.triage.floor.look_at(utterance)
            assert floor.find_rules(utterance) == answerer.triage.floor.find_rules(utterance)


def test_every_list_that_a_rule_names_is_there_once(red_flags: RedFlags, phrases: RulePhrases) -> None:
    rules = [rule for flag in red_flags.flags.values() for rule in flag.rules]
    signs = {name for rule in rules for name in rule.needs[0]}
    named = signs | {
        name
        for rule in rules
        for slot in (*rule.needs, *rule.together, rule.unless, rule.unless_anywhere)
        for name in slot
    }
    assert set(phrases.signs.names) == signs
    assert set(phrases.others.names) == named - signs
    assert phrases.circumstances.names == list(red_flags.words.circumstances)


def test_no_list_of_the_editors_is_named_by_nothing(red_flags: RedFlags, phrases: RulePhrases) -> None:
    """It would change nothing, whatever is written there."""
    words = red_flags.words
    written = " ".join(
        phrase
        for some in (*words.lists.values(), *words.circumstances.values(), words.idioms, words.mentions)
        for phrase in some
    )
    unnamed = words.lists.keys() - set(phrases.signs.names) - set(phrases.others.names)
    assert {name for name in unnamed if f"<{name}>" not in written} == set()


def test_words_are_counted_the_most_used_first(red_flags: RedFlags) -> None:
    counted = count_words(red_flags)
    assert list(counted.values()) == sorted(counted.values(), reverse=True)
    assert all(word.isalpha() and word == word.lower() for word in counted)
    assert {"swallow", "breathe", "throat"} <= counted.keys()
