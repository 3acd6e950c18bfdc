"""Triage: is somebody in trouble? Looked at before any question is matched.

Every sign in every clause is tried against the rules of red_flags.yaml; one that is urgent wins over whatever else the
message says. Ordinary messages hold no sign and cost next to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from knowledge.language.spotting import EDGES, Hit, Reader, Spelling, Terms, Tokens, combinations
from knowledge.language.text import fold
from knowledge.red_flags import TIERS, Flag, RedFlags, Rule, Slot, Tier
from knowledge.triage.context import Circumstances

Hits = Mapping[str, Sequence[Hit]]
"""Where terms of each list stand in the message."""

Sign = tuple[Hit, ...]
"""The words that fill the needs of a rule, the sign first."""

_REMOVED = "…"
"""Stands for each word of a figure of speech."""

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
        """Triage a message that `knowledge.language.text.fold` went over."""
        tokens = self._reader.read(folded)
        if not self._signs.may_stand_in(tokens) and not self._mentions.may_stand_in(tokens):
            return _CALM
        self._remove_idioms(tokens)
        first: tuple[int, Urgent] | None = None
        mentioned = False
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
                    if tokens.stems[place] not in EDGES:
                        tokens.words[place] = tokens.stems[place] = _REMOVED

    def _tried(self, tokens: Tokens) -> Iterator[tuple[int, Rule, Flag, bool]]:
        """Each rule whose words the message holds, with its rank, and whether it is urgent as it stands."""
        hits = self._signs.hits(tokens)
        if not hits:
            return
        signs = list(hits)
        hits.update(self._others.hits(tokens))
        circumstances: Circumstances | None = None
        inabilities = frozenset(hit for name in self.red_flags.words.inabilities for hit in hits.get(name, ()))
        for name in signs:
            for rank, rule, flag in self._by_sign.get(name, ()):
                for sign in _found(rule, hits, tokens):
                    circumstances = circumstances or Circumstances(tokens, self._circumstances.hits(tokens))
                    urgent = (
                        not _is_cancelled(rule, sign, hits, tokens, circumstances)
                        and circumstances.leave_urgent(rule, sign, [hit for hit in sign if hit in inabilities])
                        and _is_completed(rule, sign, hits, tokens, circumstances)
                    )
                    yield rank, rule, flag, urgent


def _found(rule: Rule, hits: Hits, tokens: Tokens) -> Iterator[Sign]:
    """The ways in which the message fills the rule's needs, if it holds anything of all that the rule wants."""
    slots = [_of(slot, hits) for slot in rule.needs]
    if not all(slots) or not all(_of(slot, hits) for slot in rule.together):
        return
    for first in slots[0]:
        near = [[hit for hit in slot if 0 <= tokens.gap(first, hit) <= rule.within] for slot in slots[1:]]
        yield from combinations([[first], *near])


def _is_cancelled(rule: Rule, sign: Sign, hits: Hits, tokens: Tokens, circumstances: Circumstances) -> bool:
    """Whether words stand there that the rule gives way to."""
    near = [other for other in _of(rule.unless, hits) if circumstances.stands(other)]
    return any(0 <= tokens.gap(hit, other) <= rule.within for other in near for hit in sign) or any(
        circumstances.stands(other) for other in _of(rule.unless_anywhere, hits)
    )


def _is_completed(rule: Rule, sign: Sign, hits: Hits, tokens: Tokens, circumstances: Circumstances) -> bool:
    """Whether each further thing that the rule wants stands within some sentences of the sign, undenied."""
    return all(
        any(
            hit not in sign and tokens.gap(sign[0], hit) <= _TOGETHER and not circumstances.denies(hit)
            for hit in _of(slot, hits)
        )
        for slot in rule.together
    )


def _of(slot: Slot, hits: Hits) -> list[Hit]:
    return [hit for name in slot for hit in hits.get(name, ())]


def _in_order(red_flags: RedFlags) -> list[tuple[Rule, Flag]]:
    """Every rule with its flag, the most urgent tier first, then in the file's order."""
    every = [(rule, flag) for flag in red_flags.flags.values() for rule in flag.rules]
    return sorted(every, key=lambda pair: TIERS.index(pair[1].tier))
