"""How sure the bot may be that an entry answers a message: a chance, and what it rests on.

The ranking only orders candidates. Whether one of them answers the message, which may not be about our subject at all,
is judged from many signals by one logistic function (Platt 1999, "Probabilistic outputs for support vector machines and
comparisons to regularized likelihood methods", here with many signals instead of one score), fitted to messages of
voices that neither the ranking nor the language model has seen. It has other weights where there is no language model.

A clause, a question and a post that tells a story with questions in it are all judged by it. Taken as a whole, a post
shows what it asks better than its clauses do, each of which may mislead ("could that be a reaction?").
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from knowledge.language.utterance import Term
from knowledge.matching.ranking import Candidate, Ranker, Ranking
from knowledge.matching.scope import ScopeModel
from knowledge.matching.trained import TrainedModel

if TYPE_CHECKING:
    from knowledge.language.language_model import LanguageModel

FITTED = Path(__file__).parent / "confidence.json"
"""The fitted weights, and the digest of the messages and the model that they were fitted on."""

WITH_MODEL, WORDS_ALONE = "with_language_model", "words_alone"

_WEIGHT_BY_COMMONNESS = {7: 0.2, 6: 0.4, 5: 0.7, 4: 1.0, 3: 1.5, 2: 2.0}
_MOST_UNEXPLAINED = 8.0
_LEAST = 1e-4
"""The least chance that makes a difference."""


class Signals(NamedTuple):
    """What speaks for and against one candidate. Log-likelihood ratios are in tens."""

    score: float
    ahead: float
    """The score less that of the next best entry."""
    ahead_of_out_of_scope: float
    """The score less that of the best subject out of scope."""
    similarity: float
    """Likeness (0 to 1) to the nearest message of the candidate, and of the best subject out of scope."""
    similarity_out_of_scope: float
    unexplained: float
    """The weight of its words that the candidate's messages lack, rare ones counting for more."""
    like_entry: float
    unlike_english: float
    unlike_english_by_word: float
    read: float
    """The log-odds of the candidate among all entries, in the language model's eyes; 0 where there is none."""
    read_ours: float
    """The logarithm of the language model's chance that any entry is asked for, a subject out of scope, or neither."""
    read_out_of_scope: float
    read_elsewhere: float


class Logistic:
    """A logistic function of signals. Raises ValueError for a signal that there is not."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        unknown = set(weights) - {"bias", *Signals._fields}
        if unknown:
            raise ValueError(f"there is no signal {', '.join(sorted(unknown))}")
        self._bias = weights["bias"]
        self._weights = [(Signals._fields.index(name), weight) for name, weight in weights.items() if name != "bias"]

    def chance(self, signals: Signals) -> float:
        """The chance, 0 to 1."""
        logit = self._bias + sum(weight * signals[place] for place, weight in self._weights)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


Fitted = Mapping[str, Logistic]
"""The function with and the one without a language model, by WITH_MODEL and WORDS_ALONE."""


def load_fitted(path: Path = FITTED) -> Fitted:
    """The functions in the file at `path`."""
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return {name: Logistic(weights) for name, weights in data["weights"].items()}


@dataclass(frozen=True, slots=True)
class Likely:
    """An entry that a text may ask for, with the chance (0 to 1) that it answers it."""

    name: str
    chance: float


@dataclass(frozen=True, slots=True)
class Scored:
    """A text with its best candidates, the likeliest first."""

    ranking: Ranking
    candidates: Sequence[Likely]

    @property
    def chance(self) -> float:
        """The chance that the best candidate is right (0 where there is none)."""
        return self.candidates[0].chance if self.candidates else 0.0


class Scorer:
    """Ranks texts and says how sure it is."""

    def __init__(
        self,
        model: TrainedModel,
        fitted: Fitted,
        language_model: LanguageModel | None = None,
        phrasings: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        """`phrasings`: of classes that the language model may not have been taught, as `Ranker` is given them."""
        self.ranker = Ranker(model, language_model, phrasings)
        self._model = model
        self._function = fitted[WORDS_ALONE if language_model is None else WITH_MODEL]
        self._scope = ScopeModel(model.stems, model.stems_of_ours, model.stems_out_of_scope)

    def score(self, terms: Sequence[Term], *texts: str) -> Scored:
        """The best candidates for a text, given as to `Ranker.rank`; none where it has no word."""
        ranking = self.ranker.rank(terms, *texts)
        found = [
            Likely(candidate.name, self._function.chance(signals))
            for candidate, signals in (self.measure(ranking) if terms else ())
        ]
        return Scored(ranking, sorted(found, key=lambda each: -each.chance))

    def measure(self, ranking: Ranking) -> list[tuple[Candidate, Signals]]:
        """The candidates of a ranked text that has words, with what speaks for each."""
        terms = ranking.terms
        english = sum(self._scope.ratios_of(term.stem, term.commonness).to_english for term in terms)
        content = [term for term in terms if not term.filler]
        rival, reading = ranking.out_of_scope, ranking.reading
        found = []
        for candidate in ranking.entries:
            strange = [term for term in content if not self._is_familiar(term, candidate.name)]
            others = max((each.score for each in ranking.entries if each is not candidate), default=-1.0)
            # What is read of an entry that the language model was not taught is no part of `ours`.
            share = min(1.0, candidate.read / (reading.ours + _LEAST)) if reading else 0.0
            signals = Signals(
                score=candidate.score,
                ahead=candidate.score - others,
                ahead_of_out_of_scope=candidate.score - (rival.score if rival else -1.0),
                similarity=candidate.similarity,
                similarity_out_of_scope=rival.similarity if rival else 0.0,
                unexplained=min(sum(_WEIGHT_BY_COMMONNESS[term.commonness] for term in strange), _MOST_UNEXPLAINED),
                like_entry=self._scope.compare_entry(terms, candidate.name) / 10,
                unlike_english=english / 10,
                unlike_english_by_word=english / len(terms),
                read=math.log((share + 1e-3) / (1 - share + 1e-3)) if reading else 0.0,
                read_ours=math.log(reading.ours + _LEAST) if reading else 0.0,
                read_out_of_scope=math.log(reading.out_of_scope + _LEAST) if reading else 0.0,
                read_elsewhere=math.log(reading.elsewhere + _LEAST) if reading else 0.0,
            )
            found.append((candidate, signals))
        return found

    def _is_familiar(self, term: Term, name: str) -> bool:
        return self._scope.has_word(term.stem, name) or not self._model.concepts[name].isdisjoint(term.concepts)
