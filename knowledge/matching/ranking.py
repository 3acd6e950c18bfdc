"""Which entries a message asks for, the likeliest first: by what its words weigh and what the language model reads."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz import fuzz, process

from knowledge.language.utterance import Term
from knowledge.matching.features import extract_features
from knowledge.matching.trained import OUT_OF_SCOPE, TrainedModel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from knowledge.language.language_model import LanguageModel

RANKED = 4
"""How many of the best candidates are looked at closely."""

_READING_COUNTS = 0.07
"""What a step of e in the language model's chance is worth beside the words' score, whose best is near 1."""

_LEAST = 1e-5
"""The least chance of a class that makes a difference."""

_MOST_SHOWN = 12
"""Phrasings of a class that the language model was not taught by which it gets to know it, some milliseconds each."""


class Reading(NamedTuple):
    """What the language model reads in a text, as chances (0 to 1).

    `classes`: that it is of each of our model's classes, in their order. `ours`, `out_of_scope`: that it is of any of
    our own or of the others; `elsewhere`: that it is for triage, or said to other people.
    """

    classes: Sequence[float]
    ours: float
    out_of_scope: float
    elsewhere: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A class that a message may belong to: an entry's id, or the prefixed id of a subject out of scope.

    `score` orders candidates. `read` is the language model's chance (0 to 1), and `similarity` (0 to 1) the likeness to
    the nearest message of the class.
    """

    name: str
    score: float
    read: float = 0.0
    similarity: float = 0.0


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a text may ask for: our best `entries`, the likeliest first, and the likeliest subject `out_of_scope`.

    `terms` and `features` are what the text was read as; `known_share` (0 to 1) is how much of its features the words'
    model knows. `reading` is None where there is no language model.
    """

    entries: Sequence[Candidate]
    out_of_scope: Candidate | None
    terms: Sequence[Term]
    features: Mapping[str, float]
    known_share: float
    reading: Reading | None = None


class Ranker:
    """Ranks the classes of a model; with a language model, by what it reads as well.

    A class that the language model was not taught, such as an entry of today, is known by what it reads in the class's
    `phrasings`: the chances of all others. The more alike a text is to them in that (Bhattacharyya 1943, "On a measure
    of divergence between two statistical populations defined by their probability distributions"), the nearer the
    class comes to the likeliest one.
    """

    def __init__(
        self,
        model: TrainedModel,
        language_model: LanguageModel | None = None,
        phrasings: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        self._model = model
        self._ours = sum(not name.startswith(OUT_OF_SCOPE) for name in model.names)
        self._language_model = language_model
        known = {} if language_model is None else {name: place for place, name in enumerate(language_model.classes)}
        self._places = [known.get(name) for name in model.names]
        self._shown = {
            name: _average([language_model.tell(text) for text in texts[:_MOST_SHOWN]])
            for name in model.names
            if language_model and name not in known and (texts := phrasings.get(name))
        }
        # "Stop" is what it says, however it sounds.
        self._said = {
            stems: number
            for number in range(self._ours, len(model.names))
            for stems in model.messages[model.names[number]]
        }

    def rank(self, terms: Sequence[Term], *texts: str) -> Ranking:
        """The best of our own classes and the best out of scope, for the terms of a text.

        `texts`: it as it was typed, and with its spelling mended; the language model takes the mean of both, of a
        text that it reads at once.
        """
        features = extract_features(terms)
        words, known = self._model.weights.score(features, len(self._model.names))
        reading = self._read(texts)
        scores = words if reading is None else list(map(_weigh, words, reading.classes))
        stems = " ".join(term.stem for term in terms)

        def describe(number: int) -> Candidate:
            name = self._model.names[number]
            nearest = process.extractOne(stems, self._model.messages[name], scorer=fuzz.ratio)
            read = reading.classes[number] if reading else 0.0
            return Candidate(name, scores[number], read, nearest[1] / 100 if nearest else 0.0)

        best = nlargest(RANKED, range(self._ours), key=scores.__getitem__)
        said = self._said.get(stems)
        other = said or max(range(self._ours, len(scores)), key=scores.__getitem__, default=None)
        out_of_scope = None if other is None else describe(other)
        return Ranking([describe(number) for number in best], out_of_scope, terms, features, known, reading)

    def explain(self, ranking: Ranking, name: str) -> list[tuple[str, float]]:
        """What each feature adds to the score of the class `name`, the strongest first."""
        return self._model.weights.explain(ranking.features, self._model.names.index(name))

    def _read(self, texts: Sequence[str]) -> Reading | None:
        if self._language_model is None or not any(map(str.strip, texts)):
            return None
        rows = [self._language_model.tell(texts[0])]
        if len(rows[0]) == 1:  # of a long text a slip changes little, and each stretch takes its time
            rows += [self._language_model.tell(text) for text in texts[1:]]
        found = _average(rows)
        chances = found.tolist()
        read = [None if place is None else chances[place] for place in self._places]
        ours, out_of_scope = (
            sum(chance for chance in part if chance is not None) for part in (read[: self._ours], read[self._ours :])
        )
        classes = [
            self._compare(name, found) if chance is None else chance
            for name, chance in zip(self._model.names, read, strict=True)
        ]
        return Reading(classes, ours, out_of_scope, max(0.0, 1.0 - ours - out_of_scope))

    def _compare(self, name: str, chances: NDArray[np.float32]) -> float:
        """The chance of a class that the language model was not taught."""
        shown = self._shown.get(name)
        return 0.0 if shown is None else float(chances.max() * ((chances * shown) ** 0.5).sum())


def _average(read: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """The mean of what was read in texts, the stretches of each counting alike."""
    import numpy as np

    found: NDArray[np.float32] = np.mean([each.mean(axis=0) for each in read], axis=0)
    return found


def _weigh(words: float, read: float) -> float:
    return words + _READING_COUNTS * math.log(read + _LEAST)
