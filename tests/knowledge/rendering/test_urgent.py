"""The fixed replies: the action and the number first, no diagnosis, no reassurance, and who is not watching."""

from __future__ import annotations

import pytest

from knowledge.check.readability import grade, names_in
from knowledge.loading.load import load
from knowledge.model import Country, Flag, RedFlags
from knowledge.rendering.rich_text import Text
from knowledge.rendering.urgent import check_in_text, numbers_of, urgent_text

RED_FLAGS: RedFlags = load().knowledge.red_flags
FLAGS = list(RED_FLAGS.flags.values())
COUNTRIES = [None, *RED_FLAGS.countries.values()]
REASSURING = ("don't worry", "probably", "nothing serious", "harmless", "will be fine", "is normal", "no need to")
DIAGNOSING = ("this is a stroke", "it is botulism", "caused by", "because of the botox", "side effect")
METHODS = ("tablet", "pill", "knife", "rope", "bridge", "hang", "jump", "overdose", "gun", "cut", "blade")


def first_line(text: Text) -> str:
    return text.plain().split("\n", 1)[0]


@pytest.mark.parametrize("flag", FLAGS, ids=lambda flag: flag.id)
@pytest.mark.parametrize("country", COUNTRIES, ids=lambda country: country.code if country else "anywhere")
def test_every_reply(flag: Flag, country: Country | None) -> None:
    text = urgent_text(flag, RED_FLAGS.replies, country)
    said = text.plain()
    assert "{" not in said
    assert text.length <= 1500
    assert "Nobody is watching this chat" in said
    assert not [words for words in (*REASSURING, *DIAGNOSING) if words in said.casefold()]
    assert grade(said, names_in([])) <= 8
    # Whose number it is, where no country was chosen; where one was, no list of others is in the way.
    assert ("911 in the US and Canada" in said) == (country is None)
    assert (country.emergency.contact if country else "112 in Europe") in said


def test_a_phone_only_line_promises_no_text_and_a_lack_of_a_poison_line_leaves_a_number() -> None:
    replies, countries = RED_FLAGS.replies, RED_FLAGS.countries
    british = urgent_text(RED_FLAGS.flags["suicidal_thoughts"], replies, countries["GB"]).plain()
    assert "by phone, text or chat" not in british
    assert "option 2" in british
    assert "Northern Ireland" in british
    african = first_line(urgent_text(RED_FLAGS.flags["child_exposure"], replies, countries["ZA"]))
    assert "112" in african
    assert "poison" not in african
    european = urgent_text(RED_FLAGS.flags["despair"], replies, countries["EU"]).plain(links=True)
    assert "findahelpline.com" in european


def test_a_line_that_does_not_run_everywhere_says_so_where_it_is_named_first() -> None:
    replies, countries = RED_FLAGS.replies, RED_FLAGS.countries
    european = first_line(urgent_text(RED_FLAGS.flags["suicidal_thoughts"], replies, countries["EU"]))
    assert "116 123 where your country runs it, or findahelpline.com" in european
    for poisoned in ("child_exposure", "overdose_poisoning"):
        assert "999 in Northern Ireland" in first_line(urgent_text(RED_FLAGS.flags[poisoned], replies, countries["GB"]))
    african = urgent_text(RED_FLAGS.flags["suicidal_thoughts"], replies, countries["ZA"]).plain(links=True)
    assert "hours may be limited" in african
    assert "findahelpline.com" in african


def test_a_plan_puts_the_emergency_number_first() -> None:
    said = first_line(urgent_text(RED_FLAGS.flags["suicide_plan"], RED_FLAGS.replies, RED_FLAGS.countries["US"]))
    assert said.index("911") < said.index("988")


@pytest.mark.parametrize("flag", FLAGS, ids=lambda flag: flag.id)
def test_a_check_in_says_what_it_understood_asks_and_names_whom_to_call(flag: Flag) -> None:
    said = check_in_text(flag, RED_FLAGS.replies).plain()
    assert flag.sounds_like in said
    assert "Is this happening to you now?" in said
    assert "911" in said
    assert "nobody is watching" in said
    assert not [word for word in METHODS if word in said.casefold().split()]


def test_a_country_s_numbers_can_be_copied_as_one_dials_them() -> None:
    numbers = numbers_of(RED_FLAGS.flags["self_harm_in_progress"], RED_FLAGS.countries["US"])
    assert [each.number for each in numbers] == ["911", "988"]


@pytest.mark.parametrize("flag", [flag for flag in FLAGS if flag.tier == "EMERGENCY"], ids=lambda flag: flag.id)
def test_an_emergency_has_the_number_in_its_first_line(flag: Flag) -> None:
    assert "911" in first_line(urgent_text(flag, RED_FLAGS.replies))
    assert "999" in first_line(urgent_text(flag, RED_FLAGS.replies, RED_FLAGS.countries["GB"]))


@pytest.mark.parametrize("flag", [flag for flag in FLAGS if flag.crisis_line], ids=lambda flag: flag.id)
def test_a_crisis_gives_the_line_names_no_method_and_carries_the_emergency_number(flag: Flag) -> None:
    said = urgent_text(flag, RED_FLAGS.replies).plain()
    assert "988" in said
    assert "911" in said
    assert "findahelpline.com" in urgent_text(flag, RED_FLAGS.replies).plain(links=True)
    assert not [word for word in METHODS if word in said.casefold().split()]
    assert "116 123" in urgent_text(flag, RED_FLAGS.replies, RED_FLAGS.countries["GB"]).plain()


def test_a_possible_poisoning_gives_the_poison_centre() -> None:
    said = urgent_text(RED_FLAGS.flags["overdose_poisoning"], RED_FLAGS.replies, RED_FLAGS.countries["US"])
    assert "1-800-222-1222" in first_line(said)


@pytest.mark.parametrize(("language", "code"), [("en-GB", "GB"), ("en_US", "US"), ("en", None), ("", None)])
def test_a_language_suggests_a_country(language: str, code: str | None) -> None:
    suggested = RED_FLAGS.country_for(language)
    assert (suggested.code if suggested else None) == code


def test_what_nobody_could_verify_is_listed() -> None:
    unverified = list(RED_FLAGS.unverified())
    assert ("red flag", "chest_pain") in unverified
    assert ("red flag", "swallowing_choking") not in unverified
    assert any(kind == "number" and "Samaritans" in which for kind, which in unverified)
