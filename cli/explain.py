"""Why a message gets the reply that it gets, written out for a person: what `bot.py ask --explain` prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from knowledge.answering import Answerer
from knowledge.language.languages import AHEAD
from knowledge.language.utterance import Term, Utterance
from knowledge.matching.confidence import Scored
from knowledge.matching.trained import OUT_OF_SCOPE

_SHOWN_CANDIDATES = 4
_SHOWN_FEATURES = 6


def explain(message: str, answerer: Answerer) -> str:
    """The terms as they were read, the candidates with their chances and what speaks for them, and the thresholds."""
    utterance = answerer.read(message)
    parts = (_explain_triage, _explain_language, _explain_match)
    return "\n".join(line for part in parts for line in part(utterance, answerer))


def _explain_triage(utterance: Utterance, answerer: Answerer) -> Iterator[str]:
    """The rules of the red flags by which the message is urgent, if there are any."""
    for rule in answerer.triage.floor.find_rules(utterance):
        needs = ", ".join(" or ".join(slot) for slot in rule.needs)
        yield f"Urgent by the rule at knowledge/red_flag_rules.yaml:{rule.line} ({needs})."
    judged = answerer.triage.judge(utterance)
    flag = answerer.knowledge.red_flags.flags.get(judged.flag) if judged else None
    if judged is not None and flag is not None:
        limits = answerer.triage.limits
        urgent, check_in = limits.of(flag.tier, utterance)
        yield (
            f"Second opinion: urgent with a chance of {judged.chance:.2f}, then most likely {flag.id} (urgent from "
            f"{urgent}, in groups {limits.overheard}; asked about from {check_in})."
        )


def _explain_language(utterance: Utterance, answerer: Answerer) -> Iterator[str]:
    """What speaks for another language than English, if anything does."""
    verdict = answerer.recogniser.judge(utterance.text) if answerer.recogniser else None
    if verdict is not None:
        yield f"Language: {verdict.language}, ahead of English by {verdict.ahead:.1f}; taken for it from {AHEAD} on."


def _explain_match(utterance: Utterance, answerer: Answerer) -> Iterator[str]:
    yield from _list_terms(utterance.terms)
    if utterance.terms:
        yield from _list_candidates(answerer.scorer.score(utterance.terms, *utterance.texts), answerer)
    policy = answerer.policy
    answer, closest = policy.answer, policy.closest
    if answerer.is_post(utterance):
        answer, closest = policy.of_post, policy.closest_of_post
    yield (
        f"Answered from a chance of {answer}, alone from {policy.sure}; shown as a guess from {closest}; "
        f"suggested from {policy.suggest}."
    )


def _list_terms(terms: Sequence[Term]) -> Iterator[str]:
    yield "Terms:"
    for term in terms:
        yield f"  {term.typed:20} {_describe_term(term)}"


def _describe_term(term: Term) -> str:
    notes = [term.stem]
    if term.corrected:
        notes.append("(typing error mended)")
    if term.concepts:
        notes.append(f"means {', '.join(term.concepts)}")
    if term.filler:
        notes.append("(counts little)")
    elif not term.known:
        notes.append("(in no message of ours)")
    if term.off_topic:
        notes.append(f"(off topic: {term.off_topic})")
    return " ".join(notes)


def _list_candidates(scored: Scored, answerer: Answerer) -> Iterator[str]:
    ranked = {candidate.name: candidate for candidate in scored.ranking.entries}
    yield f"{'Candidates:':34} {'score':>6} {'read':>6} {'alike':>6} {'chance':>6}"
    for each in scored.candidates[:_SHOWN_CANDIDATES]:
        candidate = ranked[each.name]
        yield (
            f"  {each.name:32} {candidate.score:6.2f} {candidate.read:6.2f} {candidate.similarity:6.2f} "
            f"{each.chance:6.2f}"
        )
        yield f"      {_list_strongest(scored, each.name, answerer)}"
    rival = scored.ranking.out_of_scope
    if rival:
        name = rival.name.removeprefix(OUT_OF_SCOPE)
        yield f"  {'not ours: ' + name:32} {rival.score:6.2f} {rival.read:6.2f} {rival.similarity:6.2f}"
        yield f"      {_list_strongest(scored, rival.name, answerer)}"


def _list_strongest(scored: Scored, name: str, answerer: Answerer) -> str:
    parts = answerer.scorer.ranker.explain(scored.ranking, name)[:_SHOWN_FEATURES]
    return "  ".join(f"{feature} {weight:+.2f}" for feature, weight in parts if weight)
