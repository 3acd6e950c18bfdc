"""`bot.py run`: serving Telegram, and what has to be said before that can begin."""

from __future__ import annotations

import asyncio
import gc
import logging
from functools import partial

from cli.outcome import MisuseError
from runtime.settings import Settings, SettingsError, read_settings

log = logging.getLogger(__name__)

_PROGRESS_EVERY = 5.0
"""Seconds between two lines on how far the learning of a first start is."""

HOW_TO_GET_A_TOKEN = """\
The bot needs a token to run on Telegram:
  1. In Telegram, open a chat with @BotFather (https://t.me/BotFather).
  2. Send /newbot and follow its two questions; it answers with a token.
  3. Copy .env.example to .env and put the token behind TELEGRAM_BOT_TOKEN=
Then run this again. To try the bot without a token: python bot.py chat"""


def read_settings_in_force() -> Settings:
    """The settings from the environment and `.env`. Raises MisuseError, which names each that can't be used."""
    try:
        return read_settings()
    except SettingsError as error:
        raise MisuseError(f"A setting can't be used:\n{error}") from None


def run() -> int:
    """Serve Telegram until stopped: by polling, or by webhook where WEBHOOK_URL is set."""
    settings = read_settings_in_force()
    if settings.telegram_bot_token is None:
        raise MisuseError(HOW_TO_GET_A_TOKEN)
    gc.disable()  # nothing of what a start makes is garbage, and looking for it takes a tenth of the start
    # Slow to import, and of no use to whoever has to get a token first.
    from cli.loading import load_answerer
    from handlers.application import build_application
    from handlers.reload_command import reload_on_signal
    from runtime.logs import set_up
    from runtime.sending import Sender
    from runtime.serving import serve
    from runtime.storage import StorageError, open_storage

    token = settings.telegram_bot_token.get_secret_value()
    set_up(settings.log_level, settings.log_format, token)
    with asyncio.Runner() as runner:
        try:
            storage = runner.run(open_storage(settings.database_url))
        except StorageError as error:
            raise MisuseError(f"The database can't be opened.\n{error}") from None
        try:
            answerer = load_answerer(say=log.info, warn=log.warning, every=_PROGRESS_EVERY)
            if answerer.triage.lacks:
                log.warning("triage notices a little less here: %s", answerer.triage.lacks)
            application = build_application(
                answerer,
                token,
                settings.telegram_api_url,
                storage=storage,
                owner_ids=settings.owner_ids,
                sender=Sender(limits=settings.sending_limits == "on"),
            )
            gc.enable()
            return serve(application, settings, partial(reload_on_signal, application))
        finally:
            runner.run(storage.close())
