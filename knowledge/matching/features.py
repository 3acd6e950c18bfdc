"""What a message shows of its question: weighted features over words, concepts and the way it asks.

Features are strings, so that an explanation can print them: `word:crack` (a stem), `means:price` (a concept),
`then:how+long` (two words in a row, small ones included: "does it work" and "does it hurt" differ in one word),
`with:duration+side-effects` (two meanings in one message), `asks:how-long` and `asks:how-long+side-effects`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

from knowledge.language.lexicon import Lexicon, Word

SUBJECT = frozenset({"botox", "migrain", "headach"})
"""Stems that nearly every phrasing has: they place a message, but tell no entry from another."""

_MOST_COMBINED = 9
"""Meanings of one message that are looked at in pairs; a longer one is cut into sentences before."""


def features(read: Sequence[Word], lexicon: Lexicon) -> dict[str, float]:
    """Features of a clause or a whole message, each with its weight before the entries have their say."""
    found: dict[str, float] = {}
    # A phrase that means something may begin with a small word: "every 12 weeks", "did not work".
    telling = [word for word in read if word.concepts or not word.filler]
    for word in read:
        found[f"word:{word.stem}"] = 0.6 if word.filler else 1.0
    for word in telling:
        for concept in word.concepts:
            found[f"means:{concept}"] = 1.0
    for first, second in pairwise(read):
        found[f"then:{first.stem}+{second.stem}"] = 0.5
    meanings = sorted({name for word in telling for name in word.concepts or (word.stem,)})
    for one, other in combinations(meanings[:_MOST_COMBINED], 2):
        found[f"with:{one}+{other}"] = 0.4
    heads = dict.fromkeys(word.concepts[0] if word.concepts else word.stem for word in telling)
    for form in lexicon.question_forms(read):
        found[f"asks:{form}"] = 0.7
        for name in heads:
            if name not in SUBJECT:
                found[f"asks:{form}+{name}"] = 0.5
    return found
