"""Numbers of a text held against what it cites: what passes as the same, and what does not."""

from __future__ import annotations

import re

import pytest

from knowledge.check.numbers import unsupported
from knowledge.model import Fact, Knowledge

WEEKS = "The licensed schedule is one treatment every 12 weeks, four times a year."
SHARE = "In practice 79.1% of people had one session more than 13 weeks after the one before."
SERIES = "Side effects fell: 24.2% in the first cycle, 18.4% in the fourth, 12.2% in the ninth."
COUNTS = "Miscarriage occurred in 2 of 97 (2.1%) who continued and 1 of 29 (3.4%) who stopped."
PRICE = "Other clinics ask from 450 to 600 pounds; the list price is about 1,298 dollars."
BOUND = "Stop if headache days have fallen by less than 30% after 2 cycles, or stay below 10 a month for 3 months."
DAYS = "Days fell by 9.0 per 28 days with Botox (347 people) and by 6.7 with placebo (95% CI -12.31 to -8.97)."
DRUGS = "The guideline recommends erenumab, fremanezumab or galcanezumab; it dates from 27 June 2012."


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("Every 12 weeks.", WEEKS),
        ("Every twelve weeks.", WEEKS),
        ("About every 3 months.", WEEKS),
        ("Four times a year.", WEEKS),
        ("So about 4 visits a year.", "One treatment every 12 weeks."),
        ("8 in 10 people.", SHARE),
        ("About 80% of people.", SHARE),
        ("79% of people.", SHARE),
        ("More than 13 weeks.", SHARE),
        ("Over 13 weeks at least once.", SHARE),
        ("It was 24 in 100 in the first round, 18 in the fourth and 12 in the ninth.", SERIES),
        ("Of 97 who went on, 2 had one. Of 29 who stopped, 1 did.", COUNTS),
        ("2 in 100.", COUNTS),
        ("2 of 97 people (2%).", COUNTS),
        ("£450 to £600.", PRICE),
        ("Over a thousand dollars.", PRICE),
        ("About 1,300 dollars.", PRICE),
        ("Less than 30% after two rounds.", BOUND),
        ("Under 10 days a month.", BOUND),
        ("9 days fewer in 4 weeks, and 6.7 with placebo.", DAYS),
        ("About 7 with placebo.", DAYS),
        ("347 people.", DAYS),
        ("The range was 9.0 to 12.3 days.", DAYS),
        ("Three of them.", DRUGS),
        ("It backs three antibodies.", DRUGS),
        ("In June 2012.", DRUGS),
        ("Nearly half.", "It was 46.57% of people."),
        ("About half.", "It was 52.1%."),
        ("About two in three people.", "Two-thirds of the people did."),
        ("A third of people.", "It was 33.3%."),
        ("Half an inch.", "A half-inch needle."),
        ("24 hours.", "One day."),
        ("A dozen sites.", "It is given at 12 sites."),
        ("Two years.", "After 24 months."),
        ("9 in 100 with Botox.", "It was 8.7% with Botox."),
        ("5–7 days.", "From 5 to 7 days."),
        ("One of these two things comes first.", WEEKS),
        ("We read of two limits.", WEEKS),
        ("No two people are alike, and the second half is SNAP-25.", WEEKS),
        ("For the third time, no.", WEEKS),
    ],
)
def test_what_an_honest_writer_makes_of_it_passes(text: str, evidence: str) -> None:
    assert unsupported(text, [evidence]) == []


@pytest.mark.parametrize(
    ("text", "evidence", "shown"),
    [
        ("Every 21 weeks.", WEEKS, "21 weeks"),
        ("Every 12 months.", WEEKS, "12 months"),
        ("Every 13 weeks.", WEEKS, "13 weeks"),
        ("Six times a year.", WEEKS, "Six times a year"),
        ("9 in 10 people.", SHARE, "9 in 10"),
        ("80% of people.", SHARE, "80%"),
        ("Half of people.", SHARE, "Half"),
        ("3 of 97 people.", COUNTS, "3 of 97"),
        ("2 of 79 people.", COUNTS, "2 of 79"),
        ("£450 to £660.", PRICE, "660"),
        ("Less than 35% after two rounds.", BOUND, "Less than 35%"),
        ("Less than 31% after two rounds.", BOUND, "Less than 31%"),
        ("For four months.", BOUND, "four months"),
        ("Under 15 days.", BOUND, "Under 15 days"),
        ("374 people.", DAYS, "374 people"),
        ("8.0 days fewer.", DAYS, "8.0 days"),
        ("In 2013.", DRUGS, "2013"),
        ("More than half.", "It was 46.57%.", "More than half"),
        ("A third of people.", "It was 46.57%.", "A third"),
        ("Two years.", "After 12 months.", "Two years"),
        ("In 14 states.", "In 11 states.", "14 states"),
        ("After eight rounds.", WEEKS, "eight rounds"),
    ],
)
def test_what_is_not_in_it_does_not(text: str, evidence: str, shown: str) -> None:
    found = unsupported(text, [evidence])
    assert [number.shown for number in found] == [shown]


def test_a_text_may_count_its_sources() -> None:
    assert unsupported("Five studies say so.", [], sources=5) == []
    assert unsupported("Five studies say so.", [], sources=4)


def test_most_slips_of_a_digit_in_the_faq_are_found(knowledge: Knowledge) -> None:
    """Every whole number of every point, once one more and once twice as much: the rest meets another number cited."""
    tried = found = 0
    for entry in knowledge.entries.values():
        for point in (*entry.answer, *entry.more):
            facts = [item for item in point.evidence if isinstance(item, Fact)]
            evidence = [text for fact in facts for text in (fact.claim, fact.caveat)]
            sound = len(unsupported(point.text, evidence))
            for match in re.finditer(r"(?<![\w.,-])[1-9]\d?(?![\w,.]\d|\w)", point.text):
                for wrong in (int(match.group()) + 1, 2 * int(match.group()) + 1):
                    slipped = f"{point.text[: match.start()]}{wrong}{point.text[match.end() :]}"
                    tried += 1
                    found += len(unsupported(slipped, evidence)) > sound
    assert tried > 500
    assert found / tried > 0.85
