"""Which entries a longer message asks for: a post that tells a story, with one or more questions in it.

Each sentence is judged by itself and the post as a whole. A sentence alone may mislead ("could that be a reaction?"),
and the whole blurs into its story; what both speak for is likely right. A logistic function of a few signals, fitted to
posts that are not part of the FAQ, weighs them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.matching.confidence import Judge, Judged, Signals, logistic

OF_WHOLE = (
    "ours", "named", "botox", "unlike_english_by_word", "unlike_elsewhere_by_word", "explained", "foreign",
    "similarity_elsewhere", "like_entry_by_word",
)  # fmt: skip
"""The signals of the post as a whole that say whether it is ours."""

PER_SENTENCE = 2
"""Candidates of each sentence that are considered."""


@dataclass(frozen=True, slots=True)
class Piece(Judged):
    """A sentence of a post, or all of it, judged; and whether it asks."""

    asks: bool


@dataclass(frozen=True, slots=True)
class InPost:
    """An entry that a post may ask for, with the chance (0 to 1) that showing it would help."""

    name: str
    chance: float


def candidates(whole: Piece, pieces: Sequence[Piece]) -> Iterator[tuple[str, Signals]]:
    """The candidates of every sentence with their signals, and those that only the whole post brings up."""
    right_in_whole = {chance.name: chance.right for chance in whole.chances}
    first_in_whole = whole.chances[0].name if whole.chances else ""
    best = max((piece.chances[0].both for piece in pieces if piece.chances), default=0.0)
    seen = set()
    for number, piece in enumerate(pieces):
        for chance in piece.chances[:PER_SENTENCE]:
            seen.add(chance.name)
            elsewhere = (other for place, other in enumerate(pieces) if place != number)
            yield (
                chance.name,
                {
                    "right": _log_odds(chance.right),
                    "asks": float(piece.asks),
                    "right_in_whole": right_in_whole.get(chance.name, 0.0),
                    "first_in_whole": float(chance.name == first_in_whole),
                    "in_whole": float(chance.name in right_in_whole),
                    "in_other_sentence": max((_chance_in(other, chance.name) for other in elsewhere), default=0.0),
                    "behind_best": best - chance.both,
                    "length": min(len(piece.ranking.words), 30) / 10,
                },
            )
    for chance in whole.chances[:PER_SENTENCE]:
        if chance.name not in seen:
            yield (
                chance.name,
                {
                    "right": _log_odds(chance.right),
                    "right_in_whole": chance.right,
                    "first_in_whole": float(chance.name == first_in_whole),
                    "in_whole": 1.0,
                    "length": 3.0,
                },
            )


def about_post(whole: Piece, pieces: Sequence[Piece], judge: Judge) -> Signals:
    """What speaks for a post being about our subject at all."""
    shown = judge.about_message(whole.ranking) | judge.about_candidate(whole.ranking, whole.ranking.entries[0])
    ours = [(piece.chances[0].ours, len(piece.ranking.words)) for piece in pieces if piece.chances]
    length = sum(words for _, words in ours) or 1
    return {
        "best_sentence": _log_odds(max((chance for chance, _ in ours), default=0.0)),
        "sentences": sum(chance * words for chance, words in ours) / length,
        **{name: shown[name] for name in OF_WHOLE},
    }


def asked_for(whole: Piece, pieces: Sequence[Piece]) -> list[InPost]:
    """The entries that the post may ask for, the likeliest first."""
    found: dict[str, float] = {}
    for name, signals in candidates(whole, pieces):
        found[name] = max(found.get(name, 0.0), logistic("in_post", signals))
    return [InPost(name, chance) for name, chance in sorted(found.items(), key=lambda pair: -pair[1])]


def _chance_in(piece: Piece, name: str) -> float:
    return max((chance.both for chance in piece.chances[:PER_SENTENCE] if chance.name == name), default=0.0)


def _log_odds(chance: float) -> float:
    return math.log(max(chance, 1e-6) / max(1 - chance, 1e-6))
