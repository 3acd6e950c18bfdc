"""In which language a message is written: English, another that the bot knows, or none that it can tell.

Scripts come first: one that belongs to a single language tells it. Else words are weighed by the n-grams of their
letters (Cavnar and Trenkle 1994, "N-gram-based text categorization") in naive Bayes, where the verdict of each word is
mixed with a doubt, so that no name and no slip speaks for a whole message. Some languages of other scripts are known in
Latin letters too. English has the benefit of the doubt: another language has to be plainly likelier.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEARNT = Path(__file__).parent / "languages.bin"
"""What was learnt (`python -m tools.train_languages`)."""

ENGLISH = "en"

IN_LATIN = "-latin"
"""Ends the name of a class that is a language of another script in Latin letters."""

_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u0670\u0900-\u0963\u0966-\u0dff\u0e31-\u0e4e"
"""Accents, points and vowel signs, in a word's midst."""
_WORD = re.compile(rf"(?=[0-9]*[^\W\d_])(?:[^\W_]|[{_MARKS}])+")
"""Digits, too: some letters of Arabic are typed as such."""
_SKIPPED = re.compile(r"(?:https?://|www\.)\S+|(?<!\w)@\w+|['’]")
_BASE_LETTERS = str.maketrans("łøđı", "lodi")
_MOST_CHARACTERS = 600
_MOST_LETTERS = 24
_LONGEST = 5
_WHOLE = 0
"""What stands for the length of a whole word."""
_BUCKETS = 1 << 16
_STEP = 0.0625
"""Of the logarithms that are kept, so that each fits a byte."""

_SMOOTHING = 0.1
_KINDS = (60_000, 60, 800, 6_000, 15_000, 20_000)
"""How many n-grams of each length a language is taken to have."""
_DAMPED_ENGLISH, _DAMPED = 0.5, 0.7
"""The power of a word's count for which it counts; there is a hundred times as much English."""
_WEIGHT = 0.3
"""Of an n-gram's logarithm, since the n-grams of a word say much the same."""
_DOUBT, _DOUBT_OF_UNTAUGHT = 0.02, 0.3
"""How much of a word's verdict is left to chance."""
_MOST_OF_COMMON = 2.5
"""The most that a common English word may speak for another language, as a logarithm; any other word may say 7."""
_OF_SCRIPT = 7.0
"""What a word of another script speaks for it, or two letters without spaces, and what a word of English takes away."""
AHEAD = 6.0
_MIXED = 0.3
"""The share of a message's words that are common in English from which on it is mixed with it."""
"""How much likelier than English another language has to be, as a logarithm."""
_REMEMBERED_WORDS = 5_000

_SCRIPTS = (
    ("Latin", "a", "ɏ"),
    ("Latin", "Ḁ", "ỿ"),
    ("Greek", "Ͱ", "Ͽ"),
    ("Greek", "ἀ", "῿"),
    ("Cyrillic", "Ѐ", "ԯ"),
    ("Hebrew", "\u0590", "\u05ff"),
    ("Arabic", "\u0600", "\u077f"),
    ("Arabic", "\ufb50", "\ufeff"),
    ("Devanagari", "\u0900", "\u097f"),
    ("Bengali", "\u0980", "\u09ff"),
    ("Tamil", "\u0b80", "\u0bff"),
    ("Thai", "\u0e00", "\u0e7f"),
    ("Kana", "\u3040", "\u30ff"),
    ("Hangul", "\u1100", "\u11ff"),
    ("Hangul", "\u3130", "\u318f"),
    ("Hangul", "\uac00", "\ud7a3"),
    ("Han", "\u3400", "\u9fff"),
)
"""Scripts, with the first and the last letter of each of their blocks."""

ONLY_OF_SCRIPT = {
    "Greek": "el",
    "Hebrew": "he",
    "Devanagari": "hi",
    "Bengali": "bn",
    "Tamil": "ta",
    "Thai": "th",
    "Kana": "ja",
    "Hangul": "ko",
    "Han": "zh",
}
"""The only language that the bot knows of a script."""

_UNSPACED = ("Thai", "Kana", "Han")


class Verdict(NamedTuple):
    """The likeliest language but English, and how much likelier than English it is, as a logarithm."""

    language: str
    ahead: float


class Recogniser:
    """Tells languages.

    `classes` are English and the others; `scripts` holds the numbers of those that share a script. `steps` says for
    each bucket of n-grams and class how much likelier they are than those that the class lacks, whose logarithms are
    `lacking`, by length and class. `taught` are the words of each class, none of English, whose `common` ones suffice.
    """

    def __init__(
        self,
        classes: Sequence[str],
        scripts: Mapping[str, Sequence[int]],
        steps: NDArray[np.uint8],
        lacking: Sequence[Sequence[float]],
        taught: Sequence[Iterable[str]],
        common: Iterable[str],
    ) -> None:
        import numpy as np

        self._classes = tuple(classes)
        self._scripts = {script: np.array(numbers) for script, numbers in scripts.items()}
        self._steps = steps
        self._lacking = np.array(lacking)
        self._taught = tuple(map(frozenset, taught))
        self._common = frozenset(common)
        self._familiar = self._common.union(*self._taught)
        self._weigh = lru_cache(maxsize=_REMEMBERED_WORDS)(self._weigh_anew)

    def recognise(self, text: str) -> str | None:
        """The code of the language that `text` is plainly written in; None for English, and where it can't be told."""
        verdict = self.judge(text)
        return verdict.language if verdict is not None and verdict.ahead >= AHEAD else None

    def mixes_english(self, text: str) -> bool:
        """Whether so many words of `text` are common in English that English is mixed into it."""
        words = [word for word in dict.fromkeys(split_words(text[:_MOST_CHARACTERS])) if word not in neutral_words()]
        return sum(word in self._common for word in words) >= _MIXED * len(words)

    def judge(self, text: str) -> Verdict | None:
        """What speaks most against English; None where nothing does."""
        by_script: dict[str, list[str]] = {}
        for word in dict.fromkeys(split_words(text[:_MOST_CHARACTERS])):
            if word not in neutral_words() and (script := script_of(word)):
                by_script.setdefault(script, []).append(word)
        latin = by_script.pop("Latin", [])
        if not by_script:
            return self._judge_latin(latin) if latin else None
        script = max(by_script, key=lambda each: sum(map(len, by_script[each])))
        if script == "Han" and "Kana" in by_script:
            script = "Kana"
        written = sum(
            max(1, len(word) // 2) if each in _UNSPACED else 1 for each, words in by_script.items() for word in words
        )
        english = sum(word in self._common for word in latin)
        return Verdict(self._choose(by_script[script], script), (written - english) * _OF_SCRIPT)

    def _judge_latin(self, words: Sequence[str]) -> Verdict | None:
        """None where no word is one of the language's own: letters alone prove nothing, nor do words of English."""
        weights = self._weigh_all(words, "Latin")
        best = int(weights[1:].argmax()) + 1
        number = int(self._scripts["Latin"][best])
        if not any(word in self._taught[number] and word not in self._common for word in words):
            return None
        return Verdict(self._classes[number].removesuffix(IN_LATIN), float(weights[best] - weights[0]))

    def _choose(self, words: Sequence[str], script: str) -> str:
        if script in ONLY_OF_SCRIPT:
            return ONLY_OF_SCRIPT[script]
        weights = self._weigh_all(words, script)
        return self._classes[int(self._scripts[script][weights.argmax()])]

    def _weigh_all(self, words: Sequence[str], script: str) -> NDArray[np.float64]:
        weights = self._weigh(words[0], script)
        for word in words[1:]:
            weights = weights + self._weigh(word, script)
        return weights

    def _weigh_anew(self, word: str, script: str) -> NDArray[np.float64]:
        """The logarithm of the chance of each class of the script, by one word."""
        import numpy as np

        numbers = self._scripts[script]
        grams = list(_split_grams(word))
        likely = self._lacking[[length for length, _ in grams]][:, numbers].sum(axis=0)
        likely += self._steps[[_bucket(each) for each in grams]][:, numbers].sum(axis=0) * _STEP
        chances = np.exp((likely - likely.max()) * _WEIGHT)
        doubt = _DOUBT if word in self._familiar else _DOUBT_OF_UNTAUGHT
        found: NDArray[np.float64] = np.log(chances / chances.sum() * (1 - doubt) + doubt / len(numbers))
        if script == "Latin" and word in self._common:
            np.minimum(found, found[0] + _MOST_OF_COMMON, out=found)
        return found

    def to_bytes(self) -> bytes:
        """A line of JSON and the table, compressed."""
        head = {
            "classes": self._classes,
            "scripts": {script: numbers.tolist() for script, numbers in self._scripts.items()},
            "lacking": self._lacking.tolist(),
            "taught": [" ".join(sorted(words)) for words in self._taught],
            "common": " ".join(sorted(self._common)),
        }
        line = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
        return zlib.compress(line + b"\n" + self._steps.tobytes(), 9)

    @classmethod
    def from_bytes(cls, kept: bytes) -> Recogniser:
        """Raises ValueError, KeyError or zlib.error for what `to_bytes` did not write."""
        import numpy as np

        line, _, table = zlib.decompress(kept).partition(b"\n")
        head = json.loads(line)
        steps = np.frombuffer(table, np.uint8).reshape(_BUCKETS, len(head["classes"]))
        taught = [words.split() for words in head["taught"]]
        return cls(head["classes"], head["scripts"], steps, head["lacking"], taught, head["common"].split())


def load_recogniser(path: Path = LEARNT) -> Recogniser:
    """The recogniser that was learnt."""
    return Recogniser.from_bytes(path.read_bytes())


def learn(english: Mapping[str, float], others: Mapping[str, Mapping[str, float]], common: Iterable[str]) -> Recogniser:
    """A recogniser of English and of `others`, from how often each uses which words.

    `common` are the words that are common in English, and none of another language in an English text.
    """
    import numpy as np

    counted = {ENGLISH: english, **others}
    steps = np.zeros((_BUCKETS, len(counted)), np.uint8)
    lacking = np.zeros((_LONGEST + 1, len(counted)))
    scripts: dict[str, list[int]] = {}
    for number, (name, words) in enumerate(counted.items()):
        grams = Counter[_Gram]()
        for word, count in words.items():
            weight = count ** (_DAMPED_ENGLISH if name == ENGLISH else _DAMPED)
            for gram in _split_grams(word):
                grams[gram] += weight
        totals = [0.0] * (_LONGEST + 1)
        for (length, _), weight in grams.items():
            totals[length] += weight
        for length, total in enumerate(totals):
            lacking[length, number] = round(math.log(_SMOOTHING / (total + _SMOOTHING * _KINDS[length])), 3)
        for gram, weight in grams.items():
            step = min(255, round(math.log1p(weight / _SMOOTHING) / _STEP))
            bucket = _bucket(gram)
            steps[bucket, number] = max(steps[bucket, number], step)
        for script in sorted(set(map(script_of, words)) - set(ONLY_OF_SCRIPT) - {""}):
            scripts.setdefault(script, []).append(number)
    return Recogniser(list(counted), scripts, steps, lacking.tolist(), [(), *others.values()], common)


def split_words(text: str) -> list[str]:
    """The words of `text`, in lower case, without links and @names."""
    return _WORD.findall(unicodedata.normalize("NFC", _SKIPPED.sub(" ", text.lower())))


@lru_cache(maxsize=_REMEMBERED_WORDS)
def script_of(word: str) -> str:
    """The script of a lower-case word's first letter; empty for any that the bot knows nothing of.

    Japanese is Kana, though most of its words begin with a Han letter.
    """
    letter = next((each for each in word if not each.isdigit()), "")
    script = next((name for name, first, last in _SCRIPTS if first <= letter <= last), "")
    return "Kana" if script == "Han" and any("\u3040" <= each <= "\u30ff" for each in word) else script


def without_accents(word: str) -> str:
    """`word` as it is typed by people who leave accents away."""
    bare = "".join(each for each in unicodedata.normalize("NFD", word) if not unicodedata.combining(each))
    return unicodedata.normalize("NFC", bare).translate(_BASE_LETTERS)


@cache
def neutral_words() -> frozenset[str]:
    """Words that stand in every language and tell none, of names.txt."""
    lines = (Path(__file__).parent.parent / "names.txt").read_text(encoding="utf-8").splitlines()
    listed = [word for line in lines if not line.startswith("#") for word in line.split()]
    return frozenset((*listed, *map(without_accents, listed)))


_Gram = tuple[int, str]
"""Letters in a row, `^` and `$` being the edges of the word; and how many they are, or that they are all."""


def _split_grams(word: str) -> Iterator[_Gram]:
    edged = f"^{word[:_MOST_LETTERS]}$"
    yield _WHOLE, edged
    for length in range(1, _LONGEST + 1):
        for start in range(len(edged) - length + 1):
            gram = edged[start : start + length]
            if gram not in ("^", "$"):
                yield length, gram


def _bucket(gram: _Gram) -> int:
    length, letters = gram
    return zlib.crc32(f"{length}{letters}".encode()) % _BUCKETS
