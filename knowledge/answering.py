"""The policy: from an utterance to a reply. What `bot.py ask`, Telegram and the terminal all call."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import TypeVar

from knowledge.language.asking import AskingReader
from knowledge.language.languages import Recogniser
from knowledge.language.lexicon import Lexicon
from knowledge.language.reader import Reader
from knowledge.language.talk import TalkReader
from knowledge.language.utterance import Utterance
from knowledge.matching.confidence import Fitted, Likely, Scored, Scorer
from knowledge.matching.ranking import Candidate
from knowledge.matching.titles import Titles
from knowledge.matching.trained import OUT_OF_SCOPE, TrainedModel
from knowledge.matching.translated import TranslatedQuestions
from knowledge.model import Asked, Entry, Knowledge, Language, OutOfScope
from knowledge.reply import Answer, CheckIn, Reply, Silent, Suggestions, Unknown, Urgent
from knowledge.triage.opinion import Opinion
from knowledge.triage.policy import Triage, Triaged
from knowledge.triage.rules import RulePhrases

_R = TypeVar("_R", bound=Reply)

_PLAIN_NEWS = 0.6
"""The language model's chance from which on a message that asks nothing only tells news."""

_LONG = 120
"""Characters from which on a message has so many word pieces that the language model reads it for long."""

_SAME_WORDS = 0.95
"""How alike a message is to one of a subject's that says the same, but for a slip."""


@dataclass(frozen=True, slots=True)
class Policy:
    """From which chance (0 to 1) that an entry answers a message on what is done, and how much is done at once.

    A single question in a private chat:

    | chance of the best entry | what it gets |
    | --- | --- |
    | `answer` | the answer; what else may be meant stands on buttons beside it, from `beside` on, unless it is `sure` |
    | `closest` | the same, shown as a guess, with what else may be meant |
    | `suggest` | buttons alone |
    | below, or plainly `something_else` | where the bot's knowledge ends |

    A message that does not name the injections may be about anything: it is answered from `answer_unnamed` on.
    A post gets the first breath of one answer or two: answers from `of_post` on, guesses from `closest_of_post` on.
    What is overheard in a group is answered from `overheard` on, and else met with silence.
    """

    answer: float = 0.88
    answer_unnamed: float = 0.96
    sure: float = 0.93
    beside: float = 0.02
    closest: float = 0.12
    suggest: float = 0.04
    something_else: float = 0.8
    """From this chance on, in the language model's eyes, it is a subject out of scope, and nothing is guessed."""
    of_post: float = 0.85
    closest_of_post: float = 0.2
    overheard: float = 0.95
    outweighs: float = 0.9
    """From this chance on a message is so surely a question of ours that a sign in it is noted and not asked about,
    where it is urgent with a chance below `outweighed`."""
    outweighed: float = 0.3
    outweighs_doubt: float = 0.75
    """The same for a sign that a rule found and that the second opinion doubts outright; in a story that it doubts less
    `outweighs` counts."""
    translated: float = 0.2
    """From this likeness on to a question in another language, it is offered to whoever asks in that."""
    translated_beside: float = 0.5
    """The same for a further one, as a share of the likeness of the first."""
    in_talk: float = 0.5
    """What a short message is given at least that follows an answer and names a subject of ours."""

    most_answers: int = 3
    most_answers_to_post: int = 2
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
    """The entry that a chat saw last; `went_on`: the rest of it as well.

    `near`: what may have been meant instead, as far as it was not offered; None: that is not known.
    """

    entry: Entry
    went_on: bool = False
    near: tuple[Entry, ...] | None = None


class Answerer:
    """Decides on the reply to a message."""

    def __init__(  # noqa: PLR0913 - what was compiled and learnt, each made by a room of its own
        self,
        knowledge: Knowledge,
        lexicon: Lexicon,
        phrases: RulePhrases,
        model: TrainedModel,
        fitted: Fitted,
        model_key: str = "",
        *,
        policy: Policy | None = None,
        opinion: Opinion | None = None,
        recogniser: Recogniser | None = None,
    ) -> None:
        """`model_key` names what was compiled and learnt: two answerers of one key differ in the content alone.

        Without a `recogniser` every message is taken for English.
        """
        self.knowledge = knowledge
        self.model_key = model_key
        self.policy = policy or Policy()
        self.reader = Reader(lexicon)
        self.asking = AskingReader(knowledge, self.reader.stem, self.reader.read)
        self.talk = TalkReader(knowledge, self.reader)
        self.triage = Triage(knowledge.red_flags, phrases, knowledge.vocabulary, opinion)
        language_model = opinion.language_model if opinion else None
        self.scorer = Scorer(model, fitted, language_model, _list_phrasings(knowledge))
        self.titles = Titles(knowledge.entries.values())
        self.recogniser = recogniser
        self.translated: dict[str, TranslatedQuestions] = {}

    def with_content(self, knowledge: Knowledge) -> Answerer:
        """An answerer that has all but the content in common with this one."""
        changed = copy(self)
        changed.knowledge = knowledge
        changed.asking = AskingReader(knowledge, self.reader.stem, self.reader.read)
        changed.talk = TalkReader(knowledge, self.reader)
        changed.triage = self.triage.with_content(knowledge.red_flags)
        changed.titles = Titles(knowledge.entries.values())
        changed.translated = {}
        return changed

    def read(self, text: str) -> Utterance:
        """`text` read, as far as a message can be long."""
        return self.reader.read(text[: self.policy.most_characters])

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
            return self._with_question(triaged.urgent, utterance, overheard=overheard)
        if overheard:
            return self._noted(self._focus(self._reply_overheard(utterance), utterance), triaged.mentions_sign)
        reply = self.reply_calmly(utterance, after=after, mentions_sign=triaged.mentions_sign)
        if triaged.unsure is None or self._is_plain_question(reply, triaged):
            return reply
        return CheckIn(*triaged.unsure, reply, by_rule=triaged.doubted)

    def _is_plain_question(self, reply: Reply, triaged: Triaged) -> bool:
        """Whether the message is so surely a question of ours that a faint sign in it calls for the note alone.

        Chosen on the voices that choose: of 860 urgent messages it loses one, of the check-ins for nothing a sixth.
        """
        if triaged.unsure is None or not isinstance(reply, Answer):
            return False
        policy, (_, chance) = self.policy, triaged.unsure
        if triaged.doubted and chance < self.triage.limits.doubted:
            return reply.score >= policy.outweighs_doubt
        return reply.score >= policy.outweighs and (triaged.doubted or chance < policy.outweighed)

    def _with_question(self, urgent: Urgent, utterance: Utterance, *, overheard: bool) -> Urgent:
        """What can wait for a call to the clinic leaves time for the question that came with it."""
        if urgent.tier != "PROMPT" or overheard:
            return urgent
        asked = max(self._score_questions(utterance), key=lambda each: each.chance, default=None)
        if asked is None or asked.chance < self.policy.answer:
            return urgent
        return replace(urgent, asked=self.knowledge.entries[asked.candidates[0].name])

    def _score_questions(self, utterance: Utterance) -> list[Scored]:
        """Each clause of it that asks, by itself."""
        return [self.scorer.score(utterance.terms_of(each), utterance.wording(each)) for each in utterance.questions]

    def is_plainly_urgent(self, message: str) -> bool:
        """Whether a first look at `message` finds somebody in trouble; `reply` finds more, and takes longer."""
        return self.triage.is_plain(self.read(message))

    def reply_calmly(
        self, message: str | Utterance, *, after: Seen | None = None, mentions_sign: bool = True
    ) -> Answer | Suggestions | Unknown:
        """The reply to somebody who is in no trouble. `mentions_sign`: a danger is spoken of, so the note is due."""
        utterance = self.read(message) if isinstance(message, str) else message
        if foreign := self._reply_to_foreigner(utterance):
            return foreign
        if after is not None and (told := self._follow_up(utterance, after)):
            return self._noted(told, mentions_sign)
        reply = self._open(self._reply(utterance, after), utterance)
        return self._noted(self._focus(reply, utterance), mentions_sign)

    def _open(self, reply: Answer | Suggestions | Unknown, utterance: Utterance) -> Answer | Suggestions | Unknown:
        """`reply` with what is said first to who writes of fear, or asks whether anybody is there.

        Where the message asks nothing that can be answered, the opening's own entry is, unless it is of other things.
        """
        opening = self.talk.find_opening(utterance)
        if opening is None or self.is_post(utterance):
            return reply
        if isinstance(reply, Answer):
            is_meant = reply.entries[0].id == opening.entry
            return replace(reply, lines=opening.lines, guess=reply.guess and not is_meant)
        if isinstance(reply, Unknown) and reply.lines and not reply.talk:
            return reply
        entry = self.knowledge.entries[opening.entry]
        others = tuple(each for each in reply.entries if each is not entry) if isinstance(reply, Suggestions) else ()
        return Answer((entry,), reply.score, others, guess=True, lines=opening.lines)

    def _reply_to_foreigner(self, utterance: Utterance) -> Suggestions | Unknown | None:
        """What is said to a message in a language that the bot doesn't speak; None where it is for answering.

        An entry is offered where its question in that language is much like it, or where the words that are the same in
        English make the bot sure.
        """
        language = self._recognise(utterance)
        if language is None:
            return None
        policy, ours = self.policy, self.scorer.score(utterance.terms, *utterance.texts)
        mixed = language.foreign.mixed and self.recogniser is not None and self.recogniser.mixes_english(utterance.text)
        if mixed and ours.chance >= policy.closest:
            return None
        found = self._find_translated(language.code, utterance.text)
        least = max(policy.translated, policy.translated_beside * found[0].chance) if found else 1.0
        sure = [each for each in ours.candidates if each.chance >= policy.answer]
        names = dict.fromkeys(each.name for each in (*sure, *(each for each in found if each.chance >= least)))
        entries = tuple(self.knowledge.entries[name] for name in list(names)[: policy.most_buttons])
        if entries:
            return Suggestions(entries, max(each.chance for each in (*found[:1], *sure)), language=language)
        return Unknown(language=language)

    def _recognise(self, utterance: Utterance) -> Language | None:
        """The language that the message is plainly in, if it is one that there are texts for."""
        code = self.recogniser.recognise(utterance.text) if self.recogniser else None
        return self.knowledge.red_flags.languages.get(code) if code else None

    def _find_translated(self, code: str, text: str) -> list[Likely]:
        """The entries whose questions in that language `text` is like; a language is made ready when first needed."""
        translation = self.knowledge.translations.get(code)
        if translation is None:
            return []
        if code not in self.translated:
            self.translated[code] = TranslatedQuestions(translation)
        return [each for each in self.translated[code].find(text) if each.name in self.knowledge.entries]

    def _noted(self, reply: _R, mentions_sign: bool) -> _R:
        if isinstance(reply, Answer | Suggestions) and mentions_sign:
            return replace(reply, mentions_sign=True)
        return reply

    def _focus(self, reply: _R, utterance: Utterance) -> _R:
        """An answer with what the message asks of its entries."""
        if not isinstance(reply, Answer):
            return reply
        asked = self.asking.read(utterance, of_post=self.is_post(utterance))
        apart = {name: replace(how, regions=asked.regions) for name, how in reply.asked_apart.items()}
        names = (entry.id for entry in reply.entries)
        same_way = frozenset(each for each in names if self.asking.same_way_round(apart.get(each, asked), each))
        return replace(reply, asked=asked, asked_apart=apart, same_way=same_way)

    def _follow_up(self, utterance: Utterance, after: Seen) -> Answer | Suggestions | None:
        """The part of the last answer that a bare "why", "how long does that last", "more" or "shorter" wants.

        None where the message says more than that.
        """
        if self.asking.wants_less(utterance):
            return Answer((after.entry,), 1.0, asked=Asked(follows=True, briefly=True))
        goes_on = self.asking.goes_on(utterance)
        leans = self.asking.leans(utterance, self.reader.lexicon.weightless) and not utterance.names_subject
        if not goes_on and not leans:
            return None
        asked = replace(self.asking.read(utterance), follows=True, goes_on=goes_on)
        told = Answer((after.entry,), 1.0, asked=asked)
        empty = not told.choices[0].shown or (goes_on and after.went_on)
        if not goes_on and self._stands_alone(utterance, after.entry, is_told=not empty):
            return None
        if empty:
            related = tuple(self.knowledge.entries[name] for name in after.entry.related)
            return Suggestions(related[: self.policy.most_buttons], 1.0, no_more=True)
        return told

    def _stands_alone(self, utterance: Utterance, after: Entry, *, is_told: bool) -> bool:
        """Whether a message that could lean on the entry `after` is surely a question of its own, as "is it safe" is.

        Where that entry has the part asked for (`is_told`), what follows its label must still ask for something else:
        "how long does it last" after "Droopy eyelid" asks how long that lasts.
        """
        alone = self.scorer.score(utterance.terms, *utterance.texts)
        if alone.chance < self.policy.sure or not is_told:
            return alone.chance >= self.policy.sure
        best = alone.candidates[0].name
        if utterance.refers_back or best == after.id:
            return False
        return self._score_behind(after, utterance).candidates[0].name == best

    def _score_behind(self, after: Entry, utterance: Utterance) -> Scored:
        """A message together with the label of the entry that it follows."""
        terms = (*utterance.terms, *self.reader.read(after.label).terms)
        return self.scorer.score(terms, f"{utterance.text} {after.label}")

    def search(self, message: str | Utterance, most: int, *, by_title: bool = False) -> tuple[Entry, ...]:
        """Up to `most` entries for what somebody is still typing, the likeliest first; none where none is near.

        It finds no danger and no end of the bot's knowledge: `reply` does. The chance that an entry answers what is
        typed so far and the likeness to its title count alike. `by_title`: titles alone, where `reply` knew nothing.
        """
        utterance = self.read(message) if isinstance(message, str) else message
        worth = {} if by_title else self._guess(utterance)
        for name, likeness in self.titles.compare(utterance.text).items():
            worth[name] = worth.get(name, 0.0) + likeness
        names = sorted(worth, key=worth.__getitem__, reverse=True)
        return tuple(self.knowledge.entries[name] for name in names[:most])

    def _guess(self, utterance: Utterance) -> dict[str, float]:
        """The chances of the entries that a button would offer."""
        scored = self.scorer.score(utterance.terms, *utterance.texts)
        if not scored.ranking.known_share or scored.chance < self.policy.suggest:
            return {}
        return {each.name: each.chance for each in scored.candidates if each.chance >= self.policy.beside}

    def is_post(self, utterance: Utterance) -> bool:
        """Whether the message is a story, and not one question or two with a word around them."""
        return len(utterance.parts) > 1 and len(utterance.terms) > self.policy.most_words_of_question

    def _reply(self, utterance: Utterance, after: Seen | None) -> Answer | Suggestions | Unknown:
        talk = None if self.asking.read(utterance).kinds else self.talk.find_talk(utterance)
        if talk is not None:
            return self._reply_by_subject(talk, 0.0, after)
        if not utterance.terms:
            return Unknown()
        of_post = self.is_post(utterance)
        several = None if of_post else self._reply_to_several(utterance)
        if several:
            return several
        scored = self.scorer.score(utterance.terms, *utterance.texts)
        if of_post:
            return self._reply_by_chance(scored, utterance, of_post=True)
        telling = sum(not term.filler for term in utterance.terms)
        if after is not None and telling <= self.policy.most_words_of_follow_up:
            scored = self._score_in_context(utterance, scored, after.entry)
        return self._reply_by_chance(scored, utterance, after=after)

    def _score_in_context(self, utterance: Utterance, alone: Scored, after: Entry) -> Scored:
        """A short message taken as a follow-up to the entry `after`.

        One that names a subject of its own ("and the cost?") is ours, for we are talking; one that names none ("why?",
        "how long does that last?") is taken together with what it follows, if alone it says nothing clear.
        """
        ranking = alone.ranking
        if utterance.names_subject:
            if ranking.out_of_scope is not None and ranking.out_of_scope.score > ranking.entries[0].score:
                return alone
            best = [replace(each, chance=max(each.chance, self.policy.in_talk)) for each in alone.candidates[:1]]
            return replace(alone, candidates=[*best, *alone.candidates[1:]])
        if not utterance.asks:
            return alone
        together = self._score_behind(after, utterance)
        leans = utterance.refers_back and together.chance >= self.policy.answer
        lost = alone.chance < self.policy.closest and not self._is_else(alone)
        return together if leans or (lost and together.chance > alone.chance) else alone

    def _is_else(self, scored: Scored) -> bool:
        """Whether a text is plainly about something else, in the language model's eyes."""
        reading = scored.ranking.reading
        return reading is not None and reading.out_of_scope >= self.policy.something_else

    def _reply_by_chance(
        self, scored: Scored, utterance: Utterance, *, of_post: bool = False, after: Seen | None = None
    ) -> Answer | Suggestions | Unknown:
        """What the table of `Policy` says."""
        policy, rival = self.policy, scored.ranking.out_of_scope
        answer = policy.answer if utterance.names_treatment else policy.answer_unnamed
        closest, most = policy.closest, 1
        if of_post:
            answer, closest, most = policy.of_post, policy.closest_of_post, policy.most_answers_to_post
        if rival is not None and self._is_no_question(rival, scored, asks=utterance.asks):
            return self._reply_by_subject(self._subject(rival), scored.chance, after)
        is_else = self._is_else(scored)
        if scored.chance >= (answer if is_else else closest):
            likely = [each for each in scored.candidates if each.chance >= answer]
            given = (likely or [each for each in scored.candidates if each.chance >= closest])[:most]
            others = [each for each in scored.candidates if each not in given and each.chance >= policy.beside]
            offered = () if likely and scored.chance >= policy.sure else self._entries(others[: policy.most_buttons])
            near = [each for each in scored.candidates if each not in given][: policy.most_buttons]
            return Answer(self._entries(given), scored.chance, offered, guess=not likely, near=self._entries(near))
        if scored.chance >= policy.suggest and not is_else and scored.ranking.known_share:
            return Suggestions(self._entries(scored.candidates[: policy.most_buttons]), scored.chance)
        if rival is None or not scored.ranking.known_share or rival.score < scored.ranking.entries[0].score:
            return Unknown(score=scored.chance)
        return self._reply_by_subject(self._subject(rival), scored.chance, after)

    def _reply_to_several(self, utterance: Utterance) -> Answer | None:
        """The answer to a short message that asks two things or three, where more than one of them is clear."""
        if len(utterance.questions) < 2:
            return None
        found: dict[str, tuple[Likely, Asked]] = {}
        for span, scored in zip(utterance.questions, self._score_questions(utterance), strict=True):
            if scored.chance >= self.policy.answer:
                clause = self.reader.read(utterance.wording(span))
                best = scored.candidates[0]
                found.setdefault(best.name, (best, self.asking.read(clause)))
        if len(found) < 2:
            return None
        likely, most = [best for best, _ in found.values()], self.policy.most_answers
        surest_first = sorted(likely[:most], key=lambda each: -each.chance)
        return Answer(
            self._entries(surest_first),
            surest_first[0].chance,
            asked_apart={name: asked for name, (_, asked) in found.items()},
            left_out=self._entries(likely[most:]),
        )

    def _is_no_question(self, rival: Candidate, scored: Scored, *, asks: bool) -> bool:
        """Whether it is a courtesy, or news that ask nothing: a guess at a question would answer nothing."""
        kind = self._subject(rival).asks_nothing
        if kind == "news" and not asks:
            return rival.similarity >= _SAME_WORDS or rival.read >= _PLAIN_NEWS
        if kind != "courtesy":
            return False
        return rival.similarity >= _SAME_WORDS or rival.score >= scored.ranking.entries[0].score

    def _subject(self, rival: Candidate) -> OutOfScope:
        return self.knowledge.out_of_scope[rival.name.removeprefix(OUT_OF_SCOPE)]

    def _reply_by_subject(self, subject: OutOfScope, score: float, after: Seen | None) -> Unknown | Suggestions:
        entries = self.knowledge.entries
        if subject.above_near and after is not None:
            related = tuple(entries[each] for each in after.entry.related)
            near = related if after.near is None else after.near
            if near:
                shown = near[: self.policy.most_buttons]
                return Suggestions(shown, score, lines=subject.above_near, to_bot=subject.to_bot)
        nearest = tuple(entries[each] for each in subject.nearest)
        return Unknown(
            (subject.line, *subject.instead),
            nearest,
            score,
            talk=subject.asks_nothing is not None,
            in_groups=subject.in_groups,
            to_bot=subject.to_bot,
        )

    def _reply_overheard(self, utterance: Utterance) -> Answer | Silent:
        """An answer to a plain question about the injections that is put to nobody in particular; else silence."""
        if sum(part.asks for part in utterance.parts) != 1 or utterance.speaks_to_someone:
            return Silent()
        if self._recognise(utterance) is not None:
            return Silent()
        if len(utterance.terms) > self.policy.most_words_overheard or not utterance.names_treatment:
            return Silent()
        scored = self.scorer.score(utterance.terms, *utterance.texts)
        if scored.chance < self.policy.overheard:
            return Silent(scored.chance)
        return Answer(self._entries(scored.candidates[:1]), scored.chance)

    def _entries(self, found: Sequence[Likely]) -> tuple[Entry, ...]:
        return tuple(self.knowledge.entries[each.name] for each in found)


def _list_phrasings(knowledge: Knowledge) -> dict[str, tuple[str, ...]]:
    """What the editors keep with each class, as people ask for it."""
    entries = {entry.id: (entry.label, *entry.asked) for entry in knowledge.entries.values()}
    return entries | {OUT_OF_SCOPE + subject.id: tuple(subject.asked) for subject in knowledge.out_of_scope.values()}
