"""What a reply says, and that every message fits, on the real FAQ."""

from __future__ import annotations

from itertools import combinations

import pytest

from knowledge.choosing import choose
from knowledge.model import Knowledge
from knowledge.rendering.answer import MESSAGE_LIMIT, answer_text, answers_text, reply_text, spoken_date
from knowledge.rendering.rich_text import Text
from knowledge.reply import Answer, Silent, Suggestions, Unknown


def test_every_answer_fits_whatever_is_added_to_it(knowledge: Knowledge) -> None:
    entries = list(knowledge.entries.values())
    others = tuple(entries[:3])
    for entry in entries:
        reply = Answer((entry,), 0.6, others, mentions_sign=True)
        assert reply_text(reply, knowledge).length <= MESSAGE_LIMIT


def test_the_three_longest_answers_fit_into_one_message(knowledge: Knowledge) -> None:
    longest = sorted(knowledge.entries.values(), key=lambda entry: -answer_text(choose(entry), knowledge).length)[:9]
    for three in combinations(longest, 3):
        for safety_note in (True, False):
            text = answers_text([choose(entry) for entry in three], knowledge, safety_note=safety_note)
            assert text.length <= MESSAGE_LIMIT


def test_an_answer_shows_question_points_dispute_sources_and_date(knowledge: Knowledge) -> None:
    entry = knowledge.entries["who-should-inject"]
    text = answer_text(choose(entry), knowledge).plain(links=True)
    assert text.startswith(entry.question)
    assert all(point.text in text for point in (*entry.answer, *entry.more))
    for dispute in entry.disputes:
        assert dispute.trust in text
        assert all(side.who in text and side.says in text for side in dispute.sides)
    for place in entry.citations:
        assert place.source.title in text or place.source.name in text
        assert place.source.url in text
    assert knowledge.wordings.disclaimer in text
    assert spoken_date(entry.checked.isoformat()) in text


def test_source_numbers_begin_at_one_and_every_number_is_listed(knowledge: Knowledge) -> None:
    import re

    for entry in knowledge.entries.values():
        text = answer_text(choose(entry), knowledge).plain()
        points, listed = re.split(r"\nSources(?:: |\n)", text)
        used = {int(number) for marks in re.findall(r"\[([\d, ]+)\]", points) for number in marks.split(",")}
        numbers = [int(number) for number in re.findall(r"^(\d+)\. ", listed, re.MULTILINE)]
        assert numbers == list(range(1, len(numbers) + 1))
        assert used == set(numbers), entry.id


def test_the_note_is_added_once(knowledge: Knowledge) -> None:
    note = knowledge.wordings.safety_note
    for entry in knowledge.entries.values():
        assert answer_text(choose(entry), knowledge, safety_note=True).plain().count(note) == 1
        assert answer_text(choose(entry), knowledge).plain().count(note) == int(entry.safety_note)


def test_when_to_get_help_stands_open_in_the_words_that_fit_and_nothing_of_it_is_lost(knowledge: Knowledge) -> None:
    heading, note = knowledge.wordings.get_help, knowledge.wordings.safety_note
    signs = set(knowledge.wordings.safety_evidence)
    for entry in knowledge.entries.values():
        for safety_note in (True, False):
            text = answer_text(choose(entry), knowledge, safety_note=safety_note)
            opened = Text(tuple(block for block in text.blocks if not block.folded)).plain()
            noted = safety_note or entry.safety_note
            assert text.plain().count(note) == noted, entry.id
            assert (note in opened) == (noted and not (entry.help and signs & set(entry.help.evidence))), entry.id
            assert not entry.help or f"{heading} {entry.help.text}" in opened, entry.id


def test_other_replies(knowledge: Knowledge) -> None:
    entries = tuple(list(knowledge.entries.values())[:2])
    suggestions = reply_text(Suggestions(entries, 0.3), knowledge).plain()
    assert all(entry.question in suggestions for entry in entries)
    said, way_out = reply_text(Unknown(), knowledge).plain().split("\n\n")
    assert said == knowledge.wordings.unknown
    assert "911" in way_out
    assert "findahelpline.com" in way_out
    assert reply_text(Unknown(("Elsewhere.",)), knowledge).plain() == f"Elsewhere.\n\n{way_out}"
    assert reply_text(Silent(), knowledge).plain() == ""


@pytest.mark.parametrize(
    ("written", "spoken"), [("2018-05-24", "24 May 2018"), ("2018-05", "May 2018"), ("2018", "2018"), ("", "")]
)
def test_dates(written: str, spoken: str) -> None:
    assert spoken_date(written) == spoken
