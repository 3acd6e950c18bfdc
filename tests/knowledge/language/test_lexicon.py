"""The lexicon: what is compiled of the editor's words, and that it survives being kept."""

from __future__ import annotations

import json

from knowledge.answering import Answerer
from knowledge.language.compile import Writer, compile_lexicon
from knowledge.language.lexicon import Lexicon
from knowledge.language.reader import Reader
from knowledge.language.spelling import Standardiser
from tests.knowledge.language.test_reader import ENGLISH, VOCABULARY

MESSAGES = ["how long does the injection hurt", "how long", "migraine doctors"]
LEXICON = compile_lexicon(VOCABULARY, ENGLISH, MESSAGES, {"swallowing": 3, "hurt": 4})


def test_it_survives_json() -> None:
    data = json.loads(json.dumps(LEXICON.to_data()))
    kept = Lexicon.from_data(data)
    assert kept.to_data() == LEXICON.to_data()
    assert kept.english == ENGLISH
    text = "hi, how much is the needel stick, and does it hurt? Btx but cant swalowng topiramate"
    assert Reader(kept).read(text) == Reader(LEXICON).read(text)


def test_typing_errors_are_mended_to_what_is_used_the_most() -> None:
    assert LEXICON.targets["long"] == 2
    assert LEXICON.targets["hurt"] == 5  # once in a message, and four times in the red flags
    assert LEXICON.targets["swallowing"] == 3
    assert LEXICON.targets["topiramate"] == 0  # a word of the vocabulary that nobody uses


def test_known_are_the_words_of_messages_and_not_those_of_red_flags() -> None:
    assert {"doctor", "hurt", "injection"} <= set(LEXICON.known)
    assert "swallow" not in LEXICON.known


def test_a_synonym_may_use_short_forms_and_meet_one_that_is_listed_before() -> None:
    """The table of synonyms is looked up with words that are spelled out, so its own are, too."""
    assert LEXICON.synonyms["cannot"] == "can not"
    assert Writer(LEXICON.spellings, LEXICON.synonyms, ENGLISH).write_terms("cant") == ("can", "not")


def test_a_writer_mends_no_errors() -> None:
    writer = Writer(LEXICON.spellings, LEXICON.synonyms, ENGLISH)
    assert writer.write_words("Btx, injektion's?") == ("botox", "injektions")
    assert writer.write_terms("gp's needle stick") == ("gps", "injection")


def test_the_longest_synonym_wins() -> None:
    standardiser = Standardiser({"head ache": "headache", "head": "skull", "head ache doctor": "neurologist"})
    assert list(standardiser.replace(["my", "head", "ache", "doctor", "head", "ache", "head"])) == [
        (1, ("my",)),
        (3, ("neurologist",)),
        (2, ("headache",)),
        (1, ("skull",)),
    ]
    assert list(standardiser.replace([])) == []


def test_the_real_lexicon_survives_json(answerer: Answerer) -> None:
    lexicon = answerer.reader.lexicon
    assert Lexicon.from_data(json.loads(json.dumps(lexicon.to_data()))).to_data() == lexicon.to_data()
