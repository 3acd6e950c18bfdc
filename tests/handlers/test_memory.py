"""What memory holds of a chat goes with it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from cachetools import TTLCache

from handlers.context import Memory


def test_forgetting_a_chat_leaves_nothing_of_it_in_any_memory() -> None:
    memory = Memory()
    for each in fields(Memory):
        held: TTLCache[tuple[int, ...], Any] = getattr(memory, each.name)
        held[1, 5, 7] = held[2, 5, 7] = True
    memory.forget(1)
    for each in fields(Memory):
        assert list(getattr(memory, each.name)) == [(2, 5, 7)], each.name
