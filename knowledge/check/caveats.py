"""Whether an entry carries the caveat of a fact that it cites, as far as words can tell."""

from __future__ import annotations

import re
from collections.abc import Mapping

_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?")
_LITTLE = frozenset(
    """
    about after also another answer because been before being cannot could does each from given have here into itself
    least like many more most much never only other others over read same seen should some such than that their them
    then there these they this those through under very were what when where which while with without would
    """.split()  # noqa: SIM905 - a list of them would take thirty lines
)
_LEAST_CARRIED = 0.5
"""Share of a caveat's telling words that the entry has to say, too."""

_SAME_CAVEAT: Mapping[str, str] = {
    "cop(?:y|ies|ying)|reproduc|mirror|repeats?|secondary|older version|attributed to": (
        "cop(?:y|ies)|read (?:this|it|a|on)|web ?page|clinic page|one (?:health )?website|we (?:have|read|saw)|says one"
    ),
    "no (?:placebo|comparison|control)|placebo effect|averages?|open-label|observational|not randomi[sz]ed|"
    "uncontrolled|retrospective|without a randomi[sz]ed": (
        "placebo|compar|fair test|not prove|chose for themselves|control group"
    ),
    "small|single|one centre|one clinic": "small|one (?:small|centre|center|clinic|study|practice)|single",
    "news|press|summary": "news|press|summary",
    "cosmetic": "cosmetic|wrinkle",
    "custom|practice|no trial": "custom|no trial|practice|own rule|some (?:clinics|specialists)",
    "manufacturer": "maker|manufacturer",
    "follow the clinic|ask the treating clinic": r"(?:ask|follow|call)\b[^.]*\b(?:clinic|injects|who inject)",
    r"change|date\b|20\d\d page": r"change|20[01]\d|undated",
    "retired": "retired",
    "rules|policy|local|differ": "rules|policy|local|differ",
}
"""What a caveat says, and the plain words for it in an answer."""


def is_carried(caveat: str, said: str) -> bool:
    """Whether `said`, all texts of an entry, seems to tell the `caveat`: in its own words, or in those of an answer."""
    kinds = [plain for formal, plain in _SAME_CAVEAT.items() if _says(formal, caveat)]
    if kinds:
        return all(_says(plain, said) for plain in kinds)
    telling = _telling(caveat)
    return not telling or len(telling & _telling(said)) >= _LEAST_CARRIED * len(telling)


def _says(pattern: str, text: str) -> bool:
    return re.search(rf"\b(?:{pattern})", text, re.IGNORECASE) is not None


def _telling(text: str) -> set[str]:
    """The words that carry meaning, cut to their first letters so that their forms fall together."""
    return {
        word[:5] for word in _WORD.findall(text.lower()) if (len(word) > 3 or word.isdigit()) and word not in _LITTLE
    }
