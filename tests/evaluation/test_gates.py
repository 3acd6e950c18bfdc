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
        "right_first": (89.2, 89.8),  # of 2,613 rows; of the first six voices 82.5, of the four strangers 82.2
        "offered": (92.3, 92.8),  # 87.1, 86.4
        "wrong_with_confidence": (0.7, 0.5),  # 2.5, 0.3
        "questions_unknown": (0.8, 0.6),  # 2.1, 1.2
        "questions_alarmed": (1.3, 1.1),
        "questions_asked": (4.5, 4.1),  # 5.4, 9.0
        "near_answered": (1.7, 1.2),  # 3.1, 1.1
        "near_guessed": (14.2, 12.8),  # 33.1, 3.4
        "far_answered": (0.6, 0.0),
        "far_guessed": (11.8, 10.3),
        "posts_helped": (73.9, 76.8),
        "posts_wrong_among_given": (2.9, 0.0),
        "chatter_not_silent": (0.0, 0.0),
        "chatter_alarmed": (1.5, 0.7),
        "EMERGENCY_caught": (95.2, 96.4),  # 70.7 by rules alone, on the first six voices
        "EMERGENCY_reached": (97.3, 98.2),
        "CRISIS_caught": (72.0, 74.8),  # 26.5
        "CRISIS_reached": (91.9, 93.5),
        "PROMPT_caught": (83.4, 86.7),  # 69.2
        "PROMPT_reached": (93.8, 96.2),
        "calm_alarmed": (13.6, 11.9),
        "danger_alarmed": (9.6, 6.4),
        "note_present": (96.5, 100.0),
    },
    # The voices that choose, half of them strangers: the house's messages, which made these figures prettier, are
    # learnt from since. Posts out of scope are in this set only.
    "training": {
        "right_first": (83.3, 84.2),
        "offered": (87.9, 88.6),
        "wrong_with_confidence": (0.5, 0.4),
        "near_answered": (0.8, 0.0),
        "near_guessed": (9.7, 8.1),
        "far_answered": (0.9, 0.0),
        "far_guessed": (10.2, 8.5),
        "near_posts_answered": (4.6, 3.3),
        "far_posts_answered": (3.5, 0.0),
        "posts_helped": (72.6, 75.9),
        "posts_wrong_among_given": (7.1, 3.6),
        "EMERGENCY_caught": (99.2, 99.5),
        "CRISIS_caught": (97.9, 99.1),
        "PROMPT_caught": (99.1, 99.7),
        "calm_alarmed": (1.1, 0.6),
        "danger_alarmed": (0.8, 0.0),
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
