"""The policy: from an utterance to a reply. What `bot.py ask`, Telegram and the terminal all call."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import TypeVar

from knowledge.language.asking import AskingReader
from knowledge.language.lexicon import Lexicon
from knowledge.language.reader import Reader
from knowledge.language.utterance import Span, Utterance
from knowledge.matching.confidence import Confidence, Fitted, InPost, Scored, Scorer
from knowledge.matching.ranking import Candidate
from knowledge.matching.trained import OUT_OF_SCOPE, TrainedModel
from knowledge.model import Entry, Knowledge
from knowledge.reply import Answer, CheckIn, Reply, Silent, Suggestions, Unknown
from knowledge.triage.opinion import Opinion
from knowledge.triage.policy import Triage
from knowledge.triage.rules import RulePhrases

_R = TypeVar("_R", bound=Reply)

_COURTESIES = frozenset({"thanks", "greeting", "complaint", "stop"})
"""Subjects out of scope that are no question: guesses at one would answer nothing."""

_LONG = 120
"""Characters from which on a message has so many word pieces that the language model reads it for long."""

_SAME_WORDS = 0.95
"""How alike a message is to one of a subject's that says the same, but for a slip."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Chances (0 to 1) from which on something is done, and how much is done at once."""

    in_scope: float = 0.7
    """A message is taken to be about our subject."""
    intent: float = 0.355
    """The best entry is taken to be the one that is meant, if the message is about our subject."""
    post_in_scope: float = 0.35
    """A longer post is taken to be about our subject."""
    sure: float = 0.8
    """An answer stands alone; below it, what else may have been meant is offered beside it."""
    each_of_post: float = 0.9
    """Each entry that a longer post asks for is given."""
    one_of_post: float = 0.4
    """The likeliest entry of a longer post is given, if none is that sure."""
    suggest: float = 0.05
    """An entry is worth a button."""
    overheard: float = 0.9
    """The bot answers in a group where nobody asked it."""
    in_talk: float = 0.95
    """The chance that a short message is about our subject, where it follows an answer and names a subject of ours."""

    most_answers: int = 3
    most_buttons: int = 3
    most_characters: int = 4096
    most_words_of_question: int = 24
    """Words in a message that is read as one question, even where it has several sentences."""
    most_words_of_follow_up: int = 5
    """Words that tell something in a message that may be a follow-up."""
    most_words_overheard: int = 30
    """Words in a message that nobody addressed to the bot; who writes more tells a story to the others."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The entry that a chat saw last; `went_on`: the rest of it as well."""

    entry: Entry
    went_on: bool = False


class Answerer:
    """Decides on the reply to a message."""

    def __init__(
        self,
        knowledge: Knowledge,
        lexicon: Lexicon,
        phrases: RulePhrases,
        model: TrainedModel,
        fitted: Fitted,
        model_key: str = "",
        *,
        thresholds: Thresholds | None = None,
        opinion: Opinion | None = None,
    ) -> None:
        """`model_key` names what was compiled and learnt: two answerers of one key differ in the content alone."""
        self.knowledge = knowledge
        self.model_key = model_key
        self.thresholds = thresholds or Thresholds()
        self.reader = Reader(lexicon)
        self.asking = AskingReader(knowledge, self.reader.stem)
        self.triage = Triage(knowledge.red_flags, phrases, knowledge.vocabulary, opinion)
        self.scorer = Scorer(model, fitted)

    def with_content(self, knowledge: Knowledge) -> Answerer:
        """An answerer that has all but the content in common with this one."""
        changed = copy(self)
        changed.knowledge = knowledge
        changed.asking = AskingReader(knowledge, self.reader.stem)
        changed.triage = self.triage.with_content(knowledge.red_flags)
        return changed

    def read(self, text: str) -> Utterance:
        """`text` read, as far as a message can be long."""
        return self.reader.read(text[: self.thresholds.most_characters])

    def runs_long(self, text: str) -> bool:
        """Whether the reply to `text` takes so long, some 15 ms or more, that others should be served meanwhile.

        Only the language model takes that long, and it lets other threads run; `reply` may be called in one of them.
        """
        return self.triage.has_language_model and len(text) > _LONG

    def reply(self, message: str | Utterance, *, overheard: bool = False, after: Seen | None = None) -> Reply:
        """The reply to `message`: help at once where somebody is in trouble, and only else an answer.

        `overheard`: nobody addressed the bot, so it stays silent unless it is plainly asked and sure. `after`: what the
        chat saw last, which a short follow-up may lean on.
        """
        utterance = self.read(message) if isinstance(message, str) else message
        triaged = self.triage.look_at(utterance, overheard=overheard)
        if triaged.urgent:
            return triaged.urgent
        if overheard:
            return self._noted(self._focus(self._reply_overheard(utterance), utterance), triaged.mentions_sign)
        reply = self.reply_calmly(utterance, after=after, mentions_sign=triaged.mentions_sign)
        return CheckIn(*triaged.unsure, reply) if triaged.unsure else reply

    def is_plainly_urgent(self, message: str) -> bool:
        """Whether a first look at `message` finds somebody in trouble; `reply` finds more, and takes longer."""
        return self.triage.is_plain(self.read(message))

    def reply_calmly(
        self, message: str | Utterance, *, after: Seen | None = None, mentions_sign: bool = True
    ) -> Answer | Suggestions | Unknown:
        """The reply to somebody who is in no trouble. `mentions_sign`: a danger is spoken of, so the note is due."""
        utterance = self.read(message) if isinstance(message, str) else message
        if after is not None and (told := self._follow_up(utterance, after)):
            return self._noted(told, mentions_sign)
        return self._noted(
            self._focus(self._reply(utterance, after.entry if after else None), utterance), mentions_sign
        )

    def _noted(self, reply: _R, mentions_sign: bool) -> _R:
        if isinstance(reply, Answer) and mentions_sign:
            return replace(reply, mentions_sign=True)
        return reply

    def _focus(self, reply: _R, utterance: Utterance) -> _R:
        """An answer with what the message asks of its entries."""
        if not isinstance(reply, Answer):
            return reply
        asked = self.asking.read(utterance, of_post=self.is_post(utterance))
        same_way = frozenset(entry.id for entry in reply.entries if self.asking.same_way_round(asked, entry.id))
        return replace(reply, asked=asked, same_way=same_way)

    def _follow_up(self, utterance: Utterance, after: Seen) -> Answer | Suggestions | None:
        """The part of the last answer that a bare "why", "how long does that last" or "tell me more" wants.

        None where the message says more than that.
        """
        goes_on = self.asking.goes_on(utterance)
        leans = self.asking.leans(utterance, self.reader.lexicon.weightless) and not utterance.names_subject
        if not goes_on and not leans:
            return None
        asked = replace(self.asking.read(utterance), follows=True, goes_on=goes_on)
        told = Answer((after.entry,), 1.0, asked=asked)
        if not told.choices[0].shown or (goes_on and after.went_on):
            related = tuple(self.knowledge.entries[name] for name in after.entry.related)
            return Suggestions(related[: self.thresholds.most_buttons], 1.0, no_more=True)
        return told

    def is_post(self, utterance: Utterance) -> bool:
        """Whether the message is a story, and not one question or two with a word around them."""
        return len(utterance.parts) > 1 and len(utterance.terms) > self.thresholds.most_words_of_question

    def _reply(self, utterance: Utterance, after: Entry | None) -> Answer | Suggestions | Unknown:
        if not utterance.terms:
            return Unknown()
        if self.is_post(utterance):
            return self._reply_to_post(utterance)
        several = self._reply_to_several(utterance, utterance.questions)
        if several:
            return several
        scored = self.scorer.score(utterance.terms)
        telling = sum(not term.filler for term in utterance.terms)
        if after is not None and telling <= self.thresholds.most_words_of_follow_up:
            scored = self._score_in_context(utterance, scored, after)
        return self._reply_to_question(scored)

    def _score_in_context(self, utterance: Utterance, alone: Scored, after: Entry) -> Scored:
        """A short message taken as a follow-up to the entry `after`.

        One that names a subject of its own ("and the cost?") is ours, for we are talking; one that names none ("why?",
        "how long does that last?") is taken together with what it follows, if that makes it clearer.
        """
        if utterance.names_subject:
            in_talk = self.thresholds.in_talk
            ours = [replace(each, in_scope=max(each.in_scope, in_talk)) for each in alone.candidates]
            return replace(alone, candidates=ours)
        if not utterance.asks:
            return alone
        together = self.scorer.score((*utterance.terms, *self.reader.read(after.label).terms))
        leans = utterance.refers_back and self._is_answer(together)
        return together if leans or together.score > alone.score else alone

    def _reply_to_question(self, scored: Scored) -> Answer | Suggestions | Unknown:
        if not self._is_answer(scored):
            return self._reply_unsure(scored)
        best, *others = scored.candidates
        offered = () if best.joint >= self.thresholds.sure else self._entries(others[: self.thresholds.most_buttons])
        return Answer(self._entries([best]), best.joint, offered)

    def _reply_to_several(self, utterance: Utterance, questions: Sequence[Span]) -> Answer | None:
        """The answer to a short message that asks two things or three, where more than one of them is clear."""
        if len(questions) < 2:
            return None
        asked = [self.scorer.score(utterance.terms[start:end]) for start, end in questions]
        found = {each.candidates[0].name: each.candidates[0] for each in asked if self._is_answer(each)}
        if len(found) < 2:
            return None
        best = sorted(found.values(), key=lambda each: -each.joint)[: self.thresholds.most_answers]
        return Answer(self._entries(best), best[0].joint)

    def _reply_unsure(self, scored: Scored) -> Suggestions | Unknown:
        rival = scored.ranking.out_of_scope
        courtesy = rival is not None and rival.name.removeprefix(OUT_OF_SCOPE) in _COURTESIES
        if rival is not None and courtesy and self._outdoes(rival, scored):
            return self._reply_by_subject(rival.name, scored.score)
        if scored.score >= self.thresholds.suggest:
            return Suggestions(self._entries(scored.candidates[: self.thresholds.most_buttons]), scored.score)
        return self._reply_unknown(scored)

    def _reply_unknown(self, scored: Scored) -> Unknown:
        """Where the bot's knowledge ends, if the message is plainly of a subject that is not ours."""
        rival = scored.ranking.out_of_scope
        if rival is None or not scored.ranking.known_share or rival.score < scored.ranking.entries[0].score:
            return Unknown(score=scored.score)
        return self._reply_by_subject(rival.name, scored.score)

    @staticmethod
    def _outdoes(rival: Candidate, scored: Scored) -> bool:
        """Whether a subject that is no question fits better than any entry, or in the same words."""
        return rival.similarity >= _SAME_WORDS or rival.score >= scored.ranking.entries[0].score

    def _reply_by_subject(self, name: str, score: float) -> Unknown:
        subject = self.knowledge.out_of_scope[name.removeprefix(OUT_OF_SCOPE)]
        return Unknown(subject.line, self.knowledge.entries.get(subject.nearest or ""), score)

    def _reply_to_post(self, utterance: Utterance) -> Answer | Suggestions | Unknown:
        whole, sentences = self.scorer.score_post(list(utterance.in_parts()))
        asked = self.scorer.find_asked(whole, sentences)
        if not asked or self.scorer.post_in_scope(whole, sentences) < self.thresholds.post_in_scope:
            return self._reply_unsure(whole)
        confident = [each for each in asked if each.chance >= self.thresholds.each_of_post] or [
            each for each in asked[:1] if each.chance >= self.thresholds.one_of_post
        ]
        if not confident:
            return Suggestions(self._entries(asked[: self.thresholds.most_buttons]), asked[0].chance)
        return Answer(self._entries(confident[: self.thresholds.most_answers]), confident[0].chance)

    def _reply_overheard(self, utterance: Utterance) -> Answer | Silent:
        """An answer to a plain question about the injections that is put to nobody in particular; else silence."""
        if sum(part.asks for part in utterance.parts) != 1 or utterance.speaks_to_someone:
            return Silent()
        if len(utterance.terms) > self.thresholds.most_words_overheard or not utterance.names_treatment:
            return Silent()
        scored = self.scorer.score(utterance.terms)
        if scored.score < self.thresholds.overheard:
            return Silent(scored.score)
        return Answer(self._entries(scored.candidates[:1]), scored.score)

    def _is_answer(self, scored: Scored) -> bool:
        """Whether the best candidate is likely enough to be given as the answer."""
        if not scored.candidates:
            return False
        best = scored.candidates[0]
        return best.in_scope >= self.thresholds.in_scope and best.intent >= self.thresholds.intent

    def _entries(self, found: Sequence[Confidence | InPost]) -> tuple[Entry, ...]:
        return tuple(self.knowledge.entries[each.name] for each in found)
