"""What the bot decides, on the real FAQ: answers, several answers, follow-ups, suggestions, and what is not ours."""

from __future__ import annotations

from copy import copy
from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.answering import Answerer, Policy, Seen
from knowledge.matching.ranking import Candidate
from knowledge.matching.trained import OUT_OF_SCOPE
from knowledge.rendering.answer import reply_text
from knowledge.reply import Answer, Silent, Suggestions, Unknown, Urgent
from tests.knowledge.by_hand import scoring, with_policy

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
    assert len(reply.entries) <= answerer.policy.most_answers_to_post


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


@pytest.mark.parametrize(
    ("shown", "message", "expected"),
    [
        ("how-often", "is it safe", "is-it-safe"),
        ("does-it-hurt", "is it safe", "is-it-safe"),
        ("cost", "is it safe", "is-it-safe"),
        ("cost", "is it dangerous", "is-it-safe"),
        ("is-it-safe", "how long does it last", "how-long-does-it-last"),
        ("how-often", "how much", "cost"),
    ],
)
def test_a_sure_question_of_its_own_is_answered_although_it_could_lean(
    answerer: Answerer, shown: str, message: str, expected: str
) -> None:
    reply = answerer.reply(message, after=Seen(answerer.knowledge.entries[shown]))
    assert isinstance(reply, Answer)
    assert reply.entries[0].id == expected
    assert not reply.asked.follows


@pytest.mark.parametrize(
    ("shown", "message"),
    [("droopy-eyelid", "how long does it last"), ("exercise-after", "is it safe"), ("how-often", "is that safe")],
)
def test_what_could_be_asked_alone_still_leans_where_the_answer_has_the_part(
    answerer: Answerer, shown: str, message: str
) -> None:
    reply = answerer.reply(message, after=Seen(answerer.knowledge.entries[shown]))
    assert isinstance(reply, Answer)
    assert (reply.entries[0].id, reply.asked.follows) == (shown, True)


@pytest.mark.parametrize(
    "message",
    ["shorter", "Short answer please", "too long", "that's too long", "TLDR", "tl;dr", "say that simpler", "repeat"],
)
def test_who_wants_less_gets_the_first_sentence_alone(answerer: Answerer, message: str) -> None:
    entry = answerer.knowledge.entries["how-often"]
    reply = answerer.reply(message, after=Seen(entry))
    assert isinstance(reply, Answer)
    assert [point.text for point in reply.choices[0].shown] == [entry.answer[0].text]
    assert reply.choices[0].folded == ()


def test_a_new_subject_does_not_lean_on_what_was_shown(answerer: Answerer) -> None:
    droop = Seen(answerer.knowledge.entries["droopy-eyelid"])
    reply = answerer.reply("how much does the treatment cost", after=droop)
    assert isinstance(reply, Answer)
    assert reply.entries[0].id == "cost"


@pytest.mark.parametrize(
    "message",
    ["", "   ", "???", "🙂🙂", "asdkjh qwlekj zxmcn", "今日は", "1234", "." * 4000],
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
    ],
)
def test_what_can_not_be_read_gets_the_plain_line_and_not_that_of_a_subject(answerer: Answerer, message: str) -> None:
    """Nobody who sends a smiley is sent to a pharmacist."""
    reply = answerer.reply(message)
    assert isinstance(reply, Unknown)
    assert (reply.line, reply.nearest) == ("", ())
    said, way_out = reply_text(reply, answerer.knowledge).plain().split("\n\n")
    assert said == answerer.knowledge.wordings.unknown
    assert way_out.startswith("In danger, or not safe?")


@pytest.mark.parametrize(
    ("message", "begins"),
    [
        ("thank you so much", "You're welcome"),
        ("tell me another joke", "Here is the only one I know"),
        ("you are so helpful", "That is kind of you"),
        ("don't write to me any more", "All right. I write only"),
        ("you understood nothing", "I'm sorry, that was no help"),
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
        reply = with_policy(answerer, most_answers=most).reply(message)
        assert isinstance(reply, Answer)
        assert len({entry.id for entry in reply.entries}) == len(reply.entries) == most


def test_several_questions_are_answered_in_their_order_each_as_it_asks(answerer: Answerer) -> None:
    reply = answerer.reply("how often\n\nhow much\n\ndoes it hurt\n\nis it safe")
    assert isinstance(reply, Answer)
    assert [entry.id for entry in reply.in_order] == ["how-often", "cost", "does-it-hurt"]
    assert sorted(each.id for each in reply.entries) == sorted(each.id for each in reply.in_order)
    assert [entry.id for entry in reply.left_out] == ["is-it-safe"]
    alone = answerer.reply("how often")
    assert isinstance(alone, Answer)
    assert reply.choices[0].shown == alone.choices[0].shown


def test_a_country_that_is_named_beside_several_questions_counts_for_each(answerer: Answerer) -> None:
    reply = answerer.reply("i live in the UK. how much does it cost, and does it hurt?")
    assert isinstance(reply, Answer)
    assert [entry.id for entry in reply.in_order] == ["cost", "does-it-hurt"]
    assert "£" in reply.choices[0].shown[0].text


# Follow-ups


@pytest.mark.parametrize(
    "message",
    [
        "ok thanks",
        "what is the weather like where you are today then",
        "what time is it",
        "what do you think of my hair",
    ],
)
def test_what_follows_an_answer_need_not_be_a_follow_up(answerer: Answerer, message: str) -> None:
    assert not isinstance(answerer.reply(message, after=Seen(answerer.knowledge.entries["cost"])), Answer)


def test_a_long_message_does_not_lean_on_what_was_shown(answerer: Answerer) -> None:
    message, shown = "and after a year?", Seen(answerer.knowledge.entries["how-often"])
    assert answerer.reply(message, after=shown) != answerer.reply(message)
    strict = with_policy(answerer, most_words_of_follow_up=0)
    assert strict.reply(message, after=shown) == strict.reply(message)


def test_a_short_message_about_our_subject_is_ours_while_we_talk(answerer: Answerer) -> None:
    message, shown = "and wine?", Seen(answerer.knowledge.entries["how-often"])
    doubting = with_policy(answerer, in_talk=0.0)
    assert doubting.reply(message, after=shown) == doubting.reply(message)
    talking = with_policy(answerer, in_talk=1.0).reply(message, after=shown)
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
    assert reply.score >= answerer.policy.overheard


# The policy

POLICY = Policy()
BELOW = 1e-9
QUESTION = "how often is botox for migraine repeated?"
OTHERS = ("cost", "does-it-hurt", "what-is-botox")
"""What else may be meant, the likeliest first."""


def test_chances_are_chances_and_the_rest_are_counts() -> None:
    for each in fields(Policy):
        value = getattr(POLICY, each.name)
        assert (0.0 < value < 1.0) if each.type == "float" else (isinstance(value, int) and value > 0), each.name


def test_the_surer_the_more_is_done() -> None:
    assert POLICY.beside < POLICY.suggest < POLICY.closest < POLICY.answer < POLICY.sure < POLICY.overheard
    assert POLICY.closest_of_post < POLICY.of_post


@pytest.mark.parametrize(
    ("chance", "kind", "offered"),
    [
        (1.0, "answer", ()),
        (POLICY.sure, "answer", ()),
        (POLICY.sure - BELOW, "answer", OTHERS),
        (POLICY.answer, "answer", OTHERS),
        (POLICY.answer - BELOW, "closest", OTHERS),
        (POLICY.closest, "closest", OTHERS),
        (POLICY.closest - BELOW, "suggestions", ("how-often", *OTHERS[:2])),
        (POLICY.suggest, "suggestions", ("how-often", *OTHERS[:2])),
        (POLICY.suggest - BELOW, "unknown", ()),
        (0.0, "unknown", ()),
    ],
)
def test_the_table_of_the_policy(answerer: Answerer, chance: float, kind: str, offered: tuple[str, ...]) -> None:
    others = dict.fromkeys(OTHERS, min(chance, POLICY.beside))
    reply = scoring(answerer, {"how-often": chance, **others}).reply(QUESTION)
    assert (reply.kind, reply.score) == (kind, chance)
    if isinstance(reply, Answer):
        assert [entry.id for entry in reply.entries] == ["how-often"]
        assert tuple(entry.id for entry in reply.others) == offered
    elif isinstance(reply, Suggestions):
        assert tuple(entry.id for entry in reply.entries) == offered


@pytest.mark.parametrize("chance", [POLICY.answer, POLICY.closest])
def test_what_is_too_unlikely_stands_on_no_button(answerer: Answerer, chance: float) -> None:
    chances = {"how-often": chance, "cost": POLICY.beside, "does-it-hurt": POLICY.beside - BELOW}
    reply = scoring(answerer, chances).reply(QUESTION)
    assert isinstance(reply, Answer)
    assert [entry.id for entry in reply.others] == ["cost"]
    alone = scoring(answerer, {"how-often": chance, "cost": POLICY.beside - BELOW}).reply(QUESTION)
    assert isinstance(alone, Answer)
    assert alone.others == ()
    assert alone.alone == (chance == POLICY.answer)  # a guess is never given as the one answer


def test_no_more_buttons_than_fit(answerer: Answerer) -> None:
    few = with_policy(answerer, most_buttons=1)
    for chance, count in ((POLICY.answer, 1), (POLICY.closest, 1), (POLICY.suggest, 1)):
        reply = scoring(few, {"how-often": chance, **dict.fromkeys(OTHERS, POLICY.suggest)}).reply(QUESTION)
        assert isinstance(reply, Answer | Suggestions)
        assert len(reply.others if isinstance(reply, Answer) else reply.entries) == count


@given(st.lists(st.floats(0.0, 1.0), min_size=4, max_size=4).map(sorted))
@settings(deadline=None)
def test_an_answer_stands_alone_only_where_it_is_sure_or_has_no_rival(answerer: Answerer, found: list[float]) -> None:
    *others, best = found
    chances = dict(zip(("how-often", *OTHERS), (best, *reversed(others)), strict=True))
    reply = scoring(answerer, chances).reply(QUESTION)
    rivals = [chance for chance in others if chance >= POLICY.beside]
    given_alone = isinstance(reply, Answer) and reply.alone
    assert given_alone == (best >= POLICY.sure or (best >= POLICY.answer and not rivals))


def test_only_so_much_of_a_message_is_read(answerer: Answerer) -> None:
    short = with_policy(answerer, most_characters=18)
    assert short.read("does botox hurt? how often is it repeated?") == answerer.read("does botox hurt? h")


# What is not ours

NEWS = OUT_OF_SCOPE + "not-a-question-about-botox"
TOLD = "my third round was done today"


def test_news_get_a_kind_line_and_what_people_ask_next(answerer: Answerer) -> None:
    reply = answerer.reply("had my third round today")
    assert isinstance(reply, Unknown)
    assert reply.line.startswith("Thank you for telling me.")
    assert len(reply.nearest) == 3


@pytest.mark.parametrize(
    ("message", "rival", "kind"),
    [
        (TOLD, Candidate(NEWS, 0.2, similarity=0.95), "unknown"),  # the very words of somebody's news
        (TOLD, Candidate(NEWS, 0.2, read=0.6, similarity=0.5), "unknown"),  # the language model takes it for news
        (TOLD, Candidate(NEWS, 0.99, read=0.59, similarity=0.94), "answer"),
        ("was my third round done today?", Candidate(NEWS, 0.99, similarity=0.95), "answer"),
        (TOLD, Candidate(OUT_OF_SCOPE + "everyday", 0.99, similarity=0.95), "answer"),
        ("can you stop?", Candidate(OUT_OF_SCOPE + "stop", 0.99, similarity=0.95), "unknown"),
    ],
)
def test_what_asks_nothing_gets_no_guess_at_a_question(
    answerer: Answerer, message: str, rival: Candidate, kind: str
) -> None:
    reply = scoring(answerer, {"how-often": 0.95}, rival=rival).reply(message)
    assert reply.kind == kind
    if isinstance(reply, Unknown):
        subject = answerer.knowledge.out_of_scope[rival.name.removeprefix(OUT_OF_SCOPE)]
        assert (reply.line, tuple(entry.id for entry in reply.nearest)) == (subject.line, subject.nearest)


@pytest.mark.parametrize(
    ("rival", "known_share", "has_line"),
    [(0.5, 0.1, True), (0.01, 0.1, True), (0.009, 0.1, False), (0.5, 0.0, False), (None, 0.1, False)],
)
def test_a_subject_likelier_than_any_entry_says_where_our_knowledge_ends(
    answerer: Answerer, rival: float | None, known_share: float, has_line: bool
) -> None:
    """Unless no word of the message is known: then nothing tells of the subject either."""
    other = None if rival is None else Candidate(OUT_OF_SCOPE + "everyday", rival)
    reply = scoring(answerer, {"how-often": 0.01}, rival=other, known_share=known_share).reply(QUESTION)
    assert isinstance(reply, Unknown)
    assert bool(reply.line) == has_line


# A question beside what is urgent

HIVES = "I've come out in hives since the injection."


@pytest.mark.parametrize(
    ("chance", "asked"),
    [(POLICY.sure, "how-often"), (POLICY.answer, "how-often"), (POLICY.answer - BELOW, None), (0.0, None)],
)
def test_what_can_wait_a_little_leaves_time_for_a_question(
    answerer: Answerer, chance: float, asked: str | None
) -> None:
    reply = scoring(answerer, {"how-often": chance}).reply(f"{HIVES} How often is it repeated?")
    assert isinstance(reply, Urgent)
    assert reply.tier == "PROMPT"
    assert (reply.asked.id if reply.asked else None) == asked


@pytest.mark.parametrize(
    ("message", "tier"), [("I can't swallow since yesterday.", "EMERGENCY"), ("I want to die.", "CRISIS")]
)
def test_what_can_not_wait_leaves_time_for_nothing(answerer: Answerer, message: str, tier: str) -> None:
    reply = scoring(answerer, {"how-often": 1.0}).reply(f"{message} How often is it repeated?")
    assert isinstance(reply, Urgent)
    assert (reply.tier, reply.asked) == (tier, None)


def test_a_question_beside_what_is_urgent_is_not_answered_in_front_of_a_group(answerer: Answerer) -> None:
    reply = scoring(answerer, {"how-often": 1.0}).reply(f"{HIVES} How often is botox repeated?", overheard=True)
    assert isinstance(reply, Urgent)
    assert reply.asked is None


# How sure the bot must be where nobody asked it


@pytest.mark.parametrize(
    ("chance", "kind"),
    [(POLICY.overheard, "answer"), (POLICY.overheard - BELOW, "silent"), (POLICY.closest, "silent"), (0.0, "silent")],
)
def test_a_group_that_did_not_ask_is_given_no_guess(answerer: Answerer, chance: float, kind: str) -> None:
    reply = scoring(answerer, {"how-often": chance, "cost": chance}).reply(QUESTION, overheard=True)
    assert (reply.kind, reply.score) == (kind, chance)
    assert not isinstance(reply, Answer) or (reply.alone and reply.entries[0].id == "how-often")


def test_who_writes_more_tells_a_story_to_the_others(answerer: Answerer) -> None:
    sure = scoring(answerer, {"how-often": 1.0})
    assert isinstance(with_policy(sure, most_words_overheard=6).reply(QUESTION, overheard=True), Silent)
    assert isinstance(with_policy(sure, most_words_overheard=7).reply(QUESTION, overheard=True), Answer)


# Stories

STORY = (
    "I have had migraine since I was twelve. My sister has it too and she is the one who drove me to the city. "
    "Does botox for migraine hurt? And how much does botox for migraine cost?"
)


def test_a_story_is_longer_than_a_question_and_has_several_sentences(answerer: Answerer) -> None:
    assert answerer.is_post(answerer.read(STORY))
    assert not with_policy(answerer, most_words_of_question=99).is_post(answerer.read(STORY))
    assert not answerer.is_post(answerer.read(STORY.replace(".", "").replace("?", "")))
    assert not answerer.is_post(answerer.read("Hi. Does it hurt?"))


def test_a_story_gets_what_its_questions_ask_for(answerer: Answerer) -> None:
    reply = answerer.reply(STORY)
    assert isinstance(reply, Answer)
    assert {"does-it-hurt", "cost"} <= {entry.id for entry in (*reply.entries, *reply.others)}


EACH, ONE = POLICY.of_post, POLICY.closest_of_post


@pytest.mark.parametrize(
    ("of_whole", "given", "offered", "kind"),
    [
        ((EACH, EACH - BELOW, POLICY.beside - BELOW), 1, 1, "answer"),
        ((EACH, EACH, POLICY.beside), 2, 1, "answer"),
        ((1.0, 1.0, 1.0, 1.0), 2, 0, "answer"),
        ((EACH - BELOW, EACH - BELOW, ONE), 2, 1, "closest"),
        ((ONE, POLICY.beside, POLICY.beside, POLICY.beside), 1, 3, "closest"),
        ((ONE, POLICY.beside - BELOW), 1, 0, "closest"),
    ],
)
def test_what_a_story_gets(
    answerer: Answerer, of_whole: tuple[float, ...], given: int, offered: int, kind: str
) -> None:
    names = ("how-often", *OTHERS)
    reply = scoring(answerer, dict(zip(names, of_whole, strict=False))).reply(STORY)
    assert isinstance(reply, Answer)
    assert (reply.kind, reply.score) == (kind, of_whole[0])
    assert [entry.id for entry in (*reply.entries, *reply.others)] == list(names[: given + offered])
    assert len(reply.entries) == given


def test_a_story_that_asks_for_nothing_in_particular_is_met_with_buttons(answerer: Answerer) -> None:
    for whole, kind in ((ONE - BELOW, "suggestions"), (POLICY.suggest, "suggestions"), (0.0, "unknown")):
        reply = scoring(answerer, {"how-often": whole}).reply(STORY)
        assert (reply.kind, reply.score) == (kind, whole)


# Readings


@pytest.mark.parametrize("message", ["how often is botox repeated", "i can't swallow", "", "lip flip price"])
def test_a_text_and_its_reading_get_the_same_reply(answerer: Answerer, message: str) -> None:
    assert answerer.reply(answerer.read(message)) == answerer.reply(message)


@given(st.text(max_size=200) | st.lists(st.sampled_from([*"?.,!-\n", *STORY.split()]), max_size=60).map(" ".join))
@settings(deadline=None)
def test_any_text_gets_a_reply(answerer: Answerer, message: str) -> None:
    for overheard in (False, True):
        reply = answerer.reply(message, overheard=overheard, after=Seen(answerer.knowledge.entries["cost"]))
        assert isinstance(reply, Answer | Silent | Urgent) if overheard else not isinstance(reply, Silent)
        assert not overheard or reply.kind != "closest"
        if isinstance(reply, Answer):
            assert 1 <= len(reply.entries) <= answerer.policy.most_answers
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


@pytest.mark.parametrize(
    ("message", "before", "entry"),
    [
        ("is botox good", "nhs-and-uk", "does-it-work"),
        ("who shud do it", "how-often", "who-should-inject"),
        ("3 weeks and nothing, normal?", "cost", "when-does-it-start-working"),
    ],
)
def test_a_question_that_says_enough_alone_is_no_follow_up(
    answerer: Answerer, message: str, before: str, entry: str
) -> None:
    reply = answerer.reply(message, after=Seen(answerer.knowledge.entries[before]))
    assert isinstance(reply, Answer)
    assert reply.entries[0].id == entry


def test_who_was_given_another_answer_is_offered_what_was_near(answerer: Answerer) -> None:
    answer = answerer.reply("how often is botox for migraine repeated")
    assert isinstance(answer, Answer)
    assert answer.near
    assert answer.entries[0] not in answer.near
    seen = Seen(answer.entries[0], near=answer.near)
    reply = answerer.reply("no, that is not what I asked", after=seen)
    assert isinstance(reply, Suggestions)
    assert reply.entries == answer.near
    assert len(reply.lines) >= 4
    chosen = answerer.reply("that's not what I asked", after=Seen(answer.entries[0]))
    assert isinstance(chosen, Suggestions)
    assert tuple(entry.id for entry in chosen.entries) == answer.entries[0].related[: len(chosen.entries)]
    assert isinstance(answerer.reply("that's not what I asked"), Unknown)


def test_fear_opens_an_answer_of_what_is_asked(answerer: Answerer) -> None:
    for text, entry in (
        ("i'm scared of needles", "numbing-and-needle-fear"),
        ("im terrified of my eyelid drooping after botox", "droopy-eyelid"),
        ("I'm scared", "numbing-and-needle-fear"),
    ):
        reply = answerer.reply(text)
        assert isinstance(reply, Answer), text
        assert (reply.entries[0].id, len(reply.lines)) == (entry, 4)
    for text in ("I'm not scared of needles, does it hurt", "does it hurt", "are there scars after botox"):
        reply = answerer.reply(text)
        assert isinstance(reply, Answer)
        assert reply.lines == ()


def test_a_subject_of_small_talk_has_four_lines(answerer: Answerer) -> None:
    for name in ("thanks", "praise", "greeting", "complaint", "not-what-i-asked", "stop", "joke", "small-talk"):
        subject = answerer.knowledge.out_of_scope[name]
        assert len({subject.line, *subject.instead}) >= 4
