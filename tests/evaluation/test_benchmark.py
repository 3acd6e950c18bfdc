import json
from collections.abc import Callable
from pathlib import Path

import pytest

from evaluation.benchmark import ASKED, _keep, asked_of, thin_out, unseen
from evaluation.benchmark_process import Limits, MeasuringError, measured
from evaluation.benchmark_report import _GROWTH, _growth, report
from evaluation.calibration import Said, describe
from evaluation.matchers import Fts5, Method, Ours, OursGrown, Phrasings, RapidFuzzWRatio
from evaluation.metrics import Asked
from evaluation.relearning import Source
from evaluation.sets import SetName, read_set
from tests.knowledge import small

FAQ: Phrasings = {
    "cost": ["what does it cost", "how much is one session", "price of the injections", "is it expensive"],
    "when": ["when does it start working", "how long until it works", "days before it helps"],
    "hurt": ["does it hurt", "are the injections painful", "how bad is the pain"],
}
SETS: tuple[SetName, ...] = ("training", "held_out")

QUESTIONS = [
    "whats the price",
    "how long before it works",
    "is it painful?",
    "price?",
    "how much?",
    "does it hurt much",
]


def grown_from_a_small_faq(folder: Path) -> Method:
    source = folder / "knowledge"
    return OursGrown(source if source.exists() else small.write(folder))


@pytest.mark.parametrize("made", [grown_from_a_small_faq, lambda _: RapidFuzzWRatio(), lambda _: Fts5()])
def test_a_method_finds_the_same_after_a_start_from_what_it_kept(
    made: Callable[[Path], Method], tmp_path: Path
) -> None:
    built, restored = made(tmp_path), made(tmp_path)
    (tmp_path / "kept").mkdir()
    built.build(FAQ)
    built.keep(tmp_path / "kept")
    restored.restore(tmp_path / "kept")
    for text in QUESTIONS:
        assert built.rank(text) == restored.rank(text)
    assert built.rank("what is the price of it")[0][0] == "cost"
    assert built.rank("when does it start to work")[0][0] == "when"


def test_extract_one_names_the_phrasing_that_leads_the_ranking() -> None:
    method = RapidFuzzWRatio()
    method.build(FAQ)
    for text in QUESTIONS:
        found = method.answer(text)
        assert isinstance(found, tuple)
        entry = next(name for name, texts in FAQ.items() if found[0] in texts)
        assert dict(method.rank(text))[entry] == pytest.approx(found[1])


def test_our_matcher_starts_as_the_bot_does_and_not_from_other_phrasings(tmp_path: Path) -> None:
    source = small.write(tmp_path)
    method = Ours(source)
    with pytest.raises(ValueError, match="OursGrown"):
        method.build(FAQ)
    method.build(Source.read(source).list_by_class())
    assert method.rank("what is the price")[0][0] == "cost"
    shown, answered = method.shown("zzz")
    assert (shown, answered) == ([], False)


def test_a_process_reports_time_memory_and_rankings(tmp_path: Path) -> None:
    found = measured("rapidfuzz-wratio", FAQ, tmp_path / "vectors.npz", QUESTIONS, FAQ["when"], grown=True)
    assert [row[0][0] for row in found["ranked"]] == ["when", "when", "when"]
    assert found["micros"]["questions"] == len(QUESTIONS)
    assert 0 < found["micros"]["median"] <= found["micros"]["longest"]
    assert found["megabytes"] > 5
    assert found["cold_seconds"] > 0


def test_a_step_beyond_its_limit_is_reported_as_that(tmp_path: Path) -> None:
    with pytest.raises(MeasuringError, match="more than 0 min"):
        measured("fts5", FAQ, tmp_path / "vectors.npz", QUESTIONS, [], limits=Limits(seconds=0.01))
    many = {"cost": [f"what does number {number} cost" for number in range(200_000)]}
    with pytest.raises(MeasuringError, match="more than 0 GB"):
        measured("fts5", many, tmp_path / "vectors.npz", QUESTIONS, [], limits=Limits(gigabytes=0.03))


def test_the_report_shows_what_was_measured_and_what_failed() -> None:
    figures = {
        "right_first": 0.876,
        "right_in_three": 0.9,
        "right_in_four": 0.95,
        "answered_rightly": 0.8,
        "wrong_with_confidence": 0.043,
        "wrong_at_80": 0.07,
        "near_at_80": 0.2,
        "far_at_80": 0.01,
        "false_near": 0.1,
        "false_far": 0.0,
    }
    speed = {
        "micros": {"median": 250.0, "p99": 900.0, "longest": 950.0, "questions": 195},
        "megabytes": 80.0,
        "cold_seconds": 2.0,
        "warm_seconds": 0.1,
        "kept_megabytes": 6.0,
        "cut_short": False,
        "right_first": 0.5,
    }
    counted = {"ours": 340, "near-domain": 75, "far": 35}
    accuracy = {
        "begun": "2026-11-21T09:00:00+00:00",
        "machine": "Linux",
        "entries": 85,
        "phrasings": 7162,
        "note": "",
        "chosen_on": {"messages": "some"} | counted,
        "reported": {"messages": "Others"} | counted,
        "given": {"ours": 0, "near-domain": 0, "far": 0},
        "methods": {"ours": speed | {"reported": figures}, "chatterbot": {"failed": "not installed"}},
    }
    slow = speed | {"micros": {"median": 2500.0, "p99": 9000.0, "longest": 9900.0, "questions": 12}}
    growth = {
        "begun": "2026-11-21T09:00:00+00:00",
        "sizes": [100, 1000],
        "methods": {
            "ours": {"100": speed, "1000": slow},
            "chatterbot": {"100": speed, "1000": {"failed": "more than 12 GB"}},
        },
    }
    half, none = {"right_first": {"share": 0.5}}, {"right_first": {"share": 0.0}}
    ablated = {"begun": "2026-11-29T09:00:00+00:00", "rows": [{"without": "luck", "dev": half, "held_out": none}]}
    curved = {
        "begun": "2026-11-29T09:00:00+00:00",
        "rows": [{"voices": 5, "messages": 1250, "dev": none, "held_out": half}],
    }
    calibrated = {
        "begun": "2026-11-29T09:00:00+00:00",
        "rows": [
            {"voice": "all voices"} | describe([Said("mia", 0.96, holds=True), Said("jo", 0.22, holds=False)]),
            {"voice": "mia"} | describe([Said("mia", 0.96, holds=True)]),
        ],
    }
    speeds = {"0.1.0": {"one decision": "1 ms", "a start": "2 s"}, "now": {"one decision": "0.5 ms"}}
    text = report(json.loads(json.dumps(accuracy)), growth, ablated, curved, calibrated, speeds)
    assert "| luck | 50.0 % | – | – | – | – | 0.0 % | – | – | – | – |" in text
    assert "|  | 0.1.0 | now |" in text
    assert "| a start | 2 s | – |" in text
    assert "| 5 | 1250 | 0.0 % | – | – | – | 50.0 % | – | – | – |" in text
    assert (
        "| this matcher | 87.6 % | 90.0 % | 95.0 % | 7.0 % | 20.0 % | 1.0 % | 80.0 % | 4.3 % | 10.0 % | 0.0 % |" in text
    )
    assert "| ChatterBot | not installed |" in text
    assert "all voices 0.130, mia 0.040" in text
    assert "| 0.9 to 1.0 | 1 | 96% | 100% | 21% to 100% |" in text
    assert "9.90 ms (longest of 12)" in text
    assert "more than 12 GB" in text
    assert "$" not in text
    assert "two runs" not in text
    later = growth | {"begun": "2026-11-22T09:00:00+00:00"}
    assert "two runs" in report(accuracy, later, ablated, curved, calibrated, speeds)


def test_methods_that_were_not_measured_again_stay_where_the_messages_are_as_many(tmp_path: Path) -> None:
    path = tmp_path / "accuracy.json"
    _keep(path, {"phrasings": 9, "methods": {"fts5": {"failed": "before"}, "ours": {"failed": "before"}}})
    _keep(path, {"phrasings": 9, "methods": {"ours": {"failed": "now"}}})
    assert json.loads(path.read_text())["methods"] == {"ours": {"failed": "now"}, "fts5": {"failed": "before"}}
    _keep(path, {"phrasings": 10, "methods": {"ours": {"failed": "now"}}})
    assert json.loads(path.read_text())["methods"] == {"ours": {"failed": "now"}}


def test_a_question_that_the_faq_holds_word_for_word_is_left_out() -> None:
    questions = [Asked(text, frozenset("a"), "ours") for text in ("What does it cost?", "what does this cost")]
    assert unseen(questions, ["what does it  cost"]) == questions[1:]


def test_a_large_set_is_thinned_out_evenly() -> None:
    many = [Asked(str(number), frozenset("a"), "ours") for number in range(2 * ASKED + 1)]
    assert [asked.text for asked in thin_out(many)[:3]] == ["0", "3", "6"]
    assert thin_out(many[:ASKED]) == many[:ASKED]


def test_thresholds_are_chosen_on_other_messages_than_are_reported() -> None:
    choosing, reported = (asked_of(read_set(name)) for name in SETS)
    for asked in (choosing, reported):
        assert {each.kind for each in asked} == {"ours", "near-domain", "far"}
    assert unseen(reported, [each.text for each in choosing]) == reported


def test_training_that_was_cut_short_is_not_shown_as_the_accuracy_of_a_method() -> None:
    row = {
        "micros": {"median": 250.0, "p99": 900.0, "longest": 950.0, "questions": 195},
        "megabytes": 80.0,
        "cold_seconds": 700.0,
        "warm_seconds": 0.1,
        "right_first": 0.123,
        "cut_short": True,
    }
    lines = "".join(
        _growth({"sizes": [10], "methods": {"minilm-logistic": {"10": row}}}, *each) for each in _GROWTH.items()
    )
    assert "more than 700 s" in lines
    assert "12.3 %" not in lines
