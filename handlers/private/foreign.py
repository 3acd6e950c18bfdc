"""The topics and their questions in another language, for who asked in it; the answers are in English."""

from __future__ import annotations

from handlers.adapters import Press, on_press
from handlers.context import BotApplication, BotContext
from handlers.keyboards import Action, button, keyboard, question_buttons, topic_buttons, turn_to
from handlers.private.topics import choose_topic
from handlers.rendering import Rendered, to_html
from handlers.respond import turn_into
from knowledge.model import Language, topic_key
from knowledge.rendering.urgent import foreign_text


def register(application: BotApplication) -> None:
    application.add_handler(on_press(Action.TOPICS_IN, choose_topic_in))
    application.add_handler(on_press(Action.TOPIC_IN, choose_question_in))


async def choose_topic_in(press: Press, context: BotContext) -> None:
    """Turn the message into the topics, in the language that the button names."""
    language = context.red_flags.languages.get(press.argument(0))
    if language is None:
        await choose_topic(press, context)
    else:
        await _show_topics(language, press, context)


async def choose_question_in(press: Press, context: BotContext) -> None:
    """Turn the message into a page of a topic's questions, in the language that the button names."""
    language = context.red_flags.languages.get(press.argument(0))
    if language is None:
        await choose_topic(press, context)
        return
    key = press.argument(1)
    title = next((title for title in context.knowledge.topics if topic_key(title) == key), None)
    if title is None:
        await _show_topics(language, press, context)
        return
    page = turn_to(context.knowledge.topics[title], press.argument(2))
    words, code = context.texts.buttons, language.code
    rows = question_buttons(page.items, Action.ANSWER_BELOW, context.knowledge, language)
    rows += [page.turns(words, Action.TOPIC_IN, code, key), [button(language.foreign.topics, Action.TOPICS_IN, code)]]
    text = foreign_text(language, context.knowledge.topic_in(code, title))
    await turn_into(Rendered(to_html(text), keyboard(rows)), press, context)


async def _show_topics(language: Language, press: Press, context: BotContext) -> None:
    shown = to_html(foreign_text(language, language.foreign.topics))
    await turn_into(Rendered(shown, keyboard(topic_buttons(context.knowledge, language))), press, context)
