"""What is done when handling an update fails: by what the error means, and by who may still be helped."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from telegram import Chat, Message, Update, User
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut

from handlers.application import build_application
from handlers.context import BotApplication, BotContext
from handlers.errors import failed
from knowledge.answering import Answerer
from runtime.handling import Handling, begin
from runtime.sending import Sender
from runtime.storage import StorageError
from tests.bot_api_server import BotApiServer
from tests.handlers.conftest import TOKEN

PRIVATE = "what somebody wrote"


@pytest.fixture
async def application(answerer: Answerer, server: BotApiServer) -> AsyncIterator[BotApplication]:
    """The bot on the server, handling nothing by itself."""
    async with build_application(answerer, TOKEN, server.url, sender=Sender()) as running:
        yield running


@pytest.fixture
async def update(server: BotApiServer) -> Update:
    """A message that somebody wrote in private."""
    person = server.user("Ann")
    await person.says(PRIVATE)
    chat, author = Chat(person.id, "private", first_name="Ann"), User(person.id, "Ann", is_bot=False)
    return Update(5, Message(1, None, chat, from_user=author, text=PRIVATE))  # type: ignore[arg-type]


async def fail(application: BotApplication, update: Update, error: Exception, **known: Any) -> Handling:
    """Let handling `update` fail with `error`."""
    handling = Handling(update.update_id, "message", **known)

    async def handle() -> None:
        begin(handling)
        context = BotContext.from_update(update, application)
        context.error = error
        await failed(update, context)

    await asyncio.create_task(handle())
    return handling


def said(server: BotApiServer) -> int:
    return len(server.calls_of("sendMessage"))


async def test_what_nobody_thought_of_is_left_for_another_try(
    application: BotApplication, update: Update, server: BotApiServer, caplog: pytest.LogCaptureFixture
) -> None:
    error = ValueError(PRIVATE)
    first = await fail(application, update, error, is_last=False)
    assert first.fault is error
    assert said(server) == 0
    last = await fail(application, update, error, is_last=True)
    assert last.fault is error
    assert said(server) == 1
    assert PRIVATE not in caplog.text
    assert caplog.text.count("update 5 failed with ValueError") == 2


async def test_sorry_is_not_added_to_an_answer(
    application: BotApplication, update: Update, server: BotApiServer
) -> None:
    await fail(application, update, ValueError(), is_last=True, sent=1)
    assert said(server) == 0


async def test_sorry_is_never_sent_into_a_chat_that_is_limited(
    application: BotApplication, update: Update, server: BotApiServer
) -> None:
    assert update.effective_chat
    sender, chat_id = application.bot.rate_limiter, update.effective_chat.id
    assert isinstance(sender, Sender)
    server.fail_next("sendMessage", 429, "", retry_after=60)
    stopped = asyncio.create_task(application.bot.send_message(chat_id, "an answer"))
    await server.wait_for_call("sendMessage")
    while not sender.is_limited(chat_id):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    async with asyncio.timeout(2):
        await fail(application, update, ValueError(), is_last=True)
        await fail(application, update, RetryAfter(60), is_last=True)
        await fail(application, update, StorageError("it hangs"), is_last=True)
    assert said(server) == 1
    stopped.cancel()


@pytest.mark.parametrize(
    ("error", "level"),
    [
        (Forbidden("Forbidden: bot was blocked by the user"), "INFO"),
        (Forbidden("Forbidden: bot was kicked from the group chat"), "INFO"),
        (BadRequest("Bad Request: TOPIC_CLOSED"), "INFO"),
        (BadRequest("Bad Request: not enough rights to send text messages to the chat"), "INFO"),
        (BadRequest("Bad Request: message to edit not found"), "INFO"),
        (RetryAfter(700), "WARNING"),
        (NetworkError("no connection"), "WARNING"),
        (TimedOut(), "WARNING"),
    ],
)
async def test_where_sending_failed_nothing_more_is_sent_or_tried(
    application: BotApplication,
    update: Update,
    server: BotApiServer,
    caplog: pytest.LogCaptureFixture,
    error: TelegramError,
    level: str,
) -> None:
    caplog.set_level(logging.INFO, "handlers.errors")
    handling = await fail(application, update, error)
    assert said(server) == 0
    assert handling.fault is None
    assert [record.levelname for record in caplog.records if record.name == "handlers.errors"] == [level]


async def test_a_refused_token_is_for_whoever_polls(
    application: BotApplication, update: Update, server: BotApiServer
) -> None:
    error = InvalidToken()
    handling = await fail(application, update, error)
    assert handling.fault is error
    assert said(server) == 0


async def test_a_fault_of_ours_and_of_the_database_are_said(
    application: BotApplication, update: Update, server: BotApiServer, caplog: pytest.LogCaptureFixture
) -> None:
    for error in (BadRequest(f'Bad Request: can\'t parse entities: "{PRIVATE}"'), StorageError("it is away")):
        handling = await fail(application, update, error, is_last=False)
        assert handling.fault is None
    assert said(server) == 2
    assert PRIVATE not in caplog.text
