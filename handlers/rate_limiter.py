"""Keeping to Telegram's limits: so many messages a second in all, so many a minute in a group."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from telegram.ext import AIORateLimiter

MOST_RETRIES = 3

UNHURRIED = -1
"""As `rate_limit_args` of a call: it may wait, and no other call waits for it, whatever Telegram answers."""

_UNHURRIED_A_SECOND = 5
_SENDING = ("send", "copy", "forward")


class MessageLimiter(AIORateLimiter):
    """Counts for a chat only what puts a message into it.

    The limit of 20 a minute in a group is one of messages. The library counts every call that names a chat, so that an
    admin who leafs through the settings (an edit and a question about membership each time) would be made to wait.

    A 429 halts all calls of the library's limiter. What is UNHURRIED goes through one of its own, so that it halts
    nothing but its like.
    """

    def __init__(self) -> None:
        super().__init__(max_retries=MOST_RETRIES)
        self._unhurried = AIORateLimiter(overall_max_rate=_UNHURRIED_A_SECOND, max_retries=MOST_RETRIES)

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, bool | dict[str, Any] | list[dict[str, Any]]]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> bool | dict[str, Any] | list[dict[str, Any]]:
        """Call Telegram when its turn has come; 429 is waited out, three times at most."""
        if rate_limit_args == UNHURRIED:
            return await self._unhurried.process_request(callback, args, kwargs, endpoint, data, None)
        puts = endpoint.startswith(_SENDING) and endpoint != "sendChatAction"
        counted = data if puts else {name: value for name, value in data.items() if name != "chat_id"}
        return await super().process_request(callback, args, kwargs, endpoint, counted, rate_limit_args)
