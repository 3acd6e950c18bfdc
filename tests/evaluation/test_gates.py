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
        "right_first": (90.5, 91.4),  # of 1,981 rows, 1,740 of them by eight new voices; of the other six 81.7
        "offered": (93.5, 94.2),
        "wrong_with_confidence": (2.1, 1.7),
        "questions_unknown": (0.8, 0.5),
        "questions_alarmed": (1.2, 0.9),
        "questions_asked": (3.4, 2.9),
        "near_answered": (4.6, 3.7),  # 7.4 of the six
        "near_guessed": (12.8, 11.2),  # 25.8
        "far_answered": (1.4, 0.8),
        "far_guessed": (5.0, 3.9),
        "posts_helped": (57.5, 62.2),
        "posts_wrong_among_given": (7.5, 3.7),
        "chatter_not_silent": (0.0, 0.0),
        "chatter_alarmed": (1.2, 0.4),
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
        "right_first": (92.0, 92.7),
        "offered": (95.0, 95.5),
        "wrong_with_confidence": (2.0, 1.6),
        "near_answered": (5.1, 4.3),
        "near_guessed": (14.2, 12.9),
        "far_answered": (1.7, 1.1),
        "far_guessed": (3.1, 2.3),
        "near_posts_answered": (17.3, 14.8),
        "far_posts_answered": (10.0, 10.0),
        "posts_helped": (72.0, 74.2),
        "posts_wrong_among_given": (7.7, 6.3),
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
