"""The floor of triage: what the rules of red_flag_rules.yaml name is found, whatever else is thought of the message.

Every sign in every clause is tried against the rules; one that is urgent wins over whatever else the message says.
Ordinary messages hold no sign and cost next to nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import asdict, dataclass
from itertools import islice, pairwise, product
from typing import Any

from knowledge.language.phrases import PhraseLists, PhraseMatcher
from knowledge.language.utterance import EDGES, Span, Utterance
from knowledge.model import TIERS, Flag, RedFlags, Rule, Slot, Vocabulary
from knowledge.reply import Urgent
from knowledge.triage.context import Circumstances

Hits = Mapping[str, Sequence[Span]]
"""Where terms of each list stand in the message."""

Sign = tuple[Span, ...]
"""The words that fill the needs of a rule, the sign first."""

_MOST_COMBINED = 48
_TOGETHER = 40
"""Words, the edge of a sentence counting for eight, within which a rule's further signs have to stand."""


@dataclass(frozen=True, slots=True)
class RulePhrases:
    """The phrases by which triage finds signs. `signs` are the lists that can begin a rule, `others` the rest that
    rules name; `mentions` are phrases that no rule needs and that still want the note on when to seek help, and
    `harmless` sayings that alarm nobody where a message says nothing else.
    """

    signs: PhraseLists
    others: PhraseLists
    circumstances: PhraseLists
    idioms: PhraseLists
    mentions: PhraseLists
    harmless: PhraseLists

    def to_data(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> RulePhrases:
        return cls(**{name: PhraseLists(**lists) for name, lists in data.items()})


@dataclass(frozen=True, slots=True)
class Found:
    """What triage found: `urgent`, or else whether the message at least mentions a sign, which wants the note."""

    urgent: Urgent | None = None
    mentions_sign: bool = False


_CALM = Found()


class Floor:
    """Finds urgent messages by rules."""

    def __init__(self, red_flags: RedFlags, phrases: RulePhrases, vocabulary: Vocabulary) -> None:
        self.set_red_flags(red_flags)
        fillers = vocabulary.skippable
        self._signs = PhraseMatcher(phrases.signs, fillers)
        self._others = PhraseMatcher(phrases.others, fillers)
        self._circumstances = PhraseMatcher(phrases.circumstances, fillers)
        self._mentions = PhraseMatcher(phrases.mentions, fillers)
        self._idioms = PhraseMatcher(phrases.idioms, vocabulary.articles)
        self._harmless = PhraseMatcher(phrases.harmless, fillers)
        self._fillers = fillers

    def set_red_flags(self, red_flags: RedFlags) -> None:
        self.red_flags = red_flags
        self._by_sign = _by_sign(red_flags)

    def with_content(self, red_flags: RedFlags) -> Floor:
        """The same for red flags that differ in their texts alone."""
        changed = copy(self)
        changed.set_red_flags(red_flags)
        return changed

    def look_at(self, utterance: Utterance) -> Found:
        """What the message says of somebody in trouble."""
        words, stems = utterance.words, utterance.stems
        if not self._signs.may_match(words, stems) and not self._mentions.may_match(words, stems):
            return _CALM
        utterance = self._without_idioms(utterance)
        first: tuple[int, Urgent] | None = None
        mentioned = False
        for rank, rule, flag, urgent in self._try_rules(utterance):
            mentioned = True
            if urgent and (first is None or rank < first[0]):
                first = rank, Urgent(flag, rule)
        if first:
            return Found(first[1])
        return Found(None, mentioned or bool(self._mentions.find(utterance.words, utterance.stems)))

    def is_harmless(self, utterance: Utterance) -> bool:
        """Whether the message says nothing but what alarms nobody: a bare word for a part of the body, an idle word.

        What somebody cries out is not: the second opinion judges it.
        """
        if "!" in utterance.text or not self._harmless.may_match(utterance.words, utterance.stems):
            return False
        found = self._harmless.find(utterance.words, utterance.stems)
        return _says_only([span for spans in found.values() for span in spans], utterance)

    def speaks_figuratively(self, utterance: Utterance) -> bool:
        """Whether a figure of speech stands in it."""
        return bool(self._idioms.find(utterance.words, utterance.stems))

    def find_rules(self, utterance: Utterance) -> tuple[Rule, ...]:
        """Every rule by which the message is urgent, the most urgent first."""
        met = {rank: rule for rank, rule, _, urgent in self._try_rules(self._without_idioms(utterance)) if urgent}
        return tuple(met[rank] for rank in sorted(met))

    def _without_idioms(self, utterance: Utterance) -> Utterance:
        found = self._idioms.find(utterance.words, utterance.stems)
        return utterance.without(span for spans in found.values() for span in spans) if found else utterance

    def _try_rules(self, utterance: Utterance) -> Iterator[tuple[int, Rule, Flag, bool]]:
        """Each rule whose words the message holds, with its rank, and whether it is urgent as it stands."""
        hits = self._signs.find(utterance.words, utterance.stems)
        if not hits:
            return
        signs = list(hits)
        hits.update(self._others.find(utterance.words, utterance.stems))
        circumstances: Circumstances | None = None
        inabilities = frozenset(hit for name in self.red_flags.words.inabilities for hit in hits.get(name, ()))
        for name in signs:
            for rank, rule, flag in self._by_sign.get(name, ()):
                for sign in _found(rule, hits, utterance):
                    circumstances = circumstances or Circumstances(
                        utterance, self._circumstances.find(utterance.words, utterance.stems)
                    )
                    urgent = (
                        not _is_cancelled(rule, sign, hits, utterance, circumstances)
                        and circumstances.leave_urgent(rule, sign, [hit for hit in sign if hit in inabilities])
                        and _is_completed(rule, sign, hits, utterance, circumstances)
                        and (not rule.alone or _says_only(sign, utterance, self._fillers))
                    )
                    yield rank, rule, flag, urgent


def _found(rule: Rule, hits: Hits, utterance: Utterance) -> Iterator[Sign]:
    """The ways in which the message fills the rule's needs, if it holds anything of all that the rule wants."""
    slots = [_of(slot, hits) for slot in rule.needs]
    if not all(slots) or not all(_of(slot, hits) for slot in rule.together):
        return
    for first in slots[0]:
        near = [[hit for hit in slot if 0 <= utterance.gap(first, hit) <= rule.within] for slot in slots[1:]]
        yield from _combine([[first], *near])


def _is_cancelled(rule: Rule, sign: Sign, hits: Hits, utterance: Utterance, circumstances: Circumstances) -> bool:
    """Whether words stand there that the rule gives way to."""
    near = [other for other in _of(rule.unless, hits) if circumstances.stands(other)]
    return any(0 <= utterance.gap(hit, other) <= rule.within for other in near for hit in sign) or any(
        circumstances.stands(other) for other in _of(rule.unless_anywhere, hits)
    )


def _is_completed(rule: Rule, sign: Sign, hits: Hits, utterance: Utterance, circumstances: Circumstances) -> bool:
    """Whether each further thing that the rule wants stands within some sentences of the sign, undenied."""
    return all(
        any(
            hit not in sign and utterance.gap(sign[0], hit) <= _TOGETHER and not circumstances.denies(hit)
            for hit in _of(slot, hits)
        )
        for slot in rule.together
    )


def _says_only(spans: Sequence[Span], utterance: Utterance, fillers: Collection[str] = ()) -> bool:
    """Whether the message has no other words than those of `spans` and `fillers`."""
    said = {place for span in spans for place in range(span.start, span.end)}
    words = enumerate(utterance.words)
    return bool(said) and all(place in said or word in EDGES or word in fillers for place, word in words)


def _combine(choices: Sequence[Sequence[Span]]) -> Iterator[tuple[Span, ...]]:
    """Ways of taking one span of each slot, no two of them overlapping; no more than _MOST_COMBINED are tried."""
    for chosen in islice(product(*choices), _MOST_COMBINED):
        spans = sorted(chosen)
        if all(one.end <= other.start for one, other in pairwise(spans)):
            yield chosen


def _of(slot: Slot, hits: Hits) -> list[Span]:
    return [hit for name in slot for hit in hits.get(name, ())]


def _by_sign(red_flags: RedFlags) -> dict[str, list[tuple[int, Rule, Flag]]]:
    """The rules that each list can begin, with their flags and their rank."""
    found: dict[str, list[tuple[int, Rule, Flag]]] = {}
    for rank, (rule, flag) in enumerate(_in_order(red_flags)):
        for name in rule.needs[0]:
            found.setdefault(name, []).append((rank, rule, flag))
    return found


def _in_order(red_flags: RedFlags) -> list[tuple[Rule, Flag]]:
    """Every rule with its flag, the most urgent tier first, then in the file's order.

    Those that are mistaken for another red flag come first in their tier, for they are narrow; those that only ask come
    last of all.
    """
    every = [(rule, flag) for flag in red_flags.flags.values() for rule in flag.rules]
    return sorted(every, key=lambda pair: (pair[0].alone, TIERS.index(pair[1].tier), not pair[0].mistaken_for))
