"""A real Chromium for tests, and what axe-core finds on a page in it; skipped where one of them is missing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any, Literal

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="no playwright here")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe-playwright-python here")

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright  # noqa: E402  (only where installed)

# Whoever drives it takes playwright's names from here: without playwright such a module is skipped and does not fail.
__all__ = [
    "HEIGHT",
    "IN_A_BROWSER",
    "SCHEMES",
    "WIDTHS",
    "Browser",
    "Locator",
    "Page",
    "Scheme",
    "browser",
    "expect",
    "violations",
]

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))), None
)

IN_A_BROWSER = [
    pytest.mark.services,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here (on Debian: apt install chromium)"),
]
"""The marks of a module whose tests need one."""

Scheme = Literal["light", "dark"]
HEIGHT = 844
WIDTHS = (390, 1280)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")

_AXE_OPTIONS: dict[str, Any] = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as running:
        rights = ["--no-sandbox"] if os.geteuid() == 0 else []
        chromium = running.chromium.launch(executable_path=CHROMIUM, args=rights)
        yield chromium
        chromium.close()


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong, the size of targets included."""
    found = axe.Axe().run(page, options=_AXE_OPTIONS).response["violations"]
    return [f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:200]}" for each in found]
