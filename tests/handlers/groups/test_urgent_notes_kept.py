"""Notes on urgent replies: what fails for one admin, what is logged then, and where their ids are kept."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from handlers.texts import load_texts
from knowledge.model import TIERS
from tests.bot_api_server import BotApiServer
from tests.handlers.conftest import ask_for_urgent_notes, bot_process, new_group, told_in

Server = BotApiServer

CHOKING = "I can't swallow my own saliva since the botox yesterday"
CRISIS = "I want to kill myself"


def test_there_are_words_for_each_tier() -> None:
    assert set(load_texts().urgent_notes.tiers) == set(TIERS)


async def test_who_blocked_the_bot_keeps_nobody_from_being_told(server: Server, tmp_path: Path) -> None:
    async with bot_process(server, tmp_path):
        group, olga, mia = await new_group(server, bot_is_admin=True)
        eve = server.user("Eve")
        group.add(eve, "administrator")
        for person in (eve, olga):
            await ask_for_urgent_notes(person, group)
        await eve.blocks_bot()
        await mia.says(CHOKING, group)
        reply = await group.hears()
        assert "Emergency" in (await olga.hears()).text
        await server.world.wait(lambda: any(not call.ok for call in server.calls_of("sendMessage")), 10, "a refusal")
        await eve.unblocks_bot()
        await mia.says(CRISIS, group)
        await group.hears()
        for person in (eve, olga):
            assert "Crisis" in (await person.hears()).text
    log = (tmp_path / "log.txt").read_text()
    assert f"the urgent reply {reply.id} in group {group.id} was not sent: Forbidden" in log
    for secret in (str(eve.id), str(olga.id), str(mia.id), "swallow", "saliva", "Eve", "Mia", "Migraine friends"):
        assert secret not in log


async def test_a_refusal_of_any_kind_leaves_the_urgent_reply_and_the_setting(server: Server, tmp_path: Path) -> None:
    async with bot_process(server, tmp_path):
        group, olga, mia = await new_group(server)
        await ask_for_urgent_notes(olga, group)
        server.fail_next("getChatMember", 409, "Conflict: something Telegram has thought of since")
        await mia.says(f"/ask {CHOKING}", group)
        await group.hears()
        await olga.hears_nothing(0.3)
        await mia.says(f"/ask {CRISIS}", group)
        await group.hears()
        assert "Crisis" in (await olga.hears()).text
    assert "was not sent: Conflict" in (tmp_path / "log.txt").read_text()


async def test_a_fault_of_the_server_holds_a_note_up_for_a_moment(server: Server, tmp_path: Path) -> None:
    async with bot_process(server, tmp_path):
        group, olga, mia = await new_group(server)
        await ask_for_urgent_notes(olga, group)
        server.fail_next("getChatMember", 500, "Internal Server Error", times=2)
        await mia.says(f"/ask {CHOKING}", group)
        await group.hears()
        assert "Emergency" in (await olga.hears()).text


@pytest.mark.parametrize(("command", "yes"), [("/reset", "Yes, start over"), ("/forget", "Yes, forget it all")])
async def test_the_id_is_kept_with_the_settings_and_goes_with_them(
    server: Server, tmp_path: Path, command: str, yes: str
) -> None:
    def documents() -> str:
        with sqlite3.connect(tmp_path / "data" / "bot.db") as database:
            return str(list(database.execute("SELECT document FROM chats")))

    async with bot_process(server, tmp_path):
        group, olga, _ = await new_group(server, "group")
        await ask_for_urgent_notes(olga, group)
        assert str(olga.id) in documents()
        bigger = await group.migrate(by=olga)
        await server.wait_until_collected()
        assert await told_in(bigger, olga) == "for 1 of the admins"
        await olga.says(command, bigger)
        await olga.presses(await bigger.hears(), yes)
        assert str(olga.id) not in documents()
        assert await told_in(bigger, olga) == "none"
