"""Triage as a whole: what the rules, the cries and the second opinion make of a message together."""

from __future__ import annotations

import random
from copy import copy
from dataclasses import replace

import pytest

from knowledge.answering import Answerer
from knowledge.loading.build import HERE
from knowledge.loading.training import read_triage_messages, read_wrappers
from knowledge.model import TIERS
from knowledge.rendering.answer import reply_text
from knowledge.reply import Answer, CheckIn, Silent, Unknown, Urgent
from tests.knowledge.by_hand import scoring

REASSURANCE = (
    "nurse friend said its nothing, but {}",
    "google says it's normal, but {}",
    "my husband says it's nothing, but {}",
    "i read that this can happen, but {}",
    "{} lol",
    "{} my mum had the same years ago",
)


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("pills are in my hand. im going to do it tonight", "EMERGENCY"),
        ("pills are in my hand. im going to do it tonight lol", "EMERGENCY"),
        ("i've saved up enough tablets", "CRISIS"),
        ("suicidal", "CRISIS"),
        ("quiero morir", "CRISIS"),
        ("can't see the point of carrying on", "CRISIS"),
        ("i can't take this pain any more", "CRISIS"),
        ("really bad hives", "PROMPT"),
        ("my face went numb suddenly", "EMERGENCY"),
        ("sudden numbness in my face", "EMERGENCY"),
        ("my cheek and lips have gone numb", "EMERGENCY"),
        ("my eyelid is drooping and i feel weak", "EMERGENCY"),
        ("cant pee since botox", "EMERGENCY"),
        ("accidentally took two propranolol", "PROMPT"),
        ("i took two topiramate by mistake", "PROMPT"),
        ("words coming out like ten pints", "EMERGENCY"),
    ],
)
def test_what_was_missed_is_found(answerer: Answerer, text: str, tier: str) -> None:
    reply = answerer.reply(text)
    assert isinstance(reply, Urgent)
    assert reply.tier == tier


@pytest.mark.parametrize("text", ["suicide", "im dying here", "belt round my ribs"])
def test_a_word_that_may_mean_anything_is_asked_about_or_urgent(answerer: Answerer, text: str) -> None:
    assert isinstance(answerer.reply(text), Urgent | CheckIn)


@pytest.mark.parametrize(
    "text",
    [
        "sorry for the long-winded reply",
        "speaking of sleep issues",
        "had 9 in the last fortnight",
        "like I had two heads",
        "look up ways for me to advance my job",
        "allergic to eggs can i have botox",
    ],
)
def test_words_that_have_nothing_to_do_with_each_other_alarm_nobody(answerer: Answerer, text: str) -> None:
    assert not isinstance(answerer.reply(text), Urgent)


@pytest.mark.parametrize("wrapper", REASSURANCE)
@pytest.mark.parametrize(
    "text",
    ["i can't breathe", "my throat is closing", "i want to die", "half my face has dropped", "i cant swallow my spit"],
)
def test_reassurance_cancels_nothing(answerer: Answerer, wrapper: str, text: str) -> None:
    assert isinstance(answerer.reply(wrapper.format(text)), Urgent)


def test_our_own_wrappers_lose_next_to_nothing(answerer: Answerer) -> None:
    """What somebody says around a sign changes nothing; measured on voices that nothing was fitted to."""
    rows = [each for each in read_triage_messages(HERE)[0] if each.chooses]
    chosen = random.Random(3).sample([each.text for each in rows if ":" not in each.label], 120)
    found = [text for text in chosen if isinstance(answerer.reply(text), Urgent)][:40]
    wrappers = random.Random(4).sample(read_wrappers(HERE), 12)
    lost = [
        wrapper.format(text)
        for text in found
        for wrapper in wrappers
        if not isinstance(answerer.reply(wrapper.replace("{}", text.replace("{", "(").replace("}", ")"))), Urgent)
    ]
    assert len(found) == 40
    assert len(lost) <= 0.06 * len(found) * len(wrappers), "\n".join(lost)


def unsure(answerer: Answerer) -> Answerer:
    """An answerer that is unsure of every message whether it is urgent."""
    changed = copy(answerer)
    changed.policy = replace(answerer.policy, outweighs=2.0, outweighs_doubt=2.0)
    changed.triage = copy(answerer.triage)
    changed.triage.limits = replace(
        answerer.triage.limits, urgent=dict.fromkeys(TIERS, 2.0), overheard=2.0, check_in=dict.fromkeys(TIERS, 0.0)
    )
    return changed


QUESTION = "how often is botox for migraine repeated?"


@pytest.mark.parametrize(
    ("chance", "instead"), [(0.96, "answer"), (0.3, "closest"), (0.1, "suggestions"), (0.0, "unknown")]
)
def test_a_check_in_holds_what_would_have_come(answerer: Answerer, chance: float, instead: str) -> None:
    reply = unsure(scoring(answerer, {"how-often": chance})).reply(QUESTION)
    assert isinstance(reply, CheckIn)
    assert reply.instead.kind == instead
    assert reply.instead.score == chance


@pytest.mark.parametrize(("chance", "kind"), [(0.96, "answer"), (0.3, "silent")])
def test_a_group_that_did_not_ask_is_asked_nothing(answerer: Answerer, chance: float, kind: str) -> None:
    assert unsure(scoring(answerer, {"how-often": chance})).reply(QUESTION, overheard=True).kind == kind


def test_a_miss_shows_a_way_out(answerer: Answerer) -> None:
    for text in ("😂", "qwrtz plmpf", "what is the capital of peru"):
        assert isinstance(answerer.reply(text), Unknown)


def test_groups_are_silent_where_private_chats_ask(answerer: Answerer) -> None:
    assert isinstance(answerer.reply("good morning everyone", overheard=True), Silent)


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("I'm not safe", "not_safe"),
        ("i am not safe", "not_safe"),
        ("im not safe at home", "not_safe"),
        ("i don't feel safe", "not_safe"),
        ("i feel unsafe", "not_safe"),
        ("i am in danger", "not_safe"),
        ("she isn't breathing", "not_responding"),
        ("my mum is unconscious", "not_responding"),
        ("my mum won't wake up", "not_responding"),
        ("he has no pulse", "not_responding"),
        ("my daughter says she does not want to wake up", "someone_else_suicidal"),
        ("choking", "swallowing_choking"),
        ("overdose", "overdose_poisoning"),
    ],
)
def test_who_writes_just_this_gets_the_card_for_it(answerer: Answerer, text: str, flag: str) -> None:
    reply = answerer.reply(text)
    assert isinstance(reply, Urgent)
    assert reply.flag.id == flag


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("im not safe i took all my pills", "self_harm_in_progress"),
        ("i want to stop. i have pills in my hand", "self_harm_in_progress"),
        ("help me i cant breathe", "breathing_difficulty"),
        ("she isn't breathing properly", "breathing_difficulty"),
        ("my wife had a seizure and is unconscious", "seizure_collapse"),
        ("my migraine is killing me and i want to kill myself", "suicidal_thoughts"),
    ],
)
def test_what_is_worse_or_plainer_beside_it_wins(answerer: Answerer, text: str, flag: str) -> None:
    reply = answerer.reply(text)
    assert isinstance(reply, Urgent)
    assert reply.flag.id == flag


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("not safe", "not_safe"),
        ("988", "not_safe"),
        ("911", "call_for_help"),
        ("999", "call_for_help"),
        ("help me", "call_for_help"),
        ("please help", "call_for_help"),
        ("can someone help", "call_for_help"),
        ("im crying", "despair"),
        ("i want to stop", "despair"),
        ("i'm done", "despair"),
        ("i cant think straight my head is killing me what do i do", "suicidal_thoughts"),
    ],
)
def test_a_bare_cry_is_asked_about_with_the_numbers(answerer: Answerer, text: str, flag: str) -> None:
    """Neither lost in an answer nor met with the whole card; and a group that did not ask gets no alarm."""
    reply = answerer.reply(text)
    assert isinstance(reply, CheckIn)
    assert reply.flag.id == flag
    assert isinstance(answerer.reply(text, overheard=True), Silent)
    assert not answerer.is_plainly_urgent(text)


@pytest.mark.parametrize(
    "text",
    [
        *("throat", "chest", "heart", "breathing", "voice", "head", "neck", "arm", "eyes", "fever", "pills", "Throat"),
        *("i'm done with botox", "what's the point of botox", "these needles will be the death of me"),
        *("i can't read all this", "i can't read so much", "i'm angry, 3 rounds and nothing"),
        *("i took my sumatriptan and it didn't work", "does my voice change"),
    ],
)
def test_what_the_editors_know_as_harmless_gets_a_reply_with_the_way_to_help(answerer: Answerer, text: str) -> None:
    reply = answerer.reply(text)
    assert not isinstance(reply, Urgent | CheckIn)
    said = reply_text(reply, answerer.knowledge).plain()
    assert "emergency number" in said or "999 or your local number" in said


@pytest.mark.parametrize("text", ["my husband beats me", "he hits me when i have a migraine", "my partner is violent"])
def test_who_is_hurt_by_another_is_not_taken_for_who_hurts_themselves(answerer: Answerer, text: str) -> None:
    reply = answerer.reply(text)
    assert isinstance(reply, Urgent | CheckIn)
    assert reply.flag.id == "not_safe"


@pytest.mark.parametrize("text", ["throat!", "my throat", "throat and chest", "my chest"])
def test_a_bare_word_with_anything_beside_it_is_judged_as_ever(answerer: Answerer, text: str) -> None:
    assert isinstance(answerer.reply(text), Urgent | CheckIn)


@pytest.mark.parametrize("text", ["is it not safe", "is botox unsafe", "i don't feel safe having botox", "hw mch"])
def test_questions_stay_questions(answerer: Answerer, text: str) -> None:
    assert not isinstance(answerer.reply(text), Urgent | CheckIn)


def test_a_short_form_of_how_much_asks_for_the_cost(answerer: Answerer) -> None:
    reply = answerer.reply("hw mch")
    assert isinstance(reply, Answer)
    assert reply.entries[0].id == "cost"
