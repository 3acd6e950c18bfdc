"""How sure the bot may be that a candidate is right: a probability, and what it rests on.

The matcher only orders candidates. Whether the best one answers the message depends on two things: whether the message
asks about our subject at all, and if so, whether this entry is the one. A logistic function of signals gives the chance
of each, fitted by `benchmarks/calibrate.py` to messages that are not part of the FAQ; their product is the chance that
the candidate is right.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from knowledge.language.lexicon import Lexicon, Word
from knowledge.matching.ranking import Candidate, Ranking
from knowledge.matching.scope import Likelihoods
from knowledge.matching.train import ELSEWHERE
from knowledge.model import Knowledge

_BOTOX = frozenset({"botox"})
_MIGRAINE = frozenset({"migrain", "headach"})
_WEIGHT_BY_COMMONNESS = {7: 0.2, 6: 0.4, 5: 0.7, 4: 1.0, 3: 1.5, 2: 2.0}
JUDGED = 4
"""Candidates whose chance is worked out: the answer, and at most three buttons."""

CALIBRATION = Path(__file__).parent / "confidence.json"

Signals = dict[str, float]


@dataclass(frozen=True, slots=True)
class Chance:
    """`ours`: that the message asks about our subject; `right`: that it means this entry, if so (both 0 to 1)."""

    name: str
    ours: float
    right: float

    @property
    def both(self) -> float:
        return self.ours * self.right


@dataclass(frozen=True, slots=True)
class Judged:
    """A text with its best candidates and their chances, the likeliest first."""

    ranking: Ranking
    chances: Sequence[Chance]

    @property
    def score(self) -> float:
        """The chance that the best candidate is right (0 where there is none)."""
        return self.chances[0].both if self.chances else 0.0


class Judge:
    """Gives the candidates of a ranking their chances."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        learnt = knowledge.learnt
        elsewhere: Counter[str] = Counter()
        for name in knowledge.elsewhere:
            elsewhere.update(learnt.stems[ELSEWHERE + name])
        self._stems = {name: learnt.stems[name] for name in knowledge.entries}
        self._concepts = {name: frozenset(concepts) for name, concepts in learnt.concepts.items()}
        self._names_treatment = learnt.names_treatment
        self._likelihoods = Likelihoods(self._stems, elsewhere)
        self._lexicon = lexicon
        calibration()  # read now, so that the first message need not wait for it

    def chances(self, ranking: Ranking, most: int = JUDGED) -> list[Chance]:
        """The chances of our `most` best candidates, in the order of the ranking; none where the text has no word."""
        if not ranking.words:
            return []
        about = self.about_message(ranking)
        found = []
        for candidate in ranking.entries[:most]:
            signals = about | self.about_candidate(ranking, candidate)
            found.append(Chance(candidate.name, logistic("ours", signals), logistic("right", signals)))
        return found

    def about_message(self, ranking: Ranking) -> Signals:
        """What the text shows whichever entry it means."""
        read = ranking.words
        ratios = [self._likelihoods.ratios(word.stem, word.commonness) for word in read]
        english = sum(ratio.to_english for ratio in ratios)
        elsewhere = sum(ratio.to_elsewhere for ratio in ratios)
        stems = {word.stem for word in read}
        content = sum(not word.filler for word in read)
        return {
            "ours": ranking.ours,
            "known_share": ranking.known_share,
            "unlike_english": english / 10,
            "unlike_english_by_word": english / len(read),
            "unlike_elsewhere": elsewhere / 10,
            "unlike_elsewhere_by_word": elsewhere / len(read),
            "botox": float(bool(stems & _BOTOX)),
            "migraine": float(bool(stems & _MIGRAINE)),
            "named": float(self._lexicon.names_treatment(read)),
            "length": min(content, 20) / 10,
        }

    def about_candidate(self, ranking: Ranking, candidate: Candidate) -> Signals:
        """What speaks for and against `candidate`."""
        read = ranking.words
        others = max((each.score for each in ranking.entries if each != candidate), default=-1.0)
        elsewhere = ranking.elsewhere
        content = [word for word in read if not word.filler]
        strange = [word for word in content if not self._familiar(word, candidate.name)]
        weight = sum(_WEIGHT_BY_COMMONNESS[word.commonness] for word in strange)
        total = sum(_WEIGHT_BY_COMMONNESS[word.commonness] for word in content) or 1.0
        likelihood = self._likelihoods.of_entry(read, candidate.name)
        return {
            "score": candidate.score,
            "ahead": candidate.score - others,
            "ahead_of_elsewhere": candidate.score - (elsewhere.score if elsewhere else -1.0),
            "similarity": candidate.similarity,
            "similarity_elsewhere": elsewhere.similarity if elsewhere else 0.0,
            "explained": 1.0 - weight / total,
            "strange": min(weight, 8.0),
            "foreign": min(len({word.stem for word in strange if word.foreign}), 3.0),
            "like_entry": likelihood / 10,
            "like_entry_by_word": likelihood / len(read),
            "unnamed": 0.0 if self._lexicon.names_treatment(read) else self._names_treatment[candidate.name],
        }

    def _familiar(self, word: Word, name: str) -> bool:
        return word.stem in self._stems[name] or not self._concepts[name].isdisjoint(word.concepts)


@cache
def calibration() -> Mapping[str, Mapping[str, float]]:
    """For each chance the fitted weight of each signal, and the constant "bias"."""
    weights: dict[str, dict[str, float]] = json.loads(CALIBRATION.read_text(encoding="utf-8"))
    return weights


def logistic(chance: Literal["ours", "right", "post_ours", "in_post"], signals: Signals) -> float:
    """The fitted chance (0 to 1) of that name; signals that it does not know count nothing, missing ones 0."""
    weights = calibration()[chance]
    logit = weights["bias"] + sum(weight * signals.get(name, 0.0) for name, weight in weights.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))
