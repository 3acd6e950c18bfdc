"""Logs: no token in them, whoever writes it, in either format."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

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
