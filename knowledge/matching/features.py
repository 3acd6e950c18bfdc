"""What a message shows of its question: weighted features over terms and concepts.

Features are strings, so that an explanation can print them: `word:crack` (a stem), `means:price` (a concept),
`then:how+long` (two terms in a row, small ones included: "does it work" and "does it hurt" differ in one word), and
`with:duration+side-effects` (two meanings in one message).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

from knowledge.language.utterance import Term

_MOST_COMBINED = 9
"""Meanings of one message that are looked at in pairs; a longer one is cut into sentences before."""


def extract_features(terms: Sequence[Term]) -> dict[str, float]:
    """Features of a clause or a whole message, each with its weight before the entries have their say."""
    found: dict[str, float] = {}
    # A phrase that means something may begin with a small word: "every 12 weeks", "did not work".
    telling = [term for term in terms if term.concepts or not term.filler]
    for term in terms:
        found[f"word:{term.stem}"] = 0.6 if term.filler else 1.0
    for term in telling:
        for concept in term.concepts:
            found[f"means:{concept}"] = 1.0
    for first, second in pairwise(terms):
        found[f"then:{first.stem}+{second.stem}"] = 0.5
    meanings = sorted({name for term in telling for name in term.concepts or (term.stem,)})
    for one, other in combinations(meanings[:_MOST_COMBINED], 2):
        found[f"with:{one}+{other}"] = 0.4
    return found
