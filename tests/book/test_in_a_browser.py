"""The site in a real Chromium: as wide as a phone and a desk, light and dark, by keyboard, and with axe-core."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from book.site import INDEX, LOST, REVIEW
from book.writing import write_site
from knowledge.model import Entry, Knowledge
from tests.chromium import HEIGHT, IN_A_BROWSER, SCHEMES, WIDTHS, Browser, Page, Scheme, browser, violations

__all__ = ["browser"]

pytestmark = IN_A_BROWSER

LONGEST_LINE = 34.5
"""Letters' widths (em) of a line of text, with half a one for rounding."""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing of it."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (its name in the standard library)
        pass


@pytest.fixture(scope="module")
def folder(full_site: Mapping[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    write_site(full_site, out)
    return out


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """Where a web server of this machine serves the folder."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@contextmanager
def opened(browser: Browser, url: str, width: int = 390, scheme: Scheme = "dark") -> Iterator[Page]:
    """The page as shown; fails if anything was asked of the outside, or could not be had."""
    context = browser.new_context(viewport={"width": width, "height": HEIGHT}, color_scheme=scheme)
    page = context.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("requestfailed", lambda request: wrong.append(request.url))
    page.on("console", lambda message: wrong.append(message.text))
    try:
        page.goto(url)
        yield page
    finally:
        context.close()
    assert not wrong
    outside = [each for each in asked if not each.startswith((url.rpartition("/")[0], "data:"))]
    assert asked
    assert not outside


@pytest.fixture(params=["entry", INDEX, LOST])
def name(request: pytest.FixtureRequest, full_entry: Entry) -> str:
    return f"{full_entry.id}.html" if request.param == "entry" else str(request.param)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing(browser: Browser, address: str, name: str, width: int, scheme: Scheme) -> None:
    with opened(browser, address + name, width, scheme) as page:
        assert violations(page) == []


def test_axe_finds_nothing_on_the_page_of_any_sort_of_entry(
    browser: Browser, address: str, knowledge: Knowledge
) -> None:
    """One entry of each sort; all pages are of one template, and some seconds each are not well spent."""
    sorts = {
        (
            bool(each.picture),
            len(each.disputes),
            bool(each.more),
            bool(each.help),
            each.safety_note,
            bool(each.changed),
        ): each
        for each in knowledge.entries.values()
    }
    for entry in sorts.values():
        with opened(browser, f"{address}{entry.id}.html") as page:
            assert violations(page) == [], entry.id


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_in_the_review_book(browser: Browser, address: str, scheme: Scheme) -> None:
    with opened(browser, address + REVIEW, 1280, scheme) as page:
        page.evaluate("[...document.querySelectorAll('.sheet')].forEach((each, at) => { if (at % 9) each.remove() })")
        page.evaluate("document.querySelector('.contents').remove()")  # it leads to what was removed
        assert violations(page) == []


@pytest.mark.parametrize("width", [320, *WIDTHS])
def test_nothing_sticks_out_and_no_line_is_too_long(browser: Browser, address: str, name: str, width: int) -> None:
    with opened(browser, address + name, width) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        longest = page.evaluate(
            "Math.max(...[...document.querySelectorAll('main p, main li')].map("
            "each => each.getBoundingClientRect().width / parseFloat(getComputedStyle(each).fontSize)))"
        )
        assert 5 < longest <= LONGEST_LINE


def test_the_review_book_stands_side_by_side_where_there_is_room(browser: Browser, address: str) -> None:
    for width, beside in ((390, False), (1280, True)):
        with opened(browser, address + REVIEW, width) as page:
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            said, facts = (page.locator(f".pair > .{part}").first.bounding_box() for part in ("said", "facts"))
            assert said
            assert facts
            assert (facts["y"] < said["y"] + said["height"]) is beside
            page.emulate_media(media="print")
            assert page.locator(".pair").first.evaluate("each => getComputedStyle(each).display") == "grid"
            second = page.locator(".sheet").nth(1)
            assert second.evaluate("each => getComputedStyle(each).breakBefore") == "page"


def brightness(colour: str) -> float:
    """How bright a CSS colour is, from 0 (black) to 1 (white)."""
    red, green, blue = (int(part) / 255 for part in colour.removeprefix("rgb(").rstrip(")").split(","))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_dark_is_dark_and_nothing_is_white(browser: Browser, address: str, name: str) -> None:
    for scheme in SCHEMES:
        with opened(browser, address + name, scheme=scheme) as page:
            ground, text = page.evaluate(
                "[getComputedStyle(document.documentElement).backgroundColor, getComputedStyle(document.body).color]"
            )
            assert brightness(ground) < 0.12 or scheme == "light"
            assert max(brightness(ground), brightness(text)) < 0.95


def test_by_keyboard(browser: Browser, address: str, name: str) -> None:
    with opened(browser, address + name) as page:
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        assert focused.get_attribute("class") == "skip"
        page.wait_for_timeout(50)
        box = focused.bounding_box()
        assert box
        assert box["y"] >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        for _ in range(5):
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.closest('main, footer') !== null")
            assert page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)") >= 2


def test_a_mark_leads_to_its_source_and_back(browser: Browser, address: str, full_entry: Entry) -> None:
    with opened(browser, f"{address}{full_entry.id}.html") as page:
        page.locator("a[role=doc-noteref]").first.click()
        assert page.url.endswith("#source-1")
        page.locator("#source-1 a[role=doc-backlink]").first.click()
        assert page.url.endswith("#cite-1-1")
