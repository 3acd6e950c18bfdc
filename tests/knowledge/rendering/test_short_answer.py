"""The answer of a group: it fits one screen of a phone, whatever is asked and however, on the real FAQ."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import combinations, pairwise
from statistics import median

import pytest

from knowledge.choosing import choose
from knowledge.model import Asked, Knowledge
from knowledge.rendering.answer import GROUP_LIMIT, answer_text, group_text, reply_text, short_text
from knowledge.rendering.rich_text import Text
from knowledge.reply import Answer, Reply, Suggestions

COLUMNS = 40
"""Characters in a line of a phone, as the answers of other bots were measured."""

REGIONS = ("US", "UK", "IE")


def ways_to_ask(knowledge: Knowledge) -> Iterator[Answer]:
    """Every entry, as its own question asks for it, by every other point, from a country, in doubt, as a guess."""
    entries = list(knowledge.entries.values())
    others = tuple(entries[:3])
    for entry in entries:
        yield Answer.chosen(entry)
        for mentions_sign in (False, True):
            yield Answer((entry,), 0.9, mentions_sign=mentions_sign)
            for guess in (False, True):
                yield Answer((entry,), 0.4, others, guess=guess, mentions_sign=mentions_sign)
                for region in REGIONS:
                    asked = Asked(regions=(region,))  # type: ignore[arg-type]
                    yield Answer((entry,), 0.4, others, guess=guess, mentions_sign=mentions_sign, asked=asked)
        for point in entry.points:
            yield Answer((entry,), 0.9, asked=Asked(named=frozenset(point.names)))
        yield Answer((entry,), 0.9, asked=Asked(follows=True, goes_on=True))
    longest = sorted(entries, key=lambda entry: -len(entry.answer[0].text))[:8]
    yield from (Answer(pair, 0.9) for pair in pairwise(entries))
    yield from (Answer(three, 0.9, mentions_sign=sign) for three in combinations(longest, 3) for sign in (False, True))


def lines_of(text: Text) -> int:
    return sum(max(1, len(textwrap.wrap(line, COLUMNS))) for line in text.plain().split("\n"))


def measure(texts: Iterable[Text]) -> tuple[float, int, float, int]:
    """Median and maximum of the characters, and of the lines."""
    told = list(texts)
    lengths, lines = [text.length for text in told], [lines_of(text) for text in told]
    return median(lengths), max(lengths), median(lines), max(lines)


def test_an_answer_of_any_entry_fits_one_screen(knowledge: Knowledge) -> None:
    usual, most, usual_lines, most_lines = measure(
        short_text(Answer.chosen(entry), knowledge) for entry in knowledge.entries.values()
    )
    assert most <= GROUP_LIMIT
    assert usual <= 390
    assert usual_lines <= 14
    assert most_lines <= 17


def test_however_it_is_asked_it_fits_and_says_something(knowledge: Knowledge) -> None:
    for reply in ways_to_ask(knowledge):
        text = short_text(reply, knowledge)
        said = text.plain()
        assert text.length <= GROUP_LIMIT, (reply.entries[0].id, reply.asked, reply.guess)
        points = [point.text for each in reply.choices for point in (*each.shown, *each.entry.answer)]
        assert any(point in said for point in points), said
        assert said.count(knowledge.wordings.disclaimer_briefly) == 1
        assert not reply.guess or knowledge.wordings.closest in said


def test_no_word_on_help_is_lost(knowledge: Knowledge) -> None:
    wordings = knowledge.wordings
    helped = 0
    for reply in ways_to_ask(knowledge):
        said = short_text(reply, knowledge).plain()
        own = [entry.help.text for entry in reply.entries if entry.help]
        if reply.safety_note or own:
            helped += 1
            whole = own and all(f"{wordings.get_help} {text}" in said for text in own)
            told = wordings.besides_gravest in said and all(sign in said.lower() for sign in wordings.gravest_signs)
            briefly = wordings.safety_note_briefly in said or wordings.help_briefly in said
            assert whole or told or briefly, said
        else:
            assert "⚠️" not in said
        if reply.mentions_sign:
            assert wordings.safety_note_briefly in said or told or own
    assert helped > 500


def test_points_are_never_cut_and_sources_have_names(knowledge: Knowledge) -> None:
    points = {point.text for entry in knowledge.entries.values() for point in entry.points}
    for entry in knowledge.entries.values():
        said = short_text(Answer.chosen(entry), knowledge).plain()
        for line in said.split("\n"):
            if line.startswith("• "):
                assert any(line.endswith(point) for point in points), line
        assert "\nFrom: " in said, entry.id
    names = {source.name for source in knowledge.sources.values()}
    assert not [name for name in names if "not stated" in name or "not seen" in name]


def test_the_publishers_can_be_told_apart_and_those_without_a_name_are_counted(knowledge: Knowledge) -> None:
    entry = knowledge.entries["how-often"]
    line = next(line for line in short_text(Answer.chosen(entry), knowledge).plain().split("\n") if "From: " in line)
    named, _, more = line.removeprefix("From: ").removesuffix(knowledge.wordings.disclaimer_briefly).partition(" and ")
    names = {place.source.name for place in entry.citations}
    assert set(named.split(" · ")) <= names
    assert re.fullmatch(r"[1-9]\d* more\. ", more)


def test_the_note_on_help_does_not_say_again_what_the_answer_says(knowledge: Knowledge) -> None:
    wordings = knowledge.wordings
    said = short_text(Answer.chosen(knowledge.entries["serious-side-effects"]), knowledge).plain()
    assert said.lower().count("weak all over") == 1
    assert wordings.besides_gravest in said
    other = short_text(Answer.chosen(knowledge.entries["common-side-effects"]), knowledge).plain()
    assert wordings.safety_note_briefly in other
    assert all(sign in wordings.safety_note_briefly.lower() for sign in wordings.gravest_signs)


@pytest.mark.parametrize("text_of", [short_text, reply_text])
def test_above_a_single_button_nothing_speaks_of_several(
    knowledge: Knowledge, text_of: Callable[[Answer, Knowledge], Text]
) -> None:
    entries, wordings = knowledge.entries, knowledge.wordings
    one = Answer((entries["how-often"],), 0.9, (entries["cost"],))
    two = replace(one, others=(entries["cost"], entries["aura"]))
    assert text_of(one, knowledge).plain().endswith(wordings.or_else_one)
    assert text_of(two, knowledge).plain().endswith(wordings.or_else)


def test_an_answer_to_too_many_questions_says_what_it_leaves_out(knowledge: Knowledge) -> None:
    entries = knowledge.entries
    reply = Answer((entries["how-often"], entries["cost"]), 0.9, left_out=(entries["aura"], entries["flying"]))
    wordings, labels = knowledge.wordings, f"{entries['aura'].label} · {entries['flying'].label}"
    assert wordings.left_out.format(labels=labels) in reply_text(reply, knowledge).plain()
    assert wordings.in_whole_answers.format(labels=labels) in short_text(reply, knowledge).plain()


def test_suggestions_fit_too(knowledge: Knowledge) -> None:
    longest = tuple(sorted(knowledge.entries.values(), key=lambda entry: -len(entry.question))[:3])
    assert group_text(Suggestions(longest, 0.4), knowledge, whole=False).length <= GROUP_LIMIT


@pytest.mark.parametrize("whole", [True, False])
def test_a_groups_own_line_comes_on_top(knowledge: Knowledge, whole: bool) -> None:
    reply: Reply = Answer.chosen(knowledge.entries["what-is-botox"])
    bare = group_text(reply, knowledge, whole=whole)
    line = "Read our rules."
    said = group_text(reply, knowledge, whole=whole, own_line=line)
    assert said.plain() == f"{bare.plain()}\n\n📌 {line}"
    assert (bare.length > GROUP_LIMIT) is whole


def test_a_private_answer_still_shows_every_point(knowledge: Knowledge) -> None:
    for entry in knowledge.entries.values():
        said = answer_text(choose(entry), knowledge).plain()
        assert knowledge.wordings.disclaimer in said
        assert all(point.text in said for point in choose(entry).shown), entry.id
