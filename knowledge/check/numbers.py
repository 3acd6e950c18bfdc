"""Which numbers a text states, and whether what it cites supports them.

A number is read with its unit: a share ("8 in 10", "79.1%", "nearly half"), a span of time ("12 weeks"), a rate ("four
times a year"), a calendar year, or a bare count. It is supported where the evidence holds a number of that kind from
which an honest writer gets there: rounded no more coarsely than it is written, in another unit of time, as a share of
another denominator. What is not a quantity of fact ("one of these", "two things", "first") is not read at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["share", "time", "yearly", "year", "count"]

_UNITS = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}
"""Days."""

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS: dict[str, float] = {
    **{word: number for number, word in enumerate(_ONES)},
    **{word: 20 + 10 * number for number, word in enumerate(_TENS)},
    **{
        f"{ten}-{one}": 20 + 10 * number + unit
        for number, ten in enumerate(_TENS)
        for unit, one in enumerate(_ONES[1:10], 1)
    },
    "dozen": 12,
    "hundred": 100,
    "thousand": 1000,
}
_ORDINALS: dict[str, float] = {
    word: number
    for number, word in enumerate(
        ["second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"], 2
    )
}
_FRACTIONS = {"half": 1 / 2, "halves": 1 / 2, "third": 1 / 3, "thirds": 1 / 3, "quarter": 1 / 4, "quarters": 1 / 4}

_NUMBER = (
    r"(?:(?:\ba\s+(?=dozen|hundred|thousand))?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|(?:"
    + "|".join(sorted(_WORDS, key=len, reverse=True))
    + r")\b))"
)
_HEDGE = (
    r"(?P<hedge>about|around|roughly|nearly|almost|close to|some|more than|over|above|at least|just over|under|below|"
    r"less than|fewer than|up to|at most|as much as)?\s*"
)
_START = r"(?<![\w.,/])(?<!\w-)"
_MIDDLE = r"(?:(?!(?:an?|per|each|every|in|on|of|at|to|and|or|by|the|with|for|on)\b)[\w'-]+\s+)?"
_UNIT = r"(?P<unit>hour|day|week|month|year)s?\b"
_NOT_A_YEAR = r"(?!(?:19|20)\d\d\b)"
_STEP = r"(?:round|treatment|session|cycle|visit|week|month|year|day|time)s?\b"

_LOW = rf"(?:(?P<low>{_NUMBER})%?\s*(?:-|to|and|or)\s*)?"
_ORDINAL = "|".join(_ORDINALS)
_LATE = "|".join(list(_ORDINALS)[2:])

_PATTERNS: Mapping[str, re.Pattern[str]] = {
    name: re.compile("".join(parts), re.IGNORECASE)
    for name, parts in {
        "part": [
            rf"{_START}{_HEDGE}(?P<few>{_NUMBER})\s+(?:in|out of)\s+(?:every\s+)?{_NOT_A_YEAR}(?P<all>{_NUMBER})",
            r"(?!\s*-?\s*(?:hour|day|week|month|year))",
        ],
        "of": [
            rf"{_START}{_HEDGE}(?!one\b)(?P<few>{_NUMBER})\s+of\s+(?:the\s+|these\s+|those\s+)?",
            rf"{_NOT_A_YEAR}(?P<all>{_NUMBER})",
        ],
        "percent": [rf"{_START}{_HEDGE}{_LOW}(?P<number>{_NUMBER})\s*(?:%|per ?cent\b)"],
        "fraction": [
            rf"\b{_HEDGE}(?:(?P<times>one|two|three)[\s-]|(?:a|by|in|the|fall of)\s)?",
            r"(?<!first )(?<!second )(?<!other )(?<!last )",
            rf"(?P<fraction>half|halves|thirds?|quarters?)\b(?![-\s]?(?:life|{_STEP}|an? ))",
        ],
        "yearly": [
            rf"{_START}{_HEDGE}{_LOW}(?P<number>{_NUMBER}|twice|once)",
            r"\s+(?:\w+\s+)?(?:(?:times|rounds|visits|treatments|sessions)\s+)?(?:a|per|each|every)\s+year\b",
        ],
        "time": [rf"{_START}{_HEDGE}{_LOW}(?P<number>{_NUMBER})(?:\s*-\s*|\s+){_MIDDLE}{_UNIT}"],
        "one-time": [rf"\b(?P<one>an?|the|one|each|every|per)\s+{_MIDDLE}{_UNIT}"],
        "year": [r"(?<![\w.,/-])(?P<year>(?:19|20)\d\d)(?![\w%,]\d|\d)"],
        "ordinal": [
            rf"\b(?P<ordinal>{_ORDINAL})\b(?=\s+(?:or\s+\w+\s+)?{_STEP})|\bthe (?P<bare>{_LATE})\b",
        ],
        "count": [
            rf"{_START}{_HEDGE}(?P<number>{_NUMBER})(?!\w|-[a-z]*\d|%)",
            r"(?=(?P<behind>(?:[\s-]+[\w'-]+){0,3}))",
        ],
    }.items()
}
"""In this order each takes its stretches out of the text, so that what is left to the later ones is simpler."""

_COUNTED = re.compile(
    r"\b(?:trial|stud|people|patient|women|men|adult|child|treatment|round|cycle|session|visit|drug|preventive|medicine|"
    r"injection|shot|jab|needle|site|spot|point|place|muscle|dose|unit|event|case|death|time|bab|pregnan|state|website|"
    r"vial|dollar|pound|area|test|antibod|hospital|miscarriage|infant|mother)",
    re.IGNORECASE,
)
"""What a small number in words has to count, to be a quantity of fact and not of the sentence ("two limits")."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it stands in a text: what `shown` means is `value`, in days, times a year, or a share of 1.

    `unit` is what one of it is worth in those. `step` is how coarsely it is written: rounding may have changed half of
    that. `hedge` is the word before it ("about", "more than"), in lower case; "few" marks a small number in words
    that counts nothing of note, "one" a mere "a week". `parts` are the few and all of "105 of 131".
    """

    shown: str
    kind: Kind
    value: float
    step: float
    hedge: str = ""
    unit: float = 1.0
    parts: tuple[float, float] | None = None

    @property
    def bare(self) -> float:
        """The number as it is written, whatever it counts."""
        return self.value / self.unit


def numbers_in(text: str) -> list[Number]:
    """The numbers that `text` states, each stretch of it read once, in order of kind."""
    rest = re.sub(r"[‐-―]", "-", text.replace(" ", " ").replace("’", "'"))
    found: list[Number] = []
    for name, pattern in _PATTERNS.items():
        for match in pattern.finditer(rest):
            found += _read(name, match)
        rest = pattern.sub(" | ", rest)
    return found


def _read(name: str, match: re.Match[str]) -> list[Number]:  # noqa: PLR0911 - one way to write a number each
    groups = match.groupdict()
    shown, hedge = " ".join(match.group().split()), (groups.get("hedge") or "").lower()
    written = [each for each in (groups.get("low"), groups.get("number")) if each]
    match name:
        case "part" | "of":
            few, whole = _value(groups["few"]), _value(groups["all"])
            if not whole or few > whole:
                return [Number(shown, "count", each, 1.0) for each in (few, whole) if each != 1]
            return [Number(shown, "share", few / whole, 1 / whole, hedge, 1 / whole, (few, whole))]
        case "percent":
            return [Number(shown, "share", _value(each) / 100, _step(each) / 100, hedge, 0.01) for each in written]
        case "fraction":
            share = _FRACTIONS[groups["fraction"].lower()] * _WORDS[(groups["times"] or "one").lower()]
            ordinal = groups["fraction"].lower() in ("third", "quarter") and not re.search(
                r"\b(a|one)\b", shown, re.IGNORECASE
            )
            return [] if ordinal else [Number(shown, "share", share, 0.1, hedge)]
        case "yearly":
            often = {"once": 1.0, "twice": 2.0}
            return [Number(shown, "yearly", often.get(each.lower()) or _value(each), 1.0, hedge) for each in written]
        case "time":
            days = _UNITS[groups["unit"].lower()]
            return [
                Number(shown, "time", _value(each) * days, _step(each) * days, _one(each) or hedge, days)
                for each in written
            ]
        case "one-time":
            days = _UNITS[groups["unit"].lower()]
            return [Number(shown, "time", days, 0.0, "one", days)]
        case "year":
            return [Number(shown, "year", float(groups["year"]), 0.0)]
        case "ordinal":
            word = (groups["ordinal"] or groups["bare"]).lower()
            return [Number(shown, "count", _ORDINALS[word], 0.0, "ordinal")]
    text = groups["number"].lower()
    if text in ("one", "zero"):
        return []
    if text in _WORDS and not _COUNTED.search(groups["behind"]):
        hedge = hedge or "few"
    return [Number(f"{shown}{groups['behind']}", "count", _value(text), _step(text), hedge)]


def _one(text: str) -> str:
    """The mark of a mere "one week", which is evidence but seldom a statement."""
    return "one" if text.lower() == "one" else ""


def _value(text: str) -> float:
    text = text.lower().removeprefix("a ")
    word = _WORDS.get(text)
    return float(text.replace(",", "")) if word is None else word


def _step(text: str) -> float:
    """What one more would be in the last digit that is written, zeros at the end left out: 0.1 for 2.5, 100 for 700."""
    digits = text.lower().removeprefix("a ").replace(",", "")
    if "." in digits:
        return 10.0 ** -len(digits.partition(".")[2])
    if not digits.isdecimal():
        return _value(text) if digits in ("dozen", "hundred", "thousand") else 1.0
    return float(10 ** (len(digits) - len(digits.rstrip("0")))) if digits.strip("0") else 1.0


def unsupported(text: str, evidence: Iterable[str], sources: int = 0) -> list[Number]:
    """The numbers of `text` that nothing in `evidence` supports.

    `sources` is how many documents the text cites: it may count them ("two reviews").
    """
    stated = [number for number in numbers_in(text) if number.hedge != "one"]
    if not stated:
        return []
    read = list(evidence)
    known = [number for each in read for number in numbers_in(each)]
    listed = {sources, *(_listed(match.group()) for each in (text, *read) for match in _LIST.finditer(each))}
    in_hundred = any(number.parts and number.parts[1] == 100 for number in stated)
    return [
        number
        for number in stated
        if not (_says_little(number, listed) or _is_supported(number, known, in_hundred=in_hundred))
    ]


_LIST = re.compile(r"\w+(?:, \w+)*,? (?:and|or) \w+")


def _listed(text: str) -> int:
    """How many things a list in the style of "a, b and c" holds."""
    return text.count(",") - len(re.findall(r", (?:and|or) ", text)) + 2


def _says_little(number: Number, listed: set[int]) -> bool:
    """Whether a number orders or counts what the text itself holds, rather than stating a quantity of fact."""
    if number.kind != "count" or re.match(r"\D*\d", number.shown):
        return False
    small = {"few": 10, "ordinal": 3}.get(number.hedge, 0)
    return number.value <= small or (number.value <= 10 and number.value in listed)


def _is_supported(number: Number, known: Sequence[Number], *, in_hundred: bool) -> bool:
    if number.parts and number.parts[1] not in _ROUND:
        few, whole = number.parts
        shares = [each for each in known if each.kind == "share" and not each.parts]
        return _is_counted(whole, known) and (
            _is_counted(few, known)
            or any(abs(each.value - number.value) <= min(each.step, 0.01) / 2 for each in shares)
        )
    return any(_agrees(number, each) or (in_hundred and _is_percent(number, each)) for each in known)


_ROUND = frozenset({2, 3, 4, 5, 10, 20, 100, 1000})
"""Denominators that a writer chooses; any other is a count of people."""


def _is_counted(value: float, known: Sequence[Number]) -> bool:
    return value == 1 or any(value in (each.parts or (each.bare,)) for each in known)


def _is_percent(number: Number, known: Number) -> bool:
    """Whether a bare number goes on in hundredths, as the second one in "24 in 100 at first and 18 later"."""
    return number.kind == "count" and known.kind == "share" and abs(known.value * 100 - number.value) <= number.step / 2


def _agrees(number: Number, known: Number) -> bool:
    """Whether a writer gets from `known` to `number`."""
    value = _in_kind(known, number)
    return value is not None and _is_near(number, value, is_bound=known.hedge in _BELOW | _ABOVE)


def _in_kind(known: Number, number: Number) -> float | None:
    """What `known` says in the kind of `number`; None where it says nothing of that kind."""
    match number.kind, known.kind:
        case kind, other if kind == other:
            return known.value
        case ("yearly", "time") if known.value:
            return _UNITS["year"] / known.value
        case ("time", "yearly") if known.value and number.unit >= _UNITS["month"]:  # 4 times a year: not 13 weeks
            return _UNITS["year"] / known.value
        case ("count", "time" | "year" | "yearly") | ("year", "count"):
            return known.bare
        case ("count", "share") if known.parts:
            return number.value if number.value in known.parts else None
        case ("time", "count") if number.unit == 1:  # "9.2 days" of headache, over "9.2 a month"
            return known.value
        case ("share", "count") if known.value % 1:  # a confidence interval, without its sign of percent
            return known.value / 100
    return None


_ALMOST = frozenset({"nearly", "almost", "close to"})
_BELOW = frozenset({"under", "below", "less than", "fewer than", "up to", "at most", "as much as"})
_ABOVE = frozenset({"more than", "over", "above", "at least", "just over"})


def _is_near(number: Number, value: float, *, is_bound: bool) -> bool:
    """Whether `value` rounds to `number`, as coarsely and to the side that its words allow.

    A bound in the evidence ("less than 30%") stays what it is: nearby bounds are others.
    """
    off, slack = value - number.value, number.step / 2 + 1e-9
    if number.hedge in _ALMOST:
        return -max(slack, 0.1 * number.value) <= off <= 1e-9
    if number.hedge in _BELOW and not is_bound:
        return -max(slack, 0.1 * number.value) <= off <= 1e-9
    if number.hedge in _ABOVE and not is_bound:
        return -1e-9 <= off <= max(slack, 0.15 * number.value)
    if number.hedge or number.parts or (number.kind == "share" and number.unit == 1):
        return abs(off) <= slack
    return abs(off) <= min(slack, number.unit / 2 + 1e-9)  # the last digit counts, even if it is a zero
