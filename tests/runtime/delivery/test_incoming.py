"""The little that is known of an update before anybody reads it, whatever is wrong with the rest."""

from __future__ import annotations

from typing import Any

import pytest

from runtime.delivery.incoming import Incoming

CHAT = {"id": -7, "type": "group"}


@pytest.mark.parametrize(
    ("content", "kind", "chat_id"),
    [
        ({"message": {"chat": CHAT, "from": {"id": 3}}}, "message", -7),
        ({"callback_query": {"id": "1", "from": {"id": 3}, "message": {"chat": CHAT}}}, "callback_query", -7),
        ({"callback_query": {"id": "1", "from": {"id": 3}}}, "callback_query", 3),
        ({"inline_query": {"id": "1", "from": {"id": 3}, "query": "x"}}, "inline_query", 3),
        ({"my_chat_member": {"chat": CHAT, "from": {"id": 3}}}, "my_chat_member", -7),
        ({"of_tomorrow": {"chat": CHAT}}, "other", None),
        ({"message": None}, "message", None),
        ({"message": [1]}, "message", None),
        ({"message": {"chat": "x", "from": {"id": "3"}}}, "message", None),
        ({}, "other", None),
    ],
)
def test_kind_and_chat(content: dict[str, Any], kind: str, chat_id: int | None) -> None:
    found = Incoming.of({"update_id": 5, **content})
    assert (found.update_id, found.kind, found.chat_id) == (5, kind, chat_id)


@pytest.mark.parametrize(
    "raw", [None, [], "x", {}, {"update_id": "5"}, {"update_id": True}, {"update_id": -1}, {"update_id": 10**30}]
)
def test_what_has_no_id_is_no_update(raw: Any) -> None:
    with pytest.raises(ValueError, match="update_id"):
        Incoming.of(raw)
