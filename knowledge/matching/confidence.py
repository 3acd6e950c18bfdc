"""How sure the bot may be that a candidate is right: a probability, and what it rests on.

The ranking only orders candidates. Whether the best one answers the message depends on two things: whether the message
asks about our subject at all (in scope), and if so, whether this entry is the one (intent). A logistic function of
signals gives the chance of each (Platt 1999, "Probabilistic outputs for support vector machines and comparisons to
regularized likelihood methods", here with many signals instead of one score), fitted to messages that the ranking has
not seen; their product is the chance that the candidate is right.

A longer message, a post that tells a story with one or more questions in it, is judged by each sentence and as a whole.
A sentence alone may mislead ("could that be a reaction?"), and the whole blurs into its story; what both speak for is
likely right.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from knowledge.language.utterance import Term
from knowledge.matching.ranking import RANKED, Candidate, Ranker, Ranking
from knowledge.matching.scope import ScopeModel
from knowledge.matching.trained import TrainedModel

FITTED = Path(__file__).parent / "confidence.json"
"""The fitted weights, and the digest of the messages and the model that they were fitted on."""

PER_SENTENCE = 2
"""Candidates of each sentence of a post that are considered."""

_BOTOX = frozenset({"botox"})
_WEIGHT_BY_COMMONNESS = {7: 0.2, 6: 0.4, 5: 0.7, 4: 1.0, 3: 1.5, 2: 2.0}
_MOST_UNEXPLAINED = 8.0
_MOST_OFF_TOPIC = 3
_LONGEST = 20
_LONGEST_SENTENCE = 30


class Signals(NamedTuple):
    """What a text shows, and what speaks for and against one candidate. Log-likelihood ratios are in tens."""

    ours: float
    """The summed scores of all our entries."""
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
    off_topic: float
    """How many of these speak of something that is none of ours."""
    like_entry: float
    like_entry_by_word: float
    unlike_english: float
    unlike_english_by_word: float
    unlike_out_of_scope_by_word: float
    botox: float
    names_treatment: float
    length: float
    """Words that tell something, in tens, 2 at most."""


class _OfText(NamedTuple):
    """What a text shows, whatever candidate is measured: see `Signals`; `content` are the words that tell something."""

    english: float
    out_of_scope: float
    content: Sequence[Term]
    botox: bool
    names_treatment: bool


class PostScopeSignals(NamedTuple):
    """What speaks for a post being about our subject at all."""

    sentences: float
    """The mean chance of its sentences, by length."""
    names_treatment: float
    botox: float
    unlike_english_by_word: float
    unlike_out_of_scope_by_word: float
    off_topic: float
    similarity_out_of_scope: float
    like_entry_by_word: float


class PostIntentSignals(NamedTuple):
    """What speaks for one candidate of one sentence of a post, or of the whole."""

    intent: float
    """The log-odds that the sentence means it."""
    asks: float
    intent_of_whole: float
    first_of_whole: float
    in_whole: float
    in_other_sentence: float
    behind_best: float
    length: float


S = TypeVar("S", bound="Signals | PostScopeSignals | PostIntentSignals")


class Logistic(Generic[S]):
    """A logistic function of some of the signals of a type. Raises ValueError for a signal that the type lacks."""

    def __init__(self, signals: type[S], weights: Mapping[str, float]) -> None:
        unknown = set(weights) - {"bias", *signals._fields}
        if unknown:
            raise ValueError(f"{signals.__name__} has no {', '.join(sorted(unknown))}")
        self._bias = weights["bias"]
        self._weights = [(signals._fields.index(name), weight) for name, weight in weights.items() if name != "bias"]

    def chance(self, signals: S) -> float:
        """The chance, 0 to 1."""
        logit = self._bias + sum(weight * signals[place] for place, weight in self._weights)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


class Fitted(NamedTuple):
    """The four fitted functions: of a text and of a post, whether it is in scope, and whether it means a candidate."""

    in_scope: Logistic[Signals]
    intent: Logistic[Signals]
    post_in_scope: Logistic[PostScopeSignals]
    post_intent: Logistic[PostIntentSignals]

    @classmethod
    def from_data(cls, data: Mapping[str, Mapping[str, float]]) -> Fitted:
        return cls(
            Logistic(Signals, data["in_scope"]),
            Logistic(Signals, data["intent"]),
            Logistic(PostScopeSignals, data["post_in_scope"]),
            Logistic(PostIntentSignals, data["post_intent"]),
        )


def load_fitted(path: Path = FITTED) -> Fitted:
    """The functions in the file at `path`."""
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Fitted.from_data(data["weights"])


@dataclass(frozen=True, slots=True)
class Confidence:
    """That a text is `in_scope`, and that it means the entry `name`, if so: chances from 0 to 1."""

    name: str
    in_scope: float
    intent: float

    @property
    def joint(self) -> float:
        return self.in_scope * self.intent


@dataclass(frozen=True, slots=True)
class Scored:
    """A text with its best candidates, the likeliest first; `asks`: it is a question."""

    ranking: Ranking
    candidates: Sequence[Confidence]
    asks: bool = False

    @property
    def score(self) -> float:
        """The chance that the best candidate is right (0 where there is none)."""
        return self.candidates[0].joint if self.candidates else 0.0


@dataclass(frozen=True, slots=True)
class InPost:
    """An entry that a post may ask for, with the chance (0 to 1) that showing it would help."""

    name: str
    chance: float


class Scorer:
    """Ranks texts and says how sure it is."""

    def __init__(self, model: TrainedModel, fitted: Fitted) -> None:
        self.ranker = Ranker(model)
        self._model = model
        self._fitted = fitted
        self._scope = ScopeModel(model.stems, model.stems_of_ours, model.stems_out_of_scope)

    def score(self, terms: Sequence[Term], most: int = RANKED, *, asks: bool = False) -> Scored:
        """The `most` best candidates for the terms of one question; none where the text has no word."""
        ranking = self.ranker.rank(terms)
        found = []
        of_text = self._measure_text(terms) if terms else None
        for candidate in ranking.entries if of_text else ():
            signals = self.measure(ranking, candidate, of_text)
            chances = self._fitted.in_scope.chance(signals), self._fitted.intent.chance(signals)
            found.append(Confidence(candidate.name, *chances))
        found.sort(key=lambda each: -each.joint)
        return Scored(ranking, found[:most], asks)

    def score_post(self, sentences: Sequence[tuple[Sequence[Term], bool]]) -> tuple[Scored, list[Scored]]:
        """A post as a whole and each of its sentences, which are given with whether they ask."""
        scored = [self.score(terms, PER_SENTENCE, asks=asks) for terms, asks in sentences if terms]
        everything = [term for terms, _ in sentences for term in terms]
        return self.score(everything, asks=any(asks for _, asks in sentences)), scored

    def post_in_scope(self, whole: Scored, sentences: Sequence[Scored]) -> float:
        """The chance (0 to 1) that a post is about our subject."""
        return self._fitted.post_in_scope.chance(self.measure_post(whole, sentences))

    def find_asked(self, whole: Scored, sentences: Sequence[Scored]) -> list[InPost]:
        """The entries that a post may ask for, the likeliest first."""
        found: dict[str, float] = {}
        for name, signals in measure_candidates(whole, sentences):
            found[name] = max(found.get(name, 0.0), self._fitted.post_intent.chance(signals))
        return [InPost(name, chance) for name, chance in sorted(found.items(), key=lambda pair: -pair[1])]

    def _measure_text(self, terms: Sequence[Term]) -> _OfText:
        ratios = [self._scope.ratios_of(term.stem, term.commonness) for term in terms]
        return _OfText(
            english=sum(ratio.to_english for ratio in ratios),
            out_of_scope=sum(ratio.to_out_of_scope for ratio in ratios),
            content=[term for term in terms if not term.filler],
            botox=any(term.stem in _BOTOX for term in terms),
            names_treatment=any(term.treatment for term in terms),
        )

    def measure(self, ranking: Ranking, candidate: Candidate, of_text: _OfText | None = None) -> Signals:
        """What the ranked text shows of `candidate`; `of_text` is what it shows of all alike, where that is known."""
        terms = ranking.terms
        english, out_of_scope, content, botox, names_treatment = of_text or self._measure_text(terms)
        strange = [term for term in content if not self._is_familiar(term, candidate.name)]
        weight = sum(_WEIGHT_BY_COMMONNESS[term.commonness] for term in strange)
        like_entry = self._scope.compare_entry(terms, candidate.name)
        others = max((each.score for each in ranking.entries if each is not candidate), default=-1.0)
        rival = ranking.out_of_scope
        return Signals(
            ours=ranking.ours,
            score=candidate.score,
            ahead=candidate.score - others,
            ahead_of_out_of_scope=candidate.score - (rival.score if rival else -1.0),
            similarity=candidate.similarity,
            similarity_out_of_scope=rival.similarity if rival else 0.0,
            unexplained=min(weight, _MOST_UNEXPLAINED),
            off_topic=min(len({term.stem for term in strange if term.off_topic}), _MOST_OFF_TOPIC),
            like_entry=like_entry / 10,
            like_entry_by_word=like_entry / len(terms),
            unlike_english=english / 10,
            unlike_english_by_word=english / len(terms),
            unlike_out_of_scope_by_word=out_of_scope / len(terms),
            botox=float(botox),
            names_treatment=float(names_treatment),
            length=min(len(content), _LONGEST) / 10,
        )

    def measure_post(self, whole: Scored, sentences: Sequence[Scored]) -> PostScopeSignals:
        """What speaks for a post being about our subject."""
        signals = self.measure(whole.ranking, whole.ranking.entries[0])
        ours = [(each.candidates[0].in_scope, len(each.ranking.terms)) for each in sentences if each.candidates]
        length = sum(words for _, words in ours) or 1
        return PostScopeSignals(
            sentences=sum(chance * words for chance, words in ours) / length,
            names_treatment=signals.names_treatment,
            botox=signals.botox,
            unlike_english_by_word=signals.unlike_english_by_word,
            unlike_out_of_scope_by_word=signals.unlike_out_of_scope_by_word,
            off_topic=signals.off_topic,
            similarity_out_of_scope=signals.similarity_out_of_scope,
            like_entry_by_word=signals.like_entry_by_word,
        )

    def _is_familiar(self, term: Term, name: str) -> bool:
        return self._scope.has_word(term.stem, name) or not self._model.concepts[name].isdisjoint(term.concepts)


def measure_candidates(whole: Scored, sentences: Sequence[Scored]) -> Iterator[tuple[str, PostIntentSignals]]:
    """The candidates of every sentence of a post with their signals, and those that only the whole brings up."""
    in_whole = {each.name: each.intent for each in whole.candidates}
    first = whole.candidates[0].name if whole.candidates else ""
    best = max((each.score for each in sentences), default=0.0)
    seen = set()
    for number, sentence in enumerate(sentences):
        others = [each for place, each in enumerate(sentences) if place != number]
        for found in sentence.candidates[:PER_SENTENCE]:
            seen.add(found.name)
            yield (
                found.name,
                PostIntentSignals(
                    intent=_log_odds(found.intent),
                    asks=float(sentence.asks),
                    intent_of_whole=in_whole.get(found.name, 0.0),
                    first_of_whole=float(found.name == first),
                    in_whole=float(found.name in in_whole),
                    in_other_sentence=max((_joint_in(other, found.name) for other in others), default=0.0),
                    behind_best=best - found.joint,
                    length=min(len(sentence.ranking.terms), _LONGEST_SENTENCE) / 10,
                ),
            )
    for found in whole.candidates[:PER_SENTENCE]:
        if found.name not in seen:
            yield (
                found.name,
                PostIntentSignals(
                    intent=_log_odds(found.intent),
                    asks=0.0,
                    intent_of_whole=found.intent,
                    first_of_whole=float(found.name == first),
                    in_whole=1.0,
                    in_other_sentence=0.0,
                    behind_best=0.0,
                    length=_LONGEST_SENTENCE / 10,
                ),
            )


def _joint_in(sentence: Scored, name: str) -> float:
    return max((each.joint for each in sentence.candidates[:PER_SENTENCE] if each.name == name), default=0.0)


def _log_odds(chance: float) -> float:
    return math.log(max(chance, 1e-6) / max(1 - chance, 1e-6))
