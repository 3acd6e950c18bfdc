"""Triage: is somebody in trouble? Looked at before any question is matched.

Rules are a floor: what they find is urgent, or asked about where it stands alone. Cries in other languages are found as
they stand. Beside them stands a second opinion that is learnt: where it is sure, the message is urgent too; where it is
unsure, the person may be asked. It is not heard on a message that says nothing but what the editors know as harmless,
for a word or two tell it too little.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from typing import NamedTuple

from knowledge.language.utterance import Utterance
from knowledge.model import TIERS, Flag, RedFlags, Tier, Vocabulary
from knowledge.reply import Urgent
from knowledge.triage.cries import Cries
from knowledge.triage.opinion import Judgement, Opinion
from knowledge.triage.rules import Floor, RulePhrases


@dataclass(frozen=True, slots=True)
class Limits:
    """Chances that a message is urgent, in the second opinion's eyes, from which on something is done.

    `urgent`: the message is, by the tier that it would then be. Who gets ready to die says it so softly that a check-in
    would often be waved away; who can't breathe presses "yes". `overheard`: it is urgent in a group where nobody asked
    the bot, and an alarm for nothing is one in front of everybody. `check_in`: in private, the person is asked.
    `doubted`: below it, what a rule has found is asked about (and left alone where it was overheard). `spoken_of`: the
    answer carries the note on when to seek help, from this chance on that a danger is spoken of. A long story, of more
    than `story` words, is judged in stretches, the most urgent of which counts: there `urgent_story`,
    `check_in_story` and `doubted_story` are the least. Who does not want to live tells a longer one before it counts as
    a story. `figurative`: the least for a crisis in a message with a figure of speech ("my head is killing me"), whose
    words the second opinion takes at their face value.
    """

    urgent: Mapping[Tier, float]
    overheard: float
    check_in: Mapping[Tier, float]
    doubted: float
    spoken_of: float
    story: Mapping[Tier, int]
    urgent_story: float = 0.75
    check_in_story: float = 0.55
    doubted_story: float = 0.5
    figurative: float = 0.85

    def of(self, tier: Tier, utterance: Utterance, *, overheard: bool = False) -> tuple[float, float]:
        """From which chances on the message is urgent, and asked about, if it is of that tier."""
        urgent = self.overheard if overheard else self.urgent[tier]
        if self._is_story(tier, utterance):
            return max(urgent, self.urgent_story), max(self.check_in[tier], self.check_in_story)
        return urgent, self.check_in[tier]

    def doubt(self, tier: Tier, chance: float, utterance: Utterance) -> bool:
        """Whether what a rule has found of that tier is doubted."""
        return chance < (max(self.doubted, self.doubted_story) if self._is_story(tier, utterance) else self.doubted)

    def _is_story(self, tier: Tier, utterance: Utterance) -> bool:
        return len(utterance.terms) > self.story[tier]


LIMITS = Limits(
    urgent={"EMERGENCY": 0.75, "CRISIS": 0.6, "PROMPT": 0.75},
    overheard=0.99,
    check_in={"EMERGENCY": 0.22, "CRISIS": 0.15, "PROMPT": 0.18},
    doubted=0.2,
    spoken_of=0.1,
    story={"EMERGENCY": 30, "CRISIS": 60, "PROMPT": 30},
)
"""Chosen on ten voices that nothing was fitted to (`python -m evaluation.voices --limits`), and on chatter."""


class Triaged(NamedTuple):
    """What triage makes of a message.

    `urgent`: help now. `unsure`: the red flag to ask about, and how likely it is. `mentions_sign`: a sign is spoken of.
    `doubted`: a rule found what is asked about, and the second opinion doubts it.
    """

    urgent: Urgent | None = None
    unsure: tuple[Flag, float] | None = None
    mentions_sign: bool = False
    doubted: bool = False


class Triage:
    """Tells messages of people in trouble from all others. Without `opinion` rules and cries are all there is."""

    def __init__(
        self,
        red_flags: RedFlags,
        phrases: RulePhrases,
        vocabulary: Vocabulary,
        opinion: Opinion | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.floor = Floor(red_flags, phrases, vocabulary)
        self.cries = Cries(list(red_flags.languages.values()))
        self.opinion = opinion
        self.limits = limits or LIMITS
        self.red_flags = red_flags

    def with_content(self, red_flags: RedFlags) -> Triage:
        """The same for red flags that differ in their texts alone."""
        changed = copy(self)
        changed.floor = self.floor.with_content(red_flags)
        changed.cries = Cries(list(red_flags.languages.values()))
        changed.red_flags = red_flags
        return changed

    def look_at(self, utterance: Utterance, *, overheard: bool = False) -> Triaged:
        """What the message says of somebody in trouble; `overheard`: it was not for the bot."""
        found = self.floor.look_at(utterance)
        cry = self.cries.find(utterance.text)
        if cry is not None:
            return Triaged(Urgent(self.red_flags.flags[cry.flag], language=cry.language))
        rule = found.urgent.rule if found.urgent else None
        if found.urgent and rule and rule.alone:
            return Triaged(unsure=(found.urgent.flag, 1.0), mentions_sign=True)
        if not found.urgent and self.floor.is_harmless(utterance):
            return Triaged(mentions_sign=True)
        judged = self.judge(utterance)
        flag = self.red_flags.flags.get(judged.flag) if judged else None
        if judged is None or flag is None:  # or a red flag that this content has no more
            return Triaged(found.urgent, mentions_sign=found.mentions_sign)
        urgent, check_in = self.limits.of(flag.tier, utterance, overheard=overheard)
        if flag.tier == "CRISIS" and self.floor.speaks_figuratively(utterance):
            urgent = max(urgent, self.limits.figurative)
        sure = judged.chance >= urgent
        if found.urgent and rule:
            if not rule.sure and self.limits.doubt(found.urgent.tier, judged.chance, utterance):
                return Triaged(unsure=(found.urgent.flag, judged.chance), mentions_sign=True, doubted=True)
            mistaken = flag.id in rule.mistaken_for
            graver = sure and not mistaken and TIERS.index(flag.tier) < TIERS.index(found.urgent.tier)
            return Triaged(Urgent(flag, score=judged.chance) if graver else found.urgent, mentions_sign=True)
        if sure:
            return Triaged(Urgent(flag, score=judged.chance), mentions_sign=True)
        unsure = (flag, judged.chance) if judged.chance >= check_in else None
        mentions = found.mentions_sign or judged.spoken_of >= self.limits.spoken_of
        return Triaged(unsure=unsure, mentions_sign=mentions)

    def is_plain(self, utterance: Utterance) -> bool:
        """Whether a rule or a cry finds somebody in trouble: a tenth of the work of `look_at`, for a first look."""
        found = self.floor.look_at(utterance).urgent
        by_rule = found is not None and found.rule is not None and not found.rule.alone
        return by_rule or self.cries.find(utterance.text) is not None

    def with_opinion(self, opinion: Opinion | None) -> Triage:
        """The same with another second opinion."""
        changed = copy(self)
        changed.opinion = opinion
        return changed

    def judge(self, utterance: Utterance) -> Judgement | None:
        """The second opinion on the message, if there is one and the message has a word."""
        return self.opinion.judge(utterance) if self.opinion and utterance.terms else None

    @property
    def has_language_model(self) -> bool:
        return self.opinion is not None and not self.lacks

    @property
    def lacks(self) -> str:
        """What the second opinion lacks on this machine, in words for an operator; empty where it lacks nothing."""
        if self.opinion is None:
            return "the second opinion was never fitted"
        return self.opinion.model if isinstance(self.opinion.model, str) else ""
