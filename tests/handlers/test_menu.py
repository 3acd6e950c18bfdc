"""The menus and descriptions in each language: set at the start where Telegram has others, and only there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers import translations
from handlers.translations import LANGUAGES, Translations
from tests.bot_api_server import BotApiServer
from tests.bot_api_server.record import Call
from tests.handlers.conftest import bot_process

SETTING = ("setMyCommands", "deleteMyCommands", "setMyDescription", "setMyShortDescription")
SCOPES = {"all_private_chats": "private", "all_group_chats": "group", "all_chat_administrators": "admins"}
SPANISH, ENGLISH = Translations().of("es"), Translations().of("en")
LAST = f"getMyShortDescription of {LANGUAGES[-1]}"


async def start_over(server: BotApiServer, folder: Path, *, code: str = "") -> list[Call]:
    """Start the bot (or `code` instead) and let it set its menus; what it set."""
    before = len(server.calls)
    async with bot_process(server, folder, code=code):
        await server.world.wait(lambda: LAST in set(asked(server.calls[before:])), 20, LAST)
        ann = server.user("Ann")  # what is set last comes before the answer to this
        await ann.says("/start")
        await ann.hears()
    return [call for call in server.calls[before:] if call.method in SETTING]


def asked(calls: list[Call]) -> Iterator[str]:
    yield from (f"{call.method} of {call.params.get('language_code', '')}" for call in calls)


def shown(server: BotApiServer, scope: str, language: str) -> dict[str, str]:
    commands = server.profile.commands.get(((scope,), language), [])
    return {each["command"]: each["description"] for each in commands}


async def test_each_scope_and_language_gets_its_own(server: BotApiServer, tmp_path: Path) -> None:
    await start_over(server, tmp_path)
    for scope, name in SCOPES.items():
        assert shown(server, scope, "") == getattr(ENGLISH, f"commands_{name}")
        assert shown(server, scope, "es") == getattr(SPANISH, f"commands_{name}")
    assert server.profile.texts["description", "es"] == SPANISH.description
    assert server.profile.texts["short_description", ""] == ENGLISH.short_description


async def test_the_next_start_sets_nothing_and_a_changed_text_only_that(server: BotApiServer, tmp_path: Path) -> None:
    assert len(await start_over(server, tmp_path)) >= 10
    assert await start_over(server, tmp_path) == []
    server.profile.texts["description", "es"] = "Lo de antes"
    server.profile.commands[("all_group_chats",), ""].pop()
    made = await start_over(server, tmp_path)
    assert [(call.method, call.params.get("language_code", "")) for call in made] == [
        ("setMyCommands", ""),
        ("setMyDescription", "es"),
    ]
    assert server.profile.texts["description", "es"] == SPANISH.description


@pytest.fixture
def without_russian(tmp_path: Path) -> str:
    """The code of a bot whose Russian catalogue nobody has filled in."""
    folder = tmp_path / "locales"
    shutil.copytree(translations.FOLDER, folder)
    empty = folder / "ru" / "LC_MESSAGES" / "bot.po"
    empty.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n', encoding="utf-8")
    return f"""
import sys
from pathlib import Path
from handlers import translations
translations.FOLDER = Path({str(folder)!r})
from bot import main
sys.exit(main(["run"]))
"""


async def test_a_language_that_nobody_has_translated_gets_english_and_no_menus_of_its_own(
    server: BotApiServer, tmp_path: Path, without_russian: str
) -> None:
    async with bot_process(server, tmp_path, code=without_russian):
        for code, words in (("ru", ENGLISH), ("es", SPANISH)):
            person = server.user("Anna", language_code=code)
            await person.says("/start")
            assert (await person.hears()).text.startswith(words.start[:6])
    await start_over(server, tmp_path, code=without_russian)
    assert shown(server, "all_private_chats", "es") == SPANISH.commands_private
    assert not any(language == "ru" for _, language in server.profile.commands)
    assert ("description", "ru") not in server.profile.texts


async def test_what_a_language_no_longer_has_is_taken_away(
    server: BotApiServer, tmp_path: Path, without_russian: str
) -> None:
    server.profile.commands[("all_private_chats",), "ru"] = [{"command": "old", "description": "Old"}]
    made = await start_over(server, tmp_path, code=without_russian)
    assert [call.params["language_code"] for call in made if call.method == "deleteMyCommands"] == ["ru"]
    assert shown(server, "all_private_chats", "ru") == {}


async def test_a_refusal_stops_neither_the_rest_nor_the_bot(server: BotApiServer, tmp_path: Path) -> None:
    server.fail_next("setMyCommands", 400, "Bad Request: BOT_COMMAND_INVALID")
    server.fail_next("getMyDescription", 403, "Forbidden")
    await start_over(server, tmp_path)
    assert shown(server, "all_private_chats", "") == {}
    assert shown(server, "all_group_chats", "") == ENGLISH.commands_group
    assert ("description", "") not in server.profile.texts
    assert server.profile.texts["short_description", "es"] == SPANISH.short_description
    log = (tmp_path / "log.txt").read_text()
    assert "commands_private (language en) could not be set: BadRequest" in log
    assert "description (language en) could not be set: Forbidden" in log


async def test_updates_do_not_wait_for_the_menus(server: BotApiServer, tmp_path: Path) -> None:
    server.hang_next("getMyCommands", 30)
    async with bot_process(server, tmp_path):
        ann = server.user("Ann")
        await ann.says("how often")
        assert "12 weeks" in (await ann.hears()).text
        assert server.calls_of("setMyCommands") == [], "the menus hang still"
