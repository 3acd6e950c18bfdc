"""Take the README's pictures of the bot: docs/pictures/*.png, from the page of `bot.py try` in a Chromium.

    python -m tools.take_screenshots [--all FOLDER]

`--all` takes every scene on a phone and a desk, light and dark, into a folder, to be looked at.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"
PHONE, DESK = (390, 844), (1280, 800)
MOST_BYTES = 150_000
_COLOURS = 128
_GROUP = "Migraine friends"


def ask(page: Page, text: str) -> None:
    """Send a message, and wait until the bot has answered or turned out to be silent."""
    page.locator("#text").fill(text)
    with page.expect_response("**/send"):
        page.keyboard.press("Enter")
    page.wait_for_timeout(400)


def press(page: Page, label: str) -> None:
    """Press the latest button with this text."""
    with page.expect_response("**/press"):
        page.locator(".keys button", has_text=label).last.click()
    page.wait_for_timeout(400)


def show_answer(page: Page) -> None:
    ask(page, "how offen do i need the injektions")


def show_group(page: Page) -> None:
    page.locator("#chats button", has_text=_GROUP).click()
    page.locator("#log article", has_text="does it hurt a lot?").get_by_role("button", name="Reply").click()
    ask(page, "/ask")


def show_urgent(page: Page) -> None:
    ask(page, "i can't swallow since the injections")
    press(page, "United Kingdom")


def show_settings(page: Page) -> None:
    if not page.locator("#roles").is_visible():
        page.locator("#options summary").click()
    page.locator("input[value=admin]").check()
    page.wait_for_timeout(300)
    if page.viewport_size and page.viewport_size["width"] < 760:
        page.locator("#options summary").click()
    page.locator("#chats button", has_text=_GROUP).click()
    ask(page, "/settings")


def show_picture(page: Page) -> None:
    ask(page, "where are the injections given")
    press(page, "Picture")
    page.wait_for_timeout(500)


@dataclass(frozen=True)
class Shot:
    """One picture: what is done before, and on what."""

    name: str
    act: Callable[[Page], None]
    size: tuple[int, int]
    dark: bool


SHOTS = (
    Shot("phone-answer", show_answer, PHONE, True),
    Shot("phone-group", show_group, PHONE, False),
    Shot("desk", show_answer, DESK, False),
    Shot("phone-urgent", show_urgent, PHONE, True),
    Shot("phone-settings", show_settings, PHONE, False),
)
SCENES = {
    "answer": show_answer,
    "group": show_group,
    "urgent": show_urgent,
    "settings": show_settings,
    "picture": show_picture,
}


@contextmanager
def served() -> Iterator[str]:
    """The address of a page that runs meanwhile."""
    command = [sys.executable, "bot.py", "try", "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        line = process.stdout.readline() if process.stdout else ""
        found = re.search(r"http://\S+", line)
        if found is None:
            raise SystemExit("the page did not start")
        try:
            yield found[0]
        finally:
            process.terminate()


def take(shots: tuple[Shot, ...], folder: Path, scale: int) -> Iterator[tuple[Path, bytes]]:
    """Each picture with where it belongs."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    rights = ["--no-sandbox"] if os.geteuid() == 0 else []
    with served() as address, sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium, args=rights)
        for shot in shots:
            context = browser.new_context(
                viewport={"width": shot.size[0], "height": shot.size[1]},
                color_scheme="dark" if shot.dark else "light",
                device_scale_factor=scale,
                reduced_motion="reduce",
            )
            page = context.new_page()
            page.goto(address)
            page.locator("#log article").nth(1).wait_for()
            shot.act(page)
            page.mouse.move(0, 0)
            yield folder / f"{shot.name}.png", page.screenshot()
            context.close()
        browser.close()


def optimised(png: bytes) -> bytes:
    """The picture with few colours, which is all it has."""
    with Image.open(io.BytesIO(png)) as picture:
        few = picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    out = io.BytesIO()
    few.save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--all", type=Path, metavar="FOLDER")
    everything: Path | None = parser.parse_args().all
    if everything is not None:
        everything.mkdir(parents=True, exist_ok=True)
        shots = tuple(
            Shot(f"{name}-{size[0]}-{'dark' if dark else 'light'}", act, size, dark)
            for name, act in SCENES.items()
            for size in (PHONE, DESK)
            for dark in (False, True)
        )
        for path, png in take(shots, everything, 1):
            path.write_bytes(png)
        return
    for path, png in take(SHOTS, PICTURES, 2):
        small = optimised(png)
        if len(small) > MOST_BYTES:
            raise SystemExit(f"{path.name} has {len(small)} bytes, {MOST_BYTES} at most")
        path.write_bytes(small)
        print(f"taken: {path.relative_to(ROOT)}, {len(small) // 1024} kB")


if __name__ == "__main__":
    main()
