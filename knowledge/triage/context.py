"""What stands around a sign and takes its urgency away: denied, asked about, feared, read somewhere, over.

A sign that a person has now stays urgent whatever the question around it ("is it normal that I can't swallow"), so
each circumstance is weighed against how personal and how present the sign is. The words are the editor's: the lists
under `circumstances` in red_flag_words.yaml, whose names stand in the code here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from knowledge.language.utterance import EDGES, Span, Utterance
from knowledge.model import Even, Rule

REQUIRED = frozenset(
    {
        "no",
        "not_no",
        "no_ends",
        "question",
        "not_question",
        "question_behind",
        "real",
        "if",
        "not_if",
        "fear",
        "fear_behind",
        "maybe",
        "not_maybe",
        "story",
        "hearsay",
        "past",
        "past_verb",
        "long_ago",
        "over",
        "not_over",
        "still",
        "now",
        "now_firm",
        "stated",
        "present",
        "owner",
        "finite",
        "general",
        "someone",
        "topic",
        "unlike",
        "contrast",
    }
)
"""The lists that `circumstances` in red_flag_words.yaml has to hold."""

_DENIAL_REACH = 3
"""Words that may stand between a negation and the sign that it denies; the others below likewise."""
_IF_REACH = 7
_FEAR_REACH = 5
_QUESTION_REACH = 14
_OWNER_REACH = 3
_PAST_REACH = 7
_TELEGRAPHIC = 16
"""Words in the longest sentence that is taken for a cry without a subject ("gasping for air")."""


class Circumstances:
    """The circumstances in one message; `hits` are the hits of the lists in `circumstances`."""

    def __init__(self, utterance: Utterance, hits: Mapping[str, Sequence[Span]]) -> None:
        self._utterance = utterance
        self._hits = {name: [self._without_edge(hit) for hit in found] for name, found in hits.items()}
        self._keep("no", unless_in=("not_no",))
        self._keep("question", unless_in=("not_question", "present"))
        self._keep("if", unless_in=("not_if",))
        self._keep("fear", unless_in=("not_maybe",))
        self._keep("maybe", unless_in=("not_maybe",))
        self._keep("over", unless_in=("not_over",))

    def leave_urgent(self, rule: Rule, sign: Sequence[Span], firm: Sequence[Span]) -> bool:
        """Whether the words of `sign` are urgent as they stand.

        `firm` are the hits in `sign` that hold a negation of their own ("can't"), which no other one denies.
        """
        span = Span(min(hit.start for hit in sign), max(hit.end for hit in sign))
        mine = self._is_personal(span, firm)
        if (
            ("no" not in rule.even and self._is_denied(sign, firm))
            or ("story" not in rule.even and self._is_told(span, mine))
            or ("question" not in rule.even and not mine and self._is_asked(span))
            or ("if" not in rule.even and self._is_supposed(span, mine))
            or self._is_past(span, rule.even)
        ):
            return False
        if mine:
            return True
        if "story" not in rule.even and self._is_general(
            firm[0] if firm else span, self._clause_start(span.start), near=not firm
        ):
            return False
        return not rule.someone or bool(firm) or self._is_somebodys(span)

    def denies(self, hit: Span) -> bool:
        """Whether a negation reaches the hit."""
        return self._is_denied((hit,), ())

    def stands(self, hit: Span) -> bool:
        """Whether words that take a rule away hold as they stand: not "not my usual", "different from my usual"."""
        return not any(
            other.end <= hit.start
            and self._utterance.same_clause(other, hit)
            and self._utterance.gap(other, hit) <= _DENIAL_REACH
            for other in self._of("unlike")
        )

    def _of(self, name: str) -> Sequence[Span]:
        return self._hits.get(name, ())

    def _without_edge(self, hit: Span) -> Span:
        """A hit without the edge that it begins with, which belongs to the clause before."""
        edge = self._utterance.stems[hit.start] in EDGES and hit.end - hit.start > 1
        return Span(hit.start + 1, hit.end) if edge else hit

    def _keep(self, name: str, unless_in: Sequence[str]) -> None:
        """Drop the hits of a list that are part of a longer saying with another meaning."""
        sayings = [saying for other in unless_in for saying in self._of(other)]
        self._hits[name] = [hit for hit in self._of(name) if not any(hit.inside(saying) for saying in sayings)]

    def _near(self, name: str, span: Span) -> bool:
        """Whether a term of the list stands in a sentence that the span is part of."""
        sentences = self._utterance.sentences
        here = (sentences[span.start], sentences[span.end - 1])
        return any(sentences[hit.start] in here for hit in self._of(name))

    def _clause_start(self, place: int) -> int:
        clauses = self._utterance.clauses
        while place > 0 and clauses[place - 1] == clauses[place]:
            place -= 1
        return place

    def _is_denied(self, sign: Sequence[Span], firm: Sequence[Span]) -> bool:
        """A negation reaches forward over a few words of its clause, up to "but", "and" or an inability."""
        ends = (*self._of("no_ends"), *firm)
        return any(
            negation.end <= hit.start
            and hit not in firm
            and self._utterance.same_clause(negation, hit)
            and self._utterance.gap(negation, hit) <= _DENIAL_REACH
            and not any(negation.inside(other) for other in sign)
            and not any(negation.end <= end.start < hit.start for end in ends)
            for negation in self._of("no")
            for hit in sign
        )

    def _is_personal(self, span: Span, firm: Sequence[Span]) -> bool:
        """Whether the words say that somebody in particular has the sign now: "I have", "her face is", "I can't"."""
        clause = begin = self._clause_start(span.start)
        for name in ("question", "fear", "maybe", "if"):
            begin = max([begin, *(hit.end for hit in self._of(name) if hit.start < span.start)])
        said = Span(begin, span.end)
        if any(hit.inside(said) for hit in self._of("present")):
            return not self._is_general(span, begin)
        owners = [owner for owner in self._of("owner") if owner.inside(said)]
        if any(
            owner.end <= finite.start <= span.end and self._utterance.gap(owner, finite) <= _OWNER_REACH
            for owner in owners
            for finite in self._of("finite")
        ):
            return True
        present_inability = bool(firm) and self._utterance.words[firm[0].start] == "cannot"
        return present_inability and begin == clause and not self._is_general(firm[0], begin)

    def _is_general(self, span: Span, begin: int, *, near: bool = False) -> bool:
        """Whether the subject is people in general ("patients can't"), with nobody in particular behind.

        `near`: only the very words before the span count.
        """
        return any(
            begin <= hit.start
            and hit.end <= span.start
            and not (near and self._utterance.gap(hit, span) > 0)
            and not any(hit.end <= person.start < span.start for person in self._of("someone"))
            for hit in self._of("general")
        )

    def _is_told(self, span: Span, mine: bool) -> bool:
        """Whether it was read or heard; what a friend says of a friend is told, however personal its words."""
        told = self._of("hearsay") if mine else (*self._of("hearsay"), *self._of("story"))
        before = any(
            hit.start < span.end and self._utterance.same_sentence(hit, span) and not self._is_contrasted(hit, span)
            for hit in told
        )
        return before and not self._near("now_firm", span)

    def _is_contrasted(self, one: Span, other: Span) -> bool:
        """Whether a "but" parts the two: what stands before it reaches no further, as ConText has it.

        Harkema et al. 2009, "ConText: an algorithm for determining negation, experiencer, and temporal status from
        clinical reports", https://doi.org/10.1016/j.jbi.2009.05.002: a termination term ends the scope of a trigger.
        """
        first, last = sorted((one, other))
        return any(first.end <= hit.start and hit.end <= last.start for hit in self._of("contrast"))

    def _is_asked(self, span: Span) -> bool:
        """Whether a question for information is about it, with nothing saying that it is happening indeed."""
        if self._of("real"):
            return False
        return any(
            hit.start < span.end
            and self._utterance.same_sentence(hit, span)
            and self._utterance.gap(hit, span) <= _QUESTION_REACH
            and not self._is_contrasted(hit, span)
            for hit in self._of("question")
        ) or any(self._utterance.same_sentence(hit, span) for hit in self._of("question_behind"))

    def _is_supposed(self, span: Span, mine: bool) -> bool:
        """Behind "if", or feared or merely possible; what began at a certain time is real all the same."""
        if self._near("now_firm", span):
            return False
        if self._is_behind("if", span, _IF_REACH):
            return True
        if mine:
            return False
        return (
            self._is_behind("fear", span, _FEAR_REACH)
            or self._is_behind("maybe", span, _FEAR_REACH)
            or any(self._utterance.same_clause(hit, span) for hit in self._of("fear_behind"))
        )

    def _is_behind(self, name: str, span: Span, reach: int) -> bool:
        """Whether the span comes within some words after a term of the list, in its clause."""
        return any(
            hit.start < span.end and self._utterance.same_clause(hit, span) and self._utterance.gap(hit, span) <= reach
            for hit in self._of(name)
        )

    def _is_past(self, span: Span, even: frozenset[Even]) -> bool:
        """Over and done with; what is over counts all the same for some rules, but not what was long ago."""
        now = self._near("now", span)
        if self._near("still", span) or (now and "past" in even):
            return False
        if not now and any(self._is_time_of(hit, span) for hit in self._of("long_ago")):
            return True
        if "past" in even:
            return False
        verbs = [verb for verb in self._of("past_verb") if self._utterance.same_sentence(verb, span)]
        told_of_then = any(self._utterance.gap(verb, span) <= _PAST_REACH for verb in verbs)
        then = any(self._is_time_of(hit, span) for hit in self._of("past"))
        return (told_of_then and then and not now) or self._is_over(span)

    def _is_time_of(self, time: Span, span: Span) -> bool:
        """Whether a time that is over is that of the sign, and not of somebody else's ("my mum had the same")."""
        return (
            self._utterance.same_sentence(time, span)
            and not self._is_contrasted(time, span)
            and not any(span.end <= hit.start < time.start for hit in self._of("story"))
        )

    def _is_over(self, span: Span) -> bool:
        """Whether the words behind the sign, up to the end of the next sentence, say that it has passed."""
        sentences = self._utterance.sentences
        again = [hit for name in ("still", "now_firm") for hit in self._of(name) if hit.start >= span.start]
        return any(
            over.start >= span.start
            and sentences[over.start] <= sentences[span.start] + 1
            and all(over.start <= hit.start <= over.end for hit in again)
            for over in self._of("over")
        )

    def _is_somebodys(self, span: Span) -> bool:
        """Whether anything near tells of a person, a time or a change, or the words are a short cry."""
        sentences = self._utterance.sentences
        here = sentences[span.start]
        if (
            any(span.start - 1 <= hit.start <= span.end for hit in self._of("finite"))
            or any(abs(sentences[hit.start] - here) <= 1 for hit in self._of("someone"))
            or self._near("now", span)
            or self._of("now_firm")
        ):
            return True
        if self._of("question"):
            return False
        return self._near("stated", span) or (sentences.count(here) <= _TELEGRAPHIC and not self._of("topic"))
