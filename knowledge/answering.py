"""From a message to a reply: what `bot.py ask`, Telegram and the terminal all call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from knowledge.language.lexicon import Word
from knowledge.language.text import fold, is_question, questions, refers_back, sentences, speaks_to_someone, words
from knowledge.matching.confidence import JUDGED, Chance, Judge, Judged, logistic
from knowledge.matching.posts import PER_SENTENCE, InPost, Piece, about_post, asked_for
from knowledge.matching.train import ELSEWHERE, matcher_of
from knowledge.model import Entry, Knowledge
from knowledge.reply import Answer, Reply, Silent, Suggestions, Unknown
from knowledge.triage.rules import Triage

OURS = 0.65
"""From this chance on a message is taken to be about our subject."""

RIGHT = 0.4
"""From this chance on the best entry is taken to be the one that is meant, if the message is about our subject."""

OURS_POST = 0.35
"""From this chance on a longer post is taken to be about our subject."""

SURE = 0.7
"""From this chance on an answer stands alone; below it, what else may have been meant is offered beside it."""

EACH_OF_POST = 0.9
"""From this chance on each entry that a longer post asks for is given."""

ONE_OF_POST = 0.4
"""From this chance on the likeliest entry of a longer post is given, if none is that sure."""

SUGGEST = 0.08
"""From this chance on an entry is worth a button."""

OVERHEARD = 0.9
"""From this chance on the bot answers in a group where nobody asked it."""

IN_TALK = 0.95
"""The chance that a short message is about our subject, where it follows an answer and names a subject of ours."""

_FOLLOW_UP = 5
"""Words that tell something in a message that may be a follow-up."""

MOST_OVERHEARD_WORDS = 30
"""Words in a message that nobody addressed to the bot; who writes more tells a story to the others."""

MOST_ANSWERS = 3
MOST_BUTTONS = 3
MOST_CHARACTERS = 4096
_ONE_QUESTION = 24
"""Words in a message that is read as one question, even where it has several sentences."""


class Answerer:
    """Decides on the reply to a message."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.matcher = matcher_of(knowledge)
        self.triage = Triage(knowledge.red_flags)
        self.judge = Judge(knowledge, self.matcher.lexicon)

    def reply(self, text: str, *, overheard: bool = False, after: Entry | None = None) -> Reply:
        """The reply to `text`: help at once where somebody is in trouble, and only else an answer.

        `overheard`: nobody addressed the bot, so it stays silent unless it is plainly asked and sure. `after`: the
        entry that the chat saw last, which a short follow-up may lean on.
        """
        folded = fold(text[:MOST_CHARACTERS])
        triaged = self.triage.look_at(folded)
        if triaged.urgent:
            return triaged.urgent
        reply = self._reply_overheard(folded) if overheard else self._reply(folded, after)
        if isinstance(reply, Answer) and triaged.mentions_sign:
            return replace(reply, mentions_sign=True)
        return reply

    def _reply(self, folded: str, after: Entry | None) -> Reply:
        parts = sentences(folded)
        if is_post(parts):
            return self._reply_to_post(parts)
        several = self._several_questions(questions(parts))
        if several:
            return several
        whole = self.judged(self.matcher.lexicon.read(folded))
        if after is not None and sum(not word.filler for word in whole.ranking.words) <= _FOLLOW_UP:
            whole = self._in_context(folded, whole, after)
        return self._reply_to_question(whole)

    def judged(self, read: Sequence[Word], most: int = JUDGED) -> Judged:
        """The `most` best candidates for the words of one question."""
        ranking = self.matcher.rank(read)
        return Judged(ranking, self.judge.chances(ranking, most))

    def _in_context(self, folded: str, alone: Judged, after: Entry) -> Judged:
        """A short message read as a follow-up to the entry `after`.

        One that names a subject of its own ("and the cost?") is ours, for we are talking; one that names none ("why?",
        "how long does that last?") is read together with what it follows, if that makes it clearer.
        """
        if self.matcher.lexicon.names_subject(alone.ranking.words):
            return Judged(alone.ranking, [replace(chance, ours=max(chance.ours, IN_TALK)) for chance in alone.chances])
        if not is_question(folded):
            return alone
        together = self.judged(self.matcher.lexicon.read(f"{folded} {fold(after.label)}"))
        leans = refers_back(folded) and _answers(together)
        return together if leans or together.score > alone.score else alone

    def _reply_to_question(self, judged: Judged) -> Reply:
        if not _answers(judged):
            return self._unsure(judged)
        best, *others = judged.chances
        offered = () if best.both >= SURE else self._entries(others[:MOST_BUTTONS])
        return Answer(self._entries([best]), best.both, offered)

    def _several_questions(self, texts: Sequence[str]) -> Answer | None:
        """The answer to a short message that asks two things or three, where more than one of them is clear."""
        if len(texts) < 2:
            return None
        asked = [self.judged(self.matcher.lexicon.read(text)) for text in texts]
        found = {each.chances[0].name: each.chances[0] for each in asked if _answers(each)}
        if len(found) < 2:
            return None
        best = sorted(found.values(), key=lambda chance: -chance.both)[:MOST_ANSWERS]
        return Answer(self._entries(best), best[0].both)

    def _unsure(self, judged: Judged) -> Reply:
        if judged.score >= SUGGEST:
            return Suggestions(self._entries(judged.chances[:MOST_BUTTONS]), judged.score)
        return self._unknown(judged)

    def _unknown(self, judged: Judged) -> Unknown:
        elsewhere = judged.ranking.elsewhere
        if elsewhere is None or elsewhere.score < judged.ranking.entries[0].score:
            return Unknown(score=judged.score)
        subject = self.knowledge.elsewhere[elsewhere.name.removeprefix(ELSEWHERE)]
        nearest = self.knowledge.entries.get(subject.nearest or "")
        return Unknown(subject.line, nearest, judged.score)

    def _reply_to_post(self, parts: Sequence[str]) -> Reply:
        whole, pieces = self.pieces(parts)
        asked = asked_for(whole, pieces)
        if not asked or logistic("post_ours", about_post(whole, pieces, self.judge)) < OURS_POST:
            return self._unsure(whole)
        confident = [each for each in asked if each.chance >= EACH_OF_POST][:MOST_ANSWERS] or [
            each for each in asked[:1] if each.chance >= ONE_OF_POST
        ]
        if not confident:
            return Suggestions(self._entries(asked[:MOST_BUTTONS]), asked[0].chance)
        return Answer(self._entries(confident), confident[0].chance)

    def pieces(self, parts: Sequence[str]) -> tuple[Piece, list[Piece]]:
        """The folded sentences of a post as one piece, and each of them."""
        read = [(self.matcher.lexicon.read(part), is_question(part)) for part in parts]
        pieces = [self._piece(found, asks, PER_SENTENCE) for found, asks in read if found]
        everything = [word for piece in pieces for word in piece.ranking.words]
        return self._piece(everything, any(piece.asks for piece in pieces), JUDGED), pieces

    def _piece(self, read: Sequence[Word], asks: bool, most: int) -> Piece:
        judged = self.judged(read, most)
        return Piece(judged.ranking, judged.chances, asks)

    def _reply_overheard(self, folded: str) -> Reply:
        """An answer to a plain question about the injections that is put to nobody in particular; else silence."""
        asked = [part for part in sentences(folded) if is_question(part)]
        if len(asked) != 1 or speaks_to_someone(folded):
            return Silent()
        read = self.matcher.lexicon.read(folded)
        if len(read) > MOST_OVERHEARD_WORDS or not self.matcher.lexicon.names_treatment(read):
            return Silent()
        judged = self.judged(read)
        if judged.score < OVERHEARD:
            return Silent(judged.score)
        return Answer(self._entries(judged.chances[:1]), judged.score)

    def _entries(self, chances: Sequence[Chance | InPost]) -> tuple[Entry, ...]:
        return tuple(self.knowledge.entries[chance.name] for chance in chances)


def is_post(parts: Sequence[str]) -> bool:
    """Whether folded sentences make a story, and not one question or two with a word around them."""
    return len(parts) > 1 and sum(len(words(part)) for part in parts) > _ONE_QUESTION


def _answers(judged: Judged) -> bool:
    """Whether the best candidate is likely enough to be given as the answer."""
    return bool(judged.chances) and judged.chances[0].ours >= OURS and judged.chances[0].right >= RIGHT
