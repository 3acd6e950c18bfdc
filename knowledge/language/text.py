"""From a message to words: one normalisation for phrasings, vocabulary and messages alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'", "＇": "'"})
_LINKS = re.compile(r"(?:https?://|www\.)\S+")
_NAMES = re.compile(r"(?<!\w)@\w+")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[0-9]+(?:[.,][0-9]+)*|&")
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}\b)")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+|\s[-–—]+\s")


def fold(text: str) -> str:
    """Lower case, one kind of apostrophe, no accents, no links, no @names: what the rest of matching reads.

    Accents go, so that "café" and "cafe" are one word; letters of other scripts stay and match nothing here.
    """
    text = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).casefold()
    text = "".join(character for character in text if not unicodedata.combining(character))
    text = _LINKS.sub(" ", text)
    text = _NAMES.sub(" ", text)
    text = _THOUSANDS.sub("", text)
    return _DRAWN_OUT.sub(r"\1\1", text)


def words(folded: str) -> list[str]:
    """The words and numbers of a folded text, in order; "don't" is one word, "2nd" is "2" and "nd"."""
    return _WORD.findall(folded)


def sentences(folded: str) -> list[str]:
    """A folded text cut behind full stops and question marks, at line breaks and dashes; empty pieces left out."""
    return [piece for piece in (part.strip() for part in _SENTENCE_END.split(folded)) if piece]


_ASKING = re.compile(
    r"^(?:(?:and|so|but|also|or|ok|okay|hi|hello|hey|all|please|just|question)\W+)*"
    r"(?:how|what|whats|what's|when|where|who|whos|who's|why|which|can|could|should|shall|would|will|is|isn't|are|aren't|am|"
    r"do|does|did|doesn't|don't|has|have|had|was|were|may|might|any ?(?:one|body)|any)\b"
)


def is_question(folded: str) -> bool:
    """Whether a folded sentence asks: by its question mark, or by the word with which it begins."""
    return "?" in folded or bool(_ASKING.match(folded.strip()))


_NEXT_QUESTION = re.compile(
    r"(?:,|;|\band\b|\balso\b|\bplus\b)[\s,]*(?:also\s+)?(?=(?:how|what|when|where|who|why|can|does|do|will|is|are|should)\b)"
)


def questions(parts: Iterable[str]) -> list[str]:
    """The questions in folded sentences, also where one follows another in one ("what is it and does it hurt")."""
    clauses = [clause.strip() for part in parts for clause in _NEXT_QUESTION.split(part)]
    return [clause for clause in clauses if is_question(clause)]


_BACK = re.compile(r"^(?:and|but|so|why|what about|how about)\b|\b(?:that|this|these|those|them)\b")


def refers_back(folded: str) -> bool:
    """Whether a folded text points to what was said before ("how long does that last?", "and the cost?")."""
    return bool(_BACK.search(folded.strip()))


_SECOND_PERSON = re.compile(r"\b(?:you|your|yours|you're|you've|youre|youve|u|ur|urs|ya|hun|hon|mate)\b")


def speaks_to_someone(folded: str) -> bool:
    """Whether a folded text speaks to a person ("did yours work?"), and not to everybody who reads it."""
    return bool(_SECOND_PERSON.search(folded))


_SUFFIXES = (
    ("ically", "ic"), ("ations", "at"), ("ation", "at"), ("ating", "at"), ("iness", "y"), ("iest", "y"), ("ies", "y"),
    ("ied", "y"), ("ying", "y"), ("ingly", ""), ("edly", ""), ("sses", "ss"), ("ings", ""), ("ing", ""), ("ers", "er"),
    ("ed", ""), ("es", ""), ("ly", ""), ("ment", ""), ("s", ""),
)  # fmt: skip
_KEPT = frozenset({
    "is", "was", "has", "does", "this", "its", "us", "yes", "less", "always", "perhaps", "across", "nhs", "needs",
    "news", "during", "thing", "things", "anything", "nothing", "something", "everything", "bring", "being", "king",
    "ring", "sing", "spring", "string", "evening", "morning", "red", "bed", "need", "feed", "bleed", "speed", "used",
    "bus", "plus", "gas", "pass", "miss", "loss", "stress", "ms", "bs", "illness", "apply", "supply", "reply",
    "early", "only", "daily", "july", "family", "belly", "moment", "treatment", "appointment", "basement", "comment",
})  # fmt: skip
"""Words that only look inflected, or that must not fall together with another."""


def stem(word: str) -> str:
    """A word without its plain endings (-s, -ed, -ing, -ly, -ation …), so that "injecting" meets "injection".

    Much lighter than Porter's stemmer on purpose: two different everyday words must not fall together.
    """
    if len(word) < 4 or word in _KEPT:
        return word
    for suffix, instead in _SUFFIXES:
        if word.endswith(suffix):
            base = word[: -len(suffix)] + instead
            if len(base) < 3 or not re.search(r"[aeiouy]", base):
                continue
            if suffix in ("ing", "ings", "ed") and len(base) > 3 and base[-1] == base[-2] and base[-1] not in "lsz":
                base = base[:-1]
            if suffix == "s" and word[-2] in "su":
                return word
            return base[:-1] if base.endswith("e") and len(base) > 3 else base
    return word[:-1] if word.endswith("e") and len(word) > 4 else word
