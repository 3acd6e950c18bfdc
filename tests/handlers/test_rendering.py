"""Rendering an answer once, for as long as the knowledge that it comes from is in use."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

from handlers.cards import answer_card
from handlers.context import BotContext
from handlers.groups.answers import GroupVoice
from handlers.keyboards import Action
from handlers.rendering import Below, render
from handlers.texts import load_texts
from knowledge.model import Asked, Knowledge
from knowledge.reply import Answer
from runtime.storage import ChatSettings

TEXTS = load_texts()


def test_an_answer_is_rendered_once_in_each_form(knowledge: Knowledge) -> None:
    entry = knowledge.entries["how-often"]
    plain = Answer((entry,), 0.9)
    forms = [
        render(plain, knowledge, TEXTS, Below("test_bot", votes=True)),
        render(plain, knowledge, TEXTS, Below("test_bot", votes=False)),
        render(plain, knowledge, TEXTS, Below("test_bot", votes=True, back=Action.TOPIC)),
        render(plain, knowledge, TEXTS, Below("test_bot", votes=True, site_url="https://example.org/botox")),
        render(replace(plain, mentions_sign=True), knowledge, TEXTS, Below("test_bot", votes=True)),
        render(replace(plain, others=(knowledge.entries["cost"],)), knowledge, TEXTS, Below("test_bot", votes=True)),
        render(replace(plain, guess=True), knowledge, TEXTS, Below("test_bot", votes=True)),
    ]
    assert len({(each.html, each.markup) for each in forms}) == 7
    again = render(replace(plain, score=0.5), knowledge, TEXTS, Below("test_bot", votes=True))
    assert again.html is forms[0].html
    assert again.markup is forms[0].markup
    assert isinstance(again.reply, Answer)
    assert again.reply.score == 0.5


def test_changed_knowledge_is_rendered_anew_and_the_old_let_go(knowledge: Knowledge) -> None:
    entry = knowledge.entries["how-often"]
    asked = replace(entry, question="How often, <zebra>?")
    changed = replace(knowledge, entries={**knowledge.entries, entry.id: asked})
    assert "zebra" not in render(Answer.chosen(entry), knowledge, TEXTS, Below("test_bot", votes=True)).html
    assert "&lt;zebra&gt;" in render(Answer.chosen(asked), changed, TEXTS, Below("test_bot", votes=True)).html
    gone = weakref.ref(changed)
    del changed
    gc.collect()
    assert gone() is None


def test_the_answer_on_a_country_that_the_message_names_is_the_first_button(knowledge: Knowledge) -> None:
    answer = Answer((knowledge.entries["insurance-cover"],), 0.9, asked=Asked(regions=("IE",)))
    markup = render(answer, knowledge, TEXTS, Below("test_bot", votes=False)).markup
    assert markup is not None
    labels = [each.text for row in markup.inline_keyboard for each in row]
    assert knowledge.entries["ireland-and-germany"].button in labels[:2]
    assert len(labels) == len(set(labels))


def test_what_an_answer_leaves_out_is_one_press_away_everywhere(knowledge: Knowledge) -> None:
    entries = knowledge.entries
    reply = Answer((entries["how-often"], entries["cost"]), 0.9, left_out=(entries["aura"],))
    wanted = TEXTS.buttons.whole_answer.format(label=entries["aura"].label)
    private = render(reply, knowledge, TEXTS, Below("test_bot", votes=False)).markup
    voice = GroupVoice(knowledge, TEXTS, ChatSettings(silenced_entries=frozenset({"cost"})), "test_bot")
    allowed = voice.allow(reply)
    assert isinstance(allowed, Answer)
    for markup in (private, voice.render(reply).markup, voice.render(allowed).markup):
        assert markup is not None
        assert wanted in [each.text for row in markup.inline_keyboard for each in row]
    silent = replace(voice, settings=ChatSettings(silenced_entries=frozenset({"aura"}))).allow(reply)
    assert isinstance(silent, Answer)
    assert silent.left_out == ()


def test_the_card_of_an_entry_is_made_once_and_that_of_a_question_each_time(knowledge: Knowledge) -> None:
    context = cast(
        "BotContext", SimpleNamespace(knowledge=knowledge, texts=TEXTS, bot=SimpleNamespace(username="a_bot"))
    )
    entry = knowledge.entries["how-often"]
    card = answer_card(Answer.chosen(entry), context)
    assert answer_card(Answer.chosen(entry), context).html is card.html
    why = answer_card(Answer((entry,), 0.9, asked=Asked(kinds=("why",), yes_no=False)), context)
    noted = answer_card(Answer((entry,), 0.9, mentions_sign=True), context)
    opened = answer_card(Answer((entry,), 0.9, lines=("I am here.",)), context)
    assert len({card.html, why.html, noted.html, opened.html}) == 4
