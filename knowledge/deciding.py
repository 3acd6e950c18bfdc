"""How sure the bot may be that a candidate is right: a probability, and what it rests on.

The matcher only orders candidates. Whether the best one answers the message at all depends on more: how far ahead it
is, how much of the message its own phrasings explain, whether the message names the subject, and whether it holds
words that carry meaning but none of ours. A logistic function of these signals, fitted by `benchmarks/calibrate.py` to
messages that are not part of the FAQ, says how likely the candidate is right.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from knowledge.lexicon import Word
from knowledge.matching import Candidate, Ranking
from knowledge.training import ELSEWHERE

_BOTOX = frozenset({"botox"})
_MIGRAINE = frozenset({"migrain", "headach"})
_WEIGHT_BY_COMMONNESS = {7: 0.2, 6: 0.4, 5: 0.7, 4: 1.0, 3: 1.5, 2: 2.0}


class Familiar:
    """What an entry's own phrasings speak of: their stems and concepts, and how many of them name the injections."""

    def __init__(self, stems: Iterable[str], concepts: Iterable[str], names_treatment: float) -> None:
        self.names_treatment = names_treatment
        self._stems = frozenset(stems)
        self._concepts = frozenset(concepts)

    def knows(self, word: Word) -> bool:
        return word.stem in self._stems or not self._concepts.isdisjoint(word.concepts)


def signals(ranking: Ranking, candidate: Candidate, familiar: Familiar, named: bool) -> dict[str, float]:
    """What speaks for and against `candidate` as the answer to the text that was ranked.

    `named` says whether the text names the injections.
    """
    ours = [other for other in ranking.candidates if not other.name.startswith(ELSEWHERE) and other != candidate]
    elsewhere = [other for other in ranking.candidates if other.name.startswith(ELSEWHERE)]
    words = [word for word in ranking.words if not word.filler]
    weights = [_WEIGHT_BY_COMMONNESS[word.commonness] for word in words]
    total = sum(weights) or 1.0
    strange = sum(weight for word, weight in zip(words, weights, strict=True) if not familiar.knows(word))
    foreign = {word.stem for word in words if word.foreign and not familiar.knows(word)}
    stems = {word.stem for word in ranking.words}
    return {
        "score": candidate.score,
        "ahead": candidate.score - max((other.score for other in ours), default=-1.0),
        "ahead_of_elsewhere": candidate.score - max((other.score for other in elsewhere), default=-1.0),
        "similarity": candidate.similarity,
        "explained": 1.0 - strange / total,
        "strange": min(strange, 8.0),
        "foreign": min(len(foreign), 3.0),
        "botox": float(bool(stems & _BOTOX)),
        "migraine": float(bool(stems & _MIGRAINE)),
        "unheard": min(sum(weight for word, weight in zip(words, weights, strict=True) if not word.known), 8.0),
        "known_share": ranking.known_share,
        "ours": ranking.ours,
        "unnamed": 0.0 if named else familiar.names_treatment,
        "named": float(named),
        "short": float(len(words) <= 2),
        "length": min(len(words), 20) / 10,
    }


@cache
def calibration() -> Mapping[str, float]:
    """The fitted weight of each signal, and the constant "bias"."""
    weights: dict[str, float] = json.loads((Path(__file__).parent / "calibration.json").read_text(encoding="utf-8"))
    return weights


def probability(found: Mapping[str, float]) -> float:
    """The chance (0 to 1) that a candidate with these signals is right."""
    weights = calibration()
    logit = weights["bias"] + sum(weights[name] * value for name, value in found.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))
