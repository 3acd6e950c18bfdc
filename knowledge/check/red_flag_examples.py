"""Trying the examples that stand beside each rule of red_flag_rules.yaml: what `check` reports about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.language.reader import Reader
from knowledge.triage.rules import Floor


@dataclass(frozen=True, slots=True)
class WrongExample:
    """An example that triage reads otherwise than its rule says. `line` is the rule's, in red_flag_rules.yaml.

    `got` says what triage makes of it: the id of another red flag, or "not urgent".
    """

    flag: str
    line: int
    text: str
    wanted: str
    got: str


def wrong_examples(reader: Reader, floor: Floor) -> Iterator[WrongExample]:
    """Every `urgent` example that its own rule doesn't find, and every `calm` one that is found urgent.

    A message may meet rules of several red flags, and then the more urgent or earlier one answers; that is no fault.
    """
    for flag in floor.red_flags.flags.values():
        for rule in flag.rules:
            for text in rule.urgent:
                if rule not in floor.find_rules(reader.read(text)):
                    yield WrongExample(
                        flag.id, rule.line, text, f"urgent by this rule of {flag.id}", _got(reader, floor, text)
                    )
            for text in rule.calm:
                if floor.look_at(reader.read(text)).urgent:
                    yield WrongExample(flag.id, rule.line, text, "not urgent", _got(reader, floor, text))


def _got(reader: Reader, floor: Floor, text: str) -> str:
    urgent = floor.look_at(reader.read(text)).urgent
    if urgent is None or urgent.rule is None:
        return "not urgent"
    return f"urgent by another rule ({urgent.flag.id}, line {urgent.rule.line})"
