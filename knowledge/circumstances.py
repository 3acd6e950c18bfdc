"""What stands around a sign and takes its urgency away: denied, asked about, feared, read somewhere, over.

A sign that a person has now stays urgent whatever the question around it ("is it normal that I can't swallow"), so
each circumstance is weighed against how personal and how present the sign is. The words are the editor's: the lists
under `circumstances` in red_flag_words.yaml, whose names stand in the code here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from knowledge.red_flags import Even, Rule
from knowledge.spotting import Hit, Tokens

REQUIRED = frozenset({
    "no", "not_no", "turn", "no_ends", "question", "not_question", "question_behind", "if", "not_if", "fear", "fear_behind", "maybe", "not_maybe", "topic", "unlike", "hearsay", "stated", "story", "past", "past_verb",
    "long_ago", "over", "not_over", "still", "now", "now_firm", "present", "owner", "finite", "general", "someone", "habit",
})  # fmt: skip
"""The lists that `circumstances` in red_flag_words.yaml has to hold."""

_DENIAL_REACH = 3
"""Words that may stand between a negation and the sign that it denies."""
_IF_REACH = 7
_FEAR_REACH = 5
_QUESTION_REACH = 14
_OWNER_REACH = 3


class Circumstances:
    """The circumstances in one message; `hits` are the hits of the lists in `circumstances`."""

    def __init__(self, tokens: Tokens, hits: Mapping[str, Sequence[Hit]]) -> None:
        self._tokens = tokens
        self._hits = dict(hits)
        worries = (*self._of("not_question"), *self._of("present"))
        self._hits["question"] = [
            asked for asked in self._of("question") if not any(self._is_worry(other, asked) for other in worries)
        ]

    def leave_urgent(self, rule: Rule, sign: Sequence[Hit], firm: Sequence[Hit]) -> bool:
        """Whether the words of `sign` are urgent as they stand.

        `firm` are the hits in `sign` that hold a negation of their own ("can't"), which no other one denies.
        """
        span = Hit(min(hit.start for hit in sign), max(hit.end for hit in sign))
        if "no" not in rule.even and self._denied(sign, firm):
            return False
        mine = self._personal(span, firm)
        if "story" not in rule.even and not self._near("now_firm", span) and self._told(span, mine):
            return False
        if "question" not in rule.even and not mine and self._asked(span):
            return False
        if "if" not in rule.even and self._supposed(span, mine):
            return False
        if self._past(span, rule.even):
            return False
        return not rule.someone or bool(firm) or mine or self._someone(span)

    def _is_worry(self, other: Hit, asked: Hit) -> bool:
        """Whether words that look like a question for information belong to a worried or personal one."""
        first = asked.start + (self._tokens.stems[asked.start] in ".,")
        return other.start <= first and asked.end <= other.end

    def stands(self, hit: Hit) -> bool:
        """Whether words that take a rule away hold as they stand: not "not my usual", "different from my usual"."""
        return not any(
            other.end <= hit.start
            and self._same_clause(other.start, hit.start)
            and self._tokens.gap(other, hit) <= _DENIAL_REACH
            for other in (*self._of("no"), *self._of("unlike"))
        )

    def denies(self, hit: Hit) -> bool:
        """Whether a negation reaches the hit."""
        return self._denied((hit,), ())

    def _same_clause(self, one: int, other: int) -> bool:
        return self._tokens.clauses[one] == self._tokens.clauses[other]

    def _same_sentence(self, one: int, other: int) -> bool:
        return self._tokens.sentences[one] == self._tokens.sentences[other]

    def _of(self, name: str) -> Sequence[Hit]:
        return self._hits.get(name, ())

    def _near(self, name: str, span: Hit) -> bool:
        """Whether a term of the list stands in a sentence that the span is part of."""
        return any(
            self._tokens.sentences[hit.start] in (self._tokens.sentences[span.start], self._tokens.sentences[span.end - 1])
            for hit in self._of(name)
        )

    def _denied(self, sign: Sequence[Hit], firm: Sequence[Hit]) -> bool:
        """A negation reaches forward over a few words of its clause, up to "but", "and" or an inability."""
        for negation in self._of("no"):
            if any(_inside(negation, other) for other in (*self._of("not_no"), *sign)):
                continue
            for hit in sign:
                if hit in firm or hit.start < negation.end or not self._same_clause(negation.start, hit.start):
                    continue
                if any(negation.end <= other.start < hit.start for other in (*self._of("no_ends"), *firm)):
                    continue
                if self._tokens.gap(negation, hit) <= _DENIAL_REACH:
                    return True
        return False

    def _personal(self, span: Hit, firm: Sequence[Hit]) -> bool:
        """Whether the words say that somebody in particular has the sign now: "I have", "her face is", "I can't"."""
        begin = self._clause_start(span.start)
        for marker in ("question", "fear", "maybe", "if"):
            for hit in self._of(marker):
                if begin < hit.end <= span.start and not any(_inside(hit, other) for other in self._of("not_if")):
                    begin = hit.end
        region = Hit(begin, span.end)
        if any(_inside(hit, region) for hit in self._of("present")):
            return not self._general_before(span, begin)
        for owner in self._of("owner"):
            if not _inside(owner, region):
                continue
            for finite in self._of("finite"):
                if owner.end <= finite.start < span.end + 1 and self._tokens.gap(owner, finite) <= _OWNER_REACH:
                    return True
        if firm and firm[0].start > 0 and not self._general_before(firm[0], begin):
            return self._tokens.words[firm[0].start] == "cannot" and begin == self._clause_start(span.start)
        return False

    def _general_before(self, span: Hit, begin: int) -> bool:
        """Whether the subject is people in general: "patients can't", "you can't"."""
        return any(begin <= hit.start and hit.end <= span.start for hit in self._of("general"))

    def _clause_start(self, place: int) -> int:
        clauses = self._tokens.clauses
        while place > 0 and clauses[place - 1] == clauses[place]:
            place -= 1
        return place

    def _told(self, span: Hit, mine: bool) -> bool:
        """Whether it was read or heard; what a friend says of a friend is told, however personal its words."""
        told = self._of("hearsay") if mine else (*self._of("hearsay"), *self._of("story"))
        return any(hit.start < span.end and self._same_sentence(hit.start, span.start) for hit in told)

    def _asked(self, span: Hit) -> bool:
        for hit in self._of("question"):
            if hit.start < span.end and self._same_sentence(hit.start, span.start):
                gap = self._tokens.gap(hit, span)
                if gap <= _QUESTION_REACH:
                    return True
        return any(self._same_sentence(hit.start, span.start) for hit in self._of("question_behind"))

    def _supposed(self, span: Hit, mine: bool) -> bool:
        """Behind "if", or feared or merely possible; what began at a certain time is real all the same."""
        now = self._near("now_firm", span)
        for hit in self._of("if"):
            if hit.start < span.end and self._same_clause(hit.start, span.start) and not now:
                excused = any(_inside(hit, other) for other in self._of("not_if"))
                if not excused and self._tokens.gap(hit, span) <= _IF_REACH:
                    return True
        if mine or now:
            return False
        for name in ("fear", "maybe"):
            for hit in self._of(name):
                if hit.start < span.end and self._same_clause(hit.start, span.start):
                    excused = any(_inside(hit, other) for other in self._of("not_maybe"))
                    if not excused and self._tokens.gap(hit, span) <= _FEAR_REACH:
                        return True
        return any(self._same_clause(hit.start, span.start) for hit in self._of("fear_behind"))

    def _past(self, span: Hit, even: frozenset[Even]) -> bool:
        if self._near("still", span) or (self._near("now", span) and "past" in even):
            return False
        if self._near("long_ago", span) and not self._near("now", span):
            return True
        if "past" in even:
            return False
        if self._near("past", span) and not self._near("now", span):
            verb = any(
                self._same_sentence(hit.start, span.start) and self._tokens.gap(hit, span) <= _IF_REACH
                for hit in self._of("past_verb")
            )
            if verb:
                return True
        return self._over(span)

    def _over(self, span: Hit) -> bool:
        """Whether the words behind the sign, up to the end of the next sentence, say that it has passed."""
        sentence = self._tokens.sentences[span.start]
        for hit in self._of("over"):
            if hit.start < span.start or self._tokens.sentences[hit.start] > sentence + 1:
                continue
            if any(_inside(hit, other) for other in self._of("not_over")):
                continue
            later = (other for other in (*self._of("still"), *self._of("now_firm")) if other.start >= span.start)
            if all(hit.start <= other.start < hit.end + 1 for other in later):
                return True
        return False

    def _someone(self, span: Hit) -> bool:
        if any(span.start - 1 <= hit.start <= span.end for hit in self._of("finite")):
            return True
        sentence = self._tokens.sentences[span.start]
        if any(abs(self._tokens.sentences[hit.start] - sentence) <= 1 for hit in self._of("someone")):
            return True
        if self._near("now", span) or self._near("stated", span) and not self._of("question") or self._of("now_firm"):
            return True
        return not self._of("topic") and not self._of("question")


def _inside(one: Hit, other: Hit) -> bool:
    return other.start <= one.start and one.end <= other.end
