"""How good the bot's replies are on a set of messages, each figure with its 95 % interval.

python -m evaluation.score                            # held_out, on which nothing was fitted: the figures that count
python -m evaluation.score --set dev --misses 20      # and the first 20 messages that went wrong, for each figure
python -m evaluation.score --by-voice                 # who is understood, and who is not
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from evaluation.sets import Ids, MessageSet, OutOfScope, SetName, read_set
from knowledge.answering import Answerer
from knowledge.loading.load import load
from knowledge.model import TIERS
from knowledge.reply import Answer, CheckIn, Kind, Reply, Suggestions, Urgent

Better = Literal["more", "less"]

FIGURES: Mapping[str, tuple[str, Better]] = {
    "right_first": ("short questions: the right entry is answered or guessed", "more"),
    "offered": ("short questions: the right entry is shown, or on a button", "more"),
    "wrong_with_confidence": ("short questions: a wrong entry is answered", "less"),
    "questions_unknown": ("short questions: nothing is found", "less"),
    "questions_alarmed": ("short questions: taken for urgent", "less"),
    "questions_asked": ("short questions: asked whether it is happening", "less"),
    "near_answered": ("near our subject, not ours: answered", "less"),
    "near_guessed": ("near our subject, not ours: an entry is guessed", "less"),
    "far_answered": ("far from our subject: answered", "less"),
    "far_guessed": ("far from our subject: an entry is guessed", "less"),
    "near_posts_answered": ("posts near our subject, not ours: answered", "less"),
    "near_posts_guessed": ("posts near our subject, not ours: an entry is guessed", "less"),
    "far_posts_answered": ("posts far from our subject: answered", "less"),
    "far_posts_guessed": ("posts far from our subject: an entry is guessed", "less"),
    "out_of_scope_alarmed": ("not ours: taken for urgent", "less"),
    "posts_helped": ("posts: what helps is answered or guessed", "more"),
    "posts_wrong_among_given": ("posts: entries answered that nobody asked for", "less"),
    "posts_alarmed": ("posts: taken for urgent", "less"),
    "chatter_not_silent": ("chatter in a group: the bot speaks", "less"),
    "chatter_alarmed": ("chatter in a group: taken for urgent", "less"),
    **{f"{tier}_caught": (f"{tier}: help is shown", "more") for tier in TIERS},
    **{f"{tier}_reached": (f"{tier}: help is shown, or asked about", "more") for tier in TIERS},
    **{f"{tier}_in_its_tier": (f"{tier}: and it is that of the tier", "more") for tier in TIERS},
    "calm_alarmed": ("sounds alarming and is not: taken for urgent", "less"),
    "calm_asked": ("sounds alarming and is not: asked about", "less"),
    "danger_alarmed": ("asks about a danger: taken for urgent", "less"),
    "note_present": ("asks about a danger, and is answered: the safety note is there", "more"),
}
"""Every figure: what is counted, and whether more of it is better. A guess is a reply of the kind "closest"."""

_SHOWN = 4
"""What a chat shows at once: an answer and three buttons."""


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `of`: a share with its 95 % interval (Wilson 1927), from 0 to 1."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        return self.hits / self.of if self.of else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.hits, self.of)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one message, or one entry given to it, adds to a figure."""

    figure: str
    holds: bool
    text: str
    voice: str
    wanted: str
    got: str

    @property
    def is_miss(self) -> bool:
        return self.holds != (FIGURES[self.figure][1] == "more")


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (E. B. Wilson, "Probable inference, the law of succession, and statistical
    inference", JASA 22, 1927): honest for few messages and for shares near 0 and 1, unlike the normal one.
    """
    if not of:
        return 0.0, 1.0
    z = 1.96
    share = hits / of
    middle = share + z * z / (2 * of)
    spread = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def bot() -> Answerer:
    """The bot as it ships."""
    return load()


def judge(answerer: Answerer, messages: MessageSet) -> list[Verdict]:
    """What the replies to all messages of a set add to each figure."""
    return [
        *_of_questions(answerer, messages),
        *_of_out_of_scope(answerer, messages.out_of_scope, ""),
        *_of_out_of_scope(answerer, messages.out_of_scope_posts, "_posts"),
        *_of_posts(answerer, messages),
        *_of_chatter(answerer, messages),
        *_of_urgent(answerer, messages),
        *_of_calm(answerer, messages),
    ]


def shares(verdicts: Iterable[Verdict]) -> dict[str, Share]:
    """The figures that `verdicts` make up, in the order of FIGURES."""
    counted: dict[str, list[bool]] = {}
    for verdict in verdicts:
        counted.setdefault(verdict.figure, []).append(verdict.holds)
    return {name: Share(sum(counted[name]), len(counted[name])) for name in FIGURES if name in counted}


def describe(found: Mapping[str, Share]) -> dict[str, dict[str, float | int]]:
    """The figures for JSON."""
    return {
        name: {
            "share": round(share.value, 4),
            "hits": share.hits,
            "of": share.of,
            "low": round(share.interval[0], 4),
            "high": round(share.interval[1], 4),
        }
        for name, share in found.items()
    }


@dataclass(frozen=True, slots=True)
class _Seen:
    """A reply as its reader sees it: the entries `given`, answered or guessed, and all `shown`, buttons included."""

    kind: Kind
    given: Sequence[str] = ()
    shown: Sequence[str] = ()
    tier: str | None = None
    note: bool = False

    @property
    def answered(self) -> Sequence[str]:
        """The entries that are given as more than a guess."""
        return self.given if self.kind == "answer" else ()

    def __str__(self) -> str:
        return " ".join([self.kind, self.tier or "", *self.shown]).strip()


def _seen(reply: Reply) -> _Seen:
    match reply:
        case Answer():
            given = [entry.id for entry in reply.entries]
            shown = [*given, *(entry.id for entry in reply.others)][:_SHOWN]
            return _Seen(reply.kind, given, shown, note=reply.safety_note)
        case Suggestions():
            return _Seen(reply.kind, shown=[entry.id for entry in reply.entries][:_SHOWN])
        case Urgent() | CheckIn():
            return _Seen(reply.kind, tier=reply.tier)
    return _Seen(reply.kind)


def _of_questions(answerer: Answerer, messages: MessageSet) -> Iterator[Verdict]:
    for row in messages.questions:
        seen = _seen(answerer.reply(row.text))
        for figure, holds in (
            ("right_first", not set(seen.given[:1]).isdisjoint(row.accept)),
            ("offered", not set(seen.shown).isdisjoint(row.accept)),
            ("wrong_with_confidence", not set(seen.answered[:1]) <= set(row.accept)),
            ("questions_unknown", seen.kind == "unknown"),
            ("questions_alarmed", seen.kind == "urgent"),
            ("questions_asked", seen.kind == "check_in"),
        ):
            yield Verdict(figure, holds, row.text, row.voice, " ".join(row.accept), str(seen))


def _of_out_of_scope(answerer: Answerer, rows: Iterable[OutOfScope], suffix: str) -> Iterator[Verdict]:
    for row in rows:
        seen = _seen(answerer.reply(row.text))
        where = "near" if row.scope == "near-domain" else "far"
        wanted = " ".join(("no answer", *(f"or {entry}" for entry in row.accept)))
        for figure, holds in (
            (f"{where}{suffix}_answered", not set(seen.answered) <= set(row.accept)),
            (f"{where}{suffix}_guessed", seen.kind == "closest"),
            ("out_of_scope_alarmed", seen.kind == "urgent"),
        ):
            yield Verdict(figure, holds, row.text, row.voice, wanted, str(seen))


def _of_posts(answerer: Answerer, messages: MessageSet) -> Iterator[Verdict]:
    for row in messages.posts:
        seen = _seen(answerer.reply(row.text))
        wanted = " ".join(row.helps)
        for figure, holds in (
            ("posts_helped", not set(seen.given).isdisjoint(row.helps)),
            *(("posts_wrong_among_given", entry not in (*row.helps, *row.asks)) for entry in seen.answered),
            ("posts_alarmed", seen.kind == "urgent"),
        ):
            yield Verdict(figure, holds, row.text, row.voice, wanted, str(seen))


def _of_chatter(answerer: Answerer, messages: MessageSet) -> Iterator[Verdict]:
    for row in messages.chatter:
        seen = _seen(answerer.reply(row.text, overheard=True))
        for figure, holds in (
            ("chatter_not_silent", seen.kind not in ("silent", "urgent")),
            ("chatter_alarmed", seen.kind == "urgent"),
        ):
            yield Verdict(figure, holds, row.text, row.voice, "silence", str(seen))


def _of_urgent(answerer: Answerer, messages: MessageSet) -> Iterator[Verdict]:
    for row in messages.urgent:
        seen = _seen(answerer.reply(row.text))
        for figure, holds in (
            (f"{row.tier}_caught", seen.kind == "urgent"),
            (f"{row.tier}_reached", seen.kind in ("urgent", "check_in")),
            (f"{row.tier}_in_its_tier", seen.tier == row.tier),
        ):
            yield Verdict(figure, holds, row.text, row.voice, row.flag, str(seen))


def _of_calm(answerer: Answerer, messages: MessageSet) -> Iterator[Verdict]:
    for row in messages.calm:
        seen = _seen(answerer.reply(row.text))
        asks = row.expect == "info-with-safety-note"
        yield Verdict(
            "danger_alarmed" if asks else "calm_alarmed",
            seen.kind == "urgent",
            row.text,
            row.voice,
            row.expect,
            str(seen),
        )
        if not asks:
            yield Verdict("calm_asked", seen.kind == "check_in", row.text, row.voice, row.expect, str(seen))
        if asks and seen.kind == "answer":
            yield Verdict("note_present", seen.note, row.text, row.voice, "the note", str(seen))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m evaluation.score", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", choices=get_args(SetName), default="held_out", help="(default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--by-voice", action="store_true", help="each figure for each voice, too")
    parser.add_argument("--misses", type=int, default=0, metavar="N", help="the first N messages that went wrong")
    parser.add_argument(
        "--read-held-out", action="store_true", help="list misses of held_out, which mends nothing it is measured with"
    )
    options = parser.parse_args(arguments)
    if options.misses and options.set == "held_out":
        if not options.read_held_out:
            parser.error("a held-out message that was read is held out no more: use --set dev, or --read-held-out")
        print(
            "You are reading held-out messages. Whoever mends the bot by one of them has fitted on it, and has to say\n"
            "so in evaluation/data/README.md: its voice then counts as dev.",
            file=sys.stderr,
        )
    answerer = bot()
    verdicts = judge(answerer, read_set(options.set, Ids.of(answerer.knowledge)))
    if options.json:
        print(json.dumps(_as_data(options.set, verdicts, by_voice=options.by_voice), indent=1))
        return
    print(f"{options.set}:", *_table(shares(verdicts)), sep="\n")
    if options.by_voice:
        print("", *_voices(verdicts), sep="\n")
    if options.misses:
        print(*_misses(verdicts, options.misses), sep="\n")


def _as_data(name: str, verdicts: Sequence[Verdict], *, by_voice: bool) -> dict[str, object]:
    data: dict[str, object] = {"set": name, "figures": describe(shares(verdicts))}
    if by_voice:
        data["voices"] = {voice: describe(shares(_by(voice, verdicts))) for voice in _names(verdicts)}
    return data


def _table(found: Mapping[str, Share]) -> Iterator[str]:
    yield f"{'':<24} {'share':>7}  {'95 % interval':<15} {'n':>12}"
    for name, share in found.items():
        low, high = share.interval
        counted = f"{share.hits} of {share.of}"
        yield f"{name:<24} {share.value:7.1%}  {low:6.1%}–{high:<6.1%}  {counted:>13}   {FIGURES[name][0]}"


def _voices(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """A table of the shares of each voice, a figure a line."""
    voices = _names(verdicts)
    found = {voice: shares(_by(voice, verdicts)) for voice in voices}
    yield f"{'':<24}" + "".join(f"{voice:>10}" for voice in voices)
    for name in FIGURES:
        cells = [found[voice].get(name) for voice in voices]
        if any(cells):
            yield f"{name:<24}" + "".join(f"{share.value:>10.1%}" if share else f"{'–':>10}" for share in cells)


def _by(voice: str, verdicts: Iterable[Verdict]) -> list[Verdict]:
    return [verdict for verdict in verdicts if verdict.voice == voice]


def _names(verdicts: Iterable[Verdict]) -> list[str]:
    return sorted({verdict.voice for verdict in verdicts})


def _misses(verdicts: Sequence[Verdict], most: int) -> Iterator[str]:
    for name, (title, _) in FIGURES.items():
        missed = [verdict for verdict in verdicts if verdict.figure == name and verdict.is_miss]
        if missed:
            yield f"\n{name} ({title}), the first of {len(missed)}:"
        for verdict in missed[:most]:
            yield f"  {verdict.text[:160]!r} ({verdict.voice})\n      wanted {verdict.wanted}; got {verdict.got}"


if __name__ == "__main__":
    main()
