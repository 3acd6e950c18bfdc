"""Which points of an answer come first, and where to find what it does not hold."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.answering import Answerer
from knowledge.choosing import choose, entry_on, is_gap
from knowledge.model import Asked, Entry, Point, Region
from knowledge.rendering.answer import reply_text
from knowledge.reply import Answer

YES = Point("Yes. Most people can.", ())
ASK = Point("Ask the clinic.", ())
GAP = Point("Our sources do not say if giving blood is fine.", (), names=("blood",))
NAMED = Point("Wait a day with blood tests.", (), names=("blood",))


def entry(*more: Point) -> Entry:
    return Entry("it", "topic", "It", "Is it?", "Is it?", {}, (YES, ASK), date(2026, 11, 30), more=more)


def shown(it: Entry, asked: Asked) -> tuple[Point, ...]:
    return choose(it, asked).shown


def test_what_the_sources_do_not_say_stands_behind_an_answer_and_never_first() -> None:
    assert shown(entry(GAP), Asked(named=frozenset({"blood"}))) == (YES, GAP, ASK)


def test_it_stands_behind_a_point_that_fits_as_well() -> None:
    assert shown(entry(GAP, NAMED), Asked(named=frozenset({"blood"}))) == (NAMED, GAP, YES)


def test_a_follow_up_that_fits_nothing_else_still_gets_it() -> None:
    assert shown(entry(GAP), Asked(named=frozenset({"blood"}), follows=True)) == (GAP,)
    assert shown(entry(GAP, NAMED), Asked(named=frozenset({"blood"}), follows=True)) == (NAMED, GAP)


def test_no_name_kind_or_region_makes_a_gap_lead_in_any_entry(answerer: Answerer) -> None:
    regions: list[tuple[Region, ...]] = [(), *((region,) for region in answerer.knowledge.asking.names)]
    for it in answerer.knowledge.entries.values():
        for gap in it.points:
            if not is_gap(gap.text):
                continue
            ways = [Asked(named=frozenset({name})) for name in gap.names]
            ways += [Asked(kinds=(kind,), regions=where) for kind in gap.answers for where in regions]
            for asked in ways:
                assert not is_gap(shown(it, asked)[0].text), (it.id, asked)


@pytest.mark.parametrize(
    ("region", "about"),
    [("IE", "ireland-and-germany"), ("DE", "ireland-and-germany"), ("AU", "australia"), ("CA", "canada")],
)
def test_a_country_with_an_answer_of_its_own_is_never_said_to_have_none(
    answerer: Answerer, region: Region, about: str
) -> None:
    knowledge = answerer.knowledge
    own = entry_on(region, knowledge)
    assert own is not None
    assert own.id == about
    silent = [it for it in knowledge.entries.values() if choose(it, Asked(regions=(region,))).nothing_on]
    assert about not in [it.id for it in silent]
    for it in silent:
        said = reply_text(Answer((it,), 1.0, asked=Asked(regions=(region,))), knowledge).plain()
        assert own.label in said
        assert "I have nothing on" not in said


def test_a_country_without_one_is_said_to_have_none(answerer: Answerer) -> None:
    knowledge = answerer.knowledge
    assert entry_on("EU", knowledge) is None
    it = knowledge.entries["nhs-and-uk"]
    chosen = choose(it, Asked(regions=("EU",)))
    assert chosen.nothing_on == "EU"
    assert "I have nothing on Europe" in reply_text(Answer((it,), 1.0, asked=Asked(regions=("EU",))), knowledge).plain()
