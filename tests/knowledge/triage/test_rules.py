"""Triage: who is in trouble and who only asks, by hand-written messages and by what must not change the outcome."""

from __future__ import annotations

import json
import string
from collections import defaultdict
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from evaluation.sets import Chatter, OutOfScope, Post, Question, read_set
from knowledge.answering import Answerer
from knowledge.language.spelling import common_words
from knowledge.loading.build import HERE
from knowledge.model import Knowledge
from knowledge.triage.rules import Found

Look = Callable[[str], Found]

TRAINING = read_set("training")
CHATTER = read_set("dev").chatter


@pytest.fixture(scope="module")
def look(answerer: Answerer) -> Look:
    return lambda text: answerer.triage.floor.look_at(answerer.read(text))


def share(hits: Iterable[bool]) -> float:
    counted = list(hits)
    return sum(counted) / len(counted)


@pytest.mark.parametrize(("tier", "least"), [("EMERGENCY", 0.98), ("CRISIS", 0.98), ("PROMPT", 0.92)])
def test_people_in_trouble_are_found(look: Look, tier: str, least: float) -> None:
    urgent = [row.text for row in TRAINING.urgent if row.tier == tier]
    missed = [text for text in urgent if not look(text).urgent]
    assert 1 - len(missed) / len(urgent) >= least, "\n".join(missed)


@pytest.mark.parametrize(("tier", "least"), [("EMERGENCY", 0.95), ("CRISIS", 0.9), ("PROMPT", 0.85)])
def test_they_get_the_reply_of_their_tier(look: Look, tier: str, least: float) -> None:
    found = [look(row.text).urgent for row in TRAINING.urgent if row.tier == tier]
    assert share(urgent is not None and urgent.tier == tier for urgent in found) >= least


@pytest.mark.parametrize(("expect", "most"), [("not-urgent", 0.01), ("info-with-safety-note", 0.03)])
def test_nobody_else_is_alarmed(look: Look, expect: str, most: float) -> None:
    calm = [row.text for row in TRAINING.calm if row.expect == expect]
    alarmed = [text for text in calm if look(text).urgent]
    assert len(alarmed) / len(calm) <= most, "\n".join(alarmed)


def test_questions_about_a_danger_get_the_note(look: Look) -> None:
    asked = [row.text for row in TRAINING.calm if row.expect == "info-with-safety-note"]
    without = [text for text in asked if not look(text).mentions_sign and not look(text).urgent]
    assert 1 - len(without) / len(asked) >= 0.98, "\n".join(without)


STRANGERS = {"kwame", "yolanda", "babs", "gwen", "raj"}
"""Voices that were told to write posts with something in them that sounds like an emergency."""

STORIES = map(json.loads, (HERE / "training" / "stories.jsonl").read_text(encoding="utf-8").splitlines())
TIDY_POSTS = (
    *(row for row in TRAINING.posts if row.voice not in STRANGERS),
    *(Post(row["text"], (), (), row["voice"]) for row in STORIES if row["voice"].startswith("house")),
)
"""Those of the house among them, which are learnt from by now."""


@pytest.mark.parametrize(
    ("rows", "most"),
    [(CHATTER, 0.01), (TRAINING.questions, 0.03), (TIDY_POSTS, 0.08), (TRAINING.out_of_scope, 0.02)],
    ids=["chatter", "questions", "posts", "out of scope"],
)
def test_messages_written_without_triage_in_mind_are_rarely_urgent(
    look: Look, rows: tuple[Chatter | Question | Post | OutOfScope, ...], most: float
) -> None:
    """Some of them are urgent indeed: people who ask about their own trouble swallowing, or a ninth day of migraine."""
    texts = [row.text for row in rows]
    alarmed = [text for text in texts if look(text).urgent]
    assert len(alarmed) / len(texts) <= most, "\n".join(alarmed)


def test_every_example_beside_a_rule_is_read_as_the_rule_says(answerer: Answerer) -> None:
    wrong = []
    for flag in answerer.knowledge.red_flags.flags.values():
        for rule in flag.rules:
            wrong += [text for text in rule.urgent if rule not in answerer.triage.floor.find_rules(answerer.read(text))]
            wrong += [text for text in rule.calm if answerer.triage.floor.look_at(answerer.read(text)).urgent]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("is it normal that I can't swallow", "swallowing_choking"),
        ("My throat is so tight. I can hardly breathe", "breathing_difficulty"),
        ("cant swallow botox 5 days ago help", "swallowing_choking"),
        ("my wife can't swallow", "swallowing_choking"),
        ("my mom's face is drooping", "stroke_signs"),
        ("throat closing", "anaphylaxis"),
        ("no fever but I can't breathe", "breathing_difficulty"),
        ("no trouble speaking, but swallowing is really hard now", "swallowing_choking"),
        ("probably nothing but I can't swallow", "swallowing_choking"),
        ("sorry to bother you, maybe it's silly, my speech is slurred", "speech_loss"),
        ("I had a seizure yesterday, all fine now", "seizure_collapse"),
        ("my face drooped for ten minutes this morning, it is fine now", "stroke_signs"),
        ("went blind in one eye for five minutes today, back now", "vision_loss"),
        ("worst headache of my life", "thunderclap"),
        ("I want to die from this pain", "suicidal_thoughts"),
        ("want to die lol", "suicidal_thoughts"),
        ("this price is killing me and I can't breathe", "breathing_difficulty"),
        ("how often is it repeated? also I can't lift my arms since yesterday", "toxin_spread"),
        ("I CAN’T SWALLOW", "swallowing_choking"),
        ("i cannnnt breatheee", "breathing_difficulty"),
    ],
)
def test_urgent(look: Look, text: str, flag: str) -> None:
    urgent = look(text).urgent
    assert urgent
    assert urgent.flag.id == flag


@pytest.mark.parametrize(
    "text",
    [
        "can it cause trouble swallowing",
        "what are the signs of a stroke",
        "chance of an allergic reaction?",
        "is there a risk that my throat closes",
        "I can't swallow this price",
        "this price is killing me",
        "dying to try it",
        "this migraine is killing me",
        "every keystroke hurts",
        "a stroke of luck",
        "no trouble swallowing, no trouble breathing",
        "I don't have double vision or weakness",
        "I had trouble swallowing last round but it went away",
        "one eyelid is drooping a bit three days after the injections",
        "my neck is stiff and sore after treatment",
        "my forehead feels numb and heavy where they injected",
        "my usual aura, numb fingers for twenty minutes as always",
        "what should I do if I have trouble breathing",
        "I'm scared of not being able to swallow afterwards",
        "the leaflet says it can affect breathing",
        "I'd rather die than have needles",
        "I don't want to die",
        "was it a double blind trial",
        "",
        "🙂",
        "42",
        "?!",
    ],
)
def test_not_urgent(look: Look, text: str) -> None:
    assert look(text).urgent is None


@pytest.mark.parametrize(
    "text", ["can it affect breathing", "is anaphylaxis common", "no trouble swallowing so far", "risk of a stroke?"]
)
def test_a_mentioned_sign_wants_the_note(look: Look, text: str) -> None:
    assert look(text).mentions_sign


@pytest.mark.parametrize("text", ["how often is it repeated", "what does it cost", "does the needle hurt", "thank you"])
def test_no_note_without_a_sign(look: Look, text: str) -> None:
    assert not look(text).mentions_sign


def test_the_most_urgent_tier_wins(look: Look) -> None:
    urgent = look("my voice is hoarse since the botox, I want to die, and I can't breathe").urgent
    assert urgent
    assert urgent.tier == "EMERGENCY"
    urgent = look("my voice is hoarse since the botox and I want to die").urgent
    assert urgent
    assert urgent.tier == "CRISIS"


URGENT_CLAUSES = [
    "i can't swallow",
    "i can hardly breathe",
    "my throat is closing",
    "my speech is slurred since this morning",
    "my left arm has gone numb",
    "i want to kill myself",
    "my wife is having a seizure",
    "i can't lift my arms",
    "my chest feels tight",
    "suddenly i can't see out of my left eye",
    "my tongue is swelling up",
    "i am seeing double since the injections",
    "i can't hold my head up",
    "i can't keep water down",
]
QUESTIONS = [
    "how often is it repeated?",
    "what does it cost?",
    "Does the needle hurt?",
    "how long until it works?",
    "Can I wash my hair afterwards?",
    "is it covered by insurance?",
    "Who injects it?",
]
GREETINGS = ["hi", "Hello everyone", "good morning", "thanks in advance", "sorry to bother you", "hey all", "please"]
EMOJI = "🙂😭🙏😱💉🤕👍"


@given(
    clause=st.sampled_from(URGENT_CLAUSES),
    greeting=st.sampled_from(["", *GREETINGS]),
    ending=st.sampled_from(["", *GREETINGS]),
    mark=st.sampled_from([". ", ", ", "! ", "\n", " - ", "... "]),
    emoji=st.text(EMOJI, max_size=3),
)
@settings(max_examples=300, deadline=None)
def test_greetings_and_emoji_change_nothing(
    look: Look, clause: str, greeting: str, ending: str, mark: str, emoji: str
) -> None:
    text = mark.join(part for part in (greeting, f"{emoji} {clause} {emoji}", ending) if part)
    assert look(text).urgent, text


@given(
    clause=st.sampled_from(URGENT_CLAUSES),
    before=st.lists(st.sampled_from(QUESTIONS), max_size=2),
    after=st.lists(st.sampled_from(QUESTIONS), max_size=2),
)
@settings(max_examples=300, deadline=None)
def test_questions_around_an_urgent_clause_change_nothing(
    look: Look, clause: str, before: list[str], after: list[str]
) -> None:
    text = " ".join([*before, f"{clause}.", *after])
    assert look(text).urgent, text


@given(clause=st.sampled_from(URGENT_CLAUSES), data=st.data())
@settings(max_examples=300, deadline=None)
def test_capitals_change_nothing(look: Look, clause: str, data: st.DataObject) -> None:
    upper = data.draw(st.lists(st.booleans(), min_size=len(clause), max_size=len(clause)))
    text = "".join(letter.upper() if big else letter for letter, big in zip(clause, upper, strict=True))
    assert look(text).urgent, text


@given(clause=st.sampled_from(URGENT_CLAUSES), data=st.data())
@settings(max_examples=500, deadline=None)
def test_doubled_letters_change_nothing(look: Look, clause: str, data: st.DataObject) -> None:
    words = clause.split()
    number = data.draw(st.integers(0, len(words) - 1))
    place = data.draw(st.integers(0, len(words[number]) - 1))
    times = data.draw(st.integers(1, 4))
    word = words[number]
    longer = word[: place + 1] + word[place] * times + word[place + 1 :]
    if longer.replace("'", "") in common_words() or not word[place].isalpha() or len(word) == 1:
        return  # "a" that is drawn out is a scream
    text = " ".join([*words[:number], longer, *words[number + 1 :]])
    assert look(text).urgent, text


@given(clause=st.sampled_from(URGENT_CLAUSES), data=st.data())
@settings(max_examples=700, deadline=None)
def test_a_typing_error_in_a_long_word_changes_nothing(look: Look, clause: str, data: st.DataObject) -> None:
    words = clause.split()
    long = [place for place, word in enumerate(words) if len(word) >= 7 and word.isalpha()]
    if not long:
        return
    number = data.draw(st.sampled_from(long))
    typed = misspelt(words[number], data)
    if could_be_another_word(typed, words[number]):
        return
    text = " ".join([*words[:number], typed, *words[number + 1 :]])
    assert look(text).urgent, text


def could_be_another_word(typed: str, meant: str) -> bool:
    """Whether an everyday word is as near to what was typed as the one that was meant: "cosing" may be "coming"."""
    return any(
        word != meant and abs(len(word) - len(typed)) <= 1 and OSA.distance(word, typed, score_cutoff=1) <= 1
        for word in common_words()
    )


def misspelt(word: str, data: st.DataObject) -> str:
    """One slip behind the first letter: left out, typed twice, swapped, wrong or put in."""
    place = data.draw(st.integers(1, len(word) - 2))
    letter = data.draw(st.sampled_from(string.ascii_lowercase))
    return str(
        data.draw(
            st.sampled_from(
                [
                    word[:place] + word[place + 1 :],
                    word[:place] + word[place] + word[place:],
                    word[:place] + word[place + 1] + word[place] + word[place + 2 :],
                    word[:place] + letter + word[place + 1 :],
                    word[:place] + letter + word[place:],
                ]
            )
        )
    )


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_text_can_be_looked_at(look: Look, text: str) -> None:
    look(text)


BY_RULES_ALONE = {"not_responding", "not_safe", "call_for_help"}
"""What the second opinion was not taught yet: rules and their examples are all there is."""


def test_the_labelled_messages_cover_every_red_flag(knowledge: Knowledge) -> None:
    count: dict[str, int] = defaultdict(int)
    for row in TRAINING.urgent:
        count[row.flag] += 1
    assert set(count) == set(knowledge.red_flags.flags) - BY_RULES_ALONE
    assert min(count.values()) >= 5
