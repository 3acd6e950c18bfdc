"""Logs: no token in them, whoever writes it, in either format."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
from collections.abc import Iterator
from typing import Literal

import pytest
from telegram import Update

from runtime.logs import set_up

TOKEN = "123456:AAF-abcdefghijklmnopqrstuvwxyz012345"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before, level


@pytest.mark.parametrize("style", ["text", "json"])
@pytest.mark.parametrize("token", [TOKEN, "1:short"])
def test_no_token_in_a_line(capsys: pytest.CaptureFixture[str], style: str, token: str) -> None:
    set_up("DEBUG", style, token)  # type: ignore[arg-type]
    log = logging.getLogger("anything")
    log.warning("POST https://api.example/bot%s/sendMessage", token)
    try:
        raise RuntimeError(f"refused for {token}")
    except RuntimeError:
        log.exception("failed with %s", token)
    written = capsys.readouterr().err
    assert token not in written
    assert written.count("<token>") == 3


def test_httpx_does_not_log_addresses(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("INFO", "text")
    logging.getLogger("httpx").info("HTTP Request: POST https://api.example/bot1/getMe")
    assert capsys.readouterr().err == ""


def test_json_lines_are_json(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("INFO", "json")
    logging.getLogger("runtime").info("serving by %s", "polling")
    line = json.loads(capsys.readouterr().err)
    assert line["level"] == "INFO"
    assert line["message"] == "serving by polling"


@pytest.mark.parametrize("style", ["text", "json"])
def test_of_telegrams_library_the_sentence_alone_is_logged(capsys: pytest.CaptureFixture[str], style: str) -> None:
    """At every level: its records hold whole updates, in what is filled in and in the errors."""
    set_up("DEBUG", style)  # type: ignore[arg-type]
    secret = "my head hurts"
    update = Update.de_json(
        {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "text": secret}}
    )
    names = ("telegram", "telegram.ext.ExtBot", "telegram.ext.Application")
    for name in names:
        log = logging.getLogger(name)
        log.setLevel(logging.DEBUG)
        log.debug("Processing update %s", update)
        log.debug("Calling `%s` with parameters `%s`", "sendMessage", {"text": secret})
        log.critical("Error while parsing updates! Received data was %r", [update.to_dict()])
        log.error(update)
        log.warning("%(text)s", {"text": secret})
        try:
            raise ValueError(secret)
        except ValueError:
            log.exception("No error handlers are registered, logging exception.")
        log.setLevel(logging.NOTSET)
    written = capsys.readouterr().err
    assert secret not in written
    assert "Traceback" not in written
    assert written.count("Processing update %s") == len(names)
    assert written.count("Received data was %r") == len(names)


def test_of_the_web_library_no_stack_and_nothing_below_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("DEBUG", "text")
    for name in ("aiohttp.access", "aiohttp.server", "aiohttp.client", "aiohttp.web"):
        log = logging.getLogger(name)
        log.info("127.0.0.1 POST /secret-path")
        try:
            raise ValueError("a body of somebody's")
        except ValueError:
            log.exception("Error handling request from %s", "127.0.0.1")
    written = capsys.readouterr().err
    assert "secret-path" not in written
    assert "somebody" not in written
    assert written.count("Error handling request from 127.0.0.1") == 4


@pytest.mark.parametrize("style", ["text", "json"])
async def test_of_a_task_that_nobody_asked_no_word_of_what_failed(
    capsys: pytest.CaptureFixture[str], style: Literal["text", "json"]
) -> None:
    set_up("DEBUG", style)

    async def fail() -> None:
        raise ValueError("what somebody wrote")

    def fail_at_once(text: str) -> None:
        raise ValueError(text)

    task = asyncio.create_task(fail(), name="what somebody wrote")
    asyncio.get_running_loop().call_soon(fail_at_once, "what somebody wrote")
    await asyncio.sleep(0.01)
    del task
    gc.collect()
    await asyncio.sleep(0.01)
    written = capsys.readouterr().err
    assert "somebody" not in written
    assert "Task exception was never retrieved: ValueError" in written
    assert "Exception in callback" in written


def test_our_own_stacks_stay(capsys: pytest.CaptureFixture[str]) -> None:
    set_up("INFO", "text")
    try:
        raise ValueError("ours")
    except ValueError:
        logging.getLogger("handlers.errors").exception("failed")
    assert "Traceback" in capsys.readouterr().err
