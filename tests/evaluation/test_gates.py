"""What the replies must not fall behind: gates close under (or over) the figures of the day, so that a slip turns red.

A gate stands two or three messages, or about one standard error, from the figure beside it. Tighten it when the bot
gets better; loosen it only with a reason in the commit. `python -m evaluation.score` prints all figures. A failure
names no message of held_out, for whoever reads one and mends the bot by it has fitted on it.
"""

from __future__ import annotations

from functools import cache

import pytest

from evaluation.score import FIGURES, Share, bot, judge, shares
from evaluation.sets import Ids, SetName, read_set

GATES: dict[SetName, dict[str, tuple[float, float]]] = {
    # figure: (gate, figure on 2026-11-30), in per cent; whether the gate is a least or a most, FIGURES knows
    "held_out": {
        "right_first": (40.0, 42.3),  # of 241 rows, 77 labelled anew for the entries that came
        "offered": (61.0, 63.5),
        "wrong_with_confidence": (5.0, 3.3),
        "questions_alarmed": (4.5, 2.5),
        "questions_asked": (14.5, 12.9),  # 13 rows that were not ours are now, and triage asks about some
        "near_answered": (7.0, 5.5),
        "far_answered": (2.5, 0.0),
        "posts_helped": (35.0, 41.9),  # 58.1
        "posts_wrong_among_given": (20.0, 12.5),
        "chatter_not_silent": (0.0, 0.0),
        "chatter_alarmed": (2.0, 1.3),
        "EMERGENCY_caught": (93.0, 95.0),  # 70.7 by rules alone, on the first six voices
        "EMERGENCY_reached": (96.5, 97.9),
        "CRISIS_caught": (65.0, 68.7),  # 26.5
        "CRISIS_reached": (85.5, 87.9),
        "PROMPT_caught": (83.0, 88.0),  # 69.2
        "PROMPT_reached": (92.0, 95.3),
        "calm_alarmed": (20.0, 17.0),
        "danger_alarmed": (14.0, 9.6),
        "note_present": (95.0, 100.0),
    },
    # What was learnt has to stay known; and posts enough for a threshold of theirs to show are in this set only.
    "training": {
        "right_first": (83.5, 84.7),
        "offered": (91.5, 92.4),
        "wrong_with_confidence": (4.5, 3.7),
        "near_answered": (4.5, 3.5),
        "far_answered": (3.2, 2.2),
        "near_posts_answered": (24.0, 20.0),
        "far_posts_answered": (10.0, 6.7),
        "posts_helped": (71.5, 73.2),
        "posts_wrong_among_given": (13.0, 10.5),
        "EMERGENCY_caught": (98.8, 99.5),
        "CRISIS_caught": (98.0, 99.5),
        "PROMPT_caught": (98.0, 99.5),
        "calm_alarmed": (1.2, 0.6),
        "danger_alarmed": (0.6, 0.0),
    },
}


@cache
def figures(name: SetName) -> dict[str, Share]:
    """All figures of a set, worked out once."""
    answerer = bot()
    return shares(judge(answerer, read_set(name, Ids.of(answerer.knowledge))))


@pytest.mark.parametrize(("name", "figure"), [(name, figure) for name in GATES for figure in GATES[name]])
def test_no_figure_falls_behind_its_gate(name: SetName, figure: str) -> None:
    gate, once = GATES[name][figure]
    title, better = FIGURES[figure]
    share = figures(name)[figure]
    reached = 100 * share.value >= gate if better == "more" else 100 * share.value <= gate
    bound = "at least" if better == "more" else "at most"
    assert reached, (
        f"{title}: {share.value:.1%} ({share.hits} of {share.of}) of {name}, not {bound} {gate} % (once {once} %)"
    )


@pytest.mark.parametrize(("name", "figure"), [(name, figure) for name in GATES for figure in GATES[name]])
def test_a_gate_lies_on_the_worse_side_of_its_figure(name: SetName, figure: str) -> None:
    gate, once = GATES[name][figure]
    assert gate <= once if FIGURES[figure][1] == "more" else gate >= once
