"""Perhaps somebody is in trouble: ask in private, and show the way to people in the same breath.

The check-in quotes the question, so that "No, just a question" can answer it without anything having been kept.
"""

from __future__ import annotations

from telegram import InlineKeyboardButton, Message
from telegram.helpers import create_deep_linked_url

from handlers import urgent
from handlers.adapters import Press, answer_press, on_press
from handlers.context import BotApplication, BotContext
from handlers.keyboards import Action, button, keyboard
from handlers.rendering import to_html
from handlers.respond import send, turn_into
from knowledge.model import Flag
from knowledge.rendering.urgent import check_in_text
from knowledge.reply import Answer, CheckIn, Suggestions, Unknown
from runtime.handling import hurry, note_reply

_LINK = "check_"
_NOT_SAFE = "suicidal_thoughts"
"""The red flag whose reply somebody gets who says that they are not safe, whatever was understood."""


def register(application: BotApplication) -> None:
    application.add_handler(on_press(Action.HAPPENING, happening))
    application.add_handler(on_press(Action.NOT_SAFE, not_safe))
    application.add_handler(on_press(Action.JUST_ASKING, just_asking))


def flag_of(payload: str, context: BotContext) -> Flag | None:
    """The red flag that a deep link out of a group asks about."""
    return urgent.flag_of(payload, context, _LINK)


def link_button(flag: Flag, context: BotContext) -> InlineKeyboardButton:
    """The button in a group by which the person can be asked in private."""
    url = create_deep_linked_url(context.bot.username, f"{_LINK}{flag.id}")
    return InlineKeyboardButton(context.texts.buttons.not_well, url=url)


def ways_to_help(message: Message, context: BotContext) -> list[list[InlineKeyboardButton]]:
    """The buttons for whoever wrote `message` and may need help now: that they are not safe, and their numbers."""
    not_safe = [[button(context.texts.buttons.not_safe, Action.NOT_SAFE, _NOT_SAFE)]]
    flag = context.red_flags.flags.get(_NOT_SAFE)
    return [*not_safe, *(urgent.number_rows(flag, urgent.country_of(message, context), context) if flag else ())]


async def ask(reply: CheckIn, message: Message, context: BotContext) -> Answer | Suggestions | Unknown | None:
    """Ask whether it is happening; or, where the same was asked some minutes ago, what to reply instead."""
    key = (message.chat_id, reply.tier)
    if key in context.memory.checked_in:
        return reply.instead
    context.memory.checked_in[key] = True
    await show(reply.flag, message, context)
    return None


async def show(flag: Flag, message: Message, context: BotContext) -> None:
    """Send the check-in for a red flag, as a reply to `message`."""
    words = context.texts.buttons
    rows = [
        [button(words.happening, Action.HAPPENING, flag.id)],
        [button(words.not_safe, Action.NOT_SAFE, flag.id)],
        [button(words.just_asking, Action.JUST_ASKING)],
        *urgent.number_rows(flag, urgent.country_of(message, context), context),
    ]
    text = to_html(check_in_text(flag, context.red_flags.replies))
    note_reply("check_in")
    hurry()
    await send(message, text, keyboard(rows), quote=True)


async def happening(press: Press, context: BotContext) -> None:
    """It is happening: the reply to what is likeliest."""
    await _show_urgent(press.argument(0), press, context)


async def not_safe(press: Press, context: BotContext) -> None:
    """The person is not safe: the crisis reply."""
    flag = context.red_flags.flags.get(press.argument(0))
    in_crisis = flag is not None and flag.crisis_line
    await _show_urgent(flag.id if flag and in_crisis else _NOT_SAFE, press, context)


async def just_asking(press: Press, context: BotContext) -> None:
    """It is not: the answer that would have come, at once."""
    question = press.message.reply_to_message
    asked = (question.text or question.caption or "") if question else ""
    if not asked:
        await answer_press(press.query, context.texts.old_button)
        return
    after = context.shown_last(press.message.chat_id, press.message.message_thread_id)
    reply = await context.decide(asked, after=after, calm=True)
    shown = context.render(reply)
    await turn_into(shown, press, context)


async def _show_urgent(flag_id: str, press: Press, context: BotContext) -> None:
    flag = context.red_flags.flags.get(flag_id)
    if flag is None:
        await answer_press(press.query, context.texts.old_button)
        return
    await urgent.turn_into(flag, press, context)
    await answer_press(press.query)
