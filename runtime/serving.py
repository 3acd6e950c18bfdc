"""Serving Telegram: by polling or by webhook, from the first connection until a signal says stop.

Nothing here ends with a traceback: without a network it waits, a refused token and a port that is taken end it with one
sentence, and a stop is over within STOPPING seconds, whatever hangs.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import random
import signal
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from telegram import Update
from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import Application
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter  # of no public name, though RequestData wants it

from runtime import metrics
from runtime.delivery.delivery import Delivery
from runtime.delivery.incoming import Incoming
from runtime.delivery.lanes import RefusedError
from runtime.delivery.ledger import Ledger
from runtime.delivery.polling import LONG_POLL, Poller
from runtime.delivery.seal import Seal
from runtime.delivery.webhook import WebhookServer, path_of
from runtime.handling import current
from runtime.health import Health
from runtime.notify import Notifier
from runtime.settings import Settings
from runtime.tasks import Tasks
from runtime.transport import Transport

log = logging.getLogger(__name__)

UPDATES = [
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.INLINE_QUERY,
    Update.GUEST_MESSAGE,
    Update.MY_CHAT_MEMBER,
    Update.CHAT_MEMBER,
]
"""The kinds of update that the handlers use; Telegram need not send others."""

STOPPING = 7.5
"""Seconds from a signal to the end, whatever hangs: service managers kill after ten."""

_FINISHING, _CONFIRMING, _ENDING = 3.0, 0.7, 1.5
"""Seconds of these for: answers under way; telling Telegram what has been handled; what runs beside."""

_LAST_WORD = 0.3
_LONGEST_PAUSE, _SAY_AGAIN = 5.0, 60.0
_OTHERS_EVERY = 5.0
_MOST_CONNECTIONS = 100
"""Deliveries at once that Telegram is asked for: its most, so that nobody waits behind a hundred others."""

REFUSED = (
    "Telegram refuses the token. Check TELEGRAM_BOT_TOKEN against what BotFather shows (/mybots, API Token); if it was "
    "revoked, set the new one and start again"
)

AnyApplication = Application[Any, Any, Any, Any, Any, Any]


class Stop:
    """SIGINT and SIGTERM, from when it is made until the process ends."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C raises KeyboardInterrupt there
                loop.add_signal_handler(number, self.begin)

    def begin(self, status: int = 0) -> None:
        """Stop now; STOPPING seconds later the process ends with this exit status, whatever it is at."""
        if not self._event.is_set():
            _end_in_time(status)
        self._event.set()

    async def wait(self) -> None:
        """Until a signal comes."""
        await self._event.wait()

    async def cuts(self, work: Awaitable[Any]) -> bool:
        """Do `work`, unless a signal comes first; whether one did. Raises what `work` raises."""
        return await _comes_first(self._event, work)


async def refuses(transport: Transport, root: str, seconds: float = 3.0) -> bool:
    """Whether Telegram, asked once and shortly, refuses the token; no, where it can't be reached."""
    try:
        await transport.post(f"{root}/getMe", read_timeout=seconds, connect_timeout=seconds)
    except InvalidToken:
        return True
    except TelegramError:
        return False
    return False


@dataclass(frozen=True, slots=True)
class Handlers:
    """What updates are handed to: python-telegram-bot's application, and what goes on beside it.

    `hurries` tells at a first look whether an update may come from somebody in danger. `begin` is called when updates
    begin to come, `finish` after the last, `hang_up` at SIGHUP.
    """

    application: AnyApplication
    hurries: Callable[[Incoming], bool]
    begin: Callable[[], None]
    finish: Callable[[], Awaitable[None]]
    hang_up: Callable[[], None]


@dataclass
class Service:
    """The bot between Telegram and its handlers."""

    handlers: Handlers
    settings: Settings
    transport: Transport
    ledger: Ledger
    make_seal: Callable[[], Seal]
    health: Health

    def __post_init__(self) -> None:
        self._delivery = Delivery(self._process, self.handlers.hurries, self.ledger, self.make_seal, self.health.beat)
        self.application = self.handlers.application
        self._refused = asyncio.Event()
        self._tasks = Tasks()
        self._notifier = Notifier()
        self._poller: Poller | None = None
        self._webhook: WebhookServer | None = None
        lanes = self._delivery.lanes
        self.health.backlog = lambda: lanes.backlog
        self.health.oldest_unfinished = lambda: lanes.oldest
        metrics.OLDEST.set_function(lambda: lanes.oldest)

    async def serve(self, stop: Stop) -> int:
        """Serve until `stop`; returns the exit status: 0 after a signal, 1 where Telegram refuses it.

        Raises ListenError.
        """
        self._notifier.ready()  # also where Telegram is away: it waits for it, and starting anew would not help
        self._tasks.start("telling the service manager", self._notifier.watch(self.health))
        _watch_for_hangups(asyncio.get_running_loop(), self.handlers.hang_up)
        try:
            if await stop.cuts(self._connect()):
                return 0
            self.handlers.begin()
            try:
                return 0 if await stop.cuts(self._run()) else 1
            finally:
                stop.begin(status=1)  # unless it has begun, by a signal
                await self._end()
                await _within(_ENDING, self.handlers.finish())
        except InvalidToken:
            log.error(REFUSED)
            return 1
        except BadRequest as error:
            log.error("Telegram refuses what it is asked at the start: %s", error.message)
            return 1
        finally:
            await _within(_CONFIRMING, self.application.shutdown())

    async def _connect(self) -> None:
        """Wait until Telegram answers. Raises InvalidToken."""
        address = f"{self.application.bot.base_url}/getMe"
        # Not through the sender, which would try for half a minute before anything is said.
        beat = self.health.beat
        await _stubbornly("Telegram can't be reached: waiting for it", partial(self.transport.post, address), beat)
        await _stubbornly("Telegram does not answer", self.application.initialize, beat)

    async def _run(self) -> None:
        """Until Telegram refuses the token. Raises InvalidToken and ListenError."""
        self._delivery.lanes.start()
        self._tasks.start("looking for what others left", self._take_kept())
        if self.settings.webhook_url:
            await self._listen()
        else:
            await self._stop_webhook()
            self._poller = Poller(self._get_updates, self._delivery, UPDATES, self.health.beat)
            log.info("serving by polling")
        while True:
            self._refused.clear()
            await self._collect_until_refused()
            if await refuses(self.transport, self.application.bot.base_url):
                raise InvalidToken
            log.warning("Telegram refused the token once, and took it again")
            await self._delivery.take_kept()

    async def _take_kept(self) -> None:
        """Take in hand what processes that were killed have left: at once, and where there are others, ever again."""
        while True:
            await self._delivery.take_kept()
            if not self.ledger.is_shared:
                return
            await asyncio.sleep(_OTHERS_EVERY)

    async def _collect_until_refused(self) -> None:
        if self._poller is None:
            await self._refused.wait()
            return
        with contextlib.suppress(InvalidToken):
            await _comes_first(self._refused, self._poller.poll())

    async def _end(self) -> None:
        """Take nothing more, finish or give back what is in hand, and tell Telegram what has been handled."""
        self._notifier.stopping()
        if self._webhook:
            self._webhook.refuse_new()
        await self._delivery.stop(_FINISHING)
        if self._poller and not self._refused.is_set():
            await _within(_CONFIRMING, self._poller.confirm())
        if self._webhook:
            await _within(_CONFIRMING, self._webhook.stop(_CONFIRMING / 2))
        await self._tasks.stop()

    async def _listen(self) -> None:
        settings = self.settings
        url, secret = settings.webhook_url or "", settings.webhook_secret
        host, _, port = settings.webhook_listen.rpartition(":")
        word = secret.get_secret_value() if secret else ""
        self._webhook = WebhookServer(host, int(port), path_of(url), word, self._delivery.deliver)
        await self._webhook.start()
        await _stubbornly("the webhook could not be set", self._set_webhook, self.health.beat)
        log.info("serving by webhook on %s", settings.webhook_listen)

    async def _stop_webhook(self) -> None:
        await _stubbornly(
            "the webhook could not be switched off", self.application.bot.delete_webhook, self.health.beat
        )

    async def _set_webhook(self) -> None:
        secret = self.settings.webhook_secret
        await self.application.bot.set_webhook(
            self.settings.webhook_url or "",
            allowed_updates=UPDATES,
            max_connections=_MOST_CONNECTIONS,
            secret_token=secret.get_secret_value() if secret else None,
        )

    async def _get_updates(self, parameters: dict[str, Any]) -> Any:
        data = RequestData([RequestParameter.from_input(name, value) for name, value in parameters.items()])
        patience = parameters.get("timeout", 0) + LONG_POLL / 3
        return await self.transport.post(f"{self.application.bot.base_url}/getUpdates", data, read_timeout=patience)

    async def _process(self, incoming: Incoming) -> None:
        update = Update.de_json(incoming.raw, self.application.bot)
        await self.application.process_update(update)
        handling = current()
        if handling is not None and isinstance(handling.fault, InvalidToken):
            self._refused.set()
            raise RefusedError


async def _comes_first(event: asyncio.Event, work: Awaitable[Any]) -> bool:
    """Do `work` unless `event` happens first, which ends it; whether it did. Raises what `work` raises."""
    task, happened = asyncio.ensure_future(work), asyncio.create_task(event.wait())
    try:
        await asyncio.wait({task, happened}, return_when=asyncio.FIRST_COMPLETED)
        if happened.done():
            return True
        task.result()
        return False
    finally:
        for each in (task, happened):
            each.cancel()
        await asyncio.gather(task, happened, return_exceptions=True)


async def _stubbornly(trouble: str, call: Callable[[], Awaitable[Any]], beat: Callable[[], None]) -> None:
    """Call until it works; says at once, and then once a minute, what the trouble is.

    Raises InvalidToken and BadRequest. Each try is a `beat`: nothing hangs, and a new start would not help.
    """
    pause, said = 0.3, float("-inf")
    while True:
        try:
            await call()
        except (InvalidToken, BadRequest):  # a refusal, which will be the same the next time
            raise
        except (NetworkError, RetryAfter) as error:
            if time.monotonic() - said >= _SAY_AGAIN:
                log.warning("%s (%s)", trouble, type(error).__name__)
                said = time.monotonic()
            beat()
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - no secret
            pause = min(2 * pause, _LONGEST_PAUSE)
        else:
            return


async def _within(seconds: float, work: Awaitable[Any]) -> None:
    """Do what should be done at the end, as far as there is time; a fault of it is logged by its kind."""
    try:
        async with asyncio.timeout(seconds):
            await work
    except TimeoutError:
        log.warning("stopping: something took too long and was left")
    except Exception as fault:  # nothing may keep the process from ending
        log.warning("stopping: %s", type(fault).__name__)


def _end_in_time(status: int) -> None:
    """Let the process end after STOPPING seconds even if it hangs: a thread of a driver can't be cancelled."""

    def end() -> None:
        _start_timer(_LAST_WORD, partial(os._exit, status))  # whoever reads the log may not read any more
        log.warning("stopping took too long; what was not answered stays with Telegram")
        logging.shutdown()
        os._exit(status)

    _start_timer(STOPPING, end)


def _start_timer(seconds: float, work: Callable[[], object]) -> None:
    timer = threading.Timer(seconds, work)
    timer.daemon = True
    timer.start()


def _watch_for_hangups(loop: asyncio.AbstractEventLoop, on_hangup: Callable[[], None]) -> None:
    if not hasattr(signal, "SIGHUP"):  # Windows has none
        return
    # Closing a terminal's window sends the signal too, and a bot that nobody sees any more should not go on for ever;
    # `nohup` asks for just that, and says so by having the signal ignored.
    ends_with_terminal = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN and _has_terminal()

    def hung_up() -> None:
        if ends_with_terminal and not _has_terminal():
            signal.raise_signal(signal.SIGTERM)
        else:
            on_hangup()

    loop.add_signal_handler(signal.SIGHUP, hung_up)


def _has_terminal() -> bool:
    """Whether a terminal controls this process."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
