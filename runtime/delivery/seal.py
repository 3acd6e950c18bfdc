"""Sealing what has to be kept for a moment: without the bot's token nobody can read it."""

from __future__ import annotations

import base64
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Seal:
    """Encrypts and authenticates updates with a key that is drawn from the token, and kept nowhere."""

    def __init__(self, token: str) -> None:
        key = HKDF(SHA256(), length=32, salt=None, info=b"updates that wait").derive(token.encode())
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def close(self, raw: dict[str, Any]) -> bytes:
        """`raw`, sealed. A lone surrogate, which JSON may hold, survives."""
        return self._fernet.encrypt(json.dumps(raw, separators=(",", ":")).encode("ascii"))

    def open(self, sealed: bytes) -> dict[str, Any]:
        """What was sealed. Raises ValueError where that was with another token, or has been changed."""
        try:
            return dict(json.loads(self._fernet.decrypt(sealed)))
        except InvalidToken:
            raise ValueError("sealed with another token, or changed since") from None
