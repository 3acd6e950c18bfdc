"""The page of `bot.py try` in a real Chromium: what one can do on it, by mouse and by keyboard, and with axe-core."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.chromium import IN_A_BROWSER, SCHEMES, WIDTHS, Browser, Locator, Page, Scheme, browser, expect, violations
from tests.cli.conftest import ROOT, bare_environment

__all__ = ["browser"]

pytestmark = IN_A_BROWSER

GROUP = "Migraine friends"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the page is served, for all tests here: each has a conversation of its own."""
    command = [sys.executable, "bot.py", "try", "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, cwd=ROOT, env=bare_environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found
        yield found[0]
        process.terminate()


@contextmanager
def opened(browser: Browser, url: str, width: int = 1280, scheme: Scheme = "dark") -> Iterator[Page]:
    """The page as shown; fails if anything was asked of the outside, or went wrong."""
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.set_default_timeout(15_000)
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    try:
        page.goto(url)
        expect(latest(page)).to_contain_text("Hello!")
        yield page
    finally:
        context.close()
    assert not wrong
    assert not [each for each in asked if not each.startswith(url)]


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    with opened(browser, address) as shown:
        yield shown


def latest(page: Page) -> Locator:
    return page.locator("#log > .theirs").last


def ask(page: Page, text: str) -> None:
    page.locator("#text").fill(text)
    with page.expect_response("**/send"):
        page.locator("#send").click()


def press(page: Page, label: str) -> None:
    with page.expect_response("**/press"):
        page.locator(".keys").get_by_role("button", name=label).last.click()


def be(page: Page, role: str) -> None:
    choice = page.get_by_label(role, exact=True)
    if not choice.is_checked():
        with page.expect_response("**/role"):
            choice.check()


# What one does


def test_a_question_is_answered_and_a_button_leads_on(page: Page) -> None:
    ask(page, "how often is it given")
    expect(latest(page)).to_contain_text("Every 12 weeks")
    before = page.locator("#log > article").count()
    related = latest(page).locator(".keys button").first
    label = related.inner_text()
    assert label
    with page.expect_response("**/press"):
        related.click()
    expect(page.locator("#log > article")).not_to_have_count(before)


def test_a_message_is_edited_and_the_answer_follows(page: Page) -> None:
    ask(page, "how often is it given")
    expect(latest(page)).to_contain_text("Every 12 weeks")
    count = page.locator("#log > article").count()
    page.locator("#text").press("ArrowUp")
    expect(page.locator("#text")).to_have_value("how often is it given")
    page.locator("#text").fill("does it hurt")
    page.locator("#text").press("Enter")
    expect(latest(page)).to_contain_text("hurt")
    expect(latest(page).locator(".edited")).to_have_text("edited")
    expect(page.locator("#log > article")).to_have_count(count)


def test_what_is_folded_unfolds(page: Page) -> None:
    ask(page, "how often is it given")
    fold = latest(page).locator(".fold").first
    expect(fold).to_have_attribute("aria-expanded", "false")
    fold.click()
    expect(fold).to_have_attribute("aria-expanded", "true")
    rest = page.locator(f"#{fold.get_attribute('aria-controls')}")
    expect(rest).to_be_visible()


def test_topics_turn_their_pages_in_place(page: Page) -> None:
    ask(page, "/topics")
    expect(latest(page)).to_contain_text("What would you like to know about?")
    count = page.locator("#log > article").count()
    press(page, "Side effects")
    expect(latest(page).locator(".edited")).to_be_visible()
    press(page, "Back")
    expect(latest(page)).to_contain_text("What would you like to know about?")
    expect(page.locator("#log > article")).to_have_count(count)


def test_a_picture_is_shown(page: Page) -> None:
    ask(page, "where are the injections given")
    press(page, "See the picture")
    picture = page.locator("#log img").last
    expect(picture).to_be_visible()
    assert picture.evaluate("each => each.decode().then(() => each.naturalWidth)") > 300
    assert picture.get_attribute("alt")


def test_a_vote_gets_a_notice(page: Page) -> None:
    ask(page, "how often is it given")
    press(page, "👍")
    expect(page.locator("#status")).not_to_be_empty()


@pytest.mark.parametrize("role", ["a member", "an admin", "an anonymous admin"])
def test_the_group_as_each_role(page: Page, role: str) -> None:
    be(page, role)
    page.get_by_role("button", name=GROUP).click()
    bens = page.locator("#log > article", has_text="does it hurt a lot?").first
    bens.get_by_role("button", name="Reply").click()
    ask(page, "/ask")
    expect(latest(page)).to_contain_text("hurt")
    ask(page, "/settings")
    if role == "a member":
        expect(latest(page)).to_contain_text("admins")
        expect(latest(page).locator(".keys")).to_have_count(0)
    else:
        expect(latest(page)).to_contain_text("Settings of this group")
        press(page, "Statistics")
        expect(latest(page).locator(".edited")).to_be_visible()
        own = "Migraine friends (sample)" if "anonymous" in role else "You"
        assert page.locator("#log > .mine .who").last.text_content() == own


def test_an_admins_panel_is_refused_to_a_member(page: Page) -> None:
    be(page, "an admin")
    page.get_by_role("button", name=GROUP).click()
    ask(page, "/settings")
    expect(latest(page)).to_contain_text("Settings of this group")
    be(page, "a member")
    press(page, "Statistics")
    expect(page.get_by_role("dialog")).to_contain_text("admins")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_link_to_the_bot_is_followed_on_the_page(page: Page) -> None:
    page.get_by_role("button", name=GROUP).click()
    ask(page, "/ask@this_bot how often is it given")
    expect(latest(page)).to_contain_text("12 weeks")
    latest(page).get_by_role("link", name="Whole answer").click()
    expect(page.locator("#title")).to_have_text("Botox for migraine")
    expect(latest(page)).to_contain_text("Every 12 weeks")
    assert len(page.context.pages) == 1


def test_a_reply_leads_to_what_it_answers(page: Page) -> None:
    page.get_by_role("button", name=GROUP).click()
    page.locator("#log > article", has_text="does it hurt a lot?").first.get_by_role("button", name="Reply").click()
    ask(page, "/ask")
    expect(latest(page)).to_contain_text("hurt")
    latest(page).locator(".replied").click()
    assert "does it hurt a lot?" in page.evaluate("document.activeElement.textContent")


def test_urgent_and_numbers_are_copied(page: Page) -> None:
    ask(page, "i can't swallow since the injections")
    expect(latest(page)).to_contain_text("999")
    press(page, "United Kingdom")
    page.locator(".keys").get_by_role("button", name="999").last.click()
    expect(page.locator("#status")).to_have_text("Copied: 999")
    assert page.evaluate("navigator.clipboard.readText()") == "999"


def test_a_check_in_and_both_ways_out_of_it(page: Page) -> None:
    ask(page, "kms")
    expect(latest(page)).to_contain_text("Is this happening to you now?")
    expect(latest(page)).to_contain_text("988")
    press(page, "Yes, it's happening now")
    expect(latest(page)).to_contain_text("988")
    expect(latest(page).locator(".edited")).to_be_visible()


def test_the_menu_holds_the_commands_of_the_role(page: Page) -> None:
    page.locator("#commands").click()
    expect(page.locator("#menu .choice", has_text="/topics")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name=GROUP).click()
    page.locator("#commands").click()
    expect(page.locator("#menu .choice", has_text="/settings")).to_have_count(0)
    page.keyboard.press("Escape")
    be(page, "an admin")
    page.locator("#commands").click()
    page.locator("#menu .choice", has_text="/settings").click()
    expect(latest(page)).to_contain_text("Settings of this group")


def test_a_value_is_typed_where_the_bot_asks_for_one(page: Page) -> None:
    be(page, "an admin")
    page.get_by_role("button", name=GROUP).click()
    ask(page, "/settings")
    page.get_by_role("link", name="Continue in private").click()
    expect(page.locator("#title")).to_have_text("Botox for migraine")
    expect(latest(page)).to_contain_text("Migraine friends")
    press(page, "Our own line")
    expect(latest(page)).to_contain_text("A line of your own")
    page.locator(".keys").last.get_by_role("button").first.click()
    expect(page.locator("#context")).to_be_visible()
    ask(page, "Ask the nurse line first.")
    expect(latest(page)).to_contain_text("Ask the nurse line first.")


def test_inline(page: Page) -> None:
    page.locator("#text").fill("@this_bot how often")
    expect(page.locator("#menu")).to_be_visible()
    if page.locator("#menu .choice").count() == 0:
        expect(page.locator("#menu")).to_contain_text("offers nothing")
        pytest.skip("the bot answers no inline queries yet")
    page.get_by_role("button", name=GROUP).click()
    page.locator("#text").fill("@this_bot how often")
    page.locator("#menu .choice", has=page.locator("span")).first.click()
    expect(page.locator("#log > .mine").last).to_contain_text("via the bot")


def test_a_browser_that_keeps_no_cookies_is_told_so(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.route("**/begin", lambda route: route.fulfill(json={}))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    expect(page.locator("#status")).to_contain_text("cookie")
    assert len([each for each in asked if each.endswith("/begin")]) == 1
    context.close()


def test_markup_that_somebody_types_is_text(page: Page) -> None:
    ask(page, "<img src=x onerror=alert(1)> <b>how often</b>")
    expect(page.locator("#log > .mine").last).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("#log img, #log .mine b").count() == 0


def test_a_reload_shows_the_same_conversation_and_begin_anew_another(page: Page) -> None:
    ask(page, "how often is it given")
    expect(latest(page)).to_contain_text("Every 12 weeks")
    page.reload()
    expect(latest(page)).to_contain_text("Every 12 weeks")
    page.get_by_role("button", name="Begin anew").click()
    expect(latest(page)).to_contain_text("Hello!")


# For whom


def prepare(page: Page, width: int) -> None:
    """Have something of every sort on the page."""
    ask(page, "how often is it given")
    ask(page, "where are the injections given")
    press(page, "See the picture")
    expect(page.locator("#log img").last).to_be_visible()
    if width < 760:
        page.locator("#options summary").click()
    be(page, "an admin")
    page.locator("#commands").click()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_and_nothing_sticks_out(browser: Browser, address: str, width: int, scheme: Scheme) -> None:
    with opened(browser, address, width, scheme) as page:
        prepare(page, width)
        assert violations(page) == []
        page.keyboard.press("Escape")
        if width < 760:
            page.locator("#options summary").click()
        page.get_by_role("button", name=GROUP).click()
        ask(page, "/settings")
        expect(latest(page)).to_contain_text("Settings of this group")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.documentElement.scrollHeight") <= 844


@pytest.mark.parametrize("scheme", SCHEMES)
def test_nothing_is_white_and_the_switch_turns_it_round(browser: Browser, address: str, scheme: Scheme) -> None:
    brightest = (
        "Math.max(...[...document.querySelectorAll('*')].flatMap(each => ['backgroundColor', 'color'].map(name =>"
        " getComputedStyle(each)[name])).filter(each => !each.endsWith(', 0)')).map(each =>"
        " Math.min(...each.match(/\\d+/g).slice(0, 3).map(Number))))"
    )
    with opened(browser, address, scheme=scheme) as page:
        before = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert page.evaluate(brightest) < 250
        page.get_by_role("button", name="Dark").click()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
        assert page.evaluate(brightest) < 250
        page.reload()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_by_keyboard_alone(page: Page) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "text"
    page.keyboard.type("how often is it given")
    page.keyboard.press("Enter")
    expect(latest(page)).to_contain_text("Every 12 weeks")
    page.keyboard.type("/top")
    expect(page.locator("#menu .choice")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(latest(page)).to_contain_text("What would you like to know about?")
    assert page.evaluate("document.activeElement.id") == "text"
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.textContent") == "Schedule":
            break
    assert page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)") >= 2
    page.keyboard.press("Enter")
    expect(latest(page).locator(".edited")).to_be_visible()
    assert page.evaluate("document.activeElement.closest('#log') !== null"), "the focus stays in what was pressed"
    page.locator("#text").focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#context")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#context")).to_be_hidden()
    expect(page.locator("#text")).to_have_value("")


def test_what_comes_is_read_out_politely(page: Page) -> None:
    log = page.locator("#log")
    expect(log).to_have_attribute("role", "log")
    expect(log).to_have_attribute("aria-live", "polite")
    assert page.evaluate("document.getAnimations().length") == 0
