"""Listen mode where Telegram keeps plain questions from the bot: it says so, and how to mend it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest
from telegram import Bot
from telegram.error import TimedOut

from handlers.groups.hearing import Hearing
from tests.bot_api_server import BotApiServer, BotMessage, Group, User
from tests.handlers.conftest import new_group, start

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("shared_bot")]
Server = BotApiServer

LISTEN, MENTION = "plain questions too", "when I am asked"
CANNOT_HEAR = "I can't hear plain questions here yet"
OFTEN = "how often is botox for migraine repeated?"


async def page(group: Group, admin: User) -> BotMessage:
    """The page on which a group says when the bot answers."""
    await admin.says("/settings@test_bot", group)
    shown = await group.hears()
    await admin.presses(shown, "When I answer")
    return shown


async def test_who_wishes_for_what_it_can_not_hear_is_told_at_once_and_on_the_page(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server)
    shown = await page(group, olga)
    assert CANNOT_HEAR not in shown.text
    answer = await olga.presses(shown, LISTEN)
    assert answer.alert
    assert "can't hear plain questions" in answer.text
    assert len(answer.text) <= 200  # Telegram's limit for an alert
    assert CANNOT_HEAR in shown.text
    assert "Make me an admin of this group" in shown.text
    assert "/setprivacy" in shown.text
    assert "add me anew" in shown.text
    await mia.says(OFTEN, group)
    await group.hears_nothing(0.3)
    again = await olga.presses(shown, f"✓ {LISTEN}")
    assert (again.alert, again.text) == (False, "Saved")
    assert CANNOT_HEAR in (await page(group, olga)).text
    await olga.presses(shown, MENTION)
    assert CANNOT_HEAR not in shown.text


async def test_the_same_press_again_says_nothing_new(shared_server: Server) -> None:
    group, olga, _ = await new_group(shared_server)
    shown = await page(group, olga)
    assert (await olga.presses(shown, LISTEN)).alert
    answered = len(shared_server.calls_of("answerCallbackQuery"))
    await shared_server.wait_until_collected()
    shared_server.updates.put_again()
    await shared_server.wait_until_collected()
    await group.hears_nothing(0.3)
    assert len(shared_server.calls_of("answerCallbackQuery")) == answered
    assert CANNOT_HEAR in shown.text


async def test_as_an_admin_it_hears_and_says_nothing_of_it(shared_server: Server) -> None:
    group, olga, mia = await new_group(shared_server)
    shown = await page(group, olga)
    await olga.presses(shown, LISTEN)
    await group.promote(by=olga)
    await shared_server.wait_until_collected()
    assert CANNOT_HEAR not in (await page(group, olga)).text
    await mia.says(OFTEN, group)
    assert "12 weeks" in (await group.hears()).text
    await group.demote(by=olga)
    await shared_server.wait_until_collected()
    assert CANNOT_HEAR in (await page(group, olga)).text


async def test_without_privacy_mode_it_hears(shared_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_server.world, "privacy", False)
    group, olga, mia = await new_group(shared_server)
    shown = await page(group, olga)
    answer = await olga.presses(shown, LISTEN)
    assert not answer.alert
    assert answer.text == "When I answer: plain questions too (was: when I am asked)"
    assert CANNOT_HEAR not in shown.text
    await mia.says(OFTEN, group)
    assert "12 weeks" in (await group.hears()).text


async def test_it_is_said_in_private_too(shared_server: Server) -> None:
    group, olga, _ = await new_group(shared_server)
    shown = await page(group, olga)
    await start(olga)
    await olga.presses(shown, "‹ Back")
    link = next(value for row in shown.buttons for text, value in row if text == "Continue in private")
    await olga.says(f"/start {link.partition('?start=')[2]}")
    private = await olga.hears()
    await olga.presses(private, "When I answer")
    assert (await olga.presses(private, LISTEN)).alert
    assert CANNOT_HEAR in private.text


async def test_telegram_is_not_asked_at_every_turn(shared_server: Server) -> None:
    group, olga, _ = await new_group(shared_server)
    shown = await page(group, olga)
    await olga.presses(shown, LISTEN)
    own = shared_server.world.bot.id

    def asked() -> int:
        return sum(call.params.get("user_id") == own for call in shared_server.calls_of("getChatMember"))

    before = asked()
    for button in ("‹ Back", "When I answer", "‹ Back", "When I answer"):
        await olga.presses(shown, button)
    assert asked() == before


async def test_where_telegram_does_not_answer_nothing_is_claimed(shared_server: Server) -> None:
    group, olga, _ = await new_group(shared_server)
    shown = await page(group, olga)
    await group.promote(by=olga)  # what was known is dropped
    await shared_server.wait_until_collected()
    shared_server.fail_next("getChatMember", 409, "Conflict: something Telegram has thought of since")
    shared_server.fail_next("getMe", 409, "Conflict: something Telegram has thought of since")
    answer = await olga.presses(shown, LISTEN)
    assert not answer.alert
    assert answer.text == "When I answer: plain questions too (was: when I am asked)"
    assert CANNOT_HEAR not in shown.text


class Telegram:
    """Says what the bot is, counts how often it is asked, and fails where it is told to."""

    id = 7

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.is_away = False

    async def get_me(self) -> SimpleNamespace:
        self._answer("getMe")
        return SimpleNamespace(can_read_all_group_messages=False)

    async def get_chat_member(self, chat_id: int, _user_id: int) -> SimpleNamespace:
        self._answer(f"getChatMember {chat_id}")
        return SimpleNamespace()

    def _answer(self, asked: str) -> None:
        self.asked.append(asked)
        if self.is_away:
            raise TimedOut


async def test_what_is_the_same_in_all_groups_is_asked_once() -> None:
    telegram, hearing = Telegram(), Hearing(10)
    for group in (-1, -2, -1):
        assert not await hearing.is_full(cast("Bot", telegram), group)
    assert telegram.asked == ["getMe", "getChatMember -1", "getChatMember -2"]


async def test_an_answer_that_did_not_come_is_asked_for_again() -> None:
    telegram, hearing = Telegram(), Hearing(10)
    telegram.is_away = True
    assert not await hearing.is_full(cast("Bot", telegram), -1)
    assert await hearing.is_full(cast("Bot", telegram), -1, in_doubt=True)
    telegram.is_away = False
    assert not await hearing.is_full(cast("Bot", telegram), -1, in_doubt=True)
