"""Typing errors as thumbs, ears and autocorrect make them, to measure how much of a question they spoil.

    python -m evaluation.typing_errors                # right first on held-out questions with 0 to 3 errors each
    python -m evaluation.typing_errors --limit 100    # on 100 of them

It also tells which common words, rightly spelled, are taken for errors.

The mechanical kinds (a neighbouring key, a letter dropped, doubled or swapped, words split or joined) are also what the
language model is taught with; the others (spelling by ear, a wrong word by autocorrect, dictation) are met here alone.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from evaluation.score import Share, judge
from evaluation.sets import MessageSet, Question, read_set
from knowledge.answering import Answerer
from knowledge.language.reader import Reader
from knowledge.language.spelling import common_words, tokenize
from knowledge.loading.build import HERE
from knowledge.loading.load import load
from knowledge.loading.training import class_names, read_training
from knowledge.matching.trained import OUT_OF_SCOPE

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


def misspell(
    text: str, errors: int, chance: random.Random, kinds: Sequence[Spoil] = KINDS, joined: float = _JOINED
) -> str:
    """`text` with that many errors, as far as it has words that can be spoilt, each of a kind drawn from `kinds`.

    `joined` is the share (0 to 1) of errors that leave out a space instead.
    """
    words = text.split(" ")
    for _ in range(errors):
        if len(words) > 1 and chance.random() < joined:
            place = chance.randrange(len(words) - 1)
            words[place : place + 2] = [words[place] + words[place + 1]]
            continue
        order = list(range(len(words)))
        chance.shuffle(order)
        ways = list(kinds)
        chance.shuffle(ways)
        tried = (
            (place, way(words[place].lower(), chance)) for way in ways for place in order if _may(words[place], way)
        )
        place, spoilt = next((each for each in tried if each[1] != words[each[0]].lower()), (0, words[0]))
        words[place] = spoilt
    return " ".join(words)


def _may(word: str, way: Spoil) -> bool:
    return way is mishear or (len(word) >= _SHORTEST and word.isalpha())


@cache
def _english() -> Sequence[str]:
    return sorted(word for word in common_words() if word.isalpha() and len(word) >= _SHORTEST)


class Condition(NamedTuple):
    """How messages are spoilt."""

    title: str
    errors: int = 1
    kinds: Sequence[Spoil] = KINDS
    joined: float = _JOINED

    def spoil(self, text: str) -> str:
        """`text` with errors, the same in every run; several begin with the one."""
        chance = random.Random(text)  # noqa: S311  # no secret depends on it
        return misspell(text, self.errors, chance, self.kinds, self.joined)


CONDITIONS: Sequence[Condition] = (
    Condition("1 error of any kind", 1),
    Condition("2 errors", 2),
    Condition("3 errors", 3),
    *(Condition(kind.__name__.replace("_", " "), kinds=(kind,), joined=0.0) for kind in KINDS),
    Condition("join", kinds=(), joined=1.0),
)

COMMON = 4
"""The step of the Zipf scale from which on a word is common: ten times in a million words."""

_FAR = {OUT_OF_SCOPE + subject for subject in ("everyday", "small-talk")}


def tabulate(questions: Sequence[Question], answerer: Answerer) -> Iterator[str]:
    """A line for each condition: of the questions that it changes, how many are answered rightly, and were without it.

    An answer counts that is shown as a guess, too.
    """
    unspoilt = _answer(questions, answerer)
    yield f"{'':<20} {'right':>6}  {'95 % interval':<15} {'n':>6}  {'without':>7}  {'points':>6}"
    yield _tell("no error", unspoilt)
    for condition in CONDITIONS:
        spoilt = [replace(each, text=condition.spoil(each.text)) for each in questions]
        changed = [place for place, each in enumerate(spoilt) if each != questions[place]]
        after = _answer([spoilt[place] for place in changed], answerer)
        yield _tell(condition.title, after, [unspoilt[place] for place in changed])


def _answer(questions: Sequence[Question], answerer: Answerer) -> list[bool]:
    """Which of the questions are answered rightly."""
    messages = MessageSet("held_out", tuple(questions), (), (), (), (), (), ())
    return [verdict.holds for verdict in judge(answerer, messages) if verdict.figure == "right_first"]


def _tell(title: str, right: Sequence[bool], before: Sequence[bool] = ()) -> str:
    share = Share(sum(right), len(right))
    low, high = share.interval
    line = f"{title:<20} {share.value:6.1%}  {low:6.1%}–{high:<6.1%}  {share.of:6}"
    if not before:
        return line
    without = Share(sum(before), len(before))
    return f"{line}  {without.value:7.1%}  {100 * (share.value - without.value):+6.1f}"


def find_mended(words: Iterable[str], reader: Reader) -> dict[str, str]:
    """Those of the words that are taken for errors, and the stems of what they are taken for."""
    read = {word: reader.read(word).terms for word in words}
    return {
        word: " ".join(term.stem for term in terms)
        for word, terms in read.items()
        if any(term.corrected for term in terms)
    }


def tell_mended(texts: Iterable[str], reader: Reader) -> Iterator[str]:
    """Which common words are taken for errors, of all and of those that stand in `texts`."""
    common = {word for word, step in common_words().items() if step >= COMMON}
    used = Counter(token for text in texts for token in tokenize(text) if token in common)
    mended = find_mended(common, reader)
    listed, met = Share(len(mended), len(common)), Share(sum(used[word] for word in mended), used.total())
    yield f"common words taken for errors: {listed.hits} of {listed.of:,} ({listed.value:.2%});"
    yield f"where they stand in messages far from our subject, {met.hits} of {met.of:,} times ({met.value:.2%})"
    yield from (f"  {word} → {stems}, met {used[word]} times" for word, stems in sorted(mended.items()))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m evaluation.typing_errors",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--limit", type=int, metavar="N", help="ask about N of the questions only")
    options = parser.parse_args(arguments)
    answerer = load()
    questions = read_set("held_out").questions
    # Apart from each other: those of one voice stand together.
    asked = questions[:: max(1, len(questions) // options.limit)][: options.limit] if options.limit else questions
    rows = read_training(HERE, class_names(answerer.knowledge), [])
    print(*tabulate(asked, answerer), sep="\n")
    print("", *tell_mended((row.message.text for row in rows if row.message.label in _FAR), answerer.reader), sep="\n")


if __name__ == "__main__":
    main()
