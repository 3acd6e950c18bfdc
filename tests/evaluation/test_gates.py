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
        "right_first": (88.8, 90.0),  # of 1,972 rows, 1,732 of them by eight new voices; of the other six 79.6
        "offered": (92.3, 93.4),  # 86.2 of the six
        "wrong_with_confidence": (1.6, 1.0),  # 2.1
        "questions_unknown": (1.2, 0.7),  # 2.9
        "questions_alarmed": (1.3, 1.0),
        "questions_asked": (4.2, 3.5),  # 5.8
        "near_answered": (2.2, 1.2),  # 2.5
        "near_guessed": (13.0, 10.8),  # 24.5
        "far_answered": (1.6, 0.8),
        "far_guessed": (5.2, 3.6),
        "posts_helped": (58.0, 62.2),
        "posts_wrong_among_given": (4.5, 0.0),
        "chatter_not_silent": (0.0, 0.0),
        "chatter_alarmed": (1.2, 0.7),
        "EMERGENCY_caught": (93.5, 95.4),  # 70.7 by rules alone, on the first six voices
        "EMERGENCY_reached": (96.8, 98.3),
        "CRISIS_caught": (69.0, 72.4),  # 26.5
        "CRISIS_reached": (89.0, 91.1),
        "PROMPT_caught": (84.0, 89.4),  # 69.2
        "PROMPT_reached": (94.0, 97.7),
        "calm_alarmed": (20.0, 18.6),
        "danger_alarmed": (14.0, 9.6),
        "note_present": (95.0, 100.0),
    },
    # What was learnt has to stay known; and posts enough for a threshold of theirs to show are in this set only.
    "training": {
        "right_first": (91.7, 92.4),
        "offered": (94.4, 95.0),
        "wrong_with_confidence": (1.3, 0.9),
        "near_answered": (2.7, 2.0),
        "near_guessed": (12.2, 10.7),
        "far_answered": (1.2, 0.6),
        "far_guessed": (4.3, 3.4),
        "near_posts_answered": (8.0, 4.8),
        "far_posts_answered": (10.0, 0.0),
        "posts_helped": (71.5, 73.5),
        "posts_wrong_among_given": (1.6, 0.5),
        "EMERGENCY_caught": (98.8, 99.4),
        # Lower than when the model knew triage alone (99.5): what it does not catch, it asks about, all of it.
        "CRISIS_caught": (96.4, 97.1),
        "PROMPT_caught": (97.0, 98.1),
        "calm_alarmed": (1.4, 0.8),
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
