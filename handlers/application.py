"""The bot as one python-telegram-bot application: a list of features, and nothing else."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from telegram import LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.ext import AIORateLimiter, ApplicationBuilder, ContextTypes, Defaults
from telegram.request import BaseRequest

from handlers import about, failures, greeting, other_messages, questions, register_of_sources, topics
from handlers.context import BotApplication, BotContext, BotData
from handlers.menu import set_menu
from knowledge.answering import Answerer

FEATURES = (greeting, topics, register_of_sources, about, questions, other_messages, failures)
"""In the order in which handlers are asked: commands before plain text, the rest last."""


def build_application(
    answerer: Answerer, token: str, api_url: str | None = None, transport: BaseRequest | None = None
) -> BotApplication:
    """The application with all its features, not yet running.

    `api_url` is the root of the Bot API server (None: Telegram's own); `transport` replaces the network altogether,
    as the terminal chat does.
    """
    # The annotation asks for a class, but all that is done with it is to call it.
    bot_data = cast("type[BotData]", partial(BotData, answerer))
    builder: ApplicationBuilder[Any, BotContext, dict[Any, Any], dict[Any, Any], BotData, Any] = (
        ApplicationBuilder()
        .token(token)
        .context_types(ContextTypes(context=BotContext, bot_data=bot_data))
        .defaults(Defaults(parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)))
        .job_queue(None)
        .post_init(set_menu)
    )
    if api_url:
        root = api_url.rstrip("/")
        builder = builder.base_url(f"{root}/bot").base_file_url(f"{root}/file/bot")
    if transport is not None:
        builder = builder.request(transport).get_updates_request(transport)
    else:
        builder = builder.rate_limiter(AIORateLimiter(max_retries=3))
    application: BotApplication = builder.build()
    for feature in FEATURES:
        feature.register(application)
    return application
