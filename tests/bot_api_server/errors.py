"""What the server refuses, and what a test says when it waited in vain."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class ApiError(Exception):
    """A refusal, as the Bot API words it: an HTTP status, a description and perhaps parameters."""

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters or {}

    def as_dict(self) -> Json:
        """The body of the answer."""
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        return {**body, "parameters": self.parameters} if self.parameters else body


class Silence(AssertionError):  # noqa: N818 - it is what the test meets, not a fault of the program
    """What a test waited for did not happen in time."""


def bad_request(what: str) -> ApiError:
    """A refusal with status 400; `what` follows "Bad Request: "."""
    return ApiError(400, f"Bad Request: {what}")


def forbidden(what: str) -> ApiError:
    """A refusal with status 403; `what` follows "Forbidden: "."""
    return ApiError(403, f"Forbidden: {what}")


def conflict(what: str) -> ApiError:
    """A refusal with status 409; `what` follows "Conflict: "."""
    return ApiError(409, f"Conflict: {what}")


def too_many_requests(seconds: int) -> ApiError:
    """A refusal with status 429, to be tried again after `seconds`."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
