"""/stats, thumbs, and the editor's report."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bot_api_server import BotApiServer
from tests.bot_api_server.media import image_size
from tests.handlers.conftest import ROOT, bot_process, labels, new_group


def report(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    own = ("TELEGRAM", "WEBHOOK", "DATABASE")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    return subprocess.run(
        [sys.executable, str(ROOT / "bot.py"), "report", *options],
        cwd=folder,
        env=clean,
        capture_output=True,
        check=False,
        text=True,
    )


async def test_counts_votes_and_the_report(server: BotApiServer, tmp_path: Path) -> None:
    async with bot_process(server, tmp_path):
        group, olga, mia = await new_group(server)
        await olga.says("/stats", group)
        assert "Nothing was asked here" in (await group.hears()).text
        for text in ("how often is it repeated", "what does botox cost", "qwertz uiop asdf"):
            await mia.says(f"/ask {text}", group)
            answer = await group.hears()
        await olga.says("/ask how often is it repeated", group)
        answer = await group.hears()
        await olga.says("/stats", group)
        shown = await group.hears()
        assert shown.photo is not None
        assert image_size(shown.photo.content) == (800, 360)
        rows = {line[:20].strip(): line[20:].split() for line in shown.text.splitlines()[2:]}
        assert rows["Answered"] == ["3", "3"]
        assert rows["Schedule"] == ["2", "2"]
        assert rows["Cost and access"] == ["1", "1"]
        assert rows["Not understood"] == ["1", "1"]

        assert "Thank you" in (await mia.presses(answer, "👎 Not helpful")).text
        assert "already" in (await mia.presses(answer, "👎 Not helpful")).text
        assert "Thank you" in (await olga.presses(answer, "👍 Helpful")).text
        assert "Thank you" in (await olga.presses(answer, "👎 Not helpful")).text
        await mia.says("what does botox cost")
        private = await mia.hears()
        assert labels(private)[-3:-1] == ["👍 Helpful", "👎 Not helpful"]
        await mia.presses(private, "👍 Helpful")
        assert "out of date" in (await mia.presses(private, "vote:does-it-hurt:down", stale=True)).text
        assert "out of date" in (await mia.presses(private, "vote:cost:7", stale=True)).text

        await olga.says("/settings", group)
        settings = await group.hears()
        await olga.presses(settings, "Statistics")
        await olga.presses(settings, "switched off")
        await mia.says("/ask what does botox cost", group)
        await group.hears()
        await olga.presses(settings, "See them")
        shown = await group.hears()
        assert "switched off" in shown.text
        assert {line[:20].strip(): line[20:].split() for line in shown.text.splitlines()[2:-1]} == rows

    told = json.loads(report(tmp_path, "--json").stdout)
    assert [{name: each[name] for name in ("entry", "helpful", "unhelpful", "shown")} for each in told["entries"]] == [
        {"entry": "how-often", "helpful": 0, "unhelpful": 2, "shown": 2},
        {"entry": "cost", "helpful": 1, "unhelpful": 0, "shown": 2},
    ]
    assert told["messages"] == {"answered": 4, "suggested": 0, "unknown": 1, "urgent": 0}
    text = report(tmp_path).stdout
    assert text.index("how-often") < text.index("cost")
    assert "Not understood: 1 of 5 messages" in text
    for secret in (str(mia.id), str(olga.id), "weather", "Olga"):
        assert secret.encode() not in _everything_in(tmp_path / "data")


def _everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_report_of_nothing(tmp_path: Path, options: tuple[str, ...]) -> None:
    done = report(tmp_path, *options)
    assert done.returncode == 0
    assert "Nobody has voted" in done.stdout or json.loads(done.stdout)["entries"] == []


def test_a_report_that_can_not_be_made(tmp_path: Path) -> None:
    assert report(tmp_path, "--days", "0").returncode == 2
    assert report(tmp_path, "--days", "many").returncode == 2
    done = subprocess.run(
        [sys.executable, str(ROOT / "bot.py"), "report"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/bin", "DATABASE_URL": "sqlite:////proc/no/such.db"},
    )
    assert done.returncode == 2
    assert "DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr
