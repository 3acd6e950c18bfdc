"""A short message on how to ask, sent into the group and pinned there, for an admin who presses the button."""

from __future__ import annotations

import contextlib

from telegram.error import BadRequest, Forbidden, TelegramError

from handlers.adapters import alert, answer_press, is_in_group
from handlers.context import BotApplication, BotContext
from handlers.ephemeral import spot_of
from handlers.groups.admins import AdminPress, on_admin_press
from handlers.keyboards import Action


def register(application: BotApplication) -> None:
    application.add_handler(on_admin_press(Action.PIN, pin))


async def pin(press: AdminPress, context: BotContext) -> None:
    """Send it and pin it, both without a sound; where it can't be pinned, take it back and say which right is missing.

    In a forum it comes into the topic of the panel. Whoever presses twice gets one message.
    """
    words, panel = context.texts.pinning, press.message
    key = spot_of(panel)
    if key in context.memory.pinned:
        await answer_press(press.query, words.pinned_already)
        return
    thread = panel.message_thread_id if is_in_group(panel) and panel.is_topic_message else None
    sent = await context.bot.send_message(
        press.chat_id,
        words.how_to_ask.format(bot=context.bot.username),
        message_thread_id=thread,
        disable_notification=True,
    )
    try:
        # Telegram has no question that tells whether a member may pin: members may in some groups.
        await sent.pin(disable_notification=True)
    except TelegramError as error:
        with contextlib.suppress(TelegramError):
            await sent.delete()
        if not isinstance(error, BadRequest | Forbidden):
            raise
        await alert(press.query, words.right_is_missing)
        return
    context.memory.pinned[key] = True
    await answer_press(press.query, words.pinned)
