"""What the bot decides, on the real FAQ: answers, several answers, follow-ups, suggestions, and what is not ours."""

from __future__ import annotations

import pytest

from knowledge.answering import MOST_ANSWERS, MOST_BUTTONS, SURE, Answerer
from knowledge.reply import Answer, Silent, Suggestions, Unknown

THEMES = {
    ("common-side-effects", "how-long-side-effects-last", "serious-side-effects"): [
        "what are teh side efects of botox for migrane",
        "botox side affects?",
        "any sideeffects of the injektions",
        "wat side effects shoud i expect from botx",
        "comon side effects of botox for migranes",
        "is there any bad side efects after botox injectons",
        "tell me abuot the side effects plz",
        "wich side effects are normal after migraine botox",
        "side effcts list botox",
        "what unwanted effects does botoxx have for migraine",
    ],
    ("how-often",): [
        "how offen do i need the injektions",
        "how ofen is botox repeeted",
        "how many weeks betwen botox treatmnts",
        "every how many monts do you get botox for migrane",
        "how often shuold the botox be repeated",
        "whats the intervall between botox sesions",
        "botox migraine evry 12 weeks?",
        "how frequantly do i have the injections",
        "how long betwene rounds of botox",
        "is it every 3 mnths the botox",
    ],
    ("cost", "insurance-cover", "nhs-and-uk", "savings-programme"): [
        "how much does botox for migrane cost",
        "whats the prise of botox for migraines",
        "botox migraine cots without insurence",
        "how expencive is it",
        "price for 155 unitts of botox for migraine",
        "what do i have to pay for botox treatmnt",
        "how much do they charg for the botox injections",
        "cost of privat botox for migraine",
        "wat does it cost",
        "how much mony is botox for migrane",
    ],
    ("who-should-inject", "find-a-specialist", "salon-or-spa"): [
        "who shoud inject botox for migraine",
        "who can give the botox injectons for migrane",
        "which docter does botox for migraine",
        "does it have to be a neurologst who injects",
        "can a nurse give me the botx for migraine",
        "who is qualifed to inject botox for migraines",
        "what kind of doctr injects it",
        "shuold a neurologist do my migraine botox",
        "who does the injektions",
        "who is alowed to do botox for migraine",
    ],
}


@pytest.mark.parametrize(
    ("accepted", "message"), [(accepted, message) for accepted, messages in THEMES.items() for message in messages]
)
def test_the_four_themes_are_understood_with_typing_errors(
    answerer: Answerer, accepted: tuple[str, ...], message: str
) -> None:
    reply = answerer.reply(message)
    assert isinstance(reply, Answer)
    assert reply.entries[0].id in accepted
    assert reply.entries[0].citations


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("botox helped for two years and now it stopped working", "stops-working-over-time"),
        ("3 weeks in and nothing yet, how long till botox works", "when-does-it-start-working"),
        ("botox never worked for me", "not-working"),
        ("does botox for migraine hurt", "does-it-hurt"),
        ("does botox for migraine work", "does-it-work"),
    ],
)
def test_negation_and_time_tell_entries_apart(answerer: Answerer, message: str, expected: str) -> None:
    reply = answerer.reply(message)
    assert isinstance(reply, Answer)
    assert reply.entries[0].id == expected


@pytest.mark.parametrize(
    "message",
    [
        "How much does botox for migraine cost? And does it hurt when they inject it?",
        "how much does botox for migraine cost and does it hurt when they inject it",
        "hi, what does botox cost for migraine, also do the injections hurt?",
    ],
)
def test_several_questions_get_several_answers(answerer: Answerer, message: str) -> None:
    reply = answerer.reply(message)
    assert isinstance(reply, Answer)
    assert {entry.id for entry in reply.entries} == {"cost", "does-it-hurt"}


def test_a_story_with_one_question_gets_that_one_answered(answerer: Answerer) -> None:
    reply = answerer.reply(
        "Hi all, new here. I have had migraine since I was twelve and my sister has it too. Last month I finally saw "
        "a specialist in the city, which took a train and two buses. She wants to start botox in spring. My question "
        "is, can I drive myself home after the injections? Thanks for reading, you are a lovely bunch."
    )
    assert isinstance(reply, Answer)
    assert "driving-and-work-after" in {entry.id for entry in reply.entries}
    assert len(reply.entries) <= MOST_ANSWERS


def test_a_follow_up_leans_on_what_was_shown(answerer: Answerer) -> None:
    droop = answerer.knowledge.entries["droopy-eyelid"]
    alone, after = answerer.reply("and how long does that last"), answerer.reply("how long does that last", after=droop)
    assert isinstance(after, Answer)
    assert after.entries[0].id in ("droopy-eyelid", "how-long-side-effects-last")
    assert not (isinstance(alone, Answer) and alone.entries[0].id == "droopy-eyelid")


@pytest.mark.parametrize(
    ("shown", "message", "expected"),
    [
        ("droopy-eyelid", "and the cost?", "cost"),
        ("how-often", "what about side effects?", "common-side-effects"),
        ("cost", "is that covered by insurance?", "insurance-cover"),
        ("how-often", "why?", "how-often"),
    ],
)
def test_follow_ups(answerer: Answerer, shown: str, message: str, expected: str) -> None:
    reply = answerer.reply(message, after=answerer.knowledge.entries[shown])
    assert isinstance(reply, Answer)
    assert reply.entries[0].id == expected


def test_a_new_subject_does_not_lean_on_what_was_shown(answerer: Answerer) -> None:
    droop = answerer.knowledge.entries["droopy-eyelid"]
    reply = answerer.reply("how much does the treatment cost", after=droop)
    assert isinstance(reply, Answer)
    assert reply.entries[0].id == "cost"


def test_an_unsure_answer_offers_what_else_was_meant(answerer: Answerer) -> None:
    replies = [
        answerer.reply(text) for text in ("how long", "botox weeks", "is it bad", "how many", "after botox pain")
    ]
    unsure = [reply for reply in replies if isinstance(reply, Answer) and reply.score < SURE]
    suggested = [reply for reply in replies if isinstance(reply, Suggestions)]
    assert unsure or suggested
    assert all(1 <= len(reply.others) <= MOST_BUTTONS for reply in unsure)
    assert all(2 <= len(reply.entries) <= MOST_BUTTONS for reply in suggested)


@pytest.mark.parametrize(
    "message",
    ["", "   ", "???", "🙂🙂", "asdkjh qwlekj zxmcn", "Какая сегодня погода?", "今日は", "1234", "." * 4000],
)
def test_nonsense_is_unknown(answerer: Answerer, message: str) -> None:
    assert isinstance(answerer.reply(message), Unknown)


@pytest.mark.parametrize(
    "message",
    ["what is the weather like tomorrow", "how do i reset my password", "book me a table for two", "who won the match"],
)
def test_what_is_far_from_ours_is_not_answered(answerer: Answerer, message: str) -> None:
    assert not isinstance(answerer.reply(message), Answer)


@pytest.mark.parametrize(
    "message",
    ["what is the dose of rizatriptan for a 40 year old", "botox for sweaty armpits, how many units", "lip flip price"],
)
def test_a_near_subject_gets_a_line_on_where_our_knowledge_ends(answerer: Answerer, message: str) -> None:
    reply = answerer.reply(message)
    assert isinstance(reply, Unknown)
    assert reply.line


def test_overheard_a_plain_question_is_answered_and_talk_is_not(answerer: Answerer) -> None:
    asked = answerer.reply("How often is botox for migraine repeated?", overheard=True)
    assert isinstance(asked, Answer)
    assert asked.entries[0].id == "how-often"
    for talk in (
        "had my third round today, every 12 weeks like clockwork",
        "how often do you get your botox?",
        "did the botox hurt you as much as me?",
        "thank you!",
        "anyone awake?",
    ):
        assert isinstance(answerer.reply(talk, overheard=True), Silent)


def test_the_same_message_always_gets_the_same_reply(answerer: Answerer) -> None:
    message = "can i go to the gym after botox and what about wine"
    assert len({str(answerer.reply(message)) for _ in range(5)}) == 1


def test_a_very_long_message_is_read_to_telegrams_limit_and_no_further(answerer: Answerer) -> None:
    reply = answerer.reply("how often is botox for migraine repeated? " + "blah " * 5000)
    assert isinstance(reply, Answer | Suggestions | Unknown)
