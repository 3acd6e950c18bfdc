"""What the bot decides, on the real FAQ: answers, several answers, follow-ups, suggestions, and what is not ours."""

from __future__ import annotations

from copy import copy
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.answering import Answerer, Seen, Thresholds
from knowledge.rendering.answer import reply_text
from knowledge.reply import Answer, Silent, Suggestions, Unknown, Urgent

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
    assert len(reply.entries) <= answerer.thresholds.most_answers


def test_a_follow_up_leans_on_what_was_shown(answerer: Answerer) -> None:
    droop = Seen(answerer.knowledge.entries["droopy-eyelid"])
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
    reply = answerer.reply(message, after=Seen(answerer.knowledge.entries[shown]))
    assert isinstance(reply, Answer)
    assert reply.entries[0].id == expected


def test_a_new_subject_does_not_lean_on_what_was_shown(answerer: Answerer) -> None:
    droop = Seen(answerer.knowledge.entries["droopy-eyelid"])
    reply = answerer.reply("how much does the treatment cost", after=droop)
    assert isinstance(reply, Answer)
    assert reply.entries[0].id == "cost"


def test_an_unsure_answer_offers_what_else_was_meant(answerer: Answerer) -> None:
    replies = [
        answerer.reply(text) for text in ("how long", "botox weeks", "is it bad", "how many", "after botox pain")
    ]
    unsure = [reply for reply in replies if isinstance(reply, Answer) and reply.score < answerer.thresholds.sure]
    suggested = [reply for reply in replies if isinstance(reply, Suggestions)]
    assert unsure or suggested
    assert all(1 <= len(reply.others) <= answerer.thresholds.most_buttons for reply in unsure)
    assert all(2 <= len(reply.entries) <= answerer.thresholds.most_buttons for reply in suggested)


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


@pytest.mark.parametrize(
    "message",
    [
        "",
        " \n ",
        "🙂",
        "🙂🙏",
        ".",
        "...",
        "?!",
        "asdf",
        "asdkjh qwlekj zxmcn",
        "1234",
        "आज मौसम कैसा है",
        "Какая погода",
        "今日は",
    ],
)
def test_what_can_not_be_read_gets_the_plain_line_and_not_that_of_a_subject(answerer: Answerer, message: str) -> None:
    """Nobody who sends a smiley is sent to a pharmacist."""
    reply = answerer.reply(message)
    assert isinstance(reply, Unknown)
    assert (reply.line, reply.nearest) == ("", None)
    said, way_out = reply_text(reply, answerer.knowledge).plain().split("\n\n")
    assert said == answerer.knowledge.wordings.unknown
    assert way_out.startswith("In danger, or not safe?")


@pytest.mark.parametrize(
    ("message", "begins"),
    [
        ("thank you so much", "You're welcome"),
        ("thanks", "You're welcome"),
        ("hello", "Hello!"),
        ("you are useless", "I'm sorry, that was no help"),
        ("stop", "All right"),
        ("leave me alone", "All right"),
    ],
)
def test_what_is_no_question_gets_a_reply_of_its_own(answerer: Answerer, message: str, begins: str) -> None:
    reply = answerer.reply(message)
    assert isinstance(reply, Unknown)
    assert reply.line.startswith(begins)


# Urgent messages


@pytest.mark.parametrize("overheard", [False, True])
def test_help_comes_before_any_answer(answerer: Answerer, overheard: bool) -> None:
    message = "how often is botox repeated? I can't swallow since yesterday"
    shown = Seen(answerer.knowledge.entries["cost"])
    reply = answerer.reply(message, overheard=overheard, after=shown)
    assert isinstance(reply, Urgent)
    assert reply.flag.id == "swallowing_choking"
    assert answerer.reply(answerer.read(message), overheard=overheard, after=shown) == reply


def test_a_sign_that_is_asked_about_brings_the_note(answerer: Answerer) -> None:
    asked = answerer.reply("can botox for migraine make it hard to swallow?")
    assert isinstance(asked, Answer)
    assert asked.mentions_sign
    assert asked.safety_note
    plain = answerer.reply("how often is botox for migraine repeated?")
    assert isinstance(plain, Answer)
    assert not plain.mentions_sign


# Several questions in one message


def test_the_same_question_twice_is_answered_once(answerer: Answerer) -> None:
    reply = answerer.reply("does it hurt? does it hurt?")
    assert isinstance(reply, Answer)
    assert [entry.id for entry in reply.entries] == ["does-it-hurt"]


def test_of_many_questions_no_more_are_answered_than_fit(answerer: Answerer) -> None:
    message = "how much does botox cost, does it hurt, how often is it repeated and can i drive home?"
    for most in (2, 3):
        reply = changed(answerer, most_answers=most).reply(message)
        assert isinstance(reply, Answer)
        assert len({entry.id for entry in reply.entries}) == len(reply.entries) == most


# Follow-ups


@pytest.mark.parametrize("message", ["ok thanks", "what is the weather like where you are today then"])
def test_what_follows_an_answer_need_not_be_a_follow_up(answerer: Answerer, message: str) -> None:
    assert not isinstance(answerer.reply(message, after=Seen(answerer.knowledge.entries["cost"])), Answer)


def test_a_long_message_does_not_lean_on_what_was_shown(answerer: Answerer) -> None:
    message, shown = "and in winter?", Seen(answerer.knowledge.entries["how-often"])
    strict = changed(answerer, most_words_of_follow_up=0)
    assert strict.reply(message, after=shown) == strict.reply(message)


def test_a_short_message_about_our_subject_is_ours_while_we_talk(answerer: Answerer) -> None:
    message, shown = "and wine?", Seen(answerer.knowledge.entries["how-often"])
    doubting = changed(answerer, in_talk=0.0)
    assert doubting.reply(message, after=shown) == doubting.reply(message)
    talking = changed(answerer, in_talk=1.0).reply(message, after=shown)
    assert talking != doubting.reply(message)
    assert isinstance(talking, Answer | Suggestions)
    assert "alcohol" in str([entry.id for entry in talking.entries])


# Overheard in a group


@pytest.mark.parametrize(
    "talk",
    [
        "how often is it repeated?",  # the injections are not named
        "botox is every 12 weeks",  # nobody asks
        "does your botox hurt?",  # somebody is asked
        "does botox hurt? how often is botox repeated?",  # two questions: a talk
        "",
        "🙂",
    ],
)
def test_the_bot_keeps_out_of_talk(answerer: Answerer, talk: str) -> None:
    assert isinstance(answerer.reply(talk, overheard=True), Silent)
    assert not isinstance(answerer.reply(talk), Silent)


def test_an_overheard_question_is_answered_alone(answerer: Answerer) -> None:
    reply = answerer.reply("I had botox. how often is botox for migraine repeated?", overheard=True)
    assert isinstance(reply, Answer)
    assert len(reply.entries) == 1
    assert reply.others == ()
    assert reply.score >= answerer.thresholds.overheard


# Thresholds


def changed(answerer: Answerer, **values: float) -> Answerer:
    """An answerer with other thresholds."""
    other = copy(answerer)
    other.thresholds = replace(answerer.thresholds, **values)  # type: ignore[arg-type]
    return other


def test_chances_are_chances_and_the_rest_are_counts() -> None:
    for each in fields(Thresholds):
        value = getattr(Thresholds(), each.name)
        assert (0.0 < value < 1.0) if each.type == "float" else (isinstance(value, int) and value > 0), each.name


MIXED = [
    *(messages[number] for messages in THEMES.values() for number in range(0, 10, 3)),
    "neck",
    "gym",
    "is it bad",
    "can i take a bath",
    "jab time",
    "needles scare me",
    "how many",
    "botox longer",
    "before or after botox",
    "what is the weather like tomorrow",
    "who won the match",
    "lip flip price",
    "doctor botox",
]


@pytest.mark.parametrize("name", ["in_scope", "intent"])
def test_a_lowered_threshold_answers_more_and_nothing_less(answerer: Answerer, name: str) -> None:
    answered = [
        {text for text in MIXED if isinstance(changed(answerer, **{name: value}).reply(text), Answer)}
        for value in (0.99, getattr(answerer.thresholds, name), 0.01)
    ]
    strict, usual, lax = answered
    assert strict < usual < lax


def test_below_sure_an_answer_offers_what_else_was_meant(answerer: Answerer) -> None:
    message = "needles scare me"
    for sure, most, offered in ((1.01, 3, 3), (1.01, 1, 1), (0.0, 3, 0)):
        reply = changed(answerer, sure=sure, most_buttons=most, in_scope=0.1, intent=0.1).reply(message)
        assert isinstance(reply, Answer)
        assert len(reply.others) == offered
        assert reply.entries[0] not in reply.others


def test_what_is_worth_a_button(answerer: Answerer) -> None:
    unsure = {"in_scope": 1.01, "most_buttons": 2}
    reply = changed(answerer, **unsure, suggest=0.0).reply("gym")
    assert isinstance(reply, Suggestions)
    assert len(reply.entries) == 2
    assert isinstance(changed(answerer, **unsure, suggest=1.0).reply("gym"), Unknown)


def test_how_sure_the_bot_must_be_where_nobody_asked_it(answerer: Answerer) -> None:
    message = "how often is botox for migraine repeated?"
    assert isinstance(changed(answerer, overheard=0.5).reply(message, overheard=True), Answer)
    assert isinstance(changed(answerer, overheard=1.0).reply(message, overheard=True), Silent)
    assert isinstance(changed(answerer, most_words_overheard=6).reply(message, overheard=True), Silent)
    assert isinstance(changed(answerer, most_words_overheard=7).reply(message, overheard=True), Answer)


def test_only_so_much_of_a_message_is_read(answerer: Answerer) -> None:
    short = changed(answerer, most_characters=18)
    assert short.read("does botox hurt? how often is it repeated?") == answerer.read("does botox hurt? h")


STORY = (
    "I have had migraine since I was twelve. My sister has it too and she is the one who drove me to the city. "
    "Does botox for migraine hurt? And how much does botox for migraine cost?"
)


def test_a_story_is_longer_than_a_question_and_has_several_sentences(answerer: Answerer) -> None:
    assert answerer.is_post(answerer.read(STORY))
    assert not changed(answerer, most_words_of_question=99).is_post(answerer.read(STORY))
    assert not answerer.is_post(answerer.read(STORY.replace(".", "").replace("?", "")))
    assert not answerer.is_post(answerer.read("Hi. Does it hurt?"))


def test_what_a_story_gets(answerer: Answerer) -> None:
    lax = {"post_in_scope": 0.0, "each_of_post": 0.0, "one_of_post": 0.0}
    every = changed(answerer, **lax).reply(STORY)
    assert isinstance(every, Answer)
    assert len(every.entries) == answerer.thresholds.most_answers
    assert {"does-it-hurt", "cost"} <= {entry.id for entry in every.entries}
    one = changed(answerer, **{**lax, "each_of_post": 1.01}).reply(STORY)
    assert isinstance(one, Answer)
    assert one.entries == every.entries[:1]
    none = changed(answerer, **{**lax, "each_of_post": 1.01, "one_of_post": 1.01}).reply(STORY)
    assert isinstance(none, Suggestions)
    assert none.entries[: len(every.entries)] == every.entries
    not_ours = changed(answerer, **{**lax, "post_in_scope": 1.01}).reply(STORY)
    assert not isinstance(not_ours, Answer)


# Readings


@pytest.mark.parametrize("message", ["how often is botox repeated", "i can't swallow", "", "lip flip price"])
def test_a_text_and_its_reading_get_the_same_reply(answerer: Answerer, message: str) -> None:
    assert answerer.reply(answerer.read(message)) == answerer.reply(message)


@given(st.text(max_size=200) | st.lists(st.sampled_from([*"?.,!-\n", *STORY.split()]), max_size=60).map(" ".join))
@settings(deadline=None)
def test_any_text_gets_a_reply(answerer: Answerer, message: str) -> None:
    for overheard in (False, True):
        reply = answerer.reply(message, overheard=overheard, after=Seen(answerer.knowledge.entries["cost"]))
        assert overheard or not isinstance(reply, Silent)
        if isinstance(reply, Answer):
            assert 1 <= len(reply.entries) <= answerer.thresholds.most_answers
            assert 0.0 <= reply.score <= 1.0


def test_the_same_message_always_gets_the_same_reply(answerer: Answerer) -> None:
    message = "can i go to the gym after botox and what about wine"
    assert len({str(answerer.reply(message)) for _ in range(5)}) == 1


def test_a_very_long_message_is_read_to_telegrams_limit_and_no_further(answerer: Answerer) -> None:
    reply = answerer.reply("how often is botox for migraine repeated? " + "blah " * 5000)
    assert isinstance(reply, Answer | Suggestions | Unknown)


def test_only_what_a_language_model_reads_for_long_is_worth_a_thread(answerer: Answerer) -> None:
    story = "I had my injections three weeks ago and my neck has been stiff ever since. " * 3
    without = copy(answerer)
    without.triage = answerer.triage.with_opinion(None)
    assert not without.runs_long(story)
    assert not answerer.runs_long("How often is it repeated?")
    assert answerer.runs_long(story) == answerer.triage.has_language_model
