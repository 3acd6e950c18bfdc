"""Why a message gets the reply that it gets, written out for a person: what `bot.py ask --explain` prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from knowledge.answering import (
    EACH_OF_POST,
    ONE_OF_POST,
    OURS,
    OURS_POST,
    RIGHT,
    SUGGEST,
    SURE,
    Answerer,
    is_post,
)
from knowledge.language.lexicon import Word
from knowledge.language.text import fold, sentences
from knowledge.matching.confidence import Judged, logistic
from knowledge.matching.posts import about_post, asked_for
from knowledge.matching.train import ELSEWHERE

_SHOWN_CANDIDATES = 4
_SHOWN_FEATURES = 6


def explain(message: str, answerer: Answerer) -> str:
    """The words as they were read, the candidates with their chances and what speaks for them, and the thresholds."""
    parts = sentences(fold(message))
    lines = list(_of_post(parts, answerer) if is_post(parts) else _of_question(fold(message), answerer))
    return "\n".join(lines)


def _of_question(folded: str, answerer: Answerer) -> Iterator[str]:
    judged = answerer.judged(answerer.matcher.lexicon.read(folded))
    yield from _words(judged.ranking.words, answerer)
    yield from _candidates(judged, answerer)
    yield (
        f"Answered from: ours {OURS}, right {RIGHT}. Alone, without other buttons, from {SURE} for both together. "
        f"Suggested from {SUGGEST}."
    )


def _of_post(parts: Sequence[str], answerer: Answerer) -> Iterator[str]:
    yield f"Read as {len(parts)} sentences:"
    for part in parts:
        yield f"\n“{part}”"
        judged = answerer.judged(answerer.matcher.lexicon.read(part))
        yield from _words(judged.ranking.words, answerer)
        yield from _candidates(judged, answerer)
    whole, pieces = answerer.pieces(parts)
    if not whole.chances:
        return
    ours = logistic("post_ours", about_post(whole, pieces, answerer.judge))
    yield f"\nThe whole is about our subject with a chance of {ours:.2f} (needed: {OURS_POST}). What it may ask for:"
    for each in asked_for(whole, pieces)[:_SHOWN_CANDIDATES]:
        yield f"  {each.name:32} {each.chance:.2f}"
    yield f"Answered: each from {EACH_OF_POST}, three at most; or else the first from {ONE_OF_POST}."


def _words(read: Sequence[Word], answerer: Answerer) -> Iterator[str]:
    yield "Words:"
    for word in read:
        yield f"  {word.typed:20} {_reading(word)}"
    forms = answerer.matcher.lexicon.question_forms(read)
    if forms:
        yield f"Asks: {', '.join(forms)}"


def _reading(word: Word) -> str:
    notes = [word.stem]
    if word.corrected:
        notes.append("(typing error mended)")
    if word.concepts:
        notes.append(f"means {', '.join(word.concepts)}")
    if word.filler:
        notes.append("(counts little)")
    elif not word.known:
        notes.append("(in no phrasing of ours)")
    if word.foreign:
        notes.append(f"(foreign: {word.foreign})")
    return " ".join(notes)


def _candidates(judged: Judged, answerer: Answerer) -> Iterator[str]:
    scores = {candidate.name: candidate for candidate in judged.ranking.entries}
    yield f"{'Candidates:':34} {'score':>6} {'alike':>6} {'ours':>6} {'right':>6} {'both':>6}"
    for chance in judged.chances[:_SHOWN_CANDIDATES]:
        candidate = scores[chance.name]
        yield (
            f"  {chance.name:32} {candidate.score:6.2f} {candidate.similarity:6.2f} "
            f"{chance.ours:6.2f} {chance.right:6.2f} {chance.both:6.2f}"
        )
        yield f"      {_strongest(judged, chance.name, answerer)}"
    elsewhere = judged.ranking.elsewhere
    if elsewhere:
        name = elsewhere.name.removeprefix(ELSEWHERE)
        yield f"  {'not ours: ' + name:32} {elsewhere.score:6.2f} {elsewhere.similarity:6.2f}"
        yield f"      {_strongest(judged, elsewhere.name, answerer)}"


def _strongest(judged: Judged, name: str, answerer: Answerer) -> str:
    parts = answerer.matcher.contributions(judged.ranking, name)[:_SHOWN_FEATURES]
    return "  ".join(f"{feature} {weight:+.2f}" for feature, weight in parts if weight)
