"""What the terminal chat shows of a message: its styles, what is folded, and the buttons that are of use there."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from cli.bot_api.text import parse_html
from cli.bot_api.world import BOT, World
from cli.chat.screen import Screen

HTML = (
    '🚨 <b>Now <i>then</i></b> see <a href="https://example.org/a">a page</a>\n'
    "<blockquote expandable>😀 first\nsecond\n<u>third</u></blockquote>\nlast <code>x</code>"
)
KEYS = {
    "inline_keyboard": [
        [{"text": "Go", "callback_data": "go"}, {"text": "Copy 999", "copy_text": {"text": "999"}}],
        [{"text": "Share this answer", "url": "https://t.me/share/url?url=https%3A%2F%2Ft.me%2Fthis_bot%3Fstart%3Da"}],
        [{"text": "Open as a page", "url": "https://example.org/b"}],
    ]
}


def drawn(is_terminal: bool) -> tuple[str, Screen, io.StringIO]:
    """What is shown of a message with these."""
    world = World(lambda _message, _change: None, lambda _said: None)
    out = io.StringIO()
    console = Console(file=out, force_terminal=is_terminal, color_system="standard", width=80, highlight=False)
    screen = Screen(console)
    screen.message(world.new(world.private, BOT, parse_html(HTML), markup=KEYS), edited=False)
    return out.getvalue(), screen, out


def test_into_a_pipe_go_plain_words_and_all_of_them() -> None:
    shown, _, _ = drawn(is_terminal=False)
    assert shown == (
        "\n🚨 Now then see a page\n\n😀 first\nsecond\nthird\n\nlast x\n[1] Go\n[2] Open as a page"
        " <https://example.org/b>\n"
    )


def test_on_a_screen_styles_are_seen_and_a_long_quotation_is_folded() -> None:
    shown, screen, out = drawn(is_terminal=True)
    assert "\x1b[1mNow \x1b[0m\x1b[1;3mthen\x1b[0m" in shown
    assert "https://example.org/a\x1b\\\x1b[4ma page" in shown
    assert "▸ 😀 first" in shown
    assert "second" not in shown
    assert "\x1b[36mx" in shown
    assert screen.unfold()
    rest = out.getvalue().removeprefix(shown)
    assert "second" in rest
    assert "\x1b[4mthird" in rest
    assert not screen.unfold()


@pytest.mark.parametrize("is_terminal", [True, False])
def test_an_answer_can_not_be_shared_from_a_terminal(is_terminal: bool) -> None:
    shown, _, _ = drawn(is_terminal)
    assert "Open as a page" in shown
    assert "Share" not in shown
    assert "t.me/share" not in shown
