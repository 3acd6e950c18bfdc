"""`bot.py run`: serving Telegram, and what has to be said before that can begin."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from cli.outcome import ExitStatus, MisuseError
from runtime.settings import Settings, SettingsError, read_settings

if TYPE_CHECKING:
    from knowledge.answering import Answerer
    from runtime.delivery.ledger import Ledger
    from runtime.storage.storage import Storage
    from runtime.transport import Transport

log = logging.getLogger(__name__)

_TELEGRAM = "https://api.telegram.org"
_PROGRESS_EVERY = 5.0
"""Seconds between two lines on how far the learning of a first start is."""

HOW_TO_GET_A_TOKEN = """\
The bot needs a token to run on Telegram. To try it in your browser without one: python bot.py try
  1. In Telegram, open https://t.me/BotFather, send /newbot and answer its two questions; it replies with the token.
  2. Copy the file .env.example to .env, and put the token behind TELEGRAM_BOT_TOKEN=
  3. Run this again. The bot answers as long as it runs; Ctrl-C ends it.
docs/botfather.md has the rest: texts to paste, a profile picture, and what to switch on."""


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
    from runtime.logs import set_up

    token = settings.telegram_bot_token.get_secret_value()
    set_up(settings.log_level, settings.log_format, token)
    opened = contextlib.AsyncExitStack()
    with asyncio.Runner() as runner:
        try:
            parts = runner.run(_open(settings, token, opened))
            if parts is None:
                return ExitStatus.FAILED
            # Not on the event loop: learning forks processes, which have to know nothing of it.
            answerer = load_answerer(say=log.info, warn=log.warning, every=_PROGRESS_EVERY)
            return runner.run(_serve(settings, token, parts, answerer, opened))
        finally:
            runner.run(opened.aclose())


@dataclass(frozen=True)
class _Parts:
    """What is open before the knowledge is loaded."""

    transport: Transport
    storage: Storage
    ledger: Ledger


async def _open(settings: Settings, token: str, opened: contextlib.AsyncExitStack) -> _Parts | None:
    """Open what serving needs, and leave to `opened` what has to be closed; None where Telegram refuses the token."""
    from runtime.delivery.opening import open_ledger
    from runtime.serving import REFUSED, refuses
    from runtime.storage import StorageError, open_storage
    from runtime.transport import Transport

    try:
        storage = await open_storage(settings.database_url)
        opened.push_async_callback(storage.close)
        ledger = await open_ledger(settings.database_url)
        opened.push_async_callback(ledger.close)
    except StorageError as error:
        raise MisuseError(f"The database can't be opened.\n{error}") from None
    transport = Transport()
    await transport.initialize()
    opened.push_async_callback(transport.shutdown)
    if await refuses(transport, f"{settings.telegram_api_url or _TELEGRAM}/bot{token}"):
        log.error(REFUSED)
        return None
    return _Parts(transport, storage, ledger)


async def _serve(
    settings: Settings, token: str, parts: _Parts, answerer: Answerer, opened: contextlib.AsyncExitStack
) -> int:
    from handlers.application import build_application, build_handlers
    from runtime.delivery.opening import make_seal
    from runtime.health import Health
    from runtime.http_server import ListenError
    from runtime.sending import Sender
    from runtime.serving import Service, Stop
    from runtime.status import StatusServer

    stop = Stop()
    storage, ledger, transport = parts.storage, parts.ledger, parts.transport
    limits = settings.sending_limits == "on"
    sender = Sender(limits=limits, turn=storage.turn, share=lambda: 1 / max(1, ledger.replicas()))
    health = Health(
        polling=not settings.webhook_url,
        storage=lambda: storage.fault,
        last_call=lambda: transport.last_good,
        limited_chats=sender.limited,
        knowledge_loaded=True,
    )
    if answerer.triage.lacks:
        log.warning("triage notices a little less here: %s", answerer.triage.lacks)
    application = build_application(
        answerer,
        token,
        settings.telegram_api_url,
        transport=transport,
        sender=sender,
        storage=storage,
        owner_ids=settings.owner_ids,
        site_url=settings.site_url,
        operator_contact=settings.operator_contact,
    )
    handlers = build_handlers(application, health)
    gc.enable()
    try:
        if settings.status_listen:
            host, _, port = settings.status_listen.rpartition(":")
            status = StatusServer(host, int(port), health)
            await status.start()
            opened.push_async_callback(status.stop, 0.2)
        return await Service(handlers, settings, transport, ledger, partial(make_seal, token), health).serve(stop)
    except ListenError as error:
        log.error("%s", error)
        return ExitStatus.FAILED
