"""What a message shows of its question: weighted features over words, concepts and the way it asks.

Features are strings, so that an explanation can print them: `word:crack`, `means:price`, `pair:long+last`,
`asks:how-long`, `asks:how-long+side-effect`.
"""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.lexicon import Lexicon, Word

SUBJECT = frozenset({"botox", "migrain", "headach"})
"""Stems that nearly every phrasing has: they place a message, but tell no entry from another."""


def content(read: Sequence[Word]) -> list[Word]:
    """The words that carry the question."""
    return [word for word in read if not word.filler]


def features(read: Sequence[Word], lexicon: Lexicon) -> dict[str, float]:
    """Features of a clause or a whole message, each with its weight before the entries have their say."""
    found: dict[str, float] = {}
    kept = content(read)
    names = [word.concepts[0] if word.concepts else word.stem for word in kept]
    for word in kept:
        found[f"word:{word.stem}"] = 1.0
        for concept in word.concepts:
            found[f"means:{concept}"] = 1.0
    for first, second in zip(names, names[1:], strict=False):
        if first != second:
            found[f"pair:{first}+{second}"] = 0.7
    forms = lexicon.question_forms(read)
    for form in forms:
        found[f"asks:{form}"] = 0.7
        for name in dict.fromkeys(names):
            if name not in SUBJECT:
                found[f"asks:{form}+{name}"] = 0.5
    return found
