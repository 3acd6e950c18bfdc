"""How good a ranking is: shares of questions, and the threshold at which a method does best."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from knowledge.matching.trained import OUT_OF_SCOPE

WRONG_COSTS = 2
"""How many right answers one wrong answer takes back when a threshold is chosen."""

OUTSIDE = 1 / 4
"""The share of messages out of scope that a threshold is chosen for, however many of them there are to choose it on."""

_ANSWERED = 0.8

Kind = Literal["ours", "near-domain", "far"]

Ranked = Sequence[tuple[str, float]]
"""Names with scores, the likeliest first."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A message. `accept`: the entries that answer it or, where it is out of scope, those that are no fault."""

    text: str
    accept: frozenset[str]
    kind: Kind


@dataclass(frozen=True, slots=True)
class Case:
    """A question with the entries that a method offers for it, the likeliest first, and the first one's score.

    The score is minus infinity where the method offers nothing, or where it takes the question for another subject's.
    """

    question: Asked
    offered: Sequence[str]
    score: float

    @property
    def right(self) -> bool:
        return bool(self.offered) and self.offered[0] in self.question.accept

    @property
    def value(self) -> int:
        """What answering it is worth: nothing where it is out of scope and the answer is no fault all the same."""
        if self.right:
            return 1 if self.question.kind == "ours" else 0
        return -WRONG_COSTS


@dataclass(frozen=True, slots=True)
class Choice:
    """How a method decides: it answers from `threshold` on; if `refusing`, not where another subject is likelier."""

    threshold: float
    refusing: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares from 0 to 1, of our own questions or, where the name says so, of the near or far ones.

    What ends in `at_80` holds for the threshold at which the surest 80 % of our own questions are answered; there,
    `wrong_at_80` is a share of the answers.
    """

    right_first: float
    right_in_three: float
    right_in_four: float
    answered_rightly: float
    wrong_with_confidence: float
    false_near: float
    false_far: float
    wrong_at_80: float | None = None
    near_at_80: float | None = None
    far_at_80: float | None = None


def cases(questions: Sequence[Asked], ranked: Sequence[Ranked], *, refusing: bool) -> list[Case]:
    """What a method offers for each question. `refusing`: it never answers where a class elsewhere comes first."""
    made = []
    for question, found in zip(questions, ranked, strict=True):
        ours = [(name, score) for name, score in found if not name.startswith(OUT_OF_SCOPE)]
        refused = refusing and bool(found) and found[0][0].startswith(OUT_OF_SCOPE)
        score = ours[0][1] if ours and not refused else -math.inf
        made.append(Case(question, [name for name, _ in ours], score))
    return made


def best_threshold(given: Sequence[Case]) -> tuple[float, float]:
    """The score to answer from, and the value of all that is then answered: right ones less WRONG_COSTS × wrong ones.

    Cases out of scope weigh together as if they were the share OUTSIDE of all. The threshold lies midway between two
    scores that were seen; it is infinity where answering nothing is best.
    """
    ordered = sorted((case for case in given if case.score > -math.inf), key=lambda case: -case.score)
    ours = sum(case.question.kind == "ours" for case in given)
    outside = len(given) - ours
    weight = ours * OUTSIDE / (1 - OUTSIDE) / outside if outside else 0.0
    best, best_value, value = math.inf, 0.0, 0.0
    for place, case in enumerate(ordered):
        value += case.value * (1 if case.question.kind == "ours" else weight)
        following = ordered[place + 1].score if place + 1 < len(ordered) else case.score - 1e-9
        if following < case.score and value > best_value:
            best, best_value = (case.score + following) / 2, value
    return best, best_value


def chosen(questions: Sequence[Asked], ranked: Sequence[Ranked]) -> Choice:
    """The way of deciding that is worth most on `questions`."""
    ways = []
    for refusing in (False, True):
        threshold, value = best_threshold(cases(questions, ranked, refusing=refusing))
        ways.append((value, Choice(threshold, refusing)))
    return max(ways, key=lambda way: way[0])[1]


def figures(questions: Sequence[Asked], ranked: Sequence[Ranked], choice: Choice) -> Figures:
    """Figures of a method that decides by `choice`."""
    every = cases(questions, ranked, refusing=choice.refusing)
    ours = [case for case in every if case.question.kind == "ours"]
    surest = sorted((case.score for case in ours), reverse=True)[: math.ceil(_ANSWERED * len(ours))]
    at_80 = [(case, case.score > -math.inf and case.score >= surest[-1]) for case in every]
    return replace(
        _figures([(case, case.score >= choice.threshold) for case in every]),
        wrong_at_80=wrong_when_answered(ours, _ANSWERED),
        near_at_80=_false(at_80, "near-domain"),
        far_at_80=_false(at_80, "far"),
    )


def figures_of_replies(questions: Sequence[Asked], replies: Sequence[tuple[Sequence[str], bool]]) -> Figures:
    """Figures of replies as users get them: the entries shown, in order, and whether the first was an answer."""
    pairs = zip(questions, replies, strict=True)
    return _figures([(Case(question, shown, 0.0), answered) for question, (shown, answered) in pairs])


def _figures(decided: Sequence[tuple[Case, bool]]) -> Figures:
    ours = [(case, answered) for case, answered in decided if case.question.kind == "ours"]

    def among(first: int) -> float:
        return _share(not case.question.accept.isdisjoint(case.offered[:first]) for case, _ in ours)

    return Figures(
        right_first=among(1),
        right_in_three=among(3),
        right_in_four=among(4),
        answered_rightly=_share(answered and case.right for case, answered in ours),
        wrong_with_confidence=_share(answered and not case.right for case, answered in ours),
        false_near=_false(decided, "near-domain"),
        false_far=_false(decided, "far"),
    )


def _false(decided: Sequence[tuple[Case, bool]], kind: Kind) -> float:
    """The share of messages out of scope that are answered though they should not be."""
    return _share(answered and not case.right for case, answered in decided if case.question.kind == kind)


def wrong_when_answered(given: Collection[Case], share: float) -> float:
    """The share of wrong answers when the surest `share` of the cases are answered; equal scores count in part."""
    left = wanted = math.ceil(share * len(given))
    by_score: dict[float, list[Case]] = {}
    for case in given:
        by_score.setdefault(case.score, []).append(case)
    wrong = 0.0
    for score in sorted(by_score, reverse=True):
        level = by_score[score]
        taken = min(left, len(level))
        wrong += sum(not case.right for case in level) * taken / len(level)
        left -= taken
    return wrong / wanted if wanted else 0.0


def percentile(values: Collection[float], share: float) -> float:
    """The smallest of `values` that at least `share` of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _share(given: Iterable[bool]) -> float:
    known = list(given)
    return sum(known) / len(known) if known else 0.0
