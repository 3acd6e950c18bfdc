"""What the bot keeps: chat settings, counts and feedback, in SQLite or PostgreSQL.

It keeps no name, no text of a message but what its author sent to the editors, and of user ids only those of admins who
asked to be told of urgent replies, in the settings of their group; there also stands what its admins wrote for it, a
line and notes. What stands here imports no database library, so that modules which only need the values stay quick to
import; `open_storage` fetches the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime.storage.chat_settings import (
    DISCLAIMER_LENGTH,
    LANGUAGES,
    LONGEST_COOLDOWN,
    MOST_NOTES,
    MOST_NOTIFIED,
    NOTE_LENGTH,
    NOTE_NAME_LENGTH,
    ChatSettings,
    Mode,
    Note,
    QuietHours,
    name_key,
)
from runtime.storage.errors import StorageError
from runtime.storage.records import (
    NO_CHAT,
    QUESTION_LENGTH,
    QUESTIONS_KEPT,
    VOTES_KEPT,
    Count,
    EditorsQuestion,
    Expired,
    Feedback,
    FollowUp,
    Reason,
    ReasonCount,
    What,
)

if TYPE_CHECKING:
    from runtime.storage.storage import Storage

ANSWER_PATIENCE = 0.25
"""Seconds: how long an answer waits for what the database knows; then the last known has to do."""

__all__ = [
    "ANSWER_PATIENCE",
    "DISCLAIMER_LENGTH",
    "LANGUAGES",
    "LONGEST_COOLDOWN",
    "MOST_NOTES",
    "MOST_NOTIFIED",
    "NOTE_LENGTH",
    "NOTE_NAME_LENGTH",
    "NO_CHAT",
    "QUESTIONS_KEPT",
    "QUESTION_LENGTH",
    "VOTES_KEPT",
    "ChatSettings",
    "Count",
    "EditorsQuestion",
    "Expired",
    "Feedback",
    "FollowUp",
    "Mode",
    "Note",
    "QuietHours",
    "Reason",
    "ReasonCount",
    "StorageError",
    "What",
    "name_key",
    "open_storage",
]


async def open_storage(database_url: str) -> Storage:
    """Open the database, make it when there is none, and bring its tables up to date.

    `database_url` is `sqlite:///path` (relative to the working folder; a fourth slash makes it absolute) or
    `postgresql://user@host/name` in libpq's form, which may carry a password and options such as `?sslmode=require`.
    Several processes may open the same database at once. Raises StorageError, which names DATABASE_URL and holds no
    password.
    """
    from runtime.storage.opening import open_database
    from runtime.storage.storage import Storage

    database = await open_database(database_url)
    if not database_url.startswith("postgresql"):
        return Storage(database)
    from runtime.storage.sharing import Sharing

    sharing = Sharing(database_url)
    try:
        await sharing.open()
    except BaseException:
        await database.close()
        raise
    return Storage(database, sharing)
