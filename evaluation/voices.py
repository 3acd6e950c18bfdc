"""How triage does on voices that nothing was fitted to: each half of it alone, and all of it, with 95 % intervals.

    python -m evaluation.voices               # the voices that choose the limits, and those held out
    python -m evaluation.voices --limits      # what each limit of the second opinion would do, on those that choose

The first voices chose the limits (`Limits` in knowledge/triage/policy.py), so that their figures flatter a little; the
held-out ones decide.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from evaluation.score import Share
from evaluation.sets import Ids, read_set
from knowledge.answering import Answerer
from knowledge.language.utterance import Utterance
from knowledge.loading.build import HERE
from knowledge.loading.load import load
from knowledge.loading.training import read_labelled, read_triage_messages
from knowledge.model import TIERS
from knowledge.triage.opinion import is_red_flag
from knowledge.triage.policy import Triage

NONE, QUESTION = "none", "question"
"""What only sounds like trouble; and what asks for an entry, short or long."""


class Row(NamedTuple):
    """A message, read. `tier`: the one that it is urgent by, or NONE or QUESTION."""

    utterance: Utterance
    tier: str
    voice: str


Verdict = Callable[[Utterance], str]
"""What is made of a message: "urgent", "check_in", or "" for neither."""


def read_choosing(answerer: Answerer) -> list[Row]:
    """The messages of the voices that choose the limits: those for triage, and what they ask."""
    tiers = {flag.id: flag.tier for flag in answerer.knowledge.red_flags.flags.values()}
    rows = [
        Row(answerer.read(each.text), tiers[each.label] if is_red_flag(each.label) else NONE, each.voice)
        for each in read_triage_messages(HERE)[0]
        if each.chooses
    ]
    voices = {row.voice for row in rows}
    asked = read_labelled(HERE, answerer.knowledge.entries).messages
    return rows + [
        Row(answerer.read(each.text), QUESTION, each.voice) for each in asked if each.accept and each.voice in voices
    ]


def read_held_out(answerer: Answerer) -> list[Row]:
    """The urgent and the calm messages held out, and the questions and posts."""
    messages = read_set("held_out", Ids.of(answerer.knowledge))
    urgent = [Row(answerer.read(row.text), row.tier, row.voice) for row in messages.urgent]
    calm = [Row(answerer.read(row.text), NONE, row.voice) for row in messages.calm]
    asked = [(row.text, row.voice) for row in messages.questions]
    asked += [(row.text, row.voice) for row in messages.posts]
    return urgent + calm + [Row(answerer.read(text), QUESTION, voice) for text, voice in asked]


def ways_of(answerer: Answerer) -> dict[str, Verdict]:
    """Triage, and what is left of it without each of its parts."""
    triage = answerer.triage
    ways: dict[str, Verdict] = {
        "all of it": partial(_by_triage, triage),
        "the floor of rules alone": lambda each: "urgent" if triage.floor.look_at(each).urgent else "",
    }
    if triage.opinion is None:
        return ways
    without = triage.with_opinion(replace(triage.opinion, model="left out"))
    return ways | {
        "the second opinion alone": partial(_by_opinion, triage),
        "without the language model": partial(_by_triage, without),
    }


def _by_triage(triage: Triage, utterance: Utterance) -> str:
    found = triage.look_at(utterance)
    return "urgent" if found.urgent else "check_in" if found.unsure else ""


def _by_opinion(triage: Triage, utterance: Utterance) -> str:
    judged = triage.judge(utterance)
    if judged is None:
        return ""
    urgent, check_in = triage.limits.of(triage.red_flags.flags[judged.flag].tier, utterance)
    return "urgent" if judged.chance >= urgent else "check_in" if judged.chance >= check_in else ""


def tabulate(rows: Sequence[Row], verdict: Verdict) -> Iterator[str]:
    """A line for each tier: caught (urgent) and reached (urgent or asked); for all others, alarmed and asked."""
    made = [(row.tier, verdict(row.utterance)) for row in rows]
    for tier in (*TIERS, NONE, QUESTION):
        kinds = [kind for each, kind in made if each == tier]
        caught = Share(kinds.count("urgent"), len(kinds))
        asked = Share(kinds.count("check_in"), len(kinds))
        reached = Share(caught.hits + asked.hits, len(kinds))
        if tier not in TIERS:
            title = "harmless" if tier == NONE else "questions"
            yield f"  {title:9} {len(kinds):4}: alarmed {_said(caught)}, asked {_said(asked)}"
        else:
            yield f"  {tier:9} {len(kinds):4}: caught {_said(caught)}, reached {_said(reached)}"


def tabulate_limits(answerer: Answerer, rows: Iterable[Row]) -> Iterator[str]:
    """What each limit would find beside the floor, and alarm for nothing."""
    judged = [
        (row.tier, bool(answerer.triage.floor.look_at(row.utterance).urgent), chance.chance)
        for row in rows
        if (chance := answerer.triage.judge(row.utterance))
    ]
    yield "limit  " + "  ".join(f"{tier:>9}" for tier in (*TIERS, "harmless", "questions"))
    for percent in (2, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95):
        limit = percent / 100
        found = []
        for tier in (*TIERS, NONE, QUESTION):
            of = [floor or chance >= limit for each, floor, chance in judged if each == tier]
            found.append(f"{sum(of) / len(of):9.1%}")
        yield f"{limit:5.2f}  " + "  ".join(found)


def _said(share: Share) -> str:
    low, high = share.interval
    return f"{share.value:6.1%} [{low:.1%} to {high:.1%}]"


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m evaluation.voices", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--limits", action="store_true", help="what each limit would do")
    options = parser.parse_args()
    answerer = load()
    choosing = read_choosing(answerer)
    if options.limits:
        print(*tabulate_limits(answerer, choosing), sep="\n")
        return
    for title, rows in (("voices that choose the limits", choosing), ("voices held out", read_held_out(answerer))):
        for name, verdict in ways_of(answerer).items():
            print(f"{title}, {name}:", *tabulate(rows, verdict), sep="\n")


if __name__ == "__main__":
    main()
