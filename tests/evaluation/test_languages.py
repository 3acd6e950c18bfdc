"""What other languages must not fall behind: how often they are recognised, and how often their buttons are right.

A gate stands about one standard error from the figure beside it; English has none to spare. `python -m
evaluation.languages` prints all figures.
"""

from __future__ import annotations

import zlib

import pytest

from evaluation.languages import (
    Offered,
    Recognised,
    measure_buttons,
    measure_by_language,
    measure_recognition,
    offer,
    recognise,
)
from evaluation.sets import Ids, InLanguage, read_set
from knowledge.answering import Answerer
from knowledge.language.languages import LEARNT, Recogniser, load_recogniser
from knowledge.reply import Suggestions, Unknown
from tools.train_languages import fit, read_messages


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return load_recogniser()


@pytest.fixture(scope="module")
def held_out(answerer: Answerer) -> tuple[InLanguage, ...]:
    return read_set("held_out", Ids.of(answerer.knowledge)).languages


def test_what_was_learnt_belongs_to_the_files_in_the_tree() -> None:
    kept, new = zlib.decompress(LEARNT.read_bytes()), zlib.decompress(fit(read_messages()).to_bytes())
    assert kept == new, "run `make train-languages`"


def test_there_are_messages_enough(held_out: tuple[InLanguage, ...]) -> None:
    asked = [row for row in held_out if row.accept]
    assert len(asked) >= 600
    assert len({row.language for row in asked}) == 20
    taught = {row.text for row in read_set("training").languages}
    assert not [row for row in held_out if row.text in taught]


def test_languages_are_recognised(held_out: tuple[InLanguage, ...], recogniser: Recogniser) -> None:
    found = recognise(held_out, recogniser)
    figures = measure_recognition(found)
    assert figures["right language"].value >= 0.97  # 98.3 on 2026-11-30
    assert figures["right language, up to three words"].value >= 0.95  # 97.0
    assert figures["English taken for another"].hits == 0  # of 830
    assert min(share.value for share in measure_by_language(found).values()) >= 0.88  # 34 of 36 is the least


def test_english_is_never_taken_for_another_language(recogniser: Recogniser) -> None:
    dev = read_set("dev")
    kinds = (dev.questions, dev.out_of_scope, dev.posts, dev.chatter, dev.urgent, dev.calm, dev.languages)
    assert not [row.text for kind in kinds for row in kind if recogniser.recognise(row.text)]


def test_buttons_are_right(held_out: tuple[InLanguage, ...], answerer: Answerer) -> None:
    figures = measure_buttons(list(offer(held_out, answerer)))
    assert figures["any buttons"].value >= 0.81  # 83.6
    assert figures["right one among the buttons, of all questions"].value >= 0.73  # 75.9
    assert figures["right one among them, where there are any"].value >= 0.89  # 90.8


def test_figures_count_what_they_say() -> None:
    def row(language: str, *accept: str, text: str = "a b c d") -> InLanguage:
        return InLanguage(text, language, accept, "ana")

    figures = measure_recognition(
        [
            Recognised(row("es", "cost"), "es"),
            Recognised(row("es", "cost", text="a b"), "pt"),
            Recognised(row("es"), "es"),
            Recognised(row("en"), None),
            Recognised(row("en"), "es"),
        ]
    )
    assert {name: (share.hits, share.of) for name, share in figures.items()} == {
        "right language": (1, 2),
        "right language, up to three words": (0, 1),
        "small talk, right language": (1, 1),
        "English taken for another": (1, 2),
    }
    buttons = measure_buttons(
        [
            Offered(row("es", "cost"), ("cost", "flying")),
            Offered(row("es", "cost"), ("flying", "cost")),
            Offered(row("es", "cost"), ()),
            Offered(row("es"), ("cost",)),
        ]
    )
    assert [(share.hits, share.of) for share in buttons.values()] == [(2, 3), (1, 3), (2, 3), (1, 2), (2, 2), (1, 1)]


@pytest.mark.parametrize(
    ("text", "code", "first"),
    [("botox migraña precio", "es", "cost"), ("Wird mir die Krankenkasse das zahlen?", "de", "insurance-cover")],
)
def test_the_reply_names_its_language(answerer: Answerer, text: str, code: str, first: str) -> None:
    reply = answerer.reply(text)
    assert isinstance(reply, Suggestions)
    assert reply.language is not None
    assert (reply.language.code, reply.entries[0].id) == (code, first)
    assert answerer.reply(text, overheard=True).kind == "silent"


def test_what_is_mixed_with_english_is_answered(answerer: Answerer) -> None:
    assert answerer.reply("injection ke baad alcohol allowed hai kya").kind in ("answer", "closest")
    other = answerer.reply("ile kosztuje botoks na migrenę")
    assert isinstance(other, Unknown)
    assert other.language is not None
