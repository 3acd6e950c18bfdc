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
    editors,
    errors,
    feedback,
    guest,
    inline,
    pictures,
    reload_command,
    status_command,
    update_filter,
    urgent,
)
from handlers.context import BotApplication, BotContext, BotData
from handlers.group_settings import command, copying, pinning, reset
from handlers.groups import delete_button, membership, messages, own_notes, statistics
from handlers.menu import set_menu
from handlers.private import bare_words, foreign, questions, sources, start, topics
from handlers.urgency import hurries
from knowledge.answering import Answerer
from runtime.sending import Sender
from runtime.serving import Handlers
from runtime.transport import Transport

if TYPE_CHECKING:
    from runtime.health import Health
    from runtime.storage.storage import Storage

FEATURES = (
    update_filter,
    guest,
    inline,
    start,
    topics,
    foreign,
    sources,
    command,
    copying,
    pinning,
    own_notes,
    statistics,
    reset,
    membership,
    feedback,
    editors,
    pictures,
    delete_button,
    reload_command,
    status_command,
    urgent,
    check_in,
    answer_buttons,
    bare_words,
    questions,
    messages,
    adapters,
    errors,
)
"""In the order in which handlers are asked: guest messages first, commands before plain text, the rest last."""


def build_application(  # noqa: PLR0913 - what the bot is made of, each opened by whoever serves
    answerer: Answerer,
    token: str,
    api_url: str | None = None,
    *,
    transport: BaseRequest | None = None,
    sender: Sender | None = None,
    storage: Storage | None = None,
    owner_ids: frozenset[int] = frozenset(),
    site_url: str | None = None,
    operator_contact: str | None = None,
) -> BotApplication:
    """The application with all its features, not yet running.

    `api_url` is the root of the Bot API server (None: Telegram's own), and `transport` the way there (None: one of its
    own); `sender` decides when each call may go. Without a sender calls go at once and files are handed over by their
    paths, as suits the terminal chat, whose transport is no network. `storage` stays open as long as the application
    runs, and is closed by whoever opened it; without it nothing is kept. `owner_ids` are the Telegram users who may
    use operator commands, `site_url` is the site on which every entry has a page, and `operator_contact` is where
    people reach whoever runs the bot.
    """
    # The annotation asks for a class, but all that is done with it is to call it.
    bot_data = cast("type[BotData]", partial(BotData, answerer, token, storage, owner_ids, site_url, operator_contact))
    builder: ApplicationBuilder[Any, BotContext, dict[Any, Any], dict[Any, Any], BotData, Any] = (
        ApplicationBuilder()
        .token(token)
        .context_types(ContextTypes(context=BotContext, bot_data=bot_data))
        .defaults(Defaults(parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)))
        .job_queue(None)
        .updater(None)
    )
    if api_url:
        root = api_url.rstrip("/")
        builder = builder.base_url(f"{root}/bot").base_file_url(f"{root}/file/bot")
    way = transport or Transport()
    builder = builder.request(way).get_updates_request(way)
    builder = builder.local_mode(local_mode=True) if sender is None else builder.rate_limiter(sender)
    application: BotApplication = builder.build()
    if sender is not None:
        sender.on_migrated = partial(membership.move, data=application.bot_data)
    for feature in FEATURES:
        feature.register(application)
    return application


def build_handlers(application: BotApplication, health: Health) -> Handlers:
    """What serving hands updates to: `application`, and what goes on beside it."""
    data = application.bot_data
    data.health = health

    def begin() -> None:
        background.start(data)
        data.tasks.start("setting the menu", set_menu(application))

    return Handlers(
        application,
        hurries=lambda incoming: hurries(incoming.kind, incoming.raw, data.answerer),
        begin=begin,
        finish=partial(background.stop, application),
        hang_up=partial(reload_command.reload_on_signal, application),
    )
