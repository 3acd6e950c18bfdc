"""Typing errors as thumbs, ears and autocorrect make them, to measure how much of a question they spoil.

    python -m evaluation.typing_errors      # right first on held-out questions with 0 to 3 errors each

The mechanical kinds (a neighbouring key, a letter dropped, doubled or swapped, words split or joined) are also what the
language model is taught with; the others (spelling by ear, a wrong word by autocorrect, dictation) are met here alone.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from knowledge.loading.build import HERE

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
NEIGHBOURS: Mapping[str, str] = {
    key: "".join({row[max(0, place - 1)], row[min(len(row) - 1, place + 1)]} - {key})
    for row in _ROWS
    for place, key in enumerate(row)
}

_SHORTEST = 4
"""Letters from which on a word is spoilt: who mistypes "it" writes another word."""

_BY_EAR: Sequence[tuple[str, str]] = (
    (r"ph", "f"),
    (r"ck", "k"),
    (r"igh", "i"),
    (r"ough", "o"),
    (r"[ts]ion", "shun"),
    (r"ea", "ee"),
    (r"ei", "ie"),
    (r"ai", "ay"),
    (r"c(?=[aou])", "k"),
    (r"c(?=[ei])", "s"),
    (r"([bdfglmnprt])\1", r"\1"),
    (r"(?<=\w\w)e\b", ""),
    (r"y\b", "ie"),
    (r"ous\b", "us"),
    (r"ance\b", "ence"),
    (r"er\b", "a"),
    (r"ing\b", "in"),
)

_SOUND_ALIKE: Mapping[str, str] = {
    "botox": "bow talks",
    "migraine": "my grain",
    "migraines": "my grains",
    "units": "you nits",
    "dose": "does",
    "does": "dose",
    "week": "weak",
    "weeks": "weaks",
    "weak": "week",
    "there": "their",
    "your": "you're",
    "its": "it's",
    "it's": "its",
    "to": "too",
    "too": "to",
    "for": "four",
    "here": "hear",
    "right": "write",
    "know": "no",
    "one": "won",
    "pain": "pane",
    "brow": "brown",
    "neck": "nick",
    "eyelid": "i lid",
    "insurance": "in sure ants",
    "injections": "injection's",
    "side": "sighed",
    "through": "threw",
    "wait": "weight",
    "weight": "wait",
    "whether": "weather",
    "need": "knead",
    "hair": "hare",
    "muscle": "mussel",
    "muscles": "mussels",
    "feel": "feal",
    "would": "wood",
    "sore": "saw",
    "eye": "i",
    "eyes": "ice",
}


def press_neighbour(word: str, chance: random.Random) -> str:
    place = chance.randrange(len(word))
    near = NEIGHBOURS.get(word[place].lower(), "")
    return word[:place] + chance.choice(near) + word[place + 1 :] if near else word


def drop(word: str, chance: random.Random) -> str:
    place = chance.randrange(len(word))
    return word[:place] + word[place + 1 :]


def double(word: str, chance: random.Random) -> str:
    place = chance.randrange(len(word))
    return word[:place] + word[place] + word[place:]


def swap(word: str, chance: random.Random) -> str:
    place = chance.randrange(len(word) - 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def split(word: str, chance: random.Random) -> str:
    place = chance.randrange(2, len(word) - 1)
    return f"{word[:place]} {word[place:]}"


def spell_by_ear(word: str, chance: random.Random) -> str:
    fits = [(pattern, sounds) for pattern, sounds in _BY_EAR if re.search(pattern, word)]
    return re.sub(*chance.choice(fits), word, count=1) if fits else word


def autocorrect(word: str, chance: random.Random) -> str:
    """Another real word that looks like it."""
    near = process.extract(word, _english(), scorer=DamerauLevenshtein.distance, score_cutoff=2, limit=8, score_hint=2)
    others = [each for each, distance, _ in near if distance and each[0] == word[0]]
    return chance.choice(others) if others else word


def mishear(word: str, chance: random.Random) -> str:
    del chance
    return _SOUND_ALIKE.get(word, word)


Spoil = Callable[[str, random.Random], str]
MECHANICAL: Sequence[Spoil] = (press_neighbour, drop, double, swap, split)
KINDS: Sequence[Spoil] = (*MECHANICAL, spell_by_ear, autocorrect, mishear)
_JOINED = 0.1
"""The share of errors that leave out the space between two words."""


def misspell(text: str, errors: int, chance: random.Random, kinds: Sequence[Spoil] = KINDS) -> str:
    """`text` with that many words spoilt, as far as it has words that can be, each in a way drawn from `kinds`."""
    words = text.split(" ")
    for _ in range(errors):
        if len(words) > 1 and chance.random() < _JOINED:
            place = chance.randrange(len(words) - 1)
            words[place : place + 2] = [words[place] + words[place + 1]]
            continue
        order = list(range(len(words)))
        chance.shuffle(order)
        ways = list(kinds)
        chance.shuffle(ways)
        can = ((place, way) for way in ways for place in order if _can(words[place], way, chance))
        place, spoil = next(can, (0, None))
        if spoil is not None:
            words[place] = spoil(words[place], chance)
    return " ".join(words)


def _can(word: str, way: Spoil, chance: random.Random) -> bool:
    if way is mishear:
        return word in _SOUND_ALIKE
    return len(word) >= _SHORTEST and word.isalpha() and way(word.lower(), chance) != word


@cache
def _english() -> Sequence[str]:
    lines = (HERE / "english.txt").read_text(encoding="utf-8").split("\n")
    words = {word for line in lines if not line.startswith("#") for word in line.split()}
    return sorted(word for word in words if word.isalpha() and len(word) >= _SHORTEST)
