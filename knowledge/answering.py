"""From a message to a reply: what `bot.py ask`, Telegram and the terminal all call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.deciding import Familiar, probability, signals
from knowledge.lexicon import Word
from knowledge.matching import Candidate, Ranking
from knowledge.model import Entry, Knowledge
from knowledge.reply import Answer, Reply, Silent, Suggestions, Unknown
from knowledge.text import fold, sentences
from knowledge.training import ELSEWHERE, matcher_of

SURE = 0.8
"""From this probability on an answer stands alone; below it the next candidates are offered beside it."""

ANSWER = 0.5
"""From this probability on the bot answers."""

SUGGEST = 0.12
"""From this probability on a candidate is worth a button, if the message is about our subject at all."""

OVERHEARD = 0.9
"""From this probability on the bot answers in a group where nobody asked it."""

MOST_ANSWERS = 3
MOST_BUTTONS = 3
MOST_CHARACTERS = 4096
_ONE_QUESTION = 24
"""Words in a message that is read as one question, even where it has several sentences."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A piece of a message with its candidates, each with the probability that it is right, the likeliest first."""

    ranking: Ranking
    chances: Sequence[tuple[Entry, float]]

    @property
    def best(self) -> float:
        return self.chances[0][1] if self.chances else 0.0


class Answerer:
    """Decides on the reply to a message."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.matcher = matcher_of(knowledge)
        self.familiar = {
            name: Familiar(*spoken_of, knowledge.learnt.names_treatment[name])
            for name, spoken_of in knowledge.learnt.speaks_of.items()
        }

    def reply(self, text: str, *, overheard: bool = False, after: Entry | None = None) -> Reply:
        """The reply to `text`.

        `overheard`: nobody addressed the bot, so it stays silent unless it is plainly asked and sure. `after`: the
        entry that the chat saw last, which a short follow-up may lean on.
        """
        folded = fold(text[:MOST_CHARACTERS])
        if overheard:
            return self._reply_overheard(folded)
        pieces = self._pieces(folded)
        if not pieces:
            return Unknown()
        judged = [self.judge(piece) for piece in pieces]
        whole = judged[0]
        if after is not None and whole.best < SURE:
            whole = self._with_context(folded, whole, after)
        if len(judged) == 1:
            return self._single(whole)
        return self._several(whole, judged[1:])

    def judge(self, read: Sequence[Word]) -> Judged:
        """The candidates for the words of one question."""
        ranking = self.matcher.rank(read)
        ours = [candidate for candidate in ranking.candidates if not candidate.name.startswith(ELSEWHERE)]
        chances = [(self.knowledge.entries[each.name], self._chance(ranking, each)) for each in ours]
        return Judged(ranking, chances)

    def _chance(self, ranking: Ranking, candidate: Candidate) -> float:
        named = self.matcher.lexicon.names_treatment(ranking.words)
        return probability(signals(ranking, candidate, self.familiar[candidate.name], named))

    def _pieces(self, folded: str) -> list[list[Word]]:
        """The whole message, and after it, where it is long, each of its sentences."""
        read = self.matcher.lexicon.read
        whole = read(folded)
        if not any(not word.filler for word in whole) and not whole:
            return []
        parts = [part for part in map(read, sentences(folded)) if sum(not word.filler for word in part) >= 1]
        return [whole] if len(parts) < 2 else [whole, *parts]

    def _with_context(self, folded: str, alone: Judged, after: Entry) -> Judged:
        """A short follow-up read together with what it follows, where that makes it clearer."""
        read = self.matcher.lexicon.read(folded)
        if sum(not word.filler for word in read) > 5:
            return alone
        together = self.judge(self.matcher.lexicon.read(f"{folded} {fold(after.label)}"))
        return together if together.best > alone.best else alone

    def _single(self, judged: Judged) -> Reply:
        entry, chance = judged.chances[0]
        if chance >= ANSWER:
            others = () if chance >= SURE else _entries(judged.chances[1 : 1 + MOST_BUTTONS])
            return Answer((entry,), chance, entry.safety_note, others)
        return self._unsure(judged)

    def _unsure(self, judged: Judged) -> Reply:
        if judged.best >= SUGGEST:
            return Suggestions(_entries(judged.chances[:MOST_BUTTONS]), judged.best)
        return self._unknown(judged)

    def _unknown(self, judged: Judged) -> Unknown:
        elsewhere = [each for each in judged.ranking.candidates if each.name.startswith(ELSEWHERE)]
        ours = [each for each in judged.ranking.candidates if not each.name.startswith(ELSEWHERE)]
        if not elsewhere or elsewhere[0].score < ours[0].score:
            return Unknown(score=judged.best)
        subject = self.knowledge.elsewhere[elsewhere[0].name.removeprefix(ELSEWHERE)]
        nearest = self.knowledge.entries.get(subject.nearest or "")
        return Unknown(subject.line, nearest, judged.best)

    def _several(self, whole: Judged, parts: Sequence[Judged]) -> Reply:
        chances: dict[str, tuple[Entry, float]] = {}
        length = sum(1 for _ in whole.ranking.words)
        considered = [whole, *parts] if length <= _ONE_QUESTION else list(parts)
        for judged in considered:
            entry, chance = judged.chances[0]
            if chance >= ANSWER and chance > chances.get(entry.id, (entry, 0.0))[1]:
                chances[entry.id] = (entry, chance)
        ranked = sorted(chances.values(), key=lambda pair: -pair[1])[:MOST_ANSWERS]
        if not ranked:
            return self._unsure(max([whole, *parts], key=lambda judged: judged.best))
        entries = _entries(ranked)
        return Answer(entries, ranked[0][1], any(entry.safety_note for entry in entries))

    def _reply_overheard(self, folded: str) -> Reply:
        return Silent()


def _entries(chances: Sequence[tuple[Entry, float]]) -> tuple[Entry, ...]:
    return tuple(entry for entry, _ in chances)
