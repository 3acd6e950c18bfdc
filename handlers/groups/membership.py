"""Coming into a group, leaving it, and a group that becomes a supergroup."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial

from telegram import (
    ChatMember,
    ChatMemberRestricted,
    ChatMemberUpdated,
    InlineKeyboardButton,
    Message,
    Update,
)
from telegram.ext import ChatMemberHandler, MessageHandler, filters
from telegram.helpers import create_deep_linked_url

from handlers.adapters import on_message
from handlers.context import BotApplication, BotContext, BotData
from handlers.keyboards import keyboard
from runtime.storage import ANSWER_PATIENCE


def register(application: BotApplication) -> None:
    application.add_handler(ChatMemberHandler(own_standing_changed, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_handler(ChatMemberHandler(standing_changed, ChatMemberHandler.CHAT_MEMBER))
    application.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, on_message(migrated)))


async def own_standing_changed(update: Update, context: BotContext) -> None:
    """Greet a group that adds the bot; note when one removes it, so that its settings go after a while."""
    change = update.my_chat_member
    if change is None or change.chat.type not in {change.chat.GROUP, change.chat.SUPERGROUP}:
        return
    data, chat_id = context.bot_data, change.chat.id
    data.admins.drop(chat_id)
    data.hearing.drop(chat_id)
    data.ephemeral.admit(chat_id)
    was, is_ = _is_present(change.old_chat_member), _is_present(change.new_chat_member)
    if is_ and not was:
        if data.storage is not None:
            data.storage.later(partial(data.storage.mark_joined, chat_id))
        if _may_write(change.new_chat_member):
            await context.settings_of(chat_id)  # the language of a group that had the bot before
            await _greet(change, context)
    elif was and not is_ and data.storage is not None:
        data.storage.later(partial(data.storage.mark_left, chat_id, datetime.now(UTC)))


async def standing_changed(update: Update, context: BotContext) -> None:
    """Somebody joined, left, was promoted or demoted: who the admins are is asked anew."""
    if update.chat_member is not None:
        context.bot_data.admins.drop(update.chat_member.chat.id)


async def migrated(message: Message, context: BotContext) -> None:
    """Keep what a group has when it becomes a supergroup; either of Telegram's two messages about it will do."""
    old = message.migrate_from_chat_id or message.chat_id
    new = message.migrate_to_chat_id or message.chat_id
    await move(old, new, context.bot_data)


async def move(old: int, new: int, data: BotData) -> None:
    """Keep everything of the group `old` under its new id."""
    data.tally.move(old, new)
    data.group_settings.move(old, new)
    if data.storage is not None:
        moved = data.storage.later(partial(data.storage.migrate_chat, old, new))
        await asyncio.wait({moved}, timeout=ANSWER_PATIENCE)  # the next message may ask for the settings
    data.admins.drop(old)


async def _greet(change: ChatMemberUpdated, context: BotContext) -> None:
    words, bot = context.texts.groups, context.bot
    hears_all = await context.bot_data.hearing.is_full(bot, change.chat.id)
    welcome = words.welcome_hears_all if hears_all else words.welcome
    link = create_deep_linked_url(bot.username, context.bot_data.seal.settings_link(change.chat.id))
    settings = InlineKeyboardButton(context.texts.buttons.settings, url=link)
    await bot.send_message(change.chat.id, welcome.format(bot=bot.username), reply_markup=keyboard([[settings]]))


def _is_present(member: ChatMember) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status not in {ChatMember.LEFT, ChatMember.BANNED}


def _may_write(member: ChatMember) -> bool:
    return not isinstance(member, ChatMemberRestricted) or member.can_send_messages
