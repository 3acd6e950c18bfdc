"""The real FAQ, as an editor's last check has to leave it: every number in its facts, nothing above its limits."""

from __future__ import annotations

from knowledge.check.checks import review_texts
from knowledge.check.findings import UncitedNumber
from knowledge.model import Knowledge


def test_no_text_breaks_a_rule_of_the_house(knowledge: Knowledge) -> None:
    day = max(entry.checked for entry in knowledge.entries.values())
    review = review_texts(knowledge, day)
    assert [str(finding) for finding in review.errors] == []


def test_the_number_in_every_point_is_in_its_facts(knowledge: Knowledge) -> None:
    """But for those that a person compared and confirmed, each with a reason: a sum of the list in the sentence, say."""
    day = max(entry.checked for entry in knowledge.entries.values())
    review = review_texts(knowledge, day)
    numbers = [finding for finding in review.findings if isinstance(finding, UncitedNumber)]
    assert [str(finding) for finding in numbers if finding.id not in review.confirmed] == []
    assert all(review.confirmed[finding.id].count(",") >= 1 for finding in numbers)
