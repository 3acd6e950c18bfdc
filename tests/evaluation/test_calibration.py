"""What the bot said it was so sure of, held against what was right."""

from pathlib import Path

import pytest

from evaluation.calibration import Said, describe, list_errors, list_said, table
from evaluation.plots import RELIABILITY, draw_reliability
from evaluation.sets import MessageSet, OutOfScope, Post, Question
from knowledge.answering import Answerer


def test_bands_say_what_was_said_and_what_held() -> None:
    said = [Said("mia", 0.95, holds=True), Said("mia", 1.0, holds=True), Said("jo", 0.31, holds=False)]
    found = describe(said)
    assert found["messages"] == 3
    assert [(each["from"], each["messages"], each["said"], each["held"]) for each in found["bands"]] == [
        (0.3, 1, 0.31, 0.0),
        (0.9, 2, 0.975, 1.0),
    ]
    assert found["error"] == pytest.approx((0.31 + 0.05) / 3, abs=1e-4)
    head, rows = table({"rows": [found]})
    assert len(head) == len(rows[0]) == 5
    assert rows[1][:4] == ["0.9 to 1.0", "2", "98%", "100%"]
    assert list_errors({"rows": [{"voice": "mia", "error": 0.0312}]}) == "mia 0.031"


def test_every_kind_of_message_is_judged_by_its_own_labels(answerer: Answerer) -> None:
    messages = MessageSet(
        "dev",
        questions=(Question("how often is it repeated?", ("how-often",), "mia"), Question("🙂", ("cost",), "mia")),
        out_of_scope=(OutOfScope("what does it cost", "near-domain", (), "jo"),),
        out_of_scope_posts=(),
        posts=(Post("I had my first round. What does it cost? Thank you all.", ("cost",), ("cost",), "mia"),),
        chatter=(),
        urgent=(),
        calm=(),
    )
    found = list(list_said(answerer, messages))
    assert [(each.voice, each.holds) for each in found] == [("mia", True), ("jo", False), ("mia", True)]
    assert all(0 < each.chance <= 1 for each in found)


def test_the_picture_is_drawn(tmp_path: Path) -> None:
    draw_reliability(describe([Said("mia", 0.9, holds=True), Said("jo", 0.2, holds=False)])["bands"], tmp_path)
    assert (tmp_path / f"{RELIABILITY}.png").read_bytes().startswith(b"\x89PNG")
