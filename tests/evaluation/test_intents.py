"""The matching room learns any subject from labelled rows, and what is wrong with rows is said in a sentence."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from evaluation.intents import Judged, Row, choose_threshold, judge, learn, main, read_both

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "evaluation" / "data" / "intents_example"

RAIN = """will it rain today
do I need an umbrella
is it going to rain this afternoon
any rain on the way
should I take an umbrella with me
is rain forecast for tomorrow
how likely is rain at noon
rain or sunshine today
will I need my umbrella later
when will the rain stop"""
BUS = """when does the next bus leave
which bus goes to the market
is the bus late
what time is the last bus
where does the bus to town stop
how often does the bus come
has the bus gone already
bus times please
does this bus go to the station
when is the bus to the station"""
COFFEE = """I'd like a coffee
a large coffee please
can I have coffee with milk
one black coffee
coffee to take away
make me a coffee with two sugars
do you have coffee without caffeine
a small coffee and no sugar
how much is a coffee with milk
another coffee please"""
ELSEWHERE = """who painted that picture
my shoe is broken
sing something
the dog ran off again
what is seven times nine
paint the fence green
my sister plays the violin
call grandmother
explain gravity
turn the lights off
where are my keys
who won the match"""

ROWS = [
    *(Row(text, "rain") for text in RAIN.split("\n")),
    *(Row(text, "bus") for text in BUS.split("\n")),
    *(Row(text, "coffee") for text in COFFEE.split("\n")),
    *(Row(text, None) for text in ELSEWHERE.split("\n")),
]
ASKED = [
    Row("is there any rain tomorrow", "rain"),
    Row("take an umbrella?", "rain"),
    Row("what time does the bus go", "bus"),
    Row("next bus to the market", "bus"),
    Row("coffee with sugar please", "coffee"),
    Row("can I have a large coffee", "coffee"),
    Row("who wrote this song", None),
    Row("the violin is broken", None),
    Row("???", None),
]
SOUND = '{"text": "is it late", "label": "bus"}\n{"text": "more milk", "label": "coffee"}\n'


def write(path: Path, rows: list[Row]) -> str:
    path.write_text("".join(json.dumps(row._asdict()) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def run(train: Path, test: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What is said on standard error, where the status is 2 and nothing else is printed."""
    with pytest.raises(SystemExit) as left:
        main([str(train), str(test)])
    printed = capsys.readouterr()
    assert left.value.code == 2
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    return printed.err


def test_everyday_intents_are_learnt_and_others_turned_away() -> None:
    learnt = learn(ROWS)
    for row in ASKED:
        found = judge(learnt, row)
        assert found.ours == found.right == (found.chance >= learnt.threshold), row


def test_every_figure_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([write(tmp_path / "train.jsonl", ROWS), write(tmp_path / "test.jsonl", ASKED)])
    printed = capsys.readouterr().out
    assert re.match(r"Learnt in [\d.]+ s: 30 rows of 3 labels, 12 out of scope\.\n", printed)
    for name, counted in (
        ("accuracy", "6 of 6"),
        ("answered", "6 of 6"),
        ("accuracy among answered", "6 of 6"),
        ("out-of-scope recall", "3 of 3"),
        ("false answers", "0 of 3"),
    ):
        assert re.search(rf"^{name} .* {counted}$", printed, re.MULTILINE)
    assert re.search(r"^A message takes [\d.]+ ms \(median\), [\d.]+ ms \(99th percentile\)\.$", printed, re.MULTILINE)


def test_rows_out_of_scope_may_be_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train, test = ([row for row in rows if row.label] for rows in (ROWS, ASKED))
    main([write(tmp_path / "train.jsonl", train), write(tmp_path / "test.jsonl", test)])
    printed = capsys.readouterr().out
    assert "Answers from a chance of 0.50 on." in printed
    assert "accuracy among answered" in printed
    assert "out-of-scope recall" not in printed


@pytest.mark.parametrize(
    ("judged", "threshold"),
    [
        ([(True, True, 0.9), (True, True, 0.6), (False, False, 0.2)], 0.4),
        ([(True, True, 0.9), (True, True, 0.3), (False, False, 0.5), (False, False, 0.1)], 0.7),
        ([(True, True, 0.9), (True, True, 0.3), (True, True, 0.3), (False, False, 0.5), (False, False, 0.1)], 0.2),
        ([(True, True, 0.4), (False, False, 0.4)], 1.0),
        ([(True, False, 0.9), (False, False, 0.2)], 1.0),
        ([(True, True, 0.1)], 0.5),
    ],
)
def test_the_threshold_weighs_answers_against_refusals(judged: list[Any], threshold: float) -> None:
    assert choose_threshold([Judged(*each) for each in judged]) == pytest.approx(threshold)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "is no JSON (expected {"),
        ("[" * 100_000, "is no JSON (expected {"),
        ('"bus"', "has no text and label (expected {"),
        ('{"text": "bus times"}', "has no text and label (expected {"),
        ('{"text": " ", "label": "bus"}', "the text is ' ' (expected a message)"),
        ('{"text": 7, "label": "bus"}', "the text is 7 (expected a message)"),
        ('{"text": "bus times", "label": ""}', "the label is '' (expected null, or a name"),
        ('{"text": "bus times", "label": 3}', "the label is 3 (expected null, or a name"),
        ('{"text": "bus times", "label": "out-of-scope:all"}', "the label is 'out-of-scope:all' (expected null, or"),
    ],
)
@pytest.mark.parametrize("wrong", ["train", "test"])
def test_a_bad_row_is_named(
    line: str, said: str, wrong: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("train", "test"):
        (tmp_path / name).write_text(SOUND + "\n" + (line if name == wrong else ""), encoding="utf-8")
    assert run(tmp_path / "train", tmp_path / "test", capsys).startswith(f"{tmp_path / wrong}:4: {said}")


@pytest.mark.parametrize(
    ("train", "test", "said"),
    [
        (None, SOUND, r".*/train: can't be read: No such file or directory\n"),
        (b"\xff\xfe\n", SOUND, r".*/train: is not in UTF-8 \(expected rows in that encoding\)\n"),
        ("", SOUND, r".*/train: labels to tell apart: 0 \(expected two or more\)\n"),
        (
            '{"text": "bus times", "label": "bus"}\n{"text": "sing", "label": null}',
            SOUND,
            r".*/train: labels to tell apart: 1 \(expected two or more\)\n",
        ),
        (SOUND, "\n", r".*/test: is empty \(expected rows to measure on\)\n"),
        (SOUND, '{"text": "rain?", "label": "rain"}', r".*/test:1: the label is 'rain' \(expected null, or one that"),
        (
            '{"text": "巴士", "label": "bus"}\n{"text": "咖啡", "label": "coffee"}',
            SOUND,
            r"the rows to learn from have too few words in common \(expected several alike for each label\)\n",
        ),
    ],
)
def test_what_can_be_neither_learnt_nor_measured_is_said(
    train: str | bytes | None, test: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if train is not None:
        (tmp_path / "train").write_bytes(train.encode() if isinstance(train, str) else train)
    (tmp_path / "test").write_text(test, encoding="utf-8")
    assert re.match(said, run(tmp_path / "train", tmp_path / "test", capsys))


def test_the_example_is_sound() -> None:
    taught, asked = read_both(EXAMPLE / "train.jsonl", EXAMPLE / "test.jsonl")
    assert {row.text for row in taught}.isdisjoint(row.text for row in asked)
    assert {row.label for row in taught} == {row.label for row in asked}


def test_the_matching_room_knows_nothing_of_the_subject() -> None:
    modules = list((ROOT / "knowledge" / "matching").glob("*.py"))
    assert modules
    for module in modules:
        tree = _WithoutDocstrings().visit(ast.parse(module.read_text(encoding="utf-8")))
        assert not re.search("botox|migraine", ast.unparse(tree), re.IGNORECASE), module


class _WithoutDocstrings(ast.NodeTransformer):
    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        return None if isinstance(node.value, ast.Constant) else node
