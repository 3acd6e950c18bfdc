"""Files that go both ways, and pinning, as Telegram has them."""

from __future__ import annotations

import pytest
from telegram import Bot
from telegram.error import BadRequest

from tests.bot_api_server import BotApiServer
from tests.bot_api_server.test_server import bot, call, server, updates

__all__ = ["bot", "server"]  # fixtures

pytestmark = pytest.mark.asyncio


async def test_a_document_comes_with_its_name_and_content(server: BotApiServer, bot: Bot) -> None:
    ann = server.user("Ann")
    await ann.says("hello")
    sent = await bot.send_document(ann.id, b'{"a": 1}', filename="list.json", caption="<b>Here</b>", parse_mode="HTML")
    assert sent.document
    assert (sent.document.file_name, sent.document.mime_type) == ("list.json", "application/json")
    heard = await ann.hears()
    assert (heard.text, heard.document) == ("Here", ("list.json", b'{"a": 1}'))
    with pytest.raises(BadRequest, match="File must be non-empty"):
        await bot.send_document(ann.id, b"", filename="list.json")
    status, _ = await call(server, "sendDocument", chat_id=ann.id)
    assert status == 400


async def test_a_document_of_a_person_can_be_fetched(server: BotApiServer, bot: Bot) -> None:
    ann = server.user("Ann")
    await ann.sends_document(file=b"mine")
    await ann.sends_document(file=b"mine too", caption="with @test_bot")
    one, other = (update.effective_message for update in await updates(bot))
    assert one
    assert one.document
    file = await one.document.get_file()
    assert bytes(await file.download_as_bytearray()) == b"mine"
    assert one.document.file_size == 4
    assert other
    assert (other.caption, other.caption_entities[0].type) == ("with @test_bot", "mention")


async def test_pinning_takes_the_right_to(server: BotApiServer, bot: Bot) -> None:
    ann, group = server.user("Ann"), server.group("Friends")
    await group.add_bot(by=ann)
    sent = await bot.send_message(group.id, "rules")
    with pytest.raises(BadRequest, match="Not enough rights to manage pinned messages in the chat"):
        await sent.pin()
    group.let_pin(members=True)
    assert await sent.pin()
    assert group.pinned == ["rules"]
    group.let_pin(bot=False)
    await group.promote()
    with pytest.raises(BadRequest, match="Not enough rights"):
        await sent.pin()
    group.let_pin(bot=True)
    assert await sent.pin(disable_notification=True)
    await sent.delete()
    assert group.pinned == []
    with pytest.raises(BadRequest, match="Message to pin not found"):
        await sent.pin()
