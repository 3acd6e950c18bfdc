"""Messages that one member alone sees, as Bot API 10.3 has them; and a server that does not know them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bot_api_server import BotApiServer, Group, User
from tests.bot_api_server.test_server import call, server

__all__ = ["server"]  # a fixture

pytestmark = pytest.mark.asyncio


async def group_of(server: BotApiServer, *, admin: bool) -> tuple[Group, User]:
    group, ann = server.group("Friends"), server.user("Ann")
    group.add(ann)
    await group.add_bot(by=ann, admin=admin)
    return group, ann


async def send(server: BotApiServer, group: Group | User, **parameters: Any) -> tuple[int, Any]:
    return await call(server, "sendMessage", chat_id=group.id, text="Hi", ephemeral_message_parameters=parameters)


async def test_one_member_alone_sees_what_an_admin_bot_sends(server: BotApiServer) -> None:
    group, ann = await group_of(server, admin=True)
    status, answer = await send(server, group, receiver_user_id=ann.id)
    assert status == 200
    sent = answer["result"]
    assert sent["message_id"] == 0
    assert sent["receiver_user"]["id"] == ann.id
    heard = await ann.hears_alone(group)
    assert heard.text == "Hi"
    await group.hears_nothing(0.01)
    named = {"chat_id": group.id, "receiver_user_id": ann.id, "ephemeral_message_id": sent["ephemeral_message_id"]}
    status, edited = await call(server, "editEphemeralMessageText", **named, text="Ho")
    assert (status, edited["result"], heard.text) == (200, True, "Ho")
    buttons = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}
    status, _ = await call(server, "editEphemeralMessageReplyMarkup", **named, reply_markup=buttons)
    assert (status, heard.buttons) == (200, [[("A", "a")]])
    for wrong in ({"receiver_user_id": 1}, {"ephemeral_message_id": 1}):
        assert (await call(server, "deleteEphemeralMessage", **(named | wrong)))[0] == 400
    assert (await call(server, "deleteMessage", chat_id=group.id, message_id=0))[0] == 400
    assert (await call(server, "editMessageText", chat_id=group.id, message_id=0, text="No"))[0] == 400
    status, _ = await call(server, "deleteEphemeralMessage", **named)
    assert (status, heard.deleted) == (200, True)
    assert (await call(server, "editEphemeralMessageText", **named, text="Ha"))[0] == 400


async def test_only_members_can_be_named_and_only_by_an_admin(server: BotApiServer) -> None:
    group, ann = await group_of(server, admin=True)
    for receiver in (server.user("Bo").id, server.world.bot.id, 5):
        assert (await send(server, group, receiver_user_id=receiver))[0] == 400
    assert (await send(server, group, receiver_user_id=ann.id, unknown=1))[0] == 400
    assert (await send(server, group))[0] == 400
    await ann.says("hello")
    status, answer = await send(server, ann, receiver_user_id=ann.id)
    assert (status, answer["description"]) == (400, "Bad Request: BOT_NOT_ADMIN")
    await group.demote()
    status, answer = await send(server, group, receiver_user_id=ann.id)
    assert (status, answer["description"]) == (400, "Bad Request: BOT_NOT_ADMIN")
    await group.hears_nothing(0.01)


async def test_for_some_seconds_after_a_press_any_bot_may(server: BotApiServer) -> None:
    group, ann = await group_of(server, admin=False)
    group.add(bo := server.user("Bo"))
    press = ann._query(server.world.presses)
    assert (await send(server, group, receiver_user_id=bo.id, callback_query_id=press.id))[0] == 400
    assert (await send(server, group, receiver_user_id=ann.id, callback_query_id="1"))[0] == 400
    assert (await send(server, group, receiver_user_id=ann.id, callback_query_id=press.id))[0] == 200
    server.world.ephemeral_seconds = 0.0
    assert (await send(server, group, receiver_user_id=ann.id, callback_query_id=press.id))[0] == 400


async def test_a_server_that_does_not_know_it_passes_over_the_parameter(server: BotApiServer) -> None:
    server.world.knows_ephemeral = False
    group, ann = await group_of(server, admin=True)
    status, answer = await send(server, group, receiver_user_id=ann.id)
    assert status == 200
    assert answer["result"]["message_id"] > 0
    assert "ephemeral_message_id" not in answer["result"]
    assert (await group.hears()).text == "Hi"
    named: Any = {"chat_id": group.id, "receiver_user_id": ann.id, "ephemeral_message_id": 1}
    assert (await call(server, "deleteEphemeralMessage", **named))[0] == 404
