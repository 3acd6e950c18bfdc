"""How often what the bot was so sure of came true, on messages of voices that nothing was fitted to.

    python -m evaluation.calibration     # some minutes; writes evaluation/results/calibration.json

Of each message, short or long, ours or not, the likeliest entry is taken with the chance that the bot gives it. In
bands of that chance the share of right ones should be as high as the mean of what was said; how far it is from that,
over all bands, is the expected calibration error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.comparing import Row, keep
from evaluation.score import wilson
from evaluation.sets import Ids, MessageSet, read_set
from knowledge.answering import Answerer
from knowledge.loading.load import load
from knowledge.matching.fitting import expected_calibration_error

BANDS = 10
ALL = "all voices"


@dataclass(frozen=True, slots=True)
class Said:
    """The chance that the bot gave to the likeliest entry for a message of `voice`, and whether it answers it."""

    voice: str
    chance: float
    holds: bool


def list_said(bot: Answerer, messages: MessageSet) -> Iterator[Said]:
    """What the bot said of each message in which it finds an entry at all."""
    asked = [(each.voice, each.text, each.accept) for each in messages.questions]
    asked += [(each.voice, each.text, each.accept) for each in (*messages.out_of_scope, *messages.out_of_scope_posts)]
    asked += [(each.voice, each.text, (*each.helps, *each.asks)) for each in messages.posts]
    for voice, text, accept in asked:
        utterance = bot.read(text)
        candidates = bot.scorer.score(utterance.terms, *utterance.texts).candidates
        if candidates:
            yield Said(voice, candidates[0].chance, candidates[0].name in accept)


def describe(said: Sequence[Said]) -> dict[str, Any]:
    """The expected calibration error, and each band that has messages: what was said on average, and what held."""
    bands: dict[int, list[Said]] = {}
    for each in said:
        bands.setdefault(min(int(each.chance * BANDS), BANDS - 1), []).append(each)
    return {
        "messages": len(said),
        "error": round(expected_calibration_error([each.chance for each in said], [each.holds for each in said]), 4),
        "bands": [
            {"from": band / BANDS, "messages": len(inside), "said": round(_mean(inside), 4), **_held(inside)}
            for band, inside in sorted(bands.items())
        ],
    }


def _mean(said: Sequence[Said]) -> float:
    return sum(each.chance for each in said) / len(said)


def _held(said: Sequence[Said]) -> dict[str, float]:
    held = sum(each.holds for each in said)
    low, high = wilson(held, len(said))
    return {"held": round(held / len(said), 4), "low": round(low, 4), "high": round(high, 4)}


def table(result: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Head and rows: the bands of all voices."""
    bands = result["rows"][0]["bands"]
    return ["said", "messages", "said on average", "right", "95 % interval"], [
        [
            f"{each['from']:.1f} to {each['from'] + 1 / BANDS:.1f}",
            f"{each['messages']:,}",
            f"{each['said']:.0%}",
            f"{each['held']:.0%}",
            f"{each['low']:.0%} to {each['high']:.0%}",
        ]
        for each in bands
    ]


def list_errors(result: Mapping[str, Any]) -> str:
    """The error of all and of each voice, in a sentence."""
    return ", ".join(f"{row['voice']} {row['error']:.3f}" for row in result["rows"])


def _measure_voices() -> Iterator[Row]:
    bot = load()
    said = list(list_said(bot, read_set("held_out", Ids.of(bot.knowledge))))
    yield {"voice": ALL} | describe(said)
    for voice in sorted({each.voice for each in said}):
        yield {"voice": voice} | describe([each for each in said if each.voice == voice])


if __name__ == "__main__":
    keep(_measure_voices(), "calibration")
