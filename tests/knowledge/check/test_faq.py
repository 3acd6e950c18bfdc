"""The real FAQ, as an editor's last check has to leave it: every number in its facts, nothing above its limits."""

from __future__ import annotations

import pytest

from knowledge.check.checks import review_texts
from knowledge.check.findings import Review, UncitedNumber
from knowledge.model import Knowledge


@pytest.fixture(scope="module")
def review(knowledge: Knowledge) -> Review:
    return review_texts(knowledge, max(entry.checked for entry in knowledge.entries.values()))


def test_no_text_breaks_a_rule_of_the_house(review: Review) -> None:
    assert [str(finding) for finding in review.errors] == []


def test_the_number_in_every_point_is_in_its_facts(review: Review) -> None:
    """But for those that somebody compared and confirmed, with a reason: the sum of a list in the sentence, say."""
    numbers = [finding for finding in review.findings if isinstance(finding, UncitedNumber)]
    assert [str(finding) for finding in numbers if finding.id not in review.confirmed] == []
    assert all(review.confirmed[finding.id].count(",") >= 1 for finding in numbers)
