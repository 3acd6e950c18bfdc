"""One normalisation for phrasings, vocabulary and messages alike: folding, and stems."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'", "＇": "'"})
_LINKS = re.compile(r"(?:https?://|www\.)\S+")
_NAMES = re.compile(r"(?<!\w)@\w+")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}\b)")
_VOWEL = re.compile(r"[aeiouy]")
_SHORTEST_STEMMED = 4
_SHORTEST_STEM = 3


def fold(text: str) -> str:
    """Lower case, one kind of apostrophe, no accents, no links, no @names.

    Accents go, so that "café" and "cafe" are one word; letters of other scripts stay and match nothing here.
    """
    if text.isascii():
        text = text.replace("`", "'").lower()
    else:
        text = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).casefold()
        text = "".join(character for character in text if not unicodedata.combining(character))
    text = _LINKS.sub(" ", text)
    text = _NAMES.sub(" ", text)
    text = _THOUSANDS.sub("", text)
    return _DRAWN_OUT.sub(r"\1\1", text)


class Stemmer:
    """Takes the plain endings of English words away (-s, -ed, -ing, -ly, -ation …).

    `endings` are pairs of an ending and what stands instead, the first that fits being taken; `kept` are words that
    only look inflected, and `keep_e` words of four letters that keep their e.
    """

    def __init__(self, endings: Iterable[tuple[str, str]], kept: Iterable[str], keep_e: Iterable[str]) -> None:
        self._endings = tuple((ending, instead) for ending, instead in endings)
        self._kept = frozenset(kept)
        self._keep_e = frozenset(keep_e)

    def stem(self, word: str) -> str:
        """`word` without its ending; short verbs lose their e, so that "take" meets "taking"."""
        stemmed = self._without_ending(word)
        if len(stemmed) == _SHORTEST_STEMMED and stemmed[-1] == "e" and word not in self._keep_e:
            return stemmed[:-1]
        return stemmed

    def _without_ending(self, word: str) -> str:
        if len(word) < _SHORTEST_STEMMED or word in self._kept:
            return word
        for ending, instead in self._endings:
            if not word.endswith(ending):
                continue
            base = word[: -len(ending)] + instead
            if len(base) < _SHORTEST_STEM or not _VOWEL.search(base):
                continue
            if ending == "s" and word[-2] in "su":
                return word
            return _without_doubled(base, ending)
        return word[:-1] if word.endswith("e") and len(word) > _SHORTEST_STEMMED else word


def _without_doubled(base: str, ending: str) -> str:
    """The base of an inflected word without the letter that English doubles before -ing and -ed, and without its e."""
    if (
        ending in ("ing", "ings", "ed")
        and len(base) > _SHORTEST_STEM
        and base[-1] == base[-2]
        and base[-1] not in "lsz"
    ):
        base = base[:-1]
    return base[:-1] if base.endswith("e") and len(base) > _SHORTEST_STEM else base
