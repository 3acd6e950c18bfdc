"""Replies as people see them, compared with files in tests/snapshots/ that somebody has looked at.

`UPDATE_SNAPSHOTS=1` writes the files anew; the tests are skipped then, and `git diff` shows what became of each reply.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from telegram import InlineKeyboardMarkup

from handlers.groups.answers import GroupVoice
from handlers.keyboards import Action
from handlers.rendering import Below, Rendered, render, to_html
from handlers.texts import load_texts
from knowledge.loading.load import load
from knowledge.model import CheckInTexts, Country, Flag, Knowledge, Line, Replies
from knowledge.rendering.answer import caption, reply_text
from knowledge.rendering.urgent import urgent_text
from knowledge.reply import Answer, Reply, Suggestions, Unknown
from runtime.storage import ChatSettings
from tests.knowledge.small import write

SNAPSHOTS = Path(__file__).parent.parent / "snapshots"
UPDATE = os.environ.get("UPDATE_SNAPSHOTS") == "1"
TEXTS = load_texts()
OWN_LINE = "Our rules: <pinned>"

SMALL = (
    "answer",
    "answer-unsure",
    "closest",
    "answer-mentions-a-sign",
    "answer-from-topics",
    "answers",
    "suggestions",
    "unknown",
    "out-of-scope",
)
REAL = {"who-should-inject": "dispute and detail", "where-injected": "picture", "cost": "regions"}
"""Entries of the FAQ, with what their shape is worth looking at for. Correcting one means to look at it anew."""

URGENT = [f"{tier}-{where}" for tier in ("EMERGENCY", "CRISIS", "PROMPT") for where in ("anywhere", "country")]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    return load(write(tmp_path_factory.mktemp("small")), cache=None).knowledge


@pytest.mark.parametrize("name", SMALL)
def test_replies(name: str, small: Knowledge) -> None:
    how_often, cost = small.entries["how-often"], small.entries["cost"]
    replies: dict[str, Reply] = {
        "answer": Answer((how_often,), 0.9),
        "answer-unsure": Answer((cost,), 0.5, (how_often,)),
        "closest": Answer((cost,), 0.3, (how_often,), guess=True),
        "answer-mentions-a-sign": Answer((how_often,), 0.9, mentions_sign=True),
        "answer-from-topics": Answer.chosen(cost),
        "answers": Answer((how_often, cost), 0.9),
        "suggestions": Suggestions((how_often, cost), 0.3),
        "unknown": Unknown(),
        "out-of-scope": Unknown(("That is <not> mine.",), (cost, how_often)),
    }
    back = Action.TOPIC if name == "answer-from-topics" else None
    compare_in_three_forms(name, replies[name], small, back)


@pytest.mark.parametrize("name", REAL)
def test_entries_of_the_faq(name: str, knowledge: Knowledge) -> None:
    compare_in_three_forms(f"faq-{name}", Answer.chosen(knowledge.entries[name]), knowledge)


def test_a_caption(knowledge: Knowledge) -> None:
    picture = knowledge.entries["where-injected"].picture
    assert picture is not None
    compare("faq-where-injected-caption.html", to_html(caption(picture, knowledge.wordings)))


@pytest.mark.parametrize("name", URGENT)
def test_urgent_replies(name: str) -> None:
    tier, _, where = name.partition("-")
    text = urgent_text(FLAGS[tier], REPLIES, SOMEWHERE if where == "country" else None)
    compare(f"urgent-{name}.html", to_html(text))
    compare(f"urgent-{name}.txt", text.plain(links=True))


def test_no_snapshot_is_left_over() -> None:
    left_over = {path for path in SNAPSHOTS.iterdir() if path.name not in set(_names())}
    if UPDATE:
        for path in left_over:
            path.unlink()
    else:
        assert left_over == set()


def compare_in_three_forms(name: str, reply: Reply, knowledge: Knowledge, back: Action | None = None) -> None:
    compare(f"{name}.html", with_buttons(render(reply, knowledge, TEXTS, Below("test_bot", votes=True, back=back))))
    compare(f"{name}.txt", reply_text(reply, knowledge).plain(links=True))
    voice = GroupVoice(knowledge, TEXTS, ChatSettings(disclaimer=OWN_LINE), "test_bot")
    allowed = voice.allow(reply)
    assert allowed is not None
    compare(f"{name}.group.html", with_buttons(voice.render(allowed)))


def compare(name: str, seen: str) -> None:
    path = SNAPSHOTS / name
    if UPDATE:
        SNAPSHOTS.mkdir(exist_ok=True)
        path.write_text(seen + "\n", encoding="utf-8")
        return
    assert path.exists(), f"no snapshot {name}: see the head of {Path(__file__).name}"
    assert seen + "\n" == path.read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def say_so_where_snapshots_are_written() -> Iterator[None]:
    yield
    if UPDATE:
        pytest.skip("snapshots are written anew: look at them with git diff")


def with_buttons(shown: Rendered) -> str:
    """The HTML, and below it each row of buttons with what they do."""
    markup = shown.markup or InlineKeyboardMarkup([])
    rows = [
        " ".join(f"[{each.text} → {each.callback_data or each.url}]" for each in row) for row in markup.inline_keyboard
    ]
    return "\n".join([shown.html, "", *rows]) if rows else shown.html


def _names() -> Iterator[str]:
    for name in (*SMALL, *(f"faq-{entry}" for entry in REAL)):
        yield from (f"{name}.html", f"{name}.txt", f"{name}.group.html")
    for name in URGENT:
        yield from (f"urgent-{name}.html", f"urgent-{name}.txt")
    yield "faq-where-injected-caption.html"


# Red flags as an editor never changes them: what is looked at here is the order and the marks, not the wording.


def _line(name: str, contact: str) -> Line:
    return Line(name, contact, f"https://example.org/{contact.replace(' ', '-')}", read=True)


def _flag(tier: str, action: str, *, crisis_line: bool = False, poison: bool = False) -> Flag:
    steps = ("Do this first.", "Then do <that>.")
    return Flag(f"a-{tier.lower()}", tier, "", action, steps, (), (), crisis_line, poison)  # type: ignore[arg-type]


FLAGS = {
    "EMERGENCY": _flag("EMERGENCY", "Call {emergency} now, or {poison}.", crisis_line=True, poison=True),
    "CRISIS": _flag("CRISIS", "Call or text {crisis} now.", crisis_line=True),
    "PROMPT": _flag("PROMPT", "Talk to {advice} today."),
}
REPLIES = Replies(
    emergency="112 or 911",
    emergency_numbers="your local emergency number (112 or 911)",
    urgent_advice="an urgent-care line",
    poison="a poison centre",
    crisis="a crisis line",
    watching={tier: f"Nobody is watching this chat ({tier})." for tier in FLAGS},  # type: ignore[misc]
    worse="If it gets worse, call {emergency}.",
    in_danger="If you are in danger now, call {emergency}.",
    crisis_too="If you want to talk to somebody, {crisis} is there, too.",
    numbers="Numbers in {country}:",
    doubts=("It need not help.", "One word will do."),
    check_in=CheckInTexts(
        understood="It sounds as if {understood}.",
        ask="Is it now?",
        act={tier: f"If so, call {{emergency}} ({tier})." for tier in FLAGS},  # type: ignore[misc]
        watching="Nobody is watching.",
    ),
    way_out="Not safe? Call {emergency}.",
    directories=(_line("Find a Helpline", "findahelpline.com"),),
)
SOMEWHERE = Country(
    "SW",
    "Somewhere",
    _line("Emergency", "000"),
    _line("Health Line", "111"),
    _line("Poison Line", "13 11 26"),
    (_line("Listeners", "116 123"), _line("Night Line", "0800 1")),
)
