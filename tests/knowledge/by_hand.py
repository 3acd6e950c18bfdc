"""Parts of an answerer made by hand, so that a test says itself what they find."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.answering import Answerer
from knowledge.language.language_model import LanguageModel
from knowledge.language.utterance import Term
from knowledge.matching.confidence import Likely, Scored, Scorer
from knowledge.matching.ranking import Candidate, Ranking


class ReadsAlways(LanguageModel):
    """A language model that reads the same in any text: of each stretch, the chances of classes. `read` notes texts."""

    def __init__(self, *stretches: Mapping[str, float]) -> None:
        self.classes = list(dict.fromkeys(name for each in stretches for name in each))
        self.read: list[str] = []
        self._rows = [[each.get(name, 0.0) for name in self.classes] for each in stretches]

    def tell(self, *texts: str) -> NDArray[np.float32]:
        self.read += texts
        return np.array(self._rows, dtype=np.float32)


class ScoresAlways(Scorer):
    """A scorer that finds the same in any text: entries with their chances, which are their scores as well.

    `rival` is the best subject out of scope.
    """

    def __init__(
        self,
        chances: Mapping[str, float],
        *,
        rival: Candidate | None = None,
        known_share: float = 1.0,
    ) -> None:
        self._chances, self._rival, self._known_share = chances, rival, known_share

    def score(self, terms: Sequence[Term], *texts: str) -> Scored:
        entries = [Candidate(name, chance) for name, chance in self._chances.items()]
        return Scored(Ranking(entries, self._rival, terms, {}, self._known_share), likely(self._chances))


def likely(chances: Mapping[str, float]) -> list[Likely]:
    """The entries with their chances, the likeliest first."""
    found = [Likely(name, chance) for name, chance in chances.items()]
    return sorted(found, key=lambda each: -each.chance)


def scoring(answerer: Answerer, chances: Mapping[str, float], **other: Any) -> Answerer:
    """`answerer` with a scorer that finds the same in any text (`ScoresAlways`)."""
    changed = copy(answerer)
    changed.scorer = ScoresAlways(chances, **other)
    return changed


def with_policy(answerer: Answerer, **values: float) -> Answerer:
    """`answerer` with another policy."""
    changed = copy(answerer)
    changed.policy = replace(answerer.policy, **values)  # type: ignore[arg-type]
    return changed
