"""Cries for help in languages that the bot doesn't speak: fixed sentences, found as they stand.

A sentence is compared in a plain form, letters without accents and words without punctuation, so that it is found as
people type it. Where a script has no spaces between words, it is found anywhere in the text.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from knowledge.model import Language

_LETTERS = str.maketrans(
    {
        **dict.fromkeys("'’‘`´ʼʻ＇\u200c\u200d\u00ad\u0640", ""),
        **dict(zip("łøđıæœ", ("l", "o", "d", "i", "ae", "oe"), strict=True)),
        "ي": "ی",
        "ى": "ی",
        "ك": "ک",
        "ة": "ه",
        "ё": "е",
    }
)
"""Signs that go, and letters that are one and the same to somebody in a hurry."""

_ACCENTS = range(202, 241)
"""Combining classes of the accents of Latin, Greek and Cyrillic; those of vowel signs in other scripts are letters."""

_POINTS = range(10, 36)
"""Combining classes of the vowel points of Hebrew and Arabic, which people leave out."""

_UNSPACED = (("฀", "໿"), ("က", "႟"), ("ក", "៿"), ("぀", "ヿ"), ("㐀", "鿿"))
"""First and last letter of the scripts that are written without spaces: Thai and Lao, Burmese, Khmer, Kana, Han."""


class Cry(NamedTuple):
    """A sentence that was found: the red flag that it raises, and the language that it is in."""

    flag: str
    language: Language


class _Sentence(NamedTuple):
    """`cry` is none for a saying that holds a cry and means no danger."""

    words: tuple[str, ...]
    cry: Cry | None


class Cries:
    """The sentences of all languages, ready to be found."""

    def __init__(self, languages: Sequence[Language]) -> None:
        self._spaced: dict[str, list[_Sentence]] = {}
        self._unspaced: dict[str, list[_Sentence]] = {}
        for language in languages:
            for flag, sentences in language.cries.items():
                self._add(sentences, Cry(flag, language))
            self._add(language.calm, None)

    def _add(self, sentences: Sequence[str], cry: Cry | None) -> None:
        for sentence in sentences:
            if is_unspaced(sentence):
                letters = tuple(sentence.replace(" ", ""))
                self._unspaced.setdefault(letters[0], []).append(_Sentence(letters, cry))
            else:
                words = tuple(map(sys.intern, sentence.split()))  # few words, thousands of times: a megabyte less
                self._spaced.setdefault(words[0], []).append(_Sentence(words, cry))

    def find(self, text: str) -> Cry | None:
        """The longest cry in `text`, of the language that most of its cries are in.

        A saying that means no danger hides what lies in it.
        """
        plain = to_plain(text)
        found = list(_find(plain.split(), self._spaced))
        if is_unspaced(plain):
            found += _find(plain.replace(" ", ""), self._unspaced)
        calm = [(start, end) for start, end, cry in found if cry is None]
        cries = [
            (start, end, cry)
            for start, end, cry in found
            if cry is not None and not any(first <= start and end <= last for first, last in calm)
        ]
        if not cries:
            return None
        lengths: dict[str, int] = {}
        for start, end, cry in cries:
            lengths[cry.language.code] = lengths.get(cry.language.code, 0) + end - start
        language = max(lengths, key=lambda code: lengths[code])
        return max((each for each in cries if each[2].language.code == language), key=lambda each: each[1] - each[0])[2]


def to_plain(text: str) -> str:
    """`text` in lower case, without accents, points, apostrophes and punctuation, its words parted by one space."""
    if text.isascii():
        spelled = text.replace("'", "").replace("`", "").lower()
    else:
        decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
        bare = "".join(each for each in decomposed if not _is_accent(each))
        spelled = unicodedata.normalize("NFC", bare).translate(_LETTERS)
    return " ".join("".join(each if _is_letter(each) else " " for each in spelled).split())


def is_unspaced(text: str) -> bool:
    """Whether any letter belongs to a script that is written without spaces."""
    return not text.isascii() and any(first <= each <= last for each in text for first, last in _UNSPACED)


def _is_accent(character: str) -> bool:
    combining = unicodedata.combining(character)
    return combining in _ACCENTS or combining in _POINTS


def _is_letter(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def _find(words: Sequence[str], sentences: Mapping[str, Sequence[_Sentence]]) -> Iterator[tuple[int, int, Cry | None]]:
    for start, word in enumerate(words):
        for sentence in sentences.get(word, ()):
            end = start + len(sentence.words)
            if tuple(words[start:end]) == sentence.words:
                yield start, end, sentence.cry
