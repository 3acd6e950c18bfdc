"""Guest mode: called by @name in a chat that the bot is no member of, it answers that message, once and shortly.

It sees that message and the one that it replies to, and nothing else of the chat; every other call into it is refused
(core.telegram.org/api/bots/guest-mode). So there are no settings here, and no memory of what was asked before.
"""

from __future__ import annotations

from dataclasses import replace

from telegram import Message
from telegram.ext import MessageHandler, filters

from handlers import check_in, urgent
from handlers.adapters import on_message
from handlers.cards import answer_card
from handlers.context import BotApplication, BotContext
from handlers.groups.addressing import Addressed, Manner, addressed, words_of
from handlers.keyboards import keyboard
from handlers.rendering import Rendered
from handlers.respond import answer_as_guest
from knowledge.language.utterance import Utterance
from knowledge.reply import CheckIn, Silent, Unknown, Urgent
from runtime.handling import hurry, note_reply


def register(application: BotApplication) -> None:
    application.add_handler(MessageHandler(filters.UpdateType.GUEST_MESSAGE, on_message(called)))


async def called(message: Message, context: BotContext) -> None:
    """Answer a guest message; where it only speaks of the bot, keep silent."""
    note_reply("silent")  # until something is said
    to_bot = addressed(message, context.bot) or Addressed(Manner.NAME, words_of(message), message)
    utterance = context.answerer.read(to_bot.asked)
    shown = await _render(to_bot, utterance, message, context)
    if shown is not None:
        await answer_as_guest(shown, message, context)


async def _render(to_bot: Addressed, utterance: Utterance, message: Message, context: BotContext) -> Rendered | None:
    reply = await context.decide(utterance) if to_bot.asked else Unknown()
    if isinstance(reply, Urgent):
        hurry()
        spoken = message.from_user.language_code if message.from_user else None
        return replace(urgent.card(reply.flag, context, reply.language, spoken=spoken), reply=reply)
    if isinstance(reply, Silent) or not to_bot.asks(utterance):
        return None
    if not to_bot.asked:
        note_reply("ask_what")
        return Rendered(context.texts.guest.ask_what.format(bot=context.bot.username))
    if not isinstance(reply, CheckIn):
        return answer_card(reply, context)
    # Nobody is asked in front of others whether they are in trouble: a button leads to where they can be.
    shown = answer_card(reply.instead, context)
    rows = shown.markup.inline_keyboard if shown.markup else ()
    return replace(shown, markup=keyboard([[check_in.link_button(reply.flag, context)], *rows]))
