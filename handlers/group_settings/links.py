"""Links that only this bot can make, so that a made-up one is known without asking Telegram about its group."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode

_SETTINGS, _COPY = "settings", "copy"
_BYTES = 12
"""Of the seal: more than anybody can guess, and short enough for a deep link's 64 characters."""


class Seal:
    """Makes and reads the payloads of links to a group's settings; `token` is the bot's, from which the key derives."""

    def __init__(self, token: str) -> None:
        self._key = hashlib.blake2b(token.encode(), person=b"settings-links").digest()

    def settings_link(self, chat_id: int) -> str:
        """The payload of a deep link to the settings of a group."""
        return self._link(_SETTINGS, chat_id)

    def copy_link(self, chat_id: int) -> str:
        """The payload of a deep link by which the settings of a group are copied to another."""
        return self._link(_COPY, chat_id)

    def group_of(self, payload: str) -> int | None:
        """The group to whose settings `payload` leads; None if it is not such a payload, or not ours."""
        return self._group_in(payload, _SETTINGS)

    @staticmethod
    def is_copy_link(payload: str) -> bool:
        """Whether `payload` is, or pretends to be, that of a link that copies settings."""
        return payload.startswith(f"{_COPY}_")

    def copied_group(self, payload: str) -> int | None:
        """The group whose settings `payload` copies; None if it is not such a payload, or not ours."""
        return self._group_in(payload, _COPY)

    def _link(self, kind: str, chat_id: int) -> str:
        return f"{kind}_{chat_id}_{self._seal(kind, chat_id)}"

    def _group_in(self, payload: str, wanted: str) -> int | None:
        kind, _, rest = payload.partition("_")
        number, _, seal = rest.partition("_")
        if kind != wanted or not (number.removeprefix("-").isascii() and number.removeprefix("-").isdecimal()):
            return None
        chat_id = int(number)
        return chat_id if hmac.compare_digest(seal.encode(), self._seal(wanted, chat_id).encode()) else None

    def _seal(self, kind: str, chat_id: int) -> str:
        # Links to settings stand in old messages: what they are sealed over stays as it was.
        sealed_over = str(chat_id) if kind == _SETTINGS else f"{kind} {chat_id}"
        sealed = hashlib.blake2b(sealed_over.encode(), key=self._key, digest_size=_BYTES).digest()
        return urlsafe_b64encode(sealed).decode().rstrip("=")
