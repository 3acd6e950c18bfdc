"""The bot as one python-telegram-bot application: a list of features, and nothing else."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from telegram import LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.ext import ApplicationBuilder, ContextTypes, Defaults
from telegram.request import BaseRequest

from handlers import (
    adapters,
    answer_buttons,
    background,
    check_in,
    errors,
    feedback,
    pictures,
    reload_command,
    status_command,
    update_filter,
    urgent,
)
from handlers.context import BotApplication, BotContext, BotData
from handlers.group_settings import command, reset
from handlers.groups import delete_button, membership, messages, statistics
from handlers.menu import set_menu
from handlers.private import questions, sources, start, topics
from knowledge.answering import Answerer
from runtime.sending import Sender
from runtime.transport import Transport

if TYPE_CHECKING:
    from runtime.storage.storage import Storage

FEATURES = (
    update_filter,
    start,
    topics,
    sources,
    command,
    statistics,
    reset,
    membership,
    feedback,
    pictures,
    delete_button,
    reload_command,
    status_command,
    urgent,
    check_in,
    answer_buttons,
    questions,
    messages,
    adapters,
    errors,
)
"""In the order in which handlers are asked: commands before plain text, the rest last."""


def build_application(
    answerer: Answerer,
    token: str,
    api_url: str | None = None,
    transport: BaseRequest | None = None,
    storage: Storage | None = None,
    owner_ids: frozenset[int] = frozenset(),
    sender: Sender | None = None,
) -> BotApplication:
    """The application with all its features, not yet running.

    `api_url` is the root of the Bot API server (None: Telegram's own); `transport` replaces the network altogether,
    as the terminal chat does. `storage` stays open as long as the application runs, and is closed by whoever opened
    it; without it nothing is kept. `owner_ids` are the Telegram users who may use operator commands. `sender` decides
    when each call may go (None: one with Telegram's limits); not used with a `transport` that is no network.
    """
    # The annotation asks for a class, but all that is done with it is to call it.
    bot_data = cast("type[BotData]", partial(BotData, answerer, token, storage, owner_ids))

    async def begin(application: BotApplication) -> None:
        background.start(application.bot_data)
        await set_menu(application)

    builder: ApplicationBuilder[Any, BotContext, dict[Any, Any], dict[Any, Any], BotData, Any] = (
        ApplicationBuilder()
        .token(token)
        .context_types(ContextTypes(context=BotContext, bot_data=bot_data))
        .defaults(Defaults(parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)))
        .job_queue(None)
        .post_init(begin)
        .post_shutdown(background.stop)
    )
    if api_url:
        root = api_url.rstrip("/")
        builder = builder.base_url(f"{root}/bot").base_file_url(f"{root}/file/bot")
    if transport is not None:
        builder = builder.request(transport).get_updates_request(transport).local_mode(local_mode=True)
    else:
        sender = sender or Sender()
        builder = builder.rate_limiter(sender).request(Transport()).get_updates_request(Transport(connections=4))
    application: BotApplication = builder.build()
    if sender is not None:
        sender.on_migrated = partial(membership.move, data=application.bot_data)
    for feature in FEATURES:
        feature.register(application)
    return application
