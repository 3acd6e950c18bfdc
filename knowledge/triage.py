"""Triage: is somebody in trouble? Looked at before any question is matched.

Every sign in every clause is tried against the rules of red_flags.yaml; one that is urgent wins over whatever else the
message says. Ordinary messages hold no sign and cost next to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from knowledge.circumstances import Circumstances
from knowledge.red_flags import TIERS, Flag, RedFlags, Rule, Slot, Tier
from knowledge.spotting import Hit, Reader, Spelling, Terms, Tokens, combinations
from knowledge.text import fold

_TOGETHER = 40
"""Words, the edge of a sentence counting for eight, within which a rule's further signs have to stand."""


@dataclass(frozen=True, slots=True)
class Urgent:
    """A message of somebody in trouble, with the red flag that it raises and the rule that found it."""

    flag: Flag
    rule: Rule

    @property
    def tier(self) -> Tier:
        return self.flag.tier


@dataclass(frozen=True, slots=True)
class Triaged:
    """What triage found: `urgent`, or else whether the message at least mentions a sign, which wants the note."""

    urgent: Urgent | None = None
    mentions_sign: bool = False


_CALM = Triaged()


class Triage:
    """Tells urgent messages from all others."""

    def __init__(self, red_flags: RedFlags) -> None:
        self.red_flags = red_flags
        words = red_flags.words
        spelling = Spelling(words.short_forms, words.vocabulary)
        self._reader = Reader(spelling.of, words.fillers, words.turns)
        self._signs = Terms(words.signs.names, words.signs.index, words.fillers)
        self._others = Terms(words.others.names, words.others.index, words.fillers)
        self._circumstances = Terms(words.circumstances.names, words.circumstances.index, words.fillers)
        self._mentions = Terms(words.mentions.names, words.mentions.index, words.fillers)
        self._idioms = Terms(words.idioms.names, words.idioms.index, words.articles)
        self._by_sign: dict[str, list[tuple[int, Rule, Flag]]] = {}
        for rank, (rule, flag) in enumerate(_in_order(red_flags)):
            for name in rule.needs[0]:
                self._by_sign.setdefault(name, []).append((rank, rule, flag))

    def look(self, text: str) -> Triaged:
        """Triage a message as it was typed."""
        return self.look_at(fold(text))

    def look_at(self, folded: str) -> Triaged:
        """Triage a message that `knowledge.text.fold` went over."""
        tokens = self._reader.read(folded)
        if not self._signs.may_stand_in(tokens) and not self._mentions.may_stand_in(tokens):
            return _CALM
        first: tuple[int, Urgent] | None = None
        mentioned = False
        self._remove_idioms(tokens)
        for rank, rule, flag, urgent in self._tried(tokens):
            mentioned = True
            if urgent and (first is None or rank < first[0]):
                first = rank, Urgent(flag, rule)
        if first:
            return Triaged(first[1])
        return Triaged(None, mentioned or bool(self._mentions.hits(tokens)))

    def rules_met(self, text: str) -> tuple[Rule, ...]:
        """Every rule by which the message is urgent, the most urgent first."""
        tokens = self._reader.read(fold(text))
        self._remove_idioms(tokens)
        met = {rank: rule for rank, rule, _, urgent in self._tried(tokens) if urgent}
        return tuple(met[rank] for rank in sorted(met))

    def _remove_idioms(self, tokens: Tokens) -> None:
        for spans in self._idioms.hits(tokens).values():
            for start, end in spans:
                for place in range(start, end):
                    if tokens.stems[place] not in (".", ","):
                        tokens.words[place] = tokens.stems[place] = "…"

    def _tried(self, tokens: Tokens) -> Iterator[tuple[int, Rule, Flag, bool]]:
        """Each rule whose words the message holds, with its rank, and whether it is urgent as it stands."""
        hits = self._signs.hits(tokens)
        if not hits:
            return
        hits.update(self._others.hits(tokens))
        circumstances: Circumstances | None = None
        for name in list(hits):
            for rank, rule, flag in self._by_sign.get(name, ()):
                for sign in self._found(rule, hits, tokens):
                    if circumstances is None:
                        circumstances = Circumstances(tokens, self._circumstances.hits(tokens))
                    yield rank, rule, flag, self._urgent(rule, sign, hits, tokens, circumstances)

    def _found(self, rule: Rule, hits: Mapping[str, Sequence[Hit]], tokens: Tokens) -> Iterator[tuple[Hit, ...]]:
        """The ways in which the message fills the rule's needs."""
        slots = [_of_slot(slot, hits) for slot in rule.needs]
        if not all(slots):
            return
        for sign in slots[0]:
            near = [[hit for hit in slot if 0 <= tokens.gap(sign, hit) <= rule.within] for slot in slots[1:]]
            if all(near):
                for found in combinations([[sign], *near]):
                    if not rule.ordered or list(found) == sorted(found):
                        yield found

    def _urgent(
        self, rule: Rule, sign: tuple[Hit, ...], hits: Mapping[str, Sequence[Hit]], tokens: Tokens,
        circumstances: Circumstances,
    ) -> bool:  # fmt: skip
        near = [other for other in _of_slot(rule.unless, hits) if circumstances.stands(other)]
        if any(0 <= tokens.gap(hit, other) <= rule.within for other in near for hit in sign):
            return False
        if any(circumstances.stands(other) for other in _of_slot(rule.unless_anywhere, hits)):
            return False
        firm = [hit for name in self.red_flags.words.inabilities for hit in hits.get(name, ()) if hit in sign]
        if not circumstances.leave_urgent(rule, sign, firm):
            return False
        return self._together(rule, sign, hits, tokens, circumstances)

    @staticmethod
    def _together(
        rule: Rule, sign: tuple[Hit, ...], hits: Mapping[str, Sequence[Hit]], tokens: Tokens,
        circumstances: Circumstances,
    ) -> bool:  # fmt: skip
        """Whether each further thing that the rule wants stands within some sentences of the sign, undenied."""
        for slot in rule.together:
            others = (hit for hit in _of_slot(slot, hits) if hit not in sign)
            if not any(tokens.gap(sign[0], hit) <= _TOGETHER and not circumstances.denies(hit) for hit in others):
                return False
        return True


def _of_slot(slot: Slot, hits: Mapping[str, Sequence[Hit]]) -> list[Hit]:
    return [hit for name in slot for hit in hits.get(name, ())]


def _in_order(red_flags: RedFlags) -> list[tuple[Rule, Flag]]:
    """Every rule with its flag, the most urgent tier first, then in the file's order."""
    every = [(rule, flag) for flag in red_flags.flags.values() for rule in flag.rules]
    return sorted(every, key=lambda pair: TIERS.index(pair[1].tier))
