"""The curve draws messages in the same way each time; the ablation leaves out what it says, and finds what tells."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace

import pytest

from evaluation.ablation import PARTS, Part, measure_parts, measure_signals, observe, parts_table, signals_table
from evaluation.curve import count_ours, draw, measure_point, points
from evaluation.relearning import SHOWN, Source, assemble, measure
from evaluation.sets import MessageSet, OutOfScope, Question, SetName
from knowledge.matching.fitting import FOLDS, USES
from knowledge.matching.trained import OUT_OF_SCOPE

pytestmark = pytest.mark.services  # they learn the bot anew some dozen times

pytest.importorskip("sklearn", reason="scikit-learn is in requirements-train.txt")


def messages(name: SetName, copies: int = 12) -> MessageSet:
    """Some messages of each kind, more than there are folds, no two alike."""
    asked = [("what is the price", "cost"), ("how often do i get it", "how-often"), ("is it painful", "does-it-hurt")]
    asked += [("can i pay for it every week", "cost"), ("how much does every one hurt", "does-it-hurt")]
    outside = ["what dose of topiramate", "pizza with a dog", "how often do you take topiramate", "price of a dog"]
    numbers = range(3, copies + 3)
    questions = [Question(f"{text} {'x' * each}", (entry,), "mia") for each in numbers for text, entry in asked]
    far = [OutOfScope(f"{text} {'y' * each}", "far", (), "mia") for each in numbers for text in outside]
    return MessageSet(name, tuple(questions), tuple(far), (), (), (), (), ())


SETS: Mapping[SetName, MessageSet] = {"training": messages("training"), "dev": messages("dev", 2)}


def test_messages_are_drawn_by_seed_and_the_question_stays(few: Source) -> None:
    drawn = draw(few, 5, seed=1)
    assert drawn.messages == draw(few, 5, seed=1).messages
    assert drawn.messages != draw(few, 5, seed=2).messages
    assert set(drawn.messages) < set(few.messages)
    for name, entry in few.knowledge.entries.items():
        left = [message.text for message in drawn.messages if message.label == name]
        assert len(left) == 5
        assert entry.question in left
    assert draw(few, None, seed=1) == few
    assert draw(few, 100_000, seed=1).messages == few.messages


def test_subjects_out_of_scope_keep_their_messages(few: Source) -> None:
    def outside(source: Source) -> int:
        return sum(message.label.startswith(OUT_OF_SCOPE) for message in source.messages)

    assert outside(draw(few, 5, seed=1)) == outside(few) > 5


def test_each_size_is_drawn_with_every_seed_and_all_messages_once() -> None:
    assert list(points((15, None), (1, 2))) == [(15, 1), (15, 2), (None, 1)]


def test_a_point_of_the_curve_is_learnt_from_few_messages(few: Source) -> None:
    point = measure_point(few, SETS, 5, seed=1)
    assert point["messages"] == 5 * len(few.knowledge.entries) < count_ours(few)
    assert {"ranked_first", *SHOWN} - set(point["dev"]) == {"near_answered"}


def test_every_message_is_judged_once(few: Source) -> None:
    found = measure(few.knowledge, few.learn(), SETS)
    for name, judged in SETS.items():
        assert found[name]["ranked_first"]["of"] == found[name]["right_first"]["of"] == len(judged.questions)
        assert found[name]["far_answered"]["of"] == len(judged.out_of_scope)
    assert len(SETS["training"].questions) > FOLDS


@pytest.mark.parametrize(
    ("name", "text", "with_part", "without_part"),
    [
        ("words (`word:`)", "price", "word:pric", ""),
        ("meanings (`means:`)", "price", "means:price", ""),
        ("two terms in a row (`then:`)", "is price", "then:is+pric", ""),
        ("concepts", "price", "means:price", ""),
        ("synonyms", "jabs", "word:injection", "word:jab"),
        ("the corrector of typing errors", "prcie", "word:pric", "word:prci"),
    ],
)
def test_a_part_that_is_left_out_leaves_no_trace(
    few: Source, name: str, text: str, with_part: str, without_part: str
) -> None:
    def features(part: Part) -> set[str]:
        with part.patched() if part.patched else nullcontext():
            words = few.knowledge.vocabulary
            knowledge = replace(few.knowledge, vocabulary=part.vocabulary(words) if part.vocabulary else words)
            bot = assemble(knowledge, replace(few, knowledge=knowledge).learn())
            return set(bot.scorer.ranker.rank(bot.read(text).terms).features)

    part = next(part for part in PARTS if part.name == name)
    assert with_part in features(PARTS[0])
    assert with_part not in features(part)
    assert not without_part or without_part in features(part)


def test_signals_that_are_left_out_are_in_no_function() -> None:
    for part in PARTS:
        left = {name for uses in part.uses().values() for name in uses.names}
        assert left.isdisjoint(part.signals)
        assert not part.signals or sum(len(uses.names) for uses in USES.values()) > len(left)


def test_rows_name_what_they_leave_out(few: Source) -> None:
    chosen = [part for part in PARTS if part.name in ("", "the order by joint chance", "two terms in a row (`then:`)")]
    rows = measure_parts(few, SETS, chosen)
    assert [row["without"] for row in rows] == [part.name for part in chosen]
    head, shown = parts_table({"parts": rows})
    assert {len(row) for row in shown} == {len(head)}


def test_a_signal_that_tells_is_missed(few: Source) -> None:
    compiled = few.learn()
    seen = {name: observe(judged, compiled) for name, judged in SETS.items()}
    functions = {name: USES[name] for name in ("in_scope", "intent")}
    rows = measure_signals(seen["training"], seen["dev"], functions)
    whole, *others = [row for row in rows if row["function"] == "in_scope"]
    assert {row["without"] for row in others} == set(USES["in_scope"].names)
    assert max(row["training"] for row in others) > whole["training"]
    head, shown = signals_table({"signals": rows})
    assert {len(row) for row in shown} == {len(head)}
