"""docs/botfather.md: what there is to paste is what the bot says, and what Telegram takes."""

from __future__ import annotations

import re
from pathlib import Path

from PIL import Image

from handlers.texts import load_texts
from tests.bot_api_server.profile import LONGEST, LONGEST_COMMAND_DESCRIPTION
from tools.draw_profile_picture import PICTURE, draw

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "botfather.md").read_text(encoding="utf-8")
TEXTS = load_texts()
LONGEST_PLACEHOLDER = 64


def to_paste(command: str) -> str:
    """What stands in the first box after a command of BotFather's."""
    found = re.search(rf"`/{command}`.*?^ *```\n(.*?)^ *```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"there is nothing to paste for /{command}"
    return found[1].strip()


def test_the_descriptions_are_those_that_the_bot_sets() -> None:
    assert to_paste("setdescription") == TEXTS.description.strip()
    assert to_paste("setabouttext") == TEXTS.short_description.strip()


def test_the_commands_are_those_of_private_chats() -> None:
    assert to_paste("setcommands") == "\n".join(f"{name} - {what}" for name, what in TEXTS.commands_private.items())


def test_telegram_takes_every_text() -> None:
    name = re.search(r"\| name \| `(.+?)` \|", PAGE)
    assert name
    assert len(name[1]) <= LONGEST["name"]
    username = re.search(r"\| username \| .*`(\w+)` \|", PAGE)
    assert username
    assert re.fullmatch(r"[a-zA-Z]\w{3,30}[bB][oO][tT]", username[1])
    assert len(username[1]) <= 32
    assert len(to_paste("setinline")) <= LONGEST_PLACEHOLDER
    assert len(TEXTS.description) <= LONGEST["description"]
    assert len(TEXTS.short_description) <= LONGEST["short_description"]
    assert all(len(what) <= LONGEST_COMMAND_DESCRIPTION for what in TEXTS.commands_private.values())


def test_every_step_is_there() -> None:
    steps = ("newbot", "setname", "setprivacy", "setjoingroups", "setinline", "setinlinefeedback", "setuserpic")
    for step in steps:
        assert f"`/{step}`" in PAGE


def test_the_profile_picture_is_as_it_is_drawn_square_dark_and_whole_in_a_circle() -> None:
    assert PICTURE.read_bytes() == draw(), "run `python -m tools.draw_profile_picture`"
    with Image.open(PICTURE) as picture:
        image = picture.convert("RGB")
    assert image.size == (640, 640)
    ground = image.getpixel((0, 0))
    assert isinstance(ground, tuple)
    assert max(ground) < 64
    drawn = [
        (x, y)
        for x in range(0, 640, 4)
        for y in range(0, 640, 4)
        if max(image.getpixel((x, y))) > 128  # type: ignore[arg-type]
    ]
    assert drawn
    assert max((x - 320) ** 2 + (y - 320) ** 2 for x, y in drawn) < 300**2, "the circle would cut it"
