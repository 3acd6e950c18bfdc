"""From a message to a reply: what `bot.py ask`, Telegram and the terminal all call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.deciding import Chance, Judge, elsewhere_of, ours_of
from knowledge.lexicon import Word
from knowledge.matching import Ranking
from knowledge.model import Entry, Knowledge
from knowledge.reply import Answer, Reply, Silent, Suggestions, Unknown
from knowledge.text import fold, is_question, sentences
from knowledge.training import ELSEWHERE, matcher_of

OURS = 0.6
"""From this chance on a message is taken to be about our subject."""

RIGHT = 0.45
"""From this chance on the best entry is taken to be the one that is meant, if the message is about our subject."""

SURE = 0.8
"""From this chance on an answer stands alone; below it, what else may have been meant is offered beside it."""

SUGGEST = 0.12
"""From this chance on an entry is worth a button."""

OVERHEARD = 0.9
"""From this chance on the bot answers in a group where nobody asked it."""

MOST_ANSWERS = 3
MOST_BUTTONS = 3
MOST_CHARACTERS = 4096
_ONE_QUESTION = 24
"""Words in a message that is read as one question, even where it has several sentences."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A piece of a message with its best candidates and their chances, the likeliest first."""

    ranking: Ranking
    chances: Sequence[Chance]

    @property
    def score(self) -> float:
        """The chance that the best candidate is right (0 where there is none)."""
        return self.chances[0].both if self.chances else 0.0

    @property
    def answers(self) -> bool:
        """Whether the best candidate is likely enough to be given as the answer."""
        return bool(self.chances) and self.chances[0].ours >= OURS and self.chances[0].right >= RIGHT


class Answerer:
    """Decides on the reply to a message."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.matcher = matcher_of(knowledge)
        self.judge = Judge(knowledge, self.matcher.lexicon)

    def reply(self, text: str, *, overheard: bool = False, after: Entry | None = None) -> Reply:
        """The reply to `text`.

        `overheard`: nobody addressed the bot, so it stays silent unless it is plainly asked and sure. `after`: the
        entry that the chat saw last, which a short follow-up may lean on.
        """
        folded = fold(text[:MOST_CHARACTERS])
        if overheard:
            return self._reply_overheard(folded)
        read = self.matcher.lexicon.read(folded)
        parts = sentences(folded)
        if len(read) > _ONE_QUESTION and len(parts) > 1:
            return self._reply_to_post(folded, parts)
        whole = self.judged(read)
        if after is not None and whole.score < SURE:
            whole = self._with_context(folded, whole, after)
        return self._reply_to_question(whole)

    def judged(self, read: Sequence[Word]) -> Judged:
        """The candidates for the words of one question."""
        ranking = self.matcher.rank(read)
        return Judged(ranking, self.judge.chances(ranking))

    def _with_context(self, folded: str, alone: Judged, after: Entry) -> Judged:
        """A short follow-up read together with what it follows, where that makes it clearer."""
        if sum(not word.filler for word in alone.ranking.words) > 5:
            return alone
        together = self.judged(self.matcher.lexicon.read(f"{folded} {fold(after.label)}"))
        return together if together.score > alone.score else alone

    def _reply_to_question(self, judged: Judged) -> Reply:
        if not judged.answers:
            return self._unsure(judged)
        best, *others = judged.chances
        entry = self._entry(best)
        if best.both >= SURE:
            return Answer((entry,), best.both, entry.safety_note)
        return Answer((entry,), best.both, entry.safety_note, self._entries(others[:MOST_BUTTONS]))

    def _unsure(self, judged: Judged) -> Reply:
        if judged.score >= SUGGEST:
            return Suggestions(self._entries(judged.chances[:MOST_BUTTONS]), judged.score)
        return self._unknown(judged)

    def _unknown(self, judged: Judged) -> Unknown:
        elsewhere, ours = elsewhere_of(judged.ranking), ours_of(judged.ranking)
        if not elsewhere or not ours or elsewhere[0].score < ours[0].score:
            return Unknown(score=judged.score)
        subject = self.knowledge.elsewhere[elsewhere[0].name.removeprefix(ELSEWHERE)]
        nearest = self.knowledge.entries.get(subject.nearest or "")
        return Unknown(subject.line, nearest, judged.score)

    def _reply_to_post(self, folded: str, parts: Sequence[str]) -> Reply:
        judged = [(self.judged(self.matcher.lexicon.read(part)), is_question(part)) for part in parts]
        found: dict[str, Chance] = {}
        for each, _ in judged:
            if each.answers and each.score > (found[each.chances[0].name].both if each.chances[0].name in found else 0):
                found[each.chances[0].name] = each.chances[0]
        best = sorted(found.values(), key=lambda chance: -chance.both)[:MOST_ANSWERS]
        if not best:
            return self._unsure(max((each for each, _ in judged), key=lambda each: each.score))
        entries = self._entries(best)
        return Answer(entries, best[0].both, any(entry.safety_note for entry in entries))

    def _reply_overheard(self, folded: str) -> Reply:
        if not is_question(folded):
            return Silent()
        return Silent()

    def _entry(self, chance: Chance) -> Entry:
        return self.knowledge.entries[chance.name]

    def _entries(self, chances: Sequence[Chance]) -> tuple[Entry, ...]:
        return tuple(map(self._entry, chances))
