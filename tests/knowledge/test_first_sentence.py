"""What an answer begins with: the very thing that was asked, the right way round, for the country that was named.

Many ways of asking for the same entry; but for the plainest, none is in the FAQ or in training (see the last test). The
pattern is looked for in the sentence that stands first, so that an editor may word it anew as long as it answers.
"""

from __future__ import annotations

import re

import pytest

from knowledge.answering import Answerer, Seen
from knowledge.choosing import Chosen, is_gap
from knowledge.loading.build import HERE
from knowledge.loading.validate import validate_all
from knowledge.reply import Answer

NEITHER = r"^(?!Yes\b|No\b)"
"""Begins with neither Yes nor No: the question does not want one, or the other way round."""

ASKED: list[tuple[str, str, str]] = [
    # One entry, asked for different parts
    ("will botox help my neck pain", "neck-pain-and-weakness", NEITHER + r".*\bhelp"),
    ("is a sore neck normal after botox for migraine", "neck-pain-and-weakness", r"^Yes\b"),
    ("how long does the neck pain last after botox", "neck-pain-and-weakness", NEITHER + r".*\b(days|weeks)\b"),
    ("how do i stop my neck hurting after botox", "neck-pain-and-weakness", NEITHER + r".*\bpainkiller"),
    ("how common is neck pain after botox", "neck-pain-and-weakness", NEITHER + r".*\bin 100|most common"),
    ("why is my neck sore since botox", "neck-pain-and-weakness", NEITHER + r".*\b(muscles?|shots)\b"),
    ("how long does the droopy eyelid last", "droopy-eyelid", NEITHER + r".*\bweeks\b"),
    ("what helps a droopy eyelid", "droopy-eyelid", NEITHER + r".*\bdrops\b"),
    ("does botox help a droopy eyelid", "droopy-eyelid", r"^(?!Yes\b).*\b(not|cause)"),
    ("how common is a droopy eyelid after botox", "droopy-eyelid", NEITHER + r".*\bin 100|can happen"),
    ("why did my eyelid droop after botox", "droopy-eyelid", NEITHER + r".*\b(shots?|muscle|spread)"),
    ("when does the eyelid droop start", "droopy-eyelid", NEITHER + r".*\bdays\b"),
    ("how long do bruises last after botox", "bruising-and-swelling", NEITHER + r".*\b(days?|weeks?)\b"),
    ("what helps bruises after botox", "bruising-and-swelling", NEITHER + r".*\b(painkiller|ice|cold)"),
    ("how long does the headache after botox last", "headache-after-treatment", NEITHER + r".*\b(days|week)"),
    ("is a headache after botox normal", "headache-after-treatment", r"^Yes\b"),
    ("how long does the appointment take", "what-happens-at-appointment", NEITHER + r".*\b(minutes|hour)\b"),
    ("when was botox approved for migraine", "is-it-approved", NEITHER + r".*\b2010\b"),
    ("how long do the side effects last", "how-long-side-effects-last", NEITHER + r".*\b(days|weeks)\b"),
    # Yes and No, and questions turned round
    ("is it fda approved for episodic migraine", "is-it-approved|episodic-migraine", r"^(?!Yes\b)"),
    ("is botox approved for chronic migraine", "is-it-approved", r"^Yes\b"),
    ("do the side effects last forever", "how-long-side-effects-last", r"^(?!Yes\b)"),
    ("is botox for migraine dangerous", "is-it-safe", r"^(?!Yes\b|No\b)"),
    ("can i exercise after botox", "exercise-after", r"^Yes\b"),
    ("do i have to avoid exercise after botox", "exercise-after", r"^(?!Yes\b)"),
    ("will botox help my hair loss", "hair-loss", r"^(?!Yes\b)"),
    ("is botox useless for migraine", "not-working|does-it-work", r"^(?!Yes\b|No\b)"),
    ("does botox work for migraine", "does-it-work", r"^Yes\b"),
    ("can i have botox with aura", "aura", r"^Yes\b"),
    ("can i take ibuprofen with botox", "with-triptans-and-painkillers|blood-thinners", r"^(?!No\b)"),
    ("does botox cure migraine", "prevents-or-cures", r"^(?!Yes\b)"),
    ("do i need botox for the rest of my life", "how-long-to-continue", r"^(?!Yes\b)"),
    ("can botox be reversed", "can-it-be-reversed", r"^(?!Yes\b)"),
    ("can i get my next botox early", "sooner-than-12-weeks", r"^(?!Yes\b)"),
    ("is botox dangerous in pregnancy", "pregnancy", r"^(?!Yes\b|No\b)"),
]

IN_A_COUNTRY: list[tuple[str, str, str]] = [
    ("how much does botox for migraine cost in the us", "cost", r"\bdollars\b|\$"),
    ("what does botox for migraine cost privately in the uk", "cost|nhs-and-uk", r"£"),
    ("does medicare cover botox for migraine", "insurance-cover", r"\bMedicare\b"),
    ("does tricare cover botox for migraine", "insurance-cover", r"\bTRICARE\b"),
    ("does the nhs cover botox for migraine", "nhs-and-uk", r"\bNHS\b"),
    ("does the pbs cover migraine botox", "australia", r"\bPBS\b"),
    ("does ohip cover botox for migraine", "canada", r"\bOntario\b"),
    ("does the hse pay for botox for migraine", "ireland-and-germany", r"\b(Ireland|Irish|HSE|health service|GP)\b"),
    ("is botox approved for migraine in australia", "is-it-approved|australia", r"\bAustralia"),
    ("is botox approved for migraine in canada", "is-it-approved|canada", r"\bCanad"),
]

FOLLOW_UPS: list[tuple[str, str, str]] = [
    ("neck-pain-and-weakness", "why", r"\b(muscles?|shots)\b"),
    ("neck-pain-and-weakness", "how long does that last", r"\b(days|weeks)\b"),
    ("neck-pain-and-weakness", "what helps?", r"\bpainkiller"),
    ("droopy-eyelid", "and how long does it last", r"\bweeks\b"),
    ("droopy-eyelid", "why does that happen", r"\b(shots?|muscle|spread)"),
    ("headache-after-treatment", "how long", r"\b(days|week)"),
    ("cost", "and in the uk?", r"£|NHS"),
]


def first_sentence(chosen: Chosen) -> str:
    return chosen.shown[0].text


@pytest.mark.parametrize(("message", "entries", "pattern"), [*ASKED, *IN_A_COUNTRY])
def test_the_first_sentence_answers_what_was_asked(
    answerer: Answerer, message: str, entries: str, pattern: str
) -> None:
    reply = answerer.reply_calmly(message)
    assert isinstance(reply, Answer), reply
    chosen = reply.choices[0]
    assert chosen.entry.id in entries.split("|")
    assert re.search(pattern, first_sentence(chosen)), first_sentence(chosen)
    assert not is_gap(first_sentence(chosen))


@pytest.mark.parametrize(("entry", "message", "pattern"), FOLLOW_UPS)
def test_a_follow_up_gets_the_part_that_answers_it(answerer: Answerer, entry: str, message: str, pattern: str) -> None:
    reply = answerer.reply_calmly(message, after=Seen(answerer.knowledge.entries[entry]))
    assert isinstance(reply, Answer), reply
    chosen = reply.choices[0]
    assert entry in (chosen.entry.id, "cost")
    assert re.search(pattern, first_sentence(chosen)), first_sentence(chosen)


@pytest.mark.parametrize(
    "message", ["tell me more", "???", "go on", "anything else?", "i don't get it", "i dont understand"]
)
def test_who_only_wants_more_gets_what_was_folded(answerer: Answerer, message: str) -> None:
    entry = answerer.knowledge.entries["neck-pain-and-weakness"]
    reply = answerer.reply_calmly(message, after=Seen(entry))
    assert isinstance(reply, Answer)
    shown = {point.text for point in reply.choices[0].shown}
    assert shown
    assert not shown & {point.text for point in entry.answer}


def test_nothing_of_this_is_taught() -> None:
    """Else it would show what was learnt by heart; the plainest are in everybody's mouth."""
    taught = {message.text.casefold() for message in validate_all(HERE).messages}
    known = [message for message, _, _ in (*ASKED, *IN_A_COUNTRY) if message.casefold() in taught]
    assert len(known) <= 12, known
