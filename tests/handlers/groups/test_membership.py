"""Coming into groups and leaving them: what is said, what is kept, what goes."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from tests.bot_api_server import BotApiServer, Group, User
from tests.handlers.conftest import bot_process, labels, link_of, new_group

QUESTION = "how often is it repeated"
QUICKLY = (
    "import handlers.groups.scheduled_deletions as it; it.MINUTE = 0.1; import sys, bot; sys.exit(bot.main(['run']))"
)
Process = asyncio.subprocess.Process


async def commands_only(group: Group, admin: User) -> None:
    await admin.says("/settings", group)
    shown = await group.hears()
    await admin.presses(shown, "When I answer")
    await admin.presses(shown, "commands only")


async def mode_of(group: Group, admin: User) -> str:
    await admin.says("/settings", group)
    return (await group.hears()).text.partition("When I answer: ")[2].partition("\n")[0]


async def test_a_group_is_greeted_once_and_told_what_is_read(server: BotApiServer, bot: Process) -> None:
    olga = server.user("Olga")
    for kind in ("group", "supergroup"):
        for admin in (False, True):
            group = server.group("Friends", kind)
            group.add(olga, "creator")
            await group.add_bot(by=olga, admin=admin)
            hello = await group.hears()
            assert len(hello.text) < 700
            assert "/ask@test_bot" in hello.text
            assert ("call me by my name" in hello.text) is admin
            assert ("shows me every message here" in hello.text) is admin
            assert ("only commands with my name and replies to me" in hello.text) is not admin
            assert labels(hello) == ["Settings (for admins)"]
            await olga.says(f"/start {link_of(hello, 'Settings (for admins)')}")
            assert "Settings of “Friends”" in (await olga.hears()).text
            await group.promote(by=olga)
            await group.hears_nothing(0.2)


async def test_without_privacy_mode_the_greeting_says_so(server: BotApiServer, tmp_path: Path) -> None:
    server.world.privacy = False
    async with bot_process(server, tmp_path):
        group, olga = server.group("Friends"), server.user("Olga")
        await group.add_bot(by=olga)
        hello = await group.hears()
        assert "shows me every message here" in hello.text
        assert "call me by my name, @test_bot" in hello.text
        await olga.says("how often is botox for migraine repeated?", group)
        await group.hears_nothing(0.3)


async def test_settings_outlast_a_short_absence_and_go_after_thirty_days(server: BotApiServer, tmp_path: Path) -> None:
    async with bot_process(server, tmp_path):
        back, olga, _ = await new_group(server)
        gone, _, _ = await new_group(server)
        gone.add(olga, "creator")
        for group in (back, gone):
            await commands_only(group, olga)
            await olga.says(f"/ask {QUESTION}", group)
            await group.hears()
            await group.remove_bot(by=olga)
        await server.wait_until_collected()
        await back.add_bot(by=olga)
        assert (await back.hears()).text.startswith("Hello!")
        assert await mode_of(back, olga) == "commands only"
    with sqlite3.connect(tmp_path / "data" / "bot.db") as database:
        kept = dict(database.execute("SELECT chat_id, left_at FROM chats"))
        assert kept[back.id] is None
        assert kept[gone.id] is not None
        database.execute("UPDATE chats SET left_at = left_at - 31 * 86400")
    async with bot_process(server, tmp_path):
        assert await mode_of(back, olga) == "commands only"
    with sqlite3.connect(tmp_path / "data" / "bot.db") as database:
        assert {row[0] for row in database.execute("SELECT chat_id FROM chats")} == {back.id}
        assert {row[0] for row in database.execute("SELECT chat_id FROM counts")} == {back.id}


async def test_a_migration_that_was_missed_is_noticed_when_sending(server: BotApiServer, bot: Process) -> None:
    group, olga, _ = await new_group(server, "group")
    await commands_only(group, olga)
    server.updates.allowed = server.updates.allowed - {"message"}
    bigger = await group.migrate(by=olga)
    server.updates.allowed = server.updates.allowed | {"message"}
    await olga.says(f"/ask {QUESTION}", group)
    assert "Sources" in (await bigger.hears()).text
    assert await mode_of(bigger, olga) == "commands only"


async def test_being_blocked_or_added_to_a_channel_is_taken_calmly(server: BotApiServer, bot: Process) -> None:
    mia = server.user("Mia")
    await mia.says("/start")
    await mia.hears()
    await mia.blocks_bot()
    await mia.unblocks_bot()
    await mia.says("/start")
    assert (await mia.hears()).text.startswith("Hello!")


async def test_a_database_that_can_not_be_opened_is_explained(server: BotApiServer, tmp_path: Path) -> None:
    import sys

    from tests.handlers.conftest import ROOT, TOKEN

    for url in ("sqlite:////proc/no/such/place.db", "postgresql://nobody:hush@127.0.0.1:1/none", "mysql://x/y"):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(ROOT / "bot.py"),
            "run",
            cwd=tmp_path,
            stderr=asyncio.subprocess.PIPE,
            env={"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": server.url, "DATABASE_URL": url, "PATH": "/bin"},
        )
        _, errors = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode == 2
        assert b"DATABASE_URL" in errors
        assert b"Traceback" not in errors
        assert b"hush" not in errors
    assert not server.calls


@pytest.mark.parametrize("kind", ["supergroup"])
async def test_answers_go_away_by_themselves(server: BotApiServer, tmp_path: Path, kind: str) -> None:
    async with bot_process(server, tmp_path, code=QUICKLY):
        group, olga, mia = await new_group(server, kind)
        await olga.says("/settings", group)
        shown = await group.hears()
        await mia.says(f"/ask {QUESTION}", group)
        stays = await group.hears()
        await olga.presses(shown, "Answers")
        await olga.presses(shown, "gone after 5 minutes")
        await mia.says(f"/ask {QUESTION}", group)
        goes = await group.hears()
        await goes.is_deleted()
        assert not stays.deleted
        await mia.says(f"/ask {QUESTION}", group)
        await mia.presses(await group.hears(), "🗑 Remove")
        await asyncio.sleep(0.7)  # its end comes when it is gone already; the bot has to take that calmly
        await mia.says(f"/ask {QUESTION}", group)
        await group.hears()
