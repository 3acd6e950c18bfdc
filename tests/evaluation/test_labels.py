"""Labels that are likely wrong are found, and what was read and kept is not shown again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evaluation import labels
from evaluation.labels import KEPT, Row, find_doubts, find_pairs, main, read_rows, report
from evaluation.sets import Kept, SetError, read_kept
from knowledge.answering import Answerer
from knowledge.matching.trained import OUT_OF_SCOPE

OFTEN = "how often do the injections for chronic migraine have to be repeated"
OFTEN_TOO = "how often do the injection for chronic migraines have to be repeated?"
COST = "how much does botox for migraine cost"
EVERYDAY = OUT_OF_SCOPE + "everyday"


def row(text: str, *named: str, held_out: bool = False) -> Row:
    return Row(text, named, "mia", "dev/questions.jsonl:1", held_out)


RIGHT = row(OFTEN, "how-often")
WRONG = row(OFTEN_TOO, "does-it-hurt")
PLANTED = row(COST, "does-it-hurt")


def write(path: Path, *rows: dict[str, object]) -> None:
    path.write_text("".join(json.dumps(each) + "\n" for each in rows), encoding="utf-8")


def test_rows_are_read_with_all_their_labels_and_where_they_stand(tmp_path: Path) -> None:
    write(tmp_path / "asked.jsonl", {"text": OFTEN, "label": "how-often", "voice": "mia", "also": ["schedule"]})
    write(tmp_path / "questions.jsonl", {"text": COST, "accept": ["cost"], "voice": "mia"})
    write(tmp_path / "posts.jsonl", {"text": COST, "helps": ["cost"], "asks": ["cost", "how-often"], "voice": "mia"})
    write(tmp_path / "out_of_scope.jsonl", {"text": COST, "scope": "far", "accept": ["cost"], "voice": "mia"})
    found = read_rows("held_out", tmp_path)
    assert [each.labels for each in found] == [
        ("how-often", "schedule"),
        ("cost",),
        ("cost", "how-often"),
        (OUT_OF_SCOPE, "cost"),
    ]
    assert found[0].place == f"{tmp_path}/asked.jsonl:1"
    assert all(each.held_out for each in found)


def test_places_are_named_from_the_root_and_only_what_is_held_out_is_marked() -> None:
    rows = read_rows("dev")
    assert rows[0].place == "evaluation/data/dev/questions.jsonl:1"
    assert not any(each.held_out for each in rows)


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        (("cost",), ("how-often", "cost"), True),
        (("cost",), ("how-often",), False),
        ((EVERYDAY,), (OUT_OF_SCOPE,), True),
        ((EVERYDAY,), (OUT_OF_SCOPE + "thanks",), False),
        (("cost",), (OUT_OF_SCOPE,), False),
        (("cost",), (OUT_OF_SCOPE, "cost"), True),
    ],
)
def test_labels_agree_where_they_have_something_in_common(
    one: tuple[str, ...], other: tuple[str, ...], agree: bool
) -> None:
    assert row(COST, *one).agrees_with(row(COST, *other)) is agree
    assert row(COST, *other).agrees_with(row(COST, *one)) is agree


def test_a_near_duplicate_under_another_label_is_found(answerer: Answerer) -> None:
    rows = [row(COST, "cost"), RIGHT, row("how long does it last", "how-long-it-lasts"), WRONG, row("…", "cost")]
    (pair,) = find_pairs(rows, answerer.reader)
    assert set(pair.rows) == {RIGHT, WRONG}
    assert pair.likeness >= labels.ALIKE


def test_alike_messages_are_found_however_many_stand_between(
    answerer: Answerer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(labels, "_AT_ONCE", 2)
    rows = [row(f"{OFTEN} {'again ' * times}", "how-often") for times in range(3)]
    rows += [row(f"{OFTEN_TOO} {'again ' * times}", "cost") for times in range(3)]
    alike = {(len(pair.one.text), len(pair.other.text)) for pair in find_pairs(rows, answerer.reader)}
    assert len(alike) >= 3
    monkeypatch.undo()
    assert alike == {(len(pair.one.text), len(pair.other.text)) for pair in find_pairs(rows, answerer.reader)}


def test_no_pair_is_made_of_messages_that_agree(answerer: Answerer) -> None:
    assert find_pairs([RIGHT, row(OFTEN_TOO, "cost", "how-often")], answerer.reader) == []


def test_a_wrong_label_is_found(answerer: Answerer) -> None:
    rows = [RIGHT, row(COST, "cost"), PLANTED, row("which oven dish is best for lasagne", EVERYDAY)]
    (doubt,) = find_doubts(rows, answerer)
    assert doubt.row is PLANTED
    assert doubt.found.name == "cost"
    assert doubt.chance < doubt.found.chance


def test_ours_among_what_is_out_of_scope_is_found_and_the_reverse(answerer: Answerer) -> None:
    ours = row(COST, OUT_OF_SCOPE)
    not_ours = row("which oven dish is best for lasagne", "cost")
    assert {doubt.row for doubt in find_doubts([ours, not_ours], answerer)} == {ours, not_ours}
    assert find_doubts([row(COST, OUT_OF_SCOPE, "cost")], answerer) == []


def test_what_is_found_is_told_with_its_place_its_label_and_both_chances(answerer: Answerer) -> None:
    lines = list(report([RIGHT, WRONG, PLANTED], answerer, ()))
    assert any(f"dev/questions.jsonl:1 (mia) does-it-hurt: {OFTEN_TOO!r}" in line for line in lines)
    (doubt,) = [line for line in lines if COST in line]
    assert doubt.startswith("cost ")
    assert "%, the label " in doubt


def test_kept_messages_are_counted_and_not_shown(answerer: Answerer) -> None:
    lines = list(report([RIGHT, WRONG, PLANTED], answerer, (OFTEN, OFTEN_TOO, COST)))
    assert not any(text in line for line in lines for text in (OFTEN, OFTEN_TOO, COST))
    assert "of 3 messages:" in lines
    assert any(line.startswith("  0 pairs") and "1 kept" in line for line in lines)


def test_a_pair_is_shown_until_both_its_messages_are_kept(answerer: Answerer) -> None:
    assert any(OFTEN_TOO in line for line in report([RIGHT, WRONG], answerer, (OFTEN,)))


def test_what_was_kept_and_is_gone_is_told(answerer: Answerer) -> None:
    assert "kept, and no message any more: 'gone'" in list(report([RIGHT], answerer, ("gone",)))


def test_nothing_of_a_message_held_out_is_shown(answerer: Answerer) -> None:
    rows = [RIGHT, row(OFTEN_TOO, "does-it-hurt", held_out=True), row(COST, "does-it-hurt", held_out=True)]
    lines = list(report(rows, answerer, ()))
    assert not any(text in line for line in lines for text in (OFTEN, OFTEN_TOO, COST))
    assert any(line.startswith("  0 pairs") and "1 of messages held out" in line for line in lines)


def test_a_kept_message_says_why(tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    write(path, {"text": COST, "why": "two questions in one"})
    assert read_kept(path) == (Kept(COST, "two questions in one"),)
    write(path, {"text": COST, "why": "it is so"}, {"text": OFTEN, "why": ""})
    with pytest.raises(SetError, match=r"kept\.jsonl:2"):
        read_kept(path)
    with pytest.raises(SetError, match="is no file"):
        read_kept(tmp_path / "elsewhere.jsonl")


def test_what_was_kept_can_be_read() -> None:
    read_kept(KEPT)


def test_the_command_prints_the_first_of_each_kind(
    answerer: Answerer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept.jsonl"
    write(kept, {"text": COST, "why": "for a test"})
    monkeypatch.setattr(labels, "read_rows", lambda name: [RIGHT, WRONG, PLANTED] if name == "dev" else [])
    main(["--kept", str(kept), "--limit", "1"])
    shown = capsys.readouterr().out
    assert "% alike" in shown
    assert COST not in shown
    assert "1 kept" in shown
